"""What is said once: an answer, or a notice; the one who sends it learns whether Slack took it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from adapters.slack.message import Message
from adapters.slack.outbox import RESPONSE_URL, Outbox, Priority, Sending
from adapters.slack.request import Place

RESPONSE_LIFE = 1500.0
"""Seconds for which a response URL is relied upon; Slack's own limit is 1800."""


def _done() -> asyncio.Future[bool]:
    return asyncio.get_running_loop().create_future()


@dataclass(slots=True)
class Post:
    """One message to one user.

    Args:
        message: what it says.
        place: where it goes.
        user: for whom it is.
        priority: how urgent it is.
        replaces: it takes the place of the message whose button was pressed.
        born: when the response URL was given, by the event loop's clock in seconds.
    """

    message: Message
    place: Place
    user: str
    priority: Priority = Priority.REPLY
    replaces: bool = False
    born: float = field(default_factory=lambda: asyncio.get_running_loop().time())
    done: asyncio.Future[bool] = field(default_factory=_done)
    """Whether Slack took it."""

    @property
    def route(self) -> tuple[str, str]:
        """A response URL while there is one, else the channel."""
        place = self.place
        age = asyncio.get_running_loop().time() - self.born
        if place.response_url and age < RESPONSE_LIFE:
            return RESPONSE_URL, place.response_url
        if place.ephemeral and not place.private:
            return "chat.postEphemeral", place.channel
        return "chat.postMessage", place.channel

    async def content(self) -> Sending:
        """The message as that way takes it."""
        method, to = self.route
        body: dict[str, Any] = self.message.body()
        if method == RESPONSE_URL:
            kind = {"replace_original": self.replaces, "response_type": "ephemeral"}
            return Sending(method, {**body, **kind}, to)
        body["channel"] = to
        if self.place.thread:
            body["thread_ts"] = self.place.thread
        if method == "chat.postEphemeral":
            body["user"] = self.user
        return Sending(method, body, to)

    async def sent(self, sending: Sending, answer: Mapping[str, Any]) -> None:  # noqa: ARG002
        """Slack has it."""
        self._finish(taken=True)

    async def lost(self, error: Exception) -> None:  # noqa: ARG002
        """Slack will not have it."""
        self._finish(taken=False)

    def _finish(self, *, taken: bool) -> None:
        if not self.done.done():
            self.done.set_result(taken)


def post_notice(
    outbox: Outbox, user: str, message: Message, priority: Priority = Priority.REPLY
) -> None:
    """Tell a user something that they did not ask for, in their direct messages."""
    post = Post(message, Place(user, private=True), user, priority)
    outbox.put(f"notice:{id(post)}", post)
