"""A voice's own rate becomes ours: nothing moved, nothing added, however it is cut into blocks."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.feedback.mixer import RATE, Sound
from adapters.feedback.resample import TAPS, Resampler


def tone(rate: int, hertz: float, seconds: float = 0.5) -> Sound:
    made = np.sin(2 * np.pi * hertz * np.arange(round(seconds * rate)) / rate)
    return made.astype(np.float32)


def changed(sound: Sound, rate: int, cuts: int = 7) -> Sound:
    resampler = Resampler(rate)
    parts = [resampler.take(part) for part in np.array_split(sound, cuts)]
    return np.concatenate([*parts, resampler.end()])


@pytest.mark.parametrize("rate", [8000, 16000, 22050, 24000, 44100, 48000, 96000])
def test_a_tone_keeps_its_pitch_its_loudness_and_its_place(rate: int) -> None:
    made = changed(tone(rate, 1000), rate)
    assert len(made) == pytest.approx(RATE / 2, abs=TAPS * RATE / rate)
    wanted = tone(RATE, 1000)[: len(made)]
    middle = slice(1000, len(wanted) - 1000)
    assert np.abs(made[: len(wanted)] - wanted)[middle].max() < 0.01


@pytest.mark.parametrize("hertz", [300, 3000, 8000])
def test_nothing_is_heard_that_was_not_there(hertz: float) -> None:
    made = changed(tone(22050, hertz), 22050)[2000:-2000]
    spectrum = np.abs(np.fft.rfft(made * np.hanning(len(made))))
    tones = np.fft.rfftfreq(len(made), 1 / RATE)
    others = spectrum[np.abs(tones - hertz) > 100]
    assert 20 * np.log10(others.max() / spectrum.max()) < -45


@settings(deadline=None, max_examples=40)
@given(cuts=st.lists(st.integers(0, 3000), max_size=12), rate=st.sampled_from([16000, 22050]))
def test_it_does_not_matter_how_it_is_cut(cuts: list[int], rate: int) -> None:
    sound = np.random.default_rng(1).uniform(-1, 1, 3000).astype(np.float32)
    resampler = Resampler(rate)
    places = sorted(cuts)
    parts = [resampler.take(part) for part in np.split(sound, places)]
    pieces = np.concatenate([*parts, resampler.end()])
    assert np.allclose(pieces, changed(sound, rate, 1), atol=1e-6)
