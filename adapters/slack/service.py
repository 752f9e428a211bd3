"""Runs the Slack surface: connects, keeps the connection, leads or follows, ends cleanly."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import socket
import sqlite3
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from aiohttp import ClientError
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_server import AsyncSlackAppServer
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.app import Listeners
from adapters.slack.followers import Followers
from adapters.slack.outbox import Limited, NotTaken, Outbox, Sending
from adapters.slack.people import People
from adapters.slack.profile import Profile
from adapters.slack.reception import Reception
from adapters.slack.secrets import Secrets, SlackSetupError
from adapters.slack.sender import Sender, SlackTime, told
from adapters.slack.store import Link, Store
from adapters.slack.words import words_in
from assistant.desk import Desk
from assistant.settings import SlackSection

log = logging.getLogger(__name__)

CALL_TIMEOUT = 10
"""Seconds for one call of the Web API."""
BEAT = 1.0
"""Seconds between signs of life."""
LEARN_TIME_EVERY = 600.0
"""Seconds between looks at Slack's clock."""
SILENT_TOO_LONG = 600.0
"""Seconds without anything from Slack after which the connection is made anew."""
SAY_REFUSED_EVERY = 60.0
"""Seconds at least between warnings of requests that Slack did not sign: anybody may send some."""
LAST_WORDS = 8.0
"""Seconds that ending may take."""


