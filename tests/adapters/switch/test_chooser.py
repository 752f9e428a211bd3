"""Choosing with one switch: the real menu, assistant and simulated phonebar."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.switch.pace import Pace
from assistant.contract import Utterance
from assistant.names import name_words
from assistant.settings import PolicySection
from tests.adapters.switch.sitting import MOVER, SWITCH, Sitting
from tests.desk import SLOW, Desk, desk, eventually

Sit = Callable[..., Sitting]


@pytest.fixture
def sit(phone: Desk) -> Iterator[Sit]:
    made: list[Sitting] = []

    def begin(**more: Any) -> Sitting:
        made.append(Sitting(phone, **more))
        return made[-1]

    yield begin
    for sitting in made:
        sitting.close()


def keys(phone: Desk) -> set[str]:
    return {call.key for call in phone.assistant.calls()}


def deeds(phone: Desk) -> list[str]:
    return [entry.what for entry in phone.deeds()]


def test_while_a_call_rings_answer_comes_first(phone: Desk, sit: Sit) -> None:
    me = sit()
    assert me.labels == ["Call somebody…", "More…"]
    phone.ring("200")
    me.events()
    assert (me.lines[-1], me.lit) == ("Sales (200) is calling.", None)
    me.pass_time(0.8)
    assert me.lines[-1] == "1 of 5: Answer Sales (200)"
    me.choose("Answer")
    assert me.lines[-2:] == ["Answered Sales (200).", "1 of 5: Hold"]
    assert phone.states() == {"200": "active"}


def test_a_paused_scan_wakes_when_a_call_rings_but_not_when_one_ends(phone: Desk, sit: Sit) -> None:
    call = phone.ring("200")
    me = sit()
    me.pass_time(100)
    assert me.lines[-1] == "The scan is paused. Press the switch to go on."
    phone.far.hangup_far(int(call.session_id))  # type: ignore[union-attr]
    eventually(lambda: not phone.assistant.calls())
    me.events()
    assert me.lit is None
    phone.ring("201")
    me.events()
    me.pass_time(0.8)
    assert me.lit == "Answer Technical Support (201)"


def test_the_press_that_wakes_does_nothing_else(phone: Desk, sit: Sit) -> None:
    phone.ring("200")
    me = sit()
    me.pass_time(100)
    me.tap()
    assert me.lit == "Answer Sales (200)"
    assert deeds(phone) == []


def test_hanging_up_asks_first_and_cancel_comes_before_yes(phone: Desk, sit: Sit) -> None:
    phone.call("200")
    me = sit()
    me.choose("Hang up")
    assert me.labels == ["Cancel", "Hear the question again", "Yes"]
    assert phone.states() == {"200": "active"}
    me.choose("Hear the question")
    assert me.lines[-2].startswith("Hang up Sales (200)?")
    me.choose("Cancel")
    assert me.lines[-2] == "Cancelled. Nothing was done."
    me.choose("Hang up", "Yes")
    assert phone.states() == {}


def test_a_yes_is_never_hurried(phone: Desk, sit: Sit) -> None:
    phone.call("200")
    me = sit(pace=Pace(step=0.5))
    me.choose("Hang up")
    began = me.now - 0.1  # the press that opened the question
    while me.lit != "Yes":
        me.pass_time(0.05)
    assert me.now - began == pytest.approx(2.5, abs=0.2)
    me.pass_time(0.9)
    assert me.lit == "Yes"
    me.pass_time(0.2)
    me.choose("Cancel")
    assert phone.states() == {"200": "active"}


def test_hanging_up_does_not_ask_when_it_is_configured_so(phone: Desk, sit: Sit) -> None:
    phone.call("200")
    sit(confirm=()).choose("Hang up")
    assert phone.states() == {}


def test_a_call_is_transferred_to_a_favourite(phone: Desk, sit: Sit) -> None:
    phone.call("200")
    me = sit(favourites=("Billing", "Maria Rossi"))
    me.choose("Transfer")
    assert me.labels[:2] == ["Billing", "Maria Rossi"]
    me.choose("Billing", "Yes")
    assert deeds(phone)[-1] == "transfer"
    assert phone.states() == {}


def test_somebody_is_called_after_a_delay(phone: Desk, sit: Sit) -> None:
    me = sit(favourites=("Sales",), dial_delay=3.0)
    me.choose("Call", "Sales")
    assert me.lines[-1] == "Sales: in 3 seconds. Press the switch to cancel."
    me.pass_time(2.8)
    assert deeds(phone) == []
    me.pass_time(0.2)
    assert phone.states() == {"200": "active"}


def test_any_press_in_the_delay_cancels_the_call(phone: Desk, sit: Sit) -> None:
    me = sit(favourites=("Sales",), dial_delay=3.0, pace=Pace(acceptance=0.3))
    me.chooser.start()
    me.pass_time(0.5)
    me.tap(seconds=0.4)
    me.pass_time(0.5)
    me.tap(seconds=0.4)
    assert me.lines[-1].startswith("Sales: in 3 seconds.")
    me.pass_time(1)
    me.tap(seconds=0.01)
    assert "Cancelled. Nothing was done." in me.lines
    me.pass_time(30)
    assert deeds(phone) == []


def test_a_call_that_rings_meanwhile_drops_what_was_to_be_dialled(phone: Desk, sit: Sit) -> None:
    me = sit(favourites=("Sales",), dial_delay=3.0)
    me.choose("Call", "Sales")
    phone.ring("201")
    me.events()
    assert me.lines[-1].startswith("The calls have changed meanwhile")
    me.pass_time(30)
    assert deeds(phone) == []


def test_a_number_is_entered_row_by_row_and_asked_back(phone: Desk, sit: Sit) -> None:
    me = sit()
    me.choose("Call", "A number", "1 2 3", "2", "* 0 #", "0", "* 0 #", "0")
    assert "That is the number: 200" in me.labels
    me.choose("Delete", "* 0 #", "0", "That is the number", "Yes")
    assert phone.states() == {"200": "active"}


def test_a_number_with_a_country_begins_with_plus(phone: Desk, sit: Sit) -> None:
    me = sit()
    me.choose("Call", "A number", "+")
    assert "+" not in me.labels
    assert not any(label.startswith("That is") for label in me.labels)
    me.choose("1 2 3", "3", "7 8 9", "9", "That is the number: +39", "Yes")
    assert phone.states() == {"+39": "active"}


def test_everybody_of_the_directory_can_be_called_by_letters(phone: Desk, sit: Sit) -> None:
    for contact in phone.assistant.directory.contacts:
        me = sit()
        me.choose("Call", "A name")
        word = list(name_words(contact.name)[0])
        while contact.name not in me.labels:
            letter = word.pop(0).upper()
            rows = [label for label in me.labels if letter in label.split()]
            me.choose(rows[0])
            if letter in me.labels:
                me.choose(letter)
        place = me.labels.index(contact.name)
        target = me.chooser.items[place].deed.command.slots["target"]  # type: ignore[union-attr]
        assert target == {"contact": contact.name}
        me.close()


def test_those_of_late_are_offered_once_each_and_favourites_not_again(
    phone: Desk, sit: Sit
) -> None:
    for number in ("200", "201", "200", "12498398500"):
        phone.call(number)
        phone.do("hangup")
        eventually(lambda: not phone.assistant.calls())
    me = sit(favourites=("support",))
    me.choose("Call")
    assert me.labels[:3] == ["Technical Support", "12498398500", "Sales (200)"]
    me.choose("Back")
    assert me.labels[0] == "Call somebody…"


def test_with_two_calls_each_is_a_group_and_both_can_be_joined(phone: Desk, sit: Sit) -> None:
    phone.call("200")
    phone.call("201")
    me = sit()
    assert me.labels == [
        "Technical Support (201), connected",
        "Connect Technical Support (201) with Sales (200)",
        "Conference",
        "Sales (200), on hold",
        "Hang up all 2 calls",
        "Call somebody else…",
        "More…",
    ]
    me.choose("Sales", "Resume")
    assert phone.states() == {"200": "active", "201": "holding"}
    me.events()
    me.choose("Conference", "Yes")
    assert phone.states() == {"200": "active", "201": "active"}


def test_two_calls_are_connected(phone: Desk, sit: Sit) -> None:
    phone.call("200")
    phone.call("201")
    sit().choose("Connect", "Yes")
    assert deeds(phone)[-1] == "attended"


def test_all_calls_are_hung_up_after_a_yes(phone: Desk, sit: Sit) -> None:
    phone.call("200")
    phone.call("201")
    sit().choose("Hang up all", "Yes")
    assert phone.states() == {}


def test_with_a_call_up_the_other_that_rings_is_answered_first(phone: Desk, sit: Sit) -> None:
    phone.call("200")
    phone.ring("201")
    me = sit()
    assert me.labels[0] == "Answer Technical Support (201)"
    me.choose("Technical Support (201), ringing", "Decline", "Yes")
    assert phone.states() == {"200": "active"}


def test_a_ringing_call_is_sent_on(phone: Desk, sit: Sit) -> None:
    phone.ring("200")
    sit(favourites=("Billing",)).choose("Transfer", "Billing", "Yes")
    assert deeds(phone)[-1] == "deflect"


def test_a_call_being_dialled_can_be_given_up_and_no_other_made(phone: Desk, sit: Sit) -> None:
    phone.do("call", target={"number": SLOW})
    me = sit()
    assert me.labels == ["Hang up", "More…"]
    me.choose("Hang up", "Yes")
    assert phone.states() == {}


def test_choices_of_a_question_are_scanned(phone: Desk, sit: Sit) -> None:
    me = sit(favourites=("John Smith",), dial_delay=0)
    contact = phone.assistant.directory.get("John Smith")
    assert contact is not None
    me.choose("Call", "John Smith")
    if len(contact.numbers) > 1:
        assert me.labels[-2:] == ["Hear the question again", "Cancel"]
        me.choose(me.labels[0])
    assert list(phone.states().values()) == ["active"]


def test_more_tells_and_sets_what_there_is(phone: Desk, sit: Sit) -> None:
    phone.call("200")
    me = sit()
    me.choose("More", "Who is it")
    assert "Sales (200)" in me.lines[-2]
    me.choose("More", "Which calls")
    assert "1: Sales (200)" in me.lines[-2]
    me.choose("More", "Hear the last answer")
    assert "1: Sales (200)" in me.lines[-2]
    me.choose("More", "What can I do now")
    assert me.lines[-2].startswith("You can choose now: Hold, Hang up, Transfer")
    me.choose("Slower")
    assert me.lines[-2] == "Each item now stays for 1.25 seconds."
    me.choose("Take a pause")
    assert phone.assistant.client.status() == "pause"
    me.choose("Be ready", "Back")
    assert phone.assistant.client.status() == "ready"


def test_a_question_that_nobody_answers_is_forgotten(phone: Desk, sit: Sit) -> None:
    phone.call("200")
    me = sit()
    me.choose("Hang up")
    me.pass_time(100)
    assert any(line.startswith("That question is no longer open") for line in me.lines)
    me.tap()
    assert me.labels[0] == "Hold"
    assert phone.states() == {"200": "active"}


def test_when_the_calls_change_the_scan_begins_anew_and_presses_rest(phone: Desk, sit: Sit) -> None:
    phone.call("200")
    me = sit()
    me.choose("Transfer")
    me.pass_time(0.4)
    phone.ring("201")
    me.events()
    me.pass_time(0.5)
    me.tap()
    assert phone.states() == {"200": "active", "201": "incoming"}
    assert me.lit is None
    me.pass_time(0.5)
    assert me.lit == "Answer Technical Support (201)"
    me.tap()
    assert phone.states()["201"] == "active"


def test_when_the_calls_change_an_open_question_is_left(phone: Desk, sit: Sit) -> None:
    phone.call("200")
    me = sit()
    me.choose("Hang up")
    phone.ring("201")
    me.events()
    me.pass_time(0.8)
    assert me.labels[0] == "Answer Technical Support (201)"
    me.choose("Answer")
    assert phone.states() == {"200": "holding", "201": "active"}


def test_two_switches_need_no_haste(phone: Desk, sit: Sit) -> None:
    phone.call("200")
    me = sit(pace=Pace(method="two"))
    me.pass_time(500)
    assert me.lit == "Hold"
    me.tap(MOVER)
    me.pass_time(500)
    assert me.lit == "Hang up"
    me.tap()
    me.pass_time(1)
    assert me.labels[0] == "Cancel"


def test_a_press_whose_release_was_lost_answers_nothing(phone: Desk, sit: Sit) -> None:
    """Another program has taken it: to wait for the long press would be to choose by time alone."""
    phone.ring("200")
    me = sit(pace=Pace(method="step", grace=0.0))
    me.pass_time(0.5)
    me.down()
    me.chooser.check(lambda key: key == SWITCH, me.now)
    me.pass_time(60)
    assert phone.states() == {"200": "incoming"}


def test_other_keys_do_nothing(phone: Desk, sit: Sit) -> None:
    phone.ring("200")
    me = sit()
    me.tap("a")
    assert me.lit == "Answer Sales (200)"
    assert me.heard.hushed == 0
    me.tap()
    assert me.heard.hushed == 1


def test_each_item_is_a_line_and_is_heard_as_configured(phone: Desk, sit: Sit) -> None:
    for cue, cues, said in (
        ("none", [], []),
        ("earcon", ["step"], []),
        ("speech", [], ["Call somebody…"]),
        ("both", ["step"], ["Call somebody…"]),
    ):
        me = sit(cue=cue)
        assert (me.lines, me.heard.cues, me.heard.said) == (
            ["1 of 2: Call somebody…"],
            cues,
            said,
        )


def test_the_scan_waits_for_what_is_being_said_and_a_press_cuts_it_short(
    phone: Desk, sit: Sit
) -> None:
    phone.call("200")
    me = sit(cue="speech", spoken=lambda text: 5.0)
    me.choose("Hold")
    assert me.lit is None
    me.pass_time(4.0)
    me.tap()
    assert me.lit == "Resume"
    assert phone.states() == {"200": "holding"}
    phone.ring("201")
    me.events()
    assert me.lit is None
    me.pass_time(5.0)
    assert me.lit == "Answer Technical Support (201)"


def test_an_emergency_number_is_asked_back(tmp_path: Path) -> None:
    with desk(tmp_path, policy=PolicySection(confirm_spoken=())) as phone:
        me = Sitting(phone)
        me.choose("Call", "A number", *["1 2 3", "1"] * 2, "1 2 3", "2", "That is the number")
        assert me.labels == ["Cancel", "Hear the question again", "Yes"]
        me.close()


happenings = st.lists(
    st.tuples(
        st.integers(0, 30).map(lambda tenths: tenths / 10),
        st.sampled_from(["tap", "tap", "ring", "gone", "answered", "long", "event"]),
    ),
    max_size=25,
)


@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(stream=happenings, delay=st.sampled_from([0.0, 3.0]))
def test_each_command_comes_from_a_press_for_the_very_item_that_was_shown(
    tmp_path_factory: pytest.TempPathFactory, stream: list[tuple[float, str]], delay: float
) -> None:
    with desk(tmp_path_factory.mktemp("desk")) as phone:
        told: list[str] = []
        me = Sitting(phone, favourites=("Sales", "Billing"), dial_delay=delay)
        handle = phone.assistant.handle

        def watched(utterance: Utterance) -> Any:
            told.append(utterance.text)
            return handle(utterance)

        phone.assistant.handle = watched  # type: ignore[method-assign]
        pressed: list[str | None] = []
        for after, what in stream:
            me.pass_time(after)
            if what in {"tap", "long"}:
                pressed.append(me.lit)
                me.tap(seconds=0.1 if what == "tap" else 2.0)
            elif what == "ring" and len(phone.states()) < 2:
                phone.ring("201" if "200" in phone.states() else "200")
            elif what == "gone" and phone.states():
                call = phone.assistant.calls()[0]
                phone.far.hangup_far(int(call.session_id))  # type: ignore[union-attr]
                eventually(
                    lambda gone=call: gone.key not in {c.key for c in phone.assistant.calls()}
                )
            elif what == "event":
                me.events()
        me.pass_time(100)
        me.close()
        # Each command has a press of its own, in their order, and does what was lit at that press.
        # What answers a question says another word than its label.
        label = {"yes": "Yes", "cancel": "Cancel"}
        presses = iter(pressed)
        for text in told:
            wanted = label.get(text, text)
            assert any(lit == wanted for lit in presses), (wanted, pressed)
