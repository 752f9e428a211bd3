"""What the page never does: twice, late, on another call than was seen, or for pages of others."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from phonebar.line import Line
from phonebar.origin import Gate
from phonebar.problems import Problem
from phonebar.protocol import CallState
from phonebar.scenario import FarEnd, Scenario
from phonebar.server import Server
from phonebar.simulator import Simulator
from tests.browser import Window, chromium
from tests.phonebar.page.conftest import Names, Phone

SLOWLY = Scenario(default=FarEnd(after=0.0, rings_after=0.0), latency=0.3)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A browser whose name server says that evil.example is this computer.

    Its own protection of this computer is off: what protects is to be the phonebar.
    """
    with chromium(
        "--host-resolver-rules=MAP evil.example 127.0.0.1",
        "--disable-features=LocalNetworkAccessChecks,BlockInsecurePrivateNetworkRequests",
    ) as found:
        yield found


# Once, and on the call that was meant


def test_a_button_pressed_twice_acts_once(browser: Any) -> None:
    line = Line(Simulator(SLOWLY))
    with Server(line, phonebook=Names()) as server:
        window = Window(browser, server.url).open()
        button = window.page.get_by_role("button", name="Call John Doe")
        button.wait_for()
        window.calm()
        button.click(click_count=3)  # at once: one by one, a busy machine makes them late
        window.call("John Doe", "active")
        phone = Phone(server, line)
        window.calm()
        window.page.get_by_role("button", name="Hold, John Doe").dblclick()
        window.call("John Doe", "holding")
        assert phone.deeds() == ["originate 201", "hold 201"]
        window.close()
    line.close()


def test_a_press_just_after_the_calls_changed_does_nothing_and_says_so(
    window: Window, phone: Phone
) -> None:
    window.page.clock.install()
    window.open()
    window.page.get_by_role("button", name="Call John Doe").wait_for()
    window.calm()
    window.freeze()
    phone.far.incoming("+390655501104")
    window.call("Maria Rossi", "incoming")
    window.page.get_by_role("button", name="Call John Doe").click()
    window.page.get_by_role("button", name="Answer, Maria Rossi").click()
    window.page.clock.run_for(100)
    window.told("The page changed just before you pressed “Answer, Maria Rossi”")
    assert phone.deeds() == []
    window.page.clock.run_for(600)
    window.page.get_by_role("button", name="Answer, Maria Rossi").click()
    window.call("Maria Rossi", "active")
    assert phone.deeds() == ["answer +390655501104"]


def test_the_second_click_of_two_answers_no_question_that_opened_between(
    window: Window, phone: Phone
) -> None:
    phone.connected("201", "202")
    window.page.clock.install()
    window.open()
    window.call("Maria Rossi", "active")
    window.calm()
    window.freeze()
    connect = window.page.get_by_role("button", name="Connect with John Doe, Maria Rossi")
    connect.click()
    dialog = window.asked("Connect Maria Rossi with John Doe")
    dialog.get_by_role("button", name="Connect with").click()
    window.page.clock.run_for(100)
    dialog.get_by_role("status").filter(has_text="just before you pressed").wait_for()
    assert dialog.is_visible()
    assert phone.state("2") is CallState.ACTIVE
    window.page.clock.run_for(600)
    dialog.get_by_role("button", name="Connect with").click()
    window.gone("Maria Rossi")


def test_the_second_click_of_two_presses_nothing_that_a_dialog_covered(
    window: Window, phone: Phone
) -> None:
    window.page.clock.install()
    window.open(askCall=True)
    window.click("Call John Doe")
    window.asked("Call John Doe?")
    window.calm()
    window.freeze()
    window.page.keyboard.press("Escape")
    window.page.get_by_role("button", name="Call John Doe").click()
    window.page.clock.run_for(100)
    window.told("The page changed just before you pressed “Call John Doe”")
    assert not window.page.locator("dialog[open]").count()
    assert phone.deeds() == []