class Service:
    """One replica.

    Args:
        settings: the configuration's section.
        desk: reaches the agents.
        store: what is remembered, shared with the other replicas.
        found: the secrets.
        language: spoken with users who chose none.
        http_port: where HTTP mode listens, 0 for any free one; None is Socket Mode.
    """

    def __init__(
        self,
        settings: SlackSection,
        desk: Desk,
        store: Store,
        found: Secrets,
        *,
        language: str,
        http_port: int | None = None,
    ) -> None:
        self.settings, self.desk, self.store = settings, desk, store
        self._secrets, self._language, self._http_port = found, language, http_port
        self.owner = f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"
        self.clock = SlackTime()
        self.port = 0
        self._heard = time.monotonic()
        self._said_refused = -SAY_REFUSED_EVERY

    async def run(self, stop: asyncio.Event, ready: Callable[[], None] = lambda: None) -> None:
        """Serve until `stop` is set.

        Args:
            stop: ends it.
            ready: called once everything is connected.

        Raises:
            SlackSetupError: the secrets are not accepted.
        """
        client = self._client(self._secrets.bot)
        who = await _unless(stop, self._who(client))
        if who is None:
            return
        user_client = self._client(self._secrets.user) if self._secrets.user else None
        sender = Sender(client, self.clock)
        outbox = Outbox(_by_owner(sender, Sender(user_client, self.clock) if user_client else None))
        team = str(who["team_id"])
        followers = Followers(self.desk, self.store, outbox, self.settings, self._language, team)
        profile = await self._profile(user_client, outbox)
        if profile is not None:
            followers.busy = profile
        reception = Reception(
            self.desk,
            self.store,
            outbox,
            People(client),
            self.clock,
            self.settings,
            self.owner,
            self._language,
            team=team,
            bot=str(who["user_id"]),
            redraw=followers.redraw,
        )
        app = _bolt(client, self._secrets, who)
        Listeners(reception, followers, client, self.settings).attach(app)
        await asyncio.to_thread(self.store.beat, self.owner)
        sending = asyncio.ensure_future(outbox.run())
        beating = asyncio.ensure_future(self._beat(reception))
        try:
            async with self._connected(app, stop):
                ready()
                await self._keep_alive(stop, reception, followers)
            await reception.finish(LAST_WORDS)
            await followers.stop()
            left = await outbox.flush(LAST_WORDS)
            if left:
                log.warning("%d messages did not reach Slack before the end", left)
        finally:
            sending.cancel()
            beating.cancel()
            await followers.stop()
            await asyncio.to_thread(self.store.leave, self.owner)
            with contextlib.suppress(asyncio.CancelledError):
                await sending

    async def _who(self, client: AsyncWebClient) -> Any:
        try:
            answer = await _patiently(client.auth_test)
        except SlackApiError as error:
            raise SlackSetupError("cli_slack_refused", why=str(error.response["error"])) from error
        self.clock.learn(answer.headers)
        return answer

    async def _profile(
        self, client: AsyncWebClient | None, outbox: Outbox
    ) -> Callable[[Link, bool], None] | None:
        if client is None:
            return None
        owner = await self._who(client)
        text, _ = words_in(self._language).say("slack_on_a_call")
        profile = Profile(client, outbox, text, self.settings.status_emoji)
        profile.clear()

        def show(link: Link, busy: bool) -> None:
            if (link.team, link.user) == (owner["team_id"], owner["user_id"]):
                profile.show(busy)

        return show

    @contextlib.asynccontextmanager
    async def _connected(self, app: AsyncApp, stop: asyncio.Event) -> AsyncIterator[None]:
        if self._http_port is not None:
            async with self._listening(app):
                yield
            return
        # aiohttp ends a connection that stood still for 1.5 times this, with all that waits on it.
        # Slack does not tell when a slash command was sent; so none older than that gets here.
        interval = self.settings.ping_interval
        handler = AsyncSocketModeHandler(app, self._secrets.app, ping_interval=interval)

        async def heard(_message: Any) -> None:
            self._heard = time.monotonic()

        handler.client.on_message_listeners.append(heard)
        connecting = asyncio.ensure_future(handler.connect_async())  # type: ignore[no-untyped-call]
        watching = asyncio.ensure_future(self._watch(handler.client))
        try:
            # Bolt tries for ever; a token that Slack refuses is told at once instead.
            await self._open_once(handler)
            await _unless(stop, connecting)
            yield
        finally:
            watching.cancel()
            connecting.cancel()
            await handler.close_async()  # type: ignore[no-untyped-call]

    async def _open_once(self, handler: AsyncSocketModeHandler) -> None:
        try:
            await handler.client.web_client.apps_connections_open(app_token=handler.app_token)
        except SlackApiError as error:
            name = str(error.response["error"])
            if name in {"invalid_auth", "not_allowed_token_type", "missing_scope", "token_revoked"}:
                raise SlackSetupError("cli_slack_app_refused", why=name) from error
        except (SlackClientError, OSError, TimeoutError):
            log.info("Slack cannot be reached yet; it is tried again")

    async def _watch(self, client: Any) -> None:
        """Bolt mends most broken connections; this sees to the rest (bolt-python issue 417)."""
        interval = self.settings.ping_interval
        missing_since: float | None = None
        while True:
            await asyncio.sleep(interval)
            now = time.monotonic()
            if await client.is_connected():
                missing_since = None
            elif missing_since is None:
                missing_since = now
            silent = now - self._heard > SILENT_TOO_LONG
            if silent or (missing_since is not None and now - missing_since > 4 * interval):
                log.warning("the connection to Slack is made anew")
                self._heard, missing_since = now, None
                client.wss_uri = None
                try:
                    await client.connect_to_new_endpoint(force=True)
                except Exception as error:  # noqa: BLE001 - the network is down: the next look
                    log.warning("Slack cannot be reached: %s", error)

    @contextlib.asynccontextmanager
    async def _listening(self, app: AsyncApp) -> AsyncIterator[None]:
        from aiohttp import web

        host, port = self.settings.http_host, self._http_port or 0
        server = AsyncSlackAppServer(port, self.settings.http_path, app, host=host)

        async def health(_request: web.Request) -> web.Response:
            return web.json_response({"status": "ok"})

        @web.middleware
        async def watched(request: web.Request, handler: Any) -> Any:
            answer = await handler(request)
            if answer.status == 401:
                self._refused()
            return answer

        server.web_app.middlewares.append(watched)
        server.web_app.add_routes([web.get("/healthz", health)])
        runner = web.AppRunner(server.web_app, access_log=None)
        await runner.setup()
        site = web.TCPSite(runner, host, port)
        try:
            await site.start()
        except OSError as error:
            await runner.cleanup()
            raise SlackSetupError("cli_slack_port", port=port, why=str(error)) from error
        self.port = runner.addresses[0][1]
        try:
            yield
        finally:
            await runner.cleanup()

    def _refused(self) -> None:
        now = time.monotonic()
        if now - self._said_refused >= SAY_REFUSED_EVERY:
            self._said_refused = now
            log.warning(
                "a request was refused: it is not signed with SLACK_SIGNING_SECRET, or this PC's"
                " clock and the sender's are more than five minutes apart"
            )

    async def _beat(self, reception: Reception) -> None:
        """Signs of life by themselves, so that nothing slow makes this replica count as gone."""
        while True:
            reception.tick()
            try:
                await asyncio.to_thread(self.store.beat, self.owner)
            except sqlite3.Error:
                log.exception("no sign of life could be given")
            await asyncio.sleep(BEAT / 2)

    async def _keep_alive(
        self, stop: asyncio.Event, reception: Reception, followers: Followers
    ) -> None:
        """Take over from who shows no sign of life; keep the cards if it is our turn."""
        tidy_at = learn_at = time.monotonic() + LEARN_TIME_EVERY
        while not stop.is_set():
            try:
                await reception.adopt()
                leading = await asyncio.to_thread(self.store.lead, self.owner)
                await followers.attend(leading=leading)
                if time.monotonic() > tidy_at:
                    tidy_at += LEARN_TIME_EVERY
                    await asyncio.to_thread(self.store.tidy)
                if time.monotonic() > learn_at:
                    learn_at += LEARN_TIME_EVERY
                    with contextlib.suppress(SlackClientError, ClientError, OSError, TimeoutError):
                        answer = await reception.people.client.auth_test()
                        self.clock.learn(answer.headers)
            except Exception:  # the database may be locked for a while; the next beat tries again
                log.exception("while looking after the replicas and the cards")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), BEAT)

    def _client(self, token: str) -> AsyncWebClient:
        # The outbox tries again itself, and knows what may be sent twice.
        url = self.settings.api_url
        return AsyncWebClient(token, base_url=url, timeout=CALL_TIMEOUT, retry_handlers=[])


