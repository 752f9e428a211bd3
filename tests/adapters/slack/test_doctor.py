"""`phonebar doctor` on Slack: each thing that can be wrong, told apart, with how to mend it."""

from __future__ import annotations

import asyncio
import json
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from adapters.slack import doctor as module
from adapters.slack.doctor import Doctor
from adapters.slack.manifest import bot_scopes, manifest
from adapters.slack.trouble import PROXIES, obstacle, proxy, refusal
from assistant.cli import main
from assistant.config import Config
from assistant.finding import Finding
from assistant.language import load_language
from assistant.settings import RunSection, SlackSection
from assistant.wording import Wording
from tests.adapters.slack.errors import ApiError
from tests.adapters.slack.fake import Slack

WORDS = Wording(load_language("en").messages)
SIGNING = "0123456789abcdef" * 2


@pytest.fixture(autouse=True)
def _alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No token, no proxy, no keyring and no configuration of this machine's."""
    file = tmp_path / "assistant.toml"
    file.write_text("")
    monkeypatch.setenv("PHONEBAR_CONFIG", str(file))
    monkeypatch.setenv("PHONEBAR_STATE", str(tmp_path))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    for name in (*module.WHERE, *PROXIES):
        monkeypatch.delenv(name, raising=False)


def settings(**given: Any) -> SlackSection:
    return SlackSection(**{"api_url": "http://127.0.0.1:9/api/", **given})


def config_of(section: SlackSection) -> Config:
    return Config(slack=section, run=RunSection(surfaces=("slack",)))


def check(section: SlackSection, ahead: float = 0) -> list[Finding]:
    """What is found, on a PC whose clock is that many seconds ahead."""
    return list(Doctor(config_of(section), WORDS, lambda: time.time() + ahead).findings())


def against(
    monkeypatch: pytest.MonkeyPatch,
    ahead: float = 0,
    prepare: Callable[[Slack], object] | None = None,
    **given: Any,
) -> list[Finding]:
    """What is found with the tests' own Slack, that has the app of these settings."""

    async def run() -> list[Finding]:
        section = settings(**given)
        url = "https://phone.example.org" if section.http_port else None
        async with Slack(manifest=manifest(section, WORDS, url)) as slack:
            monkeypatch.setenv("SLACK_BOT_TOKEN", slack.bot_token)
            monkeypatch.setenv("SLACK_APP_TOKEN", slack.app_token)
            if prepare:
                prepare(slack)
            return await asyncio.to_thread(
                check, settings(**{**given, "api_url": slack.api}), ahead
            )

    return asyncio.run(run())


def of(findings: list[Finding], name: str) -> Finding:
    (found,) = [one for one in findings if one.check == name]
    return found


def problems(findings: list[Finding]) -> list[str]:
    return [one.check for one in findings if one.verdict == "problem"]


def refusing(method: str, error: str) -> Callable[[Slack], None]:
    def prepare(slack: Slack) -> None:
        def refuse(*_: object) -> dict[str, Any]:
            raise ApiError(error)

        slack.web.methods[method] = refuse

    return prepare


# All is well, or Slack is not used


def test_with_everything_right_all_is_well(monkeypatch: pytest.MonkeyPatch) -> None:
    findings = against(monkeypatch)
    assert [(one.check, one.verdict) for one in findings] == [
        ("slack_tokens", "ok"),
        ("slack_tokens", "ok"),
        ("slack_clock", "ok"),
        ("slack_api", "ok"),
        ("slack_scopes", "ok"),
        ("slack_socket", "ok"),
        ("slack_link", "note"),
    ]
    assert "the workspace Acme (T1)" in of(findings, "slack_api").found
    assert "other connections of this app: 0" in of(findings, "slack_socket").found


def test_where_slack_is_not_used_it_says_how_to_begin() -> None:
    (only,) = Doctor(Config(), WORDS).findings()
    assert (only.verdict, "phonebar slack manifest" in only.mend) == ("note", True)


def test_a_token_alone_is_enough_to_be_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_APP_TOKEN", "xapp-1")
    findings = list(Doctor(Config(), WORDS).findings())
    assert problems(findings)[:1] == ["slack_tokens"]
    assert "SLACK_BOT_TOKEN is not set" in findings[0].found


def test_what_is_not_installed_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "slack_bolt", None)
    (only,) = check(settings())
    assert (only.verdict, 'pip install "phonebar-assistant[slack]"' in only.found) == (
        "problem",
        True,
    )


def test_settings_that_slack_would_refuse_are_told() -> None:
    told = of(check(settings(aliases=("/status",))), "slack")
    assert (told.verdict, "/status" in told.found) == ("problem", True)


