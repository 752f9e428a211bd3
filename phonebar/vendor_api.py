"""`/api/…`: the vendor's endpoints, all GET, exactly as its page documents them.

Each answers 200 with the call, or the calls, as JSON; what became of a command is what
`/api/calls` shows afterwards. Refusals are `problem+json`, and nothing was done. With `quirks`
the server is as silent as the look-alike SDK: see `routes`.

Source: the API page, the table of endpoints. HEAD never acts.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from phonebar.conditions import Once, json_response
from phonebar.errors import BadNumber, NoSuchCall, WrongState
from phonebar.guard import UNGUARDED, Guard
from phonebar.line import Line
from phonebar.protocol import Call

_SESSION = re.compile(r"[1-9][0-9]{0,8}", re.ASCII)
_SILENT = frozenset({"originate", "transfer", "attended", "conference"})
"""What answers "yes" and does nothing, with `quirks`, when the state does not allow it."""

Act = Callable[[Request, Guard], Any]


def session_of(request: Request, name: str = "session") -> int:
    """The session id in the path.

    Raises:
        NoSuchCall: it is none that a call could have.
    """
    text = str(request.path_params[name])
    if not _SESSION.fullmatch(text):
        raise NoSuchCall(f"There is no call with session {text[:40]!r}.")
    return int(text)


def number_in_query(request: Request) -> str:
    """The `number` of the query.

    In a query a bare `+` means a space (WHATWG URL, form encoding), but who types
    `?number=+39…` into curl means a plus: one leading space is read as that.

    Raises:
        BadNumber: it comes more than once.
    """
    numbers = request.query_params.getlist("number")
    if len(numbers) > 1:
        raise BadNumber("Give one number, not several.")
    number = numbers[0] if numbers else ""
    return "+" + number[1:] if number.startswith(" ") else number


def routes(line: Line, once: Once, *, quirks: bool = False) -> list[Route]:
    """The vendor's endpoints for `line`.

    Args:
        line: the telephone.
        once: what carries commands out.
        quirks: be as silent as the vendor: wrong preconditions answer 200 and do nothing,
            originate tells no session, calls have the five documented fields only, and the
            headers of `phonebar.conditions` mean nothing.
    """

    def show(call: Call) -> dict[str, Any]:
        return (replace(call, extra={}) if quirks else call).to_json()

    async def calls(_request: Request) -> Response:
        return json_response([show(call) for call in line.calls()])

    def originate(request: Request, guard: Guard) -> Any:
        return show(line.originate(request.path_params.get("number", ""), guard))

    def answer(request: Request, guard: Guard) -> Any:
        session = session_of(request) if "session" in request.path_params else None
        return show(line.answer(session, guard))

    def hangup(request: Request, guard: Guard) -> Any:
        if "session" in request.path_params:
            return show(line.hangup(session_of(request), guard))
        return [show(call) for call in line.hangup_all(guard)]

    def hold(request: Request, guard: Guard) -> Any:
        session = session_of(request) if "session" in request.path_params else None
        return show(line.hold_toggle(session, guard))

    def transfer(request: Request, guard: Guard) -> Any:
        number = number_in_query(request)
        session = session_of(request) if "session" in request.path_params else None
        return show(line.transfer(number, session, guard, ringing_too=True))

    def attended(request: Request, guard: Guard) -> Any:
        session, partner = session_of(request), session_of(request, "partner")
        return [show(call) for call in line.attended_transfer(session, partner, guard)]

    def conference(_request: Request, guard: Guard) -> Any:
        return [show(call) for call in line.conference(None, guard)]

    def endpoint(act: Act) -> Callable[[Request], Awaitable[Response]]:
        async def handle(request: Request) -> Response:
            if quirks:
                return json_response(_quirky(act, request))
            return once.run(request, b"", lambda guard: act(request, guard))

        return handle

    table: list[tuple[str, Act]] = [
        ("/api/answer", answer),
        ("/api/answer/{session}", answer),
        ("/api/originate", originate),
        ("/api/originate/{number:path}", originate),
        ("/api/hangup", hangup),
        ("/api/hangup/{session}", hangup),
        ("/api/hold", hold),
        ("/api/hold/{session}", hold),
        ("/api/transfer", transfer),
        ("/api/transfer/{session}", transfer),
        ("/api/transfer/attendant/{session}/{partner}", attended),
        ("/api/conference", conference),
    ]
    acting = [Route(path, endpoint(act), methods=["GET"]) for path, act in table]
    for route in acting:
        # Starlette adds HEAD to GET, and would then carry the command out for it.
        route.methods = {"GET"}
    return [Route("/api/calls", calls, methods=["GET"]), *acting]


def _quirky(act: Act, request: Request) -> Any:
    """Do it as the look-alike SDK does: silent where the state does not allow it."""
    name = act.__name__
    try:
        body = act(request, UNGUARDED)
    except WrongState:
        if name not in _SILENT:
            raise
        body = {"success": True}
    return {"success": True} if name == "originate" else body