def test_enter_that_is_held_down_presses_once(window: Window, phone: Phone) -> None:
    window.open()
    window.calm()
    window.page.get_by_role("combobox").fill("201")
    window.page.get_by_role("combobox").focus()
    for _ in range(5):
        window.page.keyboard.down("Enter")
    window.page.keyboard.up("Enter")
    window.call("John Doe", "active")
    assert phone.deeds() == ["originate 201"]
    assert "Whom?" not in window.page.locator("footer [role=status]").inner_text()


def test_a_letter_just_after_the_calls_changed_does_nothing_and_says_so(
    window: Window, phone: Phone
) -> None:
    phone.connected("201")
    window.open(keys=True)
    window.call("John Doe", "active")
    window.calm()
    window.page.clock.install()
    phone.far.hangup_far(int(phone.line.calls()[0].session_id))
    window.gone("John Doe")
    phone.far.incoming("+390655501104")
    window.call("Maria Rossi", "incoming")
    window.page.keyboard.press("a")
    window.page.clock.run_for(100)
    window.told("The page changed just before you pressed")
    assert phone.deeds() == ["originate 201"]


def test_every_command_carries_its_conditions(window: Window, phone: Phone) -> None:
    phone.connected("201")
    sent: list[Any] = []
    window.page.on("request", lambda one: one.method == "POST" and sent.append(one))
    window.open()
    window.click("Hold, John Doe")
    window.call("John Doe", "holding")
    (request,) = sent
    headers = request.all_headers()
    (call,) = phone.line.calls()
    assert headers["if-match"] == f'"{call.text("callId")}"'
    assert headers["x-expected-state"] == "8"
    assert len(headers["idempotency-key"]) == 36
    now = window.page.evaluate("Date.now() / 1000")
    assert now - 10 < float(headers["x-request-deadline"]) < now + 5


def test_a_call_that_took_the_session_of_another_is_left_alone(
    window: Window, phone: Phone
) -> None:
    """The page is behind: what it shows is over, and its session belongs to somebody else."""
    phone.connected("201")
    window.open()
    window.call("John Doe", "active")
    window.page.route("**/ext/v1/calls/**", lambda route: (swap(), route.continue_()))

    def swap() -> None:
        phone.line.hangup(1)
        phone.connected("200")

    window.click("Hold, John Doe")
    window.told("nothing was done")
    assert phone.deeds() == ["originate 201", "hangup 201", "originate 200"]
    window.complaints.clear()  # that the request was refused is said in the console too


def test_a_command_that_was_held_up_is_refused_when_it_arrives(
    window: Window, phone: Phone
) -> None:
    window.open()

    def late(route: Any) -> None:
        headers = {**route.request.headers}
        headers["x-request-deadline"] = str(float(headers["x-request-deadline"]) - 60)
        route.continue_(headers=headers)

    window.page.route("**/ext/v1/calls", late)
    window.click("Call John Doe")
    window.told("That came too late, so nothing was done.")
    assert phone.deeds() == []
    window.complaints.clear()


def test_an_answer_that_never_comes_is_unknown_and_not_asked_again(
    window: Window, phone: Phone
) -> None:
    sent: list[str] = []

    def lose(route: Any) -> None:
        sent.append(route.request.url)
        route.abort("connectionreset")

    window.open()
    window.page.route("**/ext/v1/calls", lose)
    window.click("Call John Doe")
    window.told("No answer came, so it is not known whether it happened.")
    assert len(sent) == 1
    window.complaints.clear()


def test_what_cannot_be_reached_is_said_and_nothing_is_sent_until_it_is_back(
    browser: Any, phone: Phone
) -> None:
    window = Window(browser, phone.url)
    window.page.clock.install()
    window.open()
    phone.connected("201")
    window.call("John Doe", "active")
    phone.server.stop()
    window.page.wait_for_selector("body[data-link=away]")
    window.told("The phonebar cannot be reached.")
    assert window.page.locator(".call").count() == 0, "yesterday's calls are not shown"
    window.click("Call John Doe")
    window.told("so nothing was done. Wait until it is back")
    assert window.page.title() == "Not connected – Phonebar"
    window.freeze()  # or it tries by itself before anybody asks for it
    every = "**/ext/v1/session"
    window.page.route(every, lambda route: route.abort())  # also a try that is under way
    phone.server.start()
    window.page.unroute(every)
    window.page.get_by_role("button", name="Try again now").click()
    window.page.clock.resume()
    window.call("John Doe", "active")
    window.told("The phonebar is back.")
    # It has another token since; that is known by now.
    window.click("Hold, John Doe")
    window.call("John Doe", "holding")
    assert phone.deeds() == ["originate 201", "hold 201"]
    window.close()


