"""Timestamps and ids as Slack makes them: never the same twice."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager

from tests.adapters.slack.clock import Clock


class Stamps:
    """Numbers what happens."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last = 0
        # Not those of an earlier run: an app remembers for a day what it has had.
        self._numbers = itertools.count(int(clock.now() * 1000))
        self._back = 0.0

    def ts(self) -> str:
        """The `ts` of a message that is posted now."""
        return self._written(self._next())

    def said(self) -> str:
        """The `ts` of what a person does: now, unless a test says that it was `earlier`."""
        return self._written(self._next() - int(self._back * 1e6))

    def id(self, prefix: str) -> str:
        """A new id."""
        return f"{prefix}{next(self._numbers):08d}"

    @contextmanager
    def earlier(self, seconds: float) -> Iterator[None]:
        """What people do in this block was done that long ago, and is delivered only now."""
        self._back = seconds
        try:
            yield
        finally:
            self._back = 0.0

    def _next(self) -> int:
        self._last = max(self._last + 1, int(self._clock.now() * 1e6))
        return self._last

    @staticmethod
    def _written(micros: int) -> str:
        return f"{micros // 1_000_000}.{micros % 1_000_000:06d}"
