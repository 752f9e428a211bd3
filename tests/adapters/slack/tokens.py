"""Tokens: whose they are, what they may do, and what each method asks for."""

from __future__ import annotations

from dataclasses import dataclass

BOT_SCOPES = frozenset({
    "app_mentions:read",
    "channels:read",
    "chat:write",
    "commands",
    "groups:read",
    "im:history",
    "im:read",
    "im:write",
    "team:read",
    "users:read",
})  # fmt: skip
"""What the bot may do unless a test or a manifest says otherwise."""


@dataclass(frozen=True)
class Token:
    """One token."""

    kind: str
    """`bot`, `user` or `app`."""
    team: str
    user: str
    scopes: frozenset[str]


@dataclass(frozen=True)
class Needs:
    """What a method asks of a token: its kind, and one of these scopes."""

    kinds: tuple[str, ...] = ("bot", "user")
    scopes: tuple[str, ...] = ()


SEE_CHANNELS = ("channels:read", "groups:read", "im:read", "mpim:read")
NEEDS = {
    "api.test": Needs(("bot", "user", "app")),
    "apps.connections.open": Needs(("app",), ("connections:write",)),
    "apps.manifest.validate": Needs(("bot", "user", "app")),
    "auth.test": Needs(("bot", "user", "app")),
    "chat.delete": Needs(scopes=("chat:write",)),
    "chat.getPermalink": Needs(),
    "chat.postEphemeral": Needs(scopes=("chat:write",)),
    "chat.postMessage": Needs(scopes=("chat:write",)),
    "chat.update": Needs(scopes=("chat:write",)),
    "conversations.info": Needs(scopes=SEE_CHANNELS),
    "conversations.members": Needs(scopes=SEE_CHANNELS),
    "conversations.open": Needs(scopes=("im:write", "mpim:write")),
    "team.info": Needs(scopes=("team:read",)),
    "users.getPresence": Needs(scopes=("users:read",)),
    "users.info": Needs(scopes=("users:read",)),
    "users.profile.get": Needs(scopes=("users.profile:read",)),
    "users.profile.set": Needs(("user",), ("users.profile:write",)),
    "views.open": Needs(("bot",)),
    "views.publish": Needs(("bot",)),
    "views.push": Needs(("bot",)),
    "views.update": Needs(("bot",)),
}
