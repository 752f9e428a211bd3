"""What is a SIP message, and what the gate makes of one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phonebar.sip.packets import PacketError, busy, out, parse, reply_to, request_in, response_in
from tests.phonebar.sip.torture import INVITE, mutated

GATE = "127.0.0.1", 40000
SOURCE = "192.0.2.9", 5061


def test_a_request_gets_the_gates_via_and_its_route_and_loses_them_again() -> None:
    seen = parse(request_in(parse(INVITE), SOURCE, GATE))
    vias = [value for name, value in seen.headers if name.lower() == b"via"]
    assert vias[0].startswith(b"SIP/2.0/UDP 127.0.0.1:40000;branch=z9hG4bKgate")
    assert b"received=192.0.2.9" in vias[1]
    assert b"rport=5061" in vias[1]
    assert seen.value(b"record-route") == b"<sip:127.0.0.1:40000;lr>"
    answer = parse(seen.to_bytes().replace(seen.start, b"SIP/2.0 180 Ringing"))
    passed, where = out(answer, GATE)
    assert where == SOURCE
    assert b"127.0.0.1:40000" not in passed


def test_what_belongs_to_one_transaction_gets_one_branch() -> None:
    def branch(data: bytes) -> bytes:
        return request_in(parse(data), SOURCE, GATE).split(b"branch=")[1].split(b";")[0]

    cancel = INVITE.replace(b"INVITE sip", b"CANCEL sip").replace(b"1 INVITE", b"1 CANCEL")
    assert branch(INVITE) == branch(cancel)
    assert branch(INVITE) != branch(INVITE.replace(b"z9hG4bKone", b"z9hG4bKtwo"))


def test_without_rport_the_answer_goes_to_the_port_that_is_named() -> None:
    packet = parse(INVITE.replace(b";rport", b""))
    assert reply_to(packet, SOURCE) == ("192.0.2.9", 5060)


def test_what_the_stack_sends_goes_where_its_next_route_says() -> None:
    routed = INVITE.replace(
        b"From:", b"Route: <sip:127.0.0.1:40000;lr>\r\nRoute: <sip:proxy.test:5070;lr>\r\nFrom:"
    )
    passed, where = out(parse(routed), GATE)
    assert where == ("proxy.test", 5070)
    assert b"40000" not in passed
    _, where = out(parse(INVITE), GATE)
    assert where == ("192.0.2.1", 5060)


def test_a_response_that_makes_a_dialogue_leads_back_through_the_gate() -> None:
    ringing = INVITE.replace(INVITE.split(b"\r\n")[0], b"SIP/2.0 180 Ringing")
    assert b"Record-Route" not in response_in(parse(ringing), GATE)
    tagged = ringing.replace(b"To: <sip:100@192.0.2.1>", b"To: <sip:100@192.0.2.1>;tag=far")
    assert b"Record-Route: <sip:127.0.0.1:40000;lr>" in response_in(parse(tagged), GATE)


def test_an_answer_of_the_gate_names_the_call_and_has_a_tag() -> None:
    answer = parse(busy(parse(INVITE), SOURCE, b"ours"))
    assert answer.code == 503
    assert answer.in_dialogue
    assert answer.call == parse(INVITE).call


@given(st.binary(max_size=400))
def test_rubbish_is_refused_in_one_way(data: bytes) -> None:
    with pytest.raises(PacketError):
        parse(data)


@given(mutated())
def test_what_is_nearly_a_message_is_passed_whole_or_not_at_all(data: bytes) -> None:
    try:
        packet = parse(data)
    except PacketError:
        return
    if packet.is_request:
        seen = parse(request_in(packet, SOURCE, GATE))
        assert seen.call == packet.call
        assert seen.method == packet.method
        assert parse(busy(packet, SOURCE, b"ours")).code == 503
    else:
        assert parse(response_in(packet, GATE)).code == packet.code
    out(packet, GATE)


def test_what_became_of_a_transfer_is_readable_as_linphone_writes_it() -> None:
    said = b"\r\nSubscription-State: terminated;reason=reason=noresource\r\n\r\n"
    notify = INVITE.replace(b"INVITE", b"NOTIFY").replace(b"\r\n\r\n", said, 1)
    there = request_in(parse(notify), SOURCE, GATE)
    assert b"\r\nSubscription-State: terminated;reason=noresource\r\n" in there
