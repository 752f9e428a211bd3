"""Sends to Slack: within its limits, the urgent first, of each thing the latest state only.

What waits for its turn is asked for its content when the turn comes, so a card that changed five
times meanwhile is sent once. What Slack did not take is sent again until it does, or until it says
that it never will.

Source: Slack's "Rate limits"; the numbers are a little below its own, which count any minute.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, Protocol

log = logging.getLogger(__name__)

RESPONSE_URL = "response_url"
"""The method of what goes to a `response_url`: not limited, but five times in half an hour only."""

PER_MINUTE: Mapping[str, int] = {
    "chat.update": 50,
    "chat.postMessage": 300,
    "chat.postEphemeral": 100,
    "views.publish": 100,
    "users.profile.set": 50,
    "users.profile.get": 50,
}
OTHERS = 20
AT_ONCE = 0.1
"""The part of a minute's calls that may go out at once; the rest is spread over the minute."""
CHANNEL_PERIOD = 1.05
"""Seconds between posts in one channel."""

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
IN_FLIGHT = 8


class Priority(IntEnum):
    """What goes first when not everything can."""

    URGENT = 0
    """It rings, or something failed."""
    REPLY = 1
    PROGRESS = 2
    QUIET = 3


class SlackError(Exception):
    """Slack was not told.

    SlackError
    ├── NotTaken   Slack says that it will never take this; its word for why is the text
    └── Limited    not now; after `seconds` again
    (anything else an attempt raises counts as passing, and is tried again)
    """


class NotTaken(SlackError):
    """Slack refuses it for good."""


class Limited(SlackError):
    """Too many calls."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"not before {seconds:g} s")
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class Sending:
    """One call of Slack's Web API, or one post to a `response_url` (then `to` is that)."""

    method: str
    body: Mapping[str, Any]
    to: str = ""
    """The channel, or the URL."""


Send = Callable[[Sending], Awaitable[Mapping[str, Any]]]


class Item(Protocol):
    """Something that is to be seen in Slack."""

    @property
    def priority(self) -> Priority:
        """How urgent it is now."""

    @property
    def route(self) -> tuple[str, str]:
        """The method, and the channel or URL, by which it would go now."""

    async def content(self) -> Sending | None:
        """What to send now; None when there is nothing to say any more."""

    async def sent(self, sending: Sending, answer: Mapping[str, Any]) -> None:
        """Slack has it."""

    async def lost(self, error: Exception) -> None:
        """Slack will not have it."""


@dataclass(slots=True)
class _Waiting:
    item: Item
    number: int
    since: float
    not_before: float = 0.0
    failures: int = 0


@dataclass(slots=True)
class _Bucket:
    """Tokens of one method, or of one channel."""

    size: float
    a_second: float
    tokens: float
    at: float

    def due(self, now: float) -> float:
        """When the next token is there."""
        self.tokens = min(self.size, self.tokens + (now - self.at) * self.a_second)
        self.at = now
        return now if self.tokens >= 1 else now + (1 - self.tokens) / self.a_second


