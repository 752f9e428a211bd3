"""Refusals over HTTP, as `application/problem+json` (RFC 9457); nothing was done in any of them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match, Route

from phonebar.errors import LineError

MEDIA_TYPE = "application/problem+json"


class Problem(Exception):
    """A request that is refused before it reaches the line.

    Args:
        status: the HTTP status.
        slug: a machine-readable name, part of the `type` URI.
        title: the kind of problem, the same each time.
        detail: what is the matter this time, and what to do about it.
        headers: further response headers.
    """

    def __init__(
        self,
        status: int,
        slug: str,
        title: str,
        detail: str,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.slug = slug
        self.title = title
        self.detail = detail
        self.headers = headers

    def response(self) -> Response:
        """The answer that says so."""
        body = {
            "type": f"urn:phonebar:problem:{self.slug}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
        }
        return Response(
            json.dumps(body, ensure_ascii=True),
            status_code=self.status,
            headers=dict(self.headers or {}),
            media_type=MEDIA_TYPE,
        )


def of_line(error: LineError) -> Problem:
    """The line's refusal, as a problem."""
    return Problem(error.status, error.slug, error.title, str(error))


async def on_problem(request: Request, error: Exception) -> Response:
    """Starlette's handler for `Problem`, `LineError` and its own `HTTPException`."""
    if isinstance(error, Problem):
        return error.response()
    if isinstance(error, LineError):
        return of_line(error).response()
    status = error.status_code if isinstance(error, HTTPException) else 500
    phrase = HTTPStatus(status).phrase
    detail = {
        404: "There is nothing here; /openapi.json lists what there is.",
        405: "That method is not possible here; the Allow header says which are.",
        500: "Something went wrong in the phonebar; its log says what. /api/calls shows the calls.",
    }.get(status, phrase)
    headers = {"Allow": _allowed(request)} if status == 405 else None
    slug = phrase.lower().replace(" ", "-")
    return Problem(status, slug, phrase, detail, headers).response()


def _allowed(request: Request) -> str:
    """Every method of the path: Starlette names those of the first route that fits only."""
    methods: set[str] = set()
    for route in request.app.routes:
        if isinstance(route, Route) and route.matches(request.scope)[0] is not Match.NONE:
            methods |= route.methods or set()
    return ", ".join(sorted(methods))
