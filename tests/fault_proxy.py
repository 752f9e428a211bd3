"""A proxy between the assistant and a phonebar that does to requests what networks and bugs do.

It speaks real TCP on both sides. `arm` chooses what happens to the next request that acts (anything
but a look at `/api/calls`); `blind` spoils the next looks.
"""

from __future__ import annotations

import contextlib
import http.client
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

LOOK = "/api/calls"


class Fault(Enum):
    """What becomes of a request."""

    NONE = "passed on"
    RESET_BEFORE = "reset, never passed on"
    RESET_AFTER = "passed on, then reset"
    SILENT_AFTER = "passed on, never answered"
    LATE = "held back past the time-out, then passed on"
    ERROR_AFTER = "passed on, answered with 500"
    ERROR_BEFORE = "answered with 500, never passed on"
    GARBAGE = "passed on, answered with garbage"
    TRUNCATED = "passed on, answered with half a body"
    OVERSIZED = "passed on, answered with a body of megabytes"
    WRONG_TYPE = "passed on, answered with JSON of another kind"


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    body: bytes


class FaultProxy:
    """Listens on a free port of 127.0.0.1 and passes requests on to a phonebar.

    Args:
        upstream: the phonebar's port; may be changed while it runs.
        late: seconds that a `LATE` request is held back.
    """

    def __init__(self, upstream: int, *, late: float) -> None:
        self.upstream = upstream
        self._late = late
        self._fault = Fault.NONE
        self._before: Callable[[], None] = lambda: None
        self._after: Callable[[], None] = lambda: None
        self._blind: list[Fault] = []
        self._closing = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._threads: list[threading.Thread] = []
        self._serve()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    def arm(
        self,
        fault: Fault,
        *,
        before: Callable[[], None] = lambda: None,
        after: Callable[[], None] = lambda: None,
    ) -> None:
        """Let the next acting request meet `fault`; call `before` and `after` passing it on."""
        self._fault, self._before, self._after = fault, before, after

    def blind(self, faults: list[Fault]) -> None:
        """Let the next looks at the calls meet these."""
        self._blind = faults

    def refuse(self) -> None:
        """Listen no more: connections are refused until `listen`."""
        self._listener.close()

    def listen(self) -> None:
        """Listen again, on the same port."""
        self._listener = socket.create_server(("127.0.0.1", self.port))
        self._serve()

    def settle(self) -> None:
        """Wait until every request held back has been passed on."""
        for thread in [thread for thread in self._threads if thread.name == "exchange"]:
            thread.join()
        self._threads = [thread for thread in self._threads if thread.is_alive()]

    def close(self) -> None:
        """Stop."""
        self._closing.set()
        self._listener.close()
        self.settle()

    def _serve(self) -> None:
        thread = threading.Thread(target=self._accept, args=(self._listener,), daemon=True)
        thread.start()
        self._threads.append(thread)

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            thread = threading.Thread(
                target=self._exchange, args=(connection,), name="exchange", daemon=True
            )
            self._threads.append(thread)
            thread.start()

    def _exchange(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError), connection:
            connection.settimeout(30)
            head = b""
            while b"\r\n\r\n" not in head:
                got = connection.recv(65536)
                if not got:
                    return
                head += got
            start, *lines = head.decode("latin-1").split("\r\n\r\n")[0].split("\r\n")
            path = start.split(" ")[1]
            headers = dict(line.split(": ", 1) for line in lines)
            self._answer(connection, path, headers)

    def _answer(self, connection: socket.socket, path: str, headers: dict[str, str]) -> None:
        if path == LOOK:
            fault = self._blind.pop(0) if self._blind else Fault.NONE
            before, after = _nothing, _nothing
        else:
            fault, before, after = self._fault, self._before, self._after
            self._fault, self._before, self._after = Fault.NONE, _nothing, _nothing
        if fault is Fault.RESET_BEFORE:
            return _reset(connection)
        if fault is Fault.ERROR_BEFORE:
            return _send(connection, _Answer(500, b"{}"))
        if fault is Fault.LATE:
            self._closing.wait(self._late)
        before()
        answer = self._pass_on(path, headers)
        after()
        if fault is Fault.RESET_AFTER or answer is None:
            return _reset(connection)
        if fault is Fault.SILENT_AFTER:
            self._closing.wait(self._late)
            return None
        if fault is Fault.TRUNCATED:
            return _send(connection, answer, cut=len(answer.body) // 2 + 1)
        return _send(connection, _spoiled(answer, fault))

    def _pass_on(self, path: str, headers: dict[str, str]) -> _Answer | None:
        upstream = http.client.HTTPConnection("127.0.0.1", self.upstream, timeout=10)
        kept = {k: v for k, v in headers.items() if k.lower() not in {"host", "connection"}}
        try:
            upstream.request("GET", path, headers=kept)
            answer = upstream.getresponse()
            return _Answer(answer.status, answer.read())
        except (OSError, http.client.HTTPException):
            return None
        finally:
            upstream.close()


def _nothing() -> None:
    return None


def _spoiled(answer: _Answer, fault: Fault) -> _Answer:
    if fault is Fault.ERROR_AFTER:
        return _Answer(500, b'{"title": "boom"}')
    bodies = {
        Fault.GARBAGE: b"<html>\xff\x00 it works!",
        Fault.OVERSIZED: b"[" + b" " * 3_000_000 + b"]",
        Fault.WRONG_TYPE: b'"calls"',
    }
    return _Answer(200, bodies[fault]) if fault in bodies else answer


def _send(connection: socket.socket, answer: _Answer, *, cut: int = 0) -> None:
    head = (
        f"HTTP/1.1 {answer.status} X\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(answer.body)}\r\nConnection: close\r\n\r\n"
    )
    connection.sendall(head.encode() + (answer.body[:-cut] if cut else answer.body))


def _reset(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
