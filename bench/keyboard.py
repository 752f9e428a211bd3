"""What a key costs, from the press until our code has it, and until the phonebar is asked.

    python -m bench.keyboard [--presses 400]

Prints JSON, in milliseconds. Linux only: each listener is a process of its own, with an X server
(Xvfb) of its own, and XTEST presses the keys. Each time begins just before XTEST is asked to.

callback: until a callback has a key. The peer: a callback of pynput's own Listener, nothing else.
Ours is `adapters.input.listening.listen`, with the key grabbed.

request: from the last key of "F8, then H" until the request that acts has arrived at a bare
phonebar in another process. Ours is `phonebar keys`, as a user starts it. The peer: a callback of
pynput's that makes the two requests that are needed itself, a look at the calls and then the act,
and neither journals, nor understands, nor keeps anything from the focused program.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import multiprocessing
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from bench.core import spread
from bench.raw_phonebar import RawPhonebar
from tests.adapters.input.xserver import Fingers, wait_for, x_server

WARM_UP = 20
PAUSE = 0.05
"""Seconds between two keys."""


def bare(pipe: Connection, display: str, url: str) -> None:
    """A callback of pynput's, which makes two requests if it is given a phonebar."""
    os.environ["DISPLAY"] = display
    import requests
    from pynput import keyboard

    session = requests.Session()

    def on_press(key: Any) -> None:
        at = time.monotonic()
        if url and getattr(key, "char", None) == "h":
            session.get(url + "/api/calls").json()
            session.get(url + "/api/hold/1")
        pipe.send(at)

    with keyboard.Listener(on_press=on_press):
        pipe.send("ready")
        threading.Event().wait()


def ours(pipe: Connection, display: str, _url: str) -> None:
    """Our own listener, with the key grabbed."""
    os.environ |= {"DISPLAY": display, "WAYLAND_DISPLAY": "", "XDG_SESSION_TYPE": "x11"}
    from adapters.input.listening import listen
    from adapters.input.press import Press

    def on_press(press: Press) -> None:
        if press.down:
            pipe.send(time.monotonic())

    listening = listen(on_press, {"f8": "answer"}, grab=True)
    listening.claim(["f8"])
    pipe.send("ready")
    threading.Event().wait()


@contextlib.contextmanager
def listener(
    what: Callable[[Connection, str, str], None], display: str, url: str = ""
) -> Iterator[Connection]:
    """A process that listens; gives the pipe on which it tells when it was told of a key."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=what, args=(there, display, url), daemon=True)
    process.start()
    assert here.recv() == "ready"
    try:
        yield here
    finally:
        process.kill()
        process.join()


def press(fingers: Fingers, key: str, pipe: Connection) -> float:
    """Press a key; how long it took until a callback had it, in seconds."""
    began = time.monotonic()
    fingers.down(key)
    told: float = pipe.recv()
    fingers.up(key)
    return told - began


def callback(presses: int) -> dict[str, Any]:
    times: dict[str, list[float]] = {"pynput": [], "ours": []}
    with contextlib.ExitStack() as stack:
        ways = {}
        for name, what in (("pynput", bare), ("ours", ours)):
            display = stack.enter_context(x_server())
            pipe = stack.enter_context(listener(what, display))
            ways[name] = (Fingers(display), pipe)
        for turn in range(presses + WARM_UP):
            for name, (fingers, pipe) in ways.items():
                time.sleep(PAUSE)
                took = press(fingers, "f8", pipe)
                if turn >= WARM_UP:
                    times[name].append(took)
    return compared(times, "pynput", "ours")


@contextlib.contextmanager
def phonebar_keys(display: str, url: str) -> Iterator[list[str]]:
    """`phonebar keys` on a display; gives the lines that it prints."""
    lines: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            **{k: v for k, v in os.environ.items() if k != "WAYLAND_DISPLAY"},
            "DISPLAY": display,
            "XDG_SESSION_TYPE": "x11",
            "PHONEBAR_STATE": folder,
            "PHONEBAR_URL": url,
            "PHONEBAR_ASSISTANT_CONTACTS": "",
            "PYTHONUNBUFFERED": "1",
        }
        with subprocess.Popen(
            [sys.executable, "-m", "assistant.cli", "keys"],
            stdout=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            text=True,
            env=environment,
            cwd=Path(__file__).parent.parent,
        ) as process:

            def read() -> None:
                assert process.stdout is not None
                lines.extend(process.stdout)

            reader = threading.Thread(target=read, daemon=True)
            reader.start()
            try:
                wait_for(lambda: lines, "`phonebar keys` says nothing")
                yield lines
            finally:
                process.terminate()
                reader.join(5)


def request(presses: int) -> dict[str, Any]:
    times: dict[str, list[float]] = {"pynput, two requests": [], "ours": []}
    with contextlib.ExitStack() as stack:
        theirs, mine = stack.enter_context(RawPhonebar()), stack.enter_context(RawPhonebar())
        one, other = stack.enter_context(x_server()), stack.enter_context(x_server())
        pipe = stack.enter_context(listener(bare, one, theirs.url))
        said = stack.enter_context(phonebar_keys(other, mine.url))
        fingers, ours_fingers = Fingers(one), Fingers(other)
        for turn in range(presses + WARM_UP):
            time.sleep(PAUSE)
            began = time.monotonic()
            press(fingers, "h", pipe)
            (arrived,) = theirs.arrivals()
            before = len(said)
            ours_fingers.tap("f8")
            time.sleep(PAUSE)
            ours_began = time.monotonic()
            ours_fingers.tap("h")
            # Two lines: that a sequence has begun, and what came of it.
            enough = before + 2
            wait_for(lambda: len(said) >= enough, "nothing was answered")  # noqa: B023
            found = mine.arrivals()
            assert len(found) == 1, said[before:]
            if turn >= WARM_UP:
                times["pynput, two requests"].append(arrived - began)
                times["ours"].append(found[0] - ours_began)
    return compared(times, "pynput, two requests", "ours")


def compared(times: dict[str, list[float]], peer: str, mine: str) -> dict[str, Any]:
    found = {name: spread(item) for name, item in times.items()}
    more = {name: round(found[mine][name] - found[peer][name], 2) for name in found[mine]}
    return {**found, "more than the peer": more}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--presses", type=int, default=400)
    parser.add_argument("--only", choices=["callback", "request"])
    asked = parser.parse_args()
    for name, measure in (("callback", callback), ("request", request)):
        if asked.only in {None, name}:
            print(json.dumps({name: measure(asked.presses)}, indent=2))


if __name__ == "__main__":
    main()
