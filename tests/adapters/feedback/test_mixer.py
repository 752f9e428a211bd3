"""Earcons and speech mixed: in the ear that is wanted, softer under an earcon, hushed softly."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.feedback.mixer import DUCKED, RAMP, RATE, Ear, Mixer, Sound

LONG = RATE


def tone(seconds: float, hertz: float = 440.0, loud: float = 0.5) -> Sound:
    made = loud * np.sin(2 * np.pi * hertz * np.arange(round(seconds * RATE)) / RATE)
    return made.astype(np.float32)


def flat(seconds: float, level: float) -> Sound:
    return np.full(round(seconds * RATE), level, np.float32)


def taken(mixer: Mixer, frames: int, channels: int = 2) -> Sound:
    whole = np.frombuffer(mixer.fill(frames, channels), "<i2").reshape(-1, channels)
    return whole.astype(np.float32) / 32767


def test_silence_is_all_there_is_at_first() -> None:
    mixer = Mixer()
    assert mixer.wait(0)
    assert not taken(mixer, 480).any()


@pytest.mark.parametrize(("ear", "heard"), [("both", (1, 1)), ("left", (1, 0)), ("right", (0, 1))])
def test_one_ear_hears_and_the_other_does_not(ear: Ear, heard: tuple[int, int]) -> None:
    mixer = Mixer(ear)
    mixer.cue("done", tone(0.1))
    mixer.speak(tone(0.2))
    both = np.concatenate([taken(mixer, 480) for _ in range(40)])
    assert tuple(int(side.any()) for side in both.T) == heard


@pytest.mark.parametrize("ear", ["both", "left", "right"])
def test_a_device_with_one_channel_is_heard_whatever_the_ear(ear: Ear) -> None:
    mixer = Mixer(ear)
    mixer.speak(tone(0.1))
    assert taken(mixer, 480, channels=1).any()


def test_each_has_its_loudness() -> None:
    mixer = Mixer(volume=0.5, cue_volume=0.25)
    mixer.speak(flat(0.01, 0.8))
    assert taken(mixer, 480)[-1, 0] == pytest.approx(0.4, abs=1e-3)
    mixer.cue("done", flat(0.01, 0.8))
    assert taken(mixer, 480)[0, 0] == pytest.approx(0.2, abs=1e-3)


def test_speech_that_goes_on_is_softer_under_an_earcon_and_louder_after_it() -> None:
    mixer = Mixer()
    mixer.speak(flat(1, 0.4))
    assert taken(mixer, 480)[-1, 0] == pytest.approx(0.4, abs=1e-3)
    mixer.cue("done", flat(0.05, 0.0))
    ducked = taken(mixer, 2400)[:, 0]
    assert ducked[RAMP:].max() == pytest.approx(0.4 * DUCKED, abs=1e-3)
    again = taken(mixer, 2400)[:, 0]
    assert again[-1] == pytest.approx(0.4, abs=1e-3)
    assert np.abs(np.diff(np.concatenate([ducked, again]))).max() < 0.01, "a step would click"


def test_speech_begins_after_the_earcon_so_that_its_first_word_is_heard() -> None:
    mixer = Mixer()
    mixer.cue("done", flat(0.1, 0.0))
    mixer.speak(flat(0.1, 0.4))
    heard = np.concatenate([taken(mixer, 480) for _ in range(30)])[:, 0]
    (at,) = np.flatnonzero(np.diff((heard > 0.01).astype(int)) == 1)
    assert round(0.1 * RATE) <= at + 1 <= round(0.12 * RATE)
    assert np.count_nonzero(heard > 0.01) == round(0.1 * RATE), "all of it is heard"


def test_an_earcon_that_sounds_is_not_begun_again_and_another_joins_it() -> None:
    mixer = Mixer()
    mixer.cue("step", flat(0.1, 0.2))
    mixer.cue("step", flat(0.1, 0.2))
    assert taken(mixer, 480).max() == pytest.approx(0.2, abs=1e-3)
    mixer.cue("done", flat(0.1, 0.3))
    assert taken(mixer, 480).max() == pytest.approx(0.5, abs=1e-3)


def test_a_hush_ends_everything_within_its_ramp_and_without_a_click() -> None:
    mixer = Mixer()
    mixer.speak(flat(1, 0.4))
    before = taken(mixer, 480)[:, 0]
    mixer.cue("done", flat(0.2, 0.2))
    mixer.hush()
    after = taken(mixer, 480)[:, 0]
    assert not after[RAMP:].any()
    assert np.abs(np.diff(np.concatenate([before, after]))[1:]).max() < 0.3
    assert np.abs(np.diff(after)).max() < 0.01
    assert not taken(mixer, 480).any()
    assert mixer.wait(0)


def test_a_hush_upon_a_hush_does_not_click() -> None:
    mixer = Mixer()
    mixer.speak(flat(1, 0.4))
    before = taken(mixer, 480)[:, 0]
    mixer.hush()
    between = taken(mixer, RAMP // 4)[:, 0]
    mixer.hush()
    after = taken(mixer, 480)[:, 0]
    assert np.abs(np.diff(np.concatenate([before, between, after]))).max() < 0.01


def test_a_hush_of_speech_alone_leaves_the_earcon() -> None:
    mixer = Mixer()
    mixer.cue("done", flat(0.1, 0.2))
    mixer.hush(cues=False)
    assert taken(mixer, 480).max() == pytest.approx(0.2, abs=1e-3)


def test_what_has_not_begun_leaves_nothing_behind_when_hushed() -> None:
    mixer = Mixer()
    mixer.speak(flat(1, 0.4))
    mixer.hush()
    assert not taken(mixer, 480).any()


def test_what_nobody_can_hear_is_forgotten_at_once() -> None:
    mixer = Mixer()
    mixer.speak(flat(1, 0.4))
    mixer.cue("done", flat(1, 0.4))
    taken(mixer, 480)
    mixer.hush()
    mixer.clear()
    assert mixer.wait(0)
    assert not taken(mixer, 480).any()


def test_too_much_at_once_is_cut_not_folded_over() -> None:
    mixer = Mixer()
    for name in "abcd":
        mixer.cue(name, flat(0.1, 0.9))
    assert taken(mixer, 480).min() == 1.0


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("cue"), st.integers(1, 3000)),
        st.tuples(st.just("speak"), st.integers(0, 3000)),
        st.tuples(st.just("hush"), st.booleans()),
        st.tuples(st.just("fill"), st.integers(1, 2000)),
    ),
    max_size=30,
)


@settings(deadline=None)
@given(steps=STEPS)
def test_whatever_comes_it_ends_and_stays_within_bounds(steps: list[tuple[str, int]]) -> None:
    mixer = Mixer()
    for n, (step, value) in enumerate(steps):
        if step == "cue":
            mixer.cue(f"{n % 3}", np.full(value, 0.7, np.float32))
        elif step == "speak":
            mixer.speak(np.full(value, -0.7, np.float32))
        elif step == "hush":
            mixer.hush(cues=bool(value))
        else:
            assert len(taken(mixer, value)) == value
    for _ in range(30 * 3000 // 480 + 2):
        taken(mixer, 480)
    assert mixer.wait(0)
    assert not taken(mixer, 480).any()


# The ring


def test_a_ring_goes_on_until_it_is_ended_and_nobody_waits_for_it() -> None:
    mixer = Mixer()
    mixer.ring(flat(0.1, 0.4), 0.3)
    assert mixer.wait(0)
    assert mixer.rings
    heard = np.concatenate([taken(mixer, 480) for _ in range(100)])[:, 0]
    begins = np.flatnonzero(np.diff((heard > 0.01).astype(int)) == 1) + 1
    assert begins.tolist() == [round(at * RATE) for at in (0.2, 0.5, 0.8)]
    mixer.ring(None)
    assert not mixer.rings
    assert not np.concatenate([taken(mixer, 480) for _ in range(60)])[RAMP:].any()


def test_the_ring_is_softer_under_what_is_said_and_what_is_said_is_not() -> None:
    mixer = Mixer()
    mixer.ring(flat(0.5, 0.4), 0.5)
    assert taken(mixer, 480)[-1, 0] == pytest.approx(0.4, abs=1e-3)
    mixer.speak(flat(0.1, 0.2))
    both = taken(mixer, 2400)[:, 0]
    assert both[RAMP:].max() == pytest.approx(0.2 + 0.4 * DUCKED, abs=1e-3)
    assert np.abs(np.diff(both[1:])).max() < 0.01, "a step would click"
    taken(mixer, 2400)
    assert taken(mixer, 2400)[-1, 0] == pytest.approx(0.4, abs=1e-3)


def test_the_ring_is_softer_while_a_voice_speaks_that_plays_by_itself() -> None:
    mixer = Mixer()
    mixer.ring(flat(0.5, 0.4), 0.5)
    mixer.give_way(True)
    assert taken(mixer, 2400)[-1, 0] == pytest.approx(0.4 * DUCKED, abs=1e-3)
    mixer.give_way(False)
    assert taken(mixer, 2400)[-1, 0] == pytest.approx(0.4, abs=1e-3)


def test_a_ring_ends_without_a_click_and_pauses_at_a_hush() -> None:
    mixer = Mixer()
    mixer.ring(flat(0.2, 0.4), 0.4)
    taken(mixer, round(0.3 * RATE))
    mixer.hush()
    quiet = taken(mixer, round(0.15 * RATE))[:, 0]
    assert quiet[0] == pytest.approx(0.4, abs=1e-2)
    assert np.abs(np.diff(quiet)).max() < 0.01
    assert not quiet[RAMP:].any()
    assert taken(mixer, round(0.1 * RATE))[-1, 0] == pytest.approx(0.4, abs=1e-3)
    mixer.ring(None)
    assert np.abs(np.diff(taken(mixer, 4800)[:, 0])).max() < 0.01
