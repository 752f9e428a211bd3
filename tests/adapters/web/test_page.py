"""The page before the assistant: everything goes through it, and what it asks is answered here."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import requests

from tests.adapters.web.conftest import page_of
from tests.browser import Window, too_wide, violations
from tests.desk import Desk, desk
from tests.phonebar.page.hands import Hand, Keyboard, Mouse, Switch

MARIA, MARIAS = "Maria Rossi", "+390655501104"
SALES = "Sales"


@pytest.fixture(params=[Mouse, Keyboard, Switch], ids=["mouse", "keyboard", "switch"])
def hand(request: pytest.FixtureRequest, window: Window) -> Hand:
    found: Hand = request.param()
    found.begin(window)
    window.open(**found.settings)
    window.page.get_by_role("button", name="Call John Smith").wait_for()
    return found


def deeds(phone: Desk) -> list[str]:
    return [f"{entry.what} {entry.number}" for entry in phone.deeds()]


# The vendor's features, with the vendor's interface alone


def test_a_call_is_answered_held_resumed_and_hung_up(
    hand: Hand, window: Window, vendors: Desk
) -> None:
    vendors.ring(MARIAS)
    hand.press(window, f"Answer, {MARIA}")
    window.call(MARIA, "active")
    hand.press(window, MARIA, f"Hold, {MARIA}")
    window.call(MARIA, "holding")
    hand.press(window, MARIA, f"Resume, {MARIA}")
    window.call(MARIA, "active")
    hand.press(window, MARIA, f"Hang up, {MARIA}")
    window.gone(MARIA)
    assert [entry.what for entry in vendors.deeds()] == ["answer", "hold", "resume", "hangup"]


def test_somebody_is_called_by_name_and_transferred_to_a_favourite(
    hand: Hand, window: Window, vendors: Desk
) -> None:
    hand.press(window, "Speed dial", "Call John Smith")
    window.call("John Smith", "active")
    hand.press(window, "John Smith", "Transfer…, John Smith")
    window.asked("Transfer John Smith to whom?")
    hand.press(window, "Speed dial", "Maria Rossi +390 655 501 104")
    window.gone("John Smith")
    assert deeds(vendors) == ["originate +12025550101", f"transfer {MARIAS}"]


def test_two_calls_are_connected_after_a_yes(hand: Hand, window: Window, vendors: Desk) -> None:
    vendors.call(MARIAS)
    vendors.call("200")
    window.call(SALES, "active")
    hand.press(window, SALES, f"Connect with {MARIA}, {SALES}")
    window.asked("Connect Sales (200) with Maria Rossi")
    assert len(vendors.deeds()) == 2
    hand.press(window, "Yes")
    window.gone(SALES)
    assert [entry.what for entry in vendors.deeds()][2:] == ["attended", "attended"]


def test_every_call_is_hung_up_after_a_yes_and_none_after_a_cancel(
    hand: Hand, window: Window, vendors: Desk
) -> None:
    vendors.call(MARIAS)
    vendors.call("200")
    window.call(SALES, "active")
    hand.press(window, "All calls", "Hang up all")
    dialog = window.asked("Hang up these 2 calls?")
    assert "Maria Rossi" in dialog.inner_text()
    hand.press(window, "Cancel")
    window.told("Cancelled. Nothing was done.")
    assert len(vendors.deeds()) == 2
    hand.press(window, "All calls", "Hang up all")
    window.asked("Hang up these 2 calls?")
    hand.press(window, "Yes")
    window.gone(SALES)
    window.gone(MARIA)


# What only an assistant has


def test_a_sentence_is_understood_and_its_question_answered_in_words(
    window: Window, vendors: Desk
) -> None:
    window.open()
    vendors.call("200")
    window.call(SALES, "active")
    window.page.get_by_label("Say what you want in a sentence").fill("transfer to john")
    window.page.keyboard.press("Enter")
    window.asked("Whom do you mean?")
    window.calm()
    window.page.get_by_label("Or answer in words").fill("the second")
    window.page.keyboard.press("Enter")
    window.gone(SALES)
    window.told("Transferred Sales (200) to John Smith")
    assert deeds(vendors) == ["originate 200", "transfer +12025550101"]


def test_a_question_is_answered_by_a_button_or_dropped_by_escape(
    window: Window, vendors: Desk
) -> None:
    window.open()
    field = window.page.get_by_label("Say what you want in a sentence")
    field.fill("call john")
    field.press("Enter")
    window.asked("Whom do you mean?")
    window.page.keyboard.press("Escape")
    window.told("Cancelled. Nothing was done.")
    assert vendors.deeds() == []
    field.fill("call john")
    field.press("Enter")
    window.asked("Whom do you mean?")
    window.click("John Carter (+12025550102)")
    window.call("John Carter", "active")
    assert deeds(vendors) == ["originate +12025550102"]


def test_what_is_not_understood_is_said_and_nothing_is_done(window: Window, vendors: Desk) -> None:
    window.open()
    field = window.page.get_by_label("Say what you want in a sentence")
    field.fill("<b>purple</b> elephants")
    field.press("Enter")
    window.told("I did not understand")
    assert vendors.deeds() == []


def test_an_empty_sentence_is_said_to_be_one_and_what_was_not_understood_can_be_mended(
    window: Window, vendors: Desk
) -> None:
    window.open()
    window.click("Do it")
    window.told("Nothing was typed, so nothing was done.")
    field = window.page.get_by_label("Say what you want in a sentence")
    field.fill("call nobodyofthatname")
    field.press("Enter")
    window.told("nobodyofthatname")
    assert field.input_value() == "call nobodyofthatname"
    assert vendors.deeds() == []


def test_the_reply_to_ones_own_deed_is_told_once_and_others_doings_too(
    window: Window, vendors: Desk
) -> None:
    window.open()
    said = window.page.evaluate_handle(
        """() => {
          const said = [];
          const node = document.querySelector('footer [role=status]');
          new MutationObserver(() => node.textContent && said.push(node.textContent))
            .observe(node, {childList: true});
          return said;
        }"""
    )
    window.click("Call John Smith")
    window.call("John Smith", "active")
    window.told("John Smith")
    vendors.say("hold")
    window.call("John Smith", "holding")
    window.told("John Smith (+12025550101) is on hold.")
    told = " ".join(said.json_value())
    assert told.count("Calling John Smith") == 1
    assert told.count("is on hold") == 1


def test_the_policy_holds_and_its_words_are_told(browser: Any, tmp_path: Path) -> None:
    from assistant.settings import PolicySection

    policy = PolicySection(forbid=("+390",), confirm=("call", "call_number"))
    with desk(tmp_path, quirks=True, policy=policy) as phone, page_of(phone) as url:
        window = Window(browser, url).open()
        window.click("Call Maria Rossi")
        window.told("The configuration forbids calls to Maria Rossi")
        window.click("Call John Smith")
        window.asked("Call John Smith (+12025550101)?")
        window.click("Yes")
        window.call("John Smith", "active")
        assert deeds(phone) == ["originate +12025550101"]
        window.close()


def test_it_answers_in_the_pages_language_where_the_assistant_has_it(
    browser: Any, tmp_path: Path
) -> None:
    with desk(tmp_path, quirks=True) as phone, page_of(phone) as url:
        window = Window(browser, url).open(language="it")
        window.click("Chiama John Smith")
        status = window.page.locator("footer [role=status]", has_text="John Smith")
        status.wait_for()
        assert status.get_attribute("lang") == "en", "the assistant was set to English alone"
        window.close()


def test_it_tells_what_happens_in_the_pages_language_also_once_that_is_another(
    browser: Any, tmp_path: Path
) -> None:
    with desk(tmp_path, quirks=True, languages=("en", "it")) as phone, page_of(phone) as url:
        window = Window(browser, url).open(language="it")
        phone.ring("+390655501104")
        alert = window.page.locator("footer [role=alert]", has_text="Maria Rossi")
        alert.wait_for()
        assert alert.get_attribute("lang") == "it"
        window.click("Impostazioni", role="link")
        window.page.locator("#settings-form select").first.select_option("en")
        window.page.wait_for_selector("html[lang=en]")
        phone.line.hangup_all()
        window.told("Maria Rossi")
        status = window.page.locator("footer [role=status]", has_text="Maria Rossi")
        assert status.get_attribute("lang") == "en"
        window.close()


# What the vendor's phonebar cannot do


def test_what_the_phonebar_cannot_do_is_said_in_words_and_shows_no_dead_button(
    window: Window, vendors: Desk
) -> None:
    window.open()
    vendors.call("200")
    window.call(SALES, "active")
    page = window.page
    assert "does not say whether it is ready or on pause" in page.locator("header").inner_text()
    assert "Muting is not possible from here" in page.locator("#calls").inner_text()
    assert "Tones cannot be sent from here" in page.locator("#calls").inner_text()
    assert page.get_by_role("button", name="Mute").count() == 0
    assert page.get_by_role("button", name="Ready").count() == 0


def test_the_letter_for_a_status_that_the_phonebar_lacks_says_so(
    window: Window, vendors: Desk
) -> None:
    window.open(keys=True)
    window.calm()
    window.page.keyboard.press("p")
    window.told("This phonebar does not say whether it is ready or on pause: see its own window.")


def test_a_phonebar_of_ours_is_set_to_pause(browser: Any, phone: Desk) -> None:
    with page_of(phone) as url:
        window = Window(browser, url).open()
        window.click("Pause")
        window.page.locator("#status [aria-pressed=true]", has_text="Pause").wait_for()
        assert phone.line.status == "pause"
        window.close()


def test_past_calls_are_those_of_the_journal(window: Window, vendors: Desk) -> None:
    vendors.call("200")
    vendors.do("hangup")
    window.open()
    window.click("History", role="link")
    row = window.page.get_by_role("listitem").filter(has_text=SALES)
    row.wait_for()
    window.click("Call Sales", exact=True)
    window.call(SALES, "active")


# Lost, judged, guarded


def test_a_phonebar_that_is_lost_is_told_with_what_to_do_and_comes_back(
    browser: Any, tmp_path: Path
) -> None:
    from assistant.settings import PolicySection
    from phonebar.line import Line
    from phonebar.server import Server
    from phonebar.simulator import Simulator
    from tests.desk import QUICK

    line = Line(Simulator(QUICK))
    server = Server(line, quirks=True).start()
    phone = Desk(tmp_path, server.url, line, PolicySection())
    with page_of(phone) as url:
        window = Window(browser, url).open()
        server.stop()
        window.page.wait_for_selector("body[data-link=phonebar_lost]", timeout=15000)
        assert "Start the phonebar" in window.page.locator("#offline").inner_text()
        assert violations(window.page) == []
        server.start()
        window.page.wait_for_selector("body[data-link=up]", timeout=15000)
        window.told("The phonebar is back.")
        window.close()
    phone.close()
    server.stop()
    line.close()


def test_it_is_accessible_with_calls_and_a_question(window: Window, vendors: Desk) -> None:
    window.open()
    vendors.call(MARIAS)
    vendors.call("200")
    window.call(SALES, "active")
    found = violations(window.page)
    window.click("Hang up all")
    window.asked("Hang up these 2 calls?")
    for dress in ({"color_scheme": "dark"}, {"color_scheme": "light", "forced_colors": "active"}):
        window.page.emulate_media(**dress)
        found += violations(window.page)
    window.page.set_viewport_size({"width": 320, "height": 256})
    assert (found, too_wide(window.page)) == ([], 0)


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Host": "evil.example"},
        {},
    ],
    ids=["origin", "same site", "cross site", "another host", "no token"],
)
def test_nobody_else_acts_through_it(vendors: Desk, headers: dict[str, str]) -> None:
    with page_of(vendors) as url:
        for path, body in (
            ("do", {"name": "call", "number": "200"}),
            ("say", {"text": "call 200"}),
            ("answer", {"question": "x", "text": "yes"}),
            ("status", {"status": "pause"}),
        ):
            more = {"id": "1", "deadline": 4102444800}
            answer = requests.post(
                f"{url}/ext/v1/{path}", json={**body, **more}, headers=headers, timeout=10
            )
            assert answer.status_code == 403
    assert vendors.deeds() == []


@pytest.fixture
def post(vendors: Desk) -> Any:
    with page_of(vendors) as url:
        session = requests.Session()
        session.trust_env = False
        session.headers["X-Phonebar-Token"] = session.get(
            f"{url}/ext/v1/session", timeout=10
        ).json()["token"]
        yield lambda path, body: session.post(f"{url}/ext/v1/{path}", json=body, timeout=20)
        session.close()


def test_the_same_press_sent_twice_is_done_once(post: Any, vendors: Desk) -> None:
    body = {"name": "call", "number": "200", "id": "press-1", "deadline": 4102444800}
    first, second = post("do", body).json(), post("do", body).json()
    assert first == second
    assert first["outcome"] == "done"
    assert deeds(vendors) == ["originate 200"]


def test_a_press_that_comes_late_does_nothing(post: Any, vendors: Desk) -> None:
    late = post("do", {"name": "call", "number": "200", "id": "press-2", "deadline": 1.0}).json()
    assert late["outcome"] == "refused"
    assert vendors.deeds() == []


def test_decline_never_ends_a_call_that_was_answered_meanwhile(post: Any, vendors: Desk) -> None:
    call = vendors.ring("200")
    vendors.do("answer")
    reply = post(
        "do", {"name": "decline", "call": call.key, "id": "press-3", "deadline": 4102444800}
    ).json()
    assert "You are already talking to Sales" in reply["text"]
    assert vendors.states() == {"200": "active"}


@pytest.mark.parametrize(
    "body",
    [
        [],
        {},
        {"name": "call"},
        {"name": "call", "number": 200},
        {"name": "hold", "call": {}},
        {"name": "explode", "call": "x"},
        {"name": "connect", "call": "x"},
        {"name": "call", "number": "9" * 999},
        {"name": "call", "number": "200", "deadline": "soon"},
        {"name": "call", "number": "200", "id": ""},
    ],
)
def test_what_no_page_sends_is_refused(post: Any, vendors: Desk, body: Any) -> None:
    if isinstance(body, dict):
        body = {"id": "press-4", "deadline": 4102444800, **body}
    answer = post("do", body)
    assert answer.status_code == 400
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert vendors.deeds() == []
