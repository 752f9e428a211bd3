"""The edges of what a telephone does: the fifth call, callers who give up, callers sent away."""

from __future__ import annotations

from contextlib import ExitStack

import pytest

pytest.importorskip("pjsua2", reason="needs the sip extra: pip install phonebar-assistant[sip]")

from tests.phonebar.sip.phones import phones
from tests.phonebar.sip.raw import raw


def test_a_fifth_call_finds_us_busy_and_disturbs_none_of_the_four() -> None:
    with phones({"domain": "127.0.0.1:9"}) as (phone,), ExitStack() as stack:
        port = phone.backend.standing.port
        callers = [stack.enter_context(raw(port)) for _ in range(5)]
        callers[0].invite()
        phone.until("incoming")
        phone.line.answer()
        callers[0].picked_up()
        for count, caller in enumerate(callers[1:4], 1):
            caller.invite()
            phone.until("active", *["incoming"] * count)
        callers[4].invite()
        assert callers[4].final("INVITE") == 486
        assert phone.states() == ["active", "incoming", "incoming", "incoming"]


def test_who_is_deflected_is_told_where_to_call() -> None:
    with phones({"domain": "127.0.0.1:9"}) as (phone,):
        with raw(phone.backend.standing.port) as caller:
            caller.invite()
            phone.until("incoming")
            phone.line.deflect(1, "555")
            assert caller.final("INVITE") == 302
            assert "\r\nContact: <sip:555@127.0.0.1:9>\r\n" in caller.latest
        phone.until("released")


def test_a_caller_who_gives_up_while_another_call_is_up_leaves_that_alone() -> None:
    with phones({"domain": "127.0.0.1:9"}) as (phone,):
        port = phone.backend.standing.port
        with raw(port) as first, raw(port) as second:
            first.invite()
            phone.until("incoming")
            phone.line.answer()
            first.picked_up()
            second.invite()
            phone.until("active", "incoming")
            second.cancel()
            phone.until("active", "released")
            assert phone.reasons() == [None, "missed"]
            second.invite()
            phone.until("active", "released", "incoming")
            first.request("BYE")
            assert first.final("BYE") == 200
            phone.until("released", "released", "incoming")
            phone.line.answer()
            second.picked_up()
            phone.until("released", "released", "active")
