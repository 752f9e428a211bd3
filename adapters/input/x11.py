"""Keys and mouse buttons of an X server, heard and, if asked for, kept for ourselves."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Collection
from typing import TYPE_CHECKING

from adapters.input.beginning import begin
from adapters.input.lock import Lock
from adapters.input.positions import X_KEYCODES
from adapters.input.press import OnPress
from adapters.input.relay import Relay
from adapters.input.trouble import InputTrouble, Lost, NoDisplay, NoRecord

if TYPE_CHECKING:
    from Xlib.display import Display

    from adapters.input.x11_grab import X11Grab


class X11Listening:
    """Listens to the X server of `DISPLAY`."""

    def __init__(self, on_press: OnPress, *, grab: bool) -> None:
        """Begin to listen.

        Args:
            on_press: is told of each press.
            grab: whether what is claimed is kept from the focused program.

        Raises:
            NoDisplay: no X server can be reached.
            NoRecord: it lets nobody listen.
            NotReady: it did not begin to tell in time.
        """
        self._asking = _connected()
        from adapters.input.x11_grab import X11Grab
        from adapters.input.x11_record import RecordListener

        self._closed = False
        self._relay = Relay(on_press)
        self._lock = Lock()
        self._listener = RecordListener(self._put)
        self._grab: X11Grab | None = None
        self._taken: frozenset[str] = frozenset()
        try:
            begin(self._listener)
            self._grab = X11Grab() if grab else None
        except Exception:
            self._asking.close()
            self._lock.close()
            self._relay.close()
            raise

    def _put(self, key: str, down: bool) -> None:
        if not (down and self._lock.mutes(key)):
            self._relay.put(key, down)

    @property
    def error(self) -> InputTrouble | None:
        """Why nothing is heard any more."""
        return None if self._closed or self._listener.is_alive() else Lost()

    @property
    def everything(self) -> bool:
        """Every key is heard."""
        return True

    @property
    def unheard(self) -> frozenset[str]:
        """Nothing: X has every key."""
        return frozenset()

    @property
    def taken(self) -> frozenset[str]:
        """What was claimed and is held by another program."""
        return self._taken

    def claim(self, keys: Collection[str]) -> None:
        """Keep these keys from the focused program, and no others."""
        if self._grab is not None:
            self._taken = self._grab.claim(keys)

    def let_go(self, key: str) -> bool:
        """Whether the X server has a key up; of buttons it is not asked."""
        from Xlib.error import ConnectionClosedError

        codes = [code for code, name in X_KEYCODES.items() if name == key]
        if not codes:
            return False
        if self._lock.mutes(key):
            return True
        try:
            keymap = self._asking.query_keymap()
        except (ConnectionClosedError, OSError):  # the server has gone, and every key with it
            return True
        return not any(keymap[code // 8] >> (code % 8) & 1 for code in codes)

    def close(self) -> None:
        """Listen no more, and let go of every key."""
        self._closed = True
        if self._grab is not None:
            self._grab.close()
        from Xlib.error import ConnectionClosedError

        with contextlib.suppress(ConnectionClosedError, OSError):  # the server may have gone
            if self._listener.is_alive():
                self._listener.stop()
            self._asking.close()
        self._lock.close()
        self._relay.close()


def _connected() -> Display:
    """A connection to an X server that has RECORD, to ask it things.

    Importing pynput without a server raises, and with one that lacks RECORD it waits for ever.
    """
    from Xlib.display import Display
    from Xlib.error import DisplayError, XauthError

    try:
        display = Display()
    except (DisplayError, XauthError, OSError) as error:
        raise NoDisplay(display=os.environ.get("DISPLAY", ""), why=str(error)) from error
    if not display.has_extension("RECORD"):
        display.close()
        raise NoRecord(display=os.environ.get("DISPLAY", ""))
    return display
