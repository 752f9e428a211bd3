"""Whole conversations by keys, with the real assistant and a simulated phonebar."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.input.names import KEYS
from adapters.input.trouble import Lost
from assistant.settings import PolicySection
from phonebar.line import Line
from phonebar.server import Server
from phonebar.simulator import Simulator
from tests.adapters.keyboard.person import QUICK, Person, at_the_keys
from tests.desk import QUICK as SCENARIO
from tests.desk import SLOW, Desk, desk, eventually


@pytest.fixture
def person(phone: Desk, tmp_path: Path) -> Iterator[Person]:
    with at_the_keys(phone, tmp_path) as made:
        yield made


def busy(phone: Desk) -> AbstractContextManager[None]:
    """Another of the user's processes is at work at the phone meanwhile."""
    return phone.assistant._once.alone(time.time() + 60)


def test_a_call_is_answered_held_taken_off_hold_and_ended(person: Person) -> None:
    person.phone.ring("200")
    person.reads("Sales (200) is calling.")
    person.press("f8", "a")
    person.reads("Answered Sales (200).")
    person.press("f8", "h")
    person.reads("Sales (200) is on hold.")
    person.press("f8", "h")
    person.reads("Talking to Sales (200) again.")
    person.press("f8")
    person.down("x")
    person.reads("Hung up Sales (200).")
    person.up("x")
    assert person.phone.states() == {}


def test_a_tap_on_the_key_that_hangs_up_hangs_up_nothing(person: Person) -> None:
    person.phone.call("200")
    person.press("f8", "x")
    person.reads("f8 x must be held a little longer, so nothing was done.")
    assert person.phone.states() == {"200": "active"}


@pytest.mark.parametrize("keys", [("f8", "x"), ("headset_hook",)])
def test_a_release_that_was_lost_hangs_up_nothing(person: Person, keys: tuple[str, ...]) -> None:
    """As when the screen is locked meanwhile."""
    person.phone.call("200")
    person.press(*keys[:-1])
    person.wires[-1].really_up.add(keys[-1])
    person.down(keys[-1])
    person.reads(f"{' '.join(keys)} was let go already", "nothing was done")
    assert person.phone.states() == {"200": "active"}


def test_a_number_is_spoken_digit_by_digit_and_dialled_on_enter(person: Person) -> None:
    person.press("f8", "c")
    person.reads("Enter the number, then Enter; Escape gives it up.")
    person.press("2", "0", "1", "backspace", "0")
    person.reads("201")
    person.reads("20")
    person.reads("200")
    assert person.ears.speech[-5:] == ["2", "0", "1", "2 0", "0"]
    assert person.phone.deeds() == []
    person.press("enter")
    person.reads("Calling Sales (200).")
    assert person.phone.wait("200", "active")


def test_the_number_so_far_is_read_when_asked_for(person: Person) -> None:
    person.press("f8", "c", "kp_add", "3", "9", "0", "6", "space")
    person.reads("+3906")
    eventually(lambda: person.ears.speech[-1] == "plus, 3 9 0 6")


def test_a_number_that_is_given_up_is_not_dialled(person: Person) -> None:
    person.press("f8", "c", "2", "0", "0", "escape", "enter")
    person.reads("The number was given up. Nothing was done.")
    person.settled()
    assert person.phone.deeds() == []


def test_a_call_is_transferred_to_a_number(person: Person) -> None:
    person.phone.ring("201")
    person.press("f8", "a")
    person.reads("Answered Technical Support (201).")
    person.press("f8", "t", "2", "0", "0", "enter")
    person.reads("Transferred Technical Support (201) to Sales (200).")


def test_a_question_is_answered_by_a_key(person: Person) -> None:
    person.file.write_text(
        person.file.read_text(encoding="utf-8").replace(
            '"leader b" = "call back"', '"leader b" = "call john"'
        ),
        encoding="utf-8",
    )
    person.reads("The key bindings have changed; the new ones count now.")
    person.press("f8", "b")
    asked = person.reads("Whom do you mean?")
    assert "1: John Carter (+12025550102)\n2: John Smith (+12025550101)" in asked
    assert asked.endswith(
        "Keys for the answer:\n"
        "f8 1: John Carter (+12025550102)\n"
        "f8 2: John Smith (+12025550101)\n"
        "f8 escape: cancel"
    )
    person.press("f8", "2")
    person.reads("Calling John Smith (+12025550101).")


