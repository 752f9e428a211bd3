"""Real calls: how long from command to INVITE and from answer to event, and what 500 calls leave.

    python -m bench.sip [--rounds 100] [--calls 500]

Speed: our phonebar over HTTP (GET /api/originate, the events of /ext/v1/events) against pjsua2
alone in a process of its own, both calling the same peer, in turns in the same run. Milliseconds,
and the ratio of ours to the bare one.

Leaks: that many calls in a row, then a quarter as many four at a time; memory, file descriptors and
threads of the telephone process and of the server, at the beginning, half-way and at the end.
"""

from __future__ import annotations

import argparse
import http.client
import json
import multiprocessing
import os
import statistics
import threading
import time
from multiprocessing.connection import Connection
from typing import Any

import psutil

from bench.sip_peer import Peer
from phonebar.line import Line
from phonebar.protocol import ENDED, CallState
from phonebar.server import Server
from phonebar.sip.account import Account
from phonebar.sip.backend import SipBackend


class Ours:
    """The phonebar with its SIP backend, through HTTP only."""

    def __init__(self, peer: Peer, *, watch: bool = True) -> None:
        self.peer = peer
        self.backend = SipBackend(
            Account(user="100", domain=f"127.0.0.1:{peer.port}", register=False, bind="127.0.0.1")
        )
        self.line = Line(self.backend)
        self.server = Server(self.line)
        self.server.start()
        assert self.backend.wait(lambda standing: standing.up, 15)
        self._connection = http.client.HTTPConnection("127.0.0.1", self.server.port)
        self._seen: dict[int, float] = {}
        self._changed = threading.Condition()
        if watch:
            threading.Thread(target=self._watch, daemon=True).start()

    def close(self) -> None:
        """End everything."""
        self.server.stop()
        self.line.close()

    def get(self, path: str) -> Any:
        """Ask the API."""
        self._connection.request("GET", path, headers={"Host": f"127.0.0.1:{self.server.port}"})
        return json.loads(self._connection.getresponse().read())

    def originate(self, number: str) -> float:
        """Dial; when it was asked."""
        with self._changed:
            self._seen.clear()
        started = time.perf_counter()
        self.get(f"/api/originate/{number}")
        return started

    def until(self, state: int) -> float:
        """When the events first had a call in that state."""
        with self._changed:
            assert self._changed.wait_for(lambda: state in self._seen, 10), state
            return self._seen[state]

    def end(self) -> None:
        """Hang up, and wait until that is done."""
        self.line.hangup_all()
        until = time.monotonic() + 10
        while any(call.state not in ENDED for call in self.line.calls()):
            assert time.monotonic() < until
            time.sleep(0.002)

    def _watch(self) -> None:
        stream = http.client.HTTPConnection("127.0.0.1", self.server.port)
        stream.request("GET", "/ext/v1/events")
        for line in stream.getresponse():
            if line.startswith(b"data:"):
                now = time.perf_counter()
                with self._changed:
                    for call in json.loads(line[5:])["calls"]:
                        self._seen.setdefault(int(call["stateId"]), now)
                    self._changed.notify_all()


def bare(pipe: Connection, port: int) -> None:
    """pjsua2 alone: dials when told, and tells when its callback had which state."""
    # It prints before it can be told not to.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    import pjsua2 as pj

    endpoint = pj.Endpoint()
    endpoint.libCreate()
    config = pj.EpConfig()
    config.logConfig.level = config.logConfig.consoleLevel = 0
    config.uaConfig.threadCnt = 0
    config.uaConfig.mainThreadOnly = True
    config.medConfig.sndAutoCloseTime = -1
    endpoint.libInit(config)
    transport = pj.TransportConfig()
    transport.boundAddress = "127.0.0.1"
    endpoint.transportCreate(pj.PJSIP_TRANSPORT_UDP, transport)
    endpoint.libStart()
    endpoint.audDevManager().setNullDev()
    account = pj.Account()
    settings = pj.AccountConfig()
    settings.idUri = "sip:100@127.0.0.1"
    account.create(settings)

    class Call(pj.Call):  # type: ignore[misc]
        over = False

        def onCallState(self, _param: Any) -> None:  # noqa: N802
            state = self.getInfo().state
            pipe.send((int(state), time.perf_counter()))
            self.over = state == pj.PJSIP_INV_STATE_DISCONNECTED

    calls: list[Call] = []
    while True:
        endpoint.libHandleEvents(1)
        calls = [call for call in calls if not call.over]
        if not pipe.poll():
            continue
        if pipe.recv() == "dial":
            call = Call(account)
            calls.append(call)
            started = time.perf_counter()
            call.makeCall(f"sip:200@127.0.0.1:{port}", pj.CallOpParam(True))
            pipe.send(("dialled", started))
        else:
            endpoint.hangupAllCalls()