# Tokens


@pytest.mark.parametrize(
    ("name", "value", "given", "words"),
    [
        ("SLACK_BOT_TOKEN", "", {}, ("is not set", "Bot User OAuth Token")),
        ("SLACK_BOT_TOKEN", "xapp-1-A", {}, ("begin with xoxb-", "OAuth & Permissions")),
        ("SLACK_BOT_TOKEN", "xoxb-1 ", {}, ()),
        ("SLACK_BOT_TOKEN", "xoxb-1\u2026", {}, ("begin with xoxb-",)),
        ("SLACK_APP_TOKEN", "", {}, ("is not set", "connections:write")),
        ("SLACK_APP_TOKEN", "xoxb-1", {}, ("begin with xapp-", "App-Level Tokens")),
        ("SLACK_SIGNING_SECRET", "", {"http_port": 3000}, ("is not set", "Signing Secret")),
        ("SLACK_SIGNING_SECRET", "xoxb-1", {"http_port": 3000}, ("32 characters",)),
        ("SLACK_SIGNING_SECRET", SIGNING, {"http_port": 3000}, ()),
        ("SLACK_USER_TOKEN", "", {"status": True}, ("is not set", "User OAuth Token")),
        ("SLACK_USER_TOKEN", "xoxb-1", {"status": True}, ("begin with xoxp-",)),
    ],
)
def test_tokens_must_be_there_and_of_their_kind(
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    value: str,
    given: dict[str, Any],
    words: tuple[str, ...],
) -> None:
    monkeypatch.setenv(name, value)
    told = [one for one in check(settings(**given)) if name in one.found and "tokens" in one.check]
    assert [one.verdict for one in told] == ["problem" if words else "ok"]
    shown = f"{told[0].found} {told[0].mend}"
    assert [word for word in words if word not in shown] == []
    assert not value or value.strip() not in shown


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ("invalid_auth", ("does not know SLACK_BOT_TOKEN", "Bot User OAuth Token")),
        ("account_inactive", ("switched off", "owner of the workspace")),
        ("token_revoked", ("revoked", "install the app again")),
        ("token_expired", ("rotation", "anew")),
        ("ratelimited", ("too often", "minute")),
        ("internal_error", ("Slack itself", "later")),
        ("org_login_required", ("org_login_required", "administers")),
    ],
)
def test_what_slack_refuses_is_told_apart(
    monkeypatch: pytest.MonkeyPatch, error: str, words: tuple[str, ...]
) -> None:
    findings = against(monkeypatch, prepare=refusing("auth.test", error))
    told = of(findings, "slack_api")
    assert told.verdict == "problem"
    assert [word for word in words if word not in f"{told.found} {told.mend}"] == []
    assert of(findings, "slack_clock").verdict == "ok"


def test_an_error_that_nobody_knows_is_told_as_it_is() -> None:
    assert refusal("as_yet_unheard_of") == "refuses"
    assert refusal("Received a response in a non-JSON format: <html>") == "not_slack"


def test_a_workspace_that_may_not_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "slack_api" in problems(against(monkeypatch, teams=("T0OTHER",)))
    assert problems(against(monkeypatch, teams=("T0OTHER", "T1"))) == []


# Scopes


def test_missing_scopes_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def less(slack: Slack) -> None:
        slack.web.scopes = lambda text: "commands,chat:write,im:history"  # type: ignore[method-assign]

    told = of(against(monkeypatch, prepare=less), "slack_scopes")
    assert "lacks: app_mentions:read, im:write, users:read." in told.found
    assert "reinstall" in told.mend
    told = of(against(monkeypatch, prepare=less, mentions=False), "slack_scopes")
    assert "lacks: im:write, users:read." in told.found


def test_scopes_that_are_not_told_are_not_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    def silent(slack: Slack) -> None:
        slack.web.scopes = lambda text: ""  # type: ignore[method-assign]

    assert of(against(monkeypatch, prepare=silent), "slack_scopes").verdict == "note"


def test_the_manifest_asks_for_what_the_doctor_wants() -> None:
    made = manifest(settings(), WORDS)
    assert made["oauth_config"]["scopes"]["bot"] == bot_scopes(settings())


# The clock


