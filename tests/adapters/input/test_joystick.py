"""Joysticks, by SDL's virtual ones: what SDL tells of them is what it tells of real ones."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Iterator
from typing import Any

import pytest

from adapters.input.joystick import JoystickListening
from adapters.input.press import Press
from tests.adapters.input.xserver import wait_for


class Plug:
    """A switch interface with eight buttons, plugged in."""

    def __init__(self, sdl: Any) -> None:
        self._sdl = sdl
        self._index = sdl.SDL_JoystickAttachVirtual(sdl.SDL_JOYSTICK_TYPE_GAMECONTROLLER, 0, 40, 0)
        assert self._index >= 0, sdl.SDL_GetError()
        self._instance = sdl.SDL_JoystickGetDeviceInstanceID(self._index)
        wait_for(lambda: sdl.SDL_JoystickFromInstanceID(self._instance), "nobody opened it")

    def set(self, button: int, *, down: bool) -> None:
        joystick = self._sdl.SDL_JoystickFromInstanceID(self._instance)
        assert self._sdl.SDL_JoystickSetVirtualButton(joystick, button, int(down)) == 0

    def pull(self) -> None:
        assert self._sdl.SDL_JoystickDetachVirtual(self._index) == 0


@pytest.fixture
def sdl() -> Any:
    with warnings.catch_warnings(action="ignore"):
        return pytest.importorskip("sdl2", reason="pip install 'phonebar-assistant[keyboard]'")


@pytest.fixture
def told() -> list[tuple[str, bool]]:
    return []


@pytest.fixture
def listening(sdl: Any, told: list[tuple[str, bool]]) -> Iterator[JoystickListening]:
    def on_press(press: Press) -> None:
        told.append((press.key, press.down))

    made = JoystickListening(on_press)
    yield made
    made.close()


def test_each_press_of_a_button_is_told_once(
    listening: JoystickListening, sdl: Any, told: list[tuple[str, bool]]
) -> None:
    plug = Plug(sdl)
    expected = []
    for n in range(60):
        for down in (True, False):
            plug.set(n % 32, down=down)
            expected.append((f"joy_{n % 32 + 1}", down))
            wait_for(lambda: len(told) >= len(expected))
    assert told == expected
    plug.pull()


def test_a_button_without_a_name_is_not_told(
    listening: JoystickListening, sdl: Any, told: list[tuple[str, bool]]
) -> None:
    plug = Plug(sdl)
    plug.set(35, down=True)
    plug.set(0, down=True)
    wait_for(lambda: told)
    assert told == [("joy_1", True)]
    plug.pull()


def test_one_that_is_pulled_out_lets_go_and_one_that_is_plugged_in_later_is_heard(
    listening: JoystickListening, sdl: Any, told: list[tuple[str, bool]]
) -> None:
    plug = Plug(sdl)
    plug.set(1, down=True)
    wait_for(lambda: told == [("joy_2", True)])
    plug.pull()
    wait_for(lambda: told == [("joy_2", True), ("joy_2", False)])
    again = Plug(sdl)
    again.set(2, down=True)
    wait_for(lambda: told[2:] == [("joy_3", True)])
    again.pull()
    assert listening.error is None


def test_nothing_of_it_is_left_after_closing(sdl: Any) -> None:
    before = threading.active_count()
    JoystickListening(lambda _press: None).close()
    assert threading.active_count() == before
