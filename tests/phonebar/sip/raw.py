"""A far end that is nothing but a socket: it says word by word what the test wants."""

from __future__ import annotations

import contextlib
import re
import socket
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tests.phonebar.sip.phones import PATIENCE

_SDP = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
_SDP += "m=audio 9 RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\n"


class Raw:
    """One socket, and the dialogue of its latest call.

    Args:
        port: the telephone's.
        host: where the socket is.
    """

    def __init__(self, port: int, host: str = "127.0.0.1") -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((host, 0))
        self.socket.settimeout(PATIENCE)
        self.here = f"{host}:{self.socket.getsockname()[1]}"
        self.host, self._telephone = host, ("127.0.0.1", port)
        self.call_id = self.to = ""
        self._sequence = 0
        self._branch = self.latest = ""
        self.seen: list[str] = []
        """The first line of everything that was received."""

    def send(self, data: bytes) -> None:
        self.socket.sendto(data, self._telephone)

    def request(self, method: str, *more: str, body: str = "", to: str | None = None) -> None:
        """Send a request of the call; ACK has the number of the request before.

        Args:
            method: its name.
            more: further header lines.
            body: a session description.
            to: tag of the far end; None for the one that it gave.
        """
        if method != "CANCEL":
            self._branch = f"z9hG4bK{uuid.uuid4().hex}"
        self._sequence += method not in {"ACK", "CANCEL"}
        tag = self.to if to is None else to
        lines = [
            f"{method} sip:100@127.0.0.1:{self._telephone[1]} SIP/2.0",
            f"Via: SIP/2.0/UDP {self.here};rport;branch={self._branch}",
            "Max-Forwards: 70",
            f"From: <sip:900@{self.here}>;tag=raw",
            "To: <sip:100@127.0.0.1>" + (f";tag={tag}" if tag else ""),
            f"Call-ID: {self.call_id}",
            f"CSeq: {self._sequence} {method}",
            f"Contact: <sip:900@{self.here}>",
            *more,
            *(["Content-Type: application/sdp"] if body else []),
            f"Content-Length: {len(body)}",
        ]
        self.send(("\r\n".join(lines) + "\r\n\r\n" + body).encode())

    def invite(self, *more: str) -> None:
        """Begin a new call."""
        self.call_id, self.to, self._sequence = uuid.uuid4().hex, "", 0
        self.request("INVITE", *more, body=_SDP)

    def cancel(self) -> None:
        """Give up the call that is ringing."""
        self.request("CANCEL", to="")

    def final(self, method: str) -> int:
        """The final status of the request of that name."""
        while True:
            answer = self._receive()
            code = re.match(r"SIP/2.0 (\d+)", answer)
            asked = re.search(r"CSeq: *\d+ (\w+)", answer)
            mine = f"Call-ID: {self.call_id}" in answer
            if code and int(code[1]) >= 200 and mine and asked and asked[1] == method:
                tag = re.search(r"\r\nTo:[^\r]*;tag=([^;\r]+)", answer)
                self.to = tag[1] if tag else ""
                return int(code[1])

    def asked(self, method: str) -> str:
        """The next request of that name that comes."""
        while True:
            message = self._receive()
            if message.startswith(f"{method} "):
                return message

    def answers_options(self, until: Callable[[], bool]) -> None:
        """Answer each OPTIONS, which says that the call is still known here.

        Args:
            until: when there need be no more.
        """
        self.socket.settimeout(0.1)
        end = time.monotonic() + 2 * PATIENCE
        while not until():
            assert time.monotonic() < end, self.seen
            with contextlib.suppress(TimeoutError):
                message = self._receive()
                if message.startswith("OPTIONS "):
                    kept = ("via:", "from:", "to:", "call-id:", "cseq:")
                    lines = message.split("\r\n")
                    heads = [line for line in lines if line.lower().startswith(kept)]
                    answer = ["SIP/2.0 200 OK", *heads, "Content-Length: 0", "", ""]
                    self.send("\r\n".join(answer).encode())

    def _receive(self) -> str:
        message = self.socket.recv(65535).decode(errors="replace")
        self.latest = message
        self.seen.append(message.partition("\r\n")[0])
        return message

    def picked_up(self) -> None:
        """Wait until the call is answered."""
        assert self.final("INVITE") == 200
        self.request("ACK")


@contextmanager
def raw(port: int, host: str = "127.0.0.1") -> Iterator[Raw]:
    """A far end until the end of the block."""
    found = Raw(port, host)
    try:
        yield found
    finally:
        found.socket.close()
