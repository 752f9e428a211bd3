"""Waiting for something to be so, instead of sleeping and hoping."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

LOOK_AGAIN = 0.05
"""What lies outside the fake (a list of the test's own) is looked at this often, in seconds."""


class Changes:
    """Somebody changes things, and others wait until what they care for is true."""

    def __init__(self) -> None:
        self._waiters: set[asyncio.Future[None]] = set()

    def made(self) -> None:
        """Tell everybody who waits to look again."""
        waiters, self._waiters = self._waiters, set()
        for waiter in waiters:
            if not waiter.done():
                waiter.set_result(None)

    async def until(self, holds: Callable[[], object], timeout: float = 20.0) -> None:
        """Return once `holds()` is true; TimeoutError after that many real seconds."""
        loop = asyncio.get_running_loop()
        end = loop.time() + timeout
        while not holds():
            left = end - loop.time()
            if left <= 0:
                raise TimeoutError("what was waited for did not come about")
            waiter: asyncio.Future[None] = loop.create_future()
            self._waiters.add(waiter)
            await asyncio.wait({waiter}, timeout=min(left, LOOK_AGAIN))
            self._waiters.discard(waiter)
