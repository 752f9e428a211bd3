"""What the lesson shows and speaks, and how what the user presses or types becomes an order."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Protocol

import numpy as np

from adapters.feedback.feedback import Cue, Feedback
from adapters.feedback.mixer import Sound
from adapters.feedback.resample import Resampler
from adapters.voice.recogniser import RATE
from assistant.wording import Wording

if TYPE_CHECKING:
    from adapters.voice.enrolment.lesson import Order
    from adapters.voice.recogniser import Samples

KEYS: Mapping[str, Order] = {
    "": "go",
    "enter": "go",
    "g": "go",
    "go": "go",
    "space": "again",
    "a": "again",
    "again": "again",
    "s": "skip",
    "skip": "skip",
    "p": "play",
    "play": "play",
    "x": "stop",
    "q": "stop",
    "quit": "stop",
    "stop": "stop",
    "escape": "stop",
}
"""Keys and typed lines: the same in all languages, so that hands learn them once."""


class Heard(Feedback, Protocol):
    """A feedback that can be waited for: `adapters.feedback.queue.Queue`."""

    def play(self, sound: Sound) -> None:
        """Play a sound, mono at 48 kHz."""

    def wait(self) -> None:
        """Wait until everything has been said and played."""


class Told:
    """Shows each message as a line, and speaks it.

    Args:
        words: the language's.
        feedback: sounds and speaks.
        show: takes a line.
    """

    def __init__(self, words: Wording, feedback: Heard, show: Callable[[str], None]) -> None:
        self._words, self._feedback, self._show = words, feedback, show

    def tell(self, message: str, **details: object) -> None:
        """Say a message of the language files."""
        text, speech = self._words.say(message, details)
        self._show(text)
        self._feedback.say(speech)

    def cue(self, cue: Cue) -> None:
        """Play an earcon."""
        self._feedback.cue(cue)

    def play(self, sound: Samples) -> None:
        """Play what was recorded."""
        up = Resampler(RATE)
        self._feedback.play(np.concatenate([up.take(sound), up.end()]))

    def settle(self) -> None:
        """Wait until all has been heard, or was silenced."""
        self._feedback.wait()


def order_of(pressed: str) -> Order | None:
    """What a key or a typed line means; None when it means nothing.

    Args:
        pressed: the key's name, or the line.
    """
    return KEYS.get(pressed.strip().casefold())
