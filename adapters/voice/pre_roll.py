"""What was heard last: it is there when somebody speaks just before they are listened to."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from adapters.voice.activity import LASTS, ON, SURE, Detector

if TYPE_CHECKING:
    from adapters.voice.recogniser import Samples

BEFORE = 0.2
"""Seconds that are kept of what was before the first sure sign of speech: soft beginnings."""


@dataclass(frozen=True, slots=True)
class Looked:
    """What is of use of what was heard."""

    chunks: tuple[Samples, ...]
    likely: tuple[float, ...]
    """How likely each of them is speech."""


class PreRoll:
    """Keeps the last chunks.

    Args:
        seconds: how many are kept.
    """

    def __init__(self, seconds: float) -> None:
        self._chunks: deque[Samples] = deque(maxlen=max(1, round(seconds / LASTS)))

    def add(self, chunk: Samples) -> None:
        """Keep the newest, and forget the oldest."""
        self._chunks.append(chunk)

    def clear(self) -> None:
        """Forget everything."""
        self._chunks.clear()

    def take(self, detector: Detector) -> Looked:
        """What belongs to speech that is under way; then nothing is kept.

        Speech that fills all of it began long before, and was meant for somebody else: of that,
        nothing is given. The detector goes on from here.
        """
        chunks = tuple(self._chunks)
        self._chunks.clear()
        detector.forget()
        likely = [detector.likely(chunk) for chunk in chunks]
        quiet = (n for n, one in enumerate(reversed(likely)) if one < ON)
        spoken = next(quiet, len(chunks))
        if spoken == len(chunks):
            return Looked((), ())
        n = max(spoken, SURE) + round(BEFORE / LASTS)
        return Looked(chunks[-n:], tuple(likely[-n:]))

    def last(self, seconds: float) -> tuple[Samples, ...]:
        """What was heard in the last so many seconds; nothing is forgotten."""
        return tuple(self._chunks)[-max(1, round(seconds / LASTS)) :]
