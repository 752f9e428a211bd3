"""A proxy between the assistant and a phonebar that does to requests what networks and bugs do.

It speaks real TCP on both sides and keeps connections open, as phonebars do. `arm` chooses what
happens to the next request that acts; `blind` spoils the next looks at `/api/calls`.
"""

from __future__ import annotations

import contextlib
import http.client
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum

LOOK = "/api/calls"
OURS = "/ext/"
"""Only asked for what the server can do and for its event stream: passed on unspoiled."""


class Fault(Enum):
    """What becomes of a request."""

    NONE = "passed on"
    RESET_BEFORE = "reset, never passed on"
    RESET_AFTER = "passed on, then reset"
    CLOSED_AFTER = "passed on, then closed without a word"
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


def _nothing() -> None:
    return None


class FaultProxy:
    """Listens on a free port of 127.0.0.1 and passes requests on to a phonebar.

    Args:
        upstream: the phonebar's port; may be changed while it runs.
        late: seconds that a `LATE` request is held back; may be changed too.
    """

    def __init__(self, upstream: int, *, late: float) -> None:
        self.upstream = upstream
        self.late = late
        self.on_look: Callable[[], None] = _nothing
        """Called before each look at the calls is passed on."""
        self._fault = Fault.NONE
        self._before = self._after = _nothing
        self._blind: list[Fault] = []
        self._closing = threading.Event()
        self._state = threading.Condition()
        self._open: set[socket.socket] = set()
        self._busy: set[socket.socket] = set()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._serve()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    def arm(
        self,
        fault: Fault,
        *,
        before: Callable[[], None] = _nothing,
        after: Callable[[], None] = _nothing,
    ) -> None:
        """Let the next acting request meet `fault`; call `before` and `after` passing it on."""
        self._fault, self._before, self._after = fault, before, after

    def blind(self, faults: list[Fault]) -> None:
        """Let the next looks at the calls meet these."""
        self._blind = faults

    def refuse(self) -> None:
        """Listen no more: connections are refused until `listen`; idle ones are closed."""
        # Closing alone would leave a blocked accept() to take one more connection.
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        with self._state:
            idle = self._open - self._busy
        for connection in idle:
            _shut(connection)

    def listen(self) -> None:
        """Listen again, on the same port."""
        self._listener = socket.create_server(("127.0.0.1", self.port))
        self._serve()

    def settle(self) -> None:
        """Wait until every request held back has been passed on."""
        with self._state:
            self._state.wait_for(lambda: not self._busy, 30)

    def close(self) -> None:
        """Stop."""
        self._closing.set()
        self.refuse()
        with self._state:
            left = set(self._open)
        for connection in left:
            _shut(connection)
        self.settle()

    def _serve(self) -> None:
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self._converse, args=(connection,), daemon=True).start()

    def _converse(self, connection: socket.socket) -> None:
        """Answer one request after the other, until one side has had enough."""
        with self._state:
            self._open.add(connection)
        try:
            with contextlib.suppress(OSError), connection:
                connection.settimeout(60)
                while (request := _read(connection)) is not None:
                    with self._counted(connection):
                        if not self._answer(connection, *request):
                            return
                    if self._listener.fileno() < 0:  # nobody listens: `refuse` was called
                        return
        finally:
            with self._state:
                self._open.discard(connection)

    @contextlib.contextmanager
    def _counted(self, connection: socket.socket) -> Iterator[None]:
        with self._state:
            self._busy.add(connection)
        try:
            yield
        finally:
            with self._state:
                self._busy.discard(connection)
                self._state.notify_all()

    def _answer(self, connection: socket.socket, path: str, head: bytes) -> bool:
        """Pass one request on, or not; returns whether the connection is to be kept."""
        if path == OURS + "v1/events":
            threading.Thread(
                target=self._stream, args=(connection.dup(), head), daemon=True
            ).start()
            return False
        fault, before, after = Fault.NONE, _nothing, _nothing
        if path == LOOK:
            self.on_look()
            fault = self._blind.pop(0) if self._blind else Fault.NONE
        elif not path.startswith(OURS):
            fault, before, after = self._fault, self._before, self._after
            self._fault, self._before, self._after = Fault.NONE, _nothing, _nothing
        if fault is Fault.LATE:
            self._closing.wait(self.late)
        before()
        if fault is Fault.RESET_BEFORE:
            return _reset(connection)
        if fault is Fault.ERROR_BEFORE:
            return _send(connection, _Answer(500, b"{}"))
        answer = self._pass_on(path, head)
        after()
        if fault is Fault.RESET_AFTER or answer is None:
            return _reset(connection)
        if fault is Fault.CLOSED_AFTER:
            return False
        if fault is Fault.SILENT_AFTER:
            self._closing.wait(self.late)
            return False
        if fault is Fault.TRUNCATED:
            return _send(connection, answer, cut=len(answer.body) // 2 + 1)
        return _send(connection, _spoiled(answer, fault))

    def _pass_on(self, path: str, head: bytes) -> _Answer | None:
        upstream = http.client.HTTPConnection("127.0.0.1", self.upstream, timeout=10)
        lines = head.decode("latin-1").split("\r\n")[1:]
        headers = dict(line.split(": ", 1) for line in lines if line)
        kept = {k: v for k, v in headers.items() if k.lower() not in {"host", "connection"}}
        try:
            upstream.request("GET", path, headers=kept)
            answer = upstream.getresponse()
            return _Answer(answer.status, answer.read())
        except (OSError, http.client.HTTPException):
            return None
        finally:
            upstream.close()

    def _stream(self, connection: socket.socket, head: bytes) -> None:
        """Pass the event stream through as it is, until either side ends it."""
        ours = f"127.0.0.1:{self.port}".encode()
        theirs = f"127.0.0.1:{self.upstream}".encode()
        where = ("127.0.0.1", self.upstream)
        with (
            contextlib.suppress(OSError),
            connection,
            socket.create_connection(where, timeout=30) as upstream,
        ):
            upstream.sendall(head.replace(ours, theirs))
            while got := upstream.recv(65536):
                connection.sendall(got)


def _read(connection: socket.socket) -> tuple[str, bytes] | None:
    """The next request's path and head; None when there is none any more."""
    head = b""
    while b"\r\n\r\n" not in head:
        got = connection.recv(65536)
        if not got:
            return None
        head += got
    return head.decode("latin-1").split(" ", 2)[1], head


def _spoiled(answer: _Answer, fault: Fault) -> _Answer:
    if fault is Fault.ERROR_AFTER:
        return _Answer(500, b'{"title": "boom"}')
    bodies = {
        Fault.GARBAGE: b"<html>\xff\x00 it works!",
        Fault.OVERSIZED: b"[" + b" " * 3_000_000 + b"]",
        Fault.WRONG_TYPE: b'"calls"',
    }
    return _Answer(200, bodies[fault]) if fault in bodies else answer


def _send(connection: socket.socket, answer: _Answer, *, cut: int = 0) -> bool:
    head = (
        f"HTTP/1.1 {answer.status} X\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(answer.body)}\r\n\r\n"
    )
    connection.sendall(head.encode() + (answer.body[:-cut] if cut else answer.body))
    return not cut


def _reset(connection: socket.socket) -> bool:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    return False


def _shut(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
