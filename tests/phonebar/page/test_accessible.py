"""The page in every state: judged by axe in every dress and width, and as a reader hears it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.browser import Window, too_wide, violations
from tests.phonebar.page.conftest import Phone

SLOW = "5550102"
DRESSES = {
    "light": {"color_scheme": "light", "forced_colors": "none"},
    "dark": {"color_scheme": "dark", "forced_colors": "none"},
    "forced colours": {"color_scheme": "light", "forced_colors": "active"},
}
NARROW = {"width": 320, "height": 256}
"""A window of 1280 x 1024 at 400 % (WCAG 1.4.10)."""


def idle(_window: Window, _phone: Phone) -> None:
    """Nothing happens."""


def typing(window: Window, _phone: Phone) -> None:
    window.page.locator("summary").click()
    window.page.get_by_role("combobox").press_sequentially("ma")
    window.page.get_by_role("option").first.wait_for()
    window.page.keyboard.press("ArrowDown")


def incoming(window: Window, phone: Phone) -> None:
    phone.far.incoming("+390655501104")
    window.call("Maria Rossi", "incoming")
    window.page.locator("footer [role=alert]", has_text="Maria Rossi").wait_for()


def two_calls(window: Window, phone: Phone) -> None:
    phone.connected("201", "200")
    window.call("John Doe", "holding")
    window.call("Sales", "active")


def choosing(window: Window, phone: Phone) -> None:
    phone.connected("201")
    window.call("John Doe", "active")
    window.click("Transfer…, John Doe")
    window.asked("Transfer John Doe to whom?")


def asking(window: Window, phone: Phone) -> None:
    phone.connected("201", "200")
    window.call("Sales", "active")
    window.click("Hang up all")
    window.asked("Hang up these 2 calls")


def tones(window: Window, phone: Phone) -> None:
    phone.connected("201")
    window.call("John Doe", "active")
    window.click("Tones…, John Doe")
    window.asked("Tones for John Doe")


def error(window: Window, phone: Phone) -> None:
    phone.line.originate(SLOW)
    window.call("555", "ringing")
    window.click("Call John Doe")
    window.told("The phonebar is busy with another call")


def ended(window: Window, phone: Phone) -> None:
    phone.connected("201")
    phone.far.hangup_far(1)
    window.call("John Doe", "ended")


def offline(window: Window, phone: Phone) -> None:
    phone.server.stop()
    window.page.wait_for_selector("body[data-link=away]")


def view(name: str) -> Callable[[Window, Phone], None]:
    def show(window: Window, phone: Phone) -> None:
        phone.connected("201")
        phone.far.hangup_far(1)
        window.call("John Doe", "ended")
        window.click(name, role="link")
        window.page.get_by_role("heading", level=2, name=re.compile(name, re.IGNORECASE)).or_(
            window.page.get_by_role("heading", name="Past calls")
        ).wait_for()

    return show


STATES: dict[str, Callable[[Window, Phone], None]] = {
    "idle": idle,
    "typing": typing,
    "incoming": incoming,
    "two calls": two_calls,
    "choosing whom": choosing,
    "a question": asking,
    "tones": tones,
    "an error": error,
    "ended": ended,
    "offline": offline,
    "history": view("History"),
    "settings": view("Settings"),
    "help": view("Help"),
}


@pytest.fixture(params=STATES.values(), ids=STATES.keys())
def shown(request: pytest.FixtureRequest, window: Window, phone: Phone) -> Iterator[Window]:
    window.open()
    window.page.get_by_role("button", name="Call John Doe").wait_for()
    request.param(window, phone)
    yield window
    if request.param is offline:  # that a connection was refused is said in the console too
        window.complaints.clear()
    elif request.param is error:
        assert [line for line in window.complaints if "409" in line] == window.complaints
        window.complaints.clear()


def test_every_state_is_accessible_in_every_dress_and_width(shown: Window) -> None:
    page = shown.page
    found: dict[str, Any] = {}
    for name, dress in DRESSES.items():
        page.emulate_media(**dress)
        found[name] = violations(page)
    page.emulate_media(color_scheme="light", forced_colors="none", reduced_motion="reduce")
    moving = page.evaluate(
        "() => document.getAnimations().filter(one => one.playState === 'running').length"
    )
    small = page.evaluate(
        """() => [...document.querySelectorAll('button, nav a, select, summary, input, li[role]')]
          .filter(node => node.getClientRects().length && !node.closest('.check'))
          .map(node => [node.textContent || node.id, node.getBoundingClientRect()])
          .filter(([, box]) => box.width < 48 || box.height < 48).map(([name]) => name)"""
    )
    page.set_viewport_size(NARROW)
    found |= {"moving": moving, "small": small, "too wide": too_wide(page)}
    for width in (640, 2560):
        page.set_viewport_size({"width": width, "height": 800})
        found[f"too wide at {width}"] = too_wide(page)
    assert {name: what for name, what in found.items() if what} == {}


# What a screen reader is told


def calls(window: Window) -> str:
    return str(window.page.locator("#calls").aria_snapshot())


def told(window: Window) -> str:
    window.page.locator("footer [role=status]:not(:empty)").wait_for()
    return str(window.page.locator("footer").aria_snapshot())


def test_an_incoming_call_is_an_alert_and_a_card_whose_first_button_answers(
    window: Window, phone: Phone
) -> None:
    incoming(window.open(), phone)
    assert "- alert: Maria Rossi is calling." in window.page.locator("footer").aria_snapshot()
    assert calls(window) == (
        '- region "Calls":\n'
        '  - heading "Calls" [level=2]\n'
        "  - list:\n"
        '    - listitem "Maria Rossi":\n'
        '      - heading "Maria Rossi" [level=3]\n'
        "      - text: +390 655 501 104\n"
        "      - paragraph: ringing\n"
        '      - toolbar "What can be done with Maria Rossi":\n'
        '        - button "Answer, Maria Rossi": Answer\n'
        '        - button "Decline, Maria Rossi": Decline\n'
        '        - button "Transfer…, Maria Rossi": Transfer…'
    )
    assert window.page.title() == "Maria Rossi is calling. – Phonebar"
    window.click("Answer, Maria Rossi")
    window.told("Connected to Maria Rossi.")
    alert = window.page.locator("footer [role=alert]")
    assert alert.text_content() == ""


def test_connected_held_and_ended_are_told_once_each_and_shown(
    window: Window, phone: Phone
) -> None:
    window.open()
    window.click("Call John Doe")
    window.told("Connected to John Doe.")
    assert window.page.title() == "On a call: John Doe – Phonebar"
    assert '- listitem "John Doe":' in calls(window)
    assert "- text: connected" in calls(window)
    window.click("Hold, John Doe")
    window.told("John Doe is on hold.")
    assert "- text: on hold" in calls(window)
    assert '- button "Resume, John Doe": Resume' in calls(window)
    phone.far.hangup_far(1)
    window.told("The call with John Doe is over: they hung up.")
    assert "ended, they hung up" in calls(window) or "over, they hung up" in calls(window)
    assert "button" not in calls(window)
    assert told(window) == (
        '- contentinfo:\n  - alert\n  - status: "The call with John Doe is over: they hung up."'
    )


def test_focus_stays_with_a_call_whose_buttons_change_and_goes_to_the_calls_when_it_is_gone(
    window: Window, phone: Phone
) -> None:
    phone.connected("201")
    window.open()
    window.call("John Doe", "active")
    window.calm()
    window.page.get_by_role("button", name="Hold, John Doe").press("Enter")
    window.call("John Doe", "holding")
    focused = window.page.locator(":focus")
    assert focused.get_attribute("aria-label") == "Resume, John Doe"
    focused.press("End")
    assert window.page.locator(":focus").get_attribute("aria-label") == "Hang up, John Doe"
    window.calm()
    window.page.keyboard.press("Enter")
    window.gone("John Doe")
    window.page.locator("#calls :focus, #calls-title:focus").wait_for()


def test_focus_stays_at_a_past_call_when_another_one_is_over(window: Window, phone: Phone) -> None:
    phone.line.hangup(int(phone.line.originate("201").session_id))
    window.page.clock.install()
    window.open()
    window.page.get_by_role("link", name="History").click()
    row = window.page.locator("#history-list").get_by_role("button", name="Call John Doe")
    row.focus()
    window.freeze()
    phone.line.hangup(int(phone.line.originate("200").session_id))
    window.page.locator("#history-list").get_by_role("button", name="Call Sales").wait_for()
    assert window.page.evaluate("document.activeElement.ariaLabel") == "Call John Doe"
    row.click()
    window.page.clock.run_for(100)
    window.told("The page changed just before you pressed “Call John Doe”")


def test_what_is_focused_is_never_covered_by_what_is_told(window: Window, phone: Phone) -> None:
    window.open()
    window.page.set_viewport_size({"width": 800, "height": 420})
    incoming(window, phone)
    for _ in range(30):
        window.page.keyboard.press("Tab")
        covered = window.page.evaluate(
            """() => {
              const node = document.activeElement, box = node.getBoundingClientRect();
              const footer = document.querySelector('footer').getBoundingClientRect();
              return node !== document.body && box.top >= footer.top && box.bottom <= footer.bottom
                ? node.outerHTML : null;
            }"""
        )
        assert covered is None


def test_a_dialog_keeps_focus_tells_in_itself_and_gives_focus_back(
    window: Window, phone: Phone
) -> None:
    phone.connected("201", "200")
    window.open()
    window.call("Sales", "active")
    window.calm()
    window.page.get_by_role("button", name="Hang up all").press("Enter")
    window.asked("Hang up these 2 calls: John Doe, Sales?")
    assert window.page.locator(":focus").text_content() == "Cancel"
    phone.far.incoming("+390655501104")
    # The question was about two calls; now there are three, so it is over.
    window.told("The calls have changed, so the question is closed and nothing was done.")
    assert window.page.locator("dialog[open]").count() == 0
    window.calm()
    button = window.page.get_by_role("button", name="Hang up all")
    button.press("Enter")
    window.asked("Hang up these 3 calls")
    window.page.keyboard.press("Escape")
    window.told("Cancelled. Nothing was done.")
    assert window.page.locator(":focus").get_attribute("id") == "hangup-all"
    phone.far.hangup_far(3)
    window.click("Transfer…, Sales")
    dialog = window.asked("Transfer Sales to whom?")
    phone.far.incoming("+390655501104")
    dialog.get_by_role("alert").filter(has_text="Maria Rossi is calling.").wait_for()
    assert dialog.get_by_role("combobox").evaluate("node => node === document.activeElement")
    assert phone.deeds() == ["originate 201", "originate 200"]


def test_people_are_found_while_typing_and_chosen_with_the_arrows(
    window: Window, phone: Phone
) -> None:
    window.open()
    field = window.page.get_by_role("combobox", name="Number or name")
    field.focus()
    window.page.keyboard.type("maria")
    window.told("Found: 2.")
    assert field.get_attribute("aria-expanded") == "true"
    window.page.keyboard.press("ArrowDown")
    window.page.keyboard.press("ArrowDown")
    active = window.page.locator("#" + (field.get_attribute("aria-activedescendant") or "x"))
    assert active.text_content() == "Maria Rossi mobile 202"
    assert active.get_attribute("aria-selected") == "true"
    window.page.keyboard.press("Enter")
    assert field.input_value() == "Maria Rossi"
    assert not phone.deeds()
    window.page.keyboard.press("Enter")
    window.call("Maria Rossi", "active")
    assert phone.deeds() == ["originate 202"]


def test_a_name_that_fits_several_or_nobody_calls_nobody(window: Window, phone: Phone) -> None:
    window.open()
    field = window.page.get_by_role("combobox", name="Number or name")
    field.fill("zzz")
    window.told("Nobody by that name.")
    field.press("Enter")
    window.told("Nobody is called “zzz”")
    assert field.get_attribute("aria-invalid") == "true"
    field.fill("maria")
    window.told("Found: 2.")
    field.press("Enter")
    window.told("Choose somebody from the list: nothing was done.")
    assert not phone.deeds()
