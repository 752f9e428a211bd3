"""One utterance: heard to its end, trimmed to what is speech, and found good enough or not.

All times are counted in samples, so nothing here waits or looks at a clock.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import numpy as np

from adapters.voice.recogniser import RATE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from adapters.voice.recogniser import Samples

Fault = Literal["silent", "quiet", "clipped", "short", "long"]
"""Why a sample is of no use: nothing was said, it was too soft, too loud, too short, too long."""
Progress = Literal["waiting", "speaking", "ended"]

BLOCK = RATE // 100
"""Samples whose loudness is measured at once: 10 ms."""
RISES = 10.0
"""Decibels above the background from which on it is speech."""
SOFTEST = -55.0
"""Decibels of full scale below which nothing is speech."""
FAINT = -50.0
"""Decibels of full scale: speech that is nowhere louder is too quiet."""
CLEAR = 14.0
"""Decibels above the background that speech must reach somewhere."""
FULL, CLIPPED = 0.985, 0.002
"""What counts as full scale, and what part of the speech may be there."""
CLICK = 4
"""Blocks: what is shorter, and stands apart, is a click."""
EDGE = 3
"""Blocks kept before and after the speech."""
SHORTEST, LONGEST = 0.12, 6.0
"""Seconds of speech."""


@dataclass(frozen=True, slots=True, eq=False)
class Trimmed:
    """Speech without what was around it, or why it is of no use."""

    sound: Samples
    fault: Fault | None = None


def trimmed(sound: Samples) -> Trimmed:
    """Cut what is before and after the speech, and judge it.

    Args:
        sound: with something of the background before or after the speech.
    """
    loud = _loudness(sound)
    if not len(loud):
        return Trimmed(sound[:0], "silent")
    background = float(np.quantile(loud, 0.1))
    speech = _without_clicks(loud > max(background + RISES, SOFTEST))
    if not speech.any():
        return Trimmed(sound[:0], "silent")
    places = np.flatnonzero(speech)
    first, last = max(0, int(places[0]) - EDGE), int(places[-1]) + 1 + EDGE
    cut = sound[first * BLOCK : last * BLOCK]
    return Trimmed(cut, _fault(cut, loud[speech], background, len(places)))


def _fault(cut: Samples, loud: NDArray[np.float64], background: float, blocks: int) -> Fault | None:
    if float((np.abs(cut) >= FULL).mean()) > CLIPPED:
        return "clipped"
    if loud.max() < max(FAINT, background + CLEAR):
        return "quiet"
    if blocks * BLOCK < SHORTEST * RATE:
        return "short"
    return "long" if len(cut) > LONGEST * RATE else None


def _loudness(sound: Samples) -> NDArray[np.float64]:
    whole = sound[: len(sound) // BLOCK * BLOCK].reshape(-1, BLOCK).astype(np.float64)
    made: NDArray[np.float64] = 10 * np.log10((whole**2).mean(1) + 1e-10)
    return made


def _without_clicks(speech: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Short bursts count only within a quarter of a second of longer ones: the t of "eight"."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], speech.astype(np.int8), [0]])))
    runs = [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]
    whole = [(a, b) for a, b in runs if b - a >= CLICK]
    kept = np.zeros(len(speech), bool)
    for a, b in runs:
        if any(a <= d + 25 and b >= c - 25 for c, d in whole):
            kept[a:b] = True
    return kept


@dataclass(slots=True)
class Utterance:
    """Listens until somebody has spoken; fed block by block.

    Args:
        patience: seconds to wait for speech to begin.
        pause: seconds of silence that end it; who speaks with effort pauses within words.
        longest: seconds after which it ends in any case.
    """

    patience: float = 8.0
    pause: float = 1.0
    longest: float = 8.0
    progress: Progress = "waiting"
    _heard: list[Samples] = field(default_factory=list)
    _left: Samples = field(default_factory=lambda: np.zeros(0, np.float32))
    _quiet: float = 0.0
    _loud: float = 0.0
    _spoken: float = 0.0
    _waited: float = 0.0
    _levels: list[float] = field(default_factory=list)

    def feed(self, samples: Samples) -> Progress:
        """Take what was heard since the last call; says how far it is."""
        if self.progress == "ended":
            return "ended"
        self._heard.append(samples)
        unmeasured = np.concatenate([self._left, samples])
        self._left = unmeasured[len(unmeasured) // BLOCK * BLOCK :]
        for level in _loudness(unmeasured).tolist():
            self._take(level)
        return self.progress

    def end(self) -> None:
        """It is known from elsewhere that it has ended, say by a key."""
        self.progress = "ended"

    def sound(self) -> Samples:
        """All that was heard."""
        if not self._heard:
            return np.zeros(0, np.float32)
        return np.concatenate(self._heard)

    def _take(self, level: float) -> None:
        self._levels.append(level)
        background = float(np.quantile(self._levels[-500:], 0.1))
        step = BLOCK / RATE
        if level > max(background + RISES, SOFTEST):
            self._loud, self._quiet = self._loud + step, 0.0
            if self.progress == "waiting" and self._loud >= CLICK * step:
                self.progress = "speaking"
        else:
            self._loud, self._quiet = 0.0, self._quiet + step
        if self.progress == "waiting":
            self._waited += step
            if self._waited >= self.patience:
                self.progress = "ended"
        elif self.progress == "speaking":
            self._spoken += step
            if self._quiet >= self.pause or self._spoken >= self.longest:
                self.progress = "ended"
