"""What presses come to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from adapters.keyboard.binding import Action, Strokes


@dataclass(frozen=True, slots=True)
class Waiting:
    """A sequence has begun, or goes on."""

    keys: Strokes


@dataclass(frozen=True, slots=True)
class Act:
    """Something is to be done."""

    action: Action
    keys: Strokes
    held: str = ""
    """The key that must be down still; "" when none need be."""


@dataclass(frozen=True, slots=True)
class Talking:
    """The voice surface is to listen, or to listen no more."""

    on: bool
    held: bool = False
    """The key is held meanwhile; else it was pressed once, and is pressed again at the end."""


@dataclass(frozen=True, slots=True)
class Over:
    """A sequence or a press has come to nothing."""

    keys: Strokes
    why: Literal["unbound", "lapsed", "dropped", "short", "unsure", "let_go"]
    """Nothing is bound there; its time is over; it was taken back; the key was not held long
    enough, or not surely; it is up, though nobody told that it came up."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What happened to the number that is being entered."""

    change: Literal[
        "begun",
        "digit",
        "removed",
        "read",
        "empty",
        "full",
        "bounced",
        "no_digit",
        "lapsed",
        "cancelled",
    ]
    number: str
    typed: str = ""
    """The digit that came or went."""


Effect = Waiting | Act | Talking | Over | Entry
Effects = tuple[Effect, ...]
