"""What a key does: bindings, and the layout that they make up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

MODIFIER_NAMES = ("ctrl", "alt", "shift", "super")
"""In the order in which they are written."""


@dataclass(frozen=True, slots=True)
class Stroke:
    """A key, and the modifiers that are held with it."""

    key: str
    """As a press reports it: `f8`, `ctrl_r`."""
    modifiers: frozenset[str] = frozenset()
    """Of `MODIFIER_NAMES`."""

    def __str__(self) -> str:
        held = [name for name in MODIFIER_NAMES if name in self.modifiers]
        return "+".join([*held, self.key])


Strokes = tuple[Stroke, ...]
"""A sequence: one after the other."""


def written(strokes: Strokes) -> str:
    """A sequence as a file has it: `f8 a`."""
    return " ".join(map(str, strokes))


@dataclass(frozen=True, slots=True)
class Say:
    """Give a command."""

    sentences: tuple[str, ...]
    """In the words that somebody would type; of several the first that makes sense now counts."""


@dataclass(frozen=True, slots=True)
class Number:
    """Take the digits of a number, then give a command with it."""

    sentence: str
    """With `{number}` in its place."""


@dataclass(frozen=True, slots=True)
class Talk:
    """Let the voice surface listen: while the key is held, or from one press to the next."""

    mode: Literal["hold", "toggle"]


@dataclass(frozen=True, slots=True)
class Hush:
    """Silence what is being spoken."""


Action = Say | Number | Talk | Hush


@dataclass(frozen=True, slots=True)
class Binding:
    """What a key does when it is pressed, or when it is held."""

    tap: Action | None
    """With `hold` beside it, what a press does that is over before the time."""
    hold: Action | None = None
    seconds: float | None = None
    """How long it must be held; None for the usual time."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Every binding that counts now, and the keys of numbers."""

    bindings: Mapping[Strokes, Binding]
    digits: Mapping[str, str]
    """What a key means while a number is entered: one of `0123456789*#+`, or of `ENTRY_KEYS`."""

    @property
    def keys(self) -> frozenset[str]:
        """Every key that may mean something, without its modifiers."""
        bound = (stroke.key for strokes in self.bindings for stroke in strokes)
        return frozenset([*bound, *self.digits])


ENTRY_KEYS = ("enter", "backspace", "cancel", "read")
"""What else a key may mean while a number is entered: done, one digit less, never mind, and which
number it is so far."""
