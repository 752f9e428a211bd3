"""Messages as no telephone sends them, in the manner of RFC 4475, in words of our own.

`CORPUS` has a name for each; `at` fills in where they go. `mutated` makes more of them.
"""

from __future__ import annotations

from hypothesis import strategies as st

_BODY = (
    b"v=0\r\no=u 1 1 IN IP4 192.0.2.9\r\ns=-\r\nc=IN IP4 192.0.2.9\r\nt=0 0\r\n"
    b"m=audio 9 RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\n"
)

INVITE = (
    b"INVITE sip:100@192.0.2.1 SIP/2.0\r\n"
    b"Via: SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bKone;rport\r\n"
    b"Max-Forwards: 70\r\n"
    b"From: <sip:9@192.0.2.9>;tag=near\r\n"
    b"To: <sip:100@192.0.2.1>\r\n"
    b"Call-ID: torture@192.0.2.9\r\n"
    b"CSeq: 1 INVITE\r\n"
    b"Contact: <sip:9@192.0.2.9:5060>\r\n"
    b"Content-Type: application/sdp\r\n"
    b"Content-Length: %d\r\n\r\n" % len(_BODY)
) + _BODY


def at(message: bytes, host: str, port: int, source: int, number: int) -> bytes:
    """A message of the corpus, for a telephone at `host` and `port`.

    Args:
        message: it.
        host: both ends'.
        port: the telephone's.
        source: of whoever sends it.
        number: makes its call and its transaction different from others'.
    """
    there, here = f"{host}:{port}".encode(), f"{host}:{source}".encode()
    found = message.replace(b"192.0.2.9:5060", here).replace(b"192.0.2.9", host.encode())
    found = found.replace(b"192.0.2.1", there)
    return found.replace(b"torture@", b"torture%d@" % number).replace(b"bKone", b"bK%dt" % number)


def _with(header: bytes, line: bytes) -> bytes:
    """The INVITE with another line in a header's place; empty leaves it out."""
    lines = INVITE.split(b"\r\n")
    place = next(n for n, found in enumerate(lines) if found.startswith(header))
    lines[place : place + 1] = [line] if line else []
    return b"\r\n".join(lines)


def _body(text: bytes, kind: bytes = b"application/sdp") -> bytes:
    head = INVITE.partition(b"\r\n\r\n")[0]
    head = head.replace(b"Content-Length: %d" % len(_BODY), b"Content-Length: %d" % len(text))
    return head.replace(b"application/sdp", kind) + b"\r\n\r\n" + text


def _as(method: bytes) -> bytes:
    return INVITE.replace(b"INVITE sip", method + b" sip").replace(b"1 INVITE", b"1 " + method)


_START = INVITE.split(b"\r\n")[0]

