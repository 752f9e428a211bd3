"""Real calls with baresip-python, at a registrar with passwords."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

pytest.importorskip("pjsua2", reason="needs the sip extra: pip install phonebar-assistant[sip]")

from tests.phonebar.sip.bindings import Bindings, bindings
from tests.phonebar.sip.kamailio import Kamailio, kamailio, members
from tests.phonebar.sip.phones import Phone, eventually

PASSWORDS = {"100": "onehundred", "200": "twohundred", "201": "two-o-one"}


@pytest.fixture
def registrar(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kamailio]:
    with kamailio(tmp_path_factory.mktemp("kamailio"), PASSWORDS) as found:
        yield found


@pytest.fixture
def far(registrar: Kamailio) -> Iterator[Bindings]:
    with bindings("201", PASSWORDS["201"], registrar.domain) as found:
        yield found


@pytest.fixture
def both(registrar: Kamailio) -> Iterator[list[Phone]]:
    with members(registrar, "100", "200", refer_to=("200",)) as found:
        yield found


def talking(phone: Phone, far: Bindings) -> None:
    phone.line.originate("201")
    far.tells("incoming")
    phone.until("alerting")
    far.do("answer")
    phone.until("active")


def called(phone: Phone, far: Bindings) -> None:
    far.do("dial 100")
    phone.until("incoming")
    phone.line.answer()
    phone.until("active")


def test_we_call_hold_retrieve_send_tones_and_hang_up(both: list[Phone], far: Bindings) -> None:
    phone, _ = both
    talking(phone, far)
    phone.line.hold(1)
    phone.until("holding")
    phone.line.resume(1)
    phone.until("active")
    phone.line.dtmf(1, "7#")
    far.tells("tone 7")
    far.tells("tone #")
    phone.line.hangup(1)
    far.tells("event CALL_CLOSED")
    phone.until()


def test_it_calls_holds_retrieves_and_hangs_up(both: list[Phone], far: Bindings) -> None:
    phone, _ = both
    called(phone, far)
    far.do("hold")
    far.do("resume")
    assert phone.states() == ["active"]
    far.do("hangup")
    phone.until("released")
    assert phone.reasons() == ["remote_hangup"]


def test_it_declines(both: list[Phone], far: Bindings) -> None:
    phone, _ = both
    phone.line.originate("201")
    far.tells("incoming")
    far.do("reject")
    phone.until("released")
    assert phone.reasons()[0] in {"busy", "rejected"}


def test_it_sends_us_on_where_that_is_allowed(both: list[Phone], far: Bindings) -> None:
    phone, other = both
    called(phone, far)
    far.begin("transfer 200")
    other.until("incoming")
    other.line.answer()
    other.until("active")
    far.tells("done transfer 200")
    eventually(lambda: phone.talks_to() == ["200"], lambda: phone.calls)
