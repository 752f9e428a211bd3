"""Whether the screen is locked, as logind tells: then what is typed is a password, and no command.

X tells of keys also while a lock screen has them. GNOME, KDE, Xfce and `xss-lock` tell logind; a
locker that tells nobody cannot be seen.

Source: `org.freedesktop.login1(5)`; the session `auto` is the caller's own, or the user's on the
display.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from adapters.input.names import KEYS

if TYPE_CHECKING:
    from dbus_fast import Message
    from dbus_fast.aio import MessageBus

_log = logging.getLogger(__name__)

_PROPERTIES = "org.freedesktop.DBus.Properties"
_LOGIND = "org.freedesktop.login1"
_SESSION = "org.freedesktop.login1.Session"
_AUTO = "/org/freedesktop/login1/session/auto"
_SECONDS = 5.0
"""How long the bus may take to answer."""

TYPED = KEYS - {
    *(f"f{n}" for n in range(13, 25)),
    *(name for name in KEYS if name.startswith(("media_", "headset_", "volume_"))),
}
"""Keys of an ordinary keyboard. Pedals, headsets and joysticks go on behind a lock screen: a call
may well come in there."""


class Lock:
    """Watches logind until it is closed; where there is none, nothing is ever locked."""

    def __init__(self) -> None:
        self.locked = False
        """Whether the screen is locked."""
        self._loop = asyncio.new_event_loop()
        self._look = asyncio.Event()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="screen-lock", daemon=True)
        if find_spec("dbus_fast") is not None:
            self._thread.start()

    def mutes(self, key: str) -> bool:
        """Whether a key is typed at a lock screen just now."""
        return self.locked and key in TYPED

    def close(self) -> None:
        """Watch no more."""
        self._closed = True
        if self._thread.is_alive():
            with contextlib.suppress(RuntimeError):  # it has just ended
                self._loop.call_soon_threadsafe(self._look.set)
            self._thread.join(timeout=2)

    def _run(self) -> None:
        try:
            self._loop.run_until_complete(self._watch())
        except Exception as error:  # noqa: BLE001 - no bus, no logind: each in its own way
            _log.debug("logind does not tell of the screen's lock: %s", error)
        finally:
            self.locked = False
            self._loop.close()

    async def _watch(self) -> None:
        from dbus_fast import BusType
        from dbus_fast.aio import MessageBus

        bus = await MessageBus(bus_type=BusType.SYSTEM).connect()
        try:
            bus.add_message_handler(self._told)
            rule = f"type='signal',interface='{_PROPERTIES}',arg0='{_SESSION}'"
            bus_name = "org.freedesktop.DBus"
            await _ask(bus, bus_name, "/org/freedesktop/DBus", bus_name, "AddMatch", rule)
            gone = asyncio.ensure_future(bus.wait_for_disconnect())  # type: ignore[no-untyped-call]
            # How it ended is of no use, but asyncio complains if nobody asks.
            gone.add_done_callback(lambda end: end.cancelled() or end.exception())
            while not (self._closed or gone.done()):
                self._look.clear()
                (hint,) = await _ask(
                    bus, _LOGIND, _AUTO, _PROPERTIES, "Get", _SESSION, "LockedHint"
                )
                self.locked = bool(hint.value)
                look = asyncio.ensure_future(self._look.wait())
                await asyncio.wait({gone, look}, return_when=asyncio.FIRST_COMPLETED)
                look.cancel()
        finally:
            bus.disconnect()

    def _told(self, message: Message) -> None:
        if message.member == "PropertiesChanged":
            self._look.set()


async def _ask(
    bus: MessageBus, name: str, path: str, interface: str, member: str, *words: str
) -> list[Any]:
    from dbus_fast import Message, MessageType

    asked = Message(name, path, interface, member, signature="s" * len(words), body=[*words])
    answer = await asyncio.wait_for(bus.call(asked), _SECONDS)
    if answer.message_type is MessageType.ERROR:
        raise OSError(f"{member}: {answer.body}")
    return list(answer.body)
