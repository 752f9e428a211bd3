"""A request: something that one person asked for in Slack, whichever way they did it.

Made from what Slack delivers; everything that is needed to carry it out and to answer it, so that
another replica can if this one ends.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from adapters.slack.store import person
from assistant.contract import Command

Payload = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Place:
    """Where an answer goes."""

    channel: str
    private: bool
    """Only this user and the app are there."""
    response_url: str | None = None
    thread: str | None = None
    ephemeral: bool = False
    """Only this user may see it."""


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked, by whom, when and where."""

    id: str
    """The utterance's."""
    keys: tuple[str, ...]
    """Everything that Slack names it by; the id first."""
    team: str
    user: str
    place: Place
    received: float
    """Our own Unix time in seconds."""
    text: str = ""
    """As Slack spells it."""
    said_at: float | None = None
    """Slack's Unix time in seconds, where it tells."""
    sent_at: float | None = None
    """The same of its delivery: whole seconds, so it says nothing of what came before what."""
    intent: str | None = None
    slots: Mapping[str, Any] | None = None
    """A ready command, from a button or a form."""
    answering: str | None = None
    """The question whose button was pressed."""
    label: str = ""
    """What was written on the button that was pressed, or that sent the form."""
    stranger: bool = False
    """Somebody of another workspace or organisation."""

    @property
    def person(self) -> str:
        """How this user is called among the assistant's users."""
        return person(self.team, self.user)

    @property
    def command(self) -> Command | None:
        """The ready command, if it is one."""
        return Command(self.intent, self.slots or {}) if self.intent else None

    def dump(self) -> str:
        """As the store keeps it."""
        return json.dumps(asdict(self))

    @classmethod
    def load(cls, text: str) -> Request:
        """The reverse of `dump`."""
        found = json.loads(text)
        return cls(**{**found, "keys": tuple(found["keys"]), "place": Place(**found["place"])})


def of_slash(body: Payload, text: str, received: float, sent_at: float | None) -> Request:
    """A slash command.

    Args:
        body: what Slack delivers.
        text: what was said, with an alias's own words.
        received: our Unix time in seconds.
        sent_at: Slack's Unix time in seconds, where it tells (HTTP mode does).
    """
    team, user = str(body["team_id"]), str(body["user_id"])
    key = f"slack:{team}:trigger:{body['trigger_id']}"
    channel = str(body["channel_id"])
    place = Place(channel, channel.startswith("D"), body.get("response_url"), ephemeral=True)
    return Request(
        key, (key,), team, user, place, received, text, sent_at=sent_at, stranger=_of_grid(body)
    )


def of_message(body: Payload, text: str, received: float) -> Request:
    """A direct message to the app, or a mention of it in a channel (Events API)."""
    event = body["event"]
    team = str(body.get("team_id") or event.get("team"))
    channel, ts = str(event["channel"]), str(event["ts"])
    key = f"slack:{team}:{channel}:{ts}"
    private = event.get("channel_type") == "im" or channel.startswith("D")
    thread = event.get("thread_ts")
    return Request(
        key,
        (key, f"slack:{team}:event:{body.get('event_id')}"),
        team,
        str(event["user"]),
        Place(channel, private, thread=thread, ephemeral=not private),
        received,
        text,
        float(ts),
        stranger=_of_grid(body) or _from_elsewhere(event, team),
    )


def of_press(
    body: Payload,
    action: Payload,
    received: float,
    command: Command | None = None,
    *,
    text: str = "",
    answering: str | None = None,
) -> Request:
    """A button on a message or in the App Home."""
    team = str((body.get("team") or {}).get("id") or body["user"].get("team_id"))
    channel = str((body.get("channel") or {}).get("id") or "")
    key = f"slack:{team}:trigger:{body['trigger_id']}"
    private = not channel or channel.startswith("D")
    place = Place(
        channel or str(body["user"]["id"]), private, body.get("response_url"), ephemeral=True
    )
    return Request(
        key,
        (key,),
        team,
        str(body["user"]["id"]),
        place,
        received,
        text,
        float(action["action_ts"]) if action.get("action_ts") else None,
        intent=command.intent if command else None,
        slots=command.slots if command else None,
        answering=answering,
        label=str((action.get("text") or {}).get("text", "")),
        stranger=_of_grid(body) or _other_team(body),
    )


def of_form(body: Payload, received: float, command: Command, sent_at: float | None) -> Request:
    """A modal that was filled in; its answer goes to the user's direct messages.

    Args:
        body: what Slack delivers.
        received: our Unix time in seconds.
        command: what the form asks for.
        sent_at: Slack's Unix time in seconds, where it tells (HTTP mode does).
    """
    team, user = str(body["team"]["id"]), str(body["user"]["id"])
    view = body["view"]
    key = f"slack:{team}:view:{view['id']}"
    return Request(
        key,
        (key,),
        team,
        user,
        Place(user, private=True),
        received,
        sent_at=sent_at,
        intent=command.intent,
        slots=command.slots,
        label=str((view.get("submit") or {}).get("text", "")),
        stranger=_of_grid(body) or _other_team(body),
    )


def _of_grid(body: Payload) -> bool:
    """An installation for a whole organisation: whose workspace it is cannot be told."""
    # The Events API says it in the authorizations only; all else at the top.
    said = (body, *(body.get("authorizations") or ()))
    return any(str(one.get("is_enterprise_install", "")).lower() == "true" for one in said)


def _from_elsewhere(event: Payload, team: str) -> bool:
    """Slack Connect and Enterprise Grid: the writer's own workspace is another one."""
    return any(event.get(name) not in {None, "", team} for name in ("user_team", "source_team"))


def _other_team(body: Payload) -> bool:
    return body["user"].get("team_id") not in {None, (body.get("team") or {}).get("id")}
