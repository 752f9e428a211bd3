"""Bodies of POST requests: small JSON objects with known fields, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, NoReturn

from starlette.requests import Request

from phonebar.hush import LONGEST_SECONDS
from phonebar.problems import Problem

MAX_BYTES = 16 * 1024

Check = Callable[[Any], bool]


def text(value: Any) -> bool:
    """Whether it is a text."""
    return isinstance(value, str)


def session(value: Any) -> bool:
    """Whether it could be a session id."""
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value < 10**9


def two_sessions(value: Any) -> bool:
    """Whether it could be two different session ids."""
    return (
        isinstance(value, list)
        and len(value) == 2
        and all(session(one) for one in value)
        and value[0] != value[1]
    )


def seconds(value: Any) -> bool:
    """Whether it is a number of seconds, a day at most."""
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 86_400


def lease(value: Any) -> bool:
    """Whether it is a number of seconds for which the microphone may be kept from callers."""
    return seconds(value) and value <= LONGEST_SECONDS


_MEANT: Mapping[Check, str] = {
    text: "a text",
    session: "a session id: a whole number from 1",
    two_sessions: "a list of two different session ids",
    seconds: "a number of seconds from 0 to 86400",
    lease: f"a number of seconds from 0 to {LONGEST_SECONDS:.0f}",
}


async def read(request: Request) -> bytes:
    """The body, if it is JSON by its own account and small.

    Raises:
        Problem: it is not, or it is too large; no more than the limit is read.
    """
    if request.headers.get("content-type", "").split(";")[0].strip().lower() != "application/json":
        raise Problem(
            415, "not-json", "Not JSON", "Send a JSON body with Content-Type: application/json."
        )
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BYTES:
            raise Problem(413, "too-large", "Too large", f"A body may have {MAX_BYTES} bytes.")
    return bytes(body)


def fields(body: bytes, wanted: Mapping[str, Check]) -> dict[str, Any]:
    """Decode a body that must be an object with exactly the fields `wanted`.

    Raises:
        Problem: it is something else; the detail names the field and what it must be.
    """
    try:
        value = json.loads(body, parse_constant=_no_constant, parse_float=_number)
    except (ValueError, RecursionError) as error:
        raise _bad("it is not JSON") from error
    if not isinstance(value, dict):
        raise _bad("it must be an object, such as {}")
    for name in value:
        if name not in wanted:
            known = ", ".join(wanted) or "none"
            raise _bad(f"the field {name[:40]!r} is not known here; known: {known}")
    for name, check in wanted.items():
        if name not in value:
            raise _bad(f"the field {name!r} is missing; it must be {_MEANT[check]}")
        if not check(value[name]):
            raise _bad(f"the field {name!r} must be {_MEANT[check]}")
    return value


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _number(digits: str) -> int | float:
    """In JSON Schema 3.0 is a whole number too."""
    value = float(digits)
    return int(value) if value.is_integer() else value


def _bad(what: str) -> Problem:
    return Problem(400, "bad-body", "Bad body", f"The body is not right: {what}.")
