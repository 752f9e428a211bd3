"""What is thrown at the telephone's port, and what becomes of it."""

from __future__ import annotations

import os
import socket
import ssl
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

pytest.importorskip("pjsua2", reason="needs the sip extra: pip install phonebar-assistant[sip]")

from tests.phonebar.sip.phones import Phone, connect, eventually, phones
from tests.phonebar.sip.raw import Raw, raw
from tests.phonebar.sip.torture import CORPUS, INVITE, at, mutated

LOOPBACKS = pytest.mark.skipif(sys.platform == "darwin", reason="needs the whole of 127.0.0.0/8")


@pytest.fixture(scope="module")
def talking() -> Iterator[tuple[Phone, Phone]]:
    """Two telephones that talk to each other all the while."""
    with phones({"user": "100", "calls": 1}, {"user": "200", "calls": 0}) as (one, two):
        connect(one, two)
        yield one, two


def still_talks(talking: tuple[Phone, Phone], pid: int | None) -> None:
    one, two = talking
    assert one.backend._telephone.pid == pid
    assert one.backend.standing.restarts == 0
    assert one.states()[0] == two.states()[0] == "active"
    one.line.hold(1)
    eventually(lambda: one.states()[0] == "holding", one.states)
    one.line.resume(1)
    eventually(lambda: one.states()[0] == "active", one.states)


def settle(phone: Phone) -> None:
    """Let what rings from the outside be gone."""

    def alone() -> bool:
        for call in phone.calls[1:]:
            if call.extra["state"] == "incoming":
                phone.line.reject(int(call.session_id))
        return not any(state == "incoming" for state in phone.states())

    eventually(alone, phone.states)


def rings(phone: Phone, far: Raw) -> None:
    """A call comes in and is answered with what its caller hears when nobody wants to talk."""

    def came() -> bool:
        if any(state == "incoming" for state in phone.states()):
            return True
        far.invite()
        time.sleep(0.3)  # the gate counts by the clock: the next try is not to be the same moment
        return False

    eventually(came, phone.states)
    settle(phone)


@LOOPBACKS
def test_a_stranger_never_reaches_the_telephone() -> None:
    with phones({"domain": "127.0.0.1:9"}) as (phone,):
        turned_away: list[tuple[str, str]] = []
        phone.backend._on_turned_away = lambda why, host: turned_away.append((why, host))
        port = phone.backend.standing.port
        with raw(port, "127.0.0.3") as stranger, raw(port) as known:
            for method in ("INVITE", "OPTIONS", "REGISTER"):
                stranger.call_id = method
                stranger.request(method)
            eventually(lambda: turned_away)
            known.invite()
            phone.until("incoming")
            stranger.socket.setblocking(False)
            with pytest.raises(BlockingIOError):
                stranger.socket.recv(65535)
        assert turned_away == [("stranger", "127.0.0.3")]


@LOOPBACKS
def test_a_network_of_the_settings_may_call() -> None:
    account = {"domain": "127.0.0.1:9", "sources": ("127.0.0.2/31",)}
    with phones(account) as (phone,), raw(phone.backend.standing.port, "127.0.0.3") as far:
        far.invite()
        phone.until("incoming")


@LOOPBACKS
def test_without_a_gate_the_stack_itself_turns_strangers_away() -> None:
    account = {"domain": "127.0.0.1:9", "gate": False, "bind": "127.0.0.1"}
    with phones(account) as (phone,):
        port = phone.backend.standing.port
        with raw(port, "127.0.0.3") as stranger, raw(port) as known:
            stranger.invite()
            assert stranger.final("INVITE") in {421, 488}
            known.invite()
            phone.until("incoming")


def test_with_tls_a_stranger_gets_as_far_as_no_message() -> None:
    with phones({"domain": "127.0.0.1:9", "transport": "tls"}) as (phone,):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        with (
            socket.create_connection(("127.0.0.1", phone.backend.standing.port)) as stream,
            pytest.raises(OSError, match=r"SSL|reset|EOF"),
        ):
            context.wrap_socket(stream)


