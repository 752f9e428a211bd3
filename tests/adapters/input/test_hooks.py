"""What Windows and macOS tell of, read as on those systems; the hooks themselves only run there."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from adapters.input.macos import key_name
from adapters.input.windows import key_event, mouse_event, scan_codes


@pytest.mark.parametrize(
    ("message", "scan", "virtual", "flags", "event"),
    [
        (0x0100, 0x42, 0x77, 0x00, ("f8", True)),
        (0x0101, 0x42, 0x77, 0x80, ("f8", False)),
        (0x0104, 0x23, 0x48, 0x20, ("h", True)),  # WM_SYSKEYDOWN: Alt is held
        (0x0105, 0x23, 0x48, 0xA0, ("h", False)),
        (0x0100, 0x00, 0x77, 0x10, ("f8", True)),  # injected
        (0x0100, 0x42, 0x77, 0x10, ("f8", True)),
        (0x0104, 0x38, 0xA5, 0x21, ("alt_r", True)),
        (0x0100, 0x7F, 0xFF, 0x00, None),
    ],
)
def test_a_key_of_windows_has_a_name_and_a_direction(
    message: int, scan: int, virtual: int, flags: int, event: tuple[str, bool] | None
) -> None:
    data = SimpleNamespace(scanCode=scan, vkCode=virtual, flags=flags)
    assert key_event(message, data) == event


@pytest.mark.parametrize(
    ("key", "codes"), [("x", [0x2D]), ("kp_enter", [0xE01C]), ("mouse_left", []), ("joy_1", [])]
)
def test_windows_is_asked_of_a_key_by_its_place(key: str, codes: list[int]) -> None:
    assert scan_codes(key) == codes


@pytest.mark.parametrize(
    ("message", "data", "event"),
    [
        (0x0201, 0, ("mouse_left", True)),
        (0x0205, 0, ("mouse_right", False)),
        (0x0207, 0, ("mouse_middle", True)),
        (0x020B, 0x0001_0000, ("mouse_back", True)),
        (0x020C, 0x0002_0000, ("mouse_forward", False)),
        (0x020B, 0x0003_0000, None),
        (0x0200, 0, None),
        (0x020A, 0xFF88_0000, None),
    ],
)
def test_a_button_of_windows_has_a_name_and_moves_and_the_wheel_have_none(
    message: int, data: int, event: tuple[str, bool] | None
) -> None:
    assert mouse_event(message, SimpleNamespace(mouseData=data)) == event


@pytest.mark.parametrize(
    ("key", "name"),
    [
        (SimpleNamespace(vk=0x00, _is_media=None, char="ф"), "a"),
        (SimpleNamespace(value=SimpleNamespace(vk=0x64, _is_media=None)), "f8"),
        (SimpleNamespace(value=SimpleNamespace(vk=16, _is_media=True)), "media_play_pause"),
        (SimpleNamespace(vk=None, char="x"), None),
        (SimpleNamespace(vk=0xFF, _is_media=None), None),
        (None, None),
    ],
)
def test_a_key_of_macos_has_its_name_by_its_place(key: object, name: str | None) -> None:
    assert key_name(key) == name
