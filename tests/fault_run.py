"""Random commands under random faults, and a judge who compares what was told with what happened.

What happened is the simulator's own log, which no fault touches. The judge looks for:

    twice       a command that dialled, or acted on a call, more than once
    wrong       an action on a call that the command did not mean
    late        an action begun after the command's deadline
    untruthful  "done" without the effect, or "nothing was done" although something was
"""

from __future__ import annotations

import random
import tempfile
import time
import uuid
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path

from assistant.assistant import Assistant
from assistant.build import build
from assistant.config import Config, PhonebarSection, PolicySection
from assistant.contract import Command, LiveCall, Reply, Status, Utterance
from phonebar.line import Line
from phonebar.log import Entry
from phonebar.protocol import CallState
from phonebar.scenario import FarEnd, Scenario
from phonebar.server import Server
from phonebar.simulator import Simulator
from tests.fault_proxy import Fault, FaultProxy

READ_TIMEOUT = 0.15
LATE = 0.35
"""Seconds: past the client's time-out, within the time that effects are watched for."""

CONFIG = Config(
    phonebar=PhonebarSection(
        read_timeout=READ_TIMEOUT,
        connect_timeout=0.5,
        verify_seconds=0.6,
        poll_fast=0.05,
        poll_slow=0.2,
        events=False,
    ),
    policy=PolicySection(max_calls_per_minute=1000, confirm=()),
)

WHAT = {
    "call": {"originate"},
    "answer": {"answer"},
    "hold": {"hold"},
    "resume": {"resume"},
    "transfer": {"transfer", "deflect"},
    "attended_transfer": {"attended", "attended_transfer"},
    "conference": {"conference"},
}
"""What the line's log calls the deed of each intent."""


@dataclass(slots=True)
class Report:
    """What a run came to."""

    seed: int
    commands: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    wrongs: list[str] = field(default_factory=list)


