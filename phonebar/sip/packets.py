"""SIP messages as they cross the gate: what is one, and the few lines that the gate changes.

The gate is a stateless proxy (RFC 3261 section 16.11) between the network and a stack that listens
on the loopback only. Towards the stack it adds a Via of its own and records its route, so that
everything the stack sends comes back to it; towards the network it takes both away again, and
nobody out there sees that it is there.

    PacketError   what came is no SIP message
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

LONGEST = 65535
MAX_HEADERS = 120
MAX_LINE = 4000
"""Bytes of one header; the stack's own packets end there."""
COOKIE = b"z9hG4bK"
"""Begins a branch that names its transaction (RFC 3261 section 8.1.1.7)."""

Address = tuple[str, int]
"""Host and port."""


class PacketError(ValueError):
    """What came is no SIP message."""


_REQUEST = re.compile(rb"([A-Z][A-Za-z0-9.!%*_+`'~-]{0,31}) (\S{1,1000}) SIP/2\.0")
_RESPONSE = re.compile(rb"SIP/2\.0 ([1-6][0-9]{2}) [^\x00-\x08\x0b-\x1f\x7f]{0,500}")
_HEADER = re.compile(rb"([A-Za-z0-9.!%*_+`'~-]{1,64})[ \t]*:[ \t]*(.*?)[ \t]*", re.DOTALL)
_FORBIDDEN = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_CSEQ = re.compile(rb"([0-9]{1,10})[ \t]+(\S{1,32})")
_VIA = re.compile(
    rb"SIP[ \t]*/[ \t]*2\.0[ \t]*/[ \t]*(\w+)[ \t]+"
    rb"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?:[ \t]*:[ \t]*([0-9]{1,5}))?[ \t]*((?:;.*)?)",
    re.DOTALL,
)
_ADDRESS = re.compile(rb"<[ \t]*sips?:([^>]*)>|\A[ \t]*sips?:(\S*)", re.IGNORECASE)
_HOST = re.compile(
    rb"(?:[^@]*@)?(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::([0-9]{1,5}))?(?=[;?>]|\Z)"
)
_TAG = re.compile(rb";[ \t]*tag[ \t]*=[ \t]*[^; \t]", re.IGNORECASE)
_LONG = {
    b"v": b"via",
    b"f": b"from",
    b"t": b"to",
    b"i": b"call-id",
    b"l": b"content-length",
    b"m": b"contact",
}
_ONCE = (b"from", b"to", b"call-id", b"cseq")


@dataclass(frozen=True, slots=True)
class Packet:
    """A message in its parts."""

    start: bytes
    headers: tuple[tuple[bytes, bytes], ...]
    """Name as it came, value without its folding."""
    body: bytes

    @property
    def is_request(self) -> bool:
        """Not a response."""
        return not self.start.startswith(b"SIP/")

    @property
    def method(self) -> bytes:
        """Of the request, or of the one that is responded to."""
        found = _CSEQ.fullmatch(self.value(b"cseq"))
        assert found is not None  # noqa: S101 - `parse` has seen to that
        return found[2]

    @property
    def code(self) -> int:
        """The status of a response; 0 for a request."""
        return 0 if self.is_request else int(self.start[8:11])

    @property
    def in_dialogue(self) -> bool:
        """Both ends have named it."""
        return _TAG.search(self.value(b"to")) is not None

    @property
    def call(self) -> bytes:
        """The Call-ID."""
        return self.value(b"call-id")

    def value(self, name: bytes) -> bytes:
        """The first header of that (long, lower-case) name, or nothing."""
        return next((value for key, value in self.headers if long_name(key) == name), b"")

    def to_bytes(self) -> bytes:
        """The message as it is sent."""
        lines = [self.start, *(name + b": " + value for name, value in self.headers)]
        return b"\r\n".join(lines) + b"\r\n\r\n" + self.body


def long_name(name: bytes) -> bytes:
    """A header's name in lower case, its compact form written out (RFC 3261 section 7.3.3)."""
    lower = name.lower()
    return _LONG.get(lower, lower)


