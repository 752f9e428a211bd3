"""What far ends answer, and what that is told as; each is played by SIPp."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("pjsua2", reason="needs the sip extra: pip install phonebar-assistant[sip]")

from tests.phonebar.sip.phones import Phone, eventually, phones
from tests.phonebar.sip.sipp import answer, receive, sipp

RING = answer("180 Ringing")
PICKED_UP = (receive("INVITE"), RING, answer("200 OK", sdp=True), receive("ACK"))
GONE = (receive("BYE"), answer("200 OK", tag=False))


def calling(port: int) -> dict[str, object]:
    return {"domain": f"127.0.0.1:{port}", "codecs": ("PCMA/8000",)}


@pytest.mark.parametrize(
    ("status", "why"),
    [
        ("486 Busy Here", "busy"),
        ("600 Busy Everywhere", "busy"),
        ("404 Not Found", "unknown_number"),
        ("484 Address Incomplete", "unknown_number"),
        ("603 Decline", "rejected"),
        ("403 Forbidden", "forbidden"),
        ("480 Temporarily Unavailable", "unreachable"),
        ("503 Service Unavailable", "unreachable"),
        ("488 Not Acceptable Here", "unreachable"),
    ],
)
def test_a_refusal_is_told_as_what_it_is(tmp_path: Path, status: str, why: str) -> None:
    with (
        sipp(tmp_path, receive("INVITE"), answer(status), receive("ACK")) as far,
        phones(calling(far.port)) as (phone,),
    ):
        phone.line.originate("200")
        phone.until("released")
        assert phone.reasons() == [why]


def test_480_after_it_rang_is_no_answer(tmp_path: Path) -> None:
    steps = receive("INVITE"), RING, answer("480 Temporarily Unavailable"), receive("ACK")
    with sipp(tmp_path, *steps) as far, phones(calling(far.port)) as (phone,):
        phone.line.originate("200")
        phone.until("released")
        assert phone.reasons() == ["no_answer"]


def test_early_media_counts_as_ringing(tmp_path: Path) -> None:
    steps = receive("INVITE"), answer("183 Session Progress", sdp=True), receive("CANCEL")
    with (
        sipp(tmp_path, *steps, answer("200 OK"), answer("487 Terminated"), receive("ACK")) as far,
        phones(calling(far.port)) as (phone,),
    ):
        phone.line.originate("200")
        phone.until("alerting")
        phone.line.hangup(1)


def test_a_hold_that_is_refused_leaves_the_call_active(tmp_path: Path) -> None:
    refused = receive("INVITE"), answer("488 Not Acceptable Here", tag=False), receive("ACK")
    with sipp(tmp_path, *PICKED_UP, *refused, *GONE) as far, phones(calling(far.port)) as (phone,):
        connected(phone)
        phone.line.hold(1)
        eventually(lambda: "not put on hold" in [entry.what for entry in phone.line.entries()])
        assert phone.states() == ["active"]


@pytest.mark.parametrize("status", ["405 Method Not Allowed", "603 Decline"])
def test_a_transfer_that_is_not_accepted_gives_the_call_back(tmp_path: Path, status: str) -> None:
    refused = receive("REFER"), answer(status, tag=False)
    with sipp(tmp_path, *PICKED_UP, *refused, *GONE) as far, phones(calling(far.port)) as (phone,):
        connected(phone)
        phone.line.transfer("300", 1)
        eventually(lambda: phone.calls[0].extra.get("transferError"))
        assert phone.states() == ["active"]


def notify(status: str, state: str) -> str:
    """A step that tells how a transfer goes (RFC 3515)."""
    return f"""<send retrans="500"><![CDATA[

NOTIFY [$contact] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: <sip:sipp@[local_ip]:[local_port]>;tag=[pid]SIPpTag01[call_number]
To:[$caller]
Call-ID: [call_id]
CSeq: [cseq] NOTIFY
Max-Forwards: 70
Event: refer
Subscription-State: {state}
Content-Type: message/sipfrag
Content-Length: [len]

SIP/2.0 {status}

]]></send><recv response="200"/>"""


def test_a_transfer_that_fails_later_gives_the_call_back(tmp_path: Path) -> None:
    """The far end accepts, tries, and tells that nobody could be reached there."""
    steps = (
        """<recv request="REFER" crlf="true"><action>
        <ereg regexp=".*" search_in="hdr" header="From:" assign_to="caller"/>
        <ereg regexp="sip:[^>]*" search_in="hdr" header="Contact:" assign_to="contact"/>
        </action></recv>""",
        answer("202 Accepted", tag=False),
        notify("100 Trying", "active;expires=60"),
        notify("486 Busy Here", "terminated;reason=noresource"),
    )
    with sipp(tmp_path, *PICKED_UP, *steps, *GONE) as far, phones(calling(far.port)) as (phone,):
        connected(phone)
        phone.line.transfer("300", 1)
        eventually(lambda: phone.calls[0].extra.get("transferError"))
        assert phone.states() == ["active"]
        phone.line.hangup(1)
        phone.until()


def test_a_caller_who_is_deflected_is_gone(tmp_path: Path) -> None:
    with phones({"domain": "127.0.0.1:9"}, {"user": "300", "calls": 0}) as (phone, caller):
        caller.line.originate("100")
        phone.until("incoming")
        phone.line.deflect(1, "555")
        phone.until("released")
        assert phone.reasons() == ["transferred"]


def connected(phone: Phone) -> None:
    phone.line.originate("200")
    phone.until("active")
