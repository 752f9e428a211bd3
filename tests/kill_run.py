"""Kills the assistant in the middle of a command, starts it again, and judges what it then says."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import tempfile
import threading
import uuid
from collections import Counter
from dataclasses import replace
from pathlib import Path

from assistant.build import build
from assistant.contract import Command, Status, Utterance
from phonebar.line import Line
from phonebar.scenario import FarEnd, Scenario
from phonebar.server import Server
from phonebar.simulator import Simulator
from tests.fault_proxy import Fault, FaultProxy
from tests.fault_run import CONFIG, WHAT, Report

LONGEST = 0.12
"""Seconds after the command was given, within which the process is killed."""


def run(kills: int, seed: int) -> Report:
    """Kill `kills` assistants at random moments of a command."""
    report = Report(seed)
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        for number in range(kills):
            _kill_one(report, chance, Path(folder) / f"{number}.sqlite3")
    return report


def _kill_one(report: Report, chance: random.Random, journal: Path) -> None:
    line = Line(Simulator(Scenario(default=FarEnd(after=0.0, rings_after=0.0))))
    with Server(line) as server:
        proxy = FaultProxy(server.port, late=0.1)
        proxy.arm(chance.choice([Fault.NONE, Fault.LATE, Fault.SILENT_AFTER]))
        command = Command("call", {"target": {"number": "200"}})
        if chance.random() < 0.5:
            far = line.backend
            assert isinstance(far, Simulator)
            far.incoming("300")
            command = Command(chance.choice(["answer", "hangup"]), {})
        command_id = uuid.uuid4().hex
        _run_and_kill(proxy.url, journal, command_id, command, chance.uniform(0, LONGEST))
        proxy.settle()
        _judge(report, line, proxy.url, journal, command_id, command)
        proxy.close()
    line.close()


def _run_and_kill(url: str, journal: Path, command_id: str, command: Command, after: float) -> None:
    driver = [sys.executable, "-m", "tests.kill_driver", url, str(journal), command_id]
    with subprocess.Popen(
        [*driver, json.dumps(command.to_json())],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parent.parent,
    ) as process:
        assert process.stdin
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
        process.stdin.write("go\n")
        process.stdin.flush()
        threading.Event().wait(after)
        process.kill()


def _judge(
    report: Report, line: Line, url: str, journal: Path, command_id: str, command: Command
) -> None:
    """Start again as if nothing had been, give the same command once more, and compare."""

    def deeds() -> list[str]:
        return [entry.what for entry in line.entries() if entry.kind == "command"]

    before = deeds()
    config = replace(
        CONFIG,
        phonebar=replace(CONFIG.phonebar, url=url),
        journal=replace(CONFIG.journal, path=str(journal)),
    )
    assistant = build(config)
    assistant.start()
    entry = assistant.journal.entry(command_id)
    notices = assistant.notices()
    began = entry is not None and entry.state != "received"
    if began:
        again = Utterance("x", surface="cli", command=command, id=command_id)
        reply = assistant.handle(again)
        report.outcomes[reply.status] += 1
        done = any(what in WHAT.get(command.intent, {command.intent}) for what in before)
        if reply.status is Status.DONE and not done:
            report.wrongs.append(f"untruthful: {command} {reply} {before}")
        if reply.status in {Status.FAILED, Status.REFUSED} and before:
            report.wrongs.append(f"untruthful: {command} {reply} {before}")
    else:
        report.outcomes["never sent"] += 1
        if before:
            report.wrongs.append(f"untruthful: sent before it was written down: {command} {before}")
    assistant.close()
    if len(before) > 1 or deeds() != before:
        report.wrongs.append(f"twice: {command} {before} {deeds()} {notices}")
    report.commands += 1
    report.faults = Counter({"killed": report.commands})
