"""Time for the line and the simulator: a real clock, and one that tests move by hand.

Both run actions at a later time, in order. Both can be moved forward, so that a minute's
ringing need not be waited for.
"""

from __future__ import annotations

import heapq
import itertools
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

_log = logging.getLogger(__name__)


@dataclass(order=True, slots=True)
class Timer:
    """An action that will run once, unless it is cancelled first."""

    due: float
    """In the clock's own ticks (seconds)."""
    order: int
    """Of two timers due at one moment, the one set first runs first."""
    action: Callable[[], None] = field(compare=False)
    cancelled: bool = field(default=False, compare=False)

    def cancel(self) -> None:
        """Do not run the action, if it has not begun."""
        self.cancelled = True


class Clock(Protocol):
    """What the line and the simulator need of time."""

    def now(self) -> float:
        """The date: Unix time in seconds."""

    def ticks(self) -> float:
        """Seconds from an arbitrary start; never goes back."""

    def later(self, seconds: float, action: Callable[[], None]) -> Timer:
        """Run `action` in `seconds` seconds; it must be quick."""

    def advance(self, seconds: float) -> None:
        """Move on by `seconds` seconds, running what falls due, in order, before returning."""

    def close(self) -> None:
        """Run nothing any more."""


class ManualClock:
    """A clock that stands still until it is told to move: for tests.

    Args:
        start: the date to begin at, Unix time in seconds; None means today's.
    """

    def __init__(self, start: float | None = None) -> None:
        self._start = time.time() if start is None else start
        self._ticks = 0.0
        self._timers: list[Timer] = []
        self._count = itertools.count()
        self._lock = threading.Lock()

    def now(self) -> float:
        """The date, Unix time in seconds: the start plus all that was advanced."""
        return self._start + self._ticks

    def ticks(self) -> float:
        """The seconds advanced so far."""
        return self._ticks

    def later(self, seconds: float, action: Callable[[], None]) -> Timer:
        """Run `action` once `advance` has moved `seconds` seconds on."""
        with self._lock:
            timer = Timer(self._ticks + max(0.0, seconds), next(self._count), action)
            heapq.heappush(self._timers, timer)
            return timer

    def advance(self, seconds: float = 0.0) -> None:
        """Move on by `seconds` seconds, running what falls due, in order, before returning."""
        with self._lock:
            end = self._ticks + max(0.0, seconds)
        while True:
            with self._lock:
                if not self._timers or self._timers[0].due > end:
                    self._ticks = end
                    return
                timer = heapq.heappop(self._timers)
                self._ticks = max(self._ticks, timer.due)
            if not timer.cancelled:
                timer.action()

    def close(self) -> None:
        """Forget every timer."""
        with self._lock:
            self._timers.clear()


class RealClock:
    """The computer's clock, with one thread that runs what falls due."""

    def __init__(self) -> None:
        self._skipped = 0.0
        self._timers: list[Timer] = []
        self._count = itertools.count()
        self._changed = threading.Condition()
        # Held while actions run, so that the thread and `advance` never run two out of order.
        self._running = threading.RLock()
        self._closed = False
        self._thread: threading.Thread | None = None

    def now(self) -> float:
        """The date, Unix time in seconds, plus whatever was skipped by `advance`."""
        return time.time() + self._skipped

    def ticks(self) -> float:
        """Seconds from an arbitrary start; a change of the computer's date does not move it."""
        return time.monotonic() + self._skipped

    def later(self, seconds: float, action: Callable[[], None]) -> Timer:
        """Run `action` on the clock's thread in `seconds` seconds."""
        with self._changed:
            timer = Timer(self.ticks() + max(0.0, seconds), next(self._count), action)
            if self._closed:
                timer.cancel()
                return timer
            heapq.heappush(self._timers, timer)
            if self._thread is None:
                self._thread = threading.Thread(target=self._loop, name="clock", daemon=True)
                self._thread.start()
            self._changed.notify_all()
            return timer

    def advance(self, seconds: float) -> None:
        """Skip `seconds` seconds, running what falls due, in order, before returning."""
        with self._running:
            with self._changed:
                left = max(0.0, seconds)
            while True:
                with self._changed:
                    wait = self._timers[0].due - self.ticks() if self._timers else left + 1
                    step = min(left, max(0.0, wait))
                    self._skipped += step
                    left -= step
                    due = self._timers and self._timers[0].due <= self.ticks()
                    timer = heapq.heappop(self._timers) if due else None
                if timer is not None:
                    self._run(timer)
                elif left <= 0:
                    return

    def close(self) -> None:
        """Forget every timer and end the thread."""
        with self._changed:
            self._closed = True
            self._timers.clear()
            self._changed.notify_all()
            thread = self._thread
        if thread is not None and thread is not threading.current_thread():
            thread.join(timeout=5)

    def _loop(self) -> None:
        while True:
            with self._changed:
                while not self._closed:
                    wait = self._timers[0].due - self.ticks() if self._timers else None
                    if wait is not None and wait <= 0:
                        break
                    self._changed.wait(wait)
                if self._closed:
                    return
            with self._running:
                with self._changed:
                    due = self._timers and self._timers[0].due <= self.ticks()
                    timer = heapq.heappop(self._timers) if due else None
                if timer is not None:
                    self._run(timer)

    @staticmethod
    def _run(timer: Timer) -> None:
        if timer.cancelled:
            return
        try:
            timer.action()
        except Exception:  # noqa: BLE001 - one failing action must not stop the clock
            _log.exception("an action of the clock failed")
