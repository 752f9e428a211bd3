"""The outbox: within Slack's limits, the urgent first, the latest state only, nothing forgotten."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from adapters.slack.outbox import (
    PER_MINUTE,
    RESPONSE_URL,
    Limited,
    NotTaken,
    Outbox,
    Priority,
    Sending,
)
from tests.adapters.slack.jumping import Loop

POST, UPDATE = "chat.postMessage", "chat.update"


class Slack:
    """Takes what it is sent, after a moment, unless it has been told what to raise first."""

    def __init__(self, *errors: Exception, takes: float = 0.1) -> None:
        self.errors, self.takes = list(errors), takes
        self.tries: list[tuple[float, str, str]] = []
        """When, to where, what; also what it did not take."""

    async def __call__(self, sending: Sending) -> Mapping[str, Any]:
        now = asyncio.get_running_loop().time()
        self.tries.append((now, sending.to, str(sending.body["text"])))
        await asyncio.sleep(self.takes)
        if self.errors:
            raise self.errors.pop(0)
        return {}

    @property
    def said(self) -> list[str]:
        return [text for _, _, text in self.tries]

    @property
    def times(self) -> list[float]:
        return [at for at, _, _ in self.tries]


class Card:
    """Something to be seen; `text` may change while it waits."""

    def __init__(
        self,
        text: str = "",
        priority: Priority = Priority.PROGRESS,
        method: str = UPDATE,
        to: str = "D1",
    ) -> None:
        self.text, self.priority, self.route = text, priority, (method, to)
        self.errors: list[Exception] = []
        self.seen: list[str] = []

    async def content(self) -> Sending | None:
        method, to = self.route
        return Sending(method, {"text": self.text}, to) if self.text else None

    async def sent(self, sending: Sending, answer: Mapping[str, Any]) -> None:
        self.seen.append(str(sending.body["text"]))

    async def lost(self, error: Exception) -> None:
        self.errors.append(error)


class Broken(Card):
    """Raises whenever it is asked anything."""

    async def content(self) -> Sending | None:
        raise RuntimeError("no content")

    async def lost(self, error: Exception) -> None:
        self.errors.append(error)
        raise RuntimeError("no end either")


def simulated(
    talk: Callable[[Outbox], Awaitable[None]], slack: Slack, seconds: float = 600, **options: Any
) -> int:
    """Let the outbox run for so long; returns how much is left in it."""

    async def run() -> int:
        outbox = Outbox(slack, **options)
        running = asyncio.ensure_future(outbox.run())
        await talk(outbox)
        await asyncio.sleep(seconds)
        assert not running.done()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        return len(outbox)

    with asyncio.Runner(loop_factory=Loop) as runner:
        return runner.run(run())


def test_five_changes_of_a_card_are_one_sending_of_the_latest() -> None:
    slack, cards = Slack(), [Card(f"state {number}") for number in range(5)]

    async def talk(outbox: Outbox) -> None:
        for card in cards:
            outbox.put("card", card)

    assert simulated(talk, slack) == 0
    assert slack.said == ["state 4"]
    assert cards[4].seen == ["state 4"]


def test_the_content_is_asked_for_when_the_turn_comes() -> None:
    slack, card = Slack(), Card("old", method=POST)

    async def talk(outbox: Outbox) -> None:
        outbox.put("first", Card("first", method=POST))
        outbox.put("card", card)
        await asyncio.sleep(0.5)
        card.text = "new"

    simulated(talk, slack)
    assert slack.said == ["first", "new"]


def test_what_slack_shows_already_is_not_sent_and_costs_nothing() -> None:
    slack = Slack()

    async def talk(outbox: Outbox) -> None:
        for number in range(50):
            outbox.put(f"{number}", Card(""))
        outbox.put("last", Card("last"))

    assert simulated(talk, slack) == 0
    assert slack.said == ["last"]
    assert slack.times[0] < 1


def test_the_urgent_goes_first_then_whatever_came_first() -> None:
    slack = Slack()

    async def talk(outbox: Outbox) -> None:
        for name in ("QUIET", "PROGRESS", "REPLY", "URGENT"):
            for number in (1, 2):
                priority = Priority[name]
                outbox.put(f"{name} {number}", Card(f"{name} {number}", priority, POST))

    simulated(talk, slack)
    names = ("URGENT", "REPLY", "PROGRESS", "QUIET")
    assert slack.said == [f"{name} {number}" for name in names for number in (1, 2)]


def test_posts_in_one_channel_are_spaced_and_another_channel_is_not_held_up() -> None:
    slack = Slack()

    async def talk(outbox: Outbox) -> None:
        for number in range(5):
            outbox.put(f"one {number}", Card("one", Priority.URGENT, POST, "D1"))
        outbox.put("two", Card("two", Priority.QUIET, POST, "D2"))

    assert simulated(talk, slack) == 0
    ones = [at for at, to, _ in slack.tries if to == "D1"]
    assert len(ones) == 5
    assert all(after - before >= 1 for before, after in itertools.pairwise(ones))
    assert next(at for at, to, _ in slack.tries if to == "D2") < 0.1


def test_no_minute_sees_more_calls_than_slack_allows() -> None:
    for method in (UPDATE, "views.publish", "users.profile.set", "some.other"):
        slack = Slack(takes=0.0)

        async def talk(outbox: Outbox, method: str = method) -> None:
            for number in range(300):
                outbox.put(f"{number}", Card(f"{number}", method=method, to=f"D{number}"))
                await asyncio.sleep(0.1 if number % 3 else 0.0)

        assert simulated(talk, slack, 3600) == 0
        allowed = PER_MINUTE.get(method, 20)
        times = slack.times
        windows = [sum(at <= other < at + 60 for other in times) for at in times]
        assert max(windows) <= allowed, method
        assert max(windows) > allowed * 0.8, "it must not be needlessly slow either"


def test_a_response_url_waits_for_no_limit() -> None:
    slack = Slack()

    async def talk(outbox: Outbox) -> None:
        for number in range(100):
            outbox.put(f"{number}", Card("text", method=RESPONSE_URL, to=f"https://{number}"))

    assert simulated(talk, slack) == 0
    assert len(slack.tries) == 100
    assert slack.times[-1] < 3


def test_too_many_calls_wait_as_long_as_slack_says_and_nothing_else_does() -> None:
    slack, card = Slack(Limited(30)), Card("limited")

    async def talk(outbox: Outbox) -> None:
        outbox.put("card", card)
        await asyncio.sleep(1)
        outbox.put("same method", Card("same method"))
        outbox.put("other method", Card("other method", method=POST))

    simulated(talk, slack)
    assert slack.said == ["limited", "other method", "limited", "same method"]
    assert slack.times[1] < 1.1
    assert 30 <= slack.times[2] <= 31
    assert card.seen == ["limited"]


def test_after_a_failure_the_latest_state_is_sent() -> None:
    slack = Slack(ConnectionError("away"), takes=0.2)
    old, new = Card("old"), Card("new")

    async def talk(outbox: Outbox) -> None:
        outbox.put("card", old)
        await asyncio.sleep(0.1)
        outbox.put("card", new)

    assert simulated(talk, slack) == 0
    assert slack.said == ["old", "new"]
    assert slack.times[1] >= 0.5
    assert (old.seen, new.seen) == ([], ["new"])


def test_tries_get_rarer_and_end_with_the_news_that_it_is_lost() -> None:
    slack, card = Slack(*[ConnectionError("away")] * 1000), Card("text")

    async def talk(outbox: Outbox) -> None:
        outbox.put("card", card)

    assert simulated(talk, slack, 3600, give_up_after=300) == 0
    assert len(card.errors) == 1
    pairs = itertools.pairwise(slack.times)
    pauses = [round(after - before, 3) for before, after in pairs]
    assert pauses == sorted(pauses)
    assert 300 <= slack.times[-1] <= 340


def test_what_slack_will_never_take_is_lost_at_once() -> None:
    slack, card = Slack(NotTaken("channel_not_found")), Card("text")

    async def talk(outbox: Outbox) -> None:
        outbox.put("card", card)

    assert simulated(talk, slack) == 0
    assert len(slack.tries) == 1
    assert [str(error) for error in card.errors] == ["channel_not_found"]


def test_within_a_slot_nothing_overtakes() -> None:
    slack = Slack(takes=5)

    async def talk(outbox: Outbox) -> None:
        for number in range(4):
            outbox.put("card", Card(f"{number}", method=RESPONSE_URL))
            await asyncio.sleep(1)

    simulated(talk, slack)
    assert slack.said == ["0", "3"]
    assert slack.times[1] >= slack.times[0] + 5


def test_an_item_that_raises_does_not_stop_the_others() -> None:
    slack, broken = Slack(), Broken()

    async def talk(outbox: Outbox) -> None:
        outbox.put("broken", broken)
        await asyncio.sleep(1)
        outbox.put("card", Card("text"))

    assert simulated(talk, slack, 600, give_up_after=60) == 0
    assert slack.said == ["text"]
    assert len(broken.errors) == 1


def test_flush_waits_until_all_is_sent_and_no_longer_than_told() -> None:
    left: list[int] = []

    async def talk(outbox: Outbox) -> None:
        for number in range(5):
            outbox.put(f"{number}", Card("text", method=POST))
        left.append(await outbox.flush(2))
        left.append(await outbox.flush(60))
        assert asyncio.get_running_loop().time() < 10

    simulated(talk, Slack())
    assert 0 < left[0] < 5
    assert left[1] == 0
