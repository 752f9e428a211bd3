"""How stale a card gets under Slack's limits: hours of calls in simulated time.

The real outbox, on an event loop whose clock jumps to the next thing that is due; in the place of
Slack a function that counts as `tests.adapters.slack.limits` does. Used by `bench/slack.py`.
"""

from __future__ import annotations

import asyncio
import itertools
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from adapters.slack.follower import USES
from adapters.slack.outbox import RESPONSE_URL, Limited, Outbox, Priority, Sending
from tests.adapters.slack.clock import Clock
from tests.adapters.slack.jumping import Loop
from tests.adapters.slack.limits import Limits

CALLS_AN_HOUR = 6
ON_ITS_WAY = 0.15
"""Seconds that one call of the Web API takes."""


class _LoopClock(Clock):
    def now(self) -> float:
        return asyncio.get_running_loop().time()


@dataclass(slots=True)
class Figures:
    """What a run came to; seconds from a change until Slack had it, or a later one."""

    ringing: list[float] = field(default_factory=list)
    others: list[float] = field(default_factory=list)
    calls: int = 0
    by_url: int = 0
    refused: int = 0
    left: int = 0
    """Changes that Slack did not have at the end; they count with their age then."""
    cards: list[Card] = field(default_factory=list)


@dataclass(slots=True)
class Card:
    """A call's message, and the changes that Slack has not heard of."""

    user: int
    figures: Figures
    ringing: bool = False
    posted: bool = False
    uses: int = 0
    pending: list[tuple[float, bool]] = field(default_factory=list)

    def told(self, count: int) -> None:
        """So many of the changes are no news any more."""
        now = asyncio.get_running_loop().time()
        for at, rang in self.pending[:count]:
            (self.figures.ringing if rang else self.figures.others).append(now - at)
        del self.pending[:count]


@dataclass(slots=True)
class Shown:
    """A card as it is when its turn comes, or, without coalescing, as it was at one change."""

    card: Card
    only_first: bool

    @property
    def priority(self) -> Priority:
        """As a real card's."""
        return Priority.URGENT if self.card.ringing else Priority.PROGRESS

    @property
    def route(self) -> tuple[str, str]:
        """As a real card's."""
        if not self.card.posted:
            return "chat.postMessage", f"D{self.card.user}"
        return (RESPONSE_URL, "url") if self.card.uses else ("chat.update", f"D{self.card.user}")

    async def content(self) -> Sending | None:
        """What Slack does not show yet, if there is any such."""
        card = self.card
        if not card.pending:
            return None
        method, to = self.route
        card.uses -= method == RESPONSE_URL
        card.posted = True
        count = 1 if self.only_first else len(card.pending)
        return Sending(method, {"count": count}, to)

    async def sent(self, sending: Sending, answer: Mapping[str, Any]) -> None:  # noqa: ARG002
        """Note how long it took."""
        self.card.told(sending.body["count"])

    async def lost(self, error: Exception) -> None:
        """Nothing is lost here."""
        raise AssertionError(error)


def states(chance: random.Random, buttons: float) -> Iterator[tuple[float, bool, bool]]:
    """A call's changes: after how many seconds, whether it rings, and whether by a button."""
    by_button = chance.random() < buttons
    if chance.random() < 0.5:
        yield 0.0, True, False
        if chance.random() < 0.15:
            yield 20.0, False, False  # missed
            return
        yield chance.uniform(3, 15), False, by_button
    else:
        yield 0.0, False, False
        yield chance.uniform(1, 3), False, False
        if chance.random() < 0.2:
            yield 25.0, False, by_button  # nobody answers
            return
        yield chance.uniform(4, 20), False, False
    if chance.random() < 0.2:
        yield chance.uniform(20, 60), False, by_button
        yield chance.uniform(20, 90), False, by_button
    yield chance.expovariate(1 / 180), False, by_button


async def _one_call(
    outbox: Outbox, card: Card, name: str, changes: Iterator[tuple[float, bool, bool]]
) -> None:
    for pause, rings, by_button in changes:
        await asyncio.sleep(pause)
        card.ringing = rings
        if by_button:
            card.uses = USES
        card.pending.append((asyncio.get_running_loop().time(), rings))
        outbox.put(name, Shown(card, not outbox.coalesce))


async def _user(
    number: int, outbox: Outbox, figures: Figures, chance: random.Random, buttons: float
) -> None:
    for count in itertools.count():
        await asyncio.sleep(chance.expovariate(CALLS_AN_HOUR / 3600))
        card = Card(number, figures)
        figures.cards.append(card)
        await _one_call(outbox, card, f"{number}:{count}", states(chance, buttons))


async def _run(users: int, hours: float, seed: int, buttons: float, *, coalesce: bool) -> Figures:
    figures = Figures()
    limits = Limits(_LoopClock())

    async def send(sending: Sending) -> Mapping[str, Any]:
        await asyncio.sleep(ON_ITS_WAY)
        if sending.method == RESPONSE_URL:
            figures.by_url += 1
            return {}
        figures.calls += 1
        wait = limits.take(sending.method, "T1", sending.to)
        if wait:
            figures.refused += 1
            raise Limited(wait)
        return {}

    outbox = Outbox(send, coalesce=coalesce)
    sending = asyncio.ensure_future(outbox.run())
    talk = asyncio.gather(
        *(
            _user(number, outbox, figures, random.Random(seed * 10_000 + number), buttons)
            for number in range(users)
        )
    )
    await asyncio.wait({talk}, timeout=hours * 3600)
    figures.left = sum(len(card.pending) for card in figures.cards)
    for card in figures.cards:
        card.told(len(card.pending))
    for task in (talk, sending):
        task.cancel()
    await asyncio.gather(talk, sending, return_exceptions=True)
    return figures


def simulate(users: int, hours: float, seed: int, buttons: float, *, coalesce: bool) -> Figures:
    """Let so many people have their calls.

    Args:
        users: how many.
        hours: for so long.
        seed: of their calls.
        buttons: how often a call is handled by the buttons of its card, which lends a response URL.
        coalesce: of several states of a card send the latest only.
    """
    with asyncio.Runner(loop_factory=Loop) as runner:
        return runner.run(_run(users, hours, seed, buttons, coalesce=coalesce))
