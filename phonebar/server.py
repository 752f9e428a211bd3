"""The phonebar's HTTP server: the vendor's API, ours, and a page that says what this is.

    with Server(Line(Simulator())) as server:
        requests.get(server.url + "/api/calls")

It listens on 127.0.0.1 only. `phonebar.origin` decides who may talk to it.
"""

from __future__ import annotations

import errno
import secrets
import socket
import sys
import threading
from types import TracebackType
from typing import Self

import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from phonebar import ext_api, vendor_api
from phonebar.conditions import Once, json_response
from phonebar.errors import LineError
from phonebar.events import HEARTBEAT_SECONDS, Streams
from phonebar.line import Line
from phonebar.openapi import document
from phonebar.origin import Gate
from phonebar.problems import Problem, on_problem
from phonebar.protocol import DEFAULT_PORT

HOST = "127.0.0.1"
STOP_SECONDS = 10.0

_PAGE = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Phonebar</title></head>
<body>
<main>
<h1>Phonebar</h1>
<p>This is a telephone on this computer ({backend}). Programs run it through its HTTP interface;
a web page from elsewhere cannot.</p>
<ul>
<li><a href="/api/calls">The calls of this moment</a></li>
<li><a href="/openapi.json">Everything that can be asked (OpenAPI 3.1)</a></li>
{more}</ul>
</main>
</body>
</html>
"""
_MORE = """<li><a href="/ext/v1/health">Whether all is well, and what it can do</a></li>
<li><a href="/ext/v1/history">The calls that are over</a></li>
"""


class PortTaken(OSError):
    """The port is in use, or may not be used; the message says what to do."""


def create_app(
    line: Line,
    *,
    port: int = DEFAULT_PORT,
    token: str | None = None,
    quirks: bool = False,
    streams: Streams | None = None,
) -> Starlette:
    """The server's ASGI application.

    Args:
        line: the telephone.
        port: where it will listen: part of the names that it may be called by.
        token: strict mode: every request of `/api` and `/ext` needs it. None means open: a token
            is made up, told to pages that we served, and needed for POST.
        quirks: be as silent as the vendor's; see `phonebar.vendor_api`. There is no `/ext`.
        streams: the event streams, for whoever wants to end them; None makes some.
    """
    strict = token is not None
    secret = token if token is not None else secrets.token_urlsafe(24)
    once = Once()
    if streams is None:
        streams = Streams(line)
    openapi = document(quirks=quirks)
    page = _PAGE.format(backend=line.backend.name, more="" if quirks else _MORE)

    async def root(_request: Request) -> Response:
        return HTMLResponse(page)

    async def schema(_request: Request) -> Response:
        return json_response(openapi)

    routes = [
        Route("/", root, methods=["GET"]),
        Route("/openapi.json", schema, methods=["GET"]),
        *vendor_api.routes(line, once, quirks=quirks),
    ]
    if not quirks:
        routes += ext_api.reading(line, streams, token=secret, strict=strict)
        routes += ext_api.acting(line, once)
    refusals = (Problem, LineError, HTTPException, Exception)
    app = Starlette(
        routes=routes,
        middleware=[Middleware(Gate, port=port, token=secret, strict=strict)],
        exception_handlers=dict.fromkeys(refusals, on_problem),
    )
    # As printed on the vendor's page: /api/calls/ is not /api/calls.
    app.router.redirect_slashes = False
    return app


class _Uvicorn(uvicorn.Server):
    """uvicorn, which tells when it listens."""

    def __init__(self, config: uvicorn.Config, ready: threading.Event) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready.set()


class Server:
    """A phonebar on 127.0.0.1, in a thread of its own.

    Args:
        line: the telephone; it is the caller's, and outlives the server.
        port: where to listen; 0 means any free port, see `port`.
        token: strict mode, see `create_app`.
        quirks: be as silent as the vendor's, see `create_app`.
        heartbeat: seconds between an event stream's signs of life.
    """

    def __init__(
        self,
        line: Line,
        *,
        port: int = 0,
        token: str | None = None,
        quirks: bool = False,
        heartbeat: float = HEARTBEAT_SECONDS,
    ) -> None:
        self.line = line
        self.port = port
        """The port; the one that was found, once it listens."""
        self._token = token
        self._quirks = quirks
        self._heartbeat = heartbeat
        self._server: _Uvicorn | None = None
        self._streams: Streams | None = None
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        """Where it is, without a slash at the end."""
        return f"http://{HOST}:{self.port}"

    def start(self) -> Self:
        """Listen; returns when it does.

        Raises:
            PortTaken: it cannot listen there.
        """
        listener = _listen(self.port)
        self.port = listener.getsockname()[1]
        self._streams = Streams(self.line, heartbeat=self._heartbeat)
        app = create_app(
            self.line,
            port=self.port,
            token=self._token,
            quirks=self._quirks,
            streams=self._streams,
        )
        config = uvicorn.Config(
            app,
            log_level="warning",
            access_log=False,
            http="h11",
            ws="none",
            lifespan="off",
            server_header=False,
            timeout_graceful_shutdown=1,
        )
        ready = threading.Event()
        server = _Uvicorn(config, ready)

        def run() -> None:
            try:
                server.run(sockets=[listener])
            finally:
                listener.close()
                ready.set()

        self._server = server
        self._thread = threading.Thread(target=run, name="phonebar-server", daemon=True)
        self._thread.start()
        ready.wait()
        if not server.started:
            raise PortTaken(f"The phonebar could not start to listen on {self.url}.")
        return self

    def stop(self) -> None:
        """Finish what is under way, end the event streams, and listen no more."""
        if self._server is None or self._thread is None:
            return
        if self._streams is not None:
            self._streams.close()
        self._server.should_exit = True
        self._thread.join(STOP_SECONDS)
        self._server = self._thread = self._streams = None

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


def _listen(port: int) -> socket.socket:
    # asyncio turns Nagle's delay (40 ms an answer) off only where the protocol is named.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    if sys.platform == "win32":
        # There SO_REUSEADDR would let two programs have the port at once.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
    else:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
        listener.listen(128)
    except OSError as error:
        listener.close()
        if error.errno in (errno.EADDRINUSE, getattr(errno, "WSAEADDRINUSE", errno.EADDRINUSE)):
            raise PortTaken(
                f"Port {port} on {HOST} is in use: another phonebar may be running. "
                "End it, or choose another port with --port."
            ) from error
        raise PortTaken(
            f"Port {port} on {HOST} cannot be used ({error.strerror}); choose another with --port."
        ) from error
    return listener