def test_what_is_risky_is_confirmed_by_yes_and_dropped_by_no(person: Person) -> None:
    person.file.write_text('[layers.both.keys]\nf2 = "hang up all"\nf3 = "yes"\nf4 = "no"\n')
    person.reads("The key bindings have changed")
    for number in ("200", "201"):
        person.phone.call(number)
    person.press("f2")
    assert person.reads("Hang up these 2 calls?").endswith("f3: yes\nf4: no")
    person.press("f4")
    person.reads("Cancelled. Nothing was done.")
    assert len(person.phone.states()) == 2
    person.press("f2")
    person.reads("Hang up these 2 calls?")
    person.press("f3")
    person.reads("Hung up 2 calls.")


def test_yes_without_a_question_does_nothing(person: Person) -> None:
    person.phone.ring("200")
    person.press("f8", "y")
    person.reads("There is no open question.")
    assert person.phone.deeds() == []


def test_a_late_yes_answers_no_later_question(person: Person) -> None:
    """The key answers the question that its own surface asked, and no other."""
    person.file.write_text('[layers.both.keys]\nf2 = "hang up all"\nf3 = "yes"\nf4 = "hold"\n')
    person.reads("The key bindings have changed")
    for number in ("200", "201"):
        person.phone.call(number)
    person.press("f2")
    person.reads("Hang up these 2 calls?")
    person.press("f4")
    person.reads("is on hold")
    person.press("f3")
    person.reads("There is no open question.")
    assert len(person.phone.states()) == 2


def test_help_says_what_can_be_pressed_now(person: Person) -> None:
    person.press("f8", "slash")
    idle = person.reads("You can press now:").split("\n")
    assert "f8 c: call …" in idle
    assert "f8 a: answer" not in idle
    assert not any(line.endswith(("decline", "hold", "resume the other call")) for line in idle)
    person.phone.ring("200")
    person.reads("is calling")
    person.press("f8", "slash")
    ringing = person.reads("You can press now:").split("\n")
    assert "f8 a, headset_hook: answer" in ringing or "f8 a: answer" in ringing
    assert "f8 w: who is calling" in ringing


def test_who_is_calling_and_everything_else_can_be_heard_again(person: Person) -> None:
    person.phone.ring("200")
    person.reads("Sales (200) is calling.")
    person.press("f8", "p")
    person.reads("Sales (200) is calling.")
    person.press("f8", "w")
    said = person.reads("1: Sales (200), incoming, ringing")
    person.press("f8", "p")
    assert person.reads("1: Sales (200)") == said


def test_the_headset_answers_with_a_press_and_hangs_up_when_it_is_held(person: Person) -> None:
    person.phone.ring("200")
    person.press("headset_hook")
    person.reads("Answered Sales (200).")
    person.press("headset_hook")
    person.reads("No call is ringing")
    person.down("headset_hook")
    person.reads("Hung up Sales (200).")
    person.up("headset_hook")


@pytest.mark.parametrize(
    ("layer", "answer", "call", "digits", "enter"),
    [
        ("left", ("f4", "a"), ("f4", "c"), "2 t t", "tab"),
        ("right", ("f8", "u"), ("f8", "k"), "kp_2 kp_0 kp_0", "kp_enter"),
        ("one", ("kp_subtract", "kp_7"), ("kp_subtract", "kp_4"), "kp_2 kp_0 kp_0", "kp_enter"),
        ("pad", ("f13",), ("f23",), "2 0 0", "enter"),
    ],
)
def test_every_layer_answers_and_dials(
    phone: Desk,
    tmp_path: Path,
    layer: str,
    answer: tuple[str, ...],
    call: tuple[str, ...],
    digits: str,
    enter: str,
) -> None:
    with at_the_keys(phone, tmp_path, layer=layer) as person:
        phone.ring("201")
        person.press(*answer)
        person.reads("Answered Technical Support (201).")
        person.press(*call, *digits.split(), enter)
        person.reads("Calling Sales (200).")


def test_speed_dial_calls_whom_the_slot_means(phone: Desk, tmp_path: Path) -> None:
    text = '[speed_dial]\n1 = "sales"\n[layers.both.keys]\n"f8 s" = { speed_dial = "call {who}" }\n'
    (tmp_path / "keys.toml").write_text(text)
    with at_the_keys(phone, tmp_path) as person:
        person.press("f8", "s", "kp_1")
        person.reads("Calling Sales (200).")


