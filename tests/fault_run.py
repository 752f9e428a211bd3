"""Random commands under random faults; `tests.fault_judge` says whether all was well."""

from __future__ import annotations

import random
import tempfile
import time
import uuid
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from assistant.assistant import Assistant
from assistant.build import build
from assistant.config import Config
from assistant.contract import Command, LiveCall, Utterance
from assistant.phonebar import PhonebarError
from assistant.settings import PhonebarSection, PolicySection
from phonebar.line import Line
from phonebar.log import Entry
from phonebar.protocol import ENDED, CallState
from phonebar.scenario import FarEnd, Outcome, Scenario
from phonebar.server import Server
from phonebar.simulator import Simulator
from tests.fault_judge import Case, Facts, Report, judge
from tests.fault_proxy import Fault, FaultProxy

READ_TIMEOUT = 0.15
LATE = (0.35, 0.9)
"""Seconds: past the client's time-out, within and after the time that effects are watched for."""

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

SCENARIO = Scenario(
    default=FarEnd(after=0.0, rings_after=0.0),
    numbers=(
        ("81.", FarEnd(Outcome.BUSY, after=0.02)),
        ("82.", FarEnd(Outcome.NEVER_ANSWERS, rings_after=0.0)),
        ("83.", FarEnd(Outcome.UNKNOWN, after=0.0)),
        ("84.", FarEnd(after=0.05, rings_after=0.02)),
    ),
    ends_after=0.0,
    transfer_after=0.0,
)
PREFIXES = ("80", "80", "80", "81", "82", "83", "84")


