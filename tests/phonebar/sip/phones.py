"""Telephones for tests: real SIP stacks on loopback, each a line of its own."""

from __future__ import annotations

import contextlib
import itertools
import os
import random
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import Any

from phonebar.line import Line
from phonebar.protocol import Call
from phonebar.sip.account import Account
from phonebar.sip.backend import SipBackend
from phonebar.sip.process import PATIENCE as TELEPHONES
from phonebar.sip.process import Telephone

PATIENCE = 15.0
LOWEST, EACH, WORKERS = 12_000, 1_000, 20
"""The ports of each process that tests; those from 32768 on are the system's."""


def _ports() -> Iterator[int]:
    """Ports that the system gives to nobody by itself, each again only after all others.

    A telephone that has just been ended may still be talked to: its port must not be a new one's.
    """
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % WORKERS
    # Every second one: baresip takes the next for TLS.
    mine = range(LOWEST + worker * EACH, LOWEST + (worker + 1) * EACH, 2)
    first = random.randrange(len(mine))
    yield from itertools.cycle([*mine[first:], *mine[:first]])


_PORTS = _ports()


def free_port() -> int:
    """A port that is free now, for UDP and for TCP: some listen on both."""
    for port in _PORTS:
        with (
            socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams,
            socket.socket(socket.AF_INET, socket.SOCK_STREAM) as stream,
            contextlib.suppress(OSError),
        ):
            datagrams.bind(("127.0.0.1", port))
            stream.bind(("127.0.0.1", port))
            return port
    raise AssertionError("the ports never end")


def eventually(met: Callable[[], object], what: Callable[[], object] = lambda: "") -> None:
    """Wait until a condition holds."""
    until = time.monotonic() + PATIENCE
    while not met():
        assert time.monotonic() < until, what()
        time.sleep(0.005)


class Phone:
    """A line whose far ends are real."""

    def __init__(self, account: Account, patience: int = TELEPHONES) -> None:
        self.backend = SipBackend(account, telephone=partial(Telephone, patience=patience))
        self.line = Line(self.backend)

    def up(self) -> Phone:
        """Wait until its stack is."""
        assert self.backend.wait(lambda standing: standing.up, PATIENCE), self.backend.standing
        return self

    @property
    def calls(self) -> tuple[Call, ...]:
        return self.line.calls()

    def states(self) -> list[str]:
        """The state of each call, in order."""
        return [call.state.name.lower() for call in self.calls if call.state is not None]

    def talks_to(self) -> list[str]:
        """The numbers of its active calls."""
        return [call.number for call in self.calls if call.extra["state"] == "active"]

    def reasons(self) -> list[str | None]:
        return [call.extra["reason"] for call in self.calls]

    def until(self, *states: str) -> None:
        """Wait until its calls are in these states."""
        eventually(lambda: self.states() == list(states), lambda: (self.states(), states))

    def close(self) -> None:
        self.line.close()


def connect(one: Phone, two: Phone, number: str = "200") -> None:
    """Have `one` dial, `two` ring and answer, until both talk.

    Args:
        one: has no call.
        two: has none, and is reached at `number`.
        number: what is dialled.
    """
    one.line.originate(number)
    two.until("incoming")
    one.until("alerting")
    two.line.answer()
    one.until("active")
    two.until("active")


@contextmanager
def phones(*accounts: dict[str, Any]) -> Iterator[list[Phone]]:
    """Telephones on loopback that register nowhere.

    Args:
        accounts: what is special about each; `calls` names the place of the one that its numbers
            are dialled at, `patience` is that with its process.
    """
    ports = [free_port() for _ in accounts]
    with ExitStack() as stack:
        found = []
        for port, wanted in zip(ports, accounts, strict=True):
            given = {"user": "100", "register": False, "bind": "127.0.0.1", "port": port, **wanted}
            there = given.pop("calls", None)
            if there is not None:
                given["domain"] = f"127.0.0.1:{ports[there]}"
            patience = given.pop("patience", TELEPHONES)
            phone = Phone(Account(**given), patience)
            stack.callback(phone.close)
            found.append(phone)
        yield [phone.up() for phone in found]
