"""What a user waits for and what the service costs: start-up, and the processor when all is quiet.

    python -m bench.service [--runs 20] [--seconds 10]

Prints JSON. Start-up is the wall time of a whole process, milliseconds, the median of all runs and
the best one; the commands take turns, and the peer is `python -c "import requests"`. `phonebar do`
asks to hold a call when there is none, with the service up and without it; a command that is not
there yet, or ends with wrong usage, is left out.

The processor's time is user and system time of the process over the seconds, as a share of one
core, from /proc, so on Linux only: `phonebar run` with nothing going on, by the event stream of our
own server and by polling a phonebar that has none. The peer is a bare loop that does
`requests.Session().get` and reads the JSON once in the same poll period.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import requests

from assistant.settings import PhonebarSection

PHONEBAR = [sys.executable, "-m", "assistant.cli"]
IMPORT = [sys.executable, "-c", "import requests"]
WRONG_USAGE = 2
TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100

LOOP = """
import sys, time, requests
session = requests.Session()
while True:
    session.get(sys.argv[1] + "/api/calls", timeout=3).json()
    time.sleep(float(sys.argv[2]))
"""


def phonebar_command() -> list[str]:
    """The installed `phonebar` beside this Python, else the module."""
    script = Path(sys.executable).parent / "phonebar"
    return [str(script)] if script.exists() else PHONEBAR


def environment(url: str, state: str, *, events: bool = True) -> dict[str, str]:
    return {
        **os.environ,
        "PHONEBAR_URL": url,
        "PHONEBAR_STATE": state,
        "PHONEBAR_PHONEBAR_EVENTS": "true" if events else "false",
    }


@contextlib.contextmanager
def running(command: list[str], ready: str, env: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    """The process, once it has printed a line with `ready`."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=env) as process:
        try:
            if ready:
                assert process.stdout
                assert any(ready in line for line in process.stdout), command
            yield process
        finally:
            process.terminate()


@contextlib.contextmanager
def a_phonebar(state: str, *options: str) -> Iterator[str]:
    """The address of `phonebar serve` on a free port."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [*phonebar_command(), "serve", "--port", str(port), *options]
    with running(command, "listening", environment("", state)):
        yield f"http://127.0.0.1:{port}"


def timed(command: list[str], env: dict[str, str]) -> tuple[float, int]:
    began = time.perf_counter()
    status = subprocess.run(command, env=env, capture_output=True, check=False).returncode
    return time.perf_counter() - began, status


def start_up(runs: int) -> dict[str, Any]:
    phonebar = phonebar_command()
    commands = {
        "import requests": IMPORT,
        "phonebar --help": [*phonebar, "--help"],
        "phonebar parse hold": [*phonebar, "parse", "hold"],
        "phonebar do hold": [*phonebar, "do", "hold"],
    }
    times: dict[str, list[float]] = {}
    statuses: dict[str, int] = {}

    def go(name: str, command: list[str], env: dict[str, str]) -> None:
        seconds, status = timed(command, env)
        statuses[name] = status
        if status not in {1, WRONG_USAGE}:
            times.setdefault(name, []).append(seconds)

    with tempfile.TemporaryDirectory() as state, a_phonebar(state) as url:
        env = environment(url, state)
        for command in commands.values():  # so that every module is compiled and in memory
            timed(command, env)
        for _ in range(runs):
            for name, command in commands.items():
                go(name, command, env)
        with running([*phonebar, "run"], "is up", env):
            for _ in range(runs):
                go("import requests", IMPORT, env)
                go("phonebar do hold, service up", commands["phonebar do hold"], env)
    peer = statistics.median(times["import requests"])
    return {
        name: {
            "median": round(statistics.median(found) * 1000),
            "best": round(min(found) * 1000),
            "ratio": round(statistics.median(found) / peer, 2),
            "exit": statuses[name],
        }
        for name, found in times.items()
    }


def share(process: subprocess.Popen[str], seconds: float) -> dict[str, float]:
    """The share of a core that the process takes, and the memory that it has."""

    def used() -> float:
        fields = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS  # utime and stime; see proc(5)

    time.sleep(3)  # starting is not being idle
    before, began = used(), time.monotonic()
    time.sleep(seconds)
    spent = (used() - before) / (time.monotonic() - began)
    status = Path(f"/proc/{process.pid}/status").read_text()
    kilobytes = next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS"))
    return {"percent of a core": round(spent * 100, 2), "megabytes": round(int(kilobytes) / 1000)}


def idle(seconds: float) -> dict[str, Any]:
    if not Path("/proc/self/stat").exists():
        return {"skipped": "this system has no /proc"}
    found: dict[str, Any] = {}
    period = PhonebarSection().poll_slow
    service = [*phonebar_command(), "run"]
    with tempfile.TemporaryDirectory() as state:
        with (
            a_phonebar(state) as url,
            running(service, "is up", environment(url, state)) as process,
        ):
            found["phonebar run, event stream"] = share(process, seconds)
        with a_phonebar(state, "--quirks") as url:
            with running(service, "is up", environment(url, state)) as process:
                found["phonebar run, polling"] = share(process, seconds)
            requests.get(url + "/api/calls", timeout=3)
            loop = [sys.executable, "-c", LOOP, url, str(period)]
            with running(loop, "", environment(url, state)) as process:
                found["bare loop of requests.get"] = share(process, seconds)
    return {"poll period, s": period, **found}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=10.0)
    options = parser.parse_args()
    report = {"start-up, ms": start_up(options.runs), "idle": idle(options.seconds)}
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
