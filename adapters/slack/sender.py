"""Makes one attempt to tell Slack something, and says what became of it in the outbox's words."""

from __future__ import annotations

import email.utils
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from adapters.slack.outbox import RESPONSE_URL, Limited, NotTaken, Sending

PASSING = frozenset(
    {
        "fatal_error",
        "internal_error",
        "request_timeout",
        "service_unavailable",
        "team_added_to_org",
        "ratelimited",
        "rate_limited",
    }
)
"""Errors that go by themselves; Slack's other ones stay."""

SKEW_WORTH_IT = 2.0
"""Seconds; below, the Date header (whole seconds, some time on its way) is too coarse to say."""


@dataclass(slots=True)
class SlackTime:
    """How Slack's clock and ours differ, as its answers tell."""

    ahead: float = 0.0
    """Seconds by which Slack's clock is ahead of this PC's."""

    def learn(self, headers: Mapping[str, Any]) -> None:
        """Look at an answer's Date header (RFC 9110, 6.6.1)."""
        found = next((value for name, value in headers.items() if name.lower() == "date"), None)
        if not isinstance(found, str):
            return
        try:
            theirs = email.utils.parsedate_to_datetime(found).timestamp()
        except ValueError:
            return
        ahead = theirs - time.time()
        self.ahead = ahead if abs(ahead) > SKEW_WORTH_IT else 0.0

    def here(self, theirs: float) -> float:
        """A time of Slack's by this PC's clock (both Unix time in seconds)."""
        return theirs - self.ahead


@dataclass(frozen=True, slots=True)
class Sender:
    """Speaks to Slack's Web API and to response URLs."""

    client: AsyncWebClient
    clock: SlackTime

    async def __call__(self, sending: Sending) -> Mapping[str, Any]:
        """One attempt.

        Raises:
            NotTaken: Slack will never take it.
            Limited: not now.
            Exception: Slack was not reached, or was in trouble.
        """
        if sending.method == RESPONSE_URL:
            return await self._respond(sending)
        try:
            answer = await self.client.api_call(sending.method, json=dict(sending.body))
        except SlackApiError as error:
            raise _told(error) from error
        self.clock.learn(answer.headers)
        return answer.data if isinstance(answer.data, dict) else {}

    async def _respond(self, sending: Sending) -> Mapping[str, Any]:
        hook = AsyncWebhookClient(sending.to, session=self.client.session, ssl=self.client.ssl)
        answer = await hook.send_dict(dict(sending.body))
        if answer.status_code == 429:
            raise Limited(_seconds(answer.headers))
        if 400 <= answer.status_code < 500:
            raise NotTaken(f"response_url: HTTP {answer.status_code}")
        if answer.status_code >= 300:
            raise ConnectionError(f"response_url: HTTP {answer.status_code}")
        return {}


def _told(error: SlackApiError) -> Exception:
    answer = error.response
    if answer.status_code == 429:
        return Limited(_seconds(answer.headers))
    name = str(answer.get("error", "")) if hasattr(answer, "get") else ""
    if answer.status_code >= 500 or name in PASSING:
        return ConnectionError(f"Slack: {name or answer.status_code}")
    more = (answer.get("response_metadata") or {}).get("messages") or ()
    return NotTaken(" ".join([name or f"HTTP {answer.status_code}", *map(str, more)]))


def _seconds(headers: Mapping[str, Any]) -> float:
    found = next((value for name, value in headers.items() if name.lower() == "retry-after"), "1")
    try:
        return max(1.0, float(found if isinstance(found, str) else found[0]))
    except (ValueError, IndexError):
        return 1.0
