"""What may be wrong with how Slack is set up: tokens, scopes, the way there, the clock.

It asks Slack whose the tokens are, and opens one Socket Mode connection, which it closes as soon as
Slack has said hello: as long as it is open, Slack may send it somebody's command.
"""

from __future__ import annotations

import contextlib
import re
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping
from email.utils import parsedate_to_datetime
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from adapters.slack.manifest import ManifestError, bot_scopes, manifest, user_scopes
from adapters.slack.trouble import obstacle, proxy, refusal
from assistant.config import Config
from assistant.finding import Finding
from assistant.secret import secret
from assistant.wording import Wording

if TYPE_CHECKING:
    from slack_sdk import WebClient

BOT, APP, USER = "SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_USER_TOKEN"
SIGNING = "SLACK_SIGNING_SECRET"
BEGINNINGS = {BOT: "xoxb-", APP: "xapp-", USER: "xoxp-"}
WHERE = {
    BOT: "cli_doctor_slack_bot_mend",
    APP: "cli_doctor_slack_app_mend",
    USER: "cli_doctor_slack_user_mend",
    SIGNING: "cli_doctor_slack_signing_mend",
}
"""The messages that say where on Slack's site each is."""

TIMEOUT = 10
"""Seconds for an answer of Slack's, and for the WebSocket's hello."""
MOST_SKEW = 5
"""Seconds by which the clock may differ: commands are refused when they are some ten old."""
MOST_SIGNED = 300
"""Seconds after which a signature counts for nothing, by Slack's rule."""


