"""A simulated telephone whose time stands still until a test moves it, and a server before it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests

from phonebar.clock import ManualClock
from phonebar.line import Line
from phonebar.server import Server
from phonebar.simulator import Simulator


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def far() -> Simulator:
    return Simulator()


@pytest.fixture
def line(far: Simulator, clock: ManualClock) -> Line:
    return Line(far, clock=clock)


@pytest.fixture
def server(line: Line) -> Iterator[Server]:
    with Server(line, heartbeat=0.05) as running:
        yield running


class Http:
    """A client of one server that shows what came back as plain values."""

    def __init__(self, server: Server) -> None:
        self.url = server.url
        self.session = requests.Session()
        self.session.trust_env = False

    def get(self, path: str, **headers: str) -> requests.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.session.get(self.url + path, headers=named, timeout=10)

    def post(self, path: str, body: object = None, **headers: str) -> requests.Response:
        token = self.get("/ext/v1/session").json()["token"]
        named = {"X-Phonebar-Token": token}
        named |= {name.replace("_", "-"): value for name, value in headers.items()}
        return self.session.post(
            f"{self.url}/ext/v1/{path}",
            json={} if body is None else body,
            headers=named,
            timeout=10,
        )

    def states(self) -> list[tuple[int, int]]:
        return [(call["sessionId"], call["stateId"]) for call in self.get("/api/calls").json()]


@pytest.fixture
def http(server: Server) -> Iterator[Http]:
    client = Http(server)
    yield client
    client.session.close()
