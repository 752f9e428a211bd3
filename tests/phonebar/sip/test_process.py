"""The telephone process: watched, and ended where it hangs."""

from __future__ import annotations

import os
import signal
import sys
import threading
from contextlib import closing

import pytest

from phonebar.sip.account import Account, Devices
from phonebar.sip.messages import Alive, Event, Ready
from phonebar.sip.process import Telephone
from tests.phonebar.sip.phones import connect, phones

TELLS = """
import json, sys, time
def tell(**message): print(json.dumps(message), flush=True)
tell(kind="Ready", port=5060, codecs=[])
for _ in range({times}):
    time.sleep(0.25)
    tell(kind="Alive")
{then}
"""


class Watched:
    """Keeps a process that does nothing but tell; notes what becomes of it."""

    def __init__(self, times: int, then: str) -> None:
        self.told: list[Event] = []
        self.status: int | None = None
        self.dead = threading.Event()
        self.telephone = Telephone(
            Account("127.0.0.1"),
            Devices(enabled=False),
            self.told.append,
            self._died,
            (sys.executable, "-c", TELLS.format(times=times, then=then)),
            patience=2,
        )
        self.telephone.start()

    def _died(self, status: int) -> None:
        if self.status is None:
            self.status = status
            self.dead.set()

    def close(self) -> None:
        self.telephone.close()


def test_one_that_tells_nothing_any_more_is_ended() -> None:
    with closing(Watched(2, "time.sleep(600)")) as watched:
        assert watched.dead.wait(30)
        assert watched.status != 0
        assert watched.told[:3] == [Ready(5060, ()), Alive(), Alive()]


def test_one_that_shows_signs_of_life_is_left_alone() -> None:
    with closing(Watched(16, "sys.exit(7)")) as watched:
        assert watched.dead.wait(30)
        assert watched.status == 7


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="needs SIGSTOP: not on Windows")
def test_a_telephone_that_hangs_loses_its_calls_says_so_and_another_is_there() -> None:
    pytest.importorskip("pjsua2", reason="needs the sip extra: pip install phonebar-assistant[sip]")
    one_that = {"user": "100", "calls": 1, "patience": 4}
    with phones(one_that, {"user": "200", "calls": 0}) as (one, two):
        connect(one, two)
        pid = one.backend._telephone.pid
        assert pid is not None
        os.kill(pid, signal.SIGSTOP)
        one.until("released")
        assert one.reasons() == ["telephone_lost"]
        assert one.backend.wait(lambda standing: standing.up and standing.restarts == 1, 15)
        one.until()
        one.line.originate("200")
        one.until("alerting")
