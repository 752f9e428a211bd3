"""Somebody who speaks, made by espeak-ng; said again, a word sounds a little otherwise."""

from __future__ import annotations

import functools
import io
import shutil
import subprocess
import wave
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from adapters.voice.recogniser import RATE
from adapters.voice.recording import resampled

if TYPE_CHECKING:
    from adapters.voice.recogniser import Samples

PROGRAM = shutil.which("espeak-ng")
needs_espeak = pytest.mark.skipif(
    PROGRAM is None, reason="needs espeak-ng (Debian: apt install espeak-ng)"
)
TIMES = ((150, 50), (165, 56), (138, 45), (158, 48), (145, 53))
"""The pace, in words a minute, and the pitch of each time that something is said."""


@functools.cache
def said(text: str, time: int = 0, voice: str = "en-us") -> Samples:
    """A text as somebody says it for the so many-th time, with a quarter of a second around it.

    `[[...]]` in it are phonemes as espeak-ng writes them.
    """
    assert PROGRAM is not None
    pace, pitch = TIMES[time]
    done = subprocess.run(
        [PROGRAM, "-v", voice, "-s", str(pace), "-p", str(pitch), "--stdout", text],
        capture_output=True,
        check=True,
        timeout=30,
    )
    with wave.open(io.BytesIO(done.stdout)) as file:
        rate = file.getframerate()
    sound = np.frombuffer(done.stdout[44:], "<i2").astype(np.float32) / 32768
    whole = resampled(sound, rate)
    loud = np.flatnonzero(np.abs(whole) > 0.01)
    around = np.zeros(RATE // 4, np.float32)
    made = np.concatenate([around, whole[loud[0] : loud[-1]], around])
    made += np.random.default_rng(time).normal(0, 0.0005, len(made)).astype(np.float32)
    made.setflags(write=False)
    return made


def save(sound: Samples, path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((np.clip(sound, -1, 1) * 32767).astype("<i2").tobytes())
    return path