@pytest.mark.parametrize(
    ("ahead", "words"),
    [
        (3, ()),
        (-3, ()),
        (9, ("9 seconds ahead", "too old")),
        (-9, ("9 seconds behind", "too late")),
        (400, ("400 seconds ahead", "signature")),
        (-400, ("400 seconds behind", "signature")),
    ],
)
def test_a_clock_that_is_wrong_is_told(
    monkeypatch: pytest.MonkeyPatch, ahead: float, words: tuple[str, ...]
) -> None:
    told = of(against(monkeypatch, ahead), "slack_clock")
    assert told.verdict == ("problem" if words else "ok")
    missing = [word for word in words if word not in told.found]
    # A second may begin between the answer and the comparison.
    near = {word: word.replace("9", "8").replace("400", "399") for word in words}
    assert [word for word in missing if near[word] not in told.found] == []


# Socket Mode


def test_in_http_mode_no_socket_is_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_SIGNING_SECRET", SIGNING)
    findings = against(monkeypatch, http_port=3000)
    assert problems(findings) == []
    assert "slack_socket" not in {one.check for one in findings}


def test_other_connections_are_counted_and_ours_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    import aiohttp

    async def run() -> None:
        async with Slack(manifest=manifest(settings(), WORDS)) as slack:
            monkeypatch.setenv("SLACK_BOT_TOKEN", slack.bot_token)
            monkeypatch.setenv("SLACK_APP_TOKEN", slack.app_token)
            section = settings(api_url=slack.api)
            async with aiohttp.ClientSession() as session:
                others = [await session.ws_connect(slack.sockets.ticket()) for _ in range(3)]
                await slack.connected(3)
                told = of(await asyncio.to_thread(check, section), "slack_socket")
                assert (told.verdict, "app: 3." in told.found) == ("ok", True)
                await slack.until(lambda: len(slack.sockets.links) == 3)
                others += [await session.ws_connect(slack.sockets.ticket()) for _ in range(7)]
                await slack.connected(10)
                told = of(await asyncio.to_thread(check, section), "slack_socket")
                assert (told.verdict, "ten" in told.found) == ("problem", True)
                for one in others:
                    await one.close()

    asyncio.run(run())


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ("invalid_auth", ("does not know SLACK_APP_TOKEN", "App-Level Tokens")),
        ("missing_scope", ("SLACK_APP_TOKEN may not", "connections:write")),
        ("not_allowed_token_type", ("SLACK_APP_TOKEN may not", "connections:write")),
    ],
)
def test_an_app_token_that_opens_nothing_is_told(
    monkeypatch: pytest.MonkeyPatch, error: str, words: tuple[str, ...]
) -> None:
    findings = against(monkeypatch, prepare=refusing("apps.connections.open", error))
    told = of(findings, "slack_socket")
    assert [word for word in words if word not in f"{told.found} {told.mend}"] == []
    assert problems(findings) == ["slack_socket"]


