"""The telephone process's side of the gate: started, listened to, ended."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import asdict

from phonebar.sip.account import Account
from phonebar.sip.ending import without_secrets
from phonebar.sip.gate import Settings, chosen, own_address

OPEN_SECONDS = 10.0
"""How long it may take to open."""
COMMAND = (sys.executable, "-m", "phonebar.sip.gate")


class GateError(OSError):
    """The gate does not open; says why."""


class Gated:
    """An open gate.

    Args:
        account: whose registrar and proxy may reach the stack.
        turned_away: takes why somebody was, `stranger` or `flood`, and the address; on a thread of
            this object's own.

    Raises:
        GateError: it does not open, as when the port is taken.
    """

    def __init__(self, account: Account, turned_away: Callable[[str, str], None]) -> None:
        self.own = own_address(account.bind, account.homes)
        """The telephone's address on the network."""
        self.inside = _inside(self.own)
        """Where the stack is to listen, on `port`."""
        self._turned_away = turned_away
        # The command is ours; what a user has chosen goes to its standard input.
        self._process = subprocess.Popen(  # noqa: S603
            COMMAND,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=without_secrets(os.environ),
        )
        self._told: queue.SimpleQueue[dict[str, object]] = queue.SimpleQueue()
        self._ended = threading.Event()
        self._reader = threading.Thread(target=self._read, name="gate", daemon=True)
        self._reader.start()
        settings = Settings(account.homes, self.own, account.port, self.inside, account.sources)
        given = {**asdict(settings), "fixed": chosen(account.bind)}
        try:
            assert self._process.stdin is not None  # noqa: S101 - for the type checker
            self._process.stdin.write(json.dumps(given).encode() + b"\n")
            self._process.stdin.flush()
            first = self._told.get(timeout=OPEN_SECONDS)
        except (OSError, queue.Empty):
            first = {}
        if "port" not in first:
            self.close()
            raise GateError(str(first.get("trouble", "the gate does not open")))
        self.port = int(str(first["port"]))
        self.route = f"<sip:127.0.0.1:{first['gate']};lr>"
        """The way out, as a loose route."""

    @property
    def ended(self) -> bool:
        """It has gone, and nothing gets through any more."""
        return self._ended.is_set()

    def no_more(self, call: str) -> None:
        """Nobody is to be invited any more to a call that has had no answer yet.

        Args:
            call: its Call-ID.
        """
        with contextlib.suppress(OSError):  # it has gone, and lets nothing through
            assert self._process.stdin is not None  # noqa: S101
            self._process.stdin.write(json.dumps({"no_more": call}).encode() + b"\n")
            self._process.stdin.flush()

    def close(self) -> None:
        """Have it leave."""
        with contextlib.suppress(OSError):
            assert self._process.stdin is not None  # noqa: S101
            self._process.stdin.close()
        self._process.kill()
        self._process.wait()
        self._reader.join()

    def _read(self) -> None:
        assert self._process.stdout is not None  # noqa: S101
        for line in self._process.stdout:
            told = json.loads(line)
            if "why" in told:
                self._turned_away(str(told["why"]), str(told["host"]))
            else:
                self._told.put(told)
        self._ended.set()
        self._told.put({})
        self._process.stdout.close()


def _inside(own: str) -> str:
    """An address on the loopback that is not the telephone's own.

    Raises:
        GateError: there is none, as on macOS for a registrar on the same machine.
    """
    found = "127.0.0.1" if own != "127.0.0.1" else "127.0.0.2"
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        try:
            one.bind((found, 0))
        except OSError as error:
            raise GateError(f"{found} cannot be used: {error.strerror}") from error
    return found
