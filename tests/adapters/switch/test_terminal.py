"""The terminal as the switch: presses without releases, and a real terminal."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.switch.terminal import Unreleased
from phonebar.line import Line
from phonebar.server import Server
from phonebar.simulator import Simulator
from tests.adapters.input.xserver import Fingers, Window, wait_for, x_server
from tests.desk import QUICK, eventually

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")


@given(st.lists(st.floats(0.0, 3.0), max_size=30), st.sampled_from([0.1, 0.7]))
def test_a_press_is_told_once_however_often_it_repeats(gaps: list[float], gap: float) -> None:
    unreleased, now, expected, down = Unreleased(gap), 10.0, 0, False
    for number, after in enumerate(gaps):
        earlier, now = now, now + after
        new = number == 0 or now - earlier >= gap
        expected += new
        told = unreleased.key("space", now)
        assert [press.down for press in told] == ([False] * down + [True] if new else [])
        assert all(press.at <= now for press in told)
        down = True


def test_each_key_repeats_by_itself() -> None:
    unreleased = Unreleased(0.7)
    told = [unreleased.key(key, at) for key, at in (("space", 0.0), ("enter", 0.1), ("space", 0.2))]
    assert [[press.key for press in some] for some in told] == [["space"], ["enter"], []]


@pytest.fixture
def line() -> Iterator[Line]:
    made = Line(Simulator(QUICK))
    yield made
    made.close()


@pytest.fixture
def environment(line: Line, tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment of a switch of its own, at a phonebar of its own."""
    file = tmp_path / "assistant.toml"
    file.write_text('[assistant]\ncontacts = []\n[sound]\nspeech = "off"\nearcons = []\n')
    with Server(line) as server:
        yield {**os.environ, "PHONEBAR_URL": server.url, "PHONEBAR_CONFIG": str(file)}


class Terminal:
    """A person's terminal with `phonebar switch` in it."""

    def __init__(self, environment: dict[str, str], *options: str) -> None:
        import pty

        self._master, self.slave = pty.openpty()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "assistant.cli", "switch", *options],
            stdin=self.slave,
            stdout=self.slave,
            stderr=self.slave,
            env=environment,
            start_new_session=True,
        )
        self._raw = b""
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        while True:
            try:
                self._raw += os.read(self._master, 4096)
            except OSError:
                return

    @property
    def lines(self) -> list[str]:
        return [line for line in self._raw.decode(errors="ignore").splitlines() if line]

    def wait(self, text: str) -> None:
        """Wait until the latest line begins so."""
        eventually(lambda: self.lines and self.lines[-1].startswith(text), 20.0)

    def saw(self, text: str) -> bool:
        return any(line.startswith(text) for line in self.lines)

    def type(self, text: str) -> None:
        os.write(self._master, text.encode())

    def close(self) -> None:
        os.close(self._master)
        os.close(self.slave)


@contextmanager
def terminal(environment: dict[str, str], *options: str) -> Iterator[Terminal]:
    made = Terminal(environment, *options)
    try:
        yield made
    finally:
        made.process.kill()
        made.process.wait()
        made.close()


def states(line: Line) -> set[str]:
    return {call.state.name for call in line.calls() if call.state is not None}


@POSIX
def test_a_call_is_answered_and_hung_up_with_the_space_bar_of_a_terminal(
    environment: dict[str, str], line: Line
) -> None:
    import termios

    with terminal(environment, "--step", "1.5") as tty:
        before = termios.tcgetattr(tty.slave)
        tty.wait("1 of 2: Call somebody")
        assert isinstance(line.backend, Simulator)
        line.backend.incoming("200")
        tty.wait("1 of 5: Answer 200")
        tty.type(" ")
        tty.wait("1 of 5: Hold")
        assert states(line) == {"ACTIVE"}
        tty.wait("2 of 5: Hang up")
        tty.type(" ")
        tty.wait("3 of 3: Yes")
        tty.type(" ")
        eventually(lambda: tty.saw("Hung up 200."))
        assert "ACTIVE" not in states(line)
        tty.type("\x03")
        assert tty.process.wait(10) == 0
        # Nothing but lines: no colour, no cursor movement.
        assert not any("\x1b" in text for text in tty.lines)
        assert termios.tcgetattr(tty.slave)[3] == before[3]