async def _patiently(ask: Callable[[], Awaitable[Any]]) -> Any:
    """Slack's answer; too many calls, or trouble that passes by itself, are waited out."""
    pause = 1.0
    while True:
        try:
            return await ask()
        except SlackApiError as error:
            meant = told(error)
            if isinstance(meant, NotTaken):
                raise
            log.info("Slack does not answer yet: %s", meant)
            await asyncio.sleep(meant.seconds if isinstance(meant, Limited) else pause)
        except (ClientError, OSError, TimeoutError) as error:
            # A PC that has just started may have no network yet.
            log.warning("Slack cannot be reached yet (%s); trying again", error)
            await asyncio.sleep(pause)
        pause = min(2 * pause, 30.0)


async def _unless(stop: asyncio.Event, doing: Awaitable[Any]) -> Any:
    """What `doing` gives; None if `stop` comes first."""
    task, waiting = asyncio.ensure_future(doing), asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait({task, waiting}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        waiting.cancel()
    if not task.done():
        task.cancel()
        return None
    return task.result()


def _by_owner(bot: Sender, user: Sender | None) -> Callable[[Sending], Awaitable[Any]]:
    """The user's own profile goes with the user's own token, all else with the app's."""

    async def send(sending: Sending) -> Any:
        own = user is not None and sending.method.startswith("users.profile.")
        return await (user if own and user is not None else bot)(sending)

    return send


def _bolt(client: AsyncWebClient, secrets: Secrets, who: Any) -> AsyncApp:
    known = AuthorizeResult.from_auth_test_response(
        bot_token=secrets.bot, auth_test_response=who.data
    )

    async def authorize() -> AuthorizeResult:
        # Bolt itself asks Slack at the first request; if that fails it drops the request, although
        # it acknowledges it.
        return known

    noise = logging.getLogger("adapters.slack.bolt")
    noise.setLevel(logging.ERROR)  # it complains that it does not need SLACK_BOT_TOKEN
    signing = secrets.signing or "not used"
    app = AsyncApp(client=client, signing_secret=signing, authorize=authorize, logger=noise)
    # Below INFO it writes out whole messages: what people say, and the codes that link them.
    noise.setLevel(max(logging.INFO, logging.getLogger("adapters").getEffectiveLevel()))
    return app
