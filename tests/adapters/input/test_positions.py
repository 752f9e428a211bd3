"""Where the keys are: our tables against those of others."""

from __future__ import annotations

import importlib.util
import runpy
import sys
from pathlib import Path
from typing import Any

import pytest

from adapters.input.names import BUTTONS, KEYS
from adapters.input.positions import (
    MAC_BUTTONS,
    MAC_KEYCODES,
    MAC_MEDIA,
    WINDOWS_SCAN_CODES,
    WINDOWS_VIRTUAL_KEYS,
    X_BUTTONS,
    X_KEYCODES,
    windows_key,
)

LINUX_NAMES = {
    **{f"kp_{name}": f"KP{name}" for name in "0123456789"},
    **{f"{name}_l": f"LEFT{linux}" for name, linux in (("shift", "SHIFT"), ("ctrl", "CTRL"))},
    **{f"{name}_r": f"RIGHT{linux}" for name, linux in (("shift", "SHIFT"), ("ctrl", "CTRL"))},
    "alt_l": "LEFTALT",
    "alt_r": "RIGHTALT",
    "super_l": "LEFTMETA",
    "super_r": "RIGHTMETA",
    "escape": "ESC",
    "bracket_left": "LEFTBRACE",
    "bracket_right": "RIGHTBRACE",
    "quote": "APOSTROPHE",
    "period": "DOT",
    "kp_add": "KPPLUS",
    "kp_subtract": "KPMINUS",
    "kp_multiply": "KPASTERISK",
    "kp_divide": "KPSLASH",
    "kp_decimal": "KPDOT",
    "kp_enter": "KPENTER",
    "print_screen": "SYSRQ",
    "menu": "COMPOSE",
    "media_play_pause": "PLAYPAUSE",
    "media_next": "NEXTSONG",
    "media_previous": "PREVIOUSSONG",
    "media_stop": "STOPCD",
    "volume_mute": "MUTE",
    "headset_hook": "MEDIA",
}
"""What the kernel calls a key, where that is not our own name in capitals."""


@pytest.mark.skipif(sys.platform != "linux", reason="evdev is a library of Linux")
def test_a_name_is_where_the_kernel_has_it() -> None:
    ecodes = pytest.importorskip("evdev").ecodes
    for name in KEYS:
        linux = LINUX_NAMES.get(name, name.upper().replace("_", ""))
        assert X_KEYCODES.get(ecodes.ecodes[f"KEY_{linux}"] + 8) == name


def test_every_key_and_button_can_be_pressed_on_x11() -> None:
    assert set(X_KEYCODES.values()) == KEYS
    assert set(X_BUTTONS.values()) == BUTTONS


def test_no_system_reports_a_key_without_a_name() -> None:
    for table in (WINDOWS_SCAN_CODES, WINDOWS_VIRTUAL_KEYS, MAC_KEYCODES, MAC_MEDIA):
        assert set(table.values()) <= KEYS
    assert set(MAC_BUTTONS.values()) <= BUTTONS


def test_what_a_system_lacks_is_known() -> None:
    by_scan_code = KEYS - set(WINDOWS_SCAN_CODES.values())
    assert by_scan_code == {"headset_hook"}
    on_mac = KEYS - set(MAC_KEYCODES.values()) - set(MAC_MEDIA.values())
    assert on_mac == {
        *(f"f{n}" for n in range(21, 25)),
        *("pause", "print_screen", "scroll_lock", "media_stop", "headset_hook"),
    }


WINDOWS_NAMES = {
    "alt_l": "LMENU",
    "alt_r": "RMENU",
    "ctrl_l": "LCONTROL",
    "ctrl_r": "RCONTROL",
    "shift_l": "LSHIFT",
    "shift_r": "RSHIFT",
    "super_l": "LWIN",
    "super_r": "RWIN",
    "backspace": "BACK",
    "enter": "RETURN",
    "page_up": "PRIOR",
    "page_down": "NEXT",
    "menu": "APPS",
    "caps_lock": "CAPITAL",
    "num_lock": "NUMLOCK",
    "scroll_lock": "SCROLL",
    "print_screen": "SNAPSHOT",
    "media_play_pause": "MEDIA_PLAY_PAUSE",
    "media_next": "MEDIA_NEXT_TRACK",
    "media_previous": "MEDIA_PREV_TRACK",
    "minus": "OEM_MINUS",
    "equal": "OEM_PLUS",
    "comma": "OEM_COMMA",
    "period": "OEM_PERIOD",
    **{f"kp_{n}": f"NUMPAD{n}" for n in range(10)},
    **{f"kp_{n}": n.upper() for n in ("add", "subtract", "multiply", "divide", "decimal")},
}


def table_of_pynput(name: str) -> dict[str, Any]:
    """A table of pynput's, read without importing pynput, which wants a display."""
    found = importlib.util.find_spec("pynput")
    if found is None or found.origin is None:
        pytest.skip("pip install 'phonebar-assistant[keyboard]'")
    return runpy.run_path(str(Path(found.origin).parent / "_util" / name))


def test_a_virtual_key_is_what_windows_calls_it() -> None:
    theirs = table_of_pynput("win32_vks.py")
    checked = 0
    for code, name in WINDOWS_VIRTUAL_KEYS.items():
        called = WINDOWS_NAMES.get(name, name.upper())
        if called in theirs and code not in {0x10, 0x11, 0x12}:
            assert theirs[called] == code, name
            checked += 1
    assert checked > 70


def test_a_mac_keycode_prints_what_our_name_says() -> None:
    theirs = table_of_pynput("darwin_vks.py")["SYMBOLS"]
    checked = 0
    for code, printed in theirs.items():
        if printed.isalnum() and len(printed) == 1:
            assert MAC_KEYCODES[code] in {printed.lower(), f"kp_{printed}"}
            checked += 1
    assert checked >= 36


@pytest.mark.parametrize(
    ("scan", "virtual", "extended", "name"),
    [
        (0x1E, 0x41, False, "a"),
        (0x1E, 0x51, False, "a"),  # where a French keyboard writes q
        (0x47, 0x24, False, "kp_7"),  # Num Lock is off: Home of the keypad
        (0x47, 0x24, True, "home"),
        (0x45, 0x13, False, "pause"),
        (0x45, 0x90, True, "num_lock"),
        (0x36, 0xA1, True, "shift_r"),
        (0x1C, 0x0D, True, "kp_enter"),
        (0, 0x77, False, "f8"),  # an on-screen keyboard without scan codes
        (0, 0xB3, True, "media_play_pause"),
        (0x21D, 0xA2, False, None),  # the Ctrl that Windows makes up for AltGr
        (0x1E, 0xE7, False, None),  # VK_PACKET: a character without a key
    ],
)
def test_windows_tells_a_key_by_its_place_and_an_injected_one_by_its_meaning(
    scan: int, virtual: int, extended: bool, name: str | None
) -> None:
    assert windows_key(scan, virtual, extended=extended) == name
