"""Sound at one rate becomes sound at another, block by block."""

from __future__ import annotations

import functools
import math

import numpy as np
from numpy.typing import NDArray

from adapters.feedback.mixer import RATE, Sound

TAPS = 24
"""Samples from which each new one is made; in proportion more when there are to be fewer."""


class Resampler:
    """Changes the rate of one stretch of sound by windowed-sinc interpolation.

    The filter's cut-off is just under half of the lower rate; see J. O. Smith, "Digital Audio
    Resampling", https://ccrma.stanford.edu/~jos/resample/.

    Args:
        rate: of what comes in, in samples a second.
        to: of what is made.
    """

    def __init__(self, rate: int, to: int = RATE) -> None:
        self.rate = rate
        shared = math.gcd(rate, to)
        self._up, self._down = to // shared, rate // shared
        self._table = _filter(self._up, self._down)
        self._taps = self._table.shape[1]
        self._held = np.zeros(self._taps // 2 - 1, np.float32)
        self._at = 0

    def take(self, sound: Sound) -> Sound:
        """What can be made now, this block added."""
        held = np.concatenate([self._held, sound])
        last = (len(held) - self._taps) * self._up  # the last place, in steps of 1/up of a sample
        n = max(0, (last - self._at) // self._down + 1)
        places = self._at + np.arange(n) * self._down
        whole, phase = np.divmod(places, self._up)
        made: Sound = np.einsum(
            "ij,ij->i", held[whole[:, None] + np.arange(self._taps)], self._table[phase]
        )
        self._at += n * self._down
        used = min(self._at // self._up, len(held))
        self._held, self._at = held[used:], self._at - used * self._up
        return made.astype(np.float32, copy=False)

    def end(self) -> Sound:
        """What is left, when no more comes."""
        return self.take(np.zeros(self._taps // 2, np.float32))


@functools.cache
def _filter(up: int, down: int) -> NDArray[np.float32]:
    """For each place between two samples the weights of those around it."""
    taps = TAPS * max(1, math.ceil(down / up))
    cut = 0.95 * min(1.0, up / down)
    away = np.arange(up)[:, None] / up + taps // 2 - 1 - np.arange(taps)
    shape = cut * np.sinc(cut * away) * (0.5 + 0.5 * np.cos(np.pi * away / (taps / 2)))
    table: NDArray[np.float32] = (shape / shape.sum(axis=1, keepdims=True)).astype(np.float32)
    return table