def test_a_phonebar_with_an_owners_token_asks_for_it(browser: Any) -> None:
    line = Line(Simulator())
    with Server(line, token="correct horse") as server:  # noqa: S106 - a test's own
        window = Window(browser, server.url).open(link="locked")
        window.page.get_by_role("textbox", name="Token").fill("wrong horse")
        window.click("Use it")
        told = window.page.locator("footer [role=status]")
        window.until(lambda: told.text_content() == "This phonebar needs its token.")
        window.page.get_by_role("textbox", name="Token").fill("correct horse")
        window.click("Use it")
        window.page.wait_for_selector("body[data-link=up]")
        window.click("Pause")
        window.told("Pause.")
        assert line.status == "pause"
        window.close()
    line.close()


# What comes from outside is text


def test_names_and_numbers_are_text(window: Window, phone: Phone) -> None:
    window.open()
    phone.far.incoming("203")
    name = "<img src=x onerror=alert(1)>"
    card = window.call(name, "incoming")
    assert card.locator("img").count() == 0
    window.page.get_by_role("combobox").fill("<img")
    window.page.get_by_role("option", name=name).wait_for()
    window.click(f"Transfer…, {name}")
    window.asked(f"Transfer {name} to whom?")
    assert window.page.locator("img").count() == 0
    assert name in window.page.title()


def test_no_script_but_its_own_can_run(window: Window, phone: Phone) -> None:
    window.open()
    ran = window.page.evaluate(
        """async () => {
          const tries = [];
          const script = document.createElement('script');
          try { script.textContent = 'window.ran = 1'; } catch (error) { tries.push(error.name); }
          document.body.append(script);
          try { document.body.insertAdjacentHTML('beforeend', '<p onclick=1>'); }
          catch (error) { tries.push(error.name); }
          try { await fetch('http://127.0.0.1:9/'); } catch (error) { tries.push(error.name); }
          const image = new Image();
          const failed = new Promise(resolve => (image.onerror = () => resolve('image refused')));
          image.src = 'http://127.0.0.1:9/x.png';
          tries.push(await failed);
          return [tries, window.ran ?? null];
        }"""
    )
    assert ran == [["TypeError", "TypeError", "TypeError", "image refused"], None]
    window.complaints.clear()


def test_the_page_loads_nothing_from_elsewhere(window: Window, phone: Phone) -> None:
    asked: list[str] = []
    window.page.on("request", lambda one: asked.append(one.url))
    window.open()
    assert len(asked) > 20
    assert [url for url in asked if not url.startswith(phone.url + "/")] == []


# Pages of others


class Elsewhere:
    """Another web site, on a port of its own, whose pages a test writes."""

    def __init__(self) -> None:
        self.page = ""
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = outer.page.encode()
                self.send_response(200)
                self.send_header("Content-Type", "text/html")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def elsewhere() -> Iterator[Elsewhere]:
    found = Elsewhere()
    yield found
    found.close()


