"""Deliveries: what Slack sends to the app, until it is acknowledged in time or given up."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Protocol

from tests.adapters.slack.world import World

Json = dict[str, Any]

IN_TIME = 3.0
"""Seconds in which the app must acknowledge."""
RETRIES = (0.0, 60.0, 300.0)
"""How long after a failure an event is sent again."""


@dataclass(frozen=True)
class Answer:
    """What the app said when it acknowledged."""

    at: float
    body: Json


@dataclass(eq=False)
class Attempt:
    """One sending."""

    number: int
    """0 is the first, 1 the first retry."""
    reason: str
    """Why it is sent again: what was the matter with the one before."""
    envelope: str
    sent: float
    answered: asyncio.Future[Answer]
    via: str = ""
    """The link's name, or `http`."""
    status: int = 0
    """HTTP mode: the app's status."""
    trouble: str = "timeout"
    """Why it counts as failed, unless it is acknowledged in time."""
    no_retry: bool = False
    """HTTP mode: the app asks not to be sent this again."""

    def done(self, answer: Answer) -> None:
        """It was acknowledged."""
        if not self.answered.done():
            self.answered.set_result(answer)

    def fail(self) -> None:
        """It certainly will not be."""
        if not self.answered.done():
            self.answered.cancel()

    @property
    def answer(self) -> Answer | None:
        """The acknowledgement, be it late."""
        known = self.answered.done() and not self.answered.cancelled()
        return self.answered.result() if known else None

    @property
    def in_time(self) -> bool:
        """Whether it was acknowledged soon enough."""
        return self.answer is not None and self.answer.at - self.sent <= IN_TIME


@dataclass(eq=False)
class Delivery:
    """Something that the app is to be told."""

    kind: str
    """`events_api`, `slash_commands` or `interactive`."""
    payload: Json
    effect: Callable[[Json], None] | None = None
    """What Slack does with the answer, if it comes in time."""
    attempts: list[Attempt] = field(default_factory=list)
    failed: str = ""
    """What the person is told if the app does not answer: `operation_timeout` or
    `dispatch_failed`."""
    settled: bool = False
    """Slack has done what the answer said: once, however often it was sent."""
    retrying: asyncio.Task[None] | None = None

    @property
    def acked(self) -> bool:
        """Whether one attempt was acknowledged in time."""
        return any(one.in_time for one in self.attempts)

    @property
    def answer(self) -> Json:
        """What the app said with its acknowledgement; nothing is `{}`."""
        return next((one.answer.body for one in self.attempts if one.answer and one.in_time), {})

    @property
    def took(self) -> float:
        """Seconds from the first sending to the first acknowledgement."""
        times = [one.answer.at - one.sent for one in self.attempts if one.answer]
        if not times:
            raise AssertionError(f"nobody acknowledged this {self.kind}")
        return times[0]


class Transport(Protocol):
    """Socket Mode or HTTP."""

    async def send(self, delivery: Delivery, attempt: Attempt) -> None:
        """Send. The attempt's `answered` is set whenever the answer comes."""


class Deliveries:
    """Sends, waits, repeats; and what networks and bugs do to all that."""

    def __init__(self, world: World, transport: Transport) -> None:
        self._world = world
        self.transport = transport
        self.sent: list[Delivery] = []
        self.held: list[Delivery] = []
        self.holding = False
        """Keep back what people do, until `release`."""

    async def deliver(
        self, kind: str, payload: Json, effect: Callable[[Json], None] | None = None
    ) -> Delivery:
        """Send this. Returns once it is acknowledged, or was not in time.

        An event that was not is sent again, at once, after a minute and after five.
        """
        delivery = Delivery(kind, payload, effect)
        self.sent.append(delivery)
        if self.holding:
            self.held.append(delivery)
        else:
            await self._send(delivery)
        return delivery

    async def release(
        self, order: Callable[[list[Delivery]], Iterable[Delivery]] = reversed
    ) -> list[Delivery]:
        """Send what was kept back, in this order: the last first, unless said otherwise."""
        held, self.held, self.holding = self.held, [], False
        chosen = list(order(held))
        await asyncio.gather(*(self._send(one) for one in chosen))
        return chosen

    async def again(self, delivery: Delivery, *, new_envelope: bool = False) -> Attempt:
        """Send it once more although it was acknowledged: in the same envelope, or in a new one.

        Event id and trigger id are those of the first time.
        """
        envelope = "" if new_envelope else delivery.attempts[0].envelope
        return await self._attempt(delivery, 0, "", envelope)

    async def close(self) -> None:
        """Give up what waits to be sent again."""
        for one in self.sent:
            if one.retrying is not None:
                one.retrying.cancel()
                await asyncio.wait({one.retrying})

    async def _send(self, delivery: Delivery) -> None:
        attempt = await self._attempt(delivery, 0, "")
        if attempt.in_time:
            return
        if delivery.kind == "events_api":
            delivery.retrying = asyncio.create_task(self._retry(delivery))
        else:
            slow = attempt.trouble in {"timeout", "http_timeout"}
            delivery.failed = "operation_timeout" if slow else "dispatch_failed"
            self._world.changes.made()

    async def _retry(self, delivery: Delivery) -> None:
        for number, pause in enumerate(RETRIES, 1):
            last = delivery.attempts[-1]
            if last.no_retry:
                break
            await self._world.clock.sleep(pause)
            if (await self._attempt(delivery, number, last.trouble)).in_time:
                return
        delivery.failed = "given_up"
        self._world.changes.made()

    async def _attempt(
        self, delivery: Delivery, number: int, reason: str, envelope: str = ""
    ) -> Attempt:
        clock = self._world.clock
        answered: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        envelope = envelope or str(uuid.uuid4())
        attempt = Attempt(number, reason, envelope, clock.now(), answered)
        delivery.attempts.append(attempt)
        self._world.changes.made()
        await self.transport.send(delivery, attempt)
        await clock.wait(attempt.answered, IN_TIME)
        if attempt.in_time and not delivery.settled:
            delivery.settled = True
            if delivery.effect is not None:
                delivery.effect(delivery.answer)
        self._world.changes.made()
        return attempt
