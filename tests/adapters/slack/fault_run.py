"""Random doings of people in Slack under random faults; `fault_judge` says what is wrong."""

from __future__ import annotations

import asyncio
import itertools
import logging
import random
import tempfile
import time
from collections.abc import Awaitable
from contextlib import AsyncExitStack, ExitStack
from dataclasses import asdict
from functools import partial
from pathlib import Path

import aiohttp

from adapters.slack.store import Store
from adapters.slack.words import words_in
from phonebar.protocol import ENDED
from phonebar.simulator import Simulator
from tests.adapters.slack.fake import Slack
from tests.adapters.slack.fault_breaks import BREAKS
from tests.adapters.slack.fault_judge import Case, Facts, Report, Seen, judge
from tests.adapters.slack.fault_people import Doing, Human
from tests.adapters.slack.fault_process import Orders, Process
from tests.adapters.slack.fault_world import (
    FASTER,
    POLICY,
    Complaints,
    Office,
    Replica,
    secrets_of,
    wider,
)
from tests.adapters.slack.surface import Message
from tests.desk import Desk, desk

AGENTS: dict[str, str | None] = {"U1": "pc1", "U2": "pc2", "U3": "pc3", "U4": None, "U5": "pc5"}
COMES_AND_GOES = "U5"
"""Who links the workstation and unlinks it again; the others are linked all the time."""
SETTLES = 40.0
"""Seconds until everything must be answered, once no more faults come."""

FORMS, HOMES = 0.09, 0.03
"""How often somebody opens a form, or the App Home."""
STALE = (11.0, 250.0)
"""Seconds, more than ten and less than what a signature may be old."""


