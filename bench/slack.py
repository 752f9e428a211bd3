"""What the Slack surface costs, and how stale its cards get.

    python -m bench.slack [--commands 300] [--hours 2] [--contacts 100000] [--only latency]

Prints JSON. Everything runs against the fake Slack of the tests, on loopback.

latency: a person types "/phonebar hold" or "/phonebar resume". Until Slack has the acknowledgement,
and until the request that acts arrives at a bare phonebar in another process. The peer, in turns
with it: an app of Bolt's own whose listener does nothing but acknowledge. Milliseconds.

cards: users who have six calls an hour each, in simulated time, under Slack's limits. From a change
of a call's state until Slack has it, in seconds; ringing apart. See `bench/slack_cards.py`.

type-ahead: somebody types a name into the form that asks whom to call. Until Slack has the people
that are offered. Milliseconds; Slack waits for three seconds.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import random
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from slack_bolt.async_app import AsyncAck

from adapters.slack.secrets import Secrets
from adapters.slack.service import Service
from adapters.slack.store import Store
from assistant.assistant import Assistant
from assistant.desk import LocalDesk
from assistant.settings import SlackSection
from bench import slack_cards
from bench.core import assistant_for, ratio, spread
from bench.raw_phonebar import RawPhonebar
from bench.understanding import people
from tests.adapters.slack.fake import Slack
from tests.adapters.slack.running import app_for, http_mode, socket_mode

WARM_UP = 20
PAUSE = 0.05
"""Seconds between two commands."""


@asynccontextmanager
async def surface(assistant: Assistant, folder: str, *, http: bool) -> AsyncIterator[Slack]:
    """A Slack with the surface connected to it, and U1 linked."""
    async with Slack() as slack:
        slack.limits.enforced = False
        store = Store(Path(folder) / "slack.sqlite3")
        store.link("T1", "U1", store.new_code("pc"))
        found = Secrets(slack.bot_token, slack.app_token, slack.signing_secret)
        settings = SlackSection(api_url=slack.api)
        port = 0 if http else None
        service = Service(
            settings, LocalDesk(assistant), store, found, language="en", http_port=port
        )
        stop, ready = asyncio.Event(), asyncio.Event()
        task = asyncio.ensure_future(service.run(stop, ready.set))
        await ready.wait()
        if http:
            slack.use_http(f"http://127.0.0.1:{service.port}{settings.http_path}")
        else:
            await slack.connected()
        try:
            yield slack
        finally:
            stop.set()
            await task
            store.close()


@asynccontextmanager
async def bare(*, http: bool) -> AsyncIterator[Slack]:
    """A Slack with an app that does nothing."""
    async with Slack() as slack:
        app = app_for(slack)

        @app.command("/phonebar")
        async def nothing(ack: AsyncAck) -> None:
            await ack()

        async with http_mode(slack, app) if http else socket_mode(slack, app):
            yield slack


async def latency(commands: int, *, http: bool) -> dict[str, Any]:
    times: dict[str, list[float]] = {"nothing, acknowledged": [], "acknowledged": [], "request": []}
    with RawPhonebar() as phonebar, tempfile.TemporaryDirectory() as folder:
        assistant = assistant_for(phonebar.url, folder)
        async with surface(assistant, folder, http=http) as ours, bare(http=http) as theirs:
            ann, ben = ours.person("U1", "ann"), theirs.person("U1", "ben")
            for turn in range(commands + WARM_UP):
                said = ("hold", "resume")[turn % 2]
                idle = await ben.slash("/phonebar", said)
                await asyncio.sleep(PAUSE)
                answers = len(ours.world.ephemeral) + 1
                began = time.monotonic()
                busy = await ann.slash("/phonebar", said)
                while len(ours.world.ephemeral) < answers:
                    await asyncio.sleep(0.005)
                arrivals = phonebar.arrivals()
                assert len(arrivals) == 1, ann.last.text
                await asyncio.sleep(PAUSE)
                if turn >= WARM_UP:
                    times["nothing, acknowledged"].append(idle.took)
                    times["acknowledged"].append(busy.took)
                    times["request"].append(arrivals[0] - began)
        assistant.close()
    found = {name: spread(item) for name, item in times.items()}
    peer = found["nothing, acknowledged"]
    ratios = {name: ratio(found[name], peer) for name in ("acknowledged", "request")}
    return {**found, "to nothing": ratios}


async def type_ahead(count: int, contacts: int) -> dict[str, Any]:
    chance = random.Random(1)
    times: dict[str, list[float]] = {"a beginning": [], "mistyped": []}
    with RawPhonebar() as phonebar, tempfile.TemporaryDirectory() as folder:
        assistant = assistant_for(phonebar.url, folder)
        assistant.directory = people(contacts)
        assistant.directory.warm()
        names = [contact.name for contact in assistant.directory.starting("m", contacts)]
        async with surface(assistant, folder, http=False) as slack:
            ann = slack.person("U1", "ann")
            await ann.shortcut("dial")
            form = await ann.sees_view()
            await ann.types_into(form, "people", "ma")
            for _ in range(count):
                name = chance.choice(names)
                wrong = name[:3] + chance.choice("xqw") + name[3:]
                for kind, typed in (
                    ("a beginning", name[: chance.randint(1, 5)]),
                    ("mistyped", wrong),
                ):
                    found = await ann.types_into(form, "people", typed)
                    assert found.delivery is not None
                    times[kind].append(found.delivery.took)
        assert slack.problems == []
        assistant.close()
    return {name: spread(item) for name, item in times.items()}


def cards(hours: float) -> list[dict[str, Any]]:
    found = []
    for users, by_button in ((200, 0.5), (200, 0.0), (400, 0.5), (1000, 0.5)):
        for coalesce in (True, False):
            # Without, the queue of a thousand grows without end, and the run with it.
            long = min(hours, 0.5) if users == 1000 else hours
            figures = slack_cards.simulate(users, long, 1, by_button, coalesce=coalesce)
            found.append(
                {
                    "users": users,
                    "hours": long,
                    "by button": by_button,
                    "coalesced": coalesce,
                    "ringing": stale(figures.ringing),
                    "others": stale(figures.others),
                    "calls of Slack": figures.calls,
                    "by response URL": figures.by_url,
                    "429": figures.refused,
                    "waiting at the end": figures.left,
                }
            )
    return found


def stale(seconds: list[float]) -> dict[str, float]:
    found = sorted(seconds)
    parts = {"p50": 0.5, "p95": 0.95, "p99": 0.99}
    return {
        **{name: round(found[int(part * (len(found) - 1))], 1) for name, part in parts.items()},
        "max": round(found[-1], 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--commands", type=int, default=300)
    parser.add_argument("--hours", type=float, default=2.0)
    parser.add_argument("--contacts", type=int, default=100_000)
    parser.add_argument("--only", choices=["latency", "cards", "type-ahead"])
    options = parser.parse_args()
    logging.getLogger("adapters.slack").setLevel(logging.ERROR)
    parts: dict[str, Callable[[], Any]] = {
        "latency": lambda: {
            "Socket Mode": asyncio.run(latency(options.commands, http=False)),
            "HTTP": asyncio.run(latency(options.commands, http=True)),
        },
        "cards": lambda: cards(options.hours),
        "type-ahead": lambda: asyncio.run(type_ahead(options.commands, options.contacts)),
    }
    for name, measure in parts.items():
        if options.only in {None, name}:
            print(json.dumps({name: measure()}, indent=2), flush=True)


if __name__ == "__main__":
    main()
