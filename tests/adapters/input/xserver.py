"""A real X server without a screen, a window that has the focus, and fingers on the keyboard."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest

from adapters.input.names import KEYS
from adapters.input.positions import X_BUTTONS, X_KEYCODES

CODES = {name: code for code, name in reversed(X_KEYCODES.items())}
BUTTONS = {name: button for button, name in X_BUTTONS.items()}
PATIENCE = 20.0
"""Seconds after which what is waited for will not come."""

_SERVERS: dict[str, subprocess.Popen[bytes]] = {}


def wait_for(what: Callable[[], object], why: str = "it did not come about") -> None:
    until = time.monotonic() + PATIENCE
    while not what():
        assert time.monotonic() < until, why
        time.sleep(0.002)


def needs(*programs: str) -> None:
    """Skip where a program is missing."""
    packages = {"Xvfb": "xvfb", "setxkbmap": "x11-xkb-utils", "xkbcomp": "x11-xkb-utils"}
    packages |= {"xset": "x11-xserver-utils", "dbus-daemon": "dbus"}
    for program in programs:
        if shutil.which(program) is None:
            pytest.skip(f"{program} is missing: apt install {packages.get(program, program)}")


@contextlib.contextmanager
def x_server(*options: str) -> Iterator[str]:
    """An X server of its own; gives its `DISPLAY`."""
    needs("Xvfb")
    reading, writing = os.pipe()
    command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", "640x480x24", "-nolisten", "tcp"]
    with subprocess.Popen(
        [*command, *options],
        pass_fds=(writing,),
        stderr=subprocess.DEVNULL,
    ) as server:
        os.close(writing)
        told = b""
        # Through the newline: the server dies if the pipe is closed while it still writes.
        while not told.endswith(b"\n"):
            more = os.read(reading, 64)
            assert more, "Xvfb did not start"
            told += more
        os.close(reading)
        display = f":{told.decode().strip()}"
        _SERVERS[display] = server
        try:
            yield display
        finally:
            server.terminate()


def end_server(display: str) -> None:
    """End an X server as a session that is closed does."""
    _SERVERS[display].terminate()
    _SERVERS[display].wait()


class Fingers:
    """Presses keys and buttons as a keyboard would, through XTEST."""

    def __init__(self, display: str) -> None:
        from Xlib.display import Display

        self._display = Display(display)

    def _fake(self, name: str, *, down: bool) -> None:
        from Xlib import X
        from Xlib.ext import xtest

        if name in KEYS:
            event, code = (X.KeyPress if down else X.KeyRelease), CODES[name]
        else:
            event, code = (X.ButtonPress if down else X.ButtonRelease), BUTTONS[name]
        xtest.fake_input(self._display, event, code)
        self._display.sync()

    def down(self, *names: str) -> None:
        for name in names:
            self._fake(name, down=True)

    def up(self, *names: str) -> None:
        for name in names:
            self._fake(name, down=False)

    def tap(self, *names: str) -> None:
        for name in names:
            self.down(name)
            self.up(name)

    def close(self) -> None:
        self._display.close()


class Window:
    """A window that has the focus, and notes which keys and buttons it gets."""

    def __init__(self, display: str) -> None:
        from Xlib import X
        from Xlib.display import Display

        self.got: list[tuple[str, bool]] = []
        self._display = Display(display)
        screen = self._display.screen()
        self._window = screen.root.create_window(
            0,
            0,
            640,
            480,
            0,
            screen.root_depth,
            event_mask=X.KeyPressMask
            | X.KeyReleaseMask
            | X.ButtonPressMask
            | X.ButtonReleaseMask
            | X.StructureNotifyMask,
        )
        self._window.map()
        while self._display.next_event().type != X.MapNotify:
            pass
        self._window.set_input_focus(X.RevertToParent, X.CurrentTime)
        self._display.sync()
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        from Xlib import X

        with contextlib.suppress(Exception):  # the server ends before the test does
            while True:
                event: Any = self._display.next_event()
                if event.type in {X.KeyPress, X.KeyRelease}:
                    self.got.append((X_KEYCODES[event.detail], event.type == X.KeyPress))
                elif event.type in {X.ButtonPress, X.ButtonRelease}:
                    self.got.append((X_BUTTONS[event.detail], event.type == X.ButtonPress))

    def presses(self) -> list[str]:
        return [name for name, down in self.got if down]


def run(display: str, command: Sequence[str]) -> None:
    """Run a program on that display."""
    subprocess.run(command, env={**os.environ, "DISPLAY": display}, check=True, timeout=PATIENCE)
