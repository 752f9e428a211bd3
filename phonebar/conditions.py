"""The optional request headers that make a command safe to send, and safe to send again.

    If-Match: "<callId>"               the session must still be that call, else 412; two ids for
                                       two sessions (RFC 9110, 13.1.1, for our own purpose)
    X-Expected-State: 8                the call must be in that state (or one of a list), else 409
    X-Request-Deadline: 1700000000.5   Unix time in seconds; later, 410
    Idempotency-Key: abc               a second request with it gets the first one's answer, for
                                       10 minutes, and is not carried out (draft-ietf-httpapi-
                                       idempotency-key-header)

The vendor's API has none of them. A request without them works as the vendor documents.
"""

from __future__ import annotations

import json
import re
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response

from phonebar.errors import LineError
from phonebar.guard import Guard
from phonebar.problems import Problem, of_line
from phonebar.protocol import CallState

KEY_SECONDS = 600.0
"""For so long a key's first answer is kept."""
MAX_KEYS = 10_000

_ETAGS = re.compile(r'"[0-9A-Za-z_-]{1,64}"(?:[ \t]*,[ \t]*"[0-9A-Za-z_-]{1,64}")*', re.ASCII)
_KEY = re.compile(r"[!-~]{1,200}", re.ASCII)
_STATES = re.compile(r"[0-9]{1,3}(?:[ \t]*,[ \t]*[0-9]{1,3})*", re.ASCII)
_UNIX = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,9})?", re.ASCII)


def guard_from(headers: Headers) -> Guard:
    """Read the headers above.

    Raises:
        Problem: one is malformed, or comes twice.
    """
    match = _one(headers, "If-Match", _ETAGS, 'a callId in quotes, like "0123abcd", or two')
    states = _one(headers, "X-Expected-State", _STATES, "a state id, like 8, or a list, like 8,64")
    deadline = _one(headers, "X-Request-Deadline", _UNIX, "Unix time in seconds")
    key = _one(headers, "Idempotency-Key", _KEY, "1 to 200 printable characters without spaces")
    expected = frozenset(int(state) for state in states.split(",")) if states else frozenset()
    if expected - set(CallState):
        raise _bad("X-Expected-State", "ids of the vendor's table: 0, 1, 2, 4, 8, ... 128")
    return Guard(
        call_ids=tuple(part.strip().strip('"') for part in match.split(",")) if match else (),
        states=expected,
        deadline=float(deadline) if deadline is not None else None,
        key=key,
    )


def _one(headers: Headers, name: str, form: re.Pattern[str], meant: str) -> str | None:
    values = headers.getlist(name)
    if not values:
        return None
    value = values[0].strip()
    if len(values) > 1 or not form.fullmatch(value):
        raise _bad(name, meant)
    return value


def _bad(name: str, meant: str) -> Problem:
    return Problem(400, "bad-header", "Bad header", f"{name} must be {meant}, once.")


def json_response(body: Any, headers: dict[str, str] | None = None) -> Response:
    """An answer of 200 with `body` as JSON."""
    return Response(
        json.dumps(body, ensure_ascii=False, separators=(",", ":")),
        headers=headers,
        media_type="application/json",
    )


@dataclass(frozen=True, slots=True)
class _Answer:
    at: float
    request: tuple[str, str, bytes]
    status: int
    body: bytes
    media_type: str | None


class Once:
    """Carries commands out, each key once; used by the server's one thread only.

    Args:
        ticks: seconds that never go back.
    """

    def __init__(self, ticks: Callable[[], float] = time.monotonic) -> None:
        self._ticks = ticks
        self._answers: OrderedDict[str, _Answer] = OrderedDict()

    def run(self, request: Request, body: bytes, act: Callable[[Guard], Any]) -> Response:
        """Do `act`, or give the answer that the same key got before.

        There is nothing to wait for between looking the key up and keeping the answer, so a
        second request cannot come in between: it finds the first one's answer.

        Args:
            request: its headers and target.
            body: its body, empty for GET.
            act: the command; returns what to answer as JSON, or raises LineError.

        Raises:
            Problem: a header is malformed, or the key belongs to another request.
        """
        guard = guard_from(request.headers)
        target = request.url.path + "?" + request.url.query
        identity = (request.method, target, body)
        if guard.key is not None and (known := self._find(guard.key)) is not None:
            if known.request != identity:
                raise Problem(
                    422,
                    "key-reused",
                    "Idempotency-Key used for something else",
                    "That Idempotency-Key was sent with another request; take a new one.",
                )
            return Response(
                known.body,
                known.status,
                {"Idempotency-Replayed": "true"},
                known.media_type,
            )
        try:
            response = json_response(act(guard))
        except LineError as error:
            response = of_line(error).response()
        if guard.key is not None:
            self._answers[guard.key] = _Answer(
                self._ticks(),
                identity,
                response.status_code,
                bytes(response.body),
                response.media_type,
            )
            if len(self._answers) > MAX_KEYS:
                self._answers.popitem(last=False)
        return response

    def _find(self, key: str) -> _Answer | None:
        oldest = self._ticks() - KEY_SECONDS
        while self._answers:
            first = next(iter(self._answers))
            if self._answers[first].at >= oldest:
                break
            del self._answers[first]
        return self._answers.get(key)
