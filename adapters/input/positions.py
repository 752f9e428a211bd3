"""Where each key is, in the numbers by which Linux, Windows and macOS tell of it.

A number means the key and not the letter on it. Sources: Linux `input-event-codes.h` (an X keycode
is that plus 8); Windows "Scan code set 1", 0xE000 for those that are prefixed by E0, and
"Virtual-Key Codes"; macOS `HIToolbox/Events.h` and, for media keys, `IOKit/hidsystem/ev_keymap.h`.
Compare also the W3C's "UI Events KeyboardEvent code Values".
"""

from __future__ import annotations

from collections.abc import Mapping

_TABLE = """
name             Linux  scan  vk  macOS
escape             1  0x01    0x1b  0x35
1                  2  0x02    0x31  0x12
2                  3  0x03    0x32  0x13
3                  4  0x04    0x33  0x14
4                  5  0x05    0x34  0x15
5                  6  0x06    0x35  0x17
6                  7  0x07    0x36  0x16
7                  8  0x08    0x37  0x1a
8                  9  0x09    0x38  0x1c
9                 10  0x0a    0x39  0x19
0                 11  0x0b    0x30  0x1d
minus             12  0x0c    0xbd  0x1b
equal             13  0x0d    0xbb  0x18
backspace         14  0x0e    0x08  0x33
tab               15  0x0f    0x09  0x30
q                 16  0x10    0x51  0x0c
w                 17  0x11    0x57  0x0d
e                 18  0x12    0x45  0x0e
r                 19  0x13    0x52  0x0f
t                 20  0x14    0x54  0x11
y                 21  0x15    0x59  0x10
u                 22  0x16    0x55  0x20
i                 23  0x17    0x49  0x22
o                 24  0x18    0x4f  0x1f
p                 25  0x19    0x50  0x23
bracket_left      26  0x1a    0xdb  0x21
bracket_right     27  0x1b    0xdd  0x1e
enter             28  0x1c    0x0d  0x24
ctrl_l            29  0x1d    0xa2  0x3b
a                 30  0x1e    0x41  0x00
s                 31  0x1f    0x53  0x01
d                 32  0x20    0x44  0x02
f                 33  0x21    0x46  0x03
g                 34  0x22    0x47  0x05
h                 35  0x23    0x48  0x04
j                 36  0x24    0x4a  0x26
k                 37  0x25    0x4b  0x28
l                 38  0x26    0x4c  0x25
semicolon         39  0x27    0xba  0x29
quote             40  0x28    0xde  0x27
grave             41  0x29    0xc0  0x32
shift_l           42  0x2a    0xa0  0x38
backslash         43  0x2b    0xdc  0x2a
z                 44  0x2c    0x5a  0x06
x                 45  0x2d    0x58  0x07
c                 46  0x2e    0x43  0x08
v                 47  0x2f    0x56  0x09
b                 48  0x30    0x42  0x0b
n                 49  0x31    0x4e  0x2d
m                 50  0x32    0x4d  0x2e
comma             51  0x33    0xbc  0x2b
period            52  0x34    0xbe  0x2f
slash             53  0x35    0xbf  0x2c
shift_r           54  0x36    0xa1  0x3c
kp_multiply       55  0x37    0x6a  0x43
alt_l             56  0x38    0xa4  0x3a
space             57  0x39    0x20  0x31
caps_lock         58  0x3a    0x14  0x39
f1                59  0x3b    0x70  0x7a
f2                60  0x3c    0x71  0x78
f3                61  0x3d    0x72  0x63
f4                62  0x3e    0x73  0x76
f5                63  0x3f    0x74  0x60
f6                64  0x40    0x75  0x61
f7                65  0x41    0x76  0x62
f8                66  0x42    0x77  0x64
f9                67  0x43    0x78  0x65
f10               68  0x44    0x79  0x6d
num_lock          69  0xe045  0x90  0x47
scroll_lock       70  0x46    0x91  -
kp_7              71  0x47    0x67  0x59
kp_8              72  0x48    0x68  0x5b
kp_9              73  0x49    0x69  0x5c
kp_subtract       74  0x4a    0x6d  0x4e
kp_4              75  0x4b    0x64  0x56
kp_5              76  0x4c    0x65  0x57
kp_6              77  0x4d    0x66  0x58
kp_add            78  0x4e    0x6b  0x45
kp_1              79  0x4f    0x61  0x53
kp_2              80  0x50    0x62  0x54
kp_3              81  0x51    0x63  0x55
kp_0              82  0x52    0x60  0x52
kp_decimal        83  0x53    0x6e  0x41
f11               87  0x57    0x7a  0x67
f12               88  0x58    0x7b  0x6f
kp_enter          96  0xe01c  -     0x4c
ctrl_r            97  0xe01d  0xa3  0x3e
kp_divide         98  0xe035  0x6f  0x4b
print_screen      99  0xe037  0x2c  -
alt_r            100  0xe038  0xa5  0x3d
home             102  0xe047  0x24  0x73
up               103  0xe048  0x26  0x7e
page_up          104  0xe049  0x21  0x74
left             105  0xe04b  0x25  0x7b
right            106  0xe04d  0x27  0x7c
end              107  0xe04f  0x23  0x77
down             108  0xe050  0x28  0x7d
page_down        109  0xe051  0x22  0x79
insert           110  0xe052  0x2d  0x72
delete           111  0xe053  0x2e  0x75
volume_mute      113  0xe020  0xad  0x4a
volume_down      114  0xe02e  0xae  0x49
volume_up        115  0xe030  0xaf  0x48
pause            119  0x45    0x13  -
super_l          125  0xe05b  0x5b  0x37
super_r          126  0xe05c  0x5c  0x36
menu             127  0xe05d  0x5d  0x6e
media_next       163  0xe019  0xb0  -
media_play_pause 164  0xe022  0xb3  -
media_previous   165  0xe010  0xb1  -
media_stop       166  0xe024  0xb2  -
f13              183  0x64    0x7c  0x69
f14              184  0x65    0x7d  0x6b
f15              185  0x66    0x7e  0x71
f16              186  0x67    0x7f  0x6a
f17              187  0x68    0x80  0x40
f18              188  0x69    0x81  0x4f
f19              189  0x6a    0x82  0x50
f20              190  0x6b    0x83  0x5a
f21              191  0x6c    0x84  -
f22              192  0x6d    0x85  -
f23              193  0x6e    0x86  -
f24              194  0x76    0x87  -
headset_hook     226  -       -     -
"""