class Run:
    """One world, its people, and what happens to them.

    Args:
        seed: makes the run repeatable but for timing.
        folder: for the files.
        http: HTTP mode.
        havoc: seconds between two blows to the network or to a replica, about.
        real: each replica is a process of its own.
    """

    def __init__(
        self, seed: int, folder: Path, *, http: bool, havoc: float, real: bool = False
    ) -> None:
        self.random = random.Random(seed)
        self.report = Report(seed)
        self.cases: list[Case] = []
        self.seen: list[Seen] = []
        self.complaints = Complaints()
        self.slack = Slack()
        self._folder, self._http, self._havoc_every = folder, http, havoc
        self._database = folder / "slack.sqlite3"
        self._replicas: list[Replica | Process] = []
        self._phones: dict[str, Desk] = {}
        self._numbers = itertools.count(seed % 100 * 10_000 + 1)
        self._kill_next = False
        self._real = real

    async def run(self, events: int) -> Report:
        """Let people do so many things, then judge."""
        log = logging.getLogger("adapters.slack")
        log.addHandler(self.complaints)
        try:
            async with AsyncExitStack() as stack:
                await self._begin(stack)
                blows = asyncio.ensure_future(self._havoc())
                try:
                    await asyncio.gather(*(self._live(one, events) for one in self.people))
                finally:
                    blows.cancel()
                await self._settle()
                self._judge()
        finally:
            log.removeHandler(self.complaints)
            for one in self._replicas:
                await asyncio.to_thread(one.bury)
        return self.report

    async def _begin(self, stack: AsyncExitStack) -> None:
        slack = await stack.enter_async_context(self.slack)
        for name in tuple(slack.limits.per_minute):
            slack.limits.per_minute[name] *= FASTER
        slack.world.on_app_message.append(self._on_message)
        for agent in filter(None, AGENTS.values()):
            folder = self._folder / agent
            folder.mkdir()
            phone = desk(folder, policy=POLICY)
            self._phones[agent] = await asyncio.to_thread(stack.enter_context, phone)
        assistants = {agent: phone.assistant for agent, phone in self._phones.items()}
        self.office = Office(assistants, self.report.seed)
        stack.push_async_callback(self._end_all)
        for _ in range(2):
            await self._start()
        links = Store(self._database)
        for user, workstation in AGENTS.items():
            slack.person(user, user.lower())
            if workstation is not None and user != COMES_AND_GOES:
                links.link("T1", user, links.new_code(workstation))
        stack.callback(links.close)
        people = [slack.person(user, user.lower()) for user in AGENTS]
        slack.channel("C1", "general", people)
        self.people = [
            Human(
                person,
                AGENTS[person.id],
                self._phones.get(AGENTS[person.id] or ""),
                self.random,
                self._numbers,
                partial(links.new_code, AGENTS[person.id]) if person.id == COMES_AND_GOES else None,
            )
            for person in people
        ]

    # What people do

    async def _live(self, human: Human, events: int) -> None:
        """One person's day, until all have done enough."""
        while self.report.counts["events"] < events:
            if human.agent is None and self.random.random() < 0.9:
                await asyncio.sleep(0.1)  # the stranger comes by now and then
                continue
            if human.agent is not None:
                self._far_ends(self._phones[human.agent])
            if self.random.random() < FORMS:
                await human.opens_form()
            if self.random.random() < HOMES:
                await human.opens_home()
            doings = ["none"] * 3 + ["duplicate"] * 3 + ["reordered"] * 2 + ["stale"] * 2
            doings += ["forged", "replayed", "recorded"] if self._http else []
            await getattr(self, "_" + self.random.choice(doings))(human)

    async def _none(self, human: Human) -> None:
        await self._deliver(await self._draft(human, ""))

    async def _duplicate(self, human: Human) -> None:
        """The same once or twice more: at once or later, in the same envelope or in another."""
        case = await self._draft(human, "duplicate")
        sending = asyncio.ensure_future(self._deliver(case))
        await asyncio.sleep(0)
        for _ in range(self.random.choice([1, 1, 2])):
            await asyncio.sleep(self.random.choice([0.0, 0.0, 0.02, 0.3, 1.0]))
            self.report.counts["duplicates"] += 1
            new = self.random.random() < 0.5
            await self.slack.deliveries.again(case.delivery, new_envelope=new)
        await sending

    async def _reordered(self, human: Human) -> None:
        """Two or three things that arrive the other way round."""
        cases = [await self._draft(human, "reordered") for _ in range(self.random.choice([2, 3]))]
        if self.random.random() < 0.5:
            await asyncio.gather(*(self._deliver(case) for case in reversed(cases)))
            return
        for case in reversed(cases):
            await self._deliver(case)
            await asyncio.sleep(self.random.random() * 0.5)

    async def _stale(self, human: Human) -> None:
        """Said long ago, and only now delivered."""
        with self.slack.earlier(self.random.uniform(*STALE)):
            case = await self._draft(human, "stale")
        self.report.counts["stale"] += case.dated
        await self._deliver(case)

    async def _forged(self, human: Human) -> None:
        """By somebody who does not know the secret."""
        case = await self._draft(human, "forged")
        await self._forge(case, self.slack.http.forged(case.delivery))

    async def _replayed(self, human: Human) -> None:
        """Recorded, and sent again when the signature is too old."""
        case = await self._draft(human, "replayed")
        await self._forge(case, self.slack.http.replayed(case.delivery, 400))

    async def _forge(self, case: Case, sending: Awaitable[int]) -> None:
        case.forged = True
        self.report.counts["forged"] += 1
        status = await self._posted(sending)
        if status not in {0, 401}:
            self.report.wrongs.append(f"forged: {case} was answered with {status}")

    async def _recorded(self, human: Human) -> None:
        """Recorded, and sent again with a signature that is still good: after the first, or alone.

        Alone it is late, by the time in its signature.
        """
        age = self.random.uniform(*STALE)
        if self.random.random() < 0.5:
            case = await self._draft(human, "recorded")
            await self._deliver(case)
            self.report.counts["duplicates"] += 1
        else:
            with self.slack.earlier(age):
                case = await self._draft(human, "recorded")
            case.said = min(case.said, time.time() - age)
            self.report.counts["stale"] += 1
        await self._posted(self.slack.http.replayed(case.delivery, age))

    async def _posted(self, sending: Awaitable[int]) -> int:
        """The status; 0 when the replica is killed over it."""
        self._balance()
        try:
            return await sending
        except (aiohttp.ClientError, OSError):
            return 0

    async def _draft(self, human: Human, fault: str) -> Case:
        """Somebody does something; it stays with Slack for now."""
        line = self.slack.deliveries
        line.holding, line.held = True, []
        try:
            doing: Doing = await human.does_something()
        finally:
            line.holding = False
        # A mention is told as a message of the channel first; that one must lead to nothing.
        case = human.case(doing, fault, line.held[-1])
        self.cases.append(case)
        self.report.counts["events"] += 1
        self.report.counts[kind_of(doing)] += 1
        self.report.faults[fault or "none"] += 1
        return case

    async def _deliver(self, case: Case) -> None:
        if self.random.random() < 0.04:
            self._kill_next = True
        self._balance()
        if not case.dated:
            case.said = time.time()
        sending = asyncio.ensure_future(self.slack.deliveries._send(case.delivery))
        while self._kill_next and not case.delivery.attempts:
            await asyncio.sleep(0)
        if self._kill_next:
            self._kill_next = False
            case.delivery.attempts[0].answered.add_done_callback(self._acknowledged)
        await sending

    def _balance(self) -> None:
        """HTTP: as what stands before several replicas does."""
        alive = [one for one in self._replicas if one.alive and one.ready.is_set()]
        if self._http and alive:
            self.slack.http.url = self.random.choice(alive).url

    def _far_ends(self, phone: Desk) -> None:
        """People call in, and hang up."""
        far = phone.line.backend
        assert isinstance(far, Simulator)
        living = [call for call in phone.line.calls() if call.state not in ENDED]
        if len(living) < 2 and self.random.random() < 0.4:
            far.incoming(f"70{self.random.randint(100000, 999999)}")
        if len(living) > 2:
            far.vanish(int(self.random.choice(living).session_id))

    # What happens to replicas and to the network

    def _acknowledged(self, _future: object) -> None:
        """Kill a replica at the moment at which something was acknowledged."""
        self._blows.append(asyncio.ensure_future(self._kill()))

    _blows: list[asyncio.Future[None]]

    async def _havoc(self) -> None:
        self._blows = []
        blows = [self._storm, self._trouble, self._kill]
        if not self._http:
            blows += [self._abort, self._black_hole, self._disconnect, self._refuse]
        while True:
            await asyncio.sleep(self.random.uniform(0.3, 1.7) * self._havoc_every)
            blow = self.random.choice(blows)
            self.report.faults[blow.__name__.strip("_")] += 1
            await blow()

    async def _storm(self) -> None:
        methods = self.random.choice([(), ("chat.postMessage",), ("chat.update",)])
        self.slack.limits.storm(self.random.randint(3, 20), *methods)

    async def _trouble(self) -> None:
        errors = [self.random.choice(["internal_error", "fatal_error", "request_timeout"])] * 3
        for method in ("chat.postMessage", "chat.postEphemeral", "chat.update"):
            self.slack.fail(method, *errors)

    async def _abort(self) -> None:
        if self.slack.sockets.links:
            self.slack.sockets.abort(self.random.choice(self.slack.sockets.links))

    async def _black_hole(self) -> None:
        if self.slack.sockets.links:
            self.slack.sockets.black_hole(self.random.choice(self.slack.sockets.links))

    async def _disconnect(self) -> None:
        if self.slack.sockets.links:
            link = self.random.choice(self.slack.sockets.links)
            await self.slack.sockets.disconnect(link=link)

    async def _refuse(self) -> None:
        self.slack.sockets.refusing = True
        await self._abort()
        await asyncio.sleep(0.5)
        self.slack.sockets.refusing = False

    async def _kill(self) -> None:
        """Kill one of several; another one begins, sooner or later."""
        alive = [one for one in self._replicas if one.alive and one.ready.is_set()]
        if len(alive) < 2:
            return
        self.report.counts["kills"] += 1
        await asyncio.to_thread(self.random.choice(alive).kill)
        await asyncio.sleep(self.random.choice([0.0, 1.0]))
        await self._start()

    def _made(self) -> Replica | Process:
        if not self._real:
            return Replica(self.slack, self.office, self._database, http=self._http)
        phones = {
            agent: (phone.server.url, str(self._folder / agent))
            for agent, phone in self._phones.items()
        }
        secrets = asdict(secrets_of(self.slack, http=self._http))
        seed = self.report.seed + len(self._replicas)
        database = str(self._database)
        orders = Orders(self.slack.api, secrets, database, self._http, seed, phones)
        return Process(orders, self.office, self.complaints)

    async def _start(self) -> None:
        one = await asyncio.to_thread(self._made) if self._real else self._made()
        self._replicas.append(one)
        while not one.ready.is_set() and not one.ended:
            await asyncio.sleep(0.01)
        if one.ended and one.alive:
            one.alive = False
            self.report.wrongs.append(f"crashed: a replica could not begin: {one.error!r}")
        elif self._http and self.slack.deliveries.transport is self.slack.sockets:
            self.slack.use_http(one.url)

    # The end

    async def _settle(self) -> None:
        """No more faults; wait until all that was taken in is answered."""
        await asyncio.gather(*self._blows, return_exceptions=True)
        self.slack.limits.calm()
        self.slack.web.failing.clear()
        self.slack.sockets.refusing = False
        if not any(one.alive and not one.ended for one in self._replicas):
            await self._start()
        inbox = Store(self._database)
        until = time.monotonic() + SETTLES
        open_ = "SELECT count(*) FROM slack_inbox WHERE request IS NOT NULL"
        while inbox._rows(open_)[0][0] and time.monotonic() < until:
            await asyncio.sleep(0.1)
        self.report.counts["adopted"] += max(0, self.office.asked - len(self.office.answers))
        inbox.close()

    async def _end_all(self) -> None:
        for one in self._replicas:
            if one.alive:
                await asyncio.to_thread(one.end)

    def _on_message(self, message: Message, what: str) -> None:
        if what == "posted":
            self._note(message)

    def _note(self, message: Message) -> None:
        readers = {message.only_for} if message.only_for else set()
        if not message.only_for:
            where = self.slack.world.channels[message.channel]
            readers = {one for one in where.members if one in AGENTS}
        first = message.versions[0]
        self.seen.append(Seen(first.text, frozenset(filter(None, readers)), first.at))

    def _judge(self) -> None:
        for message in self.slack.world.ephemeral:
            if message.user != "USLACKBOT":
                self._note(message)
        words = words_in("en")
        names = ("slack_not_linked", "slack_desk_away")
        otherwise = [words.say(name, {"command": "/phonebar"})[0] for name in names]
        logs = {agent: phone.line.entries() for agent, phone in self._phones.items()}
        facts = Facts(logs, dict(self.office.answers), otherwise, self.seen)
        judge(self.cases, facts, self.report)
        self.report.counts["turned away"] += sum(
            case.fault in {"", "duplicate"}
            and ["came too late" in said for said in self.office.answers[case.name]] == [True]
            for case in self.cases
        )
        self.report.counts["taken in"] += sum(case.taken for case in self.cases)
        self.report.wrongs += [f"crashed: {what}" for what in self.complaints.found]
        self.report.wrongs += [f"crashed: {one.error!r}" for one in self._replicas if one.error]
        self.report.wrongs += [
            f"refused by Slack: {what}"
            for what in self.slack.problems
            # A replica cannot know how often one that was killed has used it; it then goes
            # another way.
            if what != "response_url: used_url"
        ]


def kind_of(doing: Doing) -> str:
    """What the report counts it under."""
    kinds = {"[form": "forms", "status": "statuses", "link": "links", "unlink": "links"}
    return next((kinds[word] for word in kinds if doing.what.startswith(word)), "others")


def run(
    events: int,
    seed: int,
    *,
    http: bool = False,
    havoc: float = 1.0,
    broken: str = "",
    real: bool = False,
) -> Report:
    """Let people do `events` things under random faults, and judge.

    Args:
        events: how many, all people together.
        seed: makes the run repeatable but for timing.
        http: HTTP mode.
        havoc: seconds between two blows to the network or to a replica, about.
        broken: one of BREAKS, to see whether the judge objects.
        real: each replica is a process of its own, and killed by the system.
    """
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True))
        stack.enter_context(wider())
        if broken:
            stack.enter_context(BREAKS[broken]())
        return asyncio.run(Run(seed, Path(folder), http=http, havoc=havoc, real=real).run(events))
