"""One utterance: heard to its end, trimmed, and judged."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from adapters.voice.enrolment.sounding import EDGE, Utterance, trimmed
from adapters.voice.recogniser import RATE
from tests.adapters.voice.enrolment.speaker import needs_espeak, said


def background(seconds: float, loud: float = 0.001) -> np.ndarray:
    made = np.random.default_rng(2).normal(0, loud, round(seconds * RATE))
    return made.astype(np.float32)


def tone(seconds: float, loud: float = 0.3) -> np.ndarray:
    at = np.arange(round(seconds * RATE)) / RATE
    return (loud * np.sin(2 * np.pi * 220 * at)).astype(np.float32)


def between(sound: np.ndarray, before: float = 0.5, after: float = 1.2) -> np.ndarray:
    return np.concatenate(
        [background(before), sound + background(len(sound) / RATE)[: len(sound)], background(after)]
    )


def test_what_is_around_the_speech_is_cut_off() -> None:
    cut = trimmed(between(tone(0.4)))
    assert cut.fault is None
    assert 0.4 <= len(cut.sound) / RATE <= 0.4 + 2 * (EDGE + 1) * 0.01


def test_a_pause_within_a_word_stays() -> None:
    cut = trimmed(between(np.concatenate([tone(0.3), background(0.4), tone(0.3)])))
    assert cut.fault is None
    assert len(cut.sound) / RATE > 0.99


def test_a_click_is_no_speech_and_does_not_lengthen_it() -> None:
    assert trimmed(between(tone(0.02))).fault == "silent"
    cut = trimmed(between(np.concatenate([tone(0.02), background(0.6), tone(0.4)])))
    assert len(cut.sound) / RATE < 0.5


@pytest.mark.parametrize(
    ("sound", "fault"),
    [
        (background(2), "silent"),
        (np.zeros(RATE, np.float32), "silent"),
        (np.zeros(0, np.float32), "silent"),
        (between(tone(0.4, 0.006)), "quiet"),
        (between(np.clip(tone(0.4, 3), -1, 1)), "clipped"),
        (between(tone(0.07)), "short"),
        (between(tone(7)), "long"),
    ],
)
def test_what_is_of_no_use_is_called_so(sound: np.ndarray, fault: str) -> None:
    assert trimmed(np.clip(sound, -1, 1)).fault == fault


@settings(deadline=None)
@given(arrays(np.float32, st.integers(0, 4000), elements=st.floats(-1, 1, width=32)))
def test_whatever_is_heard_is_judged(sound: np.ndarray) -> None:
    cut = trimmed(sound)
    assert len(cut.sound) <= len(sound)


def fed(utterance: Utterance, sound: np.ndarray) -> float:
    """Seconds after which it ended; the whole length if it did not."""
    for at in range(0, len(sound), 512):
        if utterance.feed(sound[at : at + 512]) == "ended":
            return at / RATE
    return len(sound) / RATE


def test_it_ends_after_a_pause() -> None:
    utterance = Utterance(pause=1.0)
    ended = fed(utterance, between(tone(0.5), before=1, after=3))
    assert 2.4 < ended < 2.7
    assert trimmed(utterance.sound()).fault is None


def test_a_pause_that_is_shorter_does_not_end_it() -> None:
    speech = np.concatenate([tone(0.5), background(0.8), tone(0.5)])
    assert fed(Utterance(pause=1.0), between(speech, before=1, after=3)) > 3.7


def test_it_waits_no_longer_than_its_patience() -> None:
    assert 3.9 < fed(Utterance(patience=4.0), background(9)) < 4.2


def test_it_ends_though_the_noise_does_not() -> None:
    assert fed(Utterance(longest=5.0), between(tone(20))) < 6


@needs_espeak
@pytest.mark.parametrize("word", ["eight", "six", "hang up", "transfer to"])
def test_a_word_is_kept_whole(word: str) -> None:
    sound = said(word)
    cut = trimmed(sound)
    assert cut.fault is None
    assert len(cut.sound) > len(sound) - RATE // 2 - RATE // 10
