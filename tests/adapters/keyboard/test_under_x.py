"""The whole surface as a user starts it, with fingers on the keyboard of a real X server."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.adapters.input.xserver import Fingers, Window, wait_for, x_server
from tests.desk import Desk

pytest.importorskip(
    "Xlib", reason='pip install "phonebar-assistant[keyboard]"', exc_type=ImportError
)

STARTED = "The keys work: layer both"


class Running:
    """`phonebar keys`, or another command, in a process of its own."""

    def __init__(
        self, phone: Desk, display: str, folder: Path, *more: str, command: str = "keys"
    ) -> None:
        config = folder / "assistant.toml"
        with config.open("a") as file:
            file.write(f'[assistant]\ncontacts = ["{folder / "contacts.csv"}"]\n')
        self.lines: list[str] = []
        self.process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "assistant.cli",
                *("--config", str(config), "--url", phone.assistant.config.phonebar.url),
                *(command, *more),
            ],
            env={
                **os.environ,
                "DISPLAY": display,
                "WAYLAND_DISPLAY": "",
                "XDG_SESSION_TYPE": "",
                "PHONEBAR_STATE": str(folder / "state"),
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line.rstrip())

    def reads(self, text: str, times: int = 1) -> None:
        wait_for(
            lambda: sum(text in line for line in self.lines) >= times,
            f"{text!r} not in {self.lines}",
        )

    def end(self) -> int:
        self.process.send_signal(signal.SIGINT)
        code = self.process.wait(timeout=20)
        self._reader.join(timeout=20)
        return code


@contextlib.contextmanager
def running(
    phone: Desk, display: str, folder: Path, *more: str, command: str = "keys"
) -> Iterator[Running]:
    keys = Running(phone, display, folder, *more, command=command)
    try:
        yield keys
    finally:
        keys.process.kill()
        keys.process.wait()


def test_a_call_from_ringing_to_its_end_while_another_program_has_the_focus(
    phone: Desk, tmp_path: Path
) -> None:
    with x_server() as display, running(phone, display, tmp_path) as keys:
        keys.reads(STARTED)
        window, fingers = Window(display), Fingers(display)
        fingers.tap("d", "e", "a", "r")
        phone.ring("200")
        keys.reads("Sales (200) is calling.")
        fingers.tap("f8")
        keys.reads("f8 …")
        fingers.tap("a")
        keys.reads("Answered Sales (200).")
        fingers.tap("f8")
        keys.reads("f8 …", 2)
        fingers.tap("t", "2", "0", "1", "enter")
        keys.reads("Transferred Sales (200) to Technical Support (201).")
        fingers.tap("s", "i", "r")
        wait_for(lambda: len(window.presses()) >= len("dearsir"))
        assert window.presses() == list("dearsir")
        assert keys.end() == 0
        fingers.close()


def test_whoever_types_fast_dials_the_number_that_they_typed(phone: Desk, tmp_path: Path) -> None:
    """As software that types for people does: no time between the keys."""
    with x_server() as display, running(phone, display, tmp_path) as keys:
        keys.reads(STARTED)
        fingers = Fingers(display)
        fingers.tap("f8", "c", *"2001122", "backspace", "enter")
        keys.reads("Calling 200112.")
        fingers.close()


def test_surfaces_beside_each_other_tell_an_event_once(phone: Desk, tmp_path: Path) -> None:
    (tmp_path / "assistant.toml").write_text(
        '[run]\nsurfaces = ["keyboard", "switch"]\n[switch]\nlisten = "everywhere"\nkey = "f12"\n'
    )
    with x_server() as display, running(phone, display, tmp_path, command="run") as service:
        service.reads("The switch is f12")
        fingers = Fingers(display)
        call = phone.ring("200")
        service.reads("Answer Sales (200)")
        fingers.tap("f8", "a")
        service.reads("Answered Sales (200).")
        service.reads(": Hold")
        phone.far.hangup_far(call.session_id)  # type: ignore[union-attr]
        service.reads("The call with Sales (200)")
        service.reads(": Call somebody", 2)
        assert service.end() == 0
        told = [line for line in service.lines if "Sales (200)" in line and " of " not in line]
        assert [line.split("(200)")[0] for line in told] == [
            "Sales ",
            "Answered Sales ",
            "The call with Sales ",
        ]
        fingers.close()


@pytest.mark.parametrize("key", ["space", "enter"])
def test_a_key_that_would_be_the_switch_as_well_is_refused(
    phone: Desk, tmp_path: Path, key: str
) -> None:
    (tmp_path / "assistant.toml").write_text(
        '[run]\nsurfaces = ["keyboard", "switch"]\n'
        f'[switch]\nlisten = "everywhere"\nkey = "{key}"\n'
    )
    with running(phone, "", tmp_path, command="run") as service:
        service.reads(f"{key} is the switch and also one of the hotkeys")
        assert service.process.wait(timeout=20) == 1


def test_a_hotkey_that_becomes_the_switch_as_well_is_told_and_the_old_keys_still_count(
    phone: Desk, tmp_path: Path
) -> None:
    (tmp_path / "assistant.toml").write_text(
        '[run]\nsurfaces = ["keyboard", "switch"]\n[switch]\nlisten = "everywhere"\nkey = "f12"\n'
    )
    keys = tmp_path / "keys.toml"
    keys.write_text('[layers.both.keys]\nf7 = "hold"\n')
    with x_server() as display, running(phone, display, tmp_path, command="run") as service:
        service.reads("The switch is f12")
        keys.write_text('[layers.both.keys]\nf7 = "hold"\nf12 = "hang up"\n')
        service.reads("the old ones still count")
        service.reads("f12 is the switch and also one of the hotkeys")
        fingers = Fingers(display)
        phone.call("200")
        fingers.tap("f7")
        service.reads("Sales (200) is on hold.")
        fingers.close()


def test_when_the_display_is_gone_it_says_so_and_what_to_do(phone: Desk, tmp_path: Path) -> None:
    with x_server() as display, running(phone, display, tmp_path) as keys:
        keys.reads(STARTED)
        from tests.adapters.input.xserver import end_server

        end_server(display)
        keys.reads("Keys are heard no more")
        assert keys.process.wait(timeout=20) == 1


def test_without_a_display_it_says_so_and_what_to_do(phone: Desk, tmp_path: Path) -> None:
    with running(phone, "", tmp_path) as keys:
        keys.reads("no graphical session can be reached from here")
        assert keys.process.wait(timeout=20) == 1


def test_a_file_that_is_wrong_is_told_at_the_start(phone: Desk, tmp_path: Path) -> None:
    (tmp_path / "keys.toml").write_text('[layers.both.keys]\nf7 = "hodl"\n')
    with running(phone, "", tmp_path) as keys:
        keys.reads('keys.toml, line 2: "hodl" is not understood. Did you mean "hold"?')
        assert keys.process.wait(timeout=20) == 1


def test_check_prints_the_keys_of_a_layer(phone: Desk, tmp_path: Path) -> None:
    with running(phone, "", tmp_path, "--check", "--layer", "pad") as keys:
        keys.reads("f15, held: hang up")
        keys.reads("Nothing is wrong in")
        assert keys.process.wait(timeout=20) == 0
