"""How often each method may be called: per method and workspace, as Slack publishes it."""

from __future__ import annotations

import math
from collections import defaultdict, deque
from dataclasses import dataclass

from tests.adapters.slack.clock import Clock

TIER_1, TIER_2, TIER_3, TIER_4 = 1, 20, 50, 100
"""Calls a minute."""

PER_MINUTE = {
    "api.test": TIER_4,
    "apps.connections.open": 30,  # called Tier 1, but reconnecting in bursts is let through
    "auth.test": 600,
    "chat.delete": TIER_3,
    "chat.getPermalink": 600,
    "chat.postEphemeral": TIER_4,
    "chat.postMessage": 300,
    "chat.update": TIER_3,
    "conversations.info": TIER_3,
    "conversations.members": TIER_4,
    "conversations.open": TIER_3,
    "team.info": TIER_3,
    "users.conversations": TIER_3,
    "users.getPresence": TIER_3,
    "users.info": TIER_4,
    "users.profile.get": TIER_4,
    "users.profile.set": TIER_3,
    "views.open": TIER_4,
    "views.publish": TIER_4,
    "views.push": TIER_4,
    "views.update": TIER_4,
}
CHANNEL_RATE = 1.0
"""Messages a second in one channel."""
CHANNEL_BURST = 4
"""So many may come at once after a quiet time."""


@dataclass
class Storm:
    """Calls that are refused whatever they did to deserve it."""

    methods: frozenset[str] | None
    retry_after: int
    left: int


class Limits:
    """Counts the calls and says how long to wait, or 0.0 for "go ahead"."""

    def __init__(self, clock: Clock) -> None:
        self.enforced = True
        self.per_minute = dict(PER_MINUTE)
        self.refused: list[tuple[float, str, str]] = []
        """When, which method and workspace: everything that got a 429."""
        self._clock = clock
        self._calls: defaultdict[tuple[str, str], deque[float]] = defaultdict(deque)
        self._channels: dict[str, tuple[float, float]] = {}
        self._storms: list[Storm] = []

    def storm(self, calls: int, *methods: str, retry_after: int = 1) -> None:
        """Refuse the next so many calls (of these methods, or of any), limits or not."""
        self._storms.append(Storm(frozenset(methods) or None, retry_after, calls))

    def calm(self) -> None:
        """End every storm."""
        self._storms.clear()

    def take(self, method: str, team: str, channel: str | None = None) -> int:
        """Count one call. Not 0: it is refused, and may be tried again after so many seconds."""
        wait = self._storm(method) or (self._due(method, team, channel) if self.enforced else 0)
        if wait:
            self.refused.append((self._clock.now(), method, team))
        return wait

    def _storm(self, method: str) -> int:
        for storm in self._storms:
            if storm.left and (storm.methods is None or method in storm.methods):
                storm.left -= 1
                return storm.retry_after
        return 0

    def _due(self, method: str, team: str, channel: str | None) -> int:
        now = self._clock.now()
        calls = self._calls[method, team]
        while calls and calls[0] <= now - 60:
            calls.popleft()
        if len(calls) >= self.per_minute.get(method, TIER_2):
            return max(1, math.ceil(calls[0] + 60 - now))
        if method == "chat.postMessage" and channel is not None:
            tokens, at = self._channels.get(channel, (float(CHANNEL_BURST), now))
            tokens = min(CHANNEL_BURST, tokens + (now - at) * CHANNEL_RATE)
            if tokens < 1:
                self._channels[channel] = (tokens, now)
                return max(1, math.ceil((1 - tokens) / CHANNEL_RATE))
            self._channels[channel] = (tokens - 1, now)
        calls.append(now)
        return 0
