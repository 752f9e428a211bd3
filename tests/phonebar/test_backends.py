"""One scenario, two backends: of real calls the assistant tells what it tells of simulated ones."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import groupby
from pathlib import Path

import pytest

pytest.importorskip("pjsua2", reason="needs the sip extra: pip install phonebar-assistant[sip]")

from assistant.build import build
from assistant.contract import CallEvent, LiveCall, Utterance
from assistant.settings import PolicySection
from phonebar.line import Line
from phonebar.protocol import ENDED
from phonebar.scenario import load
from phonebar.server import Server
from phonebar.simulator import Simulator
from phonebar.sip.account import Account
from phonebar.sip.backend import SipBackend
from tests.desk import configured, eventually
from tests.phonebar.sip.exchange import exchange
from tests.phonebar.sip.phones import free_port

SCENARIO = """
latency = 0.1
ends_after = 0.05
transfer_after = 0.1

[default]
outcome = "answers"
rings_after = 0.1
after = 0.4

[[number]]
match = "301"
outcome = "busy"

[[number]]
match = "302"
outcome = "rejects"
after = 0.4

[[number]]
match = "303"
outcome = "unknown"

[[number]]
match = "304"
outcome = "never_answers"

[[number]]
match = "205"
after = 0.2
hangs_up_after = 0.3
"""

TOGETHER = {"held": "swap", "resumed": "swap", "released": "end", "ended": "end"}
"""Kinds of events that one deed brings about for two calls."""

STORIES = {
    "a call, held, resumed and ended": [
        ("call 201", ["201 active"]),
        ("hold", ["201 holding"]),
        ("resume", ["201 active"]),
        ("hang up", []),
    ],
    "numbers that cannot be had": [
        ("call 301", []),
        ("call 302", []),
        ("call 303", []),
    ],
    "a call that we give up, and one that the far end ends": [
        ("call 304", ["304 alerting"]),
        ("hang up", []),
        ("call 205", []),
    ],
    "a call in, answered; one declined": [
        ("+5550111", ["5550111 incoming"]),
        ("answer", ["5550111 active"]),
        ("hang up", []),
        ("+5550112", ["5550112 incoming"]),
        ("hang up", []),
    ],
    "a second call, taken, and all three together": [
        ("call 201", ["201 active"]),
        ("+5550111", ["201 active", "5550111 incoming"]),
        ("answer", ["201 holding", "5550111 active"]),
        ("swap", ["201 active", "5550111 holding"]),
        ("conference", ["201 active", "5550111 active"]),
        ("hang up all calls", []),
    ],
    "blind transfers: one that fails, one that succeeds": [
        ("call 201", ["201 active"]),
        ("transfer to 303", ["201 active"]),
        ("transfer to 202", []),
    ],
    "an attended transfer": [
        ("call 201", ["201 active"]),
        ("call 202", ["201 holding", "202 active"]),
        ("connect the two calls", []),
    ],
}

Comes = Callable[[str], None]


@contextmanager
def simulated(scenario: Path) -> Iterator[tuple[Line, Comes]]:
    far = Simulator(load(scenario))
    line = Line(far)
    yield line, lambda number: (far.incoming(number), None)[1]
    line.close()


@contextmanager
def over_sip(scenario: Path) -> Iterator[tuple[Line, Comes]]:
    ours, theirs = free_port(), free_port()
    with ExitStack() as stack:
        far = stack.enter_context(exchange(scenario, theirs, ours))
        domain = f"127.0.0.1:{theirs}"
        backend = SipBackend(
            Account(user="100", domain=domain, register=False, bind="127.0.0.1", port=ours)
        )
        line = Line(backend)
        stack.callback(line.close)
        assert backend.wait(lambda standing: standing.up, 15)
        yield line, far.call


def told(line: Line, comes: Comes, folder: Path, steps: list[tuple[str, list[str]]]) -> list[str]:
    """What the assistant answers and tells while these things are said and happen."""
    folder.mkdir()
    with Server(line) as server:
        assistant = build(configured(folder, server.url, PolicySection(confirm=())))
        events: list[CallEvent] = []
        replies: list[str] = []
        assistant.subscribe(events.append, "local", "cli")
        assistant.start()
        try:
            for said, then in steps:
                if said.startswith("+"):
                    comes(said[1:])
                else:
                    reply = assistant.handle(Utterance(said, surface="cli"))
                    replies.append(f"{said}: {reply.status}")
                eventually(lambda then=then: states(assistant.calls()) == then)
                assistant.watcher.drain()
        finally:
            assistant.close()
    happened = [f"{event.kind} {event.call.number if event.call else ''}" for event in events]
    # What happens together is seen in any order: one look at the calls may fall between.
    runs = groupby(happened, key=lambda line: TOGETHER.get(line.partition(" ")[0], line))
    return [*replies, *(line for _, lines in runs for line in sorted(lines))]


def states(calls: Iterable[LiveCall]) -> list[str]:
    """The live calls, each with its state, in order."""
    return [
        f"{call.number} {call.state.name.lower()}"
        for call in calls
        if call.state is not None and call.state not in ENDED
    ]


@pytest.mark.parametrize("story", STORIES)
def test_the_same_is_told_of_real_calls_as_of_simulated_ones(story: str, tmp_path: Path) -> None:
    scenario = tmp_path / "scenario.toml"
    scenario.write_text(SCENARIO)
    with simulated(scenario) as (line, comes):
        expected = told(line, comes, tmp_path / "simulated", STORIES[story])
    with over_sip(scenario) as (line, comes):
        found = told(line, comes, tmp_path / "sip", STORIES[story])
    assert found == expected
