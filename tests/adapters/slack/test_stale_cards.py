"""Cards under Slack's limits, in simulated time: a short run of a part of `bench/slack.py`."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from adapters.slack.outbox import Outbox, Priority, Sending
from bench.slack_cards import Loop, simulate


def test_cards_of_many_users_stay_within_the_limits() -> None:
    """Ringing is never late, and to send the latest state only makes the rest less so."""
    best = simulate(400, 0.3, 1, 0.5, coalesce=True)
    plain = simulate(400, 0.3, 1, 0.5, coalesce=False)
    assert (best.refused, plain.refused) == (0, 0)
    assert max(best.ringing) < 1
    assert sum(best.others) < sum(plain.others)


@dataclass
class Card:
    """Has something to say, or nothing any more."""

    news: bool
    sent_at: float = -1.0
    priority = Priority.PROGRESS
    route = ("chat.update", "D1")

    async def content(self) -> Sending | None:
        return Sending(*self.route) if self.news else None  # type: ignore[arg-type]

    async def sent(self, sending: Sending, answer: Mapping[str, object]) -> None:
        self.sent_at = asyncio.get_running_loop().time()

    async def lost(self, error: Exception) -> None:
        raise error


def test_what_says_nothing_costs_nothing() -> None:
    """A card that Slack shows already takes no other's turn."""

    async def send(_sending: Sending) -> dict[str, object]:
        return {}

    async def talk() -> float:
        outbox = Outbox(send)
        sending = asyncio.ensure_future(outbox.run())
        for number in range(200):
            outbox.put(f"old{number}", Card(news=False))
        new = Card(news=True)
        outbox.put("new", new)
        await outbox.flush(60)
        sending.cancel()
        return new.sent_at

    with asyncio.Runner(loop_factory=Loop) as runner:
        assert 0 <= runner.run(talk()) < 1
