"""The least that the assistant takes for a phonebar: bare sockets, one call that is held in turns.

It notes when each request that acts has arrived, so that what is measured ends where the assistant
ends. It runs in a process of its own; `time.monotonic` is one clock for all of them.
"""

from __future__ import annotations

import json
import multiprocessing
import socket
import threading
import time
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Self

ACTIVE, HOLDING = 8, 64


class RawPhonebar:
    """The process, and what it noted."""

    def __init__(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs,), daemon=True)
        self._process.start()
        self.url = f"http://127.0.0.1:{self._pipe.recv()}"

    def arrivals(self) -> list[float]:
        """When the acting requests since the last time arrived (`time.monotonic`)."""
        self._pipe.send("arrivals")
        found: list[float] = self._pipe.recv()
        return found

    def __enter__(self) -> Self:
        """Itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End it."""
        self._pipe.send("end")
        self._process.join(10)


def _serve(pipe: Connection) -> None:
    arrivals: list[float] = []
    listener = socket.create_server(("127.0.0.1", 0))
    state = {"id": ACTIVE}

    def accept() -> None:
        while True:
            connection, _ = listener.accept()
            args = (connection, state, arrivals)
            threading.Thread(target=_converse, args=args, daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    pipe.send(listener.getsockname()[1])
    while pipe.recv() == "arrivals":
        found = list(arrivals)
        arrivals.clear()
        pipe.send(found)


def _converse(connection: socket.socket, state: dict[str, int], arrivals: list[float]) -> None:
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    while head := connection.recv(65536):
        now = time.monotonic()
        path = head.split(b" ", 2)[1]
        if path.startswith(b"/api/hold"):
            arrivals.append(now)
            state["id"] = HOLDING if state["id"] == ACTIVE else ACTIVE
        status = b"404 X" if path.startswith(b"/ext/") else b"200 OK"
        call = {
            "sessionId": 1,
            "callingNumber": "200",
            "duration": 0,
            "stateId": state["id"],
            "incoming": True,
        }
        body = json.dumps([call]).encode()
        length = str(len(body)).encode()
        connection.sendall(
            b"HTTP/1.1 " + status + b"\r\nContent-Type: application/json\r\nContent-Length: "
            b"" + length + b"\r\n\r\n" + body
        )
