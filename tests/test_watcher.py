"""The watcher: one poll for everybody, lost and found told once, nobody delayed by another."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from assistant.contract import CallEvent
from assistant.phonebar import Phonebar, PhonebarError
from assistant.tracker import Tracker
from assistant.watcher import Watcher
from phonebar.line import Line
from phonebar.protocol import Call
from phonebar.server import Server
from phonebar.simulator import Simulator
from tests.desk import QUICK, eventually


class Counting(Phonebar):
    """A client that counts its looks."""

    looks = 0

    def calls(self) -> tuple[Call, ...]:
        self.looks += 1
        return super().calls()


@pytest.fixture
def line() -> Iterator[Line]:
    made = Line(Simulator(QUICK))
    yield made
    made.close()


@pytest.fixture
def server(line: Line) -> Iterator[Server]:
    with Server(line) as running:
        yield running


def watching(server: Server, *, events: bool) -> tuple[Watcher, Counting, list[CallEvent]]:
    client = Counting(server.url)
    watcher = Watcher(client, Tracker(), fast=0.02, slow=0.05, events=events)
    told: list[CallEvent] = []
    watcher.subscribe(told.append)
    watcher.start()
    eventually(lambda: client.looks > 0)
    return watcher, client, told


def kinds(told: list[CallEvent]) -> list[str]:
    return [str(event.kind) for event in told]


@pytest.mark.parametrize("events", [False, True])
def test_a_calls_life_is_told_by_polling_and_by_the_event_stream(
    server: Server, line: Line, events: bool
) -> None:
    watcher, _, told = watching(server, events=events)
    line.backend.incoming("200")  # type: ignore[attr-defined]
    eventually(lambda: kinds(told) == ["incoming"])
    line.answer(1)
    eventually(lambda: kinds(told) == ["incoming", "connected"])
    line.hold_toggle(1)
    eventually(lambda: kinds(told)[2:] == ["held"])
    line.hangup(1)
    eventually(lambda: kinds(told)[3:] == ["ended"])
    watcher.stop()


def test_with_the_event_stream_polling_all_but_stops(server: Server, line: Line) -> None:
    watcher, client, told = watching(server, events=True)
    eventually(lambda: watcher._stream is not None)
    gate = threading.Event()
    line.backend.incoming("200")  # type: ignore[attr-defined]
    eventually(lambda: kinds(told) == ["incoming"])
    before = client.looks
    gate.wait(0.5)
    assert client.looks - before <= 2
    watcher.stop()


def test_many_subscribers_share_one_poll(server: Server) -> None:
    watcher, client, _ = watching(server, events=False)
    for _ in range(50):
        watcher.subscribe(lambda _event: None)
    before, start = client.looks, time.monotonic()
    threading.Event().wait(0.5)
    assert client.looks - before <= (time.monotonic() - start) / 0.05 + 2
    watcher.stop()


def test_a_slow_or_failing_subscriber_delays_nobody(server: Server, line: Line) -> None:
    watcher, _, told = watching(server, events=False)
    stuck = threading.Event()

    def fail(_event: CallEvent) -> None:
        raise RuntimeError("broken subscriber")

    watcher.subscribe(lambda _event: stuck.wait(30) and None)
    watcher.subscribe(fail)
    for turn in range(1, 4):
        line.backend.incoming("200")  # type: ignore[attr-defined]
        eventually(lambda turn=turn: kinds(told).count("incoming") == turn)
        line.hangup(1)
        eventually(
            lambda turn=turn: kinds(told).count("ended") + kinds(told).count("missed") == turn
        )
    stuck.set()
    watcher.stop()


def test_lost_and_found_again_are_told_once_each(line: Line) -> None:
    server = Server(line).start()
    watcher, client, told = watching(server, events=False)
    server.stop()
    eventually(lambda: kinds(told) == ["phonebar_lost"])
    before = client.looks
    eventually(lambda: client.looks > before + 2)
    again = Server(line, port=server.port).start()
    eventually(lambda: kinds(told) == ["phonebar_lost", "phonebar_back"])
    watcher.stop()
    again.stop()


def test_it_looks_ever_more_rarely_when_the_phonebar_is_gone() -> None:
    client = Counting("http://127.0.0.1:9")
    watcher = Watcher(client, Tracker(), fast=0.02, slow=0.05)
    delays = []
    for _ in range(12):
        with pytest.raises(PhonebarError):
            watcher.refresh()
        delays.append(watcher._delay())
    assert delays == sorted(delays)
    assert delays[-1] == 15.0


def test_it_looks_faster_while_a_command_is_under_way_or_a_call_moves(
    server: Server, line: Line
) -> None:
    watcher = Watcher(Phonebar(server.url), Tracker(), fast=0.02, slow=5.0)
    watcher.refresh()
    assert watcher._delay() == 5.0
    with watcher.hurry():
        assert watcher._delay() == 0.02
    line.backend.incoming("200")  # type: ignore[attr-defined]
    watcher.refresh()
    assert watcher._delay() == 0.02


def test_a_subscriber_that_left_hears_nothing_more(server: Server, line: Line) -> None:
    watcher, _, told = watching(server, events=False)
    heard: list[CallEvent] = []
    watcher.subscribe(heard.append).close()
    line.backend.incoming("200")  # type: ignore[attr-defined]
    eventually(lambda: kinds(told) == ["incoming"])
    assert heard == []
    watcher.stop()
