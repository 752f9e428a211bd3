"""The user's own Slack status while on a call, set and cleared with the user's own token.

It is never left behind: each setting ends by itself, and it is cleared at every start. A status
that the user set is left alone.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.outbox import Outbox, Priority, Sending

LASTS = 3600
"""Seconds after which Slack clears the status by itself."""


@dataclass(slots=True)
class Profile:
    """The status of the one user whose token this is.

    Args:
        client: Slack's Web API, with the user's own token.
        outbox: what goes to Slack; its sender must send `users.profile.*` through `client`.
        text: what the status says while on a call.
        emoji: what stands beside it.
    """

    client: AsyncWebClient
    outbox: Outbox
    text: str
    emoji: str
    _busy: bool = False

    def show(self, busy: bool) -> None:
        """Show whether the user is on a call."""
        if busy != self._busy:
            self._busy = busy
            self.outbox.put("profile", self)

    def clear(self) -> None:
        """Take back what an earlier run may have left."""
        self._busy = False
        self.outbox.put("profile", self)

    @property
    def priority(self) -> Priority:
        """It can wait."""
        return Priority.QUIET

    @property
    def route(self) -> tuple[str, str]:
        """Of the user's own profile."""
        return "users.profile.set", ""

    async def content(self) -> Sending | None:
        """The status; nothing when the user has one of their own."""
        found = await self.client.users_profile_get()
        shown = str(found["profile"].get("status_text") or "")
        if shown not in {"", self.text} or (not self._busy and shown == ""):
            return None
        until = int(time.time()) + LASTS if self._busy else 0
        profile = {
            "status_text": self.text if self._busy else "",
            "status_emoji": self.emoji if self._busy else "",
            "status_expiration": until,
        }
        return Sending("users.profile.set", {"profile": profile})

    async def sent(self, sending: Sending, answer: Mapping[str, Any]) -> None:
        """Nothing to keep."""

    async def lost(self, error: Exception) -> None:
        """It clears by itself."""