class Doctor:
    """Checks everything about Slack; call `findings` once."""

    def __init__(
        self, config: Config, words: Wording, now: Callable[[], float] = time.time
    ) -> None:
        """Take what is to be checked.

        Args:
            config: the settings.
            words: the language to tell it in.
            now: this PC's clock, in seconds since the epoch.
        """
        self._config, self._settings = config, config.slack
        self._words, self._now = words, now
        self._secrets = {name: secret(name) or "" for name in WHERE}
        self._team = ""
        """The workspace that the bot token belongs to, once Slack has said so."""
        self._reached = True
        """Until Slack is not: the next question would only wait as long for the same."""

    def findings(self) -> Iterator[Finding]:
        """What each check found; not more than a note where Slack is not used."""
        say = self._say
        if "slack" not in self._config.run.surfaces and not any(self._secrets.values()):
            found, mend = say("cli_doctor_slack_unused"), say("cli_doctor_slack_unused_mend")
            yield Finding("slack", "note", found, mend)
            return
        if any(find_spec(name) is None for name in ("slack_bolt", "slack_sdk", "aiohttp")):
            yield Finding("slack", "problem", say("cli_slack_not_installed"))
            return
        yield from self._manifest()
        usable = []
        for name in self._needed():
            finding = self._token(name)
            usable += [name] if finding.verdict == "ok" else []
            yield finding
        through = proxy()
        if through:
            found = say("cli_doctor_slack_proxy", variable=through[0], host=through[1])
            yield Finding("slack_api", "note", found)
        checks = {BOT: self._bot, APP: self._socket, USER: self._user}
        for name in usable:
            if name in checks and self._reached:
                yield from checks[name]()
        yield from self._linked()

    def _say(self, message: str, **details: object) -> str:
        return self._words.say(message, details)[0]

    def _needed(self) -> list[str]:
        transport = SIGNING if self._settings.http_port else APP
        return [BOT, transport, *([USER] if self._settings.status else [])]

    def _manifest(self) -> Iterator[Finding]:
        # In HTTP mode any address will do here: only the settings are checked.
        url = "https://phone.example.org" if self._settings.http_port else None
        try:
            manifest(self._settings, self._words, url)
        except ManifestError as error:
            found = self._words.say(error.message, error.details)[0]
            yield Finding("slack", "problem", found, self._say("cli_doctor_slack_manifest_mend"))

    def _linked(self) -> Iterator[Finding]:
        from adapters.slack.session import workstation
        from adapters.slack.store import Store

        agent = workstation(self._settings)
        try:
            with contextlib.closing(Store(self._config.journal_path)) as store:
                link = store.linked_to(agent)
        except sqlite3.Error:
            return  # the journal's own check says so
        if link is None:
            found = self._say("cli_doctor_slack_not_linked", agent=agent)
            mend = self._say("cli_doctor_slack_not_linked_mend", command=self._settings.command)
            yield Finding("slack_link", "note", found, mend)
        else:
            details = {"agent": agent, "user": link.user, "team": link.team}
            yield Finding("slack_link", "ok", self._say("cli_doctor_slack_linked", **details))

    def _token(self, name: str) -> Finding:
        """Whether a secret is there and of its kind. It is never shown, not even in part."""
        say, value, begins = self._say, self._secrets[name], BEGINNINGS.get(name, "")
        pattern = rf"{begins}[A-Za-z0-9-]+" if begins else r"[0-9a-f]{32}"
        if not value:
            found = say("cli_doctor_slack_no_secret", name=name)
        elif re.fullmatch(pattern, value):
            return Finding("slack_tokens", "ok", say("cli_doctor_slack_secret", name=name))
        elif begins:
            found = say("cli_doctor_slack_wrong_kind", name=name, begins=begins)
        else:
            found = say("cli_doctor_slack_wrong_signing", name=name)
        return Finding("slack_tokens", "problem", found, say(WHERE[name], name=name))

    def _bot(self) -> Iterator[Finding]:
        """Whose the bot token is, what it may do, and how far the clocks are apart."""
        say = self._say
        answer, headers, trouble = self._ask("auth.test", BOT, "slack_api")
        yield from self._clock(headers)
        if trouble:
            yield trouble
            return
        team, self._team = str(answer.get("team")), str(answer.get("team_id"))
        found = say("cli_doctor_slack_api", app=answer.get("user"), team=team, id=self._team)
        yield Finding("slack_api", "ok", found)
        if self._settings.teams and self._team not in self._settings.teams:
            found = say("cli_doctor_slack_other_team", team=team, id=self._team)
            mend = say("cli_doctor_slack_other_team_mend", id=self._team)
            yield Finding("slack_api", "problem", found, mend)
        yield self._scopes(headers, bot_scopes(self._settings), BOT, "slack_scopes")

    def _clock(self, headers: Mapping[str, str]) -> Iterator[Finding]:
        try:
            told = parsedate_to_datetime(headers["date"]).timestamp()
        except (KeyError, ValueError):
            return
        # The header has whole seconds: in the middle it is half of one too early.
        skew = round(self._now() - told - 0.5)
        say = self._say
        if abs(skew) <= MOST_SKEW:
            yield Finding("slack_clock", "ok", say("cli_doctor_slack_clock", n=MOST_SKEW))
            return
        ahead = skew > 0
        message = "cli_doctor_slack_clock_ahead" if ahead else "cli_doctor_slack_clock_behind"
        found = self._say(message, n=abs(skew))
        if abs(skew) > MOST_SIGNED:
            found += " " + say("cli_doctor_slack_clock_signatures")
        yield Finding("slack_clock", "problem", found, say("cli_doctor_slack_clock_mend"))

    def _scopes(
        self, headers: Mapping[str, str], needed: list[str], name: str, check: str
    ) -> Finding:
        say = self._say
        told = headers.get("x-oauth-scopes")
        if told is None:
            return Finding(check, "note", say("cli_doctor_slack_scopes_untold", name=name))
        have = {scope.strip() for scope in told.split(",")}
        missing = [scope for scope in needed if scope not in have]
        if missing:
            found = say("cli_doctor_slack_scopes_missing", name=name, scopes=", ".join(missing))
            mend = say("cli_doctor_slack_scopes_mend", name=name)
            return Finding(check, "problem", found, mend)
        return Finding(check, "ok", say("cli_doctor_slack_scopes", scopes=", ".join(needed)))

    def _socket(self) -> Iterator[Finding]:
        """Whether a Socket Mode connection really comes about."""
        import asyncio

        import aiohttp

        say = self._say
        answer, _, trouble = self._ask("apps.connections.open", APP, "slack_socket")
        if trouble:
            yield trouble
            return
        url = str(answer.get("url"))
        try:
            hello = asyncio.run(_first_message(url))
        except (aiohttp.ClientError, OSError, ValueError, TypeError) as error:
            yield self._unreached(error, "slack_socket", url)
            return
        if hello.get("type") == "hello":
            others = int(hello.get("num_connections") or 1) - 1
            yield Finding("slack_socket", "ok", say("cli_doctor_slack_socket", n=others))
        elif hello.get("reason") == "too_many_websockets":
            found, mend = say("cli_doctor_slack_too_many"), say("cli_doctor_slack_too_many_mend")
            yield Finding("slack_socket", "problem", found, mend)
        else:
            why = str(hello.get("reason") or hello.get("type"))
            found = say("cli_doctor_slack_no_hello", why=why)
            yield Finding("slack_socket", "problem", found, say("cli_doctor_slack_no_hello_mend"))

    def _user(self) -> Iterator[Finding]:
        """Whether the user token is a person's, of the same workspace, and may set the status."""
        say = self._say
        answer, headers, trouble = self._ask("auth.test", USER, "slack_status")
        if trouble:
            yield trouble
        elif answer.get("bot_id"):
            found, mend = say("cli_doctor_slack_no_user"), say(WHERE[USER], name=USER)
            yield Finding("slack_status", "problem", found, mend)
        elif self._team and answer.get("team_id") != self._team:
            found = say("cli_doctor_slack_other_user", team=answer.get("team"))
            yield Finding("slack_status", "problem", found, say(WHERE[USER], name=USER))
        else:
            found = say("cli_doctor_slack_user", who=answer.get("user"))
            yield Finding("slack_status", "ok", found)
            yield self._scopes(headers, user_scopes(self._settings), USER, "slack_status")

    def _ask(
        self, method: str, name: str, check: str
    ) -> tuple[Mapping[str, Any], Mapping[str, str], Finding | None]:
        """Slack's answer, its headers by their names in small letters, and what is wrong."""
        from http.client import HTTPException

        from slack_sdk.errors import SlackApiError

        try:
            response = self._client(name).api_call(method)
        except SlackApiError as error:
            # Of an answer that is none of Slack's, neither the clock nor the scopes count.
            ours = refusal(str(error.response.get("error"))) != "not_slack"
            headers = _small(error.response.headers) if ours else {}
            return {}, headers, self._refused(str(error.response.get("error")), name, check)
        except (OSError, HTTPException, ValueError) as error:
            self._reached = False
            return {}, {}, self._unreached(error, check, self._settings.api_url)
        data: Mapping[str, Any] = response.data if isinstance(response.data, dict) else {}
        return data, _small(response.headers), None

    def _client(self, name: str) -> WebClient:
        import logging

        from slack_sdk import WebClient

        # Its log would say everything once more, in words for programmers.
        silent = logging.getLogger(__name__)
        silent.setLevel(logging.CRITICAL + 1)
        base = f"{self._settings.api_url.rstrip('/')}/"
        return WebClient(
            token=self._secrets[name],
            base_url=base,
            timeout=TIMEOUT,
            logger=silent,
            retry_handlers=[],
        )

    def _refused(self, error: str, name: str, check: str) -> Finding:
        kind = refusal(error)
        url = self._settings.api_url
        found = self._say(f"cli_doctor_slack_error_{kind}", name=name, why=error, url=url)
        if kind == "invalid":
            return Finding(check, "problem", found, self._say(WHERE[name], name=name))
        return Finding(check, "problem", found, self._say(f"cli_doctor_slack_mend_{kind}"))

    def _unreached(self, error: BaseException, check: str, url: str) -> Finding:
        # Whoever knows the whole address of a WebSocket could open it: its host is enough to tell.
        shown = url if url == self._settings.api_url else "://".join(urlsplit(url)[:2])
        status = getattr(error, "status", None)
        why = str(getattr(error, "reason", "") or error) or type(error).__name__
        why = f"HTTP {status}" if status else why.replace(url, shown)
        message = f"cli_doctor_slack_way_{obstacle(error)}"
        found = self._say(message, url=shown, why=why, n=TIMEOUT)
        return Finding(check, "problem", found, self._say("cli_doctor_slack_reach_mend"))


def _small(headers: Mapping[str, Any]) -> dict[str, str]:
    return {name.lower(): str(value) for name, value in headers.items()}


async def _first_message(url: str) -> Mapping[str, Any]:
    """What a Socket Mode connection says first."""
    import asyncio
    import os

    import aiohttp

    through = proxy()
    address = os.environ[through[0]].strip() if through else None
    async with (
        asyncio.timeout(TIMEOUT),
        aiohttp.ClientSession() as session,
        session.ws_connect(url, proxy=address) as socket,
    ):
        message = await socket.receive_json()
        return message if isinstance(message, dict) else {}
