"""A call that was hung up, or that nobody could dial in time, is dialled by nobody afterwards."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import closing

import pytest

pytest.importorskip("pjsua2", reason="needs the sip extra: pip install phonebar-assistant[sip]")

import psutil

from phonebar.sip import backend
from tests.phonebar.sip.phones import PATIENCE, Phone, eventually, phones

AGAIN = 1.2
"""Seconds in which an INVITE without an answer is sent again (RFC 3261 section 17.1.1.2: 0.5)."""


@pytest.fixture
def silent() -> Iterator[socket.socket]:
    """A server that answers nothing."""
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as found:
        found.bind(("127.0.0.1", 0))
        found.settimeout(PATIENCE)
        yield found


@pytest.fixture
def phone(silent: socket.socket) -> Iterator[Phone]:
    with phones({"domain": f"127.0.0.1:{silent.getsockname()[1]}"}) as (found,):
        yield found


def hears_no_invite(server: socket.socket) -> bool:
    server.settimeout(AGAIN)
    try:
        return not server.recv(65535).startswith(b"INVITE")
    except TimeoutError:
        return True


def test_a_call_that_was_hung_up_before_any_answer_is_not_tried_again(
    phone: Phone, silent: socket.socket
) -> None:
    phone.line.originate("200")
    assert silent.recv(65535).startswith(b"INVITE")
    phone.line.hangup(1)
    phone.until()
    assert hears_no_invite(silent)


def test_without_a_hang_up_it_is_tried_again(phone: Phone, silent: socket.socket) -> None:
    phone.line.originate("200")
    assert silent.recv(65535).startswith(b"INVITE")
    assert not hears_no_invite(silent)


def test_a_telephone_that_was_held_up_dials_nobody_late(
    phone: Phone, silent: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backend, "PLACE_SECONDS", 0.1)
    telephone = psutil.Process(phone.backend._telephone.pid)
    telephone.suspend()
    phone.line.originate("200")
    late = time.time() + 0.2
    eventually(lambda: time.time() > late)
    telephone.resume()
    phone.until()
    assert hears_no_invite(silent)
    assert phone.reasons() == []


def test_what_was_hung_up_while_the_telephone_was_held_up_is_not_dialled(
    phone: Phone, silent: socket.socket
) -> None:
    telephone = psutil.Process(phone.backend._telephone.pid)
    telephone.suspend()
    phone.line.originate("200")
    phone.line.hangup(1)
    telephone.resume()
    phone.until()
    assert hears_no_invite(silent)
    assert phone.backend.standing.restarts == 0
