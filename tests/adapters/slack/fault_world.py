"""Three people with a phone each, one without, a Slack, and replicas that can be killed."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import random
import socket
import threading
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

from adapters.slack import outbox, store
from adapters.slack.secrets import Secrets
from adapters.slack.service import Service
from adapters.slack.store import Store
from adapters.slack.words import words_in
from assistant.assistant import Assistant
from assistant.contact import Contact
from assistant.contract import CallEvent, LiveCall, Reply, Utterance
from assistant.desk import DeskError, Habits, LocalDesk
from assistant.settings import PolicySection, SlackSection
from tests.adapters.slack import limits
from tests.adapters.slack.fake import Slack
from tests.adapters.slack.fault_judge import name_in

AWAY = 0.02
"""How often a workstation cannot be reached."""
FAR = 0.08
"""Seconds that a workstation is away at most, in each direction."""
POLICY = PolicySection(max_calls_per_minute=100_000, confirm=("transfer",))
FASTER = 60
"""So many times wider are Slack's limits, and the outbox's: hours of talk fit into minutes."""
DEAD_AFTER = 3.0
"""Seconds until somebody answers for a replica that was killed."""


@contextmanager
def wider() -> Iterator[None]:
    """Slack's limits, and what the outbox thinks of them, so many times wider; less patience."""
    more = {name: limit * FASTER for name, limit in outbox.PER_MINUTE.items()}
    with (
        patch.object(outbox, "PER_MINUTE", more),
        patch.object(outbox, "CHANNEL_PERIOD", outbox.CHANNEL_PERIOD / FASTER),
        patch.object(store, "DEAD_AFTER", DEAD_AFTER),
        patch.object(limits, "CHANNEL_RATE", limits.CHANNEL_RATE * FASTER),
    ):
        yield


def secrets_of(slack: Slack, *, http: bool) -> Secrets:
    """What proves to this Slack who the app is."""
    return Secrets(
        slack.bot_token,
        None if http else slack.app_token,
        slack.signing_secret if http else None,
    )


class Office:
    """A Desk for several agents, each with a phone of their own; notes what each is told.

    Args:
        assistants: by agent.
        seed: of how far away they are.
    """

    def __init__(self, assistants: Mapping[str, Assistant], seed: int) -> None:
        self.answers: defaultdict[str, list[str]] = defaultdict(list)
        """What each thing that was asked is to be told, by what Slack calls it."""
        self.asked = 0
        self._desks = {agent: LocalDesk(each) for agent, each in assistants.items()}
        self._random = random.Random(seed)

    async def ask(self, agent: str, utterance: Utterance) -> Reply:
        """Do what was said, at a workstation that is some way off."""
        name = name_in(utterance.id or "")
        self.on_asked(name)
        await asyncio.sleep(self._random.random() * FAR)
        if self._random.random() < AWAY:
            self.on_told(name, words_in("en").say("slack_desk_away")[0])
            raise DeskError("cannot be reached")
        reply = await self._desks[agent].ask(agent, utterance)
        self.on_told(name, reply.text)
        await asyncio.sleep(self._random.random() * FAR)
        return reply

    def on_asked(self, name: str) -> None:
        """Note that something was asked."""
        self.asked += 1

    def on_told(self, name: str, text: str) -> None:
        """Note what its user is to be told."""
        self.answers[name].append(text)

    def events(self, agent: str, user: str, surface: str) -> AsyncIterator[CallEvent]:
        """Every event from now on."""
        return self._desks[agent].events(agent, user, surface)

    async def calls(self, agent: str) -> tuple[LiveCall, ...]:
        """The live calls."""
        return await self._desks[agent].calls(agent)

    async def people(self, agent: str, text: str, limit: int) -> tuple[Contact, ...]:
        """The people who are called like that."""
        return await self._desks[agent].people(agent, text, limit)

    async def history(self, agent: str, limit: int) -> list[dict[str, object]]:
        """The journal's latest entries."""
        return await self._desks[agent].history(agent, limit)

    async def past_calls(self, agent: str, limit: int) -> list[dict[str, object]]:
        """The latest calls."""
        return await self._desks[agent].past_calls(agent, limit)

    async def status(self, agent: str) -> str | None:
        """Ready or not."""
        self._reach()
        return await self._desks[agent].status(agent)

    async def set_status(self, agent: str, status: str) -> None:
        """Take calls or not."""
        await asyncio.sleep(self._random.random() * FAR)
        self._reach()
        await self._desks[agent].set_status(agent, status)

    def _reach(self) -> None:
        if self._random.random() < AWAY:
            raise DeskError("cannot be reached")

    async def habits(self, agent: str) -> Habits:
        """How it is set."""
        return await self._desks[agent].habits(agent)


class Replica:
    """A service on a thread and an event loop of its own, which can be killed as a process can.

    Args:
        slack: where it connects to.
        office: its desk.
        database: shared by the replicas, each with a connection of its own.
        http: HTTP mode.
    """

    def __init__(self, slack: Slack, office: Office, database: Path, *, http: bool) -> None:
        found = secrets_of(slack, http=http)
        settings = SlackSection(api_url=slack.api, ping_interval=0.5)
        self.store = Store(database)
        self.service = Service(
            settings, office, self.store, found, language="en", http_port=0 if http else None
        )
        self.ready = threading.Event()
        self.alive = True
        self.error: BaseException | None = None
        self._loop = asyncio.new_event_loop()
        self._stop = asyncio.Event()
        self._thread = threading.Thread(target=self._run, name="replica", daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """Where it listens in HTTP mode."""
        return f"http://127.0.0.1:{self.service.port}{self.service.settings.http_path}"

    @property
    def ended(self) -> bool:
        """Whether it runs no more."""
        return not self._thread.is_alive()

    def kill(self) -> None:
        """Not one more line of it runs, and its connections are gone."""
        self.alive = False
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        for key in tuple(self._loop._selector.get_map().values()):  # type: ignore[attr-defined]
            if key.fd != self._loop._ssock.fileno():  # type: ignore[attr-defined]
                with contextlib.suppress(OSError), socket.socket(fileno=os.dup(key.fd)) as same:
                    same.shutdown(socket.SHUT_RDWR)

    def end(self) -> None:
        """Let it come to its end."""
        self.alive = False
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(30)

    def bury(self) -> None:
        """Give back what a killed one held; only when it cannot do anything any more."""
        self._loop.set_exception_handler(lambda _loop, _context: None)
        tasks = asyncio.all_tasks(self._loop)
        for task in tasks:
            task.cancel()
        gone = asyncio.gather(*tasks, return_exceptions=True) if tasks else None
        if gone is not None and not self._loop.is_closed():
            with contextlib.suppress(TimeoutError):
                self._loop.run_until_complete(asyncio.wait_for(gone, 5))
        self._loop.close()
        self.store.close()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self.service.run(self._stop, self.ready.set))
        except RuntimeError as error:  # how a loop ends that was stopped
            self.error = None if not self.alive else error
        except BaseException as error:  # noqa: BLE001 - told by whoever started it
            self.error = error


class Complaints(logging.Handler):
    """What the surface itself thinks went wrong inside it."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.found: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep it, with the last line of the trace."""
        error = record.exc_info[1] if record.exc_info else None
        # Bolt tells at this level of every connection that it did not get.
        if not isinstance(error, DeskError) and not record.name.endswith(".bolt"):
            self.note(f"{record.getMessage()}: {error!r}")

    def note(self, text: str) -> None:
        """Keep one."""
        self.found.append(text)
