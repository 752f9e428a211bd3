"""The fake delivers as Slack does: in time or again, to one link, and with faults if asked."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any

from slack_bolt.app.async_app import AsyncApp

from tests.adapters.slack.clock import Clock, DrivenClock
from tests.adapters.slack.fake import Slack
from tests.adapters.slack.person import all_at_once
from tests.adapters.slack.running import app_for, http_mode, socket_mode

Json = dict[str, Any]


class Listener:
    """An app that notes what it gets, and can be kept from acknowledging."""

    def __init__(self, slack: Slack) -> None:
        self.app: AsyncApp = app_for(slack)
        self.events: list[Json] = []
        self.commands: list[str] = []
        self.free = asyncio.Event()
        self.free.set()

        @self.app.event("message")
        async def message(body: Json) -> None:
            self.events.append(body)

        @self.app.command("/phonebar")
        async def command(ack: Any, command: Json) -> None:
            self.commands.append(command["text"])
            await self.free.wait()
            await ack(f"You said {command['text']}")


Scenario = Callable[[Slack, Listener], Awaitable[None]]


def over_sockets(scenario: Scenario, clock: Clock | None = None) -> Slack:
    async def run() -> Slack:
        async with Slack(clock) as slack:
            listener = Listener(slack)
            async with socket_mode(slack, listener.app):
                await scenario(slack, listener)
            return slack

    return asyncio.run(run())


def over_http(scenario: Scenario, clock: Clock | None = None) -> Slack:
    async def run() -> Slack:
        async with Slack(clock) as slack:
            listener = Listener(slack)
            async with http_mode(slack, listener.app):
                await scenario(slack, listener)
            return slack

    return asyncio.run(run())


def test_an_answer_to_a_command_is_shown_to_the_one_who_typed_it() -> None:
    async def scenario(slack: Slack, listener: Listener) -> None:
        john = slack.person("U1", "john")
        delivery = await john.slash("/phonebar", "call 200")
        assert delivery.acked
        assert delivery.answer == {"text": "You said call 200"}
        assert (await john.sees_message("You said call 200")).only_for == "U1"

    for over in (over_sockets, over_http):
        assert over(scenario).problems == []


def test_a_command_that_is_answered_too_late_has_failed() -> None:
    async def scenario(slack: Slack, listener: Listener) -> None:
        assert isinstance(slack.clock, DrivenClock)
        john = slack.person("U1", "john")
        listener.free.clear()
        waiting = asyncio.create_task(john.slash("/phonebar", "call 200"))
        await slack.until(lambda: listener.commands)
        await slack.clock.advance(3.5)
        delivery = await waiting
        assert delivery.failed == "operation_timeout"
        assert "operation_timeout" in john.last.said
        listener.free.set()
        await slack.until(lambda: delivery.attempts[0].answer)
        assert not delivery.acked
        assert delivery.took == 3.5
        assert john.find("You said") is None

    over_sockets(scenario, DrivenClock())
    over_http(scenario, DrivenClock())


def test_an_event_that_nobody_acknowledges_comes_again_at_once_after_one_minute_and_five() -> None:
    async def scenario(slack: Slack, listener: Listener) -> None:
        clock = slack.clock
        assert isinstance(clock, DrivenClock)
        john = slack.person("U1", "john")
        slack.sockets.black_hole()
        (link,) = slack.sockets.links
        saying = asyncio.create_task(john.says("hang up"))
        await slack.until(lambda: clock.sleepers)
        (delivery,) = slack.delivered("events_api")
        for seconds in (3, 3, 60, 3, 300, 3):
            await clock.advance(seconds)
            await slack.until(lambda: clock.sleepers or delivery.failed)
        await saying
        start = delivery.attempts[0].sent
        assert [round(one.sent - start) for one in delivery.attempts] == [0, 3, 66, 369]
        assert delivery.failed == "given_up"
        envelopes = link.sent[1:]
        assert [one["retry_attempt"] for one in envelopes] == [0, 1, 2, 3]
        assert [one["retry_reason"] for one in envelopes] == ["", "timeout", "timeout", "timeout"]
        assert len({one["payload"]["event_id"] for one in envelopes}) == 1
        assert len({one["envelope_id"] for one in envelopes}) == 4
        assert listener.events == []

    over_sockets(scenario, DrivenClock())


def test_over_http_a_retry_says_that_it_is_one() -> None:
    async def scenario(slack: Slack, listener: Listener) -> None:
        john = slack.person("U1", "john")
        right, slack.http.url = slack.http.url, slack.http.url + "/nowhere"
        delivery = await john.says("hang up")
        assert delivery is not None
        slack.http.url = right
        await slack.until(lambda: listener.events)
        await slack.until(lambda: delivery.acked)
        assert [one.status for one in delivery.attempts] == [404, 200]
        assert delivery.attempts[1].reason == "http_error"

    over_http(scenario)


def test_forged_replayed_and_skewed_requests_are_for_the_app_to_refuse() -> None:
    async def scenario(slack: Slack, listener: Listener) -> None:
        john = slack.person("U1", "john")
        delivery = await john.slash("/phonebar", "call 200")
        assert await slack.http.forged(delivery) == 401
        assert await slack.http.replayed(delivery, 301) == 401
        assert await slack.http.replayed(delivery, 298) == 200
        slack.http.skew = 302
        assert (await john.slash("/phonebar", "call 201")).failed == "dispatch_failed"
        assert listener.commands == ["call 200", "call 200"]

    over_http(scenario)


def test_duplicates_come_in_the_same_envelope_or_in_a_new_one() -> None:
    async def scenario(slack: Slack, listener: Listener) -> None:
        john = slack.person("U1", "john")
        delivery = await john.slash("/phonebar", "call 200")
        await slack.deliveries.again(delivery)
        await slack.deliveries.again(delivery, new_envelope=True)
        assert listener.commands == ["call 200"] * 3
        first, second, third = delivery.attempts
        assert first.envelope == second.envelope != third.envelope
        assert len([one for one in john.dm if "You said" in one.said]) == 1

    assert over_sockets(scenario).problems == []
    over_http(scenario)


def test_what_people_do_can_arrive_in_another_order_and_long_after() -> None:
    async def scenario(slack: Slack, listener: Listener) -> None:
        john = slack.person("U1", "john")
        slack.deliveries.holding = True
        for number in range(3):
            await john.slash("/phonebar", str(number))
        assert listener.commands == []
        await slack.deliveries.release()
        assert sorted(listener.commands) == ["0", "1", "2"]
        assert listener.commands[0] == "2"
        with slack.earlier(60):
            await john.says("hang up")
        await slack.until(lambda: listener.events)
        body = listener.events[0]
        assert 59 < time.time() - float(body["event"]["event_ts"]) < 65
        assert 59 <= time.time() - body["event_time"] < 65

    over_sockets(scenario)


def test_each_envelope_goes_to_one_of_the_links() -> None:
    async def run() -> None:
        async with Slack() as slack:
            one, other = Listener(slack), Listener(slack)
            async with socket_mode(slack, one.app), socket_mode(slack, other.app):
                john = slack.person("U1", "john")
                for number in range(6):
                    await john.slash("/phonebar", str(number))
                assert (len(one.commands), len(other.commands)) == (3, 3)
                slack.sockets.chosen = slack.sockets.links[1]
                await john.slash("/phonebar", "7")
                assert len(other.commands) == 4
                hellos = [link.sent[0]["num_connections"] for link in slack.sockets.links]
                assert hellos == [1, 2]

    asyncio.run(run())


def test_the_sdk_reconnects_when_told_when_torn_and_when_nothing_comes_any_more() -> None:
    async def scenario(slack: Slack, listener: Listener) -> None:
        john = slack.person("U1", "john")
        sockets = slack.sockets
        await sockets.disconnect("warning")
        await slack.until(lambda: sockets.opened == 2)
        await slack.connected()
        assert (await john.slash("/phonebar", "1")).attempts[0].via == "link2"
        sockets.abort()
        await slack.until(lambda: sockets.opened == 3 and len(sockets.links) == 1)
        assert (await john.slash("/phonebar", "2")).acked
        await slack.until(lambda: sockets.links[0].pings)
        sockets.black_hole()
        await slack.until(lambda: sockets.opened == 4, timeout=20)
        sockets.chosen = sockets.links[-1]
        assert (await john.slash("/phonebar", "3")).acked
        assert listener.commands == ["1", "2", "3"]

    assert over_sockets(scenario).problems == []


def test_without_a_link_a_command_fails_at_once() -> None:
    async def run() -> None:
        async with Slack() as slack:
            delivery = await slack.person("U1").slash("/phonebar", "call 200")
            assert delivery.failed == "dispatch_failed"

    asyncio.run(run())


def test_two_thousand_events_are_a_matter_of_seconds() -> None:
    async def scenario(slack: Slack, listener: Listener) -> None:
        people = [slack.person(f"U{number}") for number in range(20)]
        began = time.monotonic()
        for _ in range(20):
            await all_at_once(
                person.says(f"message {number}") for person in people for number in range(5)
            )
        took = time.monotonic() - began
        assert len(listener.events) == 2000
        deliveries = slack.delivered("events_api")
        assert Counter(len(one.attempts) for one in deliveries) == {1: 2000}
        assert all(one.acked for one in deliveries)
        times = sorted(one.took for one in deliveries)
        print(f"2,000 events in {took:.1f} s; ack p99 {times[1980] * 1000:.0f} ms")
        assert took < 30

    assert over_sockets(scenario).problems == []
