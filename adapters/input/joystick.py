"""The buttons of joysticks, and of switch interfaces that behave as one, through SDL.

No window is needed, and what is plugged in later is heard too.
"""

from __future__ import annotations

import ctypes
import logging
import threading
import warnings
from collections.abc import Collection

from adapters.input.names import JOYSTICK
from adapters.input.press import OnPress
from adapters.input.relay import Relay
from adapters.input.trouble import InputTrouble, Lost, NoJoysticks, NotReady

_log = logging.getLogger(__name__)

BUSY, IDLE = 0.004, 0.25
"""Seconds between looks with a joystick, and without one. SDL's own waiting looks every
millisecond, needlessly for a finger."""
READY_SECONDS = 5.0


class JoystickListening:
    """Listens to every joystick of this PC."""

    def __init__(self, on_press: OnPress) -> None:
        """Begin to listen.

        Raises:
            NoJoysticks: SDL cannot be loaded or does not begin.
            NotReady: it did not begin in time.
        """
        self._relay = Relay(on_press)
        self._stop, self._ready = threading.Event(), threading.Event()
        self._error: InputTrouble | None = None
        self._thread = threading.Thread(target=self._run, name="joysticks", daemon=True)
        self._thread.start()
        if not self._ready.wait(READY_SECONDS):
            self._error = NotReady(seconds=READY_SECONDS)
        if self._error is not None:
            self.close()
            raise self._error

    @property
    def error(self) -> InputTrouble | None:
        """Why nothing is heard any more."""
        return self._error

    @property
    def everything(self) -> bool:
        """Every button is heard."""
        return True

    @property
    def unheard(self) -> frozenset[str]:
        """Nothing."""
        return frozenset()

    @property
    def taken(self) -> frozenset[str]:
        """Nothing: every program hears a joystick."""
        return frozenset()

    def claim(self, keys: Collection[str]) -> None:
        """Do nothing: no program can keep a joystick from the others."""

    def let_go(self, key: str) -> bool:  # noqa: ARG002 - SDL tells of every release, by itself
        """Nothing is known besides what was told."""
        return False

    def close(self) -> None:
        """Listen no more."""
        self._stop.set()
        self._thread.join(timeout=2)
        self._relay.close()

    def _run(self) -> None:
        try:
            joysticks = _Joysticks()
        except (ImportError, OSError, RuntimeError) as error:
            self._error = NoJoysticks(why=str(error))
            self._ready.set()
            return
        self._ready.set()
        try:
            while not self._stop.wait(BUSY if joysticks.opened else IDLE):
                for key, down in joysticks.events():
                    self._relay.put(key, down)
        except Exception:  # noqa: BLE001 - told by `error`, and in words
            _log.exception("SDL tells of joysticks no more")
            self._error = Lost()
        finally:
            joysticks.close()


class _Joysticks:
    """SDL's joysticks; all of it on one thread."""

    def __init__(self) -> None:
        with warnings.catch_warnings(action="ignore"):  # it warns that it uses its own SDL
            import sdl2

        self._sdl = sdl2
        sdl2.SDL_SetHint(sdl2.SDL_HINT_JOYSTICK_ALLOW_BACKGROUND_EVENTS, b"1")
        sdl2.SDL_SetHint(sdl2.SDL_HINT_NO_SIGNAL_HANDLERS, b"1")
        if sdl2.SDL_Init(sdl2.SDL_INIT_JOYSTICK) != 0:
            raise RuntimeError(sdl2.SDL_GetError().decode(errors="replace"))
        self.opened: dict[int, object] = {}
        self._event = sdl2.SDL_Event()

    def events(self) -> list[tuple[str, bool]]:
        """Which buttons went down or up since the last look."""
        sdl, event, found = self._sdl, self._event, []
        while sdl.SDL_PollEvent(ctypes.byref(event)):
            if event.type in {sdl.SDL_JOYBUTTONDOWN, sdl.SDL_JOYBUTTONUP}:
                name = f"joy_{event.jbutton.button + 1}"
                if name in JOYSTICK:
                    found.append((name, event.type == sdl.SDL_JOYBUTTONDOWN))
            elif event.type == sdl.SDL_JOYDEVICEADDED:
                joystick = sdl.SDL_JoystickOpen(event.jdevice.which)
                if joystick:
                    self.opened[sdl.SDL_JoystickInstanceID(joystick)] = joystick
            elif event.type == sdl.SDL_JOYDEVICEREMOVED:
                joystick = self.opened.pop(event.jdevice.which, None)
                if joystick is not None:
                    sdl.SDL_JoystickClose(joystick)
        return found

    def close(self) -> None:
        for joystick in self.opened.values():
            self._sdl.SDL_JoystickClose(joystick)
        self._sdl.SDL_QuitSubSystem(self._sdl.SDL_INIT_JOYSTICK)
