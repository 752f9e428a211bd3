"""Keys heard and kept, under a real X server, by a process of its own."""

from __future__ import annotations

import os
import random
import sys
import time
from collections.abc import Iterator
from itertools import pairwise

import pytest

from adapters.input.names import KEYS
from tests.adapters.input.hearing import hearing, process
from tests.adapters.input.xserver import Fingers, Window, end_server, needs, run, wait_for, x_server

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="X11 is Linux's")

LETTERS = ("a", "h", "x", "t", "q", "z", "m", "semicolon", "bracket_left", "5", "kp_5", "left")


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    pytest.importorskip("Xlib", reason="pip install 'phonebar-assistant[keyboard]'")
    with x_server() as display:
        yield display


@pytest.fixture
def fingers(server: str) -> Iterator[Fingers]:
    made = Fingers(server)
    yield made
    made.close()


@pytest.fixture
def window(server: str) -> Window:
    return Window(server)


def test_of_300_presses_none_is_missed_or_doubled_and_the_window_gets_all_but_ours(
    server: str, fingers: Fingers, window: Window
) -> None:
    chance = random.Random(5)
    ours = ("f8", "f9", "media_play_pause")
    pressed = [chance.choice(ours if n % 2 else LETTERS) for n in range(300)]
    with hearing(server, grab=True) as heard:
        assert heard.claim(*ours) == []
        fingers.tap(*pressed)
        assert heard.wait(300) == pressed
        others = [key for key in pressed if key not in ours]
        wait_for(lambda: len(window.presses()) >= len(others))
        fingers.tap("f1")  # what comes late would come before this
        wait_for(lambda: ("f1", False) in window.got)
        assert window.presses() == [*others, "f1"]
        expected = [(key, down) for key in [*pressed, "f1"] for down in (True, False)]
        wait_for(lambda: len(heard.all("press")) >= len(expected))
        assert [(key, down) for key, down, _ in heard.all("press")] == expected
        times = [at for _, _, at in heard.all("press")]
        assert all(earlier <= later for earlier, later in pairwise(times))


def test_without_a_grab_the_window_gets_everything(
    server: str, fingers: Fingers, window: Window
) -> None:
    with hearing(server) as heard:
        heard.claim("f8")
        fingers.tap("f8", "a")
        assert heard.wait(2) == ["f8", "a"]
        wait_for(lambda: window.presses() == ["f8", "a"])


def test_a_key_is_kept_whether_or_not_the_locks_are_on(
    server: str, fingers: Fingers, window: Window
) -> None:
    with hearing(server, grab=True) as heard:
        heard.claim("f8")
        for lock in ("num_lock", "caps_lock"):
            fingers.tap(lock)
            fingers.tap("f8")
        fingers.tap("num_lock", "caps_lock", "a")
        wait_for(lambda: "a" in window.presses())
        assert "f8" not in window.presses()
        wait_for(lambda: "a" in heard.presses())
        assert heard.presses().count("f8") == 2


def test_a_chord_is_kept_with_its_modifiers_of_either_side_and_left_without_them(
    server: str, fingers: Fingers, window: Window
) -> None:
    with hearing(server, grab=True) as heard:
        heard.claim("ctrl+alt+h")
        for ctrl, key in (("ctrl_l", "h"), ("ctrl_r", "h"), ("ctrl_l", "j")):
            fingers.down(ctrl, "alt_l")
            fingers.tap(key)
            fingers.up("alt_l", ctrl)
        fingers.tap("h")
        fingers.down("ctrl_l", "alt_l", "shift_l")
        fingers.tap("h")
        fingers.up("shift_l", "alt_l", "ctrl_l")
        fingers.tap("f1")
        wait_for(lambda: "f1" in window.presses())
        plain = [key for key in window.presses() if key in {"h", "j"}]
        assert plain == ["j", "h", "h"]
        wait_for(lambda: "f1" in heard.presses())
        assert heard.presses().count("h") == 4


def test_after_a_leader_the_whole_keyboard_is_ours_until_it_is_given_back(
    server: str, fingers: Fingers, window: Window
) -> None:
    with hearing(server, grab=True) as heard:
        heard.claim("f8")
        for _ in range(20):
            fingers.tap("f8")
            heard.claim(*KEYS)
            fingers.tap("a")
            heard.claim("f8")
            fingers.tap("b")
        wait_for(lambda: len(window.presses()) >= 20)
        assert window.presses() == ["b"] * 20
        assert heard.wait(60) == ["f8", "a", "b"] * 20


