"""Everything that the vendor's example page shows, by mouse, by keyboard alone, by switch alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser import Window
from tests.phonebar.page.conftest import Phone, phonebar
from tests.phonebar.page.hands import Hand, Keyboard, Mouse, Switch

SLOW = "5550102"
"""Rings and never answers."""
JOHN, MARIA = "John Doe", "Maria Rossi"
MARIAS = "+390655501104"


Seat = tuple[Hand, Window, Phone]


@pytest.fixture(
    scope="module", params=[Mouse, Keyboard, Switch], ids=["mouse", "keyboard", "switch"]
)
def seat(request: pytest.FixtureRequest, browser: Any) -> Iterator[Seat]:
    """One page for all tests of one hand."""
    hand: Hand = request.param()
    with phonebar() as phone:
        window = Window(browser, phone.url)
        hand.begin(window)
        window.open(**hand.settings)
        window.page.get_by_role("button", name="Call John Doe").wait_for()
        yield hand, window, phone
        window.close()
        assert window.complaints == []


@pytest.fixture
def phone(seat: Seat) -> Phone:
    _, window, found = seat
    found.anew()
    window.page.locator("#views a").first.evaluate("link => link.click()")
    window.page.locator(".call:not([data-state=ended])").first.wait_for(state="detached")
    return found


@pytest.fixture
def window(seat: Seat) -> Window:
    return seat[1]


@pytest.fixture
def hand(seat: Seat) -> Hand:
    return seat[0]


def test_the_status_is_shown_and_changed(hand: Hand, window: Window, phone: Phone) -> None:
    pressed = window.page.locator("#status [aria-pressed=true]")
    assert pressed.text_content() == "Ready"
    hand.press(window, "Do you take calls?", "Pause")
    window.page.locator("#status [aria-pressed=true]", has_text="Pause").wait_for()
    assert phone.line.status == "pause"


def test_a_number_is_called_and_hung_up(hand: Hand, window: Window, phone: Phone) -> None:
    hand.number(window, "5")
    if isinstance(hand, Switch):
        hand.press(window, "Call")
    else:
        hand.press(window, "Number or name", "Call")
    window.call("5", "active")
    hand.press(window, "5", "Hang up, 5")
    window.gone("5")
    assert phone.deeds() == ["originate 5", "hangup 5"]


def test_a_named_agent_is_called_directly(hand: Hand, window: Window, phone: Phone) -> None:
    hand.press(window, "Speed dial", "Call John Doe")
    window.call(JOHN, "active")
    assert phone.deeds() == ["originate 201"]


def test_a_call_that_comes_in_is_answered(hand: Hand, window: Window, phone: Phone) -> None:
    phone.far.incoming(MARIAS)
    hand.press(window, f"Answer, {MARIA}")
    window.call(MARIA, "active")
    assert phone.deeds() == [f"answer {MARIAS}"]


def test_a_call_that_comes_in_is_declined(hand: Hand, window: Window, phone: Phone) -> None:
    phone.far.incoming(MARIAS)
    hand.press(window, f"Decline, {MARIA}")
    window.gone(MARIA)
    assert phone.deeds() == [f"reject {MARIAS}"]


def test_a_call_is_held_and_resumed(hand: Hand, window: Window, phone: Phone) -> None:
    phone.connected("201")
    window.call(JOHN, "active")
    hand.press(window, JOHN, f"Hold, {JOHN}")
    window.call(JOHN, "holding")
    hand.press(window, JOHN, f"Resume, {JOHN}")
    window.call(JOHN, "active")
    assert phone.deeds()[1:] == ["hold 201", "resume 201"]


def test_a_call_is_transferred_to_a_favourite(hand: Hand, window: Window, phone: Phone) -> None:
    phone.connected("201")
    window.call(JOHN, "active")
    hand.press(window, JOHN, f"Transfer…, {JOHN}")
    window.asked("Transfer John Doe to whom?")
    if isinstance(hand, Switch):
        hand.press(window, "Speed dial", "Sales 200")
    else:
        hand.press(window, "Sales 200")
    window.gone(JOHN)
    assert phone.deeds()[1:] == ["transfer 200"]


def test_a_call_is_transferred_to_a_number(hand: Hand, window: Window, phone: Phone) -> None:
    phone.connected("201")
    window.call(JOHN, "active")
    hand.press(window, JOHN, f"Transfer…, {JOHN}")
    window.asked("Transfer John Doe to whom?")
    hand.number(window, "7")
    hand.press(window, "Transfer")
    window.gone(JOHN)
    assert phone.deeds()[1:] == ["transfer 7"]


def test_two_calls_are_connected_with_each_other(hand: Hand, window: Window, phone: Phone) -> None:
    phone.connected("201", "200")
    window.call("Sales", "active")
    hand.press(window, "Sales", f"Connect with {JOHN}, Sales")
    window.asked(f"Connect Sales with {JOHN}, and leave the call?")
    hand.press(window, f"Connect with {JOHN}")
    window.gone("Sales")
    assert phone.deeds()[2:] == ["attended 200", "attended 201"]


def test_two_calls_become_a_conference(hand: Hand, window: Window, phone: Phone) -> None:
    phone.connected("201", "200")
    window.call("Sales", "active")
    hand.press(window, "Sales", f"Conference with {JOHN}, Sales")
    window.asked("in a conference with you?")
    hand.press(window, f"Conference with {JOHN}")
    window.page.locator(".call", has_text="in a conference").nth(1).wait_for()
    assert sorted(phone.deeds()[2:]) == ["conference 200", "conference 201"]


def test_every_call_is_hung_up_after_a_question(hand: Hand, window: Window, phone: Phone) -> None:
    phone.connected("201", "200")
    window.call("Sales", "active")
    hand.press(window, "All calls", "Hang up all")
    window.asked("Hang up these 2 calls")
    assert len(phone.deeds()) == 2
    hand.press(window, "Hang up all")
    window.gone("Sales")
    window.gone(JOHN)


def test_the_microphone_is_switched_off_and_tones_are_sent(
    hand: Hand, window: Window, phone: Phone
) -> None:
    phone.connected("201")
    window.call(JOHN, "active")
    hand.press(window, JOHN, f"Mute, {JOHN}")
    window.call(JOHN, "active").get_by_text("microphone off").wait_for()
    hand.press(window, JOHN, f"Tones…, {JOHN}")
    window.asked("Tones for John Doe")
    if isinstance(hand, Switch):
        hand.press(window, "4 5 6", "5")
    else:
        hand.press(window, "5")
    window.until(lambda: len(phone.deeds()) == 3)
    hand.press(window, "Close")
    window.page.locator("dialog[open]").wait_for(state="detached")
    assert phone.deeds()[1:] == ["mute 201", "dtmf 201"]


def test_a_past_call_is_called_back(hand: Hand, window: Window, phone: Phone) -> None:
    phone.line.hangup(int(phone.line.originate("201").session_id))
    if isinstance(hand, Switch):
        hand.press(window, "Views", "History")
        hand.press(window, "Past calls", "Call John Doe")
    else:
        link = window.page.get_by_role("link", name="History")
        link.focus()
        window.page.keyboard.press("Enter")
        row = window.page.locator("#history-list button").first
        row.wait_for()
        window.calmly(lambda: row.press("Enter") if isinstance(hand, Keyboard) else row.click())
    window.call(JOHN, "active")
    assert phone.deeds()[-1] == "originate 201"
