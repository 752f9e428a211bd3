"""The Bolt app: what Slack delivers becomes a Request, and is acknowledged as soon as it is kept.

Source: facts of Slack's Events API and interactivity: an acknowledgement within 3 s, redelivery of
events, `trigger_id`s that open a form for 3 s.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import ClientError
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncBoltRequest
from slack_sdk.errors import SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack import home
from adapters.slack.cards import ACT, FORM, command_of
from adapters.slack.followers import Followers
from adapters.slack.forms import PEOPLE, Filled, FormError, dial_form, offered, transfer_form
from adapters.slack.manifest import CALL_NUMBER, command_names
from adapters.slack.manifest import DIAL as DIAL_SHORTCUT
from adapters.slack.markup import plain
from adapters.slack.reception import SET_STATUS, Reception
from adapters.slack.replies import CHOOSE
from adapters.slack.request import Request, of_form, of_message, of_press, of_slash
from adapters.slack.store import Link, Store
from adapters.slack.words import words_of
from assistant.contract import Command, LiveCall
from assistant.desk import DeskError
from assistant.numbers import found_in
from assistant.plan import INCOMING
from assistant.settings import SlackSection

log = logging.getLogger(__name__)

Payload = Mapping[str, Any]
Then = Callable[[], Awaitable[Any]]
"""What acknowledges."""

FORM_WITHIN = 1.5
"""Seconds that the calls may take to be looked at before a form opens without them."""
OFFERED = 40
_SAYINGS = frozenset({None, "file_share", "thread_broadcast", "me_message"})


@dataclass(slots=True)
class Listeners:
    """Everything that Slack may deliver.

    Args:
        reception: takes requests.
        followers: keeps the cards and the App Homes.
        client: Slack's Web API.
        settings: the commands' names.
    """

    reception: Reception
    followers: Followers
    client: AsyncWebClient
    settings: SlackSection

    def attach(self, app: AsyncApp) -> None:
        """Have the app call them."""
        for name, phrase in command_names(self.settings):
            app.command(name)(self._slash(phrase))
        app.event("message", middleware=[self.on_message])(_acknowledged)
        app.event("app_mention", middleware=[self.on_mention])(_acknowledged)
        app.event("app_home_opened")(self.on_home)
        app.action(re.compile(f"^{ACT}:"))(self.on_act)
        app.action(re.compile(f"^{CHOOSE}:"))(self.on_choice)
        app.action(re.compile(f"^{FORM}:"))(self.on_form_button)
        app.action(home.DIAL)(self.on_dial_button)
        app.action(re.compile("^home:"))(self.on_setting)
        app.options(PEOPLE)(self.on_people)
        app.view(re.compile("^(dial|transfer)$"))(self.on_form)
        app.shortcut(CALL_NUMBER)(self.on_call_number)
        app.shortcut(DIAL_SHORTCUT)(self.on_dial_button)
        app.error(self.on_error)

    # Commands in words

    def _slash(self, phrase: str) -> Any:
        async def on_slash(ack: AsyncAck, body: Payload, request: AsyncBoltRequest) -> None:
            text = f"{phrase} {body.get('text') or ''}".strip()
            asked = of_slash(body, text, time.time(), _sent_at(request))
            await self._take(asked, ack)

        return on_slash

    # Bolt acknowledges an event before it runs the listener, but not before its middleware.

    async def on_message(self, body: Payload, event: Payload, next_: Then) -> None:
        """Something was written to the app itself, or elsewhere where it need not listen."""
        if event.get("channel_type") != "im" or _is_no_saying(event):
            await next_()  # edits, deletions, and what the app said itself
            return
        await self._take(of_message(body, str(event.get("text") or ""), time.time()), next_)

    async def on_mention(self, body: Payload, event: Payload, next_: Then) -> None:
        """The app was addressed in a channel."""
        if _is_no_saying(event):
            await next_()
            return
        await self._take(of_message(body, str(event.get("text") or ""), time.time()), next_)

    async def _take(self, asked: Request, ack: Then) -> asyncio.Task[None] | None:
        """Keep it, say that it was received, and begin; what was taken before is not begun."""
        asked = self.reception.dated(asked)
        new = await self.reception.take(asked)
        await ack()
        return self.reception.serve(asked) if new else None

    # Buttons

    async def on_act(self, ack: AsyncAck, body: Payload, action: Payload) -> None:
        """A button that carries a command."""
        command = command_of(json.loads(action["value"]))
        asked = of_press(body, action, time.time(), command)
        which = command.slots.get("which") or {}
        if isinstance(which, Mapping) and asked.place.response_url:
            self.followers.lend(
                asked.team, asked.user, str(which.get("key")), asked.place.response_url
            )
        await self._take(asked, ack)

    async def on_choice(self, ack: AsyncAck, body: Payload, action: Payload) -> None:
        """A button that answers a question."""
        value = json.loads(action["value"])
        asked = of_press(
            body, action, time.time(), text=str(value["say"]), answering=str(value["reply"])
        )
        await self._take(asked, ack)

    async def on_form_button(self, ack: AsyncAck, body: Payload, action: Payload) -> None:
        """The transfer button of a card: ask to whom."""
        await ack()
        asked = of_press(body, action, time.time())
        link = await self._admitted(asked)
        if link is None:
            return
        key = json.loads(action["value"])["key"]
        calls = await self._calls(link)
        call = next((item for item in calls if item.key == key), None)
        if call is None:
            await self.reception.tell(asked, "slack_call_gone")
            return
        ringing = call.state is INCOMING
        words = words_of(link, self.reception.language)
        await self._open(asked, body, transfer_form(call, words, ringing=ringing))

    async def on_dial_button(self, ack: AsyncAck, body: Payload) -> None:
        """The global shortcut, or the button in the App Home: ask whom to call."""
        await ack()
        action = (body.get("actions") or [{}])[0]
        await self._dial(of_press(body, action, time.time()), body, ())

    async def on_call_number(self, ack: AsyncAck, body: Payload) -> None:
        """The shortcut on a message: which of the numbers in it?"""
        await ack()
        text = plain(str((body.get("message") or {}).get("text") or ""))
        await self._dial(of_press(body, {}, time.time()), body, found_in(text))

    async def _dial(self, asked: Request, body: Payload, numbers: tuple[str, ...]) -> None:
        link = await self._admitted(asked)
        if link is not None:
            words = words_of(link, self.reception.language)
            await self._open(asked, body, dial_form(words, numbers))

    async def on_setting(self, ack: AsyncAck, body: Payload, action: Payload) -> None:
        """Something was set in the App Home."""
        kind = action["action_id"]
        if kind == home.UNLINK:
            asked = of_press(body, action, time.time(), text="unlink")
            serving = await self._take(asked, ack)
        elif kind == home.STATUS:
            command = Command(SET_STATUS, json.loads(action["value"]))
            asked = of_press(body, action, time.time(), command)
            serving = await self._take(asked, ack)
        else:
            asked = of_press(body, action, time.time())
            if not isinstance(await self.reception.admit(asked), str):
                await asyncio.to_thread(_prefer, self.reception.store, asked, action)
            await ack()
            serving = None
        if serving is not None:
            await serving
        await self.followers.redraw(asked.team, asked.user, opened=True)

    # Forms

    async def on_people(self, ack: AsyncAck, body: Payload) -> None:
        """Somebody types a name: offer the people of their own directory."""
        asked = _whose(body)
        link = await self.reception.admit(asked)
        if isinstance(link, str):
            await ack(options=[])
            return
        typed = str(body.get("value") or "")
        people = await self.reception.desk.people(link.agent, typed, OFFERED)
        words = words_of(link, self.reception.language)
        await ack(options=offered(people, typed, words))

    async def on_form(self, ack: AsyncAck, body: Payload, request: AsyncBoltRequest) -> None:
        """A form was sent."""
        try:
            command = Filled.of(body["view"]).command()
        except FormError as error:
            link = await self.reception.admit(_whose(body))
            words = words_of(None if isinstance(link, str) else link, self.reception.language)
            said, _ = words.say(error.message)
            await ack(response_action="errors", errors={error.block: said})
            return
        await self._take(of_form(body, time.time(), command, _sent_at(request)), ack)

    async def _open(self, asked: Request, body: Payload, form: Payload) -> None:
        try:
            await self.client.views_open(trigger_id=body["trigger_id"], view=dict(form))
        except (SlackClientError, ClientError, OSError, TimeoutError) as error:
            log.warning("a form could not be opened: %s", error)
            await self.reception.tell(asked, "slack_form_late")

    async def _calls(self, link: Link) -> tuple[LiveCall, ...]:
        try:
            async with asyncio.timeout(FORM_WITHIN):
                return await self.reception.desk.calls(link.agent)
        except (DeskError, TimeoutError):
            return self.followers.calls(link.team, link.user)

    # The rest

    async def on_home(self, ack: AsyncAck, body: Payload, event: Payload) -> None:
        """The App Home was opened."""
        await ack()
        if event.get("tab") == "home":
            team = str(body.get("team_id"))
            await self.followers.redraw(team, str(event["user"]), opened=True)

    async def on_error(self, error: Exception, body: Payload) -> None:
        """Something went wrong in here; Slack redelivers what was not acknowledged."""
        log.error("a %s could not be taken in", body.get("type") or "command", exc_info=error)
        if body.get("trigger_id") and body.get("user"):
            await self.reception.tell(_whose(body), "internal_error")

    async def _admitted(self, asked: Request) -> Link | None:
        link = await self.reception.admit(asked)
        if isinstance(link, str):
            await self.reception.tell(asked, link)
            return None
        return link


async def _acknowledged() -> None:
    """What there was to do for an event is done."""


def _is_no_saying(event: Payload) -> bool:
    """Edits, deletions, and what an app said; a file or a copy to the channel is still a saying."""
    kind = event.get("subtype")
    return kind not in _SAYINGS or bool(event.get("bot_id")) or not event.get("user")


def _prefer(store: Store, asked: Request, action: Payload) -> None:
    """Keep what was set in the App Home."""
    if action["action_id"] == home.LANGUAGE:
        chosen = str(action["selected_option"]["value"])
        store.choose_language(asked.team, asked.user, None if chosen == home.ANY else chosen)
    else:
        options = action.get("selected_options") or []
        confirm = tuple(str(one["value"]) for one in options)
        store.choose_confirm(asked.team, asked.user, confirm)


def _whose(body: Payload) -> Request:
    """A request that stands for nothing but who it is."""
    return of_press({**body, "trigger_id": ""}, {}, time.time())


def _sent_at(request: AsyncBoltRequest) -> float | None:
    """When Slack sent it, where HTTP says so; Socket Mode does not."""
    found = request.headers.get("x-slack-request-timestamp") or [""]
    try:
        return float(found[0])
    except ValueError:
        return None
