"""What a recogniser is: it is told what can be said, hears samples, and says what that was.

RecogniserError(Exception)      it cannot be used; says why, and what to do
└── Missing                     a package or a model is not there: says what to install or fetch

Recognisers are found by the entry point group `phonebar.recognisers`: each entry is a callable that
takes the `[voice]` section of the configuration and gives a `Recogniser`, and raises Missing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Samples = NDArray[np.float32]
    """One channel at `RATE`, from -1 to 1."""

RATE = 16_000
"""Samples a second, in hertz, of all that a recogniser hears."""
GROUP = "phonebar.recognisers"
"""The entry points."""


class RecogniserError(Exception):
    """It cannot be used; `message` says in words why, and what can be done.

    Attributes:
        message: the name of the message in the language files.
        details: what fills it.
    """

    def __init__(self, message: str, **details: object) -> None:
        super().__init__(message, details)
        self.message, self.details = message, details


class Missing(RecogniserError):
    """A package or a model is not there."""


@dataclass(frozen=True, slots=True)
class Name:
    """Somebody who can be named."""

    said: str
    """As it is written: `John Smith`, or an alias of his."""
    sounds: str = ""
    """How it is spoken, if the directory says so: words, or phonemes as in the lexicon."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What can be said now. Equal values mean equal graphs, so that these can be kept."""

    language: str = "en"
    intents: tuple[str, ...] = ()
    """The intents that make sense now; those of dialogue too while a question is open."""
    names: tuple[Name, ...] = ()
    choices: tuple[str, ...] = ()
    """Besides: whole answers to the open question, such as the names it offers."""
    digits: bool = False
    """Nothing but digits, and what corrects or ends them."""
    letters: tuple[str, ...] = ()
    """Nothing but these words for letters, one after the other, and what corrects or ends them."""


@dataclass(frozen=True, slots=True)
class Heard:
    """One thing that may have been said."""

    text: str
    """As it would be typed; numbers as digits."""
    score: float
    """How well it fits, from 0 to 1; comparable only within one engine."""


@dataclass(frozen=True, slots=True)
class Hearing:
    """What one engine made of one stretch of speech."""

    candidates: tuple[Heard, ...] = ()
    """The likeliest first; empty when nothing was understood."""
    none: float = 1.0
    """How likely none of these was said, from 0 to 1: other speech, noise, silence."""
    engine: str = ""


class Listener(Protocol):
    """Hears one stretch of speech, and works while it is spoken."""

    def feed(self, samples: Samples) -> None:
        """Take what was spoken since the last call."""

    def finish(self) -> Hearing:
        """Say what it was; nothing may be fed after it."""


class Recogniser(Protocol):
    """An engine."""

    name: str

    def prepare(self, expected: Expected) -> None:
        """Get ready for `expected`, which is likely to come next; may be called on any thread."""

    def listen(self, expected: Expected) -> Listener:
        """Begin to hear."""