class Bare:
    """The other end of `bare`'s pipe."""

    def __init__(self, peer: Peer) -> None:
        self.peer = peer
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=bare, args=(theirs, peer.port), daemon=True)
        self._process.start()

    def close(self) -> None:
        """End the process."""
        self._process.kill()

    def originate(self, _number: str) -> float:
        """Dial; when makeCall was about to be called."""
        self._pipe.send("dial")
        return self.until("dialled")

    def until(self, state: int | str) -> float:
        """When it had that state."""
        while True:
            assert self._pipe.poll(10), state
            found, at = self._pipe.recv()
            if found == state:
                return float(at)

    def end(self) -> None:
        """Hang up, and wait until that is done."""
        self._pipe.send("end")
        self.until(6)


GAP = 0.25
"""Seconds between two calls: our telephone does not dial more than five a second for long."""
ALERTING, ACTIVE = int(CallState.ALERTING), int(CallState.ACTIVE)
EARLY, CONFIRMED = 3, 5
"""Of PJSIP."""


def one_round(side: Ours | Bare, states: tuple[int, int]) -> tuple[float, float, float]:
    """Seconds: command to INVITE, 180 to ringing, 200 to connected."""
    peer = side.peer
    count = peer.count
    started = side.originate("200")
    call = peer.next_call(count + 1)
    rang = peer.reply(call, "180 Ringing")
    ringing = side.until(states[0])
    answered = peer.reply(call, "200 OK")
    connected = side.until(states[1])
    side.end()
    return call.arrived - started, ringing - rang, connected - answered


def speed(rounds: int) -> None:
    one, two = Peer(), Peer()
    ours, alone = Ours(one), Bare(two)
    found: dict[str, list[tuple[float, float, float]]] = {"ours": [], "alone": []}
    for number in range(rounds + 5):
        for name, side, states in (
            ("ours", ours, (ALERTING, ACTIVE)),
            ("alone", alone, (EARLY, CONFIRMED)),
        ):
            time.sleep(GAP)
            times = one_round(side, states)
            if number >= 5:
                found[name].append(times)
    ours.close()
    alone.close()
    print(f"{rounds} calls each, milliseconds, p50 and p99: ours, pjsua2 alone, ratio")
    for place, what in enumerate(
        ("command to INVITE", "180 to ringing event", "200 to connected event")
    ):
        mine, theirs = ([item[place] * 1000 for item in found[name]] for name in ("ours", "alone"))
        for name, at in (("p50", 50), ("p99", 99)):
            a, b = (statistics.quantiles(side, n=100)[at - 1] for side in (mine, theirs))
            print(f"{what:24} {name}  {a:7.2f}  {b:7.2f}  {a / b:6.2f}")


def leaks(calls: int) -> None:
    peer = Peer(answers=True)
    ours = Ours(peer, watch=False)
    pid = ours.backend._telephone.pid
    assert pid is not None
    processes = {"telephone": psutil.Process(pid), "server": psutil.Process()}

    def shown(when: str) -> None:
        for name, process in processes.items():
            with process.oneshot():
                print(
                    f"{when:28} {name:10} {process.memory_info().rss / 1e6:7.1f} MB  "
                    f"{process.num_fds() if hasattr(process, 'num_fds') else 0:4} descriptors  "
                    f"{process.num_threads():3} threads"
                )

    def active(count: int) -> None:
        until = time.monotonic() + 15
        while sum(call.state_id == ACTIVE for call in ours.line.calls()) != count:
            assert time.monotonic() < until, [call.to_json() for call in ours.line.calls()]
            time.sleep(0.002)

    started = time.monotonic()
    for number in range(calls):
        ours.get("/api/originate/200")
        active(1)
        ours.end()
        if number + 1 in {20, calls // 2, calls}:
            shown(f"after {number + 1} calls in a row")
    for number in range(calls // 4):
        for place in range(4):
            ours.get(f"/api/originate/20{place}")
            active(1)  # the one before it is held
        ours.end()
        if number + 1 in {5, calls // 4}:
            shown(f"after {number + 1} times four")
    ended = {call.extra.get("reason") for call in ours.line.calls()}
    print(
        f"{peer.count} calls in {time.monotonic() - started:.0f} s, "
        f"restarts {ours.backend.standing.restarts}, last reasons {sorted(map(str, ended))}"
    )
    ours.close()
    peer.close()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--calls", type=int, default=500)
    given = parser.parse_args()
    if given.rounds:
        speed(given.rounds)
    if given.calls:
        leaks(given.calls)


if __name__ == "__main__":
    main()
