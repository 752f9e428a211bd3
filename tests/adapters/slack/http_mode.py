"""HTTP mode: signed requests to the app's address; forged, replayed and skewed ones too."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from typing import Any
from urllib.parse import urlencode

import aiohttp

from tests.adapters.slack.delivery import Answer, Attempt, Delivery
from tests.adapters.slack.world import SIGNING_SECRET, World

Json = dict[str, Any]

PATIENCE = aiohttp.ClientTimeout(total=60)
"""Long after it counts as failed, what the app answers is still read, so that lists show it."""


def body_of(kind: str, payload: Json) -> tuple[str, str]:
    """The body of a request, and its content type."""
    form = "application/x-www-form-urlencoded"
    if kind == "slash_commands":
        return urlencode(
            {name: value for name, value in payload.items() if value is not None}
        ), form
    if kind == "interactive":
        return urlencode({"payload": json.dumps(payload)}), form
    return json.dumps(payload), "application/json"


def signature(secret: str, timestamp: str, body: str) -> str:
    """The `x-slack-signature` of a body."""
    signed = f"v0:{timestamp}:{body}".encode()
    return "v0=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


def _read(text: str) -> Json:
    """An answer's body: JSON, or plain text to be shown."""
    if not text.strip():
        return {}
    try:
        body = json.loads(text)
    except ValueError:
        return {"text": text}
    return body if isinstance(body, dict) else {"text": text}


class Http:
    """Sends to one address."""

    def __init__(self, world: World, url: str, secret: str = SIGNING_SECRET) -> None:
        self.url = url
        self.secret = secret
        self.skew = 0.0
        """How far Slack's clock is ahead of the app's, in seconds."""
        self._world = world
        self._session: aiohttp.ClientSession | None = None
        self._running: set[asyncio.Task[None]] = set()

    async def send(self, delivery: Delivery, attempt: Attempt) -> None:
        """Send, and note the answer whenever it comes."""
        body, kind = body_of(delivery.kind, delivery.payload)
        headers = self._headers(body, kind)
        if attempt.number:
            headers["x-slack-retry-num"] = str(attempt.number)
            headers["x-slack-retry-reason"] = attempt.reason
        attempt.via, attempt.trouble = "http", "http_timeout"
        task = asyncio.create_task(self._exchange(attempt, body, headers))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def verify(self) -> bool:
        """Whether the address answers Slack's question when somebody enters it as request URL."""
        challenge = {"type": "url_verification", "token": "t", "challenge": "say this again"}
        status, text = await self._post(json.dumps(challenge), "application/json")
        return status == 200 and "say this again" in text

    async def forged(self, delivery: Delivery) -> int:
        """The same request by somebody who does not know the secret; the app's status."""
        body, kind = body_of(delivery.kind, delivery.payload)
        return (await self._post(body, kind, secret=f"not {self.secret}"))[0]

    async def replayed(self, delivery: Delivery, seconds_later: float) -> int:
        """A request that somebody recorded and sends again later; the app's status."""
        body, kind = body_of(delivery.kind, delivery.payload)
        return (await self._post(body, kind, age=seconds_later))[0]

    async def close(self) -> None:
        """End everything."""
        for task in list(self._running):
            task.cancel()
        if self._session is not None:
            await self._session.close()

    async def _exchange(self, attempt: Attempt, body: str, headers: dict[str, str]) -> None:
        try:
            async with self._client().post(self.url, data=body, headers=headers) as answer:
                attempt.status = answer.status
                attempt.no_retry = answer.headers.get("x-slack-no-retry") == "1"
                text = await answer.text()
        except (aiohttp.ClientError, TimeoutError):
            attempt.trouble = "connection_failed"
            attempt.fail()
            return
        if attempt.status != 200:
            attempt.trouble = "http_error"
            attempt.fail()
            return
        attempt.done(Answer(self._world.clock.now(), _read(text)))

    async def _post(
        self, body: str, kind: str, *, secret: str = "", age: float = 0.0
    ) -> tuple[int, str]:
        headers = self._headers(body, kind, secret, age)
        async with self._client().post(self.url, data=body, headers=headers) as answer:
            return answer.status, await answer.text()

    def _client(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=PATIENCE)
        return self._session

    def _headers(self, body: str, kind: str, secret: str = "", age: float = 0.0) -> dict[str, str]:
        timestamp = str(int(self._world.clock.now() + self.skew - age))
        return {
            "content-type": kind,
            "user-agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
            "x-slack-request-timestamp": timestamp,
            "x-slack-signature": signature(secret or self.secret, timestamp, body),
        }