CORPUS: dict[str, bytes] = {
    # Odd, but allowed.
    "compact names, folding and tabs": INVITE.replace(b"Via:", b"v:")
    .replace(b"From:", b"f\t:\r\n ")
    .replace(b"To:", b"t :\r\n\t")
    .replace(b"Call-ID:", b"i:"),
    "names in odd case": INVITE.replace(b"Via:", b"vIA:").replace(b"CSeq:", b"cSEQ:"),
    "unknown headers": _with(b"Max-", b"X-Odd: \xc3\xa9 ;;;,,\r\nNonsense:\r\nMax-Forwards: 70"),
    "quotes and escapes in a name": _with(
        b"From:", b'From: "a \\"b\\" <sip:x@y>, ;tag=no" <sip:9@192.0.2.9>;tag=near'
    ),
    "escaped nothing in the user": _with(b"From:", b"From: <sip:%00%ff%0d%0a@192.0.2.9>;tag=near"),
    "two Via in a line": _with(
        b"Via:",
        b"Via: SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bKone;rport, SIP/2.0/TCP 192.0.2.7;branch=x",
    ),
    "an unknown method": _as(b"FROBNICATE"),
    "an unknown scheme": INVITE.replace(_START, b"INVITE nobody:knows SIP/2.0"),
    "a tel address": INVITE.replace(_START, b"INVITE tel:+390655501104 SIP/2.0"),
    "an unknown body": _body(b"\x00\x01\x02\xff" * 20, b"application/odd"),
    "a multipart body": _body(
        b"--b\r\nContent-Type: text/plain\r\n\r\nx\r\n--b--\r\n", b"multipart/mixed;boundary=b"
    ),
    "a multipart body without its boundary": _body(b"--x\r\n", b"multipart/mixed"),
    "no body and its type": _body(b""),
    "an extension that must be understood": _with(b"Max-", b"Max-Forwards: 70\r\nRequire: odd"),
    "no more hops": _with(b"Max-", b"Max-Forwards: 0"),
    "a long name": _with(b"From:", b'From: "' + b"x" * 2500 + b'" <sip:9@192.0.2.9>;tag=near'),
    "a long tag": _with(b"From:", b"From: <sip:9@192.0.2.9>;tag=" + b"t" * 2500),
    "a long branch": INVITE.replace(b"z9hG4bKone", b"z9hG4bKone" + b"b" * 2500),
    "many routes": _with(b"Max-", b"\r\n".join([b"Record-Route: <sip:192.0.2.9;lr>"] * 60)),
    "a contact of everybody": _with(b"Contact:", b"Contact: *"),
    "no contact": _with(b"Contact:", b""),
    "a contact that is none": _with(b"Contact:", b"Contact: <<<>>>;;;"),
    "a date of no calendar": _with(b"Max-", b"Max-Forwards: 70\r\nDate: 31 Feb 99999 99:99"),
    "expires too late": _with(b"Max-", b"Max-Forwards: 70\r\nExpires: 99999999999999999999"),
    "a session that ends at once": _with(
        b"Max-", b"Max-Forwards: 70\r\nSupported: timer\r\nSession-Expires: 0\r\nMin-SE: -1"
    ),
    "replaces a call that is none": _with(
        b"Max-", b"Max-Forwards: 70\r\nReplaces: nothing;to-tag=a;from-tag=b"
    ),
    "replaces and no tags": _with(b"Max-", b"Max-Forwards: 70\r\nReplaces: ;;;=,,"),
    "a REFER out of nowhere": _as(b"REFER").replace(
        b"Max-", b"Refer-To: <sip:900@192.0.2.9>\r\nMax-"
    ),
    "a NOTIFY of nothing": _as(b"NOTIFY").replace(b"Max-", b"Event: odd\r\nMax-"),
    "a SUBSCRIBE to us": _as(b"SUBSCRIBE").replace(b"Max-", b"Event: dialog\r\nMax-"),
    "a REGISTER at us": _as(b"REGISTER"),
    "a MESSAGE": _as(b"MESSAGE"),
    "OPTIONS": _as(b"OPTIONS"),
    "an INFO in no call": _as(b"INFO"),
    "a PRACK in no call": _as(b"PRACK").replace(b"Max-", b"RAck: 1 1 INVITE\r\nMax-"),
    "an UPDATE in no call": _as(b"UPDATE"),
    "an ACK in no call": _as(b"ACK"),
    "a BYE in no call": _as(b"BYE").replace(b"To: <sip:100@192.0.2.1>", b"To: <sip:100@x>;tag=z"),
    "a CANCEL of nothing": _as(b"CANCEL"),
    # Bodies.
    "sound of no kind": _body(_BODY.replace(b"RTP/AVP 8", b"RTP/AVP 99")),
    "sound at port 0": _body(_BODY.replace(b"audio 9", b"audio 0")),
    "sound at a port that is none": _body(_BODY.replace(b"audio 9", b"audio 99999999")),
    "sound nowhere": _body(_BODY.replace(b"c=IN IP4 192.0.2.9", b"c=IN IP4 0.0.0.0")),
    "sound at no address": _body(_BODY.replace(b"c=IN IP4 192.0.2.9", b"c=IN IP9 ???")),
    "a hundred media": _body(_BODY + b"m=audio 9 RTP/AVP 8\r\n" * 100),
    "a body of one letter": _body(b"v"),
    "a body of lines without ends": _body(b"v=0\ro=\rs=\rm="),
    "a description of nothing": _body(b"v=0\r\no=- 0 0 IN IP4 0\r\ns=-\r\nt=0 0\r\n"),
    "a codec of odd numbers": _body(_BODY + b"a=rtpmap:8 PCMA/-1/999999\r\na=ptime:0\r\n"),
    "a formatted parameter of nonsense": _body(_BODY + b"a=fmtp:8 " + b"=;" * 400 + b"\r\n"),
    # Wrong.
    "no start line": b"\r\n" + INVITE.partition(b"\r\n")[2],
    "another version": INVITE.replace(b"SIP/2.0\r", b"SIP/7.0\r", 1),
    "a space in the address": INVITE.replace(b"sip:100@", b"sip:1 00@", 1),
    "an address in brackets": INVITE.replace(b"sip:100@192.0.2.1 ", b"<sip:100@192.0.2.1> ", 1),
    "a start line of spaces": INVITE.replace(b"INVITE sip", b"INVITE  sip", 1),
    "two From": _with(b"From:", b"From: <sip:9@x>;tag=1\r\nFrom: <sip:8@x>;tag=2"),
    "two Call-ID": _with(b"Call-ID:", b"Call-ID: torture@x\r\nCall-ID: torture@y"),
    "two lengths": _with(b"Content-Length:", b"Content-Length: 3\r\nContent-Length: 4"),
    "no From": _with(b"From:", b""),
    "no To": _with(b"To:", b""),
    "no Call-ID": _with(b"Call-ID:", b""),
    "no CSeq": _with(b"CSeq:", b""),
    "no Via": _with(b"Via:", b""),
    "a Via of nothing": _with(b"Via:", b"Via: ,,,"),
    "an unknown transport in Via": INVITE.replace(b"2.0/UDP", b"2.0/PIGEON"),
    "a port that is none in Via": INVITE.replace(b"192.0.2.9:5060;branch", b"192.0.2.9:0;branch"),
    "an empty tag": INVITE.replace(b"tag=near", b"tag="),
    "another method in CSeq": INVITE.replace(b"1 INVITE", b"1 BYE"),
    "a CSeq too large": INVITE.replace(b"CSeq: 1", b"CSeq: 36893488147419103232"),
    "a CSeq below zero": INVITE.replace(b"CSeq: 1", b"CSeq: -1"),
    "a length below zero": _with(b"Content-Length:", b"Content-Length: -99"),
    "a length that is too long": _with(b"Content-Length:", b"Content-Length: 99999"),
    "a length of words": _with(b"Content-Length:", b"Content-Length: many"),
    "hops too many": _with(b"Max-", b"Max-Forwards: 300"),
    "a quote that never ends": _with(b"To:", b'To: "Mr. 100 <sip:100@192.0.2.1>'),
    "an address that never ends": _with(b"To:", b"To: <sip:100@192.0.2.1"),
    "zeros": INVITE.replace(b"Max-Forwards", b"Max\x00Forwards"),
    "only ends of lines": b"\r\n" * 300,
    "lines without returns": INVITE.replace(b"\r\n", b"\n"),
    "half a message": INVITE[: len(INVITE) // 3],
    "a start line alone": _START + b"\r\n\r\n",
    "responses that nobody asked for": INVITE.replace(_START, b"SIP/2.0 200 OK"),
    "a response of no number": INVITE.replace(_START, b"SIP/2.0 999 What"),
    "a response of four numbers": INVITE.replace(_START, b"SIP/2.0 4294967297 OK"),
    "a provisional response to nothing": INVITE.replace(_START, b"SIP/2.0 183 Progress"),
    "a challenge of nonsense": INVITE.replace(_START, b"SIP/2.0 401 Who").replace(
        b"Max-", b"WWW-Authenticate: Digest ,,,=\r\nMax-"
    ),
    "another protocol": b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
    "a large nothing": b"\x00" * 60000,
    "all letters": bytes(range(256)) * 8,
}


def mutated() -> st.SearchStrategy[bytes]:
    """Messages of the corpus with a few bytes changed, left out or written twice."""

    @st.composite
    def made(draw: st.DrawFn) -> bytes:
        data = bytearray(draw(st.sampled_from(sorted(CORPUS.values(), key=len)[:-2])))
        for _ in range(draw(st.integers(1, 4))):
            place = draw(st.integers(0, len(data)))
            length = draw(st.integers(0, 12))
            new = draw(st.binary(max_size=12) | st.sampled_from([b"\r\n", b"", b";", b"%", b"<"]))
            data[place : place + length] = new
        return bytes(data)

    return made()
