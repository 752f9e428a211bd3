"""A far end that costs next to nothing: it reads SIP requests off a socket, and answers by hand.

It notes when an INVITE arrived, rings when told to, answers when told to; everything else gets its
200 at once. Enough of RFC 3261 for a bench on loopback: no retransmissions, no routing.
"""

from __future__ import annotations

import re
import socket
import threading
import time
from dataclasses import dataclass, field


@dataclass(slots=True)
class Dialogue:
    """One call in."""

    request: bytes
    source: tuple[str, int]
    arrived: float
    """When its INVITE was read, as `time.perf_counter` has it."""
    over: threading.Event = field(default_factory=threading.Event)


class Peer:
    """Listens on loopback until closed.

    Args:
        answers: answer each call at once, without being told.
    """

    def __init__(self, *, answers: bool = False) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        self._socket.bind(("127.0.0.1", 0))
        self.port = int(self._socket.getsockname()[1])
        self._answers = answers
        self._calls: dict[bytes, Dialogue] = {}
        self._changed = threading.Condition()
        self.count = 0
        """INVITEs that began a call."""
        threading.Thread(target=self._read, daemon=True).start()

    def close(self) -> None:
        """Listen no more."""
        self._socket.close()

    def next_call(self, count: int, seconds: float = 10.0) -> Dialogue:
        """Wait until that many calls have come, and give the last."""
        with self._changed:
            assert self._changed.wait_for(lambda: self.count >= count, seconds), "no INVITE came"
            return list(self._calls.values())[-1]

    def reply(self, call: Dialogue, status: str) -> float:
        """Send a response to its INVITE; when it was sent."""
        sdp = status.startswith("200")
        self._send(call.request, call.source, status, sdp=sdp)
        return time.perf_counter()

    def _read(self) -> None:
        while True:
            try:
                data, source = self._socket.recvfrom(65535)
            except OSError:
                return
            arrived = time.perf_counter()
            method = data.split(b" ", 1)[0]
            if method in {b"ACK", b"SIP/2.0"} or len(data) < 20:
                continue
            identity = _header(data, b"Call-ID")
            if method != b"INVITE":
                self._send(data, source, "200 OK")
                with self._changed:
                    call = self._calls.pop(identity, None)
                    self._changed.notify_all()
                if call is not None and method == b"CANCEL":
                    self._send(call.request, source, "487 Request Terminated")
                continue
            again = b";tag=" in _header(data, b"To")
            if not again:
                with self._changed:
                    if identity in self._calls:
                        continue
                    self._calls[identity] = Dialogue(data, source, arrived)
                    self.count += 1
                    self._changed.notify_all()
            if again or self._answers:
                self._send(data, source, "200 OK", sdp=True)

    def _send(self, request: bytes, to: tuple[str, int], status: str, *, sdp: bool = False) -> None:
        there = f"127.0.0.1:{self.port}".encode()
        same = re.findall(rb"^(?:Via|Record-Route|From|Call-ID|CSeq):.*\r\n", request, re.M)
        callee = _header(request, b"To")
        callee += b"" if b";tag=" in callee else b";tag=peer"
        body = b""
        if sdp:
            body = (
                b"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
                b"m=audio 9 RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\na=sendrecv\r\n"
            )
        message = b"".join(
            (
                *(b"SIP/2.0 ", status.encode(), b"\r\n", *same, b"To:", callee, b"\r\n"),
                *(b"Contact: <sip:peer@", there, b">\r\n"),
                b"Content-Type: application/sdp\r\n" if body else b"",
                b"Content-Length: %d\r\n\r\n%s" % (len(body), body),
            )
        )
        try:
            self._socket.sendto(message, to)
        except OSError:
            return


def _header(message: bytes, name: bytes) -> bytes:
    found = re.search(rb"^" + name + rb":(.*)\r\n", message, re.M | re.I)
    return found[1] if found else b""
