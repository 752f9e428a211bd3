"""The gate's rules, without its sockets."""

from __future__ import annotations

import pytest

from phonebar.sip.keeper import Keeper, Verdict
from phonebar.sip.packets import Packet, parse
from tests.phonebar.sip.torture import INVITE

HOME, FAR = ("192.0.2.1", 5060), ("192.0.2.9", 5060)


@pytest.fixture
def keeper() -> Keeper:
    """Its telephone has written to the server, and to a far end that was called through it."""
    found = Keeper()
    found.home(frozenset({HOME[0]}))
    for host in (HOME[0], FAR[0]):
        found.wrote(parse(INVITE), host)
    return found


def answer(status: bytes) -> Packet:
    return parse(INVITE.replace(INVITE.split(b"\r\n")[0], b"SIP/2.0 " + status))


@pytest.mark.parametrize(
    "status", [b"401 Unauthorized", b"407 Proxy Authentication Required", b"200 OK"]
)
def test_the_server_may_ask_for_the_password(keeper: Keeper, status: bytes) -> None:
    assert keeper.judge(answer(status), HOME, 0.0) is Verdict.LET_IN


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        (b"401 Unauthorized", Verdict.DROP),
        (b"407 Proxy Authentication Required", Verdict.DROP),
        (b"200 OK", Verdict.LET_IN),
    ],
)
def test_nobody_else_may(keeper: Keeper, status: bytes, verdict: Verdict) -> None:
    assert keeper.judge(answer(status), FAR, 0.0) is verdict


def test_a_call_that_was_hung_up_before_any_answer_invites_nobody_any_more(keeper: Keeper) -> None:
    invite = parse(INVITE)
    cancel = parse(INVITE.replace(b"INVITE sip", b"CANCEL sip").replace(b"1 INVITE", b"1 CANCEL"))
    again = parse(INVITE.replace(b"To: <sip:100@192.0.2.1>", b"To: <sip:100@192.0.2.1>;tag=far"))
    assert not keeper.is_over(invite)
    keeper.no_more(invite.call)
    assert keeper.is_over(invite)
    assert not keeper.is_over(cancel)
    assert not keeper.is_over(again), "a call that is up may be held"
    assert not keeper.is_over(answer(b"200 OK"))
