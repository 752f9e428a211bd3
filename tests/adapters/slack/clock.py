"""The time that a fake Slack goes by: the real one, or one that a test drives."""

from __future__ import annotations

import asyncio
import heapq
import itertools
import time
from typing import Any

TURNS = 10
"""So often whoever was woken may go on, and perhaps sleep again, before time moves further."""


class Clock:
    """The machine's own time."""

    def now(self) -> float:
        """Seconds since the epoch."""
        return time.time()

    async def sleep(self, seconds: float) -> None:
        """Wait until that much time has passed by this clock."""
        await asyncio.sleep(seconds)

    async def wait(self, future: asyncio.Future[Any], seconds: float) -> bool:
        """Whether the future was done within that time. It is left alone either way."""
        sleeper = asyncio.ensure_future(self.sleep(seconds))
        try:
            await asyncio.wait({future, sleeper}, return_when=asyncio.FIRST_COMPLETED)
            return future.done()
        finally:
            sleeper.cancel()


class SkewedClock(Clock):
    """The machine's time, so many seconds ahead (or behind): then the app's own clock is wrong."""

    def __init__(self, ahead: float) -> None:
        self._ahead = ahead

    def now(self) -> float:
        return super().now() + self._ahead


class DrivenClock(Clock):
    """Stands still until a test moves it: `await clock.advance(60)`.

    Whoever sleeps is woken in the order of their times. What they then do takes real time (they
    talk over sockets), so step to one deadline, wait for its effect, then step to the next.
    """

    def __init__(self, start: float | None = None) -> None:
        self._now = time.time() if start is None else start
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._numbers = itertools.count()

    def now(self) -> float:
        return self._now

    async def sleep(self, seconds: float) -> None:
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self._now + seconds, next(self._numbers), future))
        await future

    @property
    def sleepers(self) -> list[float]:
        """When those who wait are due, the next first."""
        return sorted(due for due, _, future in self._sleepers if not future.done())

    async def advance(self, seconds: float) -> None:
        """Move on, waking everybody whose time has come."""
        end = self._now + seconds
        while self._sleepers and self._sleepers[0][0] <= end:
            due, _, future = heapq.heappop(self._sleepers)
            if not future.done():
                self._now = due
                future.set_result(None)
                for _ in range(TURNS):
                    await asyncio.sleep(0)
        self._now = end
        await asyncio.sleep(0)
