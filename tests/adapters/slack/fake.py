"""A Slack on loopback: HTTP and WebSockets, people at their screens, and lists of all that was."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from email.utils import formatdate
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from tests.adapters.slack import payloads
from tests.adapters.slack.answers import Answers
from tests.adapters.slack.clock import Clock
from tests.adapters.slack.delivery import Deliveries, Delivery
from tests.adapters.slack.errors import ApiError, in_words
from tests.adapters.slack.http_mode import Http
from tests.adapters.slack.installation import Installation, bot_scopes
from tests.adapters.slack.person import Person
from tests.adapters.slack.sockets import Sockets
from tests.adapters.slack.surface import Message
from tests.adapters.slack.tokens import Token
from tests.adapters.slack.web_api import Call, WebApi
from tests.adapters.slack.world import (
    APP_TOKEN,
    SIGNING_SECRET,
    Channel,
    Team,
    User,
    World,
)

Json = dict[str, Any]

AS_JSON = ("attachments", "blocks", "metadata", "profile", "view")
"""Parameters that are JSON in a string when they come in a form."""


class Slack:
    """Begin with `async with Slack() as slack:`; `slack.api` is what the SDK wants as `base_url`.

    There is one team, T1, in which the app is installed. Events go over Socket Mode, until
    `use_http`.
    """

    app_token = APP_TOKEN
    signing_secret = SIGNING_SECRET

    def __init__(
        self,
        clock: Clock | None = None,
        *,
        manifest: Json | None = None,
        scopes: frozenset[str] | None = None,
        org_wide: bool = False,
    ) -> None:
        """With a `manifest` there are only its commands, shortcuts, scopes and events."""
        self.clock = clock or Clock()
        if manifest is not None and scopes is None:
            scopes = bot_scopes(manifest)
        self.world = World(self.clock, scopes)
        self.web = WebApi(self.world)
        self.web.methods["apps.connections.open"] = self._connections_open
        self.limits = self.web.limits
        self.sockets = Sockets(self.world)
        self.deliveries = Deliveries(self.world, self.sockets)
        self.echoes = False
        """Tell the app of its own messages too, as Slack does."""
        self._answers = Answers(self.world)
        self._installation = Installation(self.world, manifest)
        self._http: Http | None = None
        self._runner: web.AppRunner | None = None
        self._tasks: set[asyncio.Task[Delivery]] = set()
        self.world.on_app_message.append(self._echo)
        enterprise = "E1" if org_wide else None
        self.home_team = self.team("T1", "Acme", enterprise_id=enterprise, org_wide=org_wide)

    # Where it is

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=10_000_000)
        app.router.add_route("*", "/api/{method}", self._api)
        app.router.add_get("/link/{ticket}", self.sockets.handle)
        app.router.add_post("/resp/{name}", self._respond)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.world.url = f"http://{host}:{port}"
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.deliveries.close()
        for task in list(self._tasks):
            task.cancel()
        if self._http is not None:
            await self._http.close()
        await self.sockets.close()
        assert self._runner is not None
        await self._runner.cleanup()

    @property
    def api(self) -> str:
        """The `base_url` for the SDK's clients."""
        return f"{self.world.url}/api/"

    @property
    def bot_token(self) -> str:
        """The token of the app in the first team."""
        return self.home_team.bot_token

    @property
    def http(self) -> Http:
        """HTTP mode, once `use_http` was called."""
        assert self._http is not None, "call use_http first"
        return self._http

    def use_http(self, url: str, secret: str = SIGNING_SECRET) -> Http:
        """Send everything to this address from now on, instead of over Socket Mode."""
        self._http = Http(self.world, url, secret)
        self.deliveries.transport = self._http
        return self._http

    # Who and what there is

    def team(
        self,
        name: str,
        title: str = "",
        *,
        installed: bool = True,
        enterprise_id: str | None = None,
        org_wide: bool = False,
    ) -> Team:
        """Another workspace; without the app, its people are strangers."""
        return self.world.add_team(Team(name, title or name, installed, enterprise_id, org_wide))

    def person(
        self, name: str, nick: str = "", *, team: Team | None = None, locale: str = "en-GB"
    ) -> Person:
        """Somebody, with a conversation with the app and an App Home."""
        user = User(name, nick or name.lower(), team or self.home_team, locale=locale)
        self.world.add_user(user)
        self.world.dm(user)
        return Person(user, self.world, self.deliveries, self._installation, self._answers)

    def channel(
        self,
        name: str,
        title: str = "",
        members: Iterable[Person] = (),
        *,
        private: bool = False,
        bot: bool = True,
        team: Team | None = None,
    ) -> Channel:
        """A channel, with the app in it unless said otherwise.

        With members of other teams it is shared by Slack Connect.
        """
        people = list(members)
        owner = team or self.home_team
        inside = {one.id for one in people} | ({owner.bot_user} if bot else set())
        others = {one.user.team.id for one in people} - {owner.id}
        kind = "group" if private else "channel"
        made = Channel(name, title or name.lower(), kind, owner, inside, others)
        self.world.channels[name] = made
        return made

    def allow(self, person: Person, *scopes: str) -> str:
        """The person lets the app act for them; their token."""
        granted = frozenset(scopes or ("users.profile:read", "users.profile:write"))
        token = Token("user", person.user.team.id, person.id, granted)
        self.world.tokens[person.user.user_token] = token
        return person.user.user_token

    def revoke(self, token: str) -> None:
        """A token is worth nothing from now on."""
        self.world.tokens.pop(token)
        self.world.revoked.add(token)

    # What was

    @property
    def problems(self) -> list[str]:
        """What the app did that Slack does not take. At the end of a test there should be none."""
        return self.world.problems

    def calls(self, method: str = "") -> list[Call]:
        """The calls of this method, or all."""
        return [one for one in self.web.calls if not method or one.method == method]

    def delivered(self, kind: str = "") -> list[Delivery]:
        """What was sent to the app: `events_api`, `slash_commands`, `interactive`, or all."""
        return [one for one in self.deliveries.sent if not kind or one.kind == kind]

    async def until(self, holds: Callable[[], object], timeout: float = 20.0) -> None:
        """Wait until this is true."""
        await self.world.changes.until(holds, timeout)

    async def connected(self, count: int = 1, timeout: float = 10.0) -> None:
        """Wait until the app has so many sound Socket Mode links."""
        await self.sockets.connected(count, timeout)

    # What goes wrong

    def earlier(self, seconds: float) -> AbstractContextManager[None]:
        """What people do in this block happened that long ago, by its timestamps."""
        return self.world.stamps.earlier(seconds)

    def fail(self, method: str, *errors: str) -> None:
        """Let the next calls of a method get these errors, such as `internal_error`."""
        self.web.failing.setdefault(method, []).extend(errors)

    async def bot_says(self, text: str, channel: str) -> Delivery:
        """Another app's bot writes in a channel."""
        where = self.world.channels[channel]
        team = self._installation.team_in(where)
        author = User("UOTHERBOT", "otherbot", team)
        message = self.world.post(where, author, text, [])
        inner = payloads.message_event(message, author, where)
        inner |= {"subtype": "bot_message", "bot_id": "BOTHER", "app_id": "AOTHER"}
        del inner["user"], inner["client_msg_id"]
        shape = payloads.event(self.world, team, author, where, inner)
        return await self.deliveries.deliver("events_api", shape)

    # How

    def _echo(self, message: Message, what: str) -> None:
        where = self.world.channels[message.channel]
        kind = {"im": "message.im", "group": "message.groups"}.get(where.kind, "message.channels")
        if not self.echoes or message.only_for or not self._installation.hears(kind):
            return
        at = self.world.stamps.ts()
        if what == "posted":
            inner = payloads.app_message_event(message, where)
        elif what == "changed":
            inner = payloads.changed_event(message, where, message.as_json(), at)
        else:
            inner = payloads.deleted_event(message, where, at)
        bot = self.world.users[message.user]
        shape = payloads.event(self.world, bot.team, bot, where, inner)
        task = asyncio.create_task(self.deliveries.deliver("events_api", shape))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _connections_open(self, world: World, token: Token, given: Json) -> Json:
        return {"url": self.sockets.ticket()}

    async def _api(self, request: web.Request) -> web.Response:
        try:
            given = await _parameters(request)
        except ValueError:
            self.world.problem(f"{request.path}: invalid_json")
            return web.json_response({"ok": False, "error": "invalid_json"})
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        token = str(given.pop("token", "") or token)
        answer, wait = self.web.call(request.match_info["method"], token, given)
        headers = {"Date": formatdate(self.clock.now(), usegmt=True)}
        scopes = self.web.scopes(token)
        if scopes:
            headers["x-oauth-scopes"] = scopes
        if wait:
            headers["Retry-After"] = str(wait)
        return web.json_response(answer, status=429 if wait else 200, headers=headers)

    async def _respond(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        try:
            given = await request.json()
            self._answers.urls.use(name, given)
        except ValueError:
            error = ApiError("invalid_payload")
        except ApiError as refused:
            error = refused
        else:
            return web.Response(text="ok")
        self.world.problem(f"response_url: {in_words(error)}")
        gone = error.error in {"used_url", "expired_url", "invalid_url"}
        return web.json_response(error.as_json(), status=404 if gone else 400)


async def _parameters(request: web.Request) -> Json:
    """What a method was given, in a form, in JSON or in the address."""
    given: Json = dict(request.query)
    if request.content_type == "application/json":
        text = await request.text()
        body = json.loads(text) if text.strip() else {}
        if not isinstance(body, dict):
            raise ValueError
        given |= body
    elif request.can_read_body:
        given |= dict(await request.post())
    for name in AS_JSON:
        if isinstance(given.get(name), str):
            try:
                given[name] = json.loads(given[name])
            except ValueError:
                continue  # the method says what is wrong with it
    return given