class World:
    """A simulated phonebar behind a fault proxy, and an Assistant that knows nothing of either.

    Args:
        seed: makes the run repeatable but for the operating system's timing.
        folder: for the journal.
        vendor: the phonebar has none of our server's protections.
        events: watch by the event stream too, where there is one.
    """

    def __init__(
        self, seed: int, folder: Path, *, vendor: bool = False, events: bool = False
    ) -> None:
        self.random = random.Random(seed)
        self.vendor = vendor
        self.report = Report(seed)
        self.lines: list[Line] = []
        self._began: dict[int, int] = {}
        self._explained: set[tuple[int, int]] = set()
        self.line, self.server = self._phonebar()
        self.proxy = FaultProxy(self.server.port, late=LATE[0])
        self.config = replace(
            CONFIG,
            phonebar=replace(CONFIG.phonebar, url=self.proxy.url, events=events),
            journal=replace(CONFIG.journal, path=str(folder / "journal.sqlite3")),
        )
        self.assistant = self._assistant()

    def _assistant(self) -> Assistant:
        made = build(self.config)
        made.start()
        return made

    def _phonebar(self) -> tuple[Line, Server]:
        line = Line(Simulator(SCENARIO))
        self.lines.append(line)
        return line, Server(line, quirks=self.vendor).start()

    @property
    def far(self) -> Simulator:
        """The far ends of the phonebar's calls."""
        found = self.line.backend
        assert isinstance(found, Simulator)
        return found

    def close(self) -> None:
        """Stop everything, and look for what was done and nobody asked for."""
        self.assistant.close()
        self.proxy.close()
        self.server.stop()
        self.line.close()
        for place, line in enumerate(self.lines):
            for item in line.entries():
                if item.kind == "command" and (place, item.seq) not in self._explained:
                    self.report.wrongs.append(f"wrong: no command asked for {item}")

    def restart_phonebar(self) -> None:
        """Kill the phonebar with its calls; another one takes its place."""
        self.server.stop()
        self.line.close()
        self.line, self.server = self._phonebar()
        self.proxy.upstream = self.server.port
        if not self.vendor:  # the vendor's cannot tell who has an old call's session now
            for _ in range(self.random.randint(0, 2)):
                self._call_in()

    def turn(self) -> None:
        """One command under one fault, then the judge."""
        self._populate()
        self._began = {place: len(line.entries()) for place, line in enumerate(self.lines)}
        kind = self._kind()
        command, meant = self._command(by_key=kind == "stale")
        identities = self._identities(meant)
        fault, held_back = self._arm(kind)
        command_id = uuid.uuid4().hex
        # A request that is held back is carried out after the shorter of its two deadlines.
        lives = [0.3, 2.0] if held_back else [0.0, 0.3, 0.3] + [2.0] * 9
        deadline = time.time() + self.random.choice(lives)
        asked = Utterance("", surface="cli", command=command, id=command_id, deadline=deadline)
        reply = self.assistant.handle(asked)
        self.proxy.blind([])
        if kind == "refused":
            self.proxy.listen()
        self.proxy.settle()
        again = self.assistant.handle(asked)
        unguarded = self.vendor and held_back
        case = Case(command, identities, deadline, fault, reply, again, unguarded)
        self.report.commands += 1
        self.report.outcomes[fault, str(reply.status)] += 1
        self.report.wrongs += judge(case, self._facts(command_id))
        self.proxy.arm(Fault.NONE)

    def _call_in(self, prefix: str = "70") -> None:
        self._comes(f"{prefix}{self.random.randint(100000, 999999)}")

    def _comes(self, number: str) -> None:
        """Have somebody call in."""
        self.far.incoming(number)

    def _clear(self) -> None:
        """Let what has ended be gone."""
        for call in self.line.calls():
            if call.state in ENDED:
                self.far.vanish(int(call.session_id))

    def _populate(self) -> None:
        """Let people call in, so that there is something to do."""
        living = [call for call in self.line.calls() if call.state not in ENDED]
        if len(living) < 3 and self.random.random() < 0.5:
            self._call_in()
        self._clear()

    def _calls(self) -> Sequence[LiveCall]:
        """The calls; a machine that is busy may not answer in time."""
        for _ in range(9):
            with suppress(PhonebarError):
                return self.assistant.calls()
        return self.assistant.calls()

    def _command(self, *, by_key: bool) -> tuple[Command, Sequence[LiveCall]]:
        """A command that fits the calls more often than not, and the calls that it means."""
        calls = self._calls()
        by_key = by_key or self.random.random() < 0.3

        def the(call: LiveCall) -> object:
            return {"key": call.key} if by_key else call.line

        def having(state: CallState) -> list[LiveCall]:
            return [call for call in calls if call.state is state]

        active, held = having(CallState.ACTIVE), having(CallState.HOLDING)
        number = f"{self.random.choice(PREFIXES)}{self.random.randint(100000, 999999)}"
        options: list[tuple[Command, Sequence[LiveCall]]] = [
            (Command("call", {"target": {"number": number}}), [])
        ]
        for call in having(CallState.INCOMING):
            options += [(Command("answer", {"which": the(call)}), [call])] * 2
        for call in calls:
            options.append((Command("hangup", {"which": the(call)}), [call]))
        for call in active:
            options.append((Command("hold", {"which": the(call)}), [call]))
        for call in held:
            options.append((Command("resume", {"which": the(call)}), [call]))
        for call in active + held + having(CallState.INCOMING):
            to = {"to": {"number": number}, "which": the(call)}
            options.append((Command("transfer", to), [call]))
        if active and held:
            pair = {"a": the(active[0]), "b": the(held[0])}
            options.append((Command("attended_transfer", pair), [active[0], held[0]]))
            if len(active) + len(held) == 2:
                parties = {"parties": [{"key": item.key} for item in (active[0], held[0])]}
                options.append((Command("conference", parties), [active[0], held[0]]))
        if len(calls) > 1:
            which = {"keys": [call.key for call in calls]} if by_key else "all"
            options.append((Command("hangup", {"which": which}), calls))
        return self.random.choice(options)

    def _identities(self, meant: Sequence[LiveCall]) -> tuple[str, ...]:
        """The line's own identities of what the assistant saw just now."""
        sessions = {call.session_id: call for call in self.line.calls()}
        return tuple(
            str(sessions[call.session_id].text("callId")) if call.session_id in sessions else ""
            for call in meant
        )

    def _kind(self) -> str:
        kinds = ["none", *["request"] * 4, "blind", "refused", "restart", "reuse", "stale"]
        if self.vendor:
            kinds.remove("reuse")  # nothing but our server's own checks can help against it
        return self.random.choice(kinds)

    def _arm(self, kind: str) -> tuple[str, bool]:
        """Let something go wrong; returns its name, and whether a request is held back."""
        fault = self.random.choice(list(Fault))
        self.proxy.late = self.random.choice(LATE)
        if kind == "request":
            self.proxy.arm(fault)
            return fault.value, fault is Fault.LATE
        if kind == "blind":
            looks = self.random.choices([item for item in Fault if item is not Fault.LATE], k=4)
            self.proxy.arm(fault if self.random.random() < 0.5 else Fault.NONE)
            self.proxy.blind([Fault.NONE, *looks])
            return "the looks at the calls are spoiled", True
        if kind == "refused":
            self.proxy.refuse()
            return "connections refused", False
        if kind == "restart":
            name = self.random.choice(["before", "after"])
            how = self.random.choice([Fault.NONE, Fault.RESET_BEFORE, Fault.RESET_AFTER])
            self.proxy.arm(how, **{name: self.restart_phonebar})
            return "the phonebar is killed and restarted", False
        if kind == "reuse":
            self.proxy.arm(Fault.NONE, before=self._reuse)
            return "sessions used again just before the request", False
        if kind == "stale":
            self._reuse()
            return "sessions used again before the command", False
        return "none", False

    def _reuse(self) -> None:
        """End every call without a word and let others ring under the same session ids."""
        calls = self.line.calls()
        for call in calls:
            self.far.vanish(int(call.session_id))
        for _ in calls:
            self._call_in("60")

    def _facts(self, command_id: str) -> Facts:
        """What the logs say was begun for this command, and what happened meanwhile."""
        actions: list[Entry] = []
        changes: list[Entry] = []
        for place, line in enumerate(self.lines):
            for item in line.entries(self._began.get(place, 0)):
                if item.kind == "state":
                    changes.append(item)
                # The vendor's phonebar knows no keys; but one command is given at a time.
                mine = self.vendor or (item.key or "").startswith(command_id)
                if item.kind == "command" and mine:
                    actions.append(item)
                    self._explained.add((place, item.seq))
        return Facts(tuple(actions), tuple(changes), living(self.line))


def living(line: Line) -> dict[str, str]:
    """The states of the calls that have not ended, by their lasting identities."""
    return {
        str(call.text("callId")): call.state.name.lower()
        for call in line.calls()
        if call.state is not None and call.state not in ENDED
    }


def run(commands: int, seed: int, *, vendor: bool = False, events: bool = False) -> Report:
    """Give `commands` random commands under random faults, and judge each."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        world = World(seed, Path(folder), vendor=vendor, events=events)
        try:
            for _ in range(commands):
                world.turn()
        finally:
            world.close()
    return world.report
