"""The engine: what presses mean, in whatever order they come, and even when some never come."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.input.names import KEYS
from adapters.keyboard.binding import (
    Binding,
    Hush,
    Layout,
    Number,
    Say,
    Stroke,
    Strokes,
    Talk,
)
from adapters.keyboard.effect import Act, Effect, Entry, Over, Talking, Waiting
from adapters.keyboard.engine import STALE, Engine, Timing

F8 = Stroke("f8")


def keys(text: str) -> Strokes:
    strokes = []
    for part in text.split():
        *modifiers, key = part.split("+")
        strokes.append(Stroke(key, frozenset(modifiers)))
    return tuple(strokes)


def say(*sentences: str) -> Binding:
    return Binding(Say(sentences))


DIGITS = {
    **{str(n): str(n) for n in range(10)},
    "kp_add": "+",
    "enter": "enter",
    "backspace": "backspace",
    "escape": "cancel",
    "space": "read",
}
LAYOUT = Layout(
    {
        keys("f8 a"): say("answer"),
        keys("f8 h"): say("hold", "resume"),
        keys("f8 x"): Binding(None, Say(("hang up",))),
        keys("f8 n"): Binding(Number("call {number}")),
        keys("f8 s 1"): say("call sales"),
        keys("f8 ctrl+k"): say("conference"),
        keys("ctrl+alt+h"): say("hold"),
        keys("headset_hook"): Binding(Say(("answer",)), Say(("hang up",))),
        keys("pause"): Binding(Hush()),
        keys("f9"): Binding(Talk("hold")),
        keys("f10"): Binding(Talk("toggle")),
    },
    DIGITS,
)
QUICK = Timing(debounce=0.0, digits_debounce=0.0)


class Person:
    """Somebody at the keyboard, whose clock goes on by a tenth of a second with each movement."""

    def __init__(self, timing: Timing = QUICK, layout: Layout = LAYOUT) -> None:
        self.engine = Engine(layout, timing)
        self.now = 100.0
        self.effects: list[Effect] = []

    def down(self, *names: str, after: float = 0.1) -> Person:
        for name in names:
            self.now += after
            self.effects += self.engine.feed(name, True, self.now)
        return self

    def up(self, *names: str, after: float = 0.1) -> Person:
        for name in names:
            self.now += after
            self.effects += self.engine.feed(name, False, self.now)
        return self

    def press(self, *names: str) -> Person:
        for name in names:
            self.down(name).up(name)
        return self

    def wait(self, seconds: float) -> Person:
        """Let time go on, with somebody who looks whenever something is due."""
        until = self.now + seconds
        while (due := self.engine.due()) is not None and due <= until:
            self.effects += self.engine.tick(due)
        self.now = until
        self.effects += self.engine.tick(until)
        return self

    def said(self) -> list[str]:
        return said(self.effects)


def said(effects: Iterable[Effect]) -> list[str]:
    return [
        item.action.sentences[0]
        for item in effects
        if isinstance(item, Act) and isinstance(item.action, Say)
    ]


# Sequences


def test_a_sequence_gives_its_command() -> None:
    person = Person().press("f8", "a")
    assert person.effects == [Waiting((F8,)), Act(Say(("answer",)), keys("f8 a"))]


def test_a_sequence_may_have_three_keys() -> None:
    assert Person().press("f8", "s", "1").said() == ["call sales"]


def test_a_key_without_its_leader_does_nothing() -> None:
    assert Person().press("a", "x", "1").effects == []


def test_keys_may_overlap() -> None:
    assert Person().down("f8", "a").up("f8", "a").said() == ["answer"]


def test_what_is_bound_to_nothing_ends_the_sequence_and_is_told() -> None:
    person = Person().press("f8", "q", "a")
    assert person.effects == [Waiting((F8,)), Over(keys("f8 q"), "unbound")]


def test_escape_takes_a_sequence_back() -> None:
    assert Person().press("f8", "escape", "a").effects[1:] == [Over((F8,), "dropped")]


def test_the_leader_amid_a_sequence_begins_it_anew() -> None:
    assert Person().press("f8", "s", "f8", "a").said() == ["answer"]


def test_without_a_time_out_a_sequence_waits_for_ever() -> None:
    person = Person().press("f8").wait(86400)
    assert person.engine.due() is None
    assert person.press("a").said() == ["answer"]


def test_with_a_time_out_it_is_over_and_that_is_told() -> None:
    person = Person(replace(QUICK, timeout=3)).press("f8").wait(3)
    assert person.effects[1:] == [Over((F8,), "lapsed")]
    assert person.press("a").said() == []


def test_each_key_of_a_sequence_has_the_whole_time() -> None:
    person = Person(replace(QUICK, timeout=3)).press("f8").wait(2).press("s").wait(2).press("1")
    assert person.said() == ["call sales"]


# Modifiers


def test_a_chord_needs_its_modifiers_on_either_side() -> None:
    assert Person().down("ctrl_r", "alt_l").press("h").said() == ["hold"]
    assert Person().down("ctrl_l").press("h").said() == []


def test_one_modifier_too_many_is_another_programs_chord() -> None:
    assert Person().down("ctrl_l", "alt_l", "shift_l").press("h").effects == []
    assert Person().down("ctrl_l").press("f8").up("ctrl_l").press("a").effects == []


def test_the_order_of_release_leaves_no_modifier_stuck() -> None:
    person = Person().down("ctrl_l", "alt_l").press("h").up("ctrl_l", "alt_l")
    assert person.press("f8", "a").said() == ["hold", "answer"]


def test_after_a_leader_a_modifier_that_is_held_does_no_harm() -> None:
    assert Person().press("f8").down("shift_l").press("a").said() == ["answer"]
    assert Person().press("f8").down("ctrl_l").press("k").said() == ["conference"]


def test_a_modifier_whose_release_never_came_is_up_after_a_while() -> None:
    person = Person().down("ctrl_l").press("f8").wait(10)
    assert person.press("f8", "a").said() == ["answer"]


# Holding, repeating, trembling


def test_holding_acts_when_the_time_has_come_and_once() -> None:
    person = Person().press("f8").down("x").wait(0.79)
    assert person.said() == []
    assert person.wait(0.01).said() == ["hang up"]
    assert person.wait(5).up("x").said() == ["hang up"]


def test_what_is_let_go_too_soon_does_nothing_and_is_told() -> None:
    person = Person().press("f8").down("x").wait(0.7).up("x", after=0.05).wait(5)
    assert person.effects[1:] == [Over(keys("f8 x"), "short")]


def test_a_key_may_do_one_thing_pressed_and_another_held() -> None:
    assert Person().press("headset_hook").wait(2).said() == ["answer"]
    assert Person().down("headset_hook").wait(2).up("headset_hook").said() == ["hang up"]


def test_any_other_key_takes_back_what_is_being_held() -> None:
    person = Person().press("f8").down("x", "escape").wait(5).up("x", "escape")
    assert person.effects[1:] == [Over(keys("f8 x"), "dropped")]


def test_when_the_pc_was_too_busy_to_be_sure_nothing_is_done() -> None:
    person = Person().press("f8").down("x")
    person.effects += person.engine.tick(person.now + 2)
    assert person.effects[1:] == [Over(keys("f8 x"), "unsure")]


def test_holding_a_key_repeats_presses_without_repeating_what_it_does() -> None:
    person = Person().press("f8").down("a")
    person.down("a", after=0.66).down(*["a"] * 50, after=0.04).up("a")
    assert person.effects == [Waiting((F8,)), Act(Say(("answer",)), keys("f8 a"))]


def test_a_repeating_key_that_is_held_to_act_acts_once() -> None:
    person = Person().press("f8").down("x").down("x", after=0.66).down(*["x"] * 50, after=0.04)
    assert person.up("x").said() == ["hang up"]


def test_a_key_that_bounces_is_pressed_once() -> None:
    person = Person(replace(QUICK, debounce=0.5))
    assert person.press("headset_hook", "headset_hook", "headset_hook").said() == ["answer"]
    assert person.wait(0.5).press("headset_hook").said() == ["answer"] * 2


def test_a_key_that_comes_after_another_has_not_bounced() -> None:
    person = Person(replace(QUICK, debounce=0.5)).press("f8", "a", "f8", "h")
    assert person.said() == ["answer", "hold"]


def test_with_an_acceptance_time_brushing_a_key_does_nothing() -> None:
    person = Person(replace(QUICK, acceptance=0.3))
    person.press("f8", "a")
    assert person.effects == []
    for key in ("f8", "a"):
        person.down(key).wait(0.3).up(key)
    assert person.said() == ["answer"]


def test_the_time_to_hold_a_key_has_the_acceptance_time_in_it() -> None:
    person = Person(replace(QUICK, acceptance=0.3)).down("f8").wait(0.3).up("f8").down("x")
    assert person.wait(0.79).said() == []
    assert person.wait(0.01).said() == ["hang up"]


# Releases that never come


def test_a_key_whose_release_never_came_works_again_after_some_seconds() -> None:
    assert len(Person().down("pause").wait(STALE).down("pause").effects) == 2


def test_a_key_whose_release_never_came_works_again_once_another_was_pressed() -> None:
    assert len(Person().down("pause").press("q").down("pause").effects) == 2


def test_of_a_key_that_only_ever_goes_down_every_press_in_a_sequence_counts() -> None:
    assert Person().down("f8", "a", "f8", "h", "f8", "a").said() == ["answer", "hold", "answer"]


# Numbers


def test_a_number_is_dialled_on_enter_and_not_before() -> None:
    person = Person().press("f8", "n", "2", "0", "0").wait(3600)
    assert person.said() == []
    assert person.press("enter").said() == ["call 200"]
    assert person.effects[1:5] == [
        Entry("begun", ""),
        Entry("digit", "2", "2"),
        Entry("digit", "20", "0"),
        Entry("digit", "200", "0"),
    ]


def test_enter_again_dials_nothing_again() -> None:
    assert Person().press("f8", "n", "5", "enter", "enter").said() == ["call 5"]


def test_a_digit_may_be_taken_back() -> None:
    person = Person().press("f8", "n", "2", "1", "backspace", "0", "enter")
    assert person.said() == ["call 20"]
    assert Entry("removed", "2", "1") in person.effects


def test_escape_cancels_a_number() -> None:
    person = Person().press("f8", "n", "2", "escape", "enter")
    assert person.said() == []
    assert person.effects[-1] == Entry("cancelled", "2")


def test_the_number_is_read_when_asked_for() -> None:
    assert Person().press("f8", "n", "2", "0", "space").effects[-1] == Entry("read", "20")


def test_without_a_digit_there_is_nothing_to_dial() -> None:
    person = Person().press("f8", "n", "enter", "backspace", "7", "enter")
    assert person.effects.count(Entry("empty", "")) == 2
    assert person.said() == ["call 7"]


def test_what_is_no_digit_is_told_and_changes_nothing() -> None:
    person = Person().press("f8", "n", "2", "q", "enter")
    assert Entry("no_digit", "2") in person.effects
    assert person.said() == ["call 2"]


def test_a_number_ends_somewhere() -> None:
    person = Person().press("f8", "n", *["1"] * 40, "enter")
    assert person.said() == ["call " + "1" * 32]
    assert person.effects.count(Entry("full", "1" * 32)) == 8


def test_digits_have_a_debounce_of_their_own() -> None:
    person = Person(Timing(debounce=0.5, digits_debounce=0.15)).press("f8", "n")
    person.down("0").up("0").down("0", after=0.05).up("0").down("0", after=0.2).up("0")
    assert Entry("bounced", "0") in person.effects
    assert person.wait(1).press("enter").said() == ["call 00"]


def test_a_call_can_be_answered_while_a_number_is_entered() -> None:
    person = Person().press("f8", "n", "2", "headset_hook", "0", "enter")
    assert person.said() == ["answer", "call 20"]


def test_the_leader_gives_a_number_up() -> None:
    person = Person().press("f8", "n", "2", "f8", "a", "enter")
    assert Entry("cancelled", "2") in person.effects
    assert person.said() == ["answer"]


def test_a_number_has_the_time_out_of_a_sequence() -> None:
    person = Person(replace(QUICK, timeout=3)).press("f8", "n", "2").wait(2).press("0").wait(3)
    assert person.effects[-1] == Entry("lapsed", "20")
    assert person.press("enter").said() == []


# Talking


def test_push_to_talk_lasts_while_it_is_held() -> None:
    person = Person().down("f9").down("f9", after=0.66).wait(5).up("f9")
    assert person.effects == [Talking(True, held=True), Talking(False)]


def test_push_to_talk_may_go_from_one_press_to_the_next() -> None:
    person = Person().press("f10").wait(5).press("f10")
    assert person.effects == [Talking(True), Talking(False)]


def test_push_to_talk_ends_by_itself_when_the_release_never_comes() -> None:
    assert Person().down("f9").wait(60).effects == [Talking(True, held=True), Talking(False)]


def test_who_stops_for_breath_begins_again_at_once() -> None:
    person = Person(Timing(debounce=0.5)).press("f9", "f9")
    assert person.effects == [Talking(True, held=True), Talking(False)] * 2


# Claims


def test_at_rest_only_what_begins_a_binding_is_claimed() -> None:
    assert Person().engine.claims == {"f8", "ctrl+alt+h", "headset_hook", "pause", "f9", "f10"}


@pytest.mark.parametrize("pressed", [("f8",), ("f8", "n", "2")])
def test_amid_a_sequence_or_a_number_every_key_is(pressed: tuple[str, ...]) -> None:
    person = Person().press(*pressed)
    assert set(person.engine.claims) > KEYS
    assert "b" not in person.press("escape").engine.claims


def test_the_key_that_ends_a_sequence_stays_claimed_while_it_may_bounce() -> None:
    person = Person(Timing(debounce=0.5)).press("f8", "n", "2", "enter")
    assert "enter" in person.engine.claims
    assert "enter" in person.wait(0.3).press("enter").wait(0.4).engine.claims
    assert "enter" not in person.wait(0.1).engine.claims


# Any stream of presses

NAMES = ("f8", "a", "h", "x", "n", "s", "1", "0", "enter", "escape", "ctrl_l", "alt_l", "shift_l")
MORE = ("headset_hook", "pause", "f9", "f10", "q")
TIMINGS = st.builds(
    Timing,
    debounce=st.sampled_from([0.0, 0.5]),
    digits_debounce=st.sampled_from([0.0, 0.1]),
    acceptance=st.sampled_from([0.0, 0.2]),
    timeout=st.sampled_from([0.0, 2.0]),
)
Moves = list[tuple[str, bool, float]]
MOVES = st.lists(
    st.tuples(
        st.sampled_from(NAMES + MORE),
        st.booleans(),
        st.sampled_from([0.0, 0.01, 0.04, 0.3, 0.6, 0.9, 4.0]),
    ),
    max_size=80,
)


@given(TIMINGS, MOVES)
def test_no_press_ever_does_two_things(timing: Timing, moves: Moves) -> None:
    """However presses and releases are mixed, doubled or lost."""
    person = Person(timing)
    presses = 0
    for key, down, after in moves:
        person.wait(after)
        presses += down
        before = len(person.effects)
        (person.down if down else person.up)(key, after=0.0)
        acts = [item for item in person.effects[before:] if isinstance(item, Act)]
        assert len(acts) <= 1
    person.wait(120)
    acts = [item for item in person.effects if isinstance(item, Act)]
    assert len(acts) <= presses


@given(TIMINGS, MOVES)
def test_talking_begins_and_ends_in_turn(timing: Timing, moves: Moves) -> None:
    person = Person(timing)
    for key, down, after in moves:
        person.wait(after)
        (person.down if down else person.up)(key, after=0.0)
    person.wait(120)
    talked = [item.on for item in person.effects if isinstance(item, Talking)]
    assert talked == [True, False] * (len(talked) // 2)


@given(TIMINGS, MOVES)
def test_nothing_stays_stuck(timing: Timing, moves: Moves) -> None:
    """Whatever came before and was never released: soon a leader and a key do what they say."""
    person = Person(timing)
    for key, down, after in moves:
        person.wait(after)
        (person.down if down else person.up)(key, after=0.0)
    person.wait(60 + STALE)  # longer than modifiers, and push-to-talk, are believed in
    person.effects.clear()
    for key in ("f8", "a"):
        person.down(key).wait(0.3).up(key)
    assert person.said() == ["answer"]
    assert person.wait(120).engine.due() is None


@given(TIMINGS, MOVES, st.integers(1, 60))
def test_repeats_change_nothing(timing: Timing, moves: Moves, every: int) -> None:
    """The key that went down last repeats for as long as it is down, as keyboards do."""
    calm, repeating = Person(timing), Person(timing)
    latest, held = "", set[str]()
    for key, down, after in moves:
        if down == (key in held):  # a keyboard tells of no press of a key that is down already
            continue
        calm.wait(after)
        step = after / every
        for _ in range(every):
            repeating.wait(step)
            if latest and step < 1:
                repeating.down(latest, after=0.0)
        repeating.now = calm.now
        (held.add if down else held.discard)(key)
        latest = key if down else "" if key == latest else latest
        for person in (calm, repeating):
            (person.down if down else person.up)(key, after=0.0)
    calm.wait(1)
    repeating.wait(1)
    assert calm.said() == repeating.said()


@given(TIMINGS, MOVES)
def test_only_enter_dials(timing: Timing, moves: Moves) -> None:
    person = Person(timing)
    for key, down, after in moves:
        person.wait(after)
        before = len(person.effects)
        (person.down if down else person.up)(key, after=0.0)
        dialled = [text for text in said(person.effects[before:]) if text.startswith("call ")]
        if timing.acceptance == 0.0 and dialled and dialled != ["call sales"]:
            assert (key, down) == ("enter", True)


@given(TIMINGS, MOVES)
def test_after_the_listener_was_lost_everything_is_up(timing: Timing, moves: Moves) -> None:
    person = Person(timing)
    for key, down, after in moves:
        person.wait(after)
        (person.down if down else person.up)(key, after=0.0)
    person.effects += person.engine.release_all()
    assert person.engine.due() is None
    talked = [item.on for item in person.effects if isinstance(item, Talking)]
    assert talked == [True, False] * (len(talked) // 2)
    person.wait(1).effects.clear()
    for key in ("f8", "a"):
        person.down(key).wait(0.3).up(key)
    assert person.said() == ["answer"]


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=20))
def test_a_clock_that_goes_back_does_no_harm(times: list[float]) -> None:
    engine = Engine(LAYOUT, QUICK)
    found: list[Effect] = []
    for n, t in enumerate(times):
        found += engine.feed("headset_hook", n % 2 == 0, t)
    assert len(said(found)) <= (len(times) + 1) // 2
