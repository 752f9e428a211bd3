"""The earcons, measured: short, clean at their ends, and each unlike every other."""

from __future__ import annotations

import itertools
from typing import get_args

import numpy as np
import pytest

from adapters.feedback.earcons import NOTES, PEAK, sound
from adapters.feedback.feedback import Cue
from adapters.feedback.mixer import RATE, Sound
from assistant.settings import EARCONS

CUES: tuple[Cue, ...] = get_args(Cue)


def test_each_cue_has_its_earcon_and_can_be_turned_off() -> None:
    assert set(CUES) == set(NOTES) == set(EARCONS)


@pytest.mark.parametrize("cue", CUES)
def test_it_is_short_and_of_the_common_loudness(cue: Cue) -> None:
    made = sound(cue)
    assert 0.06 <= len(made) / RATE <= 0.25
    assert np.abs(made).max() == pytest.approx(PEAK)


@pytest.mark.parametrize("cue", CUES)
def test_it_does_not_click(cue: Cue) -> None:
    """It starts and ends at zero, has no offset, and nowhere jumps more than its tones do."""
    made = sound(cue)
    assert abs(made[0]) < 1e-6
    assert abs(made[-1]) < 1e-6
    assert abs(made.mean()) < 1e-6
    steepest = max(max(note.hertz, note.to or 0) for note in NOTES[cue])
    assert np.abs(np.diff(made)).max() < 2.2 * 2 * np.pi * steepest / RATE * PEAK


@pytest.mark.parametrize("cue", CUES)
def test_it_is_made_once_and_cannot_be_spoilt(cue: Cue) -> None:
    assert sound(cue) is sound(cue)
    with pytest.raises(ValueError, match="read-only"):
        sound(cue)[0] = 1


@pytest.mark.parametrize(("one", "other"), list(itertools.combinations(CUES, 2)))
def test_no_two_are_alike(one: Cue, other: Cue) -> None:
    """Where their loudness over time is much the same, their pitch over time is not."""
    assert rhythm_likeness(one, other) < 0.8 or pitch_apart(one, other) > 3


@pytest.mark.parametrize(
    ("cue", "way"),
    [
        ("listening", 1),
        ("done", 1),
        ("failed", -1),
        ("back", -1),
        ("ringing", 0),
        ("step", 0),
        ("select", 0),
        ("paused", 0),
    ],
)
def test_its_pitch_goes_the_way_that_it_means(cue: Cue, way: int) -> None:
    track = pitches(sound(cue))
    assert np.sign(round(12 * np.log2(track[-1] / track[0]))) == way


@pytest.mark.parametrize(
    ("cue", "beats"), [("ringing", 4), ("asked", 3), ("select", 2), ("step", 1), ("paused", 1)]
)
def test_its_beats_can_be_counted(cue: Cue, beats: int) -> None:
    loud = loudness(sound(cue)) > 0.25
    assert np.count_nonzero(np.diff(loud.astype(int), prepend=0) == 1) == beats


def loudness(made: Sound, window: float = 0.005) -> Sound:
    """By windows of 5 ms, of its greatest."""
    n = round(window * RATE)
    padded = np.concatenate([made, np.zeros(-len(made) % n, np.float32)])
    level = np.sqrt((padded.reshape(-1, n) ** 2).mean(axis=1))
    return level / level.max()  # type: ignore[no-any-return]


def rhythm_likeness(one: Cue, other: Cue) -> float:
    a, b = loudness(sound(one)), loudness(sound(other))
    n = max(len(a), len(b))
    a, b = np.pad(a, (0, n - len(a))), np.pad(b, (0, n - len(b)))
    return float(a @ b / np.sqrt((a @ a) * (b @ b)))


def pitches(made: Sound) -> list[float]:
    """The strongest tone in hertz, by windows of 40 ms, where there is any."""
    n = round(0.04 * RATE)
    found = []
    for at in range(0, len(made) - n // 2, n // 2):
        part = np.pad(made[at : at + n], (0, 8 * n - len(made[at : at + n])))
        if np.abs(part).max() > PEAK / 20:
            found.append(float(np.abs(np.fft.rfft(part)).argmax()) * RATE / len(part))
    return found


def pitch_apart(one: Cue, other: Cue) -> float:
    """How far apart, in semitones, where they are furthest."""
    pairs = zip(pitches(sound(one)), pitches(sound(other)), strict=False)
    return max(abs(12 * np.log2(a / b)) for a, b in pairs)
