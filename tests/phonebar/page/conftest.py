"""A simulated phonebar, its page in a real browser, and somebody who uses it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from phonebar.line import Line
from phonebar.phonebook import Person
from phonebar.protocol import CallState
from phonebar.scenario import FarEnd, Scenario
from phonebar.server import Server
from phonebar.simulator import Simulator
from tests.browser import Window, chromium
from tests.desk import eventually

QUICK = Scenario(default=FarEnd(after=0.0, rings_after=0.0), ends_after=0.0, transfer_after=0.0)
PEOPLE = (
    Person("John Doe", (("201", ""),)),
    Person("Maria Rossi", (("+390655501104", "work"), ("202", "mobile"))),
    Person("<img src=x onerror=alert(1)>", (("203", ""),)),
    Person("Sales", (("200", ""),)),
)


class Names:
    """A small phonebook."""

    def starting(self, text: str, limit: int) -> list[Person]:
        wanted = text.lower()
        return [
            one for one in PEOPLE if any(w.startswith(wanted) for w in one.name.lower().split())
        ][:limit]

    def name_of(self, number: str) -> str | None:
        return next((p.name for p in PEOPLE for other, _ in p.numbers if other == number), None)


class Phone:
    """A phonebar that a test plays the far ends of."""

    def __init__(self, server: Server, line: Line) -> None:
        self.server, self.line, self.url = server, line, server.url
        assert isinstance(line.backend, Simulator)
        self.far = line.backend
        self._from = 0

    def connected(self, *numbers: str) -> None:
        """Have called these and be answered, each before the next; the last one is active."""
        for number in numbers:
            session = self.line.originate(number).session_id
            eventually(lambda s=session: self.state(s) is CallState.ACTIVE)

    def state(self, session: str) -> CallState | None:
        return next((call.state for call in self.line.calls() if call.session_id == session), None)

    def anew(self) -> None:
        """End every call, be ready, and forget what was done."""
        self.line.hangup_all()
        self.line.set_status("ready")
        self._from = len(self.line.entries())

    def deeds(self) -> list[str]:
        """The commands that the line began, with their numbers."""
        done = self.line.entries()[self._from :]
        return [f"{entry.what} {entry.number}" for entry in done if entry.kind == "command"]


@contextmanager
def phonebar() -> Iterator[Phone]:
    """A phonebar whose far ends answer at once."""
    line = Line(Simulator(QUICK))
    with Server(line, phonebook=Names()) as server:
        yield Phone(server, line)
    line.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as found:
        yield found


@pytest.fixture
def phone() -> Iterator[Phone]:
    with phonebar() as found:
        yield found


@pytest.fixture
def window(browser: Any, phone: Phone) -> Iterator[Window]:
    found = Window(browser, phone.url)
    yield found
    found.close()
    assert found.complaints == []