def test_a_flood_of_calls_leaves_the_one_that_is_up_alone(talking: tuple[Phone, Phone]) -> None:
    one, _ = talking
    pid, port = one.backend._telephone.pid, one.backend.standing.port
    with raw(port) as far:
        began = time.monotonic()
        for number in range(600):
            invite = at(INVITE, "127.0.0.1", port, int(far.here.partition(":")[2]), number)
            far.send(invite)
            far.send(invite.replace(b"INVITE", b"CANCEL"))
            one.line.calls()
            time.sleep(max(0.0, began + number / 300 - time.monotonic()))
        settle(one)
        rings(one, far)
    still_talks(talking, pid)


def test_messages_as_no_telephone_sends_them_break_nothing(talking: tuple[Phone, Phone]) -> None:
    one, _ = talking
    pid, port = one.backend._telephone.pid, one.backend.standing.port
    with raw(port) as far:
        for number, message in enumerate(CORPUS.values(), 1000):
            far.send(at(message, "127.0.0.1", port, int(far.here.partition(":")[2]), number))
            settle(one)
        rings(one, far)
    still_talks(talking, pid)


def test_messages_that_are_nearly_right_break_nothing(talking: tuple[Phone, Phone]) -> None:
    one, _ = talking
    pid, port = one.backend._telephone.pid, one.backend.standing.port
    with raw(port) as far:
        here = int(far.here.partition(":")[2])

        @settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
        @given(mutated())
        def throw(message: bytes) -> None:
            throw.count = count = getattr(throw, "count", 10_000) + 1  # type: ignore[attr-defined]
            far.send(at(message, "127.0.0.1", port, here, count))

        throw()
        settle(one)
        rings(one, far)
    still_talks(talking, pid)


def test_nobody_makes_the_telephone_dial_or_takes_a_call_over() -> None:
    """REFER (RFC 3515) and Replaces (RFC 3891), from whom it talks to and from others."""
    with phones({"domain": "127.0.0.1:9"}) as (phone,):
        port = phone.backend.standing.port
        with raw(port) as far, raw(port) as other:
            far.invite()
            phone.until("incoming")
            phone.line.answer()
            far.picked_up()
            phone.until("active")
            refer = f"Refer-To: <sip:900@{other.here}>"
            far.request("REFER", refer, "Referred-By: <sip:900@127.0.0.1>")
            assert far.final("REFER") == 603
            other.call_id = "outside"
            other.request("REFER", refer)
            other.request("OPTIONS")
            assert other.final("OPTIONS") == 200
            other.invite(f"Replaces: {far.call_id};from-tag=raw;to-tag={far.to}")
            assert other.final("INVITE") == 403
            assert phone.states() == ["active"]
            far.request("BYE")
            assert far.final("BYE") == 200
            phone.until("released")
        assert not [line for line in far.seen + other.seen if line.startswith("INVITE")]


def test_a_gate_that_is_killed_is_replaced_and_its_calls_are_told_as_lost() -> None:
    psutil = pytest.importorskip("psutil")
    with phones({"user": "100", "calls": 1}, {"user": "200", "calls": 0}) as (one, two):
        connect(one, two)
        (gate,) = psutil.Process(one.backend._telephone.pid).children()
        gate.kill()
        one.until("released")
        assert one.reasons() == ["telephone_lost"]
        assert one.backend.wait(lambda standing: standing.up and standing.restarts == 1, 15)
        two.line.hangup_all()
        two.until()
        one.line.originate("200")
        two.until("incoming")


def test_the_password_is_in_no_list_of_processes() -> None:
    psutil = pytest.importorskip("psutil")
    with phones({"domain": "127.0.0.1:9", "user": "100", "password": "Ooh-secret-9"}) as (phone,):
        child = psutil.Process(phone.backend._telephone.pid)
        everything = [child, *child.children(recursive=True)]
        assert len(everything) == 2
        for process in everything:
            assert "Ooh-secret-9" not in " ".join(process.cmdline())
            assert "Ooh-secret-9" not in " ".join(process.environ().values())
            assert not list(Path(process.cwd()).glob(f"core.{os.getpid()}"))
