"""`/ext/v1/…`: what the vendor's API lacks, under a prefix of our own.

Reading is GET. Acting is POST with a JSON body and the header `X-Phonebar-Token`, whose value
`GET /ext/v1/session` tells to whoever may ask (see `phonebar.origin`). Answers are JSON,
refusals `problem+json`; the headers of `phonebar.conditions` are honoured.

Source: the API page, "Security of such an API", last sentence.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from phonebar import bodies
from phonebar.conditions import Once, json_response
from phonebar.events import Streams, state_of
from phonebar.guard import Guard
from phonebar.line import Line
from phonebar.phonebook import MAX_PEOPLE, MAX_TYPED, Phonebook
from phonebar.problems import Problem
from phonebar.protocol import Call
from phonebar.simulator import Simulator
from phonebar.vendor_api import session_of

PREFIX = "/ext/v1"
FEATURES = (
    "allowed",
    "call-id",
    "directory",
    "events",
    "expected-state",
    "history",
    "hush",
    "idempotency-key",
    "if-match",
    "log",
    "reason",
    "request-deadline",
    "status",
)
_SINCE = re.compile(r"[0-9]{1,12}", re.ASCII)

Endpoint = Callable[[Request], Awaitable[Response]]
Fields = Mapping[str, Any]
Act = Callable[[Request, Fields, Guard], Any]


def reading(
    line: Line, streams: Streams, phonebook: Phonebook, *, token: str, strict: bool
) -> list[Route]:
    """What GET tells.

    Args:
        line: the telephone.
        streams: the event streams.
        phonebook: people and their numbers.
        token: what POST needs.
        strict: the token was given by whoever started the server, and is told to nobody.
    """
    instance = uuid4().hex
    features = [*FEATURES, "simulate"] if isinstance(line.backend, Simulator) else [*FEATURES]

    async def health(_request: Request) -> Response:
        return json_response(
            {
                "status": "ok",
                "name": "phonebar",
                "backend": line.backend.name,
                "instance": instance,
                "features": features,
                "maxCalls": line.max_calls,
                "calls": len(line.calls()),
                **({"telephone": standing} if (standing := line.backend.health()) else {}),
            }
        )

    async def session(_request: Request) -> Response:
        if strict:
            raise Problem(
                403,
                "token-not-told",
                "Token not told",
                "This phonebar was started with a token of its owner's choice; it tells nobody.",
            )
        return json_response({"token": token, "header": "X-Phonebar-Token"})

    async def calls(_request: Request) -> Response:
        return json_response(state_of(line, phonebook)["calls"])

    async def status(_request: Request) -> Response:
        return json_response({"status": line.status})

    async def hush(_request: Request) -> Response:
        return json_response({"hushed": line.hush.on})

    async def history(_request: Request) -> Response:
        return json_response(
            [{**call.to_json(), "name": phonebook.name_of(call.number)} for call in line.history()]
        )

    async def directory(request: Request) -> Response:
        typed = request.query_params.get("q", "")
        if len(typed) > MAX_TYPED:
            raise Problem(400, "bad-query", "Bad query", f"q may have {MAX_TYPED} characters.")
        return json_response([one.to_json() for one in phonebook.starting(typed, MAX_PEOPLE)])

    async def log(request: Request) -> Response:
        since = request.query_params.get("since", "0")
        if not _SINCE.fullmatch(since):
            raise Problem(400, "bad-since", "Bad since", "since must be the seq of an entry.")
        return json_response([entry.to_json() for entry in line.entries(int(since))])

    async def events(_request: Request) -> Response:
        return streams.response()

    table: dict[str, Endpoint] = {
        "health": health,
        "session": session,
        "calls": calls,
        "status": status,
        "hush": hush,
        "history": history,
        "directory": directory,
        "log": log,
        "events": events,
    }
    found = [Route(f"{PREFIX}/{name}", act, methods=["GET"]) for name, act in table.items()]
    found[-1].methods = {"GET"}  # a HEAD of an endless stream would not end
    return found


def acting(line: Line, once: Once) -> list[Route]:
    """What POST does.

    Args:
        line: the telephone.
        once: what carries commands out.
    """

    def on_call(perform: Callable[[int, Fields, Guard], Call]) -> Act:
        return lambda request, body, guard: perform(session_of(request), body, guard).to_json()

    def set_status(_request: Request, body: Fields, guard: Guard) -> Any:
        if body["status"] == "ready":
            return {"status": line.set_status("ready", guard)}
        if body["status"] == "pause":
            return {"status": line.set_status("pause", guard)}
        raise Problem(400, "bad-body", "Bad body", "The status must be ready or pause.")

    def hush(_request: Request, body: Fields, guard: Guard) -> Any:
        return {"hushed": line.keep_microphone(body["seconds"], guard)}

    def originate(_request: Request, body: Fields, guard: Guard) -> Any:
        return line.originate(body["number"], guard).to_json()

    def attended(request: Request, body: Fields, guard: Guard) -> Any:
        both = line.attended_transfer(session_of(request), body["partner"], guard)
        return [call.to_json() for call in both]

    def conference(_request: Request, body: Fields, guard: Guard) -> Any:
        one, other = body["sessions"]
        return [call.to_json() for call in line.conference((one, other), guard)]

    table: dict[str, tuple[dict[str, bodies.Check], Act]] = {
        "status": ({"status": bodies.text}, set_status),
        "hush": ({"seconds": bodies.lease}, hush),
        "calls": ({"number": bodies.text}, originate),
        "conference": ({"sessions": bodies.two_sessions}, conference),
        "calls/{session}/attended": ({"partner": bodies.session}, attended),
        "calls/{session}/answer": ({}, on_call(lambda one, _, guard: line.answer(one, guard))),
        "calls/{session}/hangup": ({}, on_call(lambda one, _, guard: line.hangup(one, guard))),
        "calls/{session}/reject": ({}, on_call(lambda one, _, guard: line.reject(one, guard))),
        "calls/{session}/hold": ({}, on_call(lambda one, _, guard: line.hold(one, guard))),
        "calls/{session}/resume": ({}, on_call(lambda one, _, guard: line.resume(one, guard))),
        "calls/{session}/mute": ({}, on_call(lambda one, _, guard: line.mute(one, True, guard))),
        "calls/{session}/unmute": ({}, on_call(lambda one, _, guard: line.mute(one, False, guard))),
        "calls/{session}/dtmf": (
            {"digits": bodies.text},
            on_call(lambda one, body, guard: line.dtmf(one, body["digits"], guard)),
        ),
        "calls/{session}/transfer": (
            {"number": bodies.text},
            on_call(lambda one, body, guard: line.transfer(body["number"], one, guard)),
        ),
        "calls/{session}/deflect": (
            {"number": bodies.text},
            on_call(lambda one, body, guard: line.deflect(one, body["number"], guard)),
        ),
    }
    if isinstance(line.backend, Simulator):
        table |= _simulate(line.backend)
    return [
        Route(f"{PREFIX}/{path}", _posted(once, wanted, act), methods=["POST"])
        for path, (wanted, act) in table.items()
    ]


def _simulate(far: Simulator) -> dict[str, tuple[dict[str, bodies.Check], Act]]:
    """The far ends, played by hand. They are no commands of the telephone: no guards."""

    def on_far(play: Callable[[int], Call]) -> tuple[dict[str, bodies.Check], Act]:
        return {"session": bodies.session}, lambda _r, body, _g: play(body["session"]).to_json()

    def incoming(_request: Request, body: Fields, _guard: Guard) -> Any:
        return far.incoming(body["number"]).to_json()

    def transfer(_request: Request, body: Fields, _guard: Guard) -> Any:
        return far.transfer_far(body["session"], body["number"]).to_json()

    def advance(_request: Request, body: Fields, _guard: Guard) -> Any:
        far.advance(body["seconds"])
        return [call.to_json() for call in far.line.calls()]

    return {
        "simulate/incoming": ({"number": bodies.text}, incoming),
        "simulate/answer": on_far(far.answer_far),
        "simulate/hangup": on_far(far.hangup_far),
        "simulate/ring": on_far(far.ring_far),
        "simulate/busy": on_far(far.busy_far),
        "simulate/vanish": on_far(far.vanish),
        "simulate/transfer": ({"session": bodies.session, "number": bodies.text}, transfer),
        "simulate/advance": ({"seconds": bodies.seconds}, advance),
    }


def _posted(once: Once, wanted: Mapping[str, bodies.Check], act: Act) -> Endpoint:
    async def handle(request: Request) -> Response:
        body = await bodies.read(request)
        given = bodies.fields(body, wanted)
        return once.run(request, body, lambda guard: act(request, given, guard))

    return handle
