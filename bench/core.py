"""How fast the core is: from the command to the request, from the phonebar's change to the event.

    python -m bench.core [--commands 500] [--changes 20]

Prints JSON. Times are milliseconds; each comes with its peer's, measured in the same run.

command to request: `Assistant.handle` is called with a ready command ("hold" and "resume" in
turns), and the request that acts arrives at a bare socket server in another process. In between
lie the journal, the lock, a fresh look at `/api/calls`, the decision and the entry before sending.
The peers, in turns with it: one bare `requests.Session().get` of that endpoint, until it arrives
there; and two of them, a look and the acting request, which is the least that can be right.
`answered` is until `handle` returns, its effect seen; its peers are until the answer is read.

change to event: a far end calls, and a subscriber of the Assistant is told. Against the poll
period when all is quiet, against the shorter one while a call rings, and with the event stream.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import random
import statistics
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import requests

from assistant.assistant import Assistant
from assistant.build import build
from assistant.config import Config
from assistant.contract import CallEvent, Command, EventKind, Utterance
from assistant.settings import PhonebarSection
from bench.raw_phonebar import RawPhonebar
from phonebar.line import Line
from phonebar.server import Server
from phonebar.simulator import Simulator

WARM_UP = 30
PAUSE = 0.02
"""Seconds before each command: nobody gives two at once, and the last one's wake is over."""


def assistant_for(url: str, folder: str, *, events: bool = True) -> Assistant:
    """An Assistant as configured by default, at `url`."""
    config = Config(phonebar=PhonebarSection(url=url, events=events))
    journal = replace(config.journal, path=str(Path(folder) / "journal.sqlite3"))
    made = build(replace(config, journal=journal, assistant=replace(config.assistant, contacts=())))
    made.start()
    return made


def spread(seconds: list[float]) -> dict[str, float]:
    cuts = statistics.quantiles(seconds, n=100, method="inclusive")
    return {"p50": round(cuts[49] * 1000, 2), "p99": round(cuts[98] * 1000, 2)}


def ratio(ours: dict[str, float], peer: dict[str, float]) -> dict[str, float]:
    return {name: round(ours[name] / peer[name], 2) for name in ours}


def command_to_request(commands: int) -> dict[str, Any]:
    arrived: dict[str, list[float]] = {"assistant": [], "one get": [], "two gets": []}
    answered: dict[str, list[float]] = {name: [] for name in arrived}
    with RawPhonebar() as phonebar, tempfile.TemporaryDirectory() as folder:
        session = requests.Session()
        assistant = assistant_for(phonebar.url, folder)
        intents = ["hold", "resume"] * 2

        def handle() -> None:
            command = Command(intents[0])
            intents.append(intents.pop(0))
            reply = assistant.handle(Utterance("hold", command=command))
            assert reply.status == "done", reply

        def two() -> None:
            session.get(phonebar.url + "/api/calls").json()
            session.get(phonebar.url + "/api/hold/1")

        ways: dict[str, Callable[[], object]] = {
            "assistant": handle,
            "one get": lambda: session.get(phonebar.url + "/api/hold/1"),
            "two gets": two,
        }
        for turn in range(commands + WARM_UP):
            # The bare ones toggle the hold too: each in turn, twice, so that it ends as it was.
            for name, way in [(name, way) for name, way in ways.items() for _ in "ab"]:
                time.sleep(PAUSE)
                began = time.monotonic()
                way()
                ended = time.monotonic()
                arrivals = phonebar.arrivals()
                assert len(arrivals) == 1
                if turn >= WARM_UP:
                    arrived[name].append(arrivals[0] - began)
                    answered[name].append(ended - began)
        assistant.close()
    report: dict[str, Any] = {}
    for title, times in (("command to request", arrived), ("answered", answered)):
        found = {name: spread(item) for name, item in times.items()}
        ours = found["assistant"]
        ratios = {f"to {name}": ratio(ours, found[name]) for name in ("one get", "two gets")}
        report[title] = {**found, "ratio": ratios}
    return report


def serve(pipe: Connection, quirks: bool) -> None:
    """A simulated phonebar whose far ends do as the pipe says; answers when each did."""
    far = Simulator()
    line = Line(far)
    with Server(line, quirks=quirks) as server:
        pipe.send(server.url)
        while (what := pipe.recv()) != "end":
            if what == "incoming":
                far.incoming("2025550101")
            else:
                far.vanish(max(int(call.session_id) for call in line.calls()))
            pipe.send(time.monotonic())


class Listener:
    """Notes when it was told of which kind of event."""

    def __init__(self) -> None:
        self._told: dict[EventKind, float] = {}
        self._news = threading.Condition()

    def hear(self, event: CallEvent) -> None:
        """Take an event, as a subscriber."""
        with self._news:
            self._told[event.kind] = time.monotonic()
            self._news.notify_all()

    def wait(self, kind: EventKind) -> float:
        """When the next event of `kind` came (`time.monotonic`)."""
        with self._news:
            assert self._news.wait_for(lambda: kind in self._told, 30)
            return self._told.pop(kind)


def change_to_event(changes: int, *, events: bool) -> dict[str, list[float]]:
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=serve, args=(theirs, not events), daemon=True)
    process.start()
    found: dict[str, list[float]] = {"quiet": [], "ringing": []}
    with tempfile.TemporaryDirectory() as folder:
        assistant = assistant_for(ours.recv(), folder, events=events)
        ear = Listener()
        assistant.subscribe(ear.hear)
        assistant.calls()

        def play(what: str, kind: EventKind) -> float:
            # At a moment that has nothing to do with when the last look was.
            time.sleep(random.random() * assistant.config.phonebar.poll_slow)
            ours.send(what)
            changed: float = ours.recv()
            return ear.wait(kind) - changed

        for _ in range(changes):
            found["quiet"].append(play("incoming", EventKind.INCOMING))
            found["ringing"].append(play("incoming", EventKind.INCOMING))
            found["ringing"].append(play("vanish", EventKind.MISSED))
            play("vanish", EventKind.MISSED)
        assistant.close()
    ours.send("end")
    process.join(10)
    return found


def events_report(changes: int) -> dict[str, Any]:
    section = PhonebarSection()
    polled = change_to_event(changes, events=False)
    report: dict[str, Any] = {}
    for name, period in (("quiet", section.poll_slow), ("ringing", section.poll_fast)):
        report[f"polling, {name}"] = {
            **spread(polled[name]),
            "period": period * 1000,
            "p50 to period": round(statistics.median(polled[name]) / period, 2),
            "p99 to period": round(spread(polled[name])["p99"] / period / 1000, 2),
        }
    streamed = change_to_event(changes, events=True)
    report["event stream"] = spread(streamed["quiet"] + streamed["ringing"])
    return report


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--commands", type=int, default=500)
    parser.add_argument("--changes", type=int, default=20)
    options = parser.parse_args()
    report = {
        **command_to_request(options.commands),
        "change to event": events_report(options.changes),
    }
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
