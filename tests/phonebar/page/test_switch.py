"""The scan: held to the traces that every scanner of this product is held to, and on the page."""

from __future__ import annotations

from typing import Any

import pytest

from tests.adapters.switch.traces import traces
from tests.browser import Window
from tests.phonebar.page.conftest import Phone
from tests.phonebar.page.hands import Switch

RUN = """async ({settings, steps, until}) => {
  const { Scanner } = await import('/scanner.js');
  const scanner = new Scanner(settings);
  const signs = [];
  const passTime = (t) => {
    for (let due = scanner.due(); due !== null && due <= t + 1e-9; due = scanner.due()) {
      signs.push(...scanner.tick(due));
    }
  };
  for (const [t, what, ...more] of steps) {
    passTime(t);
    if (what === 'show') signs.push(...scanner.show(more[0], t));
    else if (what === 'change') {
      signs.push(...scanner.show(more[0], t, {grace: scanner.pace.grace, wake: more[1]}));
    } else if (what === 'wait') scanner.wait(t);
    else signs.push(...scanner.press(what === 'down', t, {moves: more[0] === 'moves'}));
  }
  passTime(until);
  return signs.map(({at, kind, item}) => [at, kind, item]);
}"""


@pytest.fixture
def switch(window: Window) -> Switch:
    found = Switch()
    opened(window)
    return found


def opened(window: Window, **settings: Any) -> None:
    """Open the page for a switch; time passes in it by `clock.run_for` alone."""
    window.page.clock.install()
    window.open(**{**Switch.settings, **settings})
    window.page.get_by_role("button", name="Call John Doe").wait_for()
    window.freeze()


def test_the_page_scans_as_every_trace_says(window: Window) -> None:
    window.open()
    for trace in traces():
        given = {name: trace[name] for name in ("settings", "steps", "until")}
        seen = window.page.evaluate(RUN, given)
        signs = [[pytest.approx(at, abs=0.001), kind, item] for at, kind, item in trace["signs"]]
        assert seen == signs, trace["name"]


def lit(window: Window, seconds: float) -> list[str]:
    """What is lit in the next seconds, in order."""
    found: list[str] = []
    for _ in range(int(seconds * 10)):
        window.page.clock.run_for(100)
        now = window.page.locator("#scanbar").text_content() or ""
        if now and (not found or found[-1] != now):
            found.append(now)
    return found


def test_answer_comes_first_while_it_rings_and_back_ends_every_group(
    switch: Switch, window: Window, phone: Phone
) -> None:
    phone.far.incoming("+390655501104")
    window.call("Maria Rossi", "incoming")
    assert lit(window, 3.0)[:3] == [
        "Answer, Maria Rossi",
        "Decline, Maria Rossi",
        "Transfer…, Maria Rossi",
    ]
    switch.press(window, "Speed dial", "Back")
    window.freeze()
    assert "Number or name …" in lit(window, 4.0)
    assert phone.deeds() == []


def test_a_press_as_the_list_changes_selects_nothing(
    switch: Switch, window: Window, phone: Phone
) -> None:
    phone.far.incoming("+390655501104")
    window.call("Maria Rossi", "incoming")
    for _ in range(2):
        assert window.page.locator(".scan-lit").count() == 0, "nobody is to press in vain"
        window.page.keyboard.press("F9")
        window.page.clock.run_for(300)
    assert phone.deeds() == []
    window.page.clock.run_for(300)
    assert lit(window, 0.2) == ["Answer, Maria Rossi"]


def test_after_its_loops_it_pauses_and_a_press_only_wakes_it(window: Window, phone: Phone) -> None:
    opened(window, loops=1)
    seen = lit(window, 6.0)
    assert seen[-1] == "Paused: press the switch to go on."
    assert window.page.locator(".scan-lit").count() == 0
    window.page.keyboard.press("F9")
    window.page.clock.run_for(50)
    assert window.page.locator(".scan-lit").count() == 1
    assert phone.deeds() == []


def test_a_call_that_comes_in_wakes_a_paused_scan(window: Window, phone: Phone) -> None:
    opened(window, loops=1)
    lit(window, 6.0)
    phone.far.incoming("+390655501104")
    window.call("Maria Rossi", "incoming")
    assert lit(window, 1.0) == ["Answer, Maria Rossi"]


def test_two_switches_step_by_hand_and_nothing_moves_by_itself(
    window: Window, phone: Phone
) -> None:
    opened(window, switchMode="two", switchKey2="F8")
    first = lit(window, 5.0)
    assert len(first) == 1
    while (window.page.locator("#scanbar").text_content()) != "Speed dial …":
        window.page.keyboard.press("F8")
        window.page.clock.run_for(50)
    window.page.keyboard.press("F9")
    window.page.clock.run_for(50)
    assert window.page.locator("#scanbar").text_content() == "Call John Doe"
    window.page.keyboard.press("F9")
    window.call("John Doe", "active")


def test_a_mouse_button_is_a_switch_wherever_it_points(window: Window, phone: Phone) -> None:
    opened(window, switchMouse=True)
    phone.far.incoming("+390655501104")
    window.call("Maria Rossi", "incoming")
    lit(window, 1.0)
    decline = window.page.get_by_role("button", name="Decline, Maria Rossi")
    box: Any = decline.bounding_box()
    window.page.mouse.click(box["x"] + 5, box["y"] + 5)
    window.call("Maria Rossi", "active")
    assert phone.deeds() == ["answer +390655501104"], "what was lit, not what lay under the pointer"


def test_a_name_is_spelled_and_whoever_is_found_is_called(window: Window, phone: Phone) -> None:
    switch = Switch()
    switch.begin(window)
    window.open(**switch.settings)
    form = "Number or name"
    switch.press(window, form, "Letters", "m n o p q r", "m")
    switch.press(window, "People", "Maria Rossi mobile 202")
    assert window.page.get_by_role("combobox").first.input_value() == "Maria Rossi"
    switch.press(window, "Call")
    window.call("Maria Rossi", "active")
    assert phone.deeds() == ["originate 202"]


def test_a_call_is_transferred_to_somebody_who_is_spelled(window: Window, phone: Phone) -> None:
    switch = Switch()
    switch.begin(window)
    window.open(**switch.settings)
    phone.connected("201")
    window.call("John Doe", "active")
    switch.press(window, "John Doe", "Transfer…, John Doe")
    window.asked("Transfer John Doe to whom?")
    form = "Transfer to: number or name"
    switch.press(window, form, "Letters", "s t u v w x", "s")
    switch.press(window, "People", "Sales 200")
    switch.press(window, "Transfer")
    window.gone("John Doe")
    assert phone.deeds()[1:] == ["transfer 200"]


def test_whoever_uses_no_switch_sees_no_letters(window: Window) -> None:
    window.open()
    window.page.get_by_role("combobox").first.fill("maria")
    window.page.get_by_role("option").first.wait_for()
    assert not window.page.get_by_role("group", name="Letters").count()
    assert not window.page.get_by_role("group", name="People").count()


def test_whoever_fits_the_switch_can_still_use_the_settings_by_hand(
    switch: Switch, window: Window
) -> None:
    window.page.get_by_role("link", name="Settings").click()
    window.page.get_by_role("button", name="Switch: F9.").click()
    window.page.clock.run_for(100)
    window.page.keyboard.press("F4")
    window.page.get_by_role("button", name="Switch: F4.").wait_for()
    window.page.get_by_label("How it works").select_option("off")
    window.page.locator("#scanbar").wait_for(state="hidden")
