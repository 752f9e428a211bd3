"""How the app is set up at Slack: its commands, shortcuts and subscriptions, if they are told."""

from __future__ import annotations

from typing import Any

from tests.adapters.slack.elements import NotPossible
from tests.adapters.slack.manifest import problems_of
from tests.adapters.slack.world import Channel, Team, World

Json = dict[str, Any]

USUAL_EVENTS = frozenset({"app_home_opened", "app_mention", "message.im"})


class Installation:
    """Without a manifest every command and shortcut is there, and the usual events."""

    def __init__(self, world: World, manifest: Json | None = None) -> None:
        self._world = world
        self._commands: dict[str, Json] | None = None
        self._shortcuts: dict[str, Json] | None = None
        self.events = USUAL_EVENTS
        if manifest is not None:
            self._read(manifest)

    def command(self, name: str) -> bool:
        """Whether a command, which must be there, wants ids for the people named."""
        if self._commands is None:
            return True
        if name not in self._commands:
            raise NotPossible(f"{name} is not a valid command")
        return bool(self._commands[name].get("should_escape"))

    def shortcut(self, callback_id: str, kind: str) -> None:
        """A shortcut must be there."""
        known = self._shortcuts
        if known is not None and known.get(callback_id, {}).get("type") != kind:
            raise NotPossible(f"the app has no {kind} shortcut {callback_id!r}")

    def hears(self, event: str) -> bool:
        """Whether the app has subscribed."""
        return event in self.events

    def subscribed(self, event: str) -> None:
        """The app must have subscribed."""
        if not self.hears(event):
            raise NotPossible(f"the app has not subscribed to {event}")

    def team_in(self, channel: Channel) -> Team:
        """As which team's app it is in a channel."""
        teams = [channel.team, *(self._world.teams[name] for name in sorted(channel.shared_with))]
        for team in teams:
            if team.installed and team.bot_user in channel.members:
                return team
        return channel.team

    def _read(self, manifest: Json) -> None:
        problems = problems_of(manifest)
        if problems:
            raise AssertionError("Slack refuses this manifest:\n" + "\n".join(problems))
        features, settings = manifest.get("features") or {}, manifest.get("settings") or {}
        self._commands = {one["command"]: one for one in features.get("slash_commands") or []}
        self._shortcuts = {one["callback_id"]: one for one in features.get("shortcuts") or []}
        subscriptions = settings.get("event_subscriptions") or {}
        self.events = frozenset(subscriptions.get("bot_events") or [])


def bot_scopes(manifest: Json) -> frozenset[str]:
    """The scopes that the manifest asks for the bot."""
    scopes = (manifest.get("oauth_config") or {}).get("scopes") or {}
    return frozenset(scopes.get("bot") or [])