_ROWS = [line.split() for line in _TABLE.strip().splitlines()[1:]]


def _column(column: int) -> dict[int, str]:
    return {int(row[column], 0): row[0] for row in _ROWS if row[column] != "-"}


X_KEYCODES: Mapping[int, str] = {
    **{code + 8: name for code, name in _column(1).items()},
    169 + 8: "headset_hook",  # KEY_PHONE, as some headsets have it
    200 + 8: "media_play_pause",  # KEY_PLAYCD
    201 + 8: "media_play_pause",  # KEY_PAUSECD
    207 + 8: "media_play_pause",  # KEY_PLAY
}
"""Names by X keycode."""

WINDOWS_SCAN_CODES: Mapping[int, str] = {
    **_column(2),
    0x54: "print_screen",  # while Alt is held
    0xE036: "shift_r",  # a low-level hook marks it as extended
    0xE046: "pause",  # while Ctrl is held
}
"""Names by scan code, with 0xE000 where the key is marked as extended."""

WINDOWS_VIRTUAL_KEYS: Mapping[int, str] = {
    **_column(3),
    0x10: "shift_l",  # VK_SHIFT, VK_CONTROL and VK_MENU as programs inject them
    0x11: "ctrl_l",
    0x12: "alt_l",
}
"""Names by virtual-key code: for injected keys, which often have no scan code."""

MAC_KEYCODES: Mapping[int, str] = _column(4)
"""Names by virtual keycode."""

MAC_MEDIA: Mapping[int, str] = {
    0: "volume_up",
    1: "volume_down",
    7: "volume_mute",
    16: "media_play_pause",
    17: "media_next",
    18: "media_previous",
}
"""Names by `NX_KEYTYPE`, for keys that come as system events."""

X_BUTTONS: Mapping[int, str] = {
    1: "mouse_left",
    2: "mouse_middle",
    3: "mouse_right",
    8: "mouse_back",
    9: "mouse_forward",
}
"""Names by X button; 4 to 7 are the wheel."""

MAC_BUTTONS: Mapping[int, str] = {
    0: "mouse_left",
    1: "mouse_right",
    2: "mouse_middle",
    3: "mouse_back",
    4: "mouse_forward",
}
"""Names by `kCGMouseEventButtonNumber`."""


_VK_PACKET = 0xE7
"""A character that a program types without a key; its scan code is the character."""


def windows_key(scan_code: int, virtual_key: int, *, extended: bool) -> str | None:
    """The key that a low-level hook tells of; None when it has no name.

    Args:
        scan_code: its place on the keyboard, 0 where a program made the key up.
        virtual_key: what the keyboard's layout makes of it.
        extended: whether the hook marks it as an extended key.
    """
    if scan_code and virtual_key != _VK_PACKET:
        return WINDOWS_SCAN_CODES.get(scan_code | 0xE000 if extended else scan_code)
    return WINDOWS_VIRTUAL_KEYS.get(virtual_key)