def test_a_key_that_is_still_down_when_the_keyboard_is_given_back_stays_ours_to_its_end(
    server: str, fingers: Fingers, window: Window
) -> None:
    needs("xset")
    run(server, ["xset", "r", "rate", "100", "50"])
    with hearing(server, grab=True) as heard:
        heard.claim("f8")
        fingers.tap("f8")
        heard.claim(*KEYS)
        fingers.down("a")
        heard.wait(2)
        heard.claim("f8")
        heard.wait(8)  # it repeats
        assert window.got == []
        fingers.up("a")
        wait_for(lambda: ["a", False] in [press[:2] for press in heard.all("press")])
        heard.claim("f8")
        fingers.tap("b")
        wait_for(lambda: ("b", False) in window.got)
        assert window.got == [("b", True), ("b", False)]


def test_what_is_claimed_is_free_again_when_the_process_is_killed(
    server: str, fingers: Fingers, window: Window
) -> None:
    with hearing(server, grab=True) as heard:
        heard.claim("f8")
        fingers.tap("f8")
        heard.claim(*KEYS)
        fingers.tap("a")
        heard.wait(2)
        heard.kill()
        wait_for(lambda: (fingers.tap("b"), time.sleep(0.01), "b" in window.presses())[2])
        fingers.tap("f8", "a")
        wait_for(lambda: window.presses()[-2:] == ["f8", "a"])


def test_what_is_claimed_is_free_again_after_closing(
    server: str, fingers: Fingers, window: Window
) -> None:
    with hearing(server, grab=True) as heard:
        heard.claim("f8", "mouse_middle")
        heard.tell(close=True)
        wait_for(lambda: heard.all("closed"))
        fingers.tap("f8", "mouse_middle")
        wait_for(lambda: window.presses() == ["f8", "mouse_middle"])
        assert heard.presses() == []


def test_a_key_that_another_program_holds_is_told_by_its_name_and_heard_all_the_same(
    server: str, fingers: Fingers
) -> None:
    with hearing(server, grab=True) as other, hearing(server, grab=True) as heard:
        assert other.claim("f9") == []
        assert heard.claim("f8", "f9") == ["f9"]
        fingers.tap("f8", "f9")
        assert heard.wait(2) == ["f8", "f9"]
        other.kill()
        wait_for(lambda: heard.claim("f8", "f9") == [], "what is free again can be had")


def test_a_mouse_button_is_heard_and_kept_and_the_others_are_left(
    server: str, fingers: Fingers, window: Window
) -> None:
    with hearing(server, grab=True, wanted=["mouse_middle"]) as heard:
        heard.claim("mouse_middle")
        fingers.tap("mouse_middle", "mouse_left", "mouse_back", "mouse_middle")
        assert heard.wait(4) == ["mouse_middle", "mouse_left", "mouse_back", "mouse_middle"]
        wait_for(lambda: len(window.presses()) >= 2)
        assert window.presses() == ["mouse_left", "mouse_back"]


def test_a_fault_in_what_is_told_does_not_deafen(server: str, fingers: Fingers) -> None:
    with hearing(server) as heard:
        heard.tell(crash=True)
        wait_for(lambda: heard.all("crashing"))
        fingers.tap("f8", "f9")
        wait_for(lambda: len(heard.all("press")) >= 3)
        assert [press[:2] for press in heard.all("press")] == [
            ["f8", False],
            ["f9", True],
            ["f9", False],
        ]


@pytest.mark.parametrize("when", ["before", "while"])
def test_a_russian_layout_kills_no_key(when: str, server: str, fingers: Fingers) -> None:
    needs("setxkbmap", "xkbcomp")
    try:
        if when == "before":
            run(server, ["setxkbmap", "ru"])
        with hearing(server, grab=True) as heard:
            if when == "while":
                run(server, ["setxkbmap", "ru"])
            heard.claim("f8", "ctrl+alt+h")
            window = Window(server)
            fingers.tap("f8", *LETTERS)
            fingers.down("ctrl_l", "alt_l")
            fingers.tap("h")
            fingers.up("alt_l", "ctrl_l")
            fingers.tap("f1")
            expected = ["f8", *LETTERS, "ctrl_l", "alt_l", "h", "f1"]
            assert heard.wait(len(expected)) == expected
            wait_for(lambda: "f1" in window.presses())
            assert window.presses() == [*LETTERS, "ctrl_l", "alt_l", "f1"]
    finally:
        run(server, ["setxkbmap", "us"])


