"""Listening on 127.0.0.1, in a thread of its own, with an ASGI application behind it.

with Listening(port=0) as place:
    place.serve(app)
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import socket
import sys
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self

import uvicorn
from starlette.types import ASGIApp

HOST = "127.0.0.1"
STOP_SECONDS = 10.0


class PortTaken(OSError):
    """The port is in use, or may not be used; the message says what to do."""


class Listening:
    """A port of this computer's own, which nobody outside reaches.

    Args:
        port: 0 means any free port, see `port`.

    Raises:
        PortTaken: it cannot listen there.
    """

    def __init__(self, port: int) -> None:
        self._socket = _listen(port)
        self.port: int = self._socket.getsockname()[1]
        """The port that was asked for, or found."""
        self._server: _Uvicorn | None = None
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        """Where it is, without a slash at the end."""
        return f"http://{HOST}:{self.port}"

    def serve(self, app: ASGIApp) -> None:
        """Answer requests with `app` from now on; returns once it does.

        Raises:
            PortTaken: it could not start.
        """
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
                server.run(sockets=[self._socket])
            finally:
                self._socket.close()
                ready.set()

        self._server = server
        self._thread = threading.Thread(target=run, name="phonebar-server", daemon=True)
        self._thread.start()
        ready.wait()
        if not server.started:
            raise PortTaken(f"The phonebar could not start to listen on {self.url}.")

    def call_soon(self, act: Callable[[], None]) -> None:
        """Have something done on the server's own loop, from any thread."""
        if self._server is not None:
            self._server.call_soon(act)

    def close(self) -> None:
        """Finish what is under way, and listen no more."""
        if self._server is not None and self._thread is not None:
            self._server.should_exit = True
            self._thread.join(STOP_SECONDS)
            self._server = self._thread = None
        self._socket.close()

    def __enter__(self) -> Self:
        """It listens already."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Listen no more."""
        self.close()


class _Uvicorn(uvicorn.Server):
    """uvicorn, which tells when it listens."""

    def __init__(self, config: uvicorn.Config, ready: threading.Event) -> None:
        super().__init__(config)
        self._ready = ready
        self._loop: asyncio.AbstractEventLoop | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        self._loop = asyncio.get_running_loop()
        await super().startup(sockets)
        self._ready.set()

    def call_soon(self, act: Callable[[], None]) -> None:
        """Do something on the loop, while there is one."""
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):  # it has ended
                self._loop.call_soon_threadsafe(act)


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
