"""What can be set: kept in this browser, checked when read, and obeyed."""

from __future__ import annotations

import pytest

from tests.browser import Window
from tests.phonebar.page.conftest import Phone


def test_single_keys_do_nothing_until_they_are_switched_on(window: Window, phone: Phone) -> None:
    window.open()
    phone.far.incoming("201")
    window.call("John Doe", "incoming")
    window.calm()
    window.page.keyboard.press("a")
    window.page.keyboard.press("d")
    window.click("Settings", role="link")
    window.page.get_by_label("Single keys act without looking").check()
    window.page.get_by_role("heading", name="Calls", exact=True).focus()
    window.page.keyboard.press("a")
    window.call("John Doe", "active")
    assert phone.deeds() == ["answer 201"]


def test_single_keys_can_be_others_and_the_help_lists_them(window: Window, phone: Phone) -> None:
    window.open(keys=True)
    phone.connected("201")
    window.call("John Doe", "active")
    window.page.keyboard.press("?")
    window.page.get_by_role("heading", name="Help").wait_for()
    assert window.page.get_by_role("row", name="H Hold, or resume").count() == 1
    window.click("Settings", role="link")
    field = window.page.locator("#key-hold")
    field.fill("a")
    window.told("a is taken already: Answer.")
    assert field.input_value() == "h"
    field.fill("k")
    window.calm()
    window.page.get_by_role("heading", name="Calls", exact=True).focus()
    window.page.keyboard.press("h")
    window.page.keyboard.press("k")
    window.call("John Doe", "holding")
    assert phone.deeds() == ["originate 201", "hold 201"]
    window.page.keyboard.press("a")
    window.told("That is not possible now; nothing was done.")


def test_a_key_that_could_mean_two_calls_does_nothing_and_says_so(
    window: Window, phone: Phone
) -> None:
    window.open(keys=True)
    phone.connected("201", "200")
    window.call("Sales", "active")
    window.calm()
    window.page.keyboard.press("x")
    window.told("More than one call could be meant.")
    assert len(phone.deeds()) == 2


def test_letters_that_are_typed_are_no_commands(window: Window, phone: Phone) -> None:
    window.open(keys=True)
    phone.far.incoming("201")
    window.call("John Doe", "incoming")
    window.calm()
    window.page.get_by_role("combobox").press_sequentially("add")
    assert phone.deeds() == []


def test_what_is_to_be_asked_first_is_asked(window: Window, phone: Phone) -> None:
    window.open(askHangup=True, askCall=True)
    window.click("Call John Doe")
    window.asked("Call John Doe?")
    window.click("Cancel", exact=True)
    window.told("Cancelled. Nothing was done.")
    assert phone.deeds() == []
    phone.connected("201")
    window.call("John Doe", "active")
    window.click("Hang up, John Doe")
    question = window.asked("Hang up John Doe?")
    window.calm()
    question.get_by_role("button", name="Hang up").click()
    window.gone("John Doe")


def test_within_the_delay_any_key_cancels_a_call(window: Window, phone: Phone) -> None:
    window.page.clock.install()
    window.open(delay=3)
    window.click("Call John Doe")
    window.asked("Calling John Doe in 3 seconds.")
    window.page.keyboard.press("Shift")
    window.told("Cancelled. Nothing was done.")
    window.page.clock.run_for(4000)
    assert phone.deeds() == []
    button = window.page.get_by_role("button", name="Call John Doe")
    window.calm()
    button.focus()
    for _ in range(5):  # held down, it is one press and no second one that cancels
        window.page.keyboard.down("Enter")
    window.page.keyboard.up("Enter")
    window.asked("Calling John Doe in 3 seconds.")
    window.page.clock.run_for(3100)
    window.call("John Doe", "active")
    assert phone.deeds() == ["originate 201"]


def test_the_speed_dial_keeps_who_is_kept_and_loses_who_is_removed(
    window: Window, phone: Phone
) -> None:
    window.open()
    window.page.get_by_role("button", name="Call Sales").wait_for()
    window.page.get_by_role("combobox").fill("777")
    window.click("Keep in speed dial")
    window.page.get_by_role("button", name="Call 777").wait_for()
    window.click("Settings", role="link")
    window.click("Remove John Doe from the speed dial")
    window.told("John Doe is no longer in the speed dial.")
    window.page.reload()
    window.page.get_by_role("button", name="Call 777").wait_for()
    assert window.page.get_by_role("button", name="Call John Doe").count() == 0


@pytest.mark.parametrize(
    "kept",
    [
        "nonsense",
        "[]",
        '{"step": -1, "loops": "x", "fast": [{"name": 1}, null], "keyMap": {"answer": "abc"}}',
        '{"theme": "pink", "language": "xx", "switchMode": "wild", "delay": 1e9}',
    ],
)
def test_settings_that_make_no_sense_are_left_out(window: Window, phone: Phone, kept: str) -> None:
    window.page.add_init_script(f"localStorage.setItem('phonebar-settings', {kept!r})")
    window.open()
    window.click("Settings", role="link")
    assert window.page.get_by_label("Seconds on each item").input_value() == "1"
    assert window.page.locator("#key-answer").input_value() == "a"
    assert window.page.get_by_label("How it works").input_value() == "off"
    assert window.page.locator("html").get_attribute("data-theme") is None


def test_a_dark_page_can_be_chosen(window: Window, phone: Phone) -> None:
    window.open()
    window.click("Settings", role="link")
    window.page.get_by_label("Light or dark").select_option("dark")
    assert window.page.locator("html").get_attribute("data-theme") == "dark"
