"""The names of keys and buttons, as bindings are written and presses are reported.

A name means a place on the keyboard, called by what the US layout prints there: `a` is the key
right of Caps Lock also where another layout or script writes something else with it. `shift`,
`ctrl`, `alt` and `super` stand for either of two keys; a press always tells which (`shift_l`).
"""

from __future__ import annotations

import difflib
import string
from collections.abc import Mapping

SIDED: Mapping[str, frozenset[str]] = {
    name: frozenset({f"{name}_l", f"{name}_r"}) for name in ("shift", "ctrl", "alt", "super")
}
"""Names that stand for either of two keys, with those two."""

MODIFIERS = frozenset().union(*SIDED.values())
"""The keys that are held while others are pressed, as a press reports them."""

BUTTONS = frozenset(f"mouse_{name}" for name in ("left", "middle", "right", "back", "forward"))
"""The buttons of a mouse, or of what behaves as one, as many switches do."""

JOYSTICK = frozenset(f"joy_{n}" for n in range(1, 33))
"""The buttons of a joystick or of a switch interface that behaves as one."""

_WITH_WORDS = """
space enter tab escape backspace delete insert home end page_up page_down up down left right menu
pause print_screen caps_lock num_lock scroll_lock
kp_add kp_subtract kp_multiply kp_divide kp_decimal kp_enter
minus equal comma period slash semicolon quote bracket_left bracket_right backslash grave
media_play_pause media_next media_previous media_stop volume_up volume_down volume_mute
headset_hook
"""

KEYS = MODIFIERS.union(
    string.ascii_lowercase,
    string.digits,
    (f"f{n}" for n in range(1, 25)),
    (f"kp_{n}" for n in range(10)),
    _WITH_WORDS.split(),
)
"""What a keyboard or a headset reports."""

PRESSED = KEYS | BUTTONS | JOYSTICK
"""Every name that a `Press` may carry."""

NAMES = PRESSED | frozenset(SIDED)
"""Every name that a binding may use."""

_ALIASES: Mapping[str, str] = {
    # As printed on keys, and as other programs call them.
    "esc": "escape",
    "return": "enter",
    "spacebar": "space",
    "back_space": "backspace",
    "bksp": "backspace",
    "del": "delete",
    "ins": "insert",
    "pageup": "page_up",
    "pgup": "page_up",
    "prior": "page_up",
    "pagedown": "page_down",
    "pgdn": "page_down",
    "pgdown": "page_down",
    **{f"arrow_{way}": way for way in ("up", "down", "left", "right")},
    **{f"{way}_arrow": way for way in ("up", "down", "left", "right")},
    "apps": "menu",
    "context_menu": "menu",
    "break": "pause",
    "print": "print_screen",
    "printscreen": "print_screen",
    "prtsc": "print_screen",
    "sysrq": "print_screen",
    "caps": "caps_lock",
    "capslock": "caps_lock",
    "numlock": "num_lock",
    "scrolllock": "scroll_lock",
    # The numeric keypad
    **{f"{prefix}_{n}": f"kp_{n}" for prefix in ("numpad", "num", "keypad") for n in range(10)},
    **{f"{prefix}{n}": f"kp_{n}" for prefix in ("numpad", "num", "kp") for n in range(10)},
    "kp_plus": "kp_add",
    "kp_minus": "kp_subtract",
    "kp_times": "kp_multiply",
    "kp_star": "kp_multiply",
    "kp_asterisk": "kp_multiply",
    "kp_slash": "kp_divide",
    "kp_period": "kp_decimal",
    "kp_dot": "kp_decimal",
    "kp_comma": "kp_decimal",
    "kp_delete": "kp_decimal",
    "kp_return": "kp_enter",
    # Modifiers
    **{
        alias + side: name + side
        for alias, name in {
            "ctl": "ctrl",
            "control": "ctrl",
            "option": "alt",
            "opt": "alt",
            "cmd": "super",
            "command": "super",
            "win": "super",
            "windows": "super",
            "meta": "super",
        }.items()
        for side in ("", "_l", "_r")
    },
    **{
        f"{side}_{name}": f"{name}_{side[0]}"
        for name in ("shift", "ctrl", "alt", "super")
        for side in ("left", "right")
    },
    **{
        f"{name}_{side}": f"{name}_{side[0]}"
        for name in ("shift", "ctrl", "alt", "super")
        for side in ("left", "right")
    },
    "alt_gr": "alt_r",
    "altgr": "alt_r",
    # Punctuation, by its sign and by other names
    "-": "minus",
    "dash": "minus",
    "hyphen": "minus",
    "=": "equal",
    "equals": "equal",
    ",": "comma",
    ".": "period",
    "dot": "period",
    "full_stop": "period",
    "/": "slash",
    ";": "semicolon",
    "'": "quote",
    "apostrophe": "quote",
    "[": "bracket_left",
    "left_bracket": "bracket_left",
    "]": "bracket_right",
    "right_bracket": "bracket_right",
    "\\": "backslash",
    "`": "grave",
    "backquote": "grave",
    "backtick": "grave",
    # Media, headset, mouse, joystick
    "play": "media_play_pause",
    "play_pause": "media_play_pause",
    "next": "media_next",
    "media_next_track": "media_next",
    "previous": "media_previous",
    "media_previous_track": "media_previous",
    "media_volume_up": "volume_up",
    "media_volume_down": "volume_down",
    "media_volume_mute": "volume_mute",
    "mute": "volume_mute",
    "hook": "headset_hook",
    "hook_switch": "headset_hook",
    **{
        f"{button}_{noun}": f"mouse_{button}"
        for button in ("left", "middle", "right", "back", "forward")
        for noun in ("click", "mouse", "mouse_button")
    },
    "mouse_1": "mouse_left",
    "mouse_2": "mouse_middle",
    "mouse_3": "mouse_right",
    "mouse_4": "mouse_back",
    "mouse_5": "mouse_forward",
    **{f"{noun}_{n}": f"joy_{n}" for n in range(1, 33) for noun in ("joystick", "button")},
    **{f"joy{n}": f"joy_{n}" for n in range(1, 33)},
}


def canonical(text: str) -> str | None:
    """The name that is meant by what somebody has written; None when there is no such key.

    Capitals do not matter, and words may be joined by spaces or hyphens: `Page Up`, `KP-1`, `Esc`.
    """
    written = text.strip().casefold()
    if len(written) > 1:
        written = "_".join(written.replace("-", " ").replace("_", " ").split())
    name = _ALIASES.get(written, written)
    return name if name in NAMES else None


def nearest(text: str) -> str | None:
    """The name most like one that is not there, for a message; None when none is much like it."""
    written = "_".join(text.casefold().replace("-", " ").replace("_", " ").split())
    known = sorted(NAMES | _ALIASES.keys())
    found = difflib.get_close_matches(written, known, n=1, cutoff=0.6)
    return _ALIASES.get(found[0], found[0]) if found else None


def covers(name: str) -> frozenset[str]:
    """The names of presses that a name in a binding stands for: of `ctrl` both sides."""
    return SIDED.get(name, frozenset({name}))