# Impatience and mistakes


def test_what_is_under_way_is_not_begun_again(tmp_path: Path) -> None:
    """Somebody who presses again because nothing seems to happen makes one call, not three."""
    with desk(tmp_path) as phone, at_the_keys(phone, tmp_path) as person:
        with busy(phone):
            for _ in range(3):
                person.press("f8", "c", "2", "0", "0", "enter")
            for _ in range(2):
                person.reads('"call 200" is still under way, so it was not begun a second time.')
        person.reads("Calling Sales (200).")
        person.settled()
        assert len(phone.deeds()) == 1


def test_what_waited_too_long_is_not_done_late(tmp_path: Path) -> None:
    with desk(tmp_path) as phone:
        config = phone.assistant.config
        life = replace(config.assistant, command_life=0.5)
        phone.assistant.config = replace(config, assistant=life)
        with at_the_keys(phone, tmp_path) as person:
            phone.ring("200")
            with busy(phone):
                person.press("f8", "a")
                person.reads("Another command is still under way")
            person.settled()
            assert phone.states() == {"200": "incoming"}


def test_a_key_that_is_bound_to_nothing_says_so(person: Person) -> None:
    person.press("f8", "z")
    person.reads("Nothing is on f8 z, so nothing was done.")
    assert person.ears.cues[-1] == "failed"