def test_a_socket_that_does_not_come_about_is_told_without_its_ticket(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def nowhere(slack: Slack) -> None:
        url = f"{slack.world.url.replace('http', 'ws', 1)}/link/secret-ticket"
        slack.web.methods["apps.connections.open"] = lambda *_: {"url": url}

    told = of(against(monkeypatch, prepare=nowhere), "slack_socket")
    assert told.verdict == "problem"
    assert "secret-ticket" not in told.found
    assert "cannot be reached: HTTP 404." in told.found


def test_a_socket_that_says_something_else_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    async def refused(_url: str) -> dict[str, str]:
        return {"type": "disconnect", "reason": "link_disabled"}

    monkeypatch.setattr(module, "_first_message", refused)
    told = of(against(monkeypatch), "slack_socket")
    assert (told.verdict, "link_disabled" in told.found) == ("problem", True)
    assert "Enable Socket Mode" in told.mend


# The status


def test_a_persons_token_is_theirs_and_may_set_their_status(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def allow(slack: Slack, *scopes: str) -> None:
        monkeypatch.setenv("SLACK_USER_TOKEN", slack.allow(slack.person("U1", "john"), *scopes))

    findings = against(monkeypatch, prepare=allow, status=True)
    assert problems(findings) == []
    assert any("belongs to john" in one.found for one in findings)
    findings = against(
        monkeypatch, prepare=lambda slack: allow(slack, "users.profile:read"), status=True
    )
    (told,) = [one for one in findings if one.verdict == "problem"]
    assert "SLACK_USER_TOKEN lacks: users.profile:write" in told.found


def test_a_token_of_another_workspace_sets_nobodys_status(monkeypatch: pytest.MonkeyPatch) -> None:
    def allow(slack: Slack) -> None:
        stranger = slack.person("U2", "jane", team=slack.team("T2", "Other"))
        monkeypatch.setenv("SLACK_USER_TOKEN", slack.allow(stranger))

    findings = against(monkeypatch, prepare=allow, status=True)
    assert problems(findings) == ["slack_status"]
    assert "another workspace, Other" in of(findings, "slack_status").found


def test_a_bots_token_sets_nobodys_status(monkeypatch: pytest.MonkeyPatch) -> None:
    def allow(slack: Slack) -> None:
        token = slack.home_team.bot_token.replace("xoxb-", "xoxp-")
        slack.world.tokens[token] = slack.world.tokens[slack.bot_token]
        monkeypatch.setenv("SLACK_USER_TOKEN", token)

    told = of(against(monkeypatch, prepare=allow, status=True), "slack_status")
    assert (told.verdict, "belongs to a bot" in told.found) == ("problem", True)


# The way there


@pytest.fixture
def tokens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-1")
    monkeypatch.setenv("SLACK_APP_TOKEN", "xapp-1")


def way(url: str) -> Finding:
    told = [one for one in check(settings(api_url=url)) if one.check == "slack_api"]
    assert [one.verdict for one in told] == ["problem"]
    return told[0]


@pytest.mark.usefixtures("tokens")
def test_a_name_that_is_not_found() -> None:
    told = way("https://slack.invalid/api/")
    assert "DNS" in told.found
    assert "slack_socket" not in {
        one.check for one in check(settings(api_url="https://slack.invalid/api/"))
    }
    assert "HTTPS_PROXY" in told.mend


@pytest.mark.usefixtures("tokens")
def test_a_port_where_nothing_listens() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/api/"
        assert f"nothing listens at {url}" in way(url).found


@pytest.mark.usefixtures("tokens")
def test_a_server_that_never_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "TIMEOUT", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        told = way(f"http://127.0.0.1:{deaf.getsockname()[1]}/api/")
    assert "did not answer within 0.2 seconds" in told.found


@pytest.mark.usefixtures("tokens")
def test_a_server_that_speaks_no_tls(page: str) -> None:
    assert "no safe connection (TLS)" in way(page.replace("http:", "https:")).found


class Page(BaseHTTPRequestHandler):
    """The login page of a hotel's network."""

    def do_POST(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<html>Welcome</html>")

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def page() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), Page) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/api/"
        server.shutdown()


@pytest.mark.usefixtures("tokens")
def test_what_is_not_slack(page: str) -> None:
    findings = check(settings(api_url=page))
    told = of(findings, "slack_api")
    assert (told.found, told.verdict) == (f"what answers at {page} is not Slack.", "problem")
    # Its clock is none of Slack's either.
    assert "slack_clock" not in {one.check for one in findings}


def test_a_certificate_that_is_not_trusted() -> None:
    import ssl
    from urllib.error import URLError

    assert obstacle(URLError(ssl.SSLCertVerificationError("self-signed"))) == "certificate"
    assert obstacle(OSError("whatever")) == "lost"


@pytest.mark.usefixtures("tokens")
def test_a_proxy_is_named_without_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        host = f"127.0.0.1:{free.getsockname()[1]}"
        monkeypatch.setenv("https_proxy", f"http://me:secret@{host}")
        monkeypatch.setenv("NO_PROXY", "")
        monkeypatch.setenv("no_proxy", "")
        findings = check(settings(api_url="https://slack.invalid/api/"))
    note, told = [one for one in findings if one.check == "slack_api"]
    assert (note.verdict, told.verdict) == ("note", "problem")
    assert f"the proxy {host}, because https_proxy is set" in note.found
    assert not any("secret" in f"{one.found}{one.mend}" for one in findings)


@pytest.mark.parametrize(
    "address", ["http://me:secret@proxy:3128/", "me:secret@proxy:3128", "proxy:3128"]
)
def test_however_a_proxy_is_written(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("HTTP_PROXY", address)
    assert proxy() == ("HTTP_PROXY", "proxy:3128")


# The command


def test_it_is_part_of_phonebar_doctor(monkeypatch: pytest.MonkeyPatch) -> None:
    def lines() -> list[dict[str, str]]:
        output = CliRunner().invoke(main, ["doctor", "--json"]).output
        found = [json.loads(line) for line in output.splitlines()]
        return [one for one in found if one["check"].startswith("slack")]

    assert [one["verdict"] for one in lines()] == ["note"]
    monkeypatch.setenv("PHONEBAR_RUN_SURFACES", "slack")
    found = ["slack_tokens", "slack_tokens", "slack_link"]
    assert [one["check"] for one in lines()] == found
    monkeypatch.setenv("PHONEBAR_ASSISTANT_LANGUAGES", "it")
    output = CliRunner().invoke(main, ["doctor"]).output
    assert "problema: Slack, token: SLACK_BOT_TOKEN non è impostato." in output
