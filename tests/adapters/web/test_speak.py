"""Speaking by the page: its button has this PC listen, with the mouse and with keys."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.adapters.voice.person import speaking
from tests.adapters.web.conftest import page_of
from tests.browser import Window, violations
from tests.desk import Desk, desk
from tests.phonebar.page.hands import Hand, Keyboard, Mouse


def state(window: Window, text: str) -> None:
    window.page.locator("#microphone[aria-live=polite]", has_text=text).wait_for()


@pytest.mark.parametrize("kind", [Mouse, Keyboard], ids=["mouse", "keyboard"])
def test_the_button_has_what_is_said_heard_and_pressed_again_ends_it(
    kind: type[Hand], browser: Any, tmp_path: Path
) -> None:
    hand = kind()
    with (
        desk(tmp_path, quirks=True) as phone,
        speaking(phone, patience=60.0) as person,
        page_of(phone, person.session) as url,
    ):
        window = Window(browser, url)
        hand.begin(window)
        window.open(**hand.settings)
        state(window, "Microphone: waiting")
        hand.press(window, "Speak")
        state(window, "Microphone: listening")
        assert window.page.locator("#speak-button").get_attribute("aria-pressed") == "true"
        hand.press(window, "Speak")
        state(window, "Microphone: waiting")
        assert window.page.locator("#speak-button").get_attribute("aria-pressed") == "false"
        assert phone.deeds() == []
        hand.press(window, "Speak")
        state(window, "Microphone: listening")
        person.says("call Sales")
        window.call("Sales", "active")
        state(window, "Microphone: waiting")
        assert violations(window.page) == []
        assert window.complaints == []
        window.close()


def test_without_the_voice_the_page_says_what_to_start(window: Window, vendors: Desk) -> None:
    window.open()
    state(window, '"voice" and "web"')
    assert not window.page.locator("#speak-button").is_visible()
    assert vendors.deeds() == []
