"""Whether a screen reader runs, so that our speech can leave it the word.

Windows: the flag SPI_GETSCREENREADER, which NVDA and JAWS set, and the names of processes, because
Narrator does not (learn.microsoft.com, SystemParametersInfo). Linux: ScreenReaderEnabled of
org.a11y.Status on the session bus, which desktops set for Orca. Everywhere the names of processes.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable

NAMES = {
    "nvda.exe": "NVDA",
    "jfw.exe": "JAWS",
    "narrator.exe": "Narrator",
    "dolphinscreenreader.exe": "Dolphin",
    "snova.exe": "SuperNova",
    "voiceover": "VoiceOver",
    "orca": "Orca",
}
"""Screen readers by the names of their programs, in small letters."""
FRESH = 3.0
"""Seconds for which an answer counts."""
BUS_WAIT = 1.0
"""Seconds that the session bus may take to answer."""


def running() -> str | None:
    """The screen reader that runs now, by its name or by the flag that is set; else None."""
    named = among(_programs())
    if named:
        return named
    flags = {
        "win32": (_windows_flag, "SPI_GETSCREENREADER"),
        "linux": (_linux_flag, "ScreenReaderEnabled"),
    }
    flagged = flags.get(sys.platform)
    return flagged[1] if flagged is not None and flagged[0]() else None


def among(programs: Iterable[str]) -> str | None:
    """The first screen reader among the names of programs, or None."""
    return next((NAMES[name.lower()] for name in programs if name.lower() in NAMES), None)


class Watch:
    """Asks for the screen reader no more often than every few seconds.

    Args:
        look: finds out; takes some milliseconds.
        clock: in seconds.
    """

    def __init__(
        self,
        look: Callable[[], str | None] = running,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._look, self._clock = look, clock
        self._seen: str | None = None
        self._until = float("-inf")

    def __call__(self) -> str | None:
        """The screen reader that runs, or None."""
        if self._clock() >= self._until:
            self._seen = self._look()
            self._until = self._clock() + FRESH
        return self._seen


def _programs() -> list[str]:
    try:
        import psutil
    except ImportError:
        return []
    return [process.info["name"] or "" for process in psutil.process_iter(["name"])]


def _windows_flag() -> bool:
    if sys.platform != "win32":
        return False
    import ctypes

    spi_getscreenreader = 0x0046
    on = ctypes.c_int(0)
    ctypes.windll.user32.SystemParametersInfoW(spi_getscreenreader, 0, ctypes.byref(on), 0)
    return bool(on.value)


def _linux_flag() -> bool:
    try:
        import dbus_fast  # noqa: F401 - whether it is installed
    except ImportError:
        return False
    import asyncio

    try:
        return asyncio.run(asyncio.wait_for(_asked_on_the_bus(), BUS_WAIT))
    except Exception:  # noqa: BLE001 - no bus, no such service, an error as the answer: no flag
        return False


async def _asked_on_the_bus() -> bool:
    from dbus_fast import BusType, Message
    from dbus_fast.aio import MessageBus

    bus = await MessageBus(bus_type=BusType.SESSION).connect()
    try:
        asked = Message(
            destination="org.a11y.Bus",
            path="/org/a11y/bus",
            interface="org.freedesktop.DBus.Properties",
            member="Get",
            signature="ss",
            body=["org.a11y.Status", "ScreenReaderEnabled"],
        )
        answer = await bus.call(asked)
        return bool(answer.body[0].value)
    finally:
        bus.disconnect()
