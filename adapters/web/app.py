"""The page's way to the Assistant: what `back/assistant.js` asks for.

Whoever starts it hands over the page's files and what guards the door, for this surface knows
nothing of the phonebar that they come from.

    BadRequestError(Exception)   a request that no page of ours sends; nothing was done
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any, Protocol

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from adapters.web.deeds import BadDeedError, command_of
from adapters.web.feed import Feed
from assistant.config import Config
from assistant.contract import Command, Reply, Utterance
from assistant.desk import Desk, DeskError
from assistant.settings import CONFIRMABLE
from assistant.wording import Wording

AGENT, USER, SURFACE = "local", "local", "web"
MAX_BYTES = 16 * 1024
MAX_PEOPLE = 12
MAX_PAST = 50
LISTENS = frozenset({"listening", "hearing"})
Endpoint = Callable[[Request], Awaitable[Response]]


class BadRequestError(Exception):
    """A request that no page of ours sends; the message says what is wrong with it."""


class Voice(Protocol):
    """Who listens to the microphone of this PC."""

    @property
    def mode(self) -> str:
        """What the microphone is doing."""

    def talk(self, on: bool, held: bool) -> None:
        """Begin to listen, or end it."""


class Web:
    """The surface, as an ASGI application.

    Args:
        desk: the Assistant.
        config: whose languages are spoken.
        wording: the messages of a language.
        pages: the routes of the page's files.
        gate: lets nobody in but this computer's own programs and the page.
        token: what the page must send; told to the page alone.
        voice: whom the page has listen; None when nobody does.
    """

    def __init__(
        self,
        desk: Desk,
        config: Config,
        wording: Callable[[str], Wording],
        *,
        pages: Sequence[Route],
        gate: Middleware,
        token: str,
        voice: Voice | None = None,
    ) -> None:
        self._desk, self._config, self._token, self._voice = desk, config, token, voice
        microphone = (lambda: voice.mode) if voice else lambda: None
        self.feed = Feed(desk, AGENT, USER, SURFACE, wording, microphone=microphone)
        posts = {
            "do": self._do,
            "say": self._say,
            "answer": self._answer,
            "status": self._status,
            "talk": self._talk,
        }
        gets = {
            "session": self._session,
            "events": self._events,
            "directory": self._directory,
            "history": self._history,
        }
        self.app = Starlette(
            routes=[
                *pages,
                *(Route(f"/ext/v1/{name}", act, methods=["GET"]) for name, act in gets.items()),
                *(Route(f"/ext/v1/{name}", act, methods=["POST"]) for name, act in posts.items()),
            ],
            middleware=[gate],
            exception_handlers={
                BadRequestError: _refused("bad-request", 400),
                DeskError: _refused("away", 503),
            },
        )

    # Reading

    async def _session(self, _request: Request) -> Response:
        return JSONResponse({"token": self._token})

    async def _events(self, _request: Request) -> Response:
        stream = self.feed.stream(self._config.assistant.languages)
        return StreamingResponse(stream, media_type="text/event-stream")

    async def _directory(self, request: Request) -> Response:
        typed = request.query_params.get("q", "")[:80]
        found = await self._desk.people(AGENT, typed, MAX_PEOPLE)
        return JSONResponse(
            [
                {
                    "name": one.name,
                    "numbers": [{"number": n.number, "label": n.label} for n in one.numbers],
                }
                for one in found
            ]
        )

    async def _history(self, _request: Request) -> Response:
        return JSONResponse(await self._desk.past_calls(AGENT, MAX_PAST))

    # Acting

    async def _do(self, request: Request) -> Response:
        body = await _read(request)
        who = body.get("who")
        people = await self._desk.people(AGENT, who, MAX_PEOPLE) if isinstance(who, str) else ()
        try:
            command = command_of(body, people)
        except BadDeedError as error:
            raise BadRequestError(str(error)) from error
        return await self._ask(body, "", command=command)

    async def _say(self, request: Request) -> Response:
        body = await _read(request)
        return await self._ask(body, _text(body, "text"))

    async def _answer(self, request: Request) -> Response:
        """To a question; without words it is "cancel"."""
        body = await _read(request)
        asked = _text(body, "question")
        if body.get("text") is None:
            return await self._ask(body, "", command=Command("cancel"), answering=asked)
        return await self._ask(body, _text(body, "text"), answering=asked)

    async def _status(self, request: Request) -> Response:
        status = (await _read(request)).get("status")
        if status not in {"ready", "pause"}:
            raise BadRequestError("the status must be ready or pause")
        await self._desk.set_status(AGENT, status)
        self.feed.look_now()
        return JSONResponse({"status": await self._desk.status(AGENT)})

    async def _talk(self, request: Request) -> Response:
        """Listen to what is said to this PC; what listens already is not ended by "on"."""
        on = (await _read(request)).get("on")
        if not isinstance(on, bool) or self._voice is None:
            raise BadRequestError("on must be true or false, and the voice must be up")
        if on != (self._voice.mode in LISTENS):
            self._voice.talk(on, held=False)
        return JSONResponse({"microphone": self._voice.mode})

    async def _ask(
        self,
        body: Mapping[str, Any],
        text: str,
        *,
        command: Command | None = None,
        answering: str | None = None,
    ) -> Response:
        languages = self._config.assistant.languages
        wanted = body.get("language")
        language = wanted if command is not None and wanted in languages else None
        deadline = body.get("deadline")
        if not isinstance(deadline, int | float) or isinstance(deadline, bool):
            raise BadRequestError("deadline is missing")
        confirm = body.get("confirm")
        utterance = Utterance(
            text,
            USER,
            SURFACE,
            language=language,
            command=command,
            id=_text(body, "id"),
            deadline=float(deadline),
            answering=answering,
            confirm=tuple(one for one in confirm if one in CONFIRMABLE)
            if isinstance(confirm, list)
            else (),
        )
        reply = await self._desk.ask(AGENT, utterance)
        return JSONResponse(_told(reply, language or languages[0]))


def _told(reply: Reply, language: str) -> dict[str, Any]:
    asked = str(reply.status) == "asked"
    return {
        "outcome": str(reply.status),
        "text": "" if asked else reply.text,
        "language": language,
        "question": {
            "id": reply.id,
            "text": reply.text,
            "language": language,
            "choices": [choice.to_json() for choice in reply.choices],
        }
        if asked
        else None,
    }


async def _read(request: Request) -> dict[str, Any]:
    if request.headers.get("content-type", "").split(";")[0].strip() != "application/json":
        raise BadRequestError("the body must be application/json")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BYTES:
            raise BadRequestError("the body is too large")
    with suppress(ValueError, RecursionError):
        found = json.loads(body)
        if isinstance(found, dict):
            return found
    raise BadRequestError("the body must be a JSON object")


def _text(body: Mapping[str, Any], field: str) -> str:
    value = body.get(field)
    if not isinstance(value, str) or not 0 < len(value.strip()) <= 500:
        raise BadRequestError(f"{field} is missing")
    return value


def _refused(slug: str, status: int) -> Callable[[Request, Exception], Awaitable[Response]]:
    async def answer(_request: Request, error: Exception) -> Response:
        body = {"type": f"urn:phonebar:problem:{slug}", "status": status, "detail": str(error)}
        return JSONResponse(body, status, media_type="application/problem+json")

    return answer
