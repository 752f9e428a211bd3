"""Recordings: read from WAV and whatever else libsndfile reads, and made what recognisers hear.

RecordingError(Exception)   a file that cannot be read; says why
"""

from __future__ import annotations

import wave
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from adapters.voice.recogniser import RATE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from adapters.voice.recogniser import Samples

LONGEST = 600
"""Seconds of a recording that are read."""

_WHOLE: dict[int, np.dtype[Any]] = {1: np.dtype("u1"), 2: np.dtype("<i2"), 4: np.dtype("<i4")}


class RecordingError(Exception):
    """A file that cannot be read."""


def read_recording(path: Path) -> Samples:
    """A recording at `RATE`, its channels mixed into one.

    Args:
        path: WAV of whole numbers; or, with the package soundfile, FLAC, Ogg and others.

    Raises:
        RecordingError: it cannot be read.
    """
    try:
        sound, rate = _read_wav(path)
    except (wave.Error, EOFError, ValueError) as error:
        sound, rate = _read_other(path, error)
    except OSError as error:
        raise RecordingError(error.strerror or str(error)) from error
    one = sound.mean(axis=1, dtype=np.float32)
    return resampled(np.clip(one, -1, 1), rate)


def resampled(sound: Samples, rate: int) -> Samples:
    """Sound at `RATE`, band-limited, by its spectrum.

    Args:
        sound: all of it.
        rate: its samples a second.
    """
    if rate == RATE or not len(sound):
        return sound
    n = max(1, round(len(sound) * RATE / rate))
    spectrum = np.fft.rfft(sound)[: n // 2 + 1]
    made: Samples = (np.fft.irfft(spectrum, n) * (n / len(sound))).astype(np.float32)
    return made


def _read_wav(path: Path) -> tuple[NDArray[np.float32], int]:
    with wave.open(str(path), "rb") as file:
        rate, channels, width = file.getframerate(), file.getnchannels(), file.getsampwidth()
        raw = file.readframes(LONGEST * rate)
    if not rate or not channels:
        raise ValueError("no rate or no channels")
    raw = raw[: len(raw) // (width * channels) * width * channels]
    if width == 3:
        bytes_ = np.frombuffer(raw, np.uint8).reshape(-1, 3)
        whole: NDArray[Any] = np.zeros((len(bytes_), 4), np.uint8)
        whole[:, 1:] = bytes_
        whole = whole.reshape(-1).view("<i4")
        width = 4
    else:
        whole = np.frombuffer(raw, _WHOLE[width])
    middle = 128.0 if width == 1 else 0.0
    scale = float(2 ** (8 * width - 1))
    return ((whole - middle) / scale).astype(np.float32).reshape(-1, channels), rate


def _read_other(path: Path, why: Exception) -> tuple[NDArray[np.float32], int]:
    try:
        import soundfile
    except (ImportError, OSError):
        raise RecordingError(str(why)) from why
    try:
        with soundfile.SoundFile(path) as file:
            sound = file.read(LONGEST * file.samplerate, dtype="float32", always_2d=True)
            return sound, int(file.samplerate)
    except (soundfile.LibsndfileError, OSError, RuntimeError) as error:
        raise RecordingError(str(error)) from error
