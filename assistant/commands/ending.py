"""How a command that runs until it is told to end notices that it is."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator


@contextlib.contextmanager
def until_told(*, interrupt: bool = False) -> Iterator[threading.Event]:
    """An event that Ctrl+C, a polite kill, and Windows' Ctrl+Break set.

    Args:
        interrupt: raise KeyboardInterrupt as well, for whoever waits for a line.
    """
    ending = threading.Event()

    def end(*_: object) -> None:
        ending.set()
        if interrupt:
            raise KeyboardInterrupt

    names = [name for name in ("SIGINT", "SIGTERM", "SIGBREAK") if hasattr(signal, name)]
    before = {name: signal.signal(getattr(signal, name), end) for name in names}
    try:
        yield ending
    finally:
        for name, handler in before.items():
            signal.signal(getattr(signal, name), handler)
