"""A desk for tests: a simulated phonebar behind real HTTP, a directory, and an Assistant."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from assistant.assistant import Assistant
from assistant.build import build
from assistant.config import Config, starter
from assistant.contract import CallEvent, Command, LiveCall, Reply, Utterance
from assistant.settings import DialPlanSection, PhonebarSection, PolicySection
from phonebar.line import Line
from phonebar.log import Entry
from phonebar.scenario import FarEnd, Scenario
from phonebar.server import Server
from phonebar.simulator import Simulator

QUICK = Scenario(default=FarEnd(after=0.0, rings_after=0.0), ends_after=0.0, transfer_after=0.0)
"""Everybody answers at once."""

SLOW = "5550102"
"""Rings and never answers."""


def configured(
    folder: Path,
    url: str,
    policy: PolicySection,
    dial_plan: DialPlanSection | None = None,
    languages: tuple[str, ...] = ("en",),
) -> Config:
    """The configuration of whoever sits there; the folder gets a directory if it has none."""
    contacts = folder / "contacts.csv"
    if not contacts.exists():
        contacts.write_bytes(starter("contacts.csv").read_bytes())
    config = Config(
        phonebar=PhonebarSection(url=url, verify_seconds=1.0, poll_fast=0.02, poll_slow=0.1),
        policy=policy,
        dial_plan=dial_plan or DialPlanSection(),
    )
    return replace(
        config,
        assistant=replace(config.assistant, contacts=(str(contacts),), languages=languages),
        journal=replace(config.journal, path=str(folder / "journal.sqlite3")),
    )


class Desk:
    """Everything that one person has on their desk."""

    server: Server
    """The phonebar's."""

    def __init__(
        self,
        folder: Path,
        url: str,
        line: Line,
        policy: PolicySection,
        dial_plan: DialPlanSection | None = None,
        languages: tuple[str, ...] = ("en",),
    ) -> None:
        self.line = line
        self.far = line.backend
        assert isinstance(self.far, Simulator)
        self.config = configured(folder, url, policy, dial_plan, languages)
        self.assistant: Assistant = build(self.config)
        self.events: list[CallEvent] = []
        self.assistant.subscribe(self.events.append, "local", "cli")
        self.assistant.start()

    def close(self) -> None:
        """Leave the desk."""
        self.assistant.close()

    def say(self, text: str, **more: Any) -> Reply:
        """Type something."""
        return self.assistant.handle(Utterance(text, **{"surface": "cli", **more}))

    def do(self, intent: str, /, **slots: Any) -> Reply:
        """Give a command that needs no understanding."""
        command = Command(intent, slots)
        return self.assistant.handle(Utterance("", surface="cli", command=command))

    def call(self, number: str) -> LiveCall:
        """Have a connected outgoing call."""
        reply = self.do("call", target={"number": number})
        assert reply.status == "done", reply
        return self.wait(number, "active")

    def ring(self, number: str) -> LiveCall:
        """Have somebody call in."""
        self.far.incoming(number)  # type: ignore[union-attr]
        return self.wait(number, "incoming")

    def wait(self, number: str, state: str) -> LiveCall:
        """Wait until the call with a number is in a state."""

        def there() -> LiveCall | None:
            calls = self.assistant.calls()
            name = state.upper()
            return next((c for c in calls if c.number == number and c.state.name == name), None)

        found = eventually(there)
        assert found is not None
        return found

    def states(self) -> dict[str, str]:
        """The live calls' states by number, as the line knows them."""
        return {
            call.number: call.state.name.lower()
            for call in self.line.calls()
            if call.state is not None and call.state not in {16, 128}
        }

    def deeds(self) -> list[Entry]:
        """The commands that the line began."""
        return [entry for entry in self.line.entries() if entry.kind == "command"]

    def kinds(self) -> list[str]:
        """What was announced so far, but for what its own commands caused."""
        self.assistant.watcher.drain()
        return [str(event.kind) for event in self.events if not event.quiet]


@contextmanager
def desk(
    folder: Path,
    *,
    scenario: Scenario = QUICK,
    quirks: bool = False,
    policy: PolicySection | None = None,
    dial_plan: DialPlanSection | None = None,
    languages: tuple[str, ...] = ("en",),
) -> Iterator[Desk]:
    """A desk with a phonebar of its own."""
    line = Line(Simulator(scenario))
    with Server(line, quirks=quirks) as server:
        made = Desk(folder, server.url, line, policy or PolicySection(), dial_plan, languages)
        made.server = server
        try:
            yield made
        finally:
            made.close()
    line.close()


def eventually(condition: Callable[[], Any], seconds: float = 30.0) -> Any:
    """Wait for a condition, and return what it gives."""
    until = time.monotonic() + seconds
    gate = threading.Event()
    while not (found := condition()):
        assert time.monotonic() < until, "it never came true"
        gate.wait(0.02)
    return found
