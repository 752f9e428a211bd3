"""Whatever happens in whatever order: nobody is listened to who did not ask for it."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.voice.modes import PRESSED, Begin, Drop, Effect, Finish, Modes, Rules, Show, Tell

HAPPENS = (
    "press",
    "hold",
    "release",
    "begun",
    "ended",
    "woken",
    "done",
    "asked",
    "sleep",
    "wake",
    "call",
    "no call",
    "sound",
    "no sound",
    "lost",
    "found",
    "tick",
)


def happen(modes: Modes, what: str, t: float) -> tuple[Effect, ...]:
    match what:
        case "press" | "hold":
            return modes.press(t, held=what == "hold")
        case "release":
            return modes.release(t)
        case "begun":
            return modes.speech("begun", t)
        case "ended":
            return modes.speech("ended", t)
        case "woken":
            return modes.woken(t)
        case "done" | "asked":
            return modes.done(t, "once", asked=what == "asked")
        case "sleep":
            return modes.sleep(t)
        case "wake":
            return modes.wake(t)
        case "call" | "no call":
            return modes.calls(what == "call")
        case "sound" | "no sound":
            return modes.sounds(what == "sound", t)
        case "lost" | "found":
            return modes.microphone(what == "found", t)
    return modes.tick(t)


moves = st.lists(st.tuples(st.sampled_from(HAPPENS), st.floats(0, 5)), max_size=60)


@settings(deadline=None, max_examples=300)
@given(moves, st.booleans(), st.booleans())
def test_only_a_press_is_listened_to_during_a_call_and_each_stretch_ends_once(
    moves: list[tuple[str, float]], wake: bool, answers: bool
) -> None:
    modes = Modes(Rules(wake=wake, answers=answers, sleep_after=20.0))
    modes.microphone(True, 0.0)
    t, open_, call = 0.0, False, False
    shown = ["waiting"]
    for what, later in moves:
        t += later
        call = {"call": True, "no call": False}.get(what, call)
        for effect in happen(modes, what, t):
            if isinstance(effect, Begin):
                assert not open_, "what was open ends first"
                assert effect.way in PRESSED or not call
                assert effect.way is not None or wake
                open_ = True
            elif isinstance(effect, Finish | Drop):
                assert open_
                assert isinstance(effect, Drop) or effect.way in PRESSED or not call
                open_ = False
            elif isinstance(effect, Show):
                assert effect.mode != shown[-1], "a state is told once"
                shown.append(effect.mode)
        assert shown[-1] == modes.mode, "the state that is shown is the one that is"
        if modes.mode == "deaf":
            assert not open_
        if not (wake or open_):
            assert modes.mode not in {"listening", "hearing"}


def test_nobody_is_listened_to_for_longer_than_patience() -> None:
    modes = Modes(Rules(patience=8.0))
    modes.microphone(True, 0.0)
    modes.press(0.0, held=False)
    assert Drop() not in modes.tick(7.9)
    assert Drop() in modes.tick(8.0)
    assert modes.mode == "waiting"


def test_listening_for_an_answer_needs_a_question_that_is_still_open() -> None:
    modes = Modes(Rules())
    modes.microphone(True, 0.0)
    for t in (1.0, 3.0):
        modes.press(t, held=False)
        modes.speech("begun", t + 0.1)
        if t == 3.0:
            modes.done(t + 0.2, "once", asked=True)
        modes.speech("ended", t + 0.5)
    modes.done(4.0, "once", asked=False)
    assert modes.way is None
    assert modes.mode == "waiting"


def test_a_microphone_that_goes_still_while_somebody_speaks_is_not_heard_for_ever() -> None:
    rules = Rules()
    modes = Modes(rules)
    modes.microphone(True, 0.0)
    modes.press(0.0, held=False)
    modes.speech("begun", 0.1)
    assert modes.tick(rules.longest) == ()
    effects = modes.tick(rules.patience + 2 * rules.longest)
    assert Drop() in effects
    assert Tell("voice_heard_nothing") in effects
    assert modes.mode == "waiting"
