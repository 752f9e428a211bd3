"""Callers do not hear what is said to the assistant: the phonebar keeps the microphone from them.

It is asked for a few seconds at a time, again and again while a command is spoken, so that a crash
leaves nobody mute.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable
from typing import Protocol

from assistant.phonebar import PhonebarError, Refused

LEASE = 5.0
"""Seconds that are asked for at a time."""
RENEWED = 2.0
"""Seconds after which they are asked for again."""
log = logging.getLogger(__name__)


class Keeper(Protocol):
    """What can keep the microphone from the callers: a `phonebar.Phonebar`."""

    def hush(self, seconds: float) -> None:
        """Keep it from them for so long; 0 ends that."""


class Hush:
    """Asks on a thread of its own, for whoever listens must not wait.

    Args:
        phonebar: keeps the microphone from the callers.
        cannot: told once, after a command that the callers may have heard.
    """

    def __init__(self, phonebar: Keeper, cannot: Callable[[], None]) -> None:
        self._phonebar, self._cannot = phonebar, cannot
        self._able = True
        self._wanted: queue.SimpleQueue[bool | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="hush", daemon=True)
        self._thread.start()

    def begin(self) -> None:
        """The callers are to hear nothing from now on."""
        self._wanted.put(True)

    def end(self) -> None:
        """They are to hear the agent again."""
        self._wanted.put(False)

    def close(self) -> None:
        """End it, and ask no more."""
        self._wanted.put(None)
        self._thread.join(timeout=LEASE)

    def _run(self) -> None:
        on, failed, told = False, False, False
        while True:
            try:
                wanted = self._wanted.get(timeout=RENEWED if on else None)
            except queue.Empty:
                wanted = True
            if on and not wanted and failed and not told:
                told = True
                self._cannot()
            if wanted and self._able:
                failed = not self._ask(LEASE)
            elif on and not wanted and self._able:
                self._ask(0)
            if wanted is None:
                return
            on = wanted

    def _ask(self, seconds: float) -> bool:
        try:
            self._phonebar.hush(seconds)
        except Refused as error:
            log.info("the phonebar keeps the microphone from nobody: %s", error)
            self._able = False
            return False
        except PhonebarError as error:
            log.warning("whether the callers hear the command is unknown: %s", error)
            return False
        return True
