"""Keeps a flood of calls from drowning the telephone.

Calls in: a token bucket for each source, and one for all of them. Calls out: so far apart that the
stack has room for each.
"""

from __future__ import annotations

from collections import OrderedDict

RATE = 2.0
"""New calls a second that one source may make for long."""
BURST = 6.0
"""New calls at once."""
MAX_SOURCES = 1000
OUT_RATE = 5.0
"""Calls a second that this side may make for long: PJSIP has room for some 25 in half a second."""
OUT_BURST = 8.0


class Bucket:
    """Tokens that come back with time.

    Args:
        at: when it is filled, in seconds.
        tokens: how many there are.
    """

    __slots__ = ("at", "tokens")

    def __init__(self, at: float, tokens: float) -> None:
        self.at, self.tokens = at, tokens

    def take(self, now: float, rate: float, burst: float) -> bool:
        """Take one, if there is one.

        Args:
            now: seconds that never go back.
            rate: how many come back a second.
            burst: how many there are at most.
        """
        self.tokens = min(burst, self.tokens + (now - self.at) * rate)
        self.at = now
        if self.tokens < 1:
            return False
        self.tokens -= 1
        return True


class Flood:
    """Who may call now.

    Args:
        rate: calls a second from one source.
        burst: calls at once from one source.
    """

    def __init__(self, rate: float = RATE, burst: float = BURST) -> None:
        self._rate, self._burst = rate, burst
        self._sources: OrderedDict[str, Bucket] = OrderedDict()
        self._all: Bucket | None = None

    def lets_in(self, source: str, now: float) -> bool:
        """Whether a call from `source` may ring.

        Args:
            source: `address:port`.
            now: seconds that never go back.
        """
        host = source.rpartition(":")[0]
        bucket = self._sources.pop(host, None) or Bucket(now, self._burst)
        self._sources[host] = bucket
        if len(self._sources) > MAX_SOURCES:
            self._sources.popitem(last=False)
        if self._all is None:
            self._all = Bucket(now, 2 * self._burst)
        return bucket.take(now, self._rate, self._burst) and self._all.take(
            now, 2 * self._rate, 2 * self._burst
        )


class Pace:
    """When the next call may be dialled."""

    def __init__(self) -> None:
        self._bucket: Bucket | None = None

    def goes(self, now: float) -> bool:
        """Whether one may be dialled now; then it counts.

        Args:
            now: seconds that never go back.
        """
        if self._bucket is None:
            self._bucket = Bucket(now, OUT_BURST)
        return self._bucket.take(now, OUT_RATE, OUT_BURST)