@pytest.fixture
def arrived(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """What arrived at the phonebar's gate, and with what it was refused; 0 is let in."""
    found: list[tuple[str, int]] = []
    check = Gate._check

    def noting(self: Gate, scope: Any) -> None:
        path = f"{scope['method']} {scope['path']}?{scope['query_string'].decode()}"
        try:
            check(self, scope)
        except Problem as problem:
            found.append((path, problem.status))
            raise
        found.append((path, 0))

    monkeypatch.setattr(Gate, "_check", noting)
    return found


QUIET_ATTACKS = {
    "an image": "new Image().src = target('/api/originate/200?image')",
    "a frame": "document.body.append(make('iframe', {src: target('/api/originate/200?frame')}))",
    "a style sheet": "document.head.append("
    "make('link', {rel: 'stylesheet', href: target('/api/originate/200?style')}))",
    "a script": "document.head.append(make('script', {src: target('/api/originate/200?script')}))",
    "a fetch": "fetch(target('/api/originate/200?fetch')).catch(() => 0)",
    "a blind fetch": "fetch(target('/api/originate/200?blind'), {mode: 'no-cors'}).catch(() => 0)",
    "a blind post": "fetch(target('/ext/v1/calls?post'), "
    "{method: 'POST', mode: 'no-cors', body: '{\"number\": \"200\"}'}).catch(() => 0)",
    "a beacon": "navigator.sendBeacon(target('/ext/v1/calls?beacon'), '{\"number\": \"200\"}')",
    "a form in a frame": "(() => { const frame = make('iframe', {name: 'inner'}); "
    "const form = make('form', {method: 'post', enctype: 'text/plain', target: 'inner', "
    "action: target('/ext/v1/calls?form')}); document.body.append(frame, form); "
    "form.submit(); })()",
}
NAVIGATIONS = {
    "a navigation": "location = target('/api/originate/200')",
    "a form that gets": "(() => { const form = make('form', {action: target('/api/hangup')}); "
    "document.body.append(form); form.submit(); })()",
    "a form that posts": "(() => { const form = make('form', {method: 'post', "
    "action: target('/ext/v1/calls')}); document.body.append(form); form.submit(); })()",
}
SCRIPT = """<!doctype html><title>elsewhere</title><body><script>
const target = (path) => 'http://{at}:{port}' + path;
const make = (tag, given) => Object.assign(document.createElement(tag), given);
setTimeout(() => {{ {attacks} }}, 0);
</script>"""


@pytest.mark.parametrize("host", ["127.0.0.1", "evil.example"])
@pytest.mark.parametrize("at", ["127.0.0.1", "localhost", "evil.example"])
def test_a_page_from_elsewhere_cannot_act(
    browser: Any,
    phone: Phone,
    elsewhere: Elsewhere,
    arrived: list[tuple[str, int]],
    host: str,
    at: str,
) -> None:
    """Each attack is real: the browser sends it, and the phonebar refuses it."""
    port = phone.server.port
    phone.connected("201")
    before = phone.deeds()
    for attacks in ([*QUIET_ATTACKS.values()], *([one] for one in NAVIGATIONS.values())):
        arrived.clear()
        window = Window(browser, phone.url)
        elsewhere.page = SCRIPT.format(at=at, port=port, attacks=";\n".join(attacks))
        window.page.goto(f"http://{host}:{elsewhere.port}/", wait_until="commit")
        window.until(lambda attacks=attacks: len(arrived) >= len(attacks))
        assert {status for _, status in arrived} == {403}, arrived
        window.close()
    assert phone.deeds() == before


def test_a_name_that_is_bound_anew_to_this_computer_cannot_act(browser: Any, phone: Phone) -> None:
    """DNS rebinding: to the browser it is one origin, but the Host header tells."""
    window = Window(browser, phone.url)
    rebound = f"http://evil.example:{phone.server.port}"
    window.page.route(f"{rebound}/", lambda route: route.fulfill(body="<!doctype html><title>x"))
    window.page.goto(f"{rebound}/")
    statuses = window.page.evaluate(
        """async () => {
          const paths = ['/api/originate/200', '/ext/v1/session', '/ext/v1/events', '/api/calls'];
          return Promise.all(paths.map(async (path) => (await fetch(path)).status));
        }"""
    )
    assert statuses == [403] * 4
    assert phone.deeds() == []
    window.close()


def test_a_frame_around_the_page_shows_nothing(
    browser: Any, phone: Phone, elsewhere: Elsewhere
) -> None:
    """So that nobody lays something else over its buttons."""
    window = Window(browser, phone.url)
    elsewhere.page = f"<!doctype html><title>x</title><iframe src='{phone.url}/'></iframe>"
    window.page.goto(f"http://127.0.0.1:{elsewhere.port}/")
    (frame,) = window.page.main_frame.child_frames
    assert frame.locator("button").count() == 0
    window.close()
