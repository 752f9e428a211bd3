"""What is kept of speech: its cepstra, a row each 10 ms; they have no pitch, and cannot be played.

Mel-frequency cepstra as in Davis and Mermelstein (1980), 25 ms windows each 10 ms, with the usual
regression over five rows for how they change. Their mean over a stretch of speech is taken away,
because it is the microphone's and the room's.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import numpy as np

from adapters.voice.recogniser import RATE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from adapters.voice.recogniser import Samples

    Rows = NDArray[np.float32]
    """A row each `HOP` samples, `WIDTH` columns."""

HOP = RATE // 100
"""Samples from one row to the next: 10 ms."""
WINDOW = RATE // 40
"""Samples that one row looks at: 25 ms."""
CEPSTRA = 13
WIDTH = 2 * CEPSTRA
_FFT = 512
_FILTERS = 26
_LOWEST, _HIGHEST = 80.0, 7600.0
_FLOOR = 1e-8
"""What is added to each filter's energy, so that digital silence has a logarithm: about -80 dB."""


def cepstra(sound: Samples) -> Rows:
    """The cepstra of a stretch of sound, `CEPSTRA` columns; none for less than a window.

    Args:
        sound: at `RATE`, from -1 to 1.
    """
    if len(sound) < WINDOW:
        return np.zeros((0, CEPSTRA), np.float32)
    lifted = np.append(sound[:1], sound[1:] - 0.97 * sound[:-1])
    frames = np.lib.stride_tricks.sliding_window_view(lifted, WINDOW)[::HOP]
    power = np.abs(np.fft.rfft(frames * np.hamming(WINDOW), _FFT)) ** 2 / _FFT
    loudness = np.log(power @ _filters() + _FLOOR)
    made: Rows = (loudness @ _cosines()).astype(np.float32)
    return made


def changes(rows: Rows) -> Rows:
    """How each column changes around each row, by regression over two rows on either side."""
    if not len(rows):
        return rows
    wide = np.pad(rows, ((2, 2), (0, 0)), mode="edge")
    n = len(rows)
    near, far = wide[3 : n + 3] - wide[1 : n + 1], wide[4 : n + 4] - wide[:n]
    made: Rows = ((near + 2 * far) / 10).astype(np.float32)
    return made


@functools.cache
def _filters() -> NDArray[np.float64]:
    """Triangles of equal width in mel, a column each."""
    low_mel, high_mel = 2595 * np.log10(1 + np.array([_LOWEST, _HIGHEST]) / 700)
    mel = np.linspace(low_mel, high_mel, _FILTERS + 2)
    edges = 700 * (10 ** (mel / 2595) - 1)
    hertz = np.fft.rfftfreq(_FFT, 1 / RATE)[:, None]
    low, middle, high = edges[:-2], edges[1:-1], edges[2:]
    rising, falling = (hertz - low) / (middle - low), (high - hertz) / (high - middle)
    made: NDArray[np.float64] = np.maximum(0, np.minimum(rising, falling))
    return made


@functools.cache
def _cosines() -> NDArray[np.float64]:
    """The discrete cosine transform (II, orthonormal), its first `CEPSTRA` columns."""
    at = (np.arange(_FILTERS)[:, None] + 0.5) * np.arange(CEPSTRA) * np.pi / _FILTERS
    made: NDArray[np.float64] = np.cos(at) * np.sqrt(2 / _FILTERS)
    made[:, 0] /= np.sqrt(2)
    return made
