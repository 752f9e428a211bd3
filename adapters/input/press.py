"""A key or button that goes down or up, and what listens for them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Press:
    """A key, a mouse button or a switch that went down or up."""

    key: str
    """Its name, see `adapters.input.names`: `f8`, `a`, `mouse_middle`, `joy_1`."""
    down: bool
    at: float
    """Seconds of `time.monotonic`."""


OnPress = Callable[[Press], None]
"""Takes each press, on a thread of the listener's own; it must return at once."""


class Listening(Protocol):
    """Something that listens until it is closed."""

    @property
    def error(self) -> Exception | None:
        """What ended it before its time; None while it listens."""

    def close(self) -> None:
        """Listen no more."""
