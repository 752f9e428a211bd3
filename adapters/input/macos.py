"""Keys and mouse buttons of macOS, through pynput's event taps.

pynput tells its callbacks of an event and then, on the same thread, asks its intercept whether the
event goes on to the focused program: the callback decides, and the intercept says so.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from adapters.input.beginning import begin
from adapters.input.claims import Claim
from adapters.input.hooks import Hooks
from adapters.input.names import BUTTONS
from adapters.input.positions import MAC_BUTTONS, MAC_KEYCODES, MAC_MEDIA
from adapters.input.press import OnPress
from adapters.input.trouble import NotPermitted

_BUTTON_DOWN = frozenset({1, 3, 25})  # kCGEventLeftMouseDown, Right, Other
_BUTTON_UP = frozenset({2, 4, 26})
_HID_STATE = 1  # kCGEventSourceStateHIDSystemState
_BUTTON_NUMBER = 3  # kCGMouseEventButtonNumber

_KNOWN = frozenset([*MAC_KEYCODES.values(), *MAC_MEDIA.values()]) | BUTTONS


def key_name(key: Any) -> str | None:
    """The name of a key as pynput tells of it: a `Key`, a `KeyCode` or None."""
    code = getattr(key, "value", key)
    number = getattr(code, "vk", None)
    if number is None:
        return None
    media = getattr(code, "_is_media", None)
    return (MAC_MEDIA if media else MAC_KEYCODES).get(number)


class MacListening(Hooks):
    """Listens to this macOS session."""

    def __init__(self, on_press: OnPress, wanted: Collection[str], *, grab: bool) -> None:
        """Begin to listen.

        Args:
            on_press: is told of each press.
            wanted: what is bound.
            grab: whether what is claimed is kept from the focused program.

        Raises:
            NotPermitted: the user has not allowed this program to listen.
            NotReady: macOS did not begin to tell in time.
        """
        from pynput import keyboard, mouse

        super().__init__(on_press, wanted, _KNOWN, grab=grab)
        self._swallow = False
        keys = keyboard.Listener(
            on_press=lambda key: self._key(key, down=True),
            on_release=lambda key: self._key(key, down=False),
            darwin_intercept=self._intercept_key,
        )
        self._listeners = [keys]
        if any(Claim.read(text).key in BUTTONS for text in wanted):
            self._listeners.append(mouse.Listener(darwin_intercept=self._intercept_button))
        try:
            for listener in self._listeners:
                begin(listener)
                if not listener.IS_TRUSTED or not listener.is_alive():
                    raise NotPermitted  # noqa: TRY301 - what was begun must end
        except Exception:
            self.close()
            raise

    def _key(self, key: Any, *, down: bool) -> None:
        name = key_name(key)
        if name is not None:
            self._swallow = self._take(name, down=down)

    def _intercept_key(self, _kind: int, event: object) -> object:
        swallow, self._swallow = self._swallow, False
        return None if swallow else event

    def _intercept_button(self, kind: int, event: object) -> object:
        if kind not in _BUTTON_DOWN | _BUTTON_UP:
            return event
        import Quartz

        number = Quartz.CGEventGetIntegerValueField(event, _BUTTON_NUMBER)
        name, down = MAC_BUTTONS.get(number), kind in _BUTTON_DOWN
        if name is None:
            return event
        return None if self._take(name, down=down) else event

    def let_go(self, key: str) -> bool:
        """Whether the hardware has a key up, whoever swallows it; media keys cannot be asked of."""
        codes = [code for code, name in MAC_KEYCODES.items() if name == key]
        if not codes:
            return False
        import Quartz

        return not any(Quartz.CGEventSourceKeyState(_HID_STATE, code) for code in codes)
