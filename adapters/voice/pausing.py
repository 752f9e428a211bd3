"""Whether a speaker pauses: then all may have been said, and what takes time is done meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from adapters.voice.recogniser import RATE

if TYPE_CHECKING:
    from adapters.voice.recogniser import Samples

QUIET = 0.1
"""How loud quiet is, of the loudest that was heard."""


class Pausing:
    """Follows how loud it is.

    Args:
        seconds: how long it has to be quiet for a pause.
    """

    def __init__(self, seconds: float) -> None:
        self._length = int(seconds * RATE)
        self._latest: Samples = np.zeros(0, np.float32)
        self._loudest = 0.0

    def feed(self, samples: Samples) -> None:
        """Take what was heard since the last call."""
        self._loudest = max(self._loudest, loudness(samples))
        self._latest = np.concatenate([self._latest, samples])[-self._length :]

    @property
    def now(self) -> bool:
        """Whether there is a pause, after something was heard."""
        return self._loudest > 0 and loudness(self._latest) <= QUIET * self._loudest


def loudness(samples: Samples) -> float:
    """The loudest tenth of a second."""
    piece = RATE // 10
    if len(samples) < piece:
        return float(np.sqrt(np.mean(samples**2))) if len(samples) else 0.0
    pieces = samples[len(samples) % piece :].reshape(-1, piece)
    return float(np.sqrt((pieces**2).mean(axis=1).max()))