def parse(data: bytes) -> Packet:
    """Take a datagram apart.

    Args:
        data: what came.

    Raises:
        PacketError: the stack should not see it: it is no SIP message, or one whose parts
            contradict each other.
    """
    if len(data) > LONGEST:
        raise PacketError("too long")
    head, blank, body = data.lstrip(b"\r\n").partition(b"\r\n\r\n")
    if not blank:
        raise PacketError("no end of the headers")
    if _FORBIDDEN.search(head):
        raise PacketError("control characters")
    start, *lines = re.sub(rb"\r\n[ \t]+", b" ", head).split(b"\r\n")
    request, response = _REQUEST.fullmatch(start), _RESPONSE.fullmatch(start)
    if request is None and response is None:
        raise PacketError("no start line")
    if len(lines) > MAX_HEADERS or any(len(line) > MAX_LINE for line in lines):
        raise PacketError("too many headers")
    headers = tuple(_header(line) for line in lines)
    _check(headers, None if request is None else request[1])
    return Packet(start, headers, _body(headers, body))


def _header(line: bytes) -> tuple[bytes, bytes]:
    found = _HEADER.fullmatch(line)
    if found is None or b"\r" in line or b"\n" in line:
        raise PacketError("no header")
    return found[1], found[2]


def _check(headers: tuple[tuple[bytes, bytes], ...], method: bytes | None) -> None:
    names = [long_name(name) for name, _ in headers]
    values = dict(zip(reversed(names), (value for _, value in reversed(headers)), strict=True))
    if any(names.count(name) != 1 or not values[name] for name in _ONCE):
        raise PacketError("a header is missing, empty or there twice")
    sequence = _CSEQ.fullmatch(values[b"cseq"])
    if sequence is None or int(sequence[1]) >= 2**31:
        raise PacketError("no CSeq")
    if method is not None and sequence[2] != method:
        raise PacketError("CSeq has another method")
    if _VIA.fullmatch(first(values.get(b"via", b""))[0]) is None:
        raise PacketError("no Via")
    for name in (b"from", b"to"):
        if _ADDRESS.search(values[name]) is None and b":" not in values[name]:
            raise PacketError("no address")
    hops = values.get(b"max-forwards", b"70")
    if not re.fullmatch(rb"[0-9]{1,3}", hops) or int(hops) > 255:
        raise PacketError("no Max-Forwards")


def _body(headers: tuple[tuple[bytes, bytes], ...], body: bytes) -> bytes:
    lengths = {value for name, value in headers if long_name(name) == b"content-length"}
    if not lengths:
        return body
    length = lengths.pop()
    if lengths or not re.fullmatch(rb"[0-9]{1,6}", length) or int(length) > len(body):
        raise PacketError("Content-Length is wrong")
    return body[: int(length)]


def first(value: bytes) -> tuple[bytes, bytes]:
    """The first of values that commas part, and the rest with its comma."""
    quoted = escaped = False
    for place, letter in enumerate(value):
        if escaped:
            escaped = False
        elif quoted and letter == 0x5C:
            escaped = True
        elif letter == 0x22:
            quoted = not quoted
        elif letter == 0x2C and not quoted:
            return value[:place].strip(), value[place:]
    return value.strip(), b""


def reply_to(packet: Packet, source: Address) -> Address:
    """Where responses to a request go (RFC 3261 section 18.2.2, RFC 3581)."""
    found = _VIA.fullmatch(first(packet.value(b"via"))[0])
    assert found is not None  # noqa: S101 - `parse` has seen to that
    if re.search(rb";[ \t]*rport\b", found[4], re.IGNORECASE):
        return source
    port = int(found[3] or 5060)
    return source[0], port if 0 < port < 65536 else source[1]


def request_in(packet: Packet, source: Address, gate: Address) -> bytes:
    """A request as the stack is to see it.

    Args:
        packet: as it came.
        source: where from.
        gate: where the stack sends what is to go out.
    """
    headers = list(packet.headers)
    place = next(n for n, (name, _) in enumerate(headers) if long_name(name) == b"via")
    name, via = headers[place]
    headers[place] = name, _seen_from(via, source)
    headers = [(name, _readable(name, value)) for name, value in headers]
    host, port = reply_to(packet, source)
    own = b"SIP/2.0/UDP %b;branch=%b;rport;answer=%b-%d" % (
        _text(gate),
        _branch(packet),
        host.encode(),
        port,
    )
    headers.insert(0, (b"Via", own))
    if packet.method == b"INVITE" and not packet.in_dialogue:
        headers.insert(1, (b"Record-Route", _route(gate)))
    return Packet(packet.start, tuple(headers), packet.body).to_bytes()


