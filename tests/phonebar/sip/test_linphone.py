"""Real calls with linphone at a registrar: what either side does, the other sees."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("pjsua2", reason="needs the sip extra: pip install phonebar-assistant[sip]")

from tests.phonebar.sip.kamailio import Kamailio, kamailio, members
from tests.phonebar.sip.linphone import Linphone, linphone
from tests.phonebar.sip.phones import Phone, eventually

PASSWORDS = {"100": "onehundred", "200": "twohundred", "201": "two-o-one", "202": "two-o-two"}


@pytest.fixture(scope="module")
def registrar(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kamailio]:
    with kamailio(tmp_path_factory.mktemp("kamailio"), PASSWORDS) as found:
        yield found


@pytest.fixture
def far(registrar: Kamailio, tmp_path: Path) -> Iterator[Linphone]:
    with linphone(tmp_path / "far", "201", PASSWORDS["201"], registrar.domain) as found:
        yield found


@pytest.fixture
def both(registrar: Kamailio) -> Iterator[list[Phone]]:
    """Ours: 100, which may be sent on to 200, and 200."""
    with members(registrar, "100", "200", refer_to=("200",)) as found:
        yield found


@pytest.fixture
def phone(both: list[Phone]) -> Phone:
    return both[0]


def talking(phone: Phone, far: Linphone) -> None:
    phone.line.originate("201")
    far.until("IncomingReceived")
    phone.until("alerting")
    far.ask("answer 1")
    phone.until("active")
    far.until("StreamsRunning")


def test_we_call_hold_retrieve_and_hang_up(phone: Phone, far: Linphone) -> None:
    talking(phone, far)
    phone.line.hold(1)
    phone.until("holding")
    far.until("PausedByRemote")
    phone.line.resume(1)
    phone.until("active")
    far.until("StreamsRunning")
    phone.line.hangup(1)
    far.until("gone")
    phone.until()


def test_it_calls_holds_retrieves_and_hangs_up(phone: Phone, far: Linphone) -> None:
    far.call("100")
    phone.until("incoming")
    assert phone.calls[0].number == "201"
    phone.line.answer()
    phone.until("active")
    far.until("StreamsRunning")
    far.ask("call-pause 1")
    far.until("Paused")
    assert phone.states() == ["active"], "it is the far end that holds"
    far.ask("call-resume 1")
    far.until("StreamsRunning")
    far.ask("terminate 1")
    phone.until("released")
    assert phone.reasons() == ["remote_hangup"]


def test_it_declines(phone: Phone, far: Linphone) -> None:
    phone.line.originate("201")
    far.until("IncomingReceived")
    far.ask("terminate 1")
    phone.until("released")
    assert phone.reasons() == ["rejected"]


def test_we_decline(phone: Phone, far: Linphone) -> None:
    far.call("100")
    phone.until("incoming")
    phone.line.reject(1)
    far.until("gone")


def test_it_is_transferred_without_asking(both: list[Phone], far: Linphone) -> None:
    phone, other = both
    talking(phone, far)
    phone.line.transfer("200", 1)
    other.until("incoming")
    assert other.calls[0].number == "201"
    other.line.answer()
    other.until("active")
    eventually(lambda: phone.reasons() == ["transferred"], lambda: phone.calls)


def test_it_is_transferred_after_asking(
    phone: Phone, far: Linphone, registrar: Kamailio, tmp_path: Path
) -> None:
    """REFER with Replaces, between two that no one here wrote."""
    with linphone(tmp_path / "other", "202", PASSWORDS["202"], registrar.domain) as other:
        talking(phone, far)
        phone.line.originate("202")
        other.until("IncomingReceived")
        other.ask("answer 1")
        phone.until("holding", "active")
        other.until("StreamsRunning")
        phone.line.attended_transfer(2, 1)
        eventually(lambda: phone.reasons() == ["transferred"] * 2, lambda: phone.calls)
        far.until("StreamsRunning", 2)
        other.until("StreamsRunning", 2)


def test_it_may_send_us_on(both: list[Phone], far: Linphone, registrar: Kamailio) -> None:
    phone, other = both
    talking(phone, far)
    far.ask(f"call-transfer 1 sip:200@{registrar.domain}")
    other.until("incoming")
    assert other.calls[0].number == "100"
    other.line.answer()
    other.until("active")
    eventually(lambda: "200" in phone.talks_to(), lambda: phone.calls)
