"""A person: what they do in Slack, and what they see."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any

from tests.adapters.slack import elements, modals, payloads
from tests.adapters.slack.answers import Answers
from tests.adapters.slack.delivery import Deliveries, Delivery
from tests.adapters.slack.elements import NotPossible
from tests.adapters.slack.installation import Installation
from tests.adapters.slack.screen import Screen
from tests.adapters.slack.suggestions import Suggestions
from tests.adapters.slack.surface import Message, Surface, View
from tests.adapters.slack.world import Channel, Team, User, World

Json = dict[str, Any]


class Person(Screen):
    """Somebody at their screen.

    What is not on it, or what Slack does not let them do, they cannot do: `NotPossible`.
    """

    def __init__(
        self,
        user: User,
        world: World,
        deliveries: Deliveries,
        installation: Installation,
        answers: Answers,
    ) -> None:
        super().__init__(user, world)
        self._deliveries = deliveries
        self._app = installation
        self._answers = answers

    # What they write

    async def slash(self, command: str, text: str = "", channel: str = "") -> Delivery:
        """A slash command, in the conversation with the app unless said otherwise."""
        where, installed = self._here(channel), self._installed()
        escapes = self._app.command(command)
        said = payloads.written(self._world, text, names=True) if escapes else text
        trigger = self._world.triggers.new(self.id, installed.id)
        url = self._answers.urls.new(self.id, installed, where)
        payload = payloads.slash(installed, self.user, where, command, said, trigger, url)
        effect = self._answers.to_slash(url)
        delivery = await self._deliveries.deliver("slash_commands", payload, effect)
        if delivery.failed:
            told = f"{command} failed with the error {delivery.failed!r}"
            self._world.post(where, self._world.slackbot, told, [], only_for=self.id)
        return delivery

    async def says(
        self, text: str, channel: str = "", thread: str = "", *, links: bool = False
    ) -> Delivery | None:
        """A message, in the conversation with the app unless said otherwise.

        None if the app is not told, since it is not in the channel or has not subscribed. With
        `links`, their program makes links of telephone numbers, as some do.
        """
        where = self._here(channel)
        message = self._write(text, where, thread, links=links)
        return await self._tell(message, where)

    async def mentions(self, text: str, channel: str, thread: str = "") -> Delivery:
        """A message to the app in a channel."""
        where = self._here(channel)
        installed = self._app.team_in(where)
        self._app.subscribed("app_mention")
        if installed.bot_user not in where.members:
            raise NotPossible(f"the app is not in {where.name}")
        message = self._write(text, where, thread, mention=installed)
        await self._tell(message, where)
        inner = payloads.message_event(message, self.user, where) | {"type": "app_mention"}
        del inner["channel_type"]
        return await self._event(installed, where, inner)

    async def edits(self, message: Message, text: str) -> Delivery | None:
        """Change what they wrote."""
        where = self._world.channels[message.channel]
        before = message.as_json()
        message.edited = True
        message.write(payloads.written(self._world, text, names=False), [], self._world.clock.now())
        inner = payloads.changed_event(message, where, before, self._world.stamps.said())
        return await self._event(self._app.team_in(where), where, inner)

    async def deletes(self, message: Message) -> Delivery | None:
        """Take back what they wrote."""
        where = self._world.channels[message.channel]
        message.deleted = True
        inner = payloads.deleted_event(message, where, self._world.stamps.said())
        return await self._event(self._app.team_in(where), where, inner)

    async def opens_home(self, tab: str = "home") -> Delivery:
        """Look at the App Home, or at the conversation with `messages`."""
        self._app.subscribed("app_home_opened")
        where, installed = self._here(""), self._installed()
        inner: Json = {
            "type": "app_home_opened",
            "user": self.id,
            "channel": where.id,
            "tab": tab,
            "event_ts": self._world.stamps.said(),
        }
        if self.home is not None and tab == "home":
            inner["view"] = self.home.as_json()
        return await self._event(installed, None, inner)

    async def shortcut(self, callback_id: str, message: Message | None = None) -> Delivery:
        """A shortcut of the app; with a message, one from that message's menu."""
        self._app.shortcut(callback_id, "global" if message is None else "message")
        installed = self._installed()
        shape = payloads.interaction(
            "shortcut" if message is None else "message_action", installed, self.user
        )
        shape |= {
            "action_ts": self._world.stamps.said(),
            "callback_id": callback_id,
            "trigger_id": self._world.triggers.new(self.id, installed.id),
        }
        if message is not None:
            self._must_see(message)
            if message.only_for is not None:
                raise NotPossible("ephemeral messages have no shortcuts")
            where = self._world.channels[message.channel]
            shape |= {
                "channel": {"id": where.id, "name": where.name},
                "message_ts": message.ts,
                "message": message.as_json(),
                "response_url": self._answers.urls.new(self.id, installed, where, message),
            }
        return await self._deliveries.deliver("interactive", shape)

    # What they press and fill in

    def asks(self, where: Surface, what: str) -> list[str]:
        """What the dialog says that comes up before this is done; nothing if there is none."""
        _, element = self._on_screen(where, what)
        confirm = element.get("confirm") or {}
        parts = ("title", "text", "confirm", "deny")
        return [confirm[name]["text"] for name in parts if name in confirm]

    async def presses(
        self, where: Surface, what: str, *, confirm: bool | None = None
    ) -> Delivery | None:
        """Press a button: by what is written on it, or by its action_id.

        One that asks first must be given the answer, `confirm`; others must not. With False
        nothing is sent.
        """
        block, element = self._on_screen(where, what)
        if element["type"] != "button":
            raise NotPossible(f"{what!r} is no button but a {element['type']}")
        if not self._confirmed(where, what, confirm):
            return None
        action = {"text": element["text"], "type": "button"}
        more = {name: element[name] for name in ("value", "style") if name in element}
        return await self._acts(where, block, element, action | more)

    async def chooses(
        self, where: Surface, what: str, value: Any, *, confirm: bool | None = None
    ) -> Delivery | None:
        """Choose in a menu, radio buttons or checkboxes: by the options' text or value.

        What `external_select` offers must have been typed for. Inputs of a modal tell nobody
        before it is submitted: None.
        """
        block, element = self._on_screen(where, what)
        if not self._confirmed(where, what, confirm):
            return None
        entry = self._fill(where, block, element, value)
        if block["type"] == "input" and not block.get("dispatch_action"):
            return None
        return await self._acts(where, block, element, entry)

    async def types_into(self, where: Surface, what: str, text: str) -> Suggestions:
        """Type into an `external_select`; what the app offers."""
        block, element = self._on_screen(where, what)
        if not element["type"].endswith("external_select"):
            raise NotPossible(f"{what!r} is a {element['type']}")
        if len(text) < int(element.get("min_query_length", 3)):
            raise NotPossible(f"Slack asks only from {element.get('min_query_length', 3)} letters")
        shape = payloads.interaction("block_suggestion", self._installed(), self.user)
        shape |= {
            "action_id": element["action_id"],
            "block_id": block["block_id"],
            "value": text,
            **self._place(where),
        }
        suggestions = Suggestions()
        effect = self._answers.to_suggestion(where, element["action_id"], suggestions)
        suggestions.delivery = await self._deliveries.deliver("interactive", shape, effect)
        return suggestions

    async def submits(self, view: View, values: Mapping[str, Any] | None = None) -> Delivery:
        """Fill in a modal, for each action_id (or block_id) its value, and submit it."""
        self._must_see(view)
        for name, value in (values or {}).items():
            block, element = self._input(view, name)
            self._fill(view, block, element, value)
        self._complete(view)
        view.errors = {}
        installed = self._world.teams[view.team]
        shape = payloads.interaction("view_submission", installed, self.user)
        shape |= {
            "trigger_id": self._world.triggers.new(self.id, installed.id),
            "view": view.as_json(),
            "response_urls": [],
        }
        effect = self._answers.to_submission(view, self.user)
        delivery = await self._deliveries.deliver("interactive", shape, effect)
        if delivery.failed:
            view.errors = {"": "We had some trouble connecting. Try again?"}
        return delivery

    async def closes(self, view: View) -> Delivery | None:
        """Close a modal; the app is told if it has asked for that."""
        self._must_see(view)
        modals.close(self._world, view)
        if not view.given.get("notify_on_close"):
            return None
        shape = payloads.interaction("view_closed", self._world.teams[view.team], self.user)
        shape |= {"view": view.as_json(), "is_cleared": False}
        return await self._deliveries.deliver("interactive", shape)

    # How

    def _installed(self) -> Team:
        if not self.user.team.installed:
            raise NotPossible(f"{self.user.name} is a stranger: their team has no such app")
        return self.user.team

    def _here(self, channel: str) -> Channel:
        where = self._world.channels.get(channel) if channel else self._world.dm(self.user)
        if where is None or self.id not in where.members:
            raise NotPossible(f"{self.user.name} is not in {channel or 'a talk with the app'}")
        return where

    def _write(
        self,
        text: str,
        where: Channel,
        thread: str,
        *,
        mention: Team | None = None,
        links: bool = False,
    ) -> Message:
        said = payloads.written(self._world, text, names=False)
        said = payloads.linked(said) if links else said
        if mention is not None:
            said = f"<@{mention.bot_user}> {said}"
        ts = self._world.stamps.said()
        return self._world.post(where, self.user, said, [], ts=ts, thread_ts=thread or None)

    async def _tell(self, message: Message, where: Channel) -> Delivery | None:
        installed = self._app.team_in(where)
        kind = {"im": "message.im", "group": "message.groups"}.get(where.kind, "message.channels")
        if installed.bot_user not in where.members or not self._app.hears(kind):
            return None
        return await self._event(
            installed, where, payloads.message_event(message, self.user, where)
        )

    async def _event(self, installed: Team, where: Channel | None, inner: Json) -> Delivery:
        shape = payloads.event(self._world, installed, self.user, where, inner)
        return await self._deliveries.deliver("events_api", shape)

    def _must_see(self, where: Surface) -> None:
        if where not in self.screen:
            raise NotPossible(f"{self.user.name} does not see that (any more)")

    def _on_screen(self, where: Surface, what: str) -> tuple[Json, Json]:
        self._must_see(where)
        return elements.find(where.blocks, what)

    def _input(self, view: View, name: str) -> tuple[Json, Json]:
        for block in view.blocks:
            for one in elements.interactive(block):
                if name in {one.get("action_id"), block.get("block_id")}:
                    return block, one
        raise NotPossible(f"nothing in {view.title!r} is {name!r}")

    def _confirmed(self, where: Surface, what: str, confirm: bool | None) -> bool:
        dialog = self.asks(where, what)
        if bool(dialog) != (confirm is not None):
            raise NotPossible(f"{what!r} asks {dialog or 'nothing'}, and confirm is {confirm}")
        return confirm is not False

    def _fill(self, where: Surface, block: Json, element: Json, value: Any) -> Json:
        kind, name = element["type"], element["action_id"]
        if kind not in elements.CHOSEN:
            raise NotPossible(f"nothing can be chosen in a {kind}")
        offered = where.offered.get(name, []) or elements.options_of(element)
        key = elements.CHOSEN[kind]
        chosen = elements.value_of(element, value, offered)
        if key == "value" and isinstance(chosen, str):
            least, most = element.get("min_length", 0), element.get("max_length", 3000)
            if chosen and not least <= len(chosen) <= most:
                raise NotPossible(f"{name!r} takes {least} to {most} characters")
        entry = {"type": kind, key: chosen}
        if kind != "overflow":
            where.state.setdefault(block["block_id"], {})[name] = entry
        return entry

    def _complete(self, view: View) -> None:
        for block in view.blocks:
            if block["type"] != "input" or block.get("optional"):
                continue
            for one in elements.interactive(block):
                entry = view.state.get(block["block_id"], {}).get(one["action_id"], {})
                if not entry.get(elements.CHOSEN[one["type"]]):
                    raise NotPossible(f"Slack wants {block['label']['text']!r} to be filled in")

    def _place(self, where: Surface) -> Json:
        if isinstance(where, Message):
            return payloads.place(where, self._world.channels[where.channel])
        assert isinstance(where, View)
        return payloads.in_view(where)

    async def _acts(self, where: Surface, block: Json, element: Json, action: Json) -> Delivery:
        if isinstance(where, Message):
            installed = self._app.team_in(self._world.channels[where.channel])
        else:
            installed = self._installed()
        ids = {"action_id": element["action_id"], "block_id": block["block_id"]}
        shape = payloads.interaction("block_actions", installed, self.user)
        shape |= {
            "trigger_id": self._world.triggers.new(self.id, installed.id),
            **self._place(where),
            "state": {"values": where.state},
            "actions": [{**ids, **action, "action_ts": self._world.stamps.said()}],
        }
        if isinstance(where, Message):
            channel = self._world.channels[where.channel]
            shape["response_url"] = self._answers.urls.new(self.id, installed, channel, where)
        return await self._deliveries.deliver("interactive", shape)


async def all_at_once(doings: Iterable[Any]) -> list[Any]:
    """Let several people do something at the same time."""
    return list(await asyncio.gather(*doings))
