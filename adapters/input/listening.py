"""Listening to keys, buttons and switches, in the way that this system has."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Collection, Mapping
from importlib.util import find_spec
from typing import Literal

from adapters.input.claims import Claim
from adapters.input.names import JOYSTICK
from adapters.input.press import Listening, OnPress
from adapters.input.trouble import InputTrouble, NoDisplay, NotInstalled

Way = Literal["windows", "macos", "x11", "portal"]


def listen(on_press: OnPress, wanted: Mapping[str, str], *, grab: bool = False) -> Listening:
    """Listen to what is wanted, and to every other key where the system lets us.

    Args:
        on_press: is told of each press, on a thread of the listener's own; its errors are logged.
        wanted: what is bound (`f8`, `ctrl+alt+h`, `mouse_middle`, `joy_1`), each with what it does,
            in words: on Wayland the desktop shows them to the user and tells of nothing else.
        grab: whether keys that are claimed are kept from the focused program.

    Raises:
        InputTrouble: this system cannot tell of them; its message says why, and what can be done.
    """
    keys = {text: does for text, does in wanted.items() if Claim.read(text).key not in JOYSTICK}
    opened: list[Listening] = []
    try:
        if keys or not wanted:
            opened.append(_open(way(), on_press, keys, grab=grab))
        if len(keys) < len(wanted):
            from adapters.input.joystick import JoystickListening

            _needs("sdl2")
            opened.append(JoystickListening(on_press))
    except InputTrouble:
        for listening in opened:
            listening.close()
        raise
    return opened[0] if len(opened) == 1 else Together(opened)


def way() -> Way:
    """How keys are heard here.

    Raises:
        NoDisplay: there is no graphical session.
    """
    if sys.platform == "win32":
        return "windows"
    if sys.platform == "darwin":
        return "macos"
    # XWayland would let us hear the keys of old programs only, so Wayland goes first.
    if os.environ.get("WAYLAND_DISPLAY") or os.environ.get("XDG_SESSION_TYPE") == "wayland":
        return "portal"
    if os.environ.get("DISPLAY"):
        return "x11"
    raise NoDisplay(display="", why="")


def check() -> Way:
    """See whether keys could be heard, without asking the user for anything.

    Returns:
        How.

    Raises:
        InputTrouble: they could not.
    """
    how = way()
    if how == "portal":
        _needs("dbus_fast")
        from adapters.input.portal import check as check_portal

        check_portal()
    else:
        _open(how, lambda _press: None, {}, grab=True).close()
    return how


def _open(how: Way, on_press: OnPress, keys: Mapping[str, str], *, grab: bool) -> Listening:
    if how == "portal":
        _needs("dbus_fast")
        from adapters.input.portal import PortalListening

        return PortalListening(on_press, keys)
    _needs("pynput")
    if how == "x11":
        from adapters.input.x11 import X11Listening

        return X11Listening(on_press, grab=grab)
    if how == "windows":
        from adapters.input.windows import WindowsListening

        return WindowsListening(on_press, keys, grab=grab)
    from adapters.input.macos import MacListening

    return MacListening(on_press, keys, grab=grab)


def _needs(library: str) -> None:
    if find_spec(library) is None:
        raise NotInstalled(library=library)


class Together:
    """Several ways of listening as one."""

    def __init__(self, parts: Collection[Listening]) -> None:
        self._parts = tuple(parts)

    @property
    def error(self) -> Exception | None:
        """The first error of a part."""
        return next((part.error for part in self._parts if part.error is not None), None)

    @property
    def everything(self) -> bool:
        """Whether every part hears everything."""
        return all(part.everything for part in self._parts)

    @property
    def unheard(self) -> frozenset[str]:
        """What no part tells of."""
        return frozenset().union(*(part.unheard for part in self._parts))

    @property
    def taken(self) -> frozenset[str]:
        """What another program holds."""
        return frozenset().union(*(part.taken for part in self._parts))

    def claim(self, keys: Collection[str]) -> None:
        """Claim from each part what it can give."""
        self._each(lambda part: part.claim(keys))

    def let_go(self, key: str) -> bool:
        """Whether a part says that a key is up."""
        return any(part.let_go(key) for part in self._parts)

    def close(self) -> None:
        """Close every part."""
        self._each(lambda part: part.close())

    def _each(self, do: Callable[[Listening], None]) -> None:
        for part in self._parts:
            do(part)
