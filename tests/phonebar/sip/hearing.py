"""What is heard in a recording: which of some tones, and how loud."""

from __future__ import annotations

import math
import wave
from array import array
from pathlib import Path
from statistics import median

RATE = 8000
SECONDS = 60
STRETCH = 0.1
"""Seconds of sound that are judged at once."""


def write_tone(path: Path, hertz: int, seconds: int = SECONDS) -> None:
    """A WAV file with a tone at half of full scale."""
    period = array(
        "h", (int(16384 * math.sin(2 * math.pi * hertz * n / RATE)) for n in range(RATE))
    )
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes(period.tobytes() * seconds)


def strength(samples: array[int], rate: int, hertz: int) -> float:
    """The usual amplitude of a tone in the samples; 1 is full scale.

    It is the median of short stretches: a lost packet shifts the rest of a tone, so that a long
    stretch would cancel itself out.
    """
    length = int(STRETCH * rate)
    starts = range(0, max(1, len(samples) - length + 1), length)
    return median(_goertzel(samples[at : at + length], rate, hertz) for at in starts)


def _goertzel(samples: array[int], rate: int, hertz: int) -> float:
    if not samples:
        return 0.0
    turn = 2 * math.cos(2 * math.pi * hertz / rate)
    one = two = 0.0
    for sample in samples:
        one, two = sample + turn * one - two, one
    power = one * one + two * two - turn * one * two
    return 2 * math.sqrt(max(0.0, power)) / len(samples) / 32768


def read(path: Path, begin: float = 0.0, end: float | None = None) -> tuple[array[int], int]:
    """The samples of a part of a WAV file (seconds; negative counts from its end), and its rate."""
    with wave.open(str(path), "rb") as recording:
        rate = recording.getframerate()
        samples = array("h", recording.readframes(recording.getnframes()))
        if recording.getnchannels() == 2:
            samples = samples[::2]
    return samples[int(begin * rate) : None if end is None else int(end * rate)], rate


def hears(path: Path, hertz: int, begin: float = 0.0, end: float | None = None) -> bool:
    """Whether a tone is in that part of the recording."""
    samples, rate = read(path, begin, end)
    return strength(samples, rate, hertz) > 0.02
