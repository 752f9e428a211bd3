"""What the people who are mentioned in a message ("call @john") are called."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass, field

from aiohttp import ClientError
from slack_sdk.errors import SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

log = logging.getLogger(__name__)

KNOWN = 1000


@dataclass(slots=True)
class People:
    """Asks Slack for names, and remembers them.

    Args:
        client: Slack's Web API.
    """

    client: AsyncWebClient
    _names: dict[str, str] = field(default_factory=dict)

    async def names(self, ids: Iterable[str]) -> dict[str, str]:
        """The real names of these users; who cannot be looked up is left out."""
        found = {}
        for user in ids:
            name = self._names.get(user) or await self._look_up(user)
            if name:
                found[user] = name
        return found

    async def _look_up(self, user: str) -> str | None:
        try:
            answer = await self.client.users_info(user=user)
        except (SlackClientError, ClientError, OSError, TimeoutError) as error:
            log.info("a mentioned user could not be looked up: %s", error)
            return None
        profile = answer["user"].get("profile") or {}
        name = profile.get("real_name") or answer["user"].get("real_name")
        if name:
            if len(self._names) >= KNOWN:
                self._names.clear()
            self._names[user] = str(name)
        return str(name) if name else None
