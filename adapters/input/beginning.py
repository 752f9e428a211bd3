"""How a listener of pynput begins."""

from __future__ import annotations

import threading
from typing import Protocol

from adapters.input.trouble import NotReady

READY_SECONDS = 5.0
"""How long it may take."""


class Listener(Protocol):
    """What all of pynput's listeners have."""

    def start(self) -> None:
        """Begin, on a thread of its own."""

    def wait(self) -> None:
        """Return when it has begun, and not before, be it never."""


def begin(listener: Listener, seconds: float = READY_SECONDS) -> None:
    """Start a listener and wait until it listens.

    Raises:
        NotReady: it does not after so many seconds.
    """
    listener.start()
    waiting = threading.Thread(target=listener.wait, daemon=True)
    waiting.start()
    waiting.join(seconds)
    if waiting.is_alive():
        raise NotReady(seconds=seconds)
