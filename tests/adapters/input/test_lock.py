"""The lock of the screen: a logind of our own, on a bus of its own."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Iterator

import pytest

from adapters.input.names import KEYS
from tests.adapters.input.hearing import hearing
from tests.adapters.input.xserver import Fingers, wait_for, x_server

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="logind is Linux's")
pytest.importorskip("dbus_fast", reason="pip install 'phonebar-assistant[keyboard]'")

from dbus_fast import PropertyAccess  # noqa: E402
from dbus_fast.aio import MessageBus  # noqa: E402
from dbus_fast.service import ServiceInterface, dbus_property  # noqa: E402

from adapters.input.lock import TYPED, Lock  # noqa: E402
from tests.adapters.input.portal import session_bus  # noqa: E402


class _Session(ServiceInterface):
    def __init__(self) -> None:
        super().__init__("org.freedesktop.login1.Session")
        self.locked = False

    @dbus_property(access=PropertyAccess.READ, name="LockedHint")
    def locked_hint(self) -> "b":  # type: ignore[name-defined]  # noqa: UP037, F821 - D-Bus's type
        return self.locked


class Logind:
    """What the desktop tells of its lock."""

    def __init__(self, address: str) -> None:
        self._session = _Session()
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, daemon=True).start()
        asyncio.run_coroutine_threadsafe(self._start(address), self._loop).result(10)

    async def _start(self, address: str) -> None:
        self._bus = await MessageBus(bus_address=address).connect()
        self._bus.export("/org/freedesktop/login1/session/auto", self._session)
        await self._bus.request_name("org.freedesktop.login1")

    def lock(self, locked: bool) -> None:
        async def tell() -> None:
            self._session.locked = locked
            self._session.emit_properties_changed({"LockedHint": locked})

        asyncio.run_coroutine_threadsafe(tell(), self._loop).result(10)

    def stop(self) -> None:
        async def leave() -> None:
            self._bus.disconnect()

        asyncio.run_coroutine_threadsafe(leave(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)


@pytest.fixture
def logind(monkeypatch: pytest.MonkeyPatch) -> Iterator[Logind]:
    with session_bus() as address:
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", address)
        made = Logind(address)
        yield made
        made.stop()


def test_while_the_screen_is_locked_what_is_typed_counts_for_nothing(logind: Logind) -> None:
    lock = Lock()
    assert not lock.mutes("a")
    logind.lock(True)
    wait_for(lambda: lock.mutes("a"))
    assert lock.mutes("f8")
    assert not lock.mutes("f13"), "a pedal is no keyboard"
    assert not lock.mutes("headset_hook")
    assert not lock.mutes("joy_1")
    for locked in (False, True, False):
        logind.lock(locked)
        wait_for(lambda locked=locked: lock.mutes("a") is locked)  # type: ignore[misc]
    lock.close()


def test_a_lock_that_was_there_before_is_seen(logind: Logind) -> None:
    logind.lock(True)
    lock = Lock()
    wait_for(lambda: lock.locked)
    lock.close()
    assert not lock.locked


def test_without_a_bus_nothing_is_locked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nowhere")
    lock = Lock()
    wait_for(lambda: not lock._thread.is_alive())
    assert not lock.mutes("a")
    lock.close()


def test_everything_on_a_keyboard_that_writes_is_muted() -> None:
    assert {"a", "0", "space", "enter", "f8", "kp_1", "shift_l"} <= TYPED < KEYS


def test_under_x_a_password_is_no_command(logind: Logind) -> None:
    with x_server() as display, hearing(display) as heard:
        fingers = Fingers(display)
        logind.lock(True)

        def muted() -> bool:
            before = len(heard.all("let_go"))
            fingers.down("b")
            heard.tell(let_go="b")
            wait_for(lambda: len(heard.all("let_go")) > before)
            fingers.up("b")
            return bool(heard.all("let_go")[-1])

        wait_for(muted)
        before = heard.presses().count("a")
        fingers.tap("a", "f13")
        wait_for(lambda: "f13" in heard.presses())
        assert heard.presses().count("a") == before
        logind.lock(False)
        wait_for(lambda: not muted())
        fingers.tap("a")
        wait_for(lambda: "a" in heard.presses())
        fingers.close()