def test_a_key_is_kept_in_the_second_of_two_layouts_too(server: str, fingers: Fingers) -> None:
    needs("setxkbmap", "xkbcomp")
    run(server, ["setxkbmap", "-layout", "us,ru", "-option", "grp:menu_toggle"])
    try:
        with hearing(server, grab=True) as heard:
            heard.claim("f8", "a")
            window = Window(server)
            fingers.tap("f8", "a", "menu", "f8", "a", "b")
            assert heard.wait(6) == ["f8", "a", "menu", "f8", "a", "b"]
            wait_for(lambda: "b" in window.presses())
            assert window.presses() == ["menu", "b"]
    finally:
        run(server, ["setxkbmap", "-option", "", "us"])


def test_an_end_of_the_x_server_is_told() -> None:
    with x_server() as display, hearing(display, grab=True) as heard:
        heard.claim("f8")
        heard.tell(error=True)
        wait_for(lambda: heard.all("error") == ["NoneType"])
        end_server(display)
        wait_for(
            lambda: (heard.tell(error=True), time.sleep(0.01), "Lost" in heard.all("error"))[2]
        )
        assert heard.claim("f9") == []
        heard.tell(close=True)
        wait_for(lambda: heard.all("closed"))


def test_the_whole_keyboard_is_given_back_after_a_while_by_itself(
    server: str, fingers: Fingers, window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    from adapters.input import x11_grab

    monkeypatch.setenv("DISPLAY", server)
    monkeypatch.setattr(x11_grab, "WHOLE_KEYBOARD_SECONDS", 0.2)
    grab = x11_grab.X11Grab()
    try:
        grab.claim(["f8"])
        grab.claim(KEYS)
        fingers.tap("a")
        wait_for(lambda: not grab._whole)
        fingers.tap("f8", "b")
        wait_for(lambda: window.presses() == ["b"])
    finally:
        grab.close()


def test_a_keyboard_that_another_program_holds_whole_is_waited_for_and_then_left(
    server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from adapters.input import x11_grab

    monkeypatch.setenv("DISPLAY", server)
    other, grab = x11_grab.X11Grab(), x11_grab.X11Grab()
    try:
        other.claim(KEYS)
        grab.claim(KEYS)
        assert (other._whole, grab._whole) == (True, False)
        other.claim([])
        grab.claim(KEYS)
        assert (other._whole, grab._whole) == (False, True)
    finally:
        other.close()
        grab.close()


def test_the_system_can_be_asked_whether_a_key_is_down() -> None:
    with x_server() as display, hearing(display) as heard:
        fingers = Fingers(display)

        def let_go(key: str) -> bool:
            before = len(heard.all("let_go"))
            heard.tell(let_go=key)
            wait_for(lambda: len(heard.all("let_go")) > before)
            return bool(heard.all("let_go")[-1])

        assert let_go("x")
        fingers.down("x")
        assert not let_go("x")
        assert let_go("f8")
        assert not let_go("mouse_left"), "of a button nothing is known"
        fingers.up("x")
        assert let_go("x")
        fingers.close()


def test_without_a_display_that_is_said() -> None:
    environment = {k: v for k, v in os.environ.items() if k not in {"DISPLAY", "WAYLAND_DISPLAY"}}
    with process({**environment, "XDG_SESSION_TYPE": ""}) as heard:
        wait_for(lambda: heard.told)
        assert heard.all("trouble") == ["NoDisplay"]
    with process({**environment, "XDG_SESSION_TYPE": "x11", "DISPLAY": ":987"}) as heard:
        wait_for(lambda: heard.told)
        assert heard.all("trouble") == ["NoDisplay"]


def test_without_record_that_is_said_and_not_waited_for() -> None:
    with x_server("-extension", "RECORD") as display:
        environment = {k: v for k, v in os.environ.items() if k != "WAYLAND_DISPLAY"}
        with process({**environment, "XDG_SESSION_TYPE": "x11", "DISPLAY": display}) as heard:
            wait_for(lambda: heard.told)
            assert heard.all("trouble") == ["NoRecord"]