@dataclass(slots=True)
class Outbox:
    """The queue. Used from one event loop.

    Args:
        send: makes one attempt; raises NotTaken, Limited, or anything else when it may be retried.
        give_up_after: seconds after which something is no news any more.
        coalesce: of several states of one thing send the latest only; False is for measuring.
    """

    send: Send
    give_up_after: float = 1800.0
    coalesce: bool = True
    _waiting: dict[str, _Waiting] = field(default_factory=dict)
    _flying: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    _buckets: dict[tuple[str, ...], _Bucket] = field(default_factory=dict)
    _blocked: dict[str, float] = field(default_factory=dict)
    _wake: asyncio.Event = field(default_factory=asyncio.Event)
    _numbers: itertools.count[int] = field(default_factory=itertools.count)

    def put(self, slot: str, item: Item) -> None:
        """Have `item` sent; one that waits under the same slot is replaced.

        Args:
            slot: what it is the state of, e.g. one call's card; within a slot the order is kept.
            item: what says, when its turn comes, what to send.
        """
        if not self.coalesce:
            slot = f"{slot}#{next(self._numbers)}"
        now = asyncio.get_running_loop().time()
        before = self._waiting.get(slot)
        if before is not None:
            before.item = item
        else:
            self._waiting[slot] = _Waiting(item, next(self._numbers), now)
        self._wake.set()

    def __len__(self) -> int:
        return len(self._waiting) + len(self._flying)

    async def run(self) -> None:
        """Send until cancelled."""
        try:
            while True:
                self._wake.clear()
                pause = self._launch()
                timeout = None if pause is None else max(0.0, pause)
                try:
                    await asyncio.wait_for(self._wake.wait(), timeout)
                except TimeoutError:
                    continue
        finally:
            for task in self._flying.values():
                task.cancel()

    async def flush(self, seconds: float) -> int:
        """Wait until all is sent, so many seconds at most; returns how much is not."""
        end = asyncio.get_running_loop().time() + seconds
        while len(self) and asyncio.get_running_loop().time() < end:
            flying = tuple(self._flying.values())
            if flying:
                await asyncio.wait(flying, timeout=0.1)
            else:
                await asyncio.sleep(0.02)
        return len(self)

    def _launch(self) -> float | None:
        """Start whatever may go now; returns in how many seconds the next may, if any waits."""
        now = asyncio.get_running_loop().time()
        soonest: float | None = None
        ranked = sorted(self._waiting.items(), key=lambda kv: (kv[1].item.priority, kv[1].number))
        taken: set[tuple[str, ...]] = set()
        for slot, waiting in ranked:
            if slot in self._flying:
                continue  # its end wakes us
            if len(self._flying) >= IN_FLIGHT:
                return soonest
            buckets = self._needed(waiting.item, now)
            due = {name: bucket.due(now) for name, bucket in buckets}
            blocked = self._blocked.get(waiting.item.route[0], 0.0)
            at = max(waiting.not_before, blocked, *due.values(), 0.0)
            if at > now or taken & set(due):
                # What the more urgent waits for is not taken away by the less urgent.
                taken |= {name for name, when in due.items() if when > now}
                soonest = at if soonest is None else min(soonest, at)
                continue
            for _, bucket in buckets:
                bucket.tokens -= 1
            del self._waiting[slot]
            taken_from = [bucket for _, bucket in buckets]
            task = asyncio.ensure_future(self._attempt(slot, waiting, taken_from))
            self._flying[slot] = task
        return None if soonest is None else max(0.005, soonest - now)

    def _needed(self, item: Item, now: float) -> list[tuple[tuple[str, ...], _Bucket]]:
        method, to = item.route
        if method == RESPONSE_URL:
            return []
        limit = PER_MINUTE.get(method, OTHERS)
        names: list[tuple[tuple[str, ...], float, float]] = [
            ((method,), max(1.0, limit * AT_ONCE), limit * (1 - AT_ONCE) / 60)
        ]
        if method == "chat.postMessage":
            names.append(((method, to), 1.0, 1 / CHANNEL_PERIOD))
        for name, size, rate in names:
            self._buckets.setdefault(name, _Bucket(size, rate, size, now))
        return [(name, self._buckets[name]) for name, _, _ in names]

    async def _attempt(self, slot: str, waiting: _Waiting, taken_from: list[_Bucket]) -> None:
        item = waiting.item
        try:
            sending = await item.content()
            if sending is None:  # Slack shows it already
                for bucket in taken_from:
                    bucket.tokens += 1
            else:
                answer = await self.send(sending)
                await item.sent(sending, answer)
        except NotTaken as error:
            log.warning("Slack did not take a message: %s", error)
            await _give_up(item, error)
        except Exception as error:  # noqa: BLE001 - the network, a bug: it is not lost for that
            await self._later(slot, waiting, error)
        finally:
            self._flying.pop(slot, None)
            self._wake.set()

    async def _later(self, slot: str, waiting: _Waiting, error: Exception) -> None:
        now = asyncio.get_running_loop().time()
        if isinstance(error, Limited):
            self._blocked[waiting.item.route[0]] = now + error.seconds
        else:
            log.info("Slack was not reached (%s); trying again", error)
            waiting.failures += 1
            pause = min(FIRST_PAUSE * 2 ** (waiting.failures - 1), LONGEST_PAUSE)
            waiting.not_before = now + pause
        if now - waiting.since > self.give_up_after:
            log.warning("Slack was not reached in time; a message was given up")
            await _give_up(waiting.item, error)
        elif slot not in self._waiting:
            self._waiting[slot] = waiting
        else:  # a newer state came meanwhile: it waits as long as this one had to
            newer = self._waiting[slot]
            newer.not_before, newer.failures = waiting.not_before, waiting.failures
            newer.since = waiting.since


async def _give_up(item: Item, error: Exception) -> None:
    try:
        await item.lost(error)
    except Exception:  # one item's trouble must not keep the others from going out
        log.exception("while giving a message up")
