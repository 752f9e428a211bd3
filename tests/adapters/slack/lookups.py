"""The Web API's methods that look things up, and the few that set something small."""

from __future__ import annotations

import json
from typing import Any

from tests.adapters.slack.errors import ApiError
from tests.adapters.slack.manifest import problems_of
from tests.adapters.slack.tokens import Token
from tests.adapters.slack.world import APP_ID, Channel, User, World

Json = dict[str, Any]

LONGEST_STATUS = 100
KIND_SCOPES = {"channel": "channels:read", "group": "groups:read", "im": "im:read"}


def api_test(world: World, token: Token, given: Json) -> Json:
    """`api.test`."""
    return {"args": given}


def auth_test(world: World, token: Token, given: Json) -> Json:
    """`auth.test`."""
    if token.kind == "app":
        return {"app_name": "phonebar", "app_id": APP_ID}
    team, user = world.teams[token.team], world.users[token.user]
    answer: Json = {
        "url": f"https://{team.domain}.slack.com/",
        "team": team.name,
        "user": user.name,
        "team_id": team.id,
        "user_id": user.id,
        "is_enterprise_install": team.org_wide,
    }
    if token.kind == "bot":
        answer["bot_id"] = team.bot_id
    if team.enterprise_id:
        answer["enterprise_id"] = team.enterprise_id
    return answer


def _user(world: World, name: str | None) -> User:
    if name not in world.users:
        raise ApiError("user_not_found")
    return world.users[name]


def conversations_open(world: World, token: Token, given: Json) -> Json:
    """`conversations.open`, with one person."""
    names = given.get("users") or ""
    names = names.split(",") if isinstance(names, str) else names
    if len(names) != 1:
        raise ApiError("invalid_user_combination" if names else "users_list_not_supplied")
    channel = world.dm(_user(world, names[0]))
    if channel is None or channel.team.id != token.team:
        raise ApiError("cannot_dm_bot" if world.users[names[0]].is_bot else "user_not_visible")
    return {"channel": {"id": channel.id}}


def _visible(world: World, token: Token, name: str | None) -> Channel:
    channel = world.channels.get(name or "")
    mine = channel is not None and token.team in {channel.team.id, *channel.shared_with}
    if channel is None or not mine:
        raise ApiError("channel_not_found")
    if channel.kind != "channel" and token.user not in channel.members:
        raise ApiError("channel_not_found")
    scope = KIND_SCOPES[channel.kind]
    if scope not in token.scopes:
        raise ApiError("missing_scope", needed=scope, provided=",".join(sorted(token.scopes)))
    return channel


def conversations_info(world: World, token: Token, given: Json) -> Json:
    """`conversations.info`."""
    channel = _visible(world, token, given.get("channel"))
    shape: Json = {
        "id": channel.id,
        "created": 1_600_000_000,
        "is_channel": channel.kind == "channel",
        "is_group": channel.kind == "group",
        "is_im": channel.kind == "im",
        "is_mpim": False,
        "is_private": channel.kind != "channel",
        "is_archived": False,
        "is_ext_shared": bool(channel.shared_with),
        "is_shared": bool(channel.shared_with),
        "is_org_shared": False,
        "shared_team_ids": sorted({channel.team.id, *channel.shared_with}),
        "context_team_id": token.team,
        "is_member": token.user in channel.members,
    }
    if channel.kind == "im":
        shape["user"] = next(iter(channel.members - {token.user}))
    else:
        shape["name"] = channel.name
    return {"channel": shape}


def conversations_members(world: World, token: Token, given: Json) -> Json:
    """`conversations.members`."""
    channel = _visible(world, token, given.get("channel"))
    return {"members": sorted(channel.members), "response_metadata": {"next_cursor": ""}}


def _profile(world: World, user: User) -> Json:
    if 0 < user.status_expiration <= world.clock.now():
        user.status_text, user.status_emoji, user.status_expiration = "", "", 0
    return {
        "real_name": user.real_name or user.name,
        "display_name": user.name,
        "status_text": user.status_text,
        "status_emoji": user.status_emoji,
        "status_expiration": user.status_expiration,
        "team": user.team.id,
    }


def users_info(world: World, token: Token, given: Json) -> Json:
    """`users.info`."""
    user = _user(world, given.get("user"))
    shape: Json = {
        "id": user.id,
        "team_id": user.team.id,
        "name": user.name,
        "real_name": user.real_name or user.name,
        "deleted": False,
        "tz": "Europe/London",
        "tz_offset": 0,
        "profile": _profile(world, user),
        "is_bot": user.is_bot,
        "is_stranger": user.team.id != token.team,
        "updated": 1_600_000_000,
    }
    if str(given.get("include_locale", "")).lower() in {"1", "true"}:
        shape["locale"] = user.locale
    return {"user": shape}


def presence(world: World, token: Token, given: Json) -> Json:
    """`users.getPresence`: everybody is there."""
    _user(world, given.get("user") or token.user)
    return {"presence": "active"}


def team_info(world: World, token: Token, given: Json) -> Json:
    """`team.info`."""
    team = world.teams.get(given.get("team") or token.team)
    if team is None:
        raise ApiError("team_not_found")
    shape: Json = {"id": team.id, "name": team.name, "domain": team.domain}
    if team.enterprise_id:
        shape |= {"enterprise_id": team.enterprise_id, "enterprise_name": team.enterprise_name}
    return {"team": shape}


def profile_get(world: World, token: Token, given: Json) -> Json:
    """`users.profile.get`."""
    return {"profile": _profile(world, _user(world, given.get("user") or token.user))}


def profile_set(world: World, token: Token, given: Json) -> Json:
    """`users.profile.set`: the status, for the token's own user only."""
    user = _user(world, token.user)
    if given.get("user") not in {None, user.id}:
        raise ApiError("not_admin")
    profile = given.get("profile")
    if given.get("name"):
        profile = {given["name"]: given.get("value", "")}
    if not isinstance(profile, dict):
        raise ApiError("invalid_profile")
    if len(str(profile.get("status_text", ""))) > LONGEST_STATUS:
        raise ApiError("too_long")
    expires = int(profile.get("status_expiration", user.status_expiration) or 0)
    if 0 < expires <= world.clock.now():
        raise ApiError("profile_status_set_failed_not_valid_expiration")
    user.status_text = str(profile.get("status_text", user.status_text))
    user.status_emoji = str(profile.get("status_emoji", user.status_emoji))
    if user.status_text and not user.status_emoji:
        user.status_emoji = ":speech_balloon:"
    user.status_expiration = expires
    world.changes.made()
    return {"profile": _profile(world, user)}


def manifest_validate(world: World, token: Token, given: Json) -> Json:
    """`apps.manifest.validate`."""
    manifest = given.get("manifest")
    if isinstance(manifest, str):
        try:
            manifest = json.loads(manifest)
        except ValueError:
            raise ApiError("invalid_manifest") from None
    problems = problems_of(manifest)
    if problems:
        raise ApiError("invalid_manifest", errors=[{"message": one} for one in problems])
    return {"errors": []}
