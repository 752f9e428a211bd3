"""The payloads in which Slack tells an app what somebody did."""

from __future__ import annotations

import html
import re
from typing import Any

from tests.adapters.slack.surface import Message, View
from tests.adapters.slack.world import APP_ID, Channel, Team, User, World

Json = dict[str, Any]

VERIFICATION = "verification-token"
NUMBER = re.compile(r"\+?\d[\d ().-]{5,}\d")
MENTION = re.compile(r"@([\w.-]+)|#([\w-]+)")


def written(world: World, text: str, *, names: bool) -> str:
    """What somebody types, as Slack passes it on: escaped, with ids for @people and #channels.

    In slash commands the `names` stand beside the ids.
    """
    people = {user.name: user.id for user in world.users.values()}
    channels = {channel.name: channel.id for channel in world.channels.values()}

    def name(found: re.Match[str]) -> str:
        known = people.get(found[1]) if found[1] else channels.get(found[2])
        if known is None:
            return found[0]
        more = f"|{found[1] or found[2]}" if names or found[2] else ""
        return f"<{found[0][0]}{known}{more}>"

    return MENTION.sub(name, html.escape(text, quote=False))


def linked(text: str) -> str:
    """The same with telephone numbers as links, as some of Slack's programs write them."""

    def link(found: re.Match[str]) -> str:
        digits = re.sub(r"[^\d+]", "", found[0])
        return f"<tel:{digits}|{found[0]}>"

    return NUMBER.sub(link, text)


def team_of(team: Team) -> Json:
    """A team, as it stands in interactions."""
    shape: Json = {"id": team.id, "domain": team.domain}
    if team.enterprise_id:
        shape |= {"enterprise_id": team.enterprise_id, "enterprise_name": team.enterprise_name}
    return shape


def slash(
    installed: Team, user: User, channel: Channel, command: str, text: str, trigger: str, url: str
) -> Json:
    """A slash command; everything is a string, as in a form."""
    shape: Json = {
        "token": VERIFICATION,
        "team_id": user.team.id,
        "team_domain": user.team.domain,
        "channel_id": channel.id,
        "channel_name": "privategroup" if channel.kind == "group" else channel.name,
        "user_id": user.id,
        "user_name": user.name,
        "command": command,
        "text": text,
        "api_app_id": APP_ID,
        "is_enterprise_install": str(installed.org_wide).lower(),
        "response_url": url,
        "trigger_id": trigger,
    }
    if user.team.enterprise_id:
        shape["enterprise_id"] = user.team.enterprise_id
        shape["enterprise_name"] = user.team.enterprise_name
    return shape


def event(
    world: World, installed: Team, sender: User, channel: Channel | None, inner: Json
) -> Json:
    """An event in its wrapping."""
    shape: Json = {
        "token": VERIFICATION,
        "team_id": sender.team.id,
        "api_app_id": APP_ID,
        "event": inner,
        "type": "event_callback",
        "event_id": world.stamps.id("Ev"),
        "event_time": int(float(inner["event_ts"])),
        "authorizations": [
            {
                "enterprise_id": installed.enterprise_id,
                "team_id": None if installed.org_wide else installed.id,
                "user_id": installed.bot_user,
                "is_bot": True,
                "is_enterprise_install": installed.org_wide,
            }
        ],
        "is_ext_shared_channel": channel is not None and bool(channel.shared_with),
        "event_context": world.stamps.id("4-"),
    }
    if sender.team.enterprise_id:
        shape["enterprise_id"] = sender.team.enterprise_id
    if channel is not None:
        shape["context_team_id"] = installed.id
        shape["context_enterprise_id"] = installed.enterprise_id
    return shape


def message_event(message: Message, sender: User, channel: Channel) -> Json:
    """A message that a person wrote."""
    rich = {"type": "rich_text_section", "elements": [{"type": "text", "text": message.text}]}
    shape: Json = {
        "client_msg_id": f"client-{message.ts}",
        "type": "message",
        "text": message.text,
        "user": message.user,
        "ts": message.ts,
        "team": sender.team.id,
        "blocks": [{"type": "rich_text", "block_id": "rich", "elements": [rich]}],
        "channel": channel.id,
        "event_ts": message.ts,
        "channel_type": channel.kind,
    }
    if message.thread_ts:
        shape["thread_ts"] = message.thread_ts
    if sender.team is not channel.team:
        shape |= {"user_team": sender.team.id, "source_team": sender.team.id}
    return shape


def app_message_event(message: Message, channel: Channel) -> Json:
    """A message that an app wrote."""
    shape = message.as_json()
    return {
        **shape,
        "channel": channel.id,
        "event_ts": message.ts,
        "channel_type": channel.kind,
        "bot_profile": {"id": message.bot_id, "app_id": APP_ID, "name": "phonebar"},
    }


def changed_event(message: Message, channel: Channel, before: Json, at: str) -> Json:
    """A message that was edited."""
    return {
        "type": "message",
        "subtype": "message_changed",
        "message": message.as_json(),
        "previous_message": before,
        "channel": channel.id,
        "hidden": True,
        "ts": at,
        "event_ts": at,
        "channel_type": channel.kind,
    }


def deleted_event(message: Message, channel: Channel, at: str) -> Json:
    """A message that was deleted."""
    return {
        "type": "message",
        "subtype": "message_deleted",
        "previous_message": message.as_json(),
        "channel": channel.id,
        "hidden": True,
        "deleted_ts": message.ts,
        "ts": at,
        "event_ts": at,
        "channel_type": channel.kind,
    }


def interaction(kind: str, installed: Team, user: User) -> Json:
    """What all interactions have in common."""
    enterprise = user.team.enterprise_id
    return {
        "type": kind,
        "user": {
            "id": user.id,
            "username": user.name,
            "name": user.name,
            "team_id": user.team.id,
        },
        "api_app_id": APP_ID,
        "token": VERIFICATION,
        "team": None if installed.org_wide else team_of(user.team),
        "enterprise": {"id": enterprise, "name": user.team.enterprise_name} if enterprise else None,
        "is_enterprise_install": installed.org_wide,
    }


def place(message: Message, channel: Channel) -> Json:
    """In which message somebody did something. What an ephemeral one said is not told."""
    here = {
        "container": {
            "type": "message",
            "message_ts": message.ts,
            "channel_id": channel.id,
            "is_ephemeral": message.only_for is not None,
        },
        "channel": {
            "id": channel.id,
            "name": "privategroup" if channel.kind == "group" else channel.name,
        },
    }
    if message.only_for is None:
        here["message"] = message.as_json()
    return here


def in_view(view: View) -> Json:
    """In which view somebody did something."""
    return {"container": {"type": "view", "view_id": view.id}, "view": view.as_json()}
