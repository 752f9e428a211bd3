"""Real calls with telephones that no one here wrote: what is done, and what each of them hears."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("pjsua2", reason="needs the sip extra: pip install phonebar-assistant[sip]")

from tests.phonebar.sip.baresip import Baresip, baresip
from tests.phonebar.sip.hearing import hears
from tests.phonebar.sip.phones import Phone, eventually, phones

ONE, TWO = 440, 1000
"""Hertz: what they say."""


@pytest.fixture
def one(tmp_path: Path) -> Iterator[Baresip]:
    with baresip(tmp_path / "one", "201", ONE, options="regint=0;answermode=auto") as found:
        yield found


@pytest.fixture
def two(tmp_path: Path) -> Iterator[Baresip]:
    with baresip(tmp_path / "two", "202", TWO, options="regint=0;answermode=auto") as found:
        yield found


@pytest.fixture
def phone(one: Baresip) -> Iterator[Phone]:
    """Its numbers are dialled at `one`."""
    with phones({"domain": f"127.0.0.1:{one.port}", "codecs": ("PCMA/8000",)}) as (found,):
        yield found


def test_in_a_conference_one_hears_the_other_and_not_itself(
    phone: Phone, one: Baresip, two: Baresip
) -> None:
    phone.line.originate("201")
    phone.until("active")
    two.command("dial", f"sip:100@127.0.0.1:{phone.backend.standing.port}")
    phone.until("active", "incoming")
    phone.line.answer(2)
    phone.until("holding", "active")
    phone.line.conference()
    phone.until("active", "active")
    two.listen(3)
    phone.line.hangup_all()
    phone.until()
    two.close()
    # baresip 1.0 records no more of a call once that was on hold: only the second can tell.
    (heard,) = two.heard()
    assert [hears(heard, hertz, -1.5) for hertz in (ONE, TWO)] == [True, False]


def test_a_blind_transfer_goes_on_without_us(phone: Phone, one: Baresip, two: Baresip) -> None:
    phone.line.originate("201")
    phone.until("active")
    # The number is dialled at `one`'s address, so it is asked to call itself: it is its only user.
    phone.line.transfer("201", 1)
    eventually(lambda: phone.states() == ["released"] or phone.calls[0].extra.get("transferError"))
    assert (phone.states(), phone.reasons()) == (["released"], ["transferred"])


def test_tones_arrive_at_the_far_end(phone: Phone, one: Baresip) -> None:
    phone.line.originate("201")
    phone.until("active")
    phone.line.dtmf(1, "17#")
    eventually(lambda: len(received(one)) == 3, lambda: one.events)
    assert received(one) == ["1", "7", "#"]


def received(far: Baresip) -> list[str]:
    return [
        event["param"]
        for event in far.events
        if event.get("type") == "CALL_DTMF_START" and event["param"] != "\x04"
    ]
