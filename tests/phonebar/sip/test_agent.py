"""Calls between telephones of ours, over real SIP on loopback."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest

pytest.importorskip("pjsua2", reason="needs the sip extra: pip install phonebar-assistant[sip]")

from tests.phonebar.sip.phones import Phone, connect, eventually, phones


@pytest.fixture(scope="module")
def three() -> Iterator[list[Phone]]:
    """Each dials the next; what is over is not shown for long."""
    accounts = (
        {"user": "100", "calls": 1},
        {"user": "200", "calls": 2},
        {"user": "300", "calls": 0},
    )
    with pytest.MonkeyPatch.context() as patch, phones(*accounts) as found:
        patch.setattr("phonebar.board.RELEASED_SECONDS", 1.0)
        yield found


@pytest.fixture(autouse=True)
def tidy(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    if "three" in request.fixturenames:
        found = request.getfixturevalue("three")
        for phone in found:
            phone.line.hangup_all()
        for phone in found:
            eventually(lambda phone=phone: not phone.calls, phone.states)


def test_a_call_is_dialled_rings_is_answered_and_ended_by_the_far_end(three: list[Phone]) -> None:
    one, two, _ = three
    one.line.originate("200")
    two.until("incoming")
    one.until("alerting")
    assert two.calls[0].number == "100"
    two.line.answer()
    one.until("active")
    two.until("active")
    two.line.hangup(1)
    one.until("released")
    assert one.reasons() == ["remote_hangup"]


def test_what_is_held_is_held_until_it_is_retrieved(three: list[Phone]) -> None:
    one, two, _ = three
    connect(one, two)
    one.line.hold(1)
    one.until("holding")
    one.line.resume(1)
    one.until("active")


def test_how_a_call_sounds_is_shown_while_it_lasts_and_afterwards(three: list[Phone]) -> None:
    one, two, _ = three
    one.line.originate("200")
    two.until("incoming")
    two.line.answer()
    one.until("active")
    eventually(lambda: one.calls[0].extra.get("quality", {}).get("received", 0) > 10)
    quality = one.calls[0].extra["quality"]
    assert quality["codec"] == "G722/16000"
    one.line.hangup(1)
    assert one.line.history()[-1].quality is not None


def test_a_declined_call_is_told_as_declined(three: list[Phone]) -> None:
    one, two, _ = three
    one.line.originate("200")
    two.until("incoming")
    two.line.reject(1)
    one.until("released")
    assert one.reasons() == ["rejected"]


def test_a_call_that_its_caller_gives_up_is_missed(three: list[Phone]) -> None:
    one, two, _ = three
    one.line.originate("200")
    two.until("incoming")
    one.line.hangup(1)
    two.until("released")
    assert two.reasons() == ["missed"]
    one.until()


def test_nobody_there_cannot_be_reached() -> None:
    with phones({"domain": "127.0.0.1:9", "transport": "tcp"}) as (one,):
        one.line.originate("200")
        one.until("released")
        assert one.reasons() == ["unreachable"]


def test_a_second_call_waits_and_answering_it_holds_the_first(three: list[Phone]) -> None:
    one, two, other = three
    connect(one, two)
    other.line.originate("100")
    one.until("active", "incoming")
    one.line.answer(2)
    one.until("holding", "active")
    one.line.conference()
    one.until("active", "active")
    assert [call.extra["conference"] for call in one.calls] == [True, True]
    other.line.hangup(1)
    one.until("active", "released")


def test_a_transfer_that_is_refused_gives_the_call_back(three: list[Phone]) -> None:
    """Our own telephones obey nobody's REFER."""
    one, two, _ = three
    connect(one, two)
    one.line.transfer("300", 1)
    eventually(lambda: one.calls[0].extra.get("transferError"))
    assert one.states() == ["active"]
    assert two.states() == ["active"]


def test_a_telephone_that_dies_loses_its_calls_says_so_and_comes_back() -> None:
    with phones({"user": "100", "calls": 1}, {"user": "200", "calls": 0}) as (one, two):
        connect(one, two)
        pid = one.backend._telephone.pid
        assert pid is not None
        os.kill(pid, getattr(signal, "SIGKILL", signal.SIGTERM))
        one.until("released")
        assert one.reasons() == ["telephone_lost"]
        assert one.backend.wait(lambda standing: standing.up and standing.restarts == 1, 15)
        two.line.hangup_all()
        two.until()
        one.line.originate("200")
        two.until("incoming")