def test_an_action_that_crashes_deafens_nobody(
    person: Person, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def crash(*_: object) -> None:
        raise RuntimeError("broken")

    with monkeypatch.context() as patched:
        patched.setattr(type(person.phone.assistant), "handle", crash)
        person.press("f8", "a")
        person.reads("Something went wrong with that key")
    assert "broken" in caplog.text
    person.phone.ring("200")
    person.press("f8", "a")
    person.reads("Answered Sales (200).")


def test_a_phonebar_that_is_away_is_told_in_words(tmp_path: Path) -> None:
    line = Line(Simulator(SCENARIO))
    with Server(line) as server:
        phone = Desk(tmp_path, server.url, line, PolicySection())
    with contextlib.closing(phone), at_the_keys(phone, tmp_path) as person:
        person.press("f8", "a")
        person.reads("The phonebar cannot be reached, so nothing was done.")
        person.press("f8", "slash")
        person.reads("You can press now:")
    line.close()


# Sounds, speech, talking


def noting(talked: list[bool]) -> Callable[[bool, bool], None]:
    return lambda on, _held: talked.append(on)


def test_the_leader_sounds_and_shows_that_it_waits(person: Person) -> None:
    person.press("f8")
    person.reads("f8 …")
    assert person.ears.cues == ["listening"]


def test_keys_of_the_bindings_silence_the_speech_and_others_do_not(person: Person) -> None:
    person.press("q", "w", "e")
    person.press("f8")
    person.reads("f8 …")
    assert person.ears.hushed == 1


def test_every_key_may_silence_it(phone: Desk, tmp_path: Path) -> None:
    with at_the_keys(phone, tmp_path, any_key_hushes=True) as person:
        person.press("q", "w")
        eventually(lambda: person.ears.hushed == 2)


def test_silence_acts_at_once_though_a_command_is_under_way(person: Person) -> None:
    with busy(person.phone):
        person.press("f8", "a")
        person.reads("f8 …")
        before = person.ears.hushed
        person.press("f8", "q")
        eventually(lambda: person.ears.hushed >= before + 2)
    person.reads("No call is ringing")


def test_push_to_talk_needs_the_voice_surface(person: Person) -> None:
    person.press("f8", "v")
    person.reads("Push-to-talk needs the voice surface, which is not running.")


def test_push_to_talk_reaches_the_voice_surface(phone: Desk, tmp_path: Path) -> None:
    talked: list[bool] = []
    with at_the_keys(
        phone, tmp_path, layer="pad", on_talk=lambda on, held: talked.append(on)
    ) as person:
        person.down("f22")
        eventually(lambda: talked == [True])
        person.up("f22")
        eventually(lambda: talked == [True, False])


def test_a_voice_surface_that_is_left_talking_is_told_to_stop_at_the_end(
    phone: Desk, tmp_path: Path
) -> None:
    talked: list[bool] = []
    with at_the_keys(
        phone, tmp_path, layer="pad", on_talk=lambda on, held: talked.append(on)
    ) as person:
        person.down("f22")
        eventually(lambda: talked == [True])
    assert talked == [True, False]


def test_one_hears_what_happens_but_not_what_one_has_just_done(person: Person) -> None:
    person.press("f8", "c", *"5550102", "enter")
    person.reads(f"Calling John Carter ({SLOW}).")
    person.phone.assistant.watcher.drain()
    assert not [line for line in person.lines if line.startswith("Dialling")]
    person.phone.ring("200")
    person.reads("Sales (200) is calling.")
    assert person.ears.cues[-1] == "ringing"


# Claims, losing the keyboard, changing the bindings


def test_every_key_is_claimed_amid_a_sequence_and_given_back_after(person: Person) -> None:
    wires = person.wires[0]
    eventually(lambda: wires.claimed)
    assert set(wires.claimed[0]) == {"f8", "headset_hook"}
    person.press("f8")
    eventually(lambda: set(wires.claimed[-1]) >= KEYS)
    person.press("escape")
    eventually(lambda: set(wires.claimed[-1]) == {"f8", "headset_hook"})


def test_what_is_wanted_says_what_it_does(person: Person) -> None:
    assert person.wires[0].wanted == {
        "headset_hook": "answer",
        "f8": "begins the keys of the telephone",
    }


def test_what_others_have_taken_is_told(person: Person) -> None:
    person.wires[0].taken = frozenset({"f8"})
    person.session._others_have()
    person.reads("Another program has taken f8 already")


def test_when_the_keyboard_is_lost_the_session_says_why_and_everything_is_up(
    phone: Desk, tmp_path: Path
) -> None:
    talked: list[bool] = []
    with at_the_keys(
        phone, tmp_path, layer="pad", on_talk=lambda on, held: talked.append(on)
    ) as person:
        person.down("f22")
        eventually(lambda: talked == [True])
        person.wires[0].error = Lost()
        eventually(lambda: person.session.error is person.wires[0].error)
        eventually(lambda: talked == [True, False])


def test_a_broken_file_keeps_the_old_bindings_and_says_so(person: Person) -> None:
    good = person.file.read_text(encoding="utf-8")
    person.file.write_text(good + '\n"leader f5" = "frob"\n', encoding="utf-8")
    told = person.reads("cannot be used, so the old ones still count.")
    assert f"line {good.count(chr(10)) + 2}: " in told
    assert '"frob" is not understood' in told
    person.phone.ring("200")
    person.press("f8", "a")
    person.reads("Answered Sales (200).")
    better = good.replace('"leader b" = "call back"', 'f5 = "hold"')
    person.file.write_text(better, encoding="utf-8")
    person.reads("The key bindings have changed; the new ones count now.")
    person.press("f5")
    person.reads("Sales (200) is on hold.")


def test_a_file_that_is_deleted_keeps_the_old_bindings_and_says_so(person: Person) -> None:
    os.remove(person.file)  # noqa: PTH107 - as a careless editor does
    person.reads("cannot be used, so the old ones still count.", "it cannot be read")
    person.press("f8", "slash")
    person.reads("You can press now:")


def test_new_first_keys_are_listened_to_anew(person: Person) -> None:
    person.file.write_text('[layers.both.keys]\nf7 = "help"\n')
    person.reads("The key bindings have changed")
    assert person.wires[0].closed
    assert set(person.wires[1].wanted) == {"f7"}
    person.press("f7")
    person.reads("You can press now:")


def test_a_key_that_is_down_while_the_bindings_change_is_not_pressed_anew(
    phone: Desk, tmp_path: Path
) -> None:
    file = tmp_path / "keys.toml"
    file.write_text('[layers.both.keys]\nf7 = "call 200"\nf6 = "help"\n')
    with at_the_keys(phone, tmp_path, timing=replace(QUICK, debounce=0.5)) as person:
        person.down("f7")
        person.reads("Calling Sales (200).")
        file.write_text('[layers.both.keys]\nf7 = "call 201"\nf6 = "help"\n')
        person.reads("The key bindings have changed")
        person.down("f7")  # as it repeats
        person.press("f6")
        person.reads("You can press now:")
        assert len(phone.deeds()) == 1
