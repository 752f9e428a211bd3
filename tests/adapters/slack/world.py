"""Everything that there is in a Slack: teams, people, channels, messages, modals, App Homes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.adapters.slack.changes import Changes
from tests.adapters.slack.clock import Clock
from tests.adapters.slack.errors import ApiError
from tests.adapters.slack.stamps import Stamps
from tests.adapters.slack.surface import Message, View
from tests.adapters.slack.tokens import BOT_SCOPES, Token
from tests.adapters.slack.triggers import Triggers

Json = dict[str, Any]

APP_ID = "A1"
APP_TOKEN = "xapp-1-A1-fake"  # noqa: S105 - good for this fake only
SIGNING_SECRET = "only-tests-know"  # noqa: S105 - as above


@dataclass(eq=False)
class Team:
    """A workspace."""

    id: str
    name: str
    installed: bool = True
    """Whether the app is installed in it. In one that has it not, people are strangers."""
    enterprise_id: str | None = None
    org_wide: bool = False
    """Whether the app is installed for the whole Enterprise Grid organisation."""

    @property
    def domain(self) -> str:
        return self.name.lower().replace(" ", "-")

    @property
    def enterprise_name(self) -> str | None:
        return f"Enterprise {self.enterprise_id}" if self.enterprise_id else None

    @property
    def bot_token(self) -> str:
        return f"xoxb-{self.id}"

    @property
    def bot_user(self) -> str:
        return f"UBOT{self.id}"

    @property
    def bot_id(self) -> str:
        return f"B{self.id}"


@dataclass(eq=False)
class User:
    """Somebody, as `users.info` tells."""

    id: str
    name: str
    team: Team
    real_name: str = ""
    locale: str = "en-GB"
    is_bot: bool = False
    status_text: str = ""
    status_emoji: str = ""
    status_expiration: int = 0

    @property
    def user_token(self) -> str:
        """The token that this person gives an app that may act for them."""
        return f"xoxp-{self.id}"


@dataclass(eq=False)
class Channel:
    """A channel, a private one, or a direct conversation with the app's bot."""

    id: str
    name: str
    kind: str
    """`channel`, `group` or `im`."""
    team: Team
    members: set[str] = field(default_factory=set)
    shared_with: set[str] = field(default_factory=set)
    """Other teams that are in it, by Slack Connect."""
    messages: dict[str, Message] = field(default_factory=dict)


class World:
    """All of it, and who waits for it to change."""

    def __init__(self, clock: Clock, scopes: frozenset[str] | None = None) -> None:
        self.clock = clock
        self.stamps = Stamps(clock)
        self.changes = Changes()
        self.triggers = Triggers(clock)
        self.url = ""
        """Where this Slack is, once it has begun to listen."""
        self.scopes = BOT_SCOPES if scopes is None else scopes
        self.problems: list[str] = []
        """What an app sent that Slack would not take, in the order in which it came."""
        self.tokens = {
            APP_TOKEN: Token("app", "", "", frozenset({"connections:write"})),
        }
        self.revoked: set[str] = set()
        self.teams: dict[str, Team] = {}
        self.users: dict[str, User] = {}
        self.slackbot = User("USLACKBOT", "slackbot", Team("T0", "Slack", installed=False))
        self.channels: dict[str, Channel] = {}
        self.ephemeral: list[Message] = []
        self.views: dict[str, View] = {}
        self.stacks: dict[str, list[View]] = {}
        """For each person the modals that are open, the topmost last."""
        self.homes: dict[str, View] = {}
        self.on_app_message: list[Callable[[Message, str], None]] = []
        """Told when the app posts, edits or deletes: the message, and `posted`, `changed` or
        `deleted`."""

    def problem(self, what: str) -> None:
        """Note that the app did something wrong."""
        self.problems.append(what)

    def add_team(self, team: Team) -> Team:
        """One more workspace."""
        self.teams[team.id] = team
        if team.installed:
            self.users[team.bot_user] = User(team.bot_user, "phonebar", team, is_bot=True)
            self.tokens[team.bot_token] = Token("bot", team.id, team.bot_user, self.scopes)
        return team

    def add_user(self, user: User) -> User:
        """One more person, who has not allowed the app to act for them."""
        self.users[user.id] = user
        return user

    def dm(self, user: User) -> Channel | None:
        """The conversation of somebody with the bot; with a stranger there is none."""
        if not user.team.installed or user.is_bot:
            return None
        name = f"D{user.id}"
        if name not in self.channels:
            members = {user.id, user.team.bot_user}
            self.channels[name] = Channel(name, "directmessage", "im", user.team, members)
        return self.channels[name]

    def channel(self, name: str) -> Channel:
        """The channel with this id."""
        if name not in self.channels:
            raise ApiError("channel_not_found")
        return self.channels[name]

    def message(self, channel: str, ts: str) -> Message:
        """A message that is still there."""
        found = self.channel(channel).messages.get(ts)
        if found is None or found.deleted:
            raise ApiError("message_not_found")
        return found

    def post(
        self,
        channel: Channel,
        author: User,
        text: str,
        blocks: list[Json],
        *,
        ts: str = "",
        only_for: str | None = None,
        thread_ts: str | None = None,
    ) -> Message:
        """Put a message where people see it."""
        message = Message(
            channel=channel.id,
            ts=ts or self.stamps.ts(),
            team=author.team.id,
            user=author.id,
            blocks=[],
            bot_id=author.team.bot_id if author.is_bot else None,
            only_for=only_for,
            thread_ts=thread_ts,
        )
        message.write(text, blocks, self.clock.now())
        if only_for:
            self.ephemeral.append(message)
        else:
            channel.messages[message.ts] = message
        self.changes.made()
        if author.is_bot and not only_for:
            self.tell(message, "posted")
        return message

    def tell(self, message: Message, what: str) -> None:
        """Tell those who listen what the app did with a message."""
        for listener in self.on_app_message:
            listener(message, what)

    def visible(self, user: User) -> list[Message]:
        """The messages that somebody can see, the oldest first."""
        mine = [channel for channel in self.channels.values() if user.id in channel.members]
        messages = [one for channel in mine for one in channel.messages.values()]
        messages += [one for one in self.ephemeral if one.only_for == user.id]
        return sorted((one for one in messages if not one.deleted), key=lambda one: one.ts)
