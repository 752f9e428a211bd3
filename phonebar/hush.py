"""The microphone kept from every caller while a command is spoken: a lease, not a switch.

It ends by itself, so that whoever asked for it may crash and the agent is still heard by the
caller a few seconds later. A call's own mute is another thing, and stays as it is.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

from phonebar.clock import Clock, Timer

LONGEST_SECONDS = 30.0
"""A lease is no longer; who needs more asks again before it ends."""


class Hush:
    """The one lease of a line. Thread-safe.

    Args:
        clock: when it ends.
        lock: the line's own, held while `tell` is called.
        tell: told when it begins (True) and ends (False), not when it is prolonged; must be quick.
    """

    def __init__(
        self, clock: Clock, lock: AbstractContextManager[bool], tell: Callable[[bool], None]
    ) -> None:
        self._clock, self._lock, self._tell = clock, lock, tell
        self._timer: Timer | None = None

    @property
    def on(self) -> bool:
        """Whether the microphone is kept from the callers now."""
        with self._lock:
            return self._timer is not None

    def lease(self, seconds: float) -> bool:
        """Keep the microphone from the callers for so long from now, whatever was asked before.

        Args:
            seconds: at most `LONGEST_SECONDS`; 0 ends it now.

        Returns:
            Whether it is kept from them now.
        """
        with self._lock:
            was, timer = self._timer is not None, None
            if self._timer is not None:
                self._timer.cancel()
            if seconds > 0:
                timer = self._clock.later(min(seconds, LONGEST_SECONDS), lambda: self._end(timer))
            self._timer = timer
            if was != (timer is not None):
                self._tell(timer is not None)
            return timer is not None

    def _end(self, timer: Timer | None) -> None:
        with self._lock:
            if self._timer is timer:
                self._timer = None
                self._tell(False)
