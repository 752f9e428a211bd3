"""Random commands under random faults, over real SIP: the telephone process is killed too.

The far ends are those of `tests.phonebar.sip.exchange`; what was dialled is what reached them.
"""

from __future__ import annotations

import contextlib
import os
import signal
import tempfile
import threading
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from assistant.assistant import Assistant
from assistant.build import build
from phonebar.line import Line
from phonebar.protocol import ENDED
from phonebar.server import Server
from phonebar.sip.account import Account
from phonebar.sip.backend import SipBackend
from tests.fault_judge import Report
from tests.fault_proxy import Fault
from tests.fault_run import World
from tests.phonebar.sip.exchange import Remote, exchange
from tests.phonebar.sip.phones import eventually, free_port

SCENARIO = """
[default]
after = 0.02
rings_after = 0.0
[[number]]
match = "81."
outcome = "busy"
after = 0.02
[[number]]
match = "82."
outcome = "never_answers"
rings_after = 0.0
[[number]]
match = "83."
outcome = "unknown"
after = 0.0
[[number]]
match = "84."
after = 0.05
rings_after = 0.02
"""


class SipWorld(World):
    """As `World`, with a real telephone in the phonebar and an exchange at the far end."""

    def __init__(self, seed: int, folder: Path) -> None:
        self._stack = ExitStack()
        self._ours, self._theirs = free_port(), free_port()
        self._scenario = folder / "scenario.toml"
        self._scenario.write_text(SCENARIO, encoding="utf-8")
        self._exchanges = [self._exchange()]
        self._timer = threading.Timer(0.0, self._kill)
        super().__init__(seed, folder)

    def _exchange(self) -> Remote:
        """Another exchange in the place of the one before: the calls of that are no more."""
        self._stack.close()
        return self._stack.enter_context(exchange(self._scenario, self._theirs, self._ours))

    def _assistant(self) -> Assistant:
        # What is on its way to a far end and back takes longer than on the simulator.
        where = replace(self.config.phonebar, verify_seconds=2.0, read_timeout=0.3)
        made = build(replace(self.config, phonebar=where))
        made.start()
        return made

    def _phonebar(self) -> tuple[Line, Server]:
        account = Account(
            f"127.0.0.1:{self._theirs}", "100", register=False, bind="127.0.0.1", port=self._ours
        )
        line = Line(SipBackend(account))
        self.lines.append(line)
        self._up(line)
        return line, Server(line).start()

    @staticmethod
    def _up(line: Line) -> None:
        backend = line.backend
        assert isinstance(backend, SipBackend)
        assert backend.wait(lambda standing: standing.up, 15), backend.standing

    def close(self) -> None:
        """Stop everything, and look for what was dialled and nobody asked for."""
        if self._timer.is_alive():
            self._timer.join()
        super().close()
        self._stack.close()
        asked = [
            item.number
            for line in self.lines
            for item in line.entries()
            if item.kind == "command" and item.what in {"originate", "transfer"}
        ]
        dialled = [number for far in self._exchanges for number in far.dialled]
        twice = sorted({number for number in dialled if dialled.count(number) > 1})
        self.report.wrongs += [f"twice: {number} was dialled again" for number in twice]
        never = sorted(set(dialled) - set(asked))
        self.report.wrongs += [f"wrong: {number} was dialled, unasked" for number in never]
        self._every_end_is_told()

    def restart_phonebar(self) -> None:
        """End the phonebar with its calls; another one takes its place."""
        self.server.stop()
        self.line.close()
        self._exchanges.append(self._exchange())
        self.line, self.server = self._phonebar()
        self.proxy.upstream = self.server.port

    def kill_telephone(self) -> None:
        """Kill the process that has the stack; the phonebar goes on without it for a moment."""
        backend = self.line.backend
        assert isinstance(backend, SipBackend)
        pid = backend._telephone.pid
        if pid is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, getattr(signal, "SIGKILL", signal.SIGTERM))

    def _populate(self) -> None:
        if self._timer.is_alive():
            self._timer.join()
        self._up(self.line)
        super()._populate()

    def _comes(self, number: str) -> None:
        far = self._exchanges[-1]
        far.call(number)
        eventually(
            lambda: any(
                call.number == number and call.state not in ENDED for call in self.line.calls()
            ),
            lambda: (number, self.line.calls(), far.dialled[-3:]),
        )

    def _clear(self) -> None:
        """What has ended goes by itself."""

    def _kind(self) -> str:
        kinds = ["none", *["request"] * 4, "blind", "refused", "restart", *["killed"] * 3]
        return self.random.choice(kinds)

    def _arm(self, kind: str) -> tuple[str, bool]:
        if kind != "killed":
            return super()._arm(kind)
        name = self.random.choice(["before", "after", "soon after"])
        if name == "soon after":
            self._timer = threading.Timer(self.random.uniform(0, 0.3), self._kill)
            self.proxy.arm(Fault.NONE, before=self._timer.start)
        else:
            self.proxy.arm(Fault.NONE, **{name: self._kill})
        return "the telephone is killed", False

    def _kill(self) -> None:
        backend = self.line.backend
        assert isinstance(backend, SipBackend)
        restarts = backend.standing.restarts
        self.kill_telephone()
        eventually(lambda: backend.standing.restarts > restarts)
        self._exchanges.append(self._exchange())
        self._up(self.line)

    def _every_end_is_told(self) -> None:
        """Nothing lives in a line whose telephone has gone."""
        for line in self.lines:
            for call in line.calls():
                if call.state not in ENDED:
                    self.report.wrongs.append(f"untold: {call}")


def run(commands: int, seed: int) -> Report:
    """Give `commands` random commands under random faults, and judge each."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        world = SipWorld(seed, Path(folder))
        try:
            for _ in range(commands):
                world.turn()
        finally:
            world.close()
    return world.report
