"""At a registrar with passwords: who is registered is called, who is not is not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("pjsua2", reason="needs the sip extra: pip install phonebar-assistant[sip]")

from tests.phonebar.sip.baresip import baresip
from tests.phonebar.sip.kamailio import Kamailio, kamailio
from tests.phonebar.sip.phones import PATIENCE, Phone, connect, eventually, phones

PASSWORDS = {"100": "onehundred", "200": "twohundred", "201": "two-o-one"}


@pytest.fixture(scope="module")
def registrar(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kamailio]:
    with kamailio(tmp_path_factory.mktemp("kamailio"), PASSWORDS) as found:
        yield found


def registered(phone: Phone) -> Phone:
    assert phone.backend.wait(lambda standing: standing.registered, PATIENCE), (
        phone.backend.standing
    )
    return phone


def test_with_the_right_password_we_are_registered_and_called(registrar: Kamailio) -> None:
    with phones(registrar.account("100"), registrar.account("200")) as (one, two):
        registered(one)
        registered(two)
        connect(one, two)
        assert two.calls[0].number == "100"
        one.line.hold(1)
        one.until("holding")
        one.line.resume(1)
        one.until("active")
        one.line.hangup(1)
        two.until("released")


def test_with_a_wrong_password_we_are_not_and_are_told_why(registrar: Kamailio) -> None:
    with phones(registrar.account("100", password=PASSWORDS["200"])) as (one,):
        assert one.backend.wait(lambda standing: standing.code >= 400, PATIENCE)
        assert one.backend.standing.code == 401
        one.line.originate("200")
        one.until("released")
        assert one.reasons() == ["forbidden"]


@pytest.mark.parametrize(("number", "why"), [("404", "unknown_number"), ("900", "forbidden")])
def test_a_refusal_of_the_network_is_told_as_what_it_is(
    registrar: Kamailio, number: str, why: str
) -> None:
    with phones(registrar.account("100")) as (one,):
        registered(one)
        one.line.originate(number)
        one.until("released")
        assert one.reasons() == [why]


def test_transfers_arrive_blind_and_attended(registrar: Kamailio, tmp_path: Path) -> None:
    """One telephone that we did not write is transferred to another of its kind."""
    peers = [
        (user, f"regint=60;auth_user={user};auth_pass={PASSWORDS[user]};answermode=auto")
        for user in ("200", "201")
    ]
    with (
        phones(registrar.account("100")) as (phone,),
        baresip(tmp_path / "200", "200", 440, f"sip:200@{registrar.domain}", peers[0][1]) as first,
        baresip(tmp_path / "201", "201", 880, f"sip:201@{registrar.domain}", peers[1][1]) as second,
    ):
        registered(phone)
        for peer in (first, second):
            eventually(lambda peer=peer: "200 OK" in peer.log, lambda peer=peer: peer.log)
        phone.line.originate("200")
        phone.until("active")
        phone.line.transfer("201", 1)
        phone.until("released")
        assert phone.reasons() == ["transferred"]
        eventually(lambda: "answering call" in second.log, lambda: second.log)
        first.command("hangup")
        phone.until()
        phone.line.originate("200")
        phone.until("active")
        phone.line.originate("201")
        phone.until("holding", "active")
        phone.line.attended_transfer(2, 1)
        phone.until("released", "released")
        assert phone.reasons() == ["transferred", "transferred"]


def test_when_the_registrar_is_back_we_are_registered_again(tmp_path: Path) -> None:
    with kamailio(tmp_path / "first", PASSWORDS) as first:
        port = first.port
        with phones({**first.account("100"), "register_seconds": 30}) as (one,):
            registered(one)
            first.close()
            one.line.originate("200")
            one.line.hangup(1)
            one.until()
            with kamailio(tmp_path / "second", PASSWORDS, port):
                one.line.originate("404")
                one.until("released")
                assert one.reasons() == ["unknown_number"]
