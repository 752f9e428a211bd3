"""Keys and mouse buttons of Windows, through pynput's low-level hooks.

Nothing is left to pynput's own callbacks: its filter is asked at each press, before anybody, and
that is where a press is taken and, if it is claimed, swallowed.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Collection, Mapping
from typing import Any, Protocol

from adapters.input.beginning import begin
from adapters.input.claims import Claim
from adapters.input.hooks import Hooks
from adapters.input.names import BUTTONS
from adapters.input.positions import WINDOWS_SCAN_CODES, WINDOWS_VIRTUAL_KEYS, windows_key
from adapters.input.press import OnPress

_DOWN = frozenset({0x0100, 0x0104})  # WM_KEYDOWN, WM_SYSKEYDOWN
_EXTENDED = 0x01  # LLKHF_EXTENDED
_READ_OBJECTS = 0x0001  # DESKTOP_READOBJECTS
_TO_VIRTUAL = 3  # MAPVK_VSC_TO_VK_EX

_BUTTONS: Mapping[int, tuple[str, bool]] = {
    0x0201: ("mouse_left", True),  # WM_LBUTTONDOWN and so on
    0x0202: ("mouse_left", False),
    0x0204: ("mouse_right", True),
    0x0205: ("mouse_right", False),
    0x0207: ("mouse_middle", True),
    0x0208: ("mouse_middle", False),
}
_X_BUTTONS = {0x020B: True, 0x020C: False}  # WM_XBUTTONDOWN, WM_XBUTTONUP
_X_NAMES = {1: "mouse_back", 2: "mouse_forward"}

_KNOWN = frozenset([*WINDOWS_SCAN_CODES.values(), *WINDOWS_VIRTUAL_KEYS.values()]) | BUTTONS


class KeyData(Protocol):
    """A `KBDLLHOOKSTRUCT`."""

    vkCode: int  # noqa: N815
    scanCode: int  # noqa: N815
    flags: int


class MouseData(Protocol):
    """An `MSLLHOOKSTRUCT`."""

    mouseData: int  # noqa: N815


def key_event(message: int, data: KeyData) -> tuple[str, bool] | None:
    """Which key a hook tells of, and whether it went down."""
    name = windows_key(data.scanCode, data.vkCode, extended=bool(data.flags & _EXTENDED))
    return None if name is None else (name, message in _DOWN)


def mouse_event(message: int, data: MouseData) -> tuple[str, bool] | None:
    """Which button a hook tells of, and whether it went down; None for moves and the wheel."""
    if message in _X_BUTTONS:
        name = _X_NAMES.get(data.mouseData >> 16)
        return None if name is None else (name, _X_BUTTONS[message])
    return _BUTTONS.get(message)


def desktop_gone() -> bool:
    """Whether keys go to a desktop that we may not see: the lock screen, or a question of Windows.

    Source: `OpenInputDesktop` of winuser.h, which fails then.
    """
    user32 = ctypes.WinDLL("user32")  # type: ignore[attr-defined]  # there only on Windows
    user32.OpenInputDesktop.restype = ctypes.c_void_p
    desktop = user32.OpenInputDesktop(0, False, _READ_OBJECTS)
    if not desktop:
        return True
    user32.CloseDesktop(ctypes.c_void_p(desktop))
    return False


def key_is_up(key: str) -> bool:
    """Whether Windows has a key up; False for what it cannot be asked of.

    Source: `MapVirtualKeyW` and `GetAsyncKeyState` of winuser.h.
    """
    user32 = ctypes.WinDLL("user32")  # type: ignore[attr-defined]  # there only on Windows
    codes = [user32.MapVirtualKeyW(scan, _TO_VIRTUAL) for scan in scan_codes(key)]
    codes = [code for code in codes if code]
    return bool(codes) and not any(user32.GetAsyncKeyState(code) & 0x8000 for code in codes)


def scan_codes(key: str) -> list[int]:
    """Where a key is, as `MapVirtualKeyW` takes it: an extended one has 0xE0 before it."""
    return [scan for scan, name in WINDOWS_SCAN_CODES.items() if name == key]


class WindowsListening(Hooks):
    """Listens to this Windows session."""

    def __init__(self, on_press: OnPress, wanted: Collection[str], *, grab: bool) -> None:
        """Begin to listen.

        Args:
            on_press: is told of each press.
            wanted: what is bound. There is a hook for the mouse only if a button of it is
                wanted: it is asked at every move.
            grab: whether what is claimed is kept from the focused program.

        Raises:
            NotReady: Windows did not begin to tell in time.
        """
        from pynput import keyboard, mouse

        super().__init__(on_press, wanted, _KNOWN, grab=grab)
        self._listeners = [keyboard.Listener(win32_event_filter=self._filter(key_event))]
        if any(Claim.read(text).key in BUTTONS for text in wanted):
            clicks = mouse.Listener(win32_event_filter=self._filter(mouse_event))
            self._listeners.append(clicks)
        try:
            for listener in self._listeners:
                begin(listener)
        except Exception:
            self.close()
            raise

    def _filter(
        self, event: Callable[[int, Any], tuple[str, bool] | None]
    ) -> Callable[[int, Any], bool]:
        def take(message: int, data: Any) -> bool:
            told = event(message, data)
            if told is not None and self._take(told[0], down=told[1]):
                self._listeners[0].suppress_event()  # it raises, for whichever listener
            return False

        return take

    def let_go(self, key: str) -> bool:
        """Whether another desktop, such as the lock screen, gets the keys, or a key is up.

        Windows notes only keys that no hook swallows, so of a claimed one it cannot be asked.
        """
        return desktop_gone() or (not self._claims.swallowed(key) and key_is_up(key))