def _seen_from(via: bytes, source: Address) -> bytes:
    top, rest = first(via)
    top = re.sub(rb"(?i);[ \t]*received[ \t]*=[^;,]*", b"", top)
    port = b";rport=%d" % source[1]
    top = re.sub(rb"(?i);[ \t]*rport[ \t]*(?:=[^;,]*)?(?=;|\Z)", port, top, count=1)
    return top + b";received=" + source[0].encode() + rest


def _readable(name: bytes, value: bytes) -> bytes:
    """As the stack can read it, which throws away a whole request over a header that it cannot.

    linphone 5.1 ends a transfer with `terminated;reason=reason=noresource`: without this, nobody
    would hear what became of the transfer.
    """
    if name.lower() == b"subscription-state":
        return re.sub(rb"(?i);[ \t]*reason=reason=", b";reason=", value)
    return value


def _branch(packet: Packet) -> bytes:
    """The same for what belongs to one transaction, however often it comes (section 16.11)."""
    found = _VIA.fullmatch(first(packet.value(b"via"))[0])
    assert found is not None  # noqa: S101 - `parse` has seen to that
    branch = re.search(rb";[ \t]*branch[ \t]*=[ \t]*([^; \t]*)", found[4], re.IGNORECASE)
    parts = [found[2], found[3] or b"", branch[1] if branch else b"", packet.call]
    parts.append(packet.value(b"cseq").split()[0])
    return COOKIE + b"gate" + hashlib.sha256(b"\n".join(parts)).hexdigest()[:24].encode()


def response_in(packet: Packet, gate: Address) -> bytes:
    """A response as the stack is to see it: the gate is part of the way of a new dialogue."""
    headers = list(packet.headers)
    if packet.method == b"INVITE" and 100 < packet.code < 300 and packet.in_dialogue:
        headers.append((b"Record-Route", _route(gate)))
    return Packet(packet.start, tuple(headers), packet.body).to_bytes()


def out(packet: Packet, gate: Address) -> tuple[bytes, Address | None]:
    """What the stack sends as the network is to see it, and where it goes; None: nowhere.

    Args:
        packet: from the stack.
        gate: where the stack sends it to.
    """
    headers = [
        (name, value)
        for name, value in packet.headers
        if not (
            long_name(name) in {b"route", b"record-route"}
            and b"<sip:" + _text(gate) in first(value)[0]
        )
    ]
    if packet.is_request:
        route = next((value for name, value in headers if long_name(name) == b"route"), b"")
        way = first(route)[0] or b"<" + packet.start.split(b" ")[1] + b">"
        return Packet(packet.start, tuple(headers), packet.body).to_bytes(), _place(way)
    vias = [n for n, (name, _) in enumerate(headers) if long_name(name) == b"via"]
    own = re.search(rb";answer=([0-9.]+)-([0-9]+)", headers[vias[0]][1])
    del headers[vias[0]]
    destination = None if own is None else (own[1].decode(), int(own[2]))
    return Packet(packet.start, tuple(headers), packet.body).to_bytes(), destination


def busy(packet: Packet, source: Address, tag: bytes) -> bytes:
    """The answer to a request that there is no time for: 503, without keeping anything of it.

    Args:
        packet: the request.
        source: where it came from.
        tag: ours.
    """
    headers = [
        (name, value)
        for name, value in packet.headers
        if long_name(name) in {b"via", b"from", b"to", b"call-id", b"cseq"}
    ]
    place = next(n for n, (name, _) in enumerate(headers) if long_name(name) == b"via")
    headers[place] = headers[place][0], _seen_from(headers[place][1], source)
    place = next(n for n, (name, _) in enumerate(headers) if long_name(name) == b"to")
    if not packet.in_dialogue:
        headers[place] = headers[place][0], headers[place][1] + b";tag=" + tag
    headers += [(b"Retry-After", b"5"), (b"Content-Length", b"0")]
    return Packet(b"SIP/2.0 503 Service Unavailable", tuple(headers), b"").to_bytes()


def _place(way: bytes) -> Address | None:
    """Host and port of an address; None when it has none."""
    found = _ADDRESS.search(way)
    host = None if found is None else _HOST.match(found[1] or found[2] or b"")
    if host is None:
        return None
    port = int(host[2] or 5060)
    return (host[1].decode(), port) if 0 < port < 65536 else None


def _text(address: Address) -> bytes:
    return b"%b:%d" % (address[0].encode(), address[1])


def _route(gate: Address) -> bytes:
    return b"<sip:" + _text(gate) + b";lr>"
