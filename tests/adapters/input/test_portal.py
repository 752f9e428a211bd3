"""Keys on Wayland: a portal of the standard's own words, on a session bus of its own."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator

import pytest

from adapters.input.press import Press
from adapters.input.trouble import NoPortal, PortalRefused
from tests.adapters.input.hearing import process
from tests.adapters.input.xserver import wait_for

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Wayland is Linux's")
pytest.importorskip("dbus_fast", reason="pip install 'phonebar-assistant[keyboard]'")

from adapters.input.portal import PortalListening, check, trigger  # noqa: E402
from tests.adapters.input.portal import Portal, session_bus  # noqa: E402

WANTED = {"f8": "Answer", "ctrl+alt+h": "Hold", "ctrl_r": "Speak while held"}


@pytest.fixture
def bus(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    with session_bus() as address:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
        yield address


@pytest.fixture
def portal(bus: str) -> Iterator[Portal]:
    made = Portal()
    made.start(bus)
    yield made
    made.stop()


class Told(list[tuple[str, bool]]):
    def __call__(self, press: Press) -> None:
        self.append((press.key, press.down))


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.mark.parametrize(
    ("early", "own_paths"), [(True, False), (True, True), (False, False), (False, True)]
)
def test_what_the_user_allows_is_heard_going_down_and_coming_up(
    portal: Portal, told: Told, early: bool, own_paths: bool
) -> None:
    portal.early, portal.own_paths = early, own_paths
    listening = PortalListening(told, WANTED)
    assert portal.asked == [
        ("f8", "Answer", "F8"),
        ("ctrl+alt+h", "Hold", "ALT+CTRL+h"),
        ("ctrl_r", "Speak while held", "Control_R"),
    ]
    assert listening.bound["f8"] == "Press f8"
    assert listening.unheard == frozenset()
    assert not listening.everything
    for shortcut in ("f8", "ctrl+alt+h"):
        portal.press(shortcut, down=True)
        portal.press(shortcut, down=False)
    chord = ["alt_l", "ctrl_l", "h"]
    expected = [
        *[("f8", True), ("f8", False)],
        *((key, True) for key in chord),
        *((key, False) for key in reversed(chord)),
    ]
    wait_for(lambda: len(told) >= len(expected))
    assert told == expected
    listening.close()
    assert portal.sessions == []


def test_a_repeat_is_one_press_and_an_end_without_a_beginning_is_none(
    portal: Portal, told: Told
) -> None:
    listening = PortalListening(told, WANTED)
    for down in (False, True, True, True, False, False):
        portal.press("f8", down=down)
    portal.press("ctrl_r", down=True)
    wait_for(lambda: ("ctrl_r", True) in told)
    assert told == [("f8", True), ("f8", False), ("ctrl_r", True)]
    listening.close()


def test_what_is_told_to_another_session_is_not_ours(portal: Portal, told: Told) -> None:
    ours = PortalListening(told, WANTED)
    mine = portal.sessions[-1]
    others = Told()
    theirs = PortalListening(others, WANTED)
    portal.press("f8", down=True)
    portal.press("ctrl_r", down=True, session=mine)
    wait_for(lambda: told and others)
    assert (told, others) == ([("ctrl_r", True)], [("f8", True)])
    ours.close()
    theirs.close()


def test_what_the_desktop_does_not_give_is_named(portal: Portal, told: Told) -> None:
    portal.withheld = {"f8"}
    listening = PortalListening(told, {**WANTED, "mouse_middle": "Answer"})
    assert listening.unheard == {"f8", "mouse_middle"}
    listening.close()


@pytest.mark.parametrize("answer", [1, 2])
def test_a_refusal_is_told(portal: Portal, told: Told, answer: int) -> None:
    portal.answer = answer
    with pytest.raises(PortalRefused):
        PortalListening(told, WANTED)
    assert portal.sessions == []


def test_a_desktop_that_gives_nothing_has_refused(portal: Portal, told: Told) -> None:
    portal.withheld = set(WANTED)
    with pytest.raises(PortalRefused):
        PortalListening(told, WANTED)


def test_a_question_that_nobody_answers_is_not_waited_for_for_ever(
    portal: Portal, told: Told
) -> None:
    portal.answer = None
    with pytest.raises(PortalRefused):
        PortalListening(told, WANTED, dialog_seconds=0.2)


def test_a_bus_without_a_portal_is_told(bus: str, told: Told) -> None:
    with pytest.raises(NoPortal):
        PortalListening(told, WANTED)
    with pytest.raises(NoPortal):
        check()


def test_a_session_without_a_bus_is_told(told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere")
    with pytest.raises(NoPortal):
        PortalListening(told, WANTED)


def test_the_check_asks_the_user_nothing(portal: Portal) -> None:
    check()
    assert portal.asked == []
    assert portal.sessions == []


def test_an_end_of_the_session_or_of_the_desktop_is_told(portal: Portal, told: Told) -> None:
    listening = PortalListening(told, WANTED)
    assert listening.error is None
    portal.end_session()
    wait_for(lambda: listening.error is not None)
    listening.close()


def test_an_end_of_the_bus_is_told(told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    with session_bus() as address:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
        portal = Portal()
        portal.start(address)
        listening = PortalListening(told, WANTED)
    wait_for(lambda: listening.error is not None)
    listening.close()
    portal.stop()


def test_on_wayland_the_portal_is_what_listens_even_where_xwayland_has_a_display(
    portal: Portal, bus: str
) -> None:
    environment = {**os.environ, "WAYLAND_DISPLAY": "wayland-0", "DISPLAY": ":987"}
    with process(environment, wanted=["f8"]) as heard:
        wait_for(lambda: heard.told)
        assert heard.all("ready") == ["PortalListening"]
        portal.press("f8", down=True)
        wait_for(lambda: heard.presses() == ["f8"])


@pytest.mark.parametrize(
    ("key", "spelt"),
    [
        ("f8", "F8"),
        ("a", "a"),
        ("5", "5"),
        ("kp_5", "KP_5"),
        ("page_up", "Page_Up"),
        ("enter", "Return"),
        ("home", "Home"),
        ("left", "Left"),
        ("media_play_pause", "XF86AudioPlay"),
        ("ctrl+shift+super+f12", "CTRL+SHIFT+LOGO+F12"),
        ("mouse_middle", None),
        ("joy_1", None),
    ],
)
def test_a_key_is_spelt_as_the_portal_has_it(key: str, spelt: str | None) -> None:
    assert trigger(key) == spelt


def test_every_key_is_spelt_as_x_has_it() -> None:
    """The portal's spelling is the name of the keysym, without its `XKB_KEY_`."""
    from Xlib import XK

    from adapters.input.names import KEYS

    XK.load_keysym_group("xf86")
    for key in KEYS:
        assert XK.string_to_keysym(str(trigger(key)).replace("XF86Audio", "XF86_Audio")), key
