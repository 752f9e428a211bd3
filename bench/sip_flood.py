"""A flood of calls, and messages as no telephone sends them, at a telephone that has a call.

    python -m bench.sip_flood [--rate 200] [--seconds 30] [--messages 5000] [--no-gate]

First that many INVITEs a second, each with its CANCEL, by SIPp (Debian: sip-tester), then messages
of the corpus with random bytes changed. All the while the API is asked what calls there are; after
each, whether the call that was up is still up, and whether a call that is meant comes in. Prints
what became of it; the exit status is 1 if anything was lost.
"""

from __future__ import annotations

import argparse
import http.client
import random
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path

import psutil

from phonebar.server import Server
from tests.phonebar.sip.phones import Phone, connect, phones
from tests.phonebar.sip.raw import raw
from tests.phonebar.sip.test_door import flood
from tests.phonebar.sip.torture import CORPUS, at


class Asking:
    """Asks the API for the calls, over and over."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        self._over = threading.Event()
        self.took: list[float] = []
        self.failed = 0
        self._thread = threading.Thread(target=self._ask, daemon=True)
        self._thread.start()

    def _ask(self) -> None:
        while not self._over.wait(0.05):
            began = time.perf_counter()
            try:
                self._connection.request("GET", "/api/calls")
                self._connection.getresponse().read()
            except (OSError, http.client.HTTPException):
                self.failed += 1
                self._connection.close()
            else:
                self.took.append(1000 * (time.perf_counter() - began))

    def close(self) -> None:
        """Ask no more."""
        self._over.set()
        self._thread.join()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rate", type=int, default=200)
    parser.add_argument("--seconds", type=int, default=30)
    parser.add_argument("--messages", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--no-gate", action="store_true", help="as with TCP, or gate = false")
    options = parser.parse_args()
    ours = {"user": "100", "calls": 1, "gate": not options.no_gate}
    accounts = ours, {"user": "200", "calls": 0}
    good = True
    with phones(*accounts) as (one, two), Server(one.line) as server:
        connect(one, two)
        pid = one.backend._telephone.pid
        assert pid is not None
        stack = psutil.Process(pid)
        gates = stack.children()

        def flooded() -> None:
            with tempfile.TemporaryDirectory() as folder:
                flood(Path(folder), one.backend.standing.port, options.rate, options.seconds)

        for name, act in (
            (f"{options.rate} INVITE and CANCEL a second, {options.seconds} s", flooded),
            (f"{options.messages} malformed messages", lambda: throw(one, options)),
        ):
            asking, before = Asking(server.port), [cpu(each) for each in (stack, *gates)]
            began = time.monotonic()
            act()
            seconds = time.monotonic() - began
            asking.close()
            shares = [
                f"{100 * (cpu(each) - was) / seconds:.0f} %"
                for each, was in zip((stack, *gates), before, strict=True)
            ]
            print(f"\n{name}: {seconds:.1f} s")
            times = statistics.quantiles(asking.took, n=100)
            print(f"  the API: {len(asking.took)} answers, {asking.failed} failures,", end=" ")
            print(f"p50 {times[49]:.1f} ms, p99 {times[98]:.1f} ms, max {max(asking.took):.1f} ms")
            print(f"  CPU of stack and gate: {', '.join(shares)}; {stack.num_fds()} descriptors")
            lives = one.backend.standing.restarts == 0 and "active" in (
                one.states()[0],
                two.states()[0],
            )
            comes = came_in(one)
            good = good and lives and comes and not asking.failed
            print(f"  the call that was up {'is up' if lives else 'WAS LOST'};", end=" ")
            print(f"a call that is meant {'comes in' if comes else 'DOES NOT COME IN'}")
    sys.exit(0 if good else 1)


def throw(phone: Phone, options: argparse.Namespace) -> None:
    """Send mutated messages, some 500 a second."""
    chance = random.Random(options.seed)
    corpus = sorted(CORPUS.values(), key=len)[:-2]
    port = phone.backend.standing.port
    with raw(port) as far:
        here = int(far.here.partition(":")[2])
        for number in range(options.messages):
            data = bytearray(chance.choice(corpus))
            for _ in range(chance.randint(0, 4)):
                place, length = chance.randint(0, len(data)), chance.randint(0, 12)
                data[place : place + length] = chance.randbytes(chance.randint(0, 12))
            far.send(at(bytes(data), "127.0.0.1", port, here, number))
            time.sleep(0.002)


def came_in(phone: Phone) -> bool:
    """Whether somebody who calls again and again gets through within 15 seconds; declined then."""
    known = {call.extra["callId"] for call in phone.calls}
    until = time.monotonic() + 15
    with raw(phone.backend.standing.port) as far:
        while time.monotonic() < until:
            for call in phone.calls:
                if call.extra["state"] == "incoming":
                    phone.line.reject(int(call.session_id))
            if any(c.number == "900" and c.extra["callId"] not in known for c in phone.calls):
                return True
            far.invite()
            time.sleep(0.5)
    return False


def cpu(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


if __name__ == "__main__":
    main()
