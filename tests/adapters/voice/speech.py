"""Speech for the tests, made by espeak-ng."""

from __future__ import annotations

import functools
import io
import subprocess
import wave
from pathlib import Path

import numpy as np
import pytest

from adapters.feedback import espeak
from adapters.feedback.mixer import Sound
from adapters.feedback.resample import Resampler
from adapters.voice.recogniser import RATE

needs_espeak = pytest.mark.skipif(
    espeak.found() is None, reason="needs espeak-ng (Debian: apt install espeak-ng)"
)


@functools.cache
def spoken(text: str, voice: str = "en-us", words_a_minute: int = 160) -> Sound:
    """A text as somebody may say it, without the silence at its ends; not to be written."""
    program = espeak.found()
    assert program is not None
    done = subprocess.run(
        [program, "-v", voice, "-s", str(words_a_minute), "--stdout", text],
        capture_output=True,
        check=True,
        timeout=30,
    )
    with wave.open(io.BytesIO(done.stdout)) as file:
        rate = file.getframerate()
        raw = done.stdout[44:]
    sound = np.frombuffer(raw[: len(raw) // 2 * 2], "<i2").astype(np.float32) / 32768
    resampler = Resampler(rate, RATE)
    whole = np.concatenate([resampler.take(sound), resampler.end()])
    loud = np.flatnonzero(np.abs(whole) > 0.01)
    made: Sound = whole[loud[0] : loud[-1]]
    made.setflags(write=False)
    return made


def silence(seconds: float) -> Sound:
    return np.zeros(round(seconds * RATE), np.float32)


def noise(seconds: float, loud: float = 0.05) -> Sound:
    made = np.random.default_rng(5).normal(0, loud, round(seconds * RATE))
    return made.astype(np.float32)


def saved(sound: Sound, path: Path) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((np.clip(sound, -1, 1) * 32767).astype("<i2").tobytes())
    return path
