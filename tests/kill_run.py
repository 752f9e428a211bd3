"""Kills the assistant in the middle of a command, starts it again, and judges what it then says.

The moment of the kill is one of `MOMENTS`: some are events at the phonebar's side, so that every
stage of a command is met however fast the machine is.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from assistant.build import build
from assistant.contract import Command, Utterance
from assistant.journal import RECEIVED, Journal
from phonebar.line import Line
from phonebar.scenario import FarEnd, Scenario
from phonebar.server import Server
from phonebar.simulator import Simulator
from tests.fault_judge import Case, Facts, Report, judge
from tests.fault_proxy import Fault, FaultProxy
from tests.fault_run import CONFIG, living

LONGEST = 0.1
"""Seconds from the command within which the process is killed at random; mostly early."""

LIFE = 0.6
"""Seconds from giving the command to its deadline."""

MOMENTS = {
    "at random": 4,
    "as it looks at the calls": 2,
    "as its request arrives, which is lost": 1,
    "as its request arrives": 1,
    "when its request was carried out": 2,
}
"""When it is killed, and how often in proportion."""


def run(kills: int, seed: int) -> Report:
    """Kill `kills` assistants at different moments of a command."""
    report = Report(seed)
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        for number in range(kills):
            moment = chance.choices(list(MOMENTS), list(MOMENTS.values()))[0]
            scene = _Scene(chance, Path(folder) / f"{number}.sqlite3")
            try:
                scene.kill(moment)
                outcome, wrongs = scene.restart()
            finally:
                scene.close()
            report.commands += 1
            report.outcomes[f"killed {moment}", outcome] += 1
            report.wrongs += wrongs
    return report


class _Scene:
    """A phonebar, a command to be given, and one process that will not live to finish it."""

    def __init__(self, chance: random.Random, journal: Path) -> None:
        self._chance = chance
        self._journal = journal
        self._line = Line(Simulator(Scenario(default=FarEnd(after=0.0, rings_after=0.0))))
        self._vendor = chance.random() < 0.3
        self._server = Server(self._line, quirks=self._vendor).start()
        self._proxy = FaultProxy(self._server.port, late=0.1)
        self._command = self._prepare()
        self._meant = tuple(living(self._line)) if self._command.intent != "call" else ()
        self._id = uuid.uuid4().hex
        self._began = len(self._line.entries())
        self._deadline = 0.0
        self._fault = ""

    def close(self) -> None:
        """Take it all down."""
        self._proxy.close()
        self._server.stop()
        self._line.close()

    def _prepare(self) -> Command:
        far = self._line.backend
        assert isinstance(far, Simulator)
        intent = self._chance.choice(
            ["call", "call", "answer", "hangup", "hold", "transfer", "hangup_all"]
        )
        if intent == "call":
            return Command("call", {"target": {"number": "200"}})
        far.incoming("300")
        if intent in {"hold", "transfer"}:
            self._line.answer()
        if intent == "transfer":
            return Command("transfer", {"to": {"number": "200"}})
        if intent == "hangup_all":
            far.incoming("301")
            return Command("hangup", {"which": "all"})
        return Command(intent, {})

    def kill(self, moment: str) -> None:
        """Start the process, give it the command, and kill it."""
        reached, killed = threading.Event(), threading.Event()

        def stop() -> None:
            reached.set()
            killed.wait(10)

        self._fault = f"killed {moment}"
        wait: Callable[[], object] = lambda: reached.wait(5)  # noqa: E731 - one of two
        watch: Callable[[], None] = lambda: None  # noqa: E731
        if moment == "at random":
            faults = [Fault.NONE, Fault.LATE, Fault.SILENT_AFTER]
            self._proxy.arm(self._chance.choice(faults))
            after = self._chance.uniform(0, 1) ** 3 * LONGEST
            wait = lambda: reached.wait(after)  # noqa: E731
        elif moment == "as it looks at the calls":
            watch = stop
        elif moment == "as its request arrives, which is lost":
            self._proxy.arm(Fault.RESET_BEFORE, before=stop)
        elif moment == "as its request arrives":
            self._proxy.arm(self._chance.choice([Fault.NONE, Fault.LATE]), before=stop)
        else:
            self._proxy.arm(Fault.NONE, after=stop)
        with self._driver() as process:
            assert process.stdin
            assert process.stdout
            assert process.stdout.readline() == "ready\n"
            self._deadline = time.time() + LIFE
            self._proxy.on_look = watch
            process.stdin.write(f"{self._deadline}\n")
            process.stdin.flush()
            wait()
            process.kill()
            process.wait()
            killed.set()
        self._proxy.on_look = lambda: None

    def _driver(self) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [
                *(sys.executable, "-m", "tests.kill_driver", self._proxy.url),
                *(str(self._journal), self._id, json.dumps(self._command.to_json())),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parent.parent,
        )

    def restart(self) -> tuple[str, list[str]]:
        """Start again as if nothing had been, give the same command once more, and judge."""
        if self._chance.random() < 0.5:
            self._proxy.settle()  # else the new process meets a request that is still on its way
        if self._chance.random() < 0.3:
            self._far_ends_leave()
        state = self._state()
        if state == RECEIVED:
            # Until then it might be another process's, which waits for its turn.
            threading.Event().wait(max(0.0, self._deadline - time.time()))
        config = replace(
            CONFIG,
            phonebar=replace(CONFIG.phonebar, url=self._proxy.url),
            journal=replace(CONFIG.journal, path=str(self._journal)),
        )
        assistant = build(config)
        assistant.start()
        again = Utterance(
            "x", surface="cli", command=self._command, id=self._id, deadline=self._deadline
        )
        try:
            if state is None:
                self._proxy.settle()
                actions = self._facts().actions
                wrong = [f"untruthful: {self._command} was not written down, and done: {actions}"]
                return "never begun", wrong if actions else []
            first, second = assistant.handle(again), assistant.handle(again)
        finally:
            assistant.close()
        self._proxy.settle()
        case = Case(
            self._command,
            self._meant,
            self._deadline,
            self._fault,
            first,
            second,
            unguarded=self._vendor,
            recovered=True,
        )
        return str(first.status), list(judge(case, self._facts()))

    def _state(self) -> str | None:
        """How far the command is, as the journal has it; None when it was not even entered."""
        if not self._journal.exists():
            return None
        journal = Journal(self._journal)
        entry = journal.entry(self._id)
        journal.close()
        return entry.state if entry else None

    def _far_ends_leave(self) -> None:
        """Everybody hangs up, some without a trace."""
        far = self._line.backend
        assert isinstance(far, Simulator)
        for call in self._line.calls():
            if self._chance.random() < 0.5:
                far.vanish(int(call.session_id))
            elif str(call.text("callId")) in living(self._line):
                far.hangup_far(int(call.session_id))

    def _facts(self) -> Facts:
        entries = self._line.entries(self._began)
        return Facts(
            tuple(item for item in entries if item.kind == "command"),
            tuple(item for item in entries if item.kind == "state"),
            living(self._line),
        )