@POSIX
def test_a_held_key_is_one_press(environment: dict[str, str], line: Line) -> None:
    with Path(environment["PHONEBAR_CONFIG"]).open("a") as file:
        file.write("[switch]\nloops = 1\nrepeat = 2.0\n")
    with terminal(environment, "--step", "1") as tty:
        tty.wait("1 of 2: Call somebody")
        assert isinstance(line.backend, Simulator)
        line.backend.incoming("200")
        tty.wait("1 of 5: Answer 200")
        # As a keyboard repeats: after half a second first, then some thirty times a second.
        pause = threading.Event()
        tty.type(" ")
        pause.wait(0.5)
        for _ in range(60):
            tty.type(" ")
            pause.wait(0.03)
        eventually(lambda: tty.saw("The scan is paused."), 20.0)
        assert [line for line in tty.lines if re.match(r"(Answered|Hold|.* is on hold)", line)] == [
            "Answered 200."
        ]
        assert states(line) == {"ACTIVE"}


@POSIX
def test_two_keys_of_a_terminal_are_two_switches(environment: dict[str, str], line: Line) -> None:
    with terminal(environment, "--method", "two") as tty:
        tty.wait("1 of 2: Call somebody")
        tty.type("\r")
        tty.wait("2 of 2: More")
        tty.type(" ")
        tty.wait("1 of 6: Hear the last answer again")


def test_without_a_terminal_it_says_what_to_do(environment: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "assistant.cli", "switch"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        env=environment,
        timeout=30,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("Error: The switch is the keyboard of the terminal")


@POSIX
def test_a_method_that_needs_releases_is_refused_on_a_terminal(environment: dict[str, str]) -> None:
    with terminal(environment, "--method", "inverse") as tty:
        assert tty.process.wait(20) == 1
        eventually(lambda: tty.saw("Error: The method"))


@pytest.mark.skipif(sys.platform != "linux", reason="X11 is Linux's")
def test_any_key_of_the_desktop_can_be_the_switch_and_is_kept_from_the_focused_window(
    environment: dict[str, str], line: Line
) -> None:
    pytest.importorskip("Xlib", reason="pip install 'phonebar-assistant[keyboard]'")
    with x_server() as display:
        window, fingers = Window(display), Fingers(display)
        here = {**environment, "DISPLAY": display}
        here.pop("WAYLAND_DISPLAY", None)
        here.pop("XDG_SESSION_TYPE", None)
        options = ("--listen", "everywhere", "--key", "f12", "--method", "step")
        with terminal(here, *options) as tty:
            tty.wait("1 of 2: Call somebody")
            assert isinstance(line.backend, Simulator)
            line.backend.incoming("200")
            tty.wait("1 of 5: Answer 200")
            fingers.tap("f12")
            tty.wait("2 of 5: Decline")
            # A second tap must wait for the release time, and the list comes round again.
            for label in ("3 of 5", "4 of 5", "5 of 5", "1 of 5"):
                until = time.monotonic() + 0.35
                wait_for(lambda until=until: time.monotonic() > until)
                fingers.tap("f12")
                tty.wait(label)
            until = time.monotonic() + 0.35
            wait_for(lambda until=until: time.monotonic() > until)
            fingers.down("f12")
            eventually(lambda: tty.saw("Answered 200."), 20.0)
            fingers.up("f12")
            fingers.tap("a")
            wait_for(lambda: ("a", False) in window.got)
            assert {key for key, _ in window.got} == {"a"}
            assert states(line) == {"ACTIVE"}
        fingers.close()
