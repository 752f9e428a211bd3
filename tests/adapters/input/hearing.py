"""A process that listens: told on its input what to do, it tells on its output what it hears.

Its lines are JSON. In: `{"claim": [...]}`, `{"crash": true}` (fail at the next press),
`{"close": true}`. Out: `{"ready": ...}`, `{"press": [key, down, at]}`, `{"claimed": [...]}`,
`{"trouble": ...}`.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tests.adapters.input.xserver import wait_for

ROOT = Path(__file__).resolve().parents[3]


class Hearing:
    """The process, as a test sees it."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.told: list[dict[str, Any]] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if line.endswith("\n"):  # else the process was killed amid it
                self.told.append(json.loads(line))

    def tell(self, **order: object) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()

    def all(self, kind: str) -> list[Any]:
        return [line[kind] for line in list(self.told) if kind in line]

    def claim(self, *keys: str) -> list[str]:
        """Claim keys; gives what another program has."""
        before = len(self.all("claimed"))
        self.tell(claim=keys)
        wait_for(lambda: len(self.all("claimed")) > before)
        return self.all("claimed")[-1]

    def presses(self) -> list[str]:
        return [key for key, down, _ in self.all("press") if down]

    def wait(self, presses: int) -> list[str]:
        wait_for(lambda: len(self.presses()) >= presses, f"{presses} were pressed: {self.told}")
        return self.presses()

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()
        self._reader.join(timeout=5)


@contextlib.contextmanager
def hearing(display: str, **options: object) -> Iterator[Hearing]:
    """A process that listens on a display."""
    environment = {k: v for k, v in os.environ.items() if k not in {"WAYLAND_DISPLAY"}}
    environment |= {"DISPLAY": display, "XDG_SESSION_TYPE": "x11"}
    with process(environment, **options) as heard:
        wait_for(lambda: heard.all("ready"), f"{heard.told}")
        yield heard


@contextlib.contextmanager
def process(environment: Mapping[str, str], **options: object) -> Iterator[Hearing]:
    with subprocess.Popen(
        [sys.executable, "-m", "tests.adapters.input.hearing", json.dumps(options)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        cwd=ROOT,
        env=environment,
    ) as started:
        heard = Hearing(started)
        try:
            yield heard
        finally:
            heard.kill()


def main() -> None:
    from adapters.input.listening import listen
    from adapters.input.press import Press
    from adapters.input.trouble import InputTrouble

    options = json.loads(sys.argv[1])
    crashing = threading.Event()
    lock = threading.Lock()

    def say(**line: object) -> None:
        with lock:
            print(json.dumps(line), flush=True)

    def on_press(press: Press) -> None:
        if crashing.is_set():
            crashing.clear()
            raise RuntimeError
        say(press=[press.key, press.down, press.at])

    try:
        wanted = {key: key for key in options.get("wanted", ["f8"])}
        listening = listen(on_press, wanted, grab=options.get("grab", False))
    except InputTrouble as trouble:
        say(trouble=type(trouble).__name__, details=[*trouble.details])
        return
    say(ready=type(listening).__name__)
    for line in sys.stdin:
        order = json.loads(line)
        if "claim" in order:
            listening.claim(order["claim"])
            say(claimed=sorted(listening.taken))
        if "let_go" in order:
            say(let_go=listening.let_go(order["let_go"]))
        if order.get("crash"):
            crashing.set()
            say(crashing=True)
        if order.get("error"):
            say(error=type(listening.error).__name__)
        if order.get("close"):
            listening.close()
            say(closed=True)
    listening.close()


if __name__ == "__main__":
    main()
