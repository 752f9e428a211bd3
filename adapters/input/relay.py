"""Presses handed on, away from the thread that the system waits for."""

from __future__ import annotations

import logging
import queue
import threading
import time

from adapters.input.press import OnPress, Press

_log = logging.getLogger(__name__)


class Relay:
    """Takes presses at once, and hands them on one by one on a thread of its own.

    Windows drops a hook that is slow, and an X server waits for nobody: so what the system calls
    does nothing but `put`. An error of the one who is told is logged, and the next press is told.
    """

    def __init__(self, on_press: OnPress) -> None:
        self._on_press = on_press
        self._waiting: queue.SimpleQueue[Press | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="presses", daemon=True)
        self._thread.start()

    def put(self, key: str, down: bool) -> None:
        """Take a press that happens now."""
        self._waiting.put(Press(key, down, time.monotonic()))

    def close(self) -> None:
        """Hand on what was taken, and nothing more after it."""
        self._waiting.put(None)
        if threading.current_thread() is not self._thread:
            self._thread.join(timeout=1)

    def _run(self) -> None:
        while (press := self._waiting.get()) is not None:
            try:
                self._on_press(press)
            except Exception:  # noqa: BLE001 - a fault in one action must not deafen
                _log.exception("what was told of the key %s failed", press.key)
