"""A key or button that goes down or up, and what listens for them."""

from __future__ import annotations

from collections.abc import Callable, Collection
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

    @property
    def everything(self) -> bool:
        """Whether keys are heard that were not wanted, as sequences after a leader need."""

    @property
    def unheard(self) -> frozenset[str]:
        """What was wanted and this system does not tell of; the user should know."""

    @property
    def taken(self) -> frozenset[str]:
        """What was claimed last and another program holds already: both may act on it."""

    def claim(self, keys: Collection[str]) -> None:
        """Keep these keys, and no others, from the program that has the focus.

        They are heard all the same, as is every other key. `adapters.input.names.KEYS` claims the
        whole keyboard, for the key that follows a leader: that is given back by itself half a
        minute after the latest key. Whoever did not ask to grab gets nothing by it.

        Args:
            keys: each as a press reports it, with the modifiers that must be held, and no others:
                `f8`, `ctrl_r`, `ctrl+alt+h`.
        """

    def let_go(self, key: str) -> bool:
        """Whether the system says that a key is up, or that it is not ours to know any more.

        To be asked of a key that was told to be down: its release gets lost when the screen is
        locked, for one. False also where the system cannot be asked.
        """

    def close(self) -> None:
        """Listen no more; whatever was claimed is given back."""
