"""Screen readers are seen by their programs and by the flag that desktops set."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from adapters.feedback import screen_reader
from adapters.feedback.screen_reader import FRESH, Watch, among
from tests.desk import eventually

on_linux = pytest.mark.skipif(sys.platform != "linux", reason="Linux only")


@pytest.mark.parametrize(
    ("programs", "seen"),
    [
        (["bash", "nvda.exe"], "NVDA"),
        (["JFW.exe"], "JAWS"),
        (["Narrator.exe"], "Narrator"),
        (["VoiceOver"], "VoiceOver"),
        (["orca"], "Orca"),
        (["orca-slicer", "voiceoverd", "nvda", ""], None),
        ([], None),
    ],
)
def test_a_screen_reader_is_known_by_its_program(programs: list[str], seen: str | None) -> None:
    assert among(programs) == seen


@on_linux
def test_a_program_that_runs_is_seen_while_it_runs(tmp_path: Path) -> None:
    program = tmp_path / "orca"
    shutil.copy(shutil.which("sleep") or "", program)
    before = screen_reader.running()
    with subprocess.Popen([program, "60"]) as orca:
        eventually(lambda: screen_reader.running() == "Orca")
        orca.kill()
    assert eventually(lambda: screen_reader.running() == before or before)


def test_it_is_looked_for_no_more_often_than_every_few_seconds() -> None:
    now, looks = [0.0], [0]

    def look() -> str | None:
        looks[0] += 1
        return None if looks[0] == 1 else "NVDA"

    watch = Watch(look, lambda: now[0])
    assert [watch(), watch()] == [None, None]
    now[0] = FRESH
    assert [watch(), watch()] == ["NVDA", "NVDA"]
    assert looks == [2]


@contextmanager
def bus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A session bus of its own."""
    if shutil.which("dbus-daemon") is None:
        pytest.skip("needs dbus-daemon (Debian: apt install dbus)")
    command = ["dbus-daemon", "--session", "--nofork", "--print-address"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=tmp_path) as daemon:
        assert daemon.stdout is not None
        address = daemon.stdout.readline().strip()
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
        try:
            yield address
        finally:
            daemon.kill()


@on_linux
@pytest.mark.parametrize("enabled", [True, False])
def test_the_flag_of_the_desktop_is_seen(
    enabled: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with bus(tmp_path, monkeypatch), status(enabled):
        assert screen_reader._linux_flag() is enabled


@on_linux
def test_a_bus_without_that_service_or_no_bus_is_no_screen_reader(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with bus(tmp_path, monkeypatch):
        assert not screen_reader._linux_flag()
    assert not screen_reader._linux_flag()
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path}/nothing")
    assert not screen_reader._linux_flag()


@contextmanager
def status(enabled: bool) -> Iterator[None]:
    """What at-spi has on the session bus: org.a11y.Status."""
    from dbus_fast.aio import MessageBus
    from dbus_fast.constants import PropertyAccess
    from dbus_fast.service import ServiceInterface, dbus_property

    class Status(ServiceInterface):
        def __init__(self) -> None:
            super().__init__("org.a11y.Status")

        @dbus_property(access=PropertyAccess.READ)
        def ScreenReaderEnabled(self) -> "b":  # type: ignore[name-defined]  # noqa: F821, N802, UP037 - the bus's own names
            return enabled

    up, over = threading.Event(), threading.Event()

    async def serve() -> None:
        connection = await MessageBus().connect()
        connection.export("/org/a11y/bus", Status())
        await connection.request_name("org.a11y.Bus")
        up.set()
        await asyncio.to_thread(over.wait)
        connection.disconnect()

    thread = threading.Thread(target=asyncio.run, args=(serve(),), daemon=True)
    thread.start()
    assert up.wait(10)
    try:
        yield
    finally:
        over.set()
        thread.join(10)
