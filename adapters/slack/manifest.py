"""The app's manifest: what Slack must know of it, made from the settings.

Whatever Slack would refuse is refused here, with the setting's name and what is allowed, because
one bad name voids a whole manifest. The lengths and counts are those of Slack's own reference.

    ManifestError(Exception)   the settings can make no manifest that Slack would take
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from assistant.settings import SlackSection
from assistant.wording import Wording

RESERVED = frozenset(
    """
    active apps archive away close collapse dm dnd expand feed feedback help hide huddle
    invite invite_people join keys kick leave list me mention msg mute open part people prefs pro
    remind remove rename s search shortcuts shrug star status topic unarchive unhide unmute who
    """.split()  # noqa: SIM905 - forty quoted words are not easier to read
)
"""The commands that Slack has itself; one of them voids a manifest. `/call` was one, long ago."""

MOST_COMMANDS = 50
LONGEST_DESCRIPTION = 2000
CALL_NUMBER = "call_number"
"""The message shortcut's callback id."""
DIAL = "dial"
"""The global shortcut's callback id."""


class ManifestError(Exception):
    """The settings can make no manifest; `message` and `details` say which one, and what may be."""

    def __init__(self, message: str, **details: object) -> None:
        super().__init__(message, details)
        self.message = message
        self.details = details


def manifest(settings: SlackSection, words: Wording, url: str | None = None) -> dict[str, Any]:
    """The manifest, as Slack's "Create an app from a manifest" takes it.

    Args:
        settings: decide on commands, scopes and events.
        words: what people read in Slack, in their language.
        url: where Slack reaches this PC in HTTP mode, `https://…`; `http_path` is added unless it
            has a path. None is Socket Mode.

    Raises:
        ManifestError: Slack would refuse it.
    """
    address = None if url is None else _address(settings, url)
    if address is None and settings.http_port:
        raise ManifestError("slack_manifest_no_url", port=settings.http_port)
    scopes = {"bot": bot_scopes(settings)}
    if settings.status:
        scopes["user"] = user_scopes(settings)
    return {
        "display_information": {
            "name": "Phonebar",
            "description": words.say("slack_manifest_about")[0],
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            # Slack cannot see whether the app runs, so it is never shown as being there.
            "bot_user": {"display_name": "Phonebar", "always_online": False},
            "shortcuts": _shortcuts(words),
            "slash_commands": _commands(settings, words, address),
        },
        "oauth_config": {"scopes": scopes},
        "settings": {
            "event_subscriptions": _events(settings, address),
            "interactivity": _interactivity(address),
            "org_deploy_enabled": False,
            "socket_mode_enabled": address is None,
            "token_rotation_enabled": False,
        },
    }


def bot_scopes(settings: SlackSection) -> list[str]:
    """What the bot token must be allowed, and no more than that."""
    mentions = ["app_mentions:read"] if settings.mentions else []
    return [*mentions, "chat:write", "commands", "im:history", "im:write", "users:read"]


def user_scopes(settings: SlackSection) -> list[str]:
    """What the user token must be allowed; empty when there need be none."""
    return ["users.profile:read", "users.profile:write"] if settings.status else []


def command_names(settings: SlackSection) -> list[tuple[str, str]]:
    """Each slash command with the phrase that it stands for; the first one's is empty.

    `/park=hold` stands for "hold", `/hold` for its own name.
    """
    pairs = [alias.partition("=") for alias in settings.aliases]
    return [(settings.command, ""), *((name, phrase or name[1:]) for name, _, phrase in pairs)]


def _commands(
    settings: SlackSection, words: Wording, address: str | None
) -> list[dict[str, object]]:
    commands: list[dict[str, object]] = []
    known: set[str] = set()
    if len(settings.aliases) >= MOST_COMMANDS:
        raise ManifestError("slack_manifest_too_many", most=MOST_COMMANDS - 1)
    for name, phrase in command_names(settings):
        setting = "aliases" if phrase else "command"
        if name[1:] in RESERVED:
            raise ManifestError("slack_manifest_reserved", setting=setting, name=name)
        if name in known:
            raise ManifestError("slack_manifest_twice", setting=setting, name=name)
        known.add(name)
        description = words.say("slack_manifest_about")[0]
        if phrase:
            details = {"command": settings.command, "phrase": phrase}
            description = words.say("slack_manifest_alias", details)[0]
        if len(description) > LONGEST_DESCRIPTION:
            raise ManifestError("slack_manifest_phrase_too_long", name=name)
        # Escaped, so that @john arrives as an id that cannot be forged.
        shown: dict[str, object] = {"command": name, "description": description}
        if not phrase:
            shown["usage_hint"] = words.say("slack_manifest_hint")[0]
        shown["should_escape"] = True
        commands.append(shown if address is None else {**shown, "url": address})
    return commands


def _shortcuts(words: Wording) -> list[dict[str, str]]:
    return [
        {
            "name": words.say("slack_manifest_call_number")[0],
            "type": "message",
            "callback_id": CALL_NUMBER,
            "description": words.say("slack_manifest_call_number_about")[0],
        },
        {
            "name": words.say("slack_manifest_dial")[0],
            "type": "global",
            "callback_id": DIAL,
            "description": words.say("slack_manifest_dial_about")[0],
        },
    ]


def _events(settings: SlackSection, address: str | None) -> dict[str, object]:
    mentions = ["app_mention"] if settings.mentions else []
    events: dict[str, object] = {"bot_events": ["app_home_opened", *mentions, "message.im"]}
    return events if address is None else {"request_url": address, **events}


def _interactivity(address: str | None) -> dict[str, object]:
    if address is None:
        return {"is_enabled": True}
    return {"is_enabled": True, "request_url": address, "message_menu_options_url": address}


def _address(settings: SlackSection, url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname or parts.query or parts.fragment:
        raise ManifestError("slack_manifest_bad_url", url=url)
    if not settings.http_path.startswith("/"):
        raise ManifestError("slack_manifest_bad_path", path=settings.http_path)
    return url if parts.path.strip("/") else f"{url.rstrip('/')}{settings.http_path}"
