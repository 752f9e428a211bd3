"""`response_url`: five answers within thirty minutes to what somebody did."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.adapters.slack.chat import LONGEST_POST, content
from tests.adapters.slack.errors import ApiError
from tests.adapters.slack.surface import Message
from tests.adapters.slack.world import Channel, Team, World

Json = dict[str, Any]

MOST_USES = 5
VALID_FOR = 30 * 60


@dataclass
class ResponseUrl:
    """One of them: who did something where, and in which message."""

    user: str
    team: Team
    channel: Channel
    made: float
    original: Message | None = None
    uses: int = 0


class ResponseUrls:
    """All of them."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.known: dict[str, ResponseUrl] = {}

    def new(self, user: str, team: Team, channel: Channel, original: Message | None = None) -> str:
        """An address for what this person did."""
        name = self._world.stamps.id("R")
        now = self._world.clock.now()
        self.known[name] = ResponseUrl(user, team, channel, now, original)
        return f"{self._world.url}/resp/{name}"

    def use(self, name: str, given: Json) -> None:
        """Answer once. An `ApiError` is one of Slack's refusals."""
        url = self.known.get(name)
        if url is None:
            raise ApiError("invalid_url")
        if self._world.clock.now() - url.made > VALID_FOR:
            raise ApiError("expired_url")
        if url.uses >= MOST_USES:
            raise ApiError("used_url")
        url.uses += 1
        self.show(url, given)

    def show(self, url: ResponseUrl, given: Json) -> None:
        """Do what an answer says: a new message, or another one instead of the original."""
        world, original = self._world, url.original
        if original is not None and given.get("delete_original"):
            original.deleted = True
            world.changes.made()
            world.tell(original, "deleted")
            return
        text, blocks = content(world, given, LONGEST_POST, "response_url")
        if original is not None and given.get("replace_original"):
            original.edited = True
            original.write(text, blocks, world.clock.now())
            world.changes.made()
            world.tell(original, "changed")
            return
        public = given.get("response_type") == "in_channel"
        author = world.users[url.team.bot_user]
        thread = given.get("thread_ts")
        only_for = None if public else url.user
        message = world.post(url.channel, author, text, blocks, only_for=only_for, thread_ts=thread)
        if url.original is None:
            url.original = message
