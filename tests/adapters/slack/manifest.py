"""Whether Slack would take an app's manifest: names, lengths, scopes, addresses.

Lengths and counts are those of Slack's manifest reference. `problems_of` returns what is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

Json = dict[str, Any]

RESERVED = frozenset(
    """
    active apps archive away collapse dm dnd expand feed feedback help hide invite join keys
    kick leave list me mention msg mute open part people pro prefs remind remove rename search
    shortcuts shrug star status topic unarchive unhide unmute who
    """.split()
)
"""Commands that Slack has itself or has had; one of them voids a whole manifest, or never fires."""

COMMAND = re.compile(r"/[a-z0-9_-]{1,31}")
BOT_SCOPES = frozenset(
    """
    app_mentions:read assistant:write calls:read calls:write channels:history channels:join
    channels:manage channels:read chat:write chat:write.customize chat:write.public commands
    conversations.connect:read dnd:read emoji:read files:read files:write groups:history
    groups:read groups:write im:history im:read im:write incoming-webhook links:read links:write
    metadata.message:read mpim:history mpim:read mpim:write pins:read pins:write reactions:read
    reactions:write reminders:read reminders:write team:read usergroups:read users.profile:read
    users:read users:read.email users:write
    """.split()
)
USER_SCOPES = BOT_SCOPES | frozenset({"users.profile:write", "dnd:write", "search:read"})
EVENTS: dict[str, str | None] = {
    "app_home_opened": None,
    "app_mention": "app_mentions:read",
    "app_uninstalled": None,
    "tokens_revoked": None,
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "message.im": "im:history",
    "message.mpim": "mpim:history",
    "member_joined_channel": "channels:read",
    "team_join": "users:read",
    "user_change": "users:read",
}
"""What a bot may subscribe to, and the scope that it needs for it."""
KNOWN = {
    "_metadata",
    "display_information",
    "features",
    "oauth_config",
    "settings",
}
MOST_COMMANDS = 50
MOST_SHORTCUTS = 10


def problems_of(manifest: Any) -> list[str]:
    """What is wrong with it; nothing wrong is an empty list."""
    return list(_problems(manifest))


def _problems(manifest: Any) -> Iterator[str]:
    if not isinstance(manifest, dict):
        yield "manifest: must be an object"
        return
    for name in sorted(set(manifest) - KNOWN):
        yield f"{name}: unknown field"
    settings = manifest.get("settings") or {}
    features = manifest.get("features") or {}
    scopes = (manifest.get("oauth_config") or {}).get("scopes") or {}
    bot = set(scopes.get("bot") or [])
    socket = settings.get("socket_mode_enabled") is True
    yield from _display(manifest.get("display_information") or {})
    yield from _commands(features.get("slash_commands") or [], bot, socket)
    yield from _shortcuts(features.get("shortcuts") or [], bot, settings)
    yield from _scopes(bot, set(scopes.get("user") or []), features)
    yield from _settings(settings, bot, socket)
    if "app_home_opened" in ((settings.get("event_subscriptions") or {}).get("bot_events") or []):
        home = features.get("app_home") or {}
        if not (home.get("home_tab_enabled") or home.get("messages_tab_enabled")):
            yield "features/app_home: app_home_opened never comes without a tab that is enabled"


def _length(at: str, value: Any, longest: int, shortest: int = 1) -> Iterator[str]:
    if not isinstance(value, str):
        yield f"{at}: must be a string"
    elif not shortest <= len(value) <= longest:
        yield f"{at}: must have {shortest} to {longest} characters, not {len(value)}"


def _display(given: Json) -> Iterator[str]:
    at = "display_information"
    yield from _length(f"{at}/name", given.get("name"), 35)
    if "description" in given:
        yield from _length(f"{at}/description", given["description"], 140)
    if "long_description" in given:
        yield from _length(f"{at}/long_description", given["long_description"], 4000, 175)
    color = given.get("background_color")
    if color is not None and not re.fullmatch(r"#([0-9a-fA-F]{3}|[0-9a-fA-F]{6})", str(color)):
        yield f"{at}/background_color: must be a hex colour"


def _address(at: str, url: Any) -> Iterator[str]:
    parts = urlsplit(url if isinstance(url, str) else "")
    if parts.scheme != "https" or not parts.netloc:
        yield f"{at}: must be an https address"


def _commands(commands: list[Json], bot: set[str], socket: bool) -> Iterator[str]:
    at = "features/slash_commands"
    if len(commands) > MOST_COMMANDS:
        yield f"{at}: no more than {MOST_COMMANDS}"
    if commands and "commands" not in bot:
        yield f"{at}: need the bot scope commands"
    names = [str(one.get("command")) for one in commands]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"{at}: {name} is there twice"
    for one, name in zip(commands, names, strict=True):
        here = f"{at}/{name}"
        if not COMMAND.fullmatch(name):
            yield f"{here}: a slash, then lower case letters, digits, - and _; at most 32 in all"
        elif name[1:] in RESERVED:
            yield f"{here}: the name is Slack's own"
        yield from _length(f"{here}/description", one.get("description"), 2000)
        if "usage_hint" in one:
            yield from _length(f"{here}/usage_hint", one["usage_hint"], 1000)
        if not socket:
            yield from _address(f"{here}/url", one.get("url"))


def _shortcuts(shortcuts: list[Json], bot: set[str], settings: Json) -> Iterator[str]:
    at = "features/shortcuts"
    if len(shortcuts) > MOST_SHORTCUTS:
        yield f"{at}: no more than {MOST_SHORTCUTS}"
    if shortcuts and "commands" not in bot:
        yield f"{at}: need the bot scope commands"
    if shortcuts and not (settings.get("interactivity") or {}).get("is_enabled"):
        yield f"{at}: need settings/interactivity"
    for one in shortcuts:
        here = f"{at}/{one.get('callback_id')}"
        if one.get("type") not in {"message", "global"}:
            yield f"{here}/type: must be message or global"
        yield from _length(f"{here}/name", one.get("name"), 24)
        yield from _length(f"{here}/callback_id", one.get("callback_id"), 255)
        yield from _length(f"{here}/description", one.get("description"), 150)


def _scopes(bot: set[str], user: set[str], features: Json) -> Iterator[str]:
    for name in sorted(bot - BOT_SCOPES):
        yield f"oauth_config/scopes/bot: unknown scope {name}"
    for name in sorted(user - USER_SCOPES):
        yield f"oauth_config/scopes/user: unknown scope {name}"
    if bot and not (features.get("bot_user") or {}).get("display_name"):
        yield "features/bot_user/display_name: needed for bot scopes"
    elif features.get("bot_user"):
        yield from _length(
            "features/bot_user/display_name", features["bot_user"].get("display_name"), 80
        )


def _settings(settings: Json, bot: set[str], socket: bool) -> Iterator[str]:
    events = settings.get("event_subscriptions") or {}
    for name in events.get("bot_events") or []:
        needed = EVENTS.get(name)
        if name not in EVENTS:
            yield f"settings/event_subscriptions: unknown event {name}"
        elif needed and needed not in bot:
            yield f"settings/event_subscriptions: {name} needs the bot scope {needed}"
    if socket:
        return
    if events:
        yield from _address("settings/event_subscriptions/request_url", events.get("request_url"))
    interactivity = settings.get("interactivity") or {}
    if interactivity.get("is_enabled"):
        yield from _address("settings/interactivity/request_url", interactivity.get("request_url"))
