"""The phonebar's HTTP server: the vendor's API, ours, and the page.

    with Server(Line(Simulator())) as server:
        requests.get(server.url + "/api/calls")

It listens on 127.0.0.1 only. `phonebar.origin` decides who may talk to it.
"""

from __future__ import annotations

import secrets
from types import TracebackType
from typing import Self

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from phonebar import ext_api, pages, vendor_api
from phonebar.conditions import Once, json_response
from phonebar.errors import LineError
from phonebar.events import HEARTBEAT_SECONDS, Streams
from phonebar.line import Line
from phonebar.listening import HOST, Listening
from phonebar.openapi import document
from phonebar.origin import Gate
from phonebar.phonebook import EMPTY, Phonebook
from phonebar.problems import Problem, on_problem
from phonebar.protocol import DEFAULT_PORT

_PAGE = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Phonebar</title></head>
<body>
<main>
<h1>Phonebar</h1>
<p>This is a telephone on this computer ({backend}), as silent as the vendor's: it has no page to
run it by. Programs run it through its HTTP interface; a web page from elsewhere cannot.</p>
<ul>
<li><a href="/api/calls">The calls of this moment</a></li>
<li><a href="/openapi.json">Everything that can be asked (OpenAPI 3.1)</a></li>
</ul>
</main>
</body>
</html>
"""
"""What a server without `/ext/v1` shows: the page needs that."""


def create_app(
    line: Line,
    *,
    port: int = DEFAULT_PORT,
    token: str | None = None,
    quirks: bool = False,
    streams: Streams | None = None,
    phonebook: Phonebook = EMPTY,
) -> Starlette:
    """The server's ASGI application.

    Args:
        line: the telephone.
        port: where it will listen: part of the names that it may be called by.
        token: strict mode: every request of `/api` and `/ext` needs it. None means open: a token
            is made up, told to pages that we served, and needed for POST.
        quirks: be as silent as the vendor's; see `phonebar.vendor_api`. There is no `/ext`, and
            no page but a few words.
        streams: the event streams, for whoever wants to end them; None makes some.
        phonebook: whose names the page shows, and finds while one types.
    """
    strict = token is not None
    secret = token if token is not None else secrets.token_urlsafe(24)
    once = Once()
    if streams is None:
        streams = Streams(line, phonebook)
    openapi = document(quirks=quirks)

    async def root(_request: Request) -> Response:
        return HTMLResponse(_PAGE.format(backend=line.backend.name))

    async def schema(_request: Request) -> Response:
        return json_response(openapi)

    routes = [
        Route("/openapi.json", schema, methods=["GET"]),
        *vendor_api.routes(line, once, quirks=quirks),
    ]
    if quirks:
        routes += [Route("/", root, methods=["GET"])]
    else:
        routes += ext_api.reading(line, streams, phonebook, token=secret, strict=strict)
        routes += ext_api.acting(line, once)
        routes += pages.routes("phonebar")
    refusals = (Problem, LineError, HTTPException, Exception)
    app = Starlette(
        routes=routes,
        middleware=[Middleware(Gate, port=port, token=secret, strict=strict)],
        exception_handlers=dict.fromkeys(refusals, on_problem),
    )
    # As printed on the vendor's page: /api/calls/ is not /api/calls.
    app.router.redirect_slashes = False
    return app


class Server:
    """A phonebar on 127.0.0.1, in a thread of its own.

    Args:
        line: the telephone; it is the caller's, and outlives the server.
        port: where to listen; 0 means any free port, see `port`.
        token: strict mode, see `create_app`.
        quirks: be as silent as the vendor's, see `create_app`.
        heartbeat: seconds between an event stream's signs of life.
        phonebook: see `create_app`.
    """

    def __init__(
        self,
        line: Line,
        *,
        port: int = 0,
        token: str | None = None,
        quirks: bool = False,
        heartbeat: float = HEARTBEAT_SECONDS,
        phonebook: Phonebook = EMPTY,
    ) -> None:
        self.line = line
        self.port = port
        """The port; the one that was found, once it listens."""
        self._token = token
        self._quirks = quirks
        self._heartbeat = heartbeat
        self._phonebook = phonebook
        self._listening: Listening | None = None
        self._streams: Streams | None = None

    @property
    def url(self) -> str:
        """Where it is, without a slash at the end."""
        return f"http://{HOST}:{self.port}"

    def start(self) -> Self:
        """Listen; returns when it does.

        Raises:
            PortTaken: it cannot listen there.
        """
        self._listening = Listening(self.port)
        self.port = self._listening.port
        self._streams = Streams(self.line, self._phonebook, heartbeat=self._heartbeat)
        app = create_app(
            self.line,
            port=self.port,
            token=self._token,
            quirks=self._quirks,
            streams=self._streams,
            phonebook=self._phonebook,
        )
        self._listening.serve(app)
        return self

    def stop(self) -> None:
        """Finish what is under way, end the event streams, and listen no more."""
        if self._streams is not None:
            self._streams.close()
        if self._listening is not None:
            self._listening.close()
        self._listening = self._streams = None

    def __enter__(self) -> Self:
        """Start it."""
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop it."""
        self.stop()