class World:
    """A simulated phonebar behind a fault proxy, and an Assistant that knows nothing of either.

    Args:
        seed: makes the run repeatable but for the operating system's timing.
        folder: for the journal.
        vendor: the phonebar has none of our server's protections.
    """

    def __init__(self, seed: int, folder: Path, *, vendor: bool = False) -> None:
        self.random = random.Random(seed)
        self.vendor = vendor
        self.report = Report(seed)
        self.lines: list[Line] = []
        self._marks: dict[int, int] = {}
        self.line, self.server = self._phonebar()
        self.proxy = FaultProxy(self.server.port, late=LATE)
        self.config = replace(
            CONFIG,
            phonebar=replace(CONFIG.phonebar, url=self.proxy.url),
            journal=replace(CONFIG.journal, path=str(folder / "journal.sqlite3")),
        )
        self.assistant = self._assistant()

    def _assistant(self) -> Assistant:
        made = build(self.config)
        made.start()
        return made

    def _phonebar(self) -> tuple[Line, Server]:
        quick = Scenario(default=FarEnd(after=0.0, rings_after=0.0), ends_after=0.0)
        line = Line(Simulator(replace(quick, transfer_after=0.0)))
        self.lines.append(line)
        return line, Server(line, quirks=self.vendor).start()

    def close(self) -> None:
        """Stop everything."""
        self.assistant.close()
        self.proxy.close()
        self.server.stop()
        self.line.close()

    def restart_phonebar(self) -> None:
        """Kill the phonebar with its calls; another one takes its place."""
        self.server.stop()
        self.line.close()
        self.line, self.server = self._phonebar()
        self.proxy.upstream = self.server.port

    def turn(self) -> None:
        """One command under one fault, then the judge."""
        self._populate()
        command, meant = self._command()
        self._marks = {id(line): len(line.entries()) for line in self.lines}
        fault = self._arm(command)
        command_id = uuid.uuid4().hex
        deadline = time.time() + self.random.choice([0.3, 2.0, 2.0, 2.0])
        reply = self.assistant.handle(
            Utterance("", surface="cli", command=command, id=command_id, deadline=deadline)
        )
        self.proxy.blind([])
        if fault == "refused":
            self.proxy.listen()
        self.proxy.settle()
        again = self.assistant.handle(
            Utterance("", surface="cli", command=command, id=command_id, deadline=deadline)
        )
        self.report.commands += 1
        self.report.outcomes[reply.status] += 1
        self.report.faults[fault] += 1
        told = (
            f"{command.intent} {dict(command.slots)} under {fault}: {reply.status} {reply.text!r}"
        )
        if (again.status, again.text) != (reply.status, reply.text):
            self.report.wrongs.append(f"untruthful: asked again, another answer; {told}")
        self._judge(command, command_id, meant, deadline, reply, told)

    def _populate(self) -> None:
        """Let people call in, so that there is something to do."""
        far = self.line.backend
        assert isinstance(far, Simulator)
        living = [call for call in self.line.calls() if call.state not in {16, 128}]
        if len(living) < 3 and self.random.random() < 0.5:
            far.incoming(f"70{self.random.randint(100000, 999999)}")
        for call in self.line.calls():
            if call.state in {CallState.RELEASED, CallState.TERMINATED}:
                far.vanish(int(call.session_id))

    def _command(self) -> tuple[Command, list[LiveCall]]:
        """A command that fits the calls more often than not, and the calls that it means."""
        calls = list(self.assistant.calls())
        by_state = {state: [c for c in calls if c.state is state] for state in CallState}
        active, held = by_state[CallState.ACTIVE], by_state[CallState.HOLDING]
        number = f"80{self.random.randint(100000, 999999)}"
        options: list[tuple[Command, list[LiveCall]]] = [
            (Command("call", {"target": {"number": number}}), [])
        ]
        for call in by_state[CallState.INCOMING]:
            options += [(Command("answer", {"which": call.line}), [call])] * 2
        for call in calls:
            options.append((Command("hangup", {"which": call.line}), [call]))
        for call in active:
            options.append((Command("hold", {"which": call.line}), [call]))
            to = {"to": {"number": number}, "which": call.line}
            options.append((Command("transfer", to), [call]))
        for call in held:
            options.append((Command("resume", {"which": call.line}), [call]))
            to = {"to": {"number": number}, "which": call.line}
            options.append((Command("transfer", to), [call]))
        if active and held:
            pair = {"a": active[0].line, "b": held[0].line}
            options.append((Command("attended_transfer", pair), [active[0], held[0]]))
            if len(active) + len(held) == 2:
                options.append((Command("conference"), [active[0], held[0]]))
        if len(calls) > 1:
            options.append((Command("hangup", {"which": "all"}), calls))
        return self.random.choice(options)

    def _arm(self, command: Command) -> str:
        """Choose what goes wrong this time."""
        kinds = ["none", "request", "request", "request", "blind", "refused", "restart", "reuse"]
        if self.vendor:
            kinds.remove("reuse")  # nothing but our server's own checks can help against it
        kind = self.random.choice(kinds)
        faults = [item for item in Fault if not (self.vendor and item is Fault.LATE)]
        fault = self.random.choice(faults)
        if kind == "request":
            self.proxy.arm(fault)
            return fault.value
        if kind == "blind":
            looks = self.random.choices([item for item in Fault if item is not Fault.LATE], k=4)
            self.proxy.arm(self.random.choice([Fault.NONE, fault]))
            self.proxy.blind([Fault.NONE, *looks])
            return "looks spoiled"
        if kind == "refused":
            self.proxy.refuse()
        if kind == "restart":
            before = self.random.random() < 0.5
            when = {"before": self.restart_phonebar} if before else {"after": self.restart_phonebar}
            self.proxy.arm(self.random.choice([Fault.NONE, Fault.RESET_AFTER]), **when)
        if kind == "reuse":
            self.proxy.arm(Fault.NONE, before=self._reuse)
        return kind

    def _reuse(self) -> None:
        """End every call without a word and let others ring under the same session ids."""
        far = self.line.backend
        assert isinstance(far, Simulator)
        calls = self.line.calls()
        for call in calls:
            far.vanish(int(call.session_id))
        for _ in calls:
            far.incoming(f"60{self.random.randint(100000, 999999)}")

    def _judge(
        self,
        command: Command,
        command_id: str,
        meant: list[LiveCall],
        deadline: float,
        reply: Reply,
        told: str,
    ) -> None:
        actions = self._actions(command_id)
        wrongs = self.report.wrongs
        names = Counter((item.what, item.call_id) for item in actions)
        if any(count > 1 for count in names.values()) or names.total() > max(2, len(meant)):
            wrongs.append(f"twice: {told} {actions}")
        allowed = {call.call_id for call in meant}, {call.session_id for call in meant}
        for item in actions:
            right = str(item.session) in allowed[1] if self.vendor else item.call_id in allowed[0]
            if item.what != "originate" and not right:
                wrongs.append(f"wrong: {told} {item}")
            if item.at > deadline + 0.01:
                wrongs.append(f"late: {told} {item}")
        over = [call for call in meant if not self._lives(call)]
        partly = len(actions) > 1 or (command.intent == "transfer" and meant[0].state == 64)
        excused = reply.status is Status.FAILED and (over or partly)
        if reply.status in {Status.REFUSED, Status.FAILED} and actions and not excused:
            wrongs.append(f"untruthful: {told} {actions}")
        if reply.status is Status.DONE and not self._happened(command, actions, meant):
            wrongs.append(f"untruthful: {told} {actions}")

    def _actions(self, command_id: str) -> list[Entry]:
        """What the line's log says was begun for this command."""
        found = []
        for line in self.lines:
            entries = [item for item in line.entries() if item.kind == "command"]
            if self.vendor:  # it knows no keys; but one command is given at a time
                found += [item for item in entries if item.seq > self._marks.get(id(line), 0)]
            else:
                found += [item for item in entries if (item.key or "").startswith(command_id)]
        return found

    def _happened(self, command: Command, actions: list[Entry], meant: list[LiveCall]) -> bool:
        """Whether the log bears "done" out."""
        if command.intent == "hangup":
            return not any(self._lives(call) for call in meant)
        if any(item.what in WHAT[command.intent] for item in actions):
            return True
        wanted = {"answer": {8, 64}, "hold": {64}, "resume": {8}}.get(command.intent, set())
        return bool(meant) and self._state(meant[0]) in wanted

    def _lives(self, call: LiveCall) -> bool:
        return self._state(call) not in {None, 16, 128}

    def _state(self, call: LiveCall) -> int | None:
        """The state that the line itself knows, by identity or, for the vendor's, by number."""
        same = (
            item
            for item in self.line.calls()
            if item.text("callId") == call.call_id or (self.vendor and item.number == call.number)
        )
        return next((item.state_id for item in same), None)


def run(commands: int, seed: int, *, vendor: bool = False) -> Report:
    """Give `commands` random commands under random faults, and judge each."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        world = World(seed, Path(folder), vendor=vendor)
        try:
            for _ in range(commands):
                world.turn()
        finally:
            world.close()
    return world.report
