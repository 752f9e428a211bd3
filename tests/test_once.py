"""Each command once: alone, looked up after a crash, answered once however often it is asked."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest
from filelock import Timeout

from assistant.contract import Utterance
from assistant.once import Once
from tests.desk import Desk, desk, eventually


@pytest.fixture
def once(phone: Desk) -> Once:
    return phone.assistant._once


def is_free(once: Once) -> bool:
    try:
        with once.alone(time.time() - 1):
            return True
    except Timeout:
        return False


def test_nobody_else_is_at_work_meanwhile(once: Once) -> None:
    with once.alone(time.time() + 5):
        assert not is_free(once)
    assert is_free(once)


def test_another_process_is_kept_out_too(once: Once, tmp_path: Path) -> None:
    with desk(tmp_path) as other, once.alone(time.time() + 5):
        assert not is_free(other.assistant._once)


def test_whoever_waits_gets_their_turn_when_it_is_free(once: Once) -> None:
    order: list[str] = []

    def second() -> None:
        with once.alone(time.time() + 5):
            order.append("second")

    thread = threading.Thread(target=second)
    with once.alone(time.time() + 5):
        thread.start()
        order.append("first")
    thread.join(5)
    assert order == ["first", "second"]


def test_what_was_received_and_never_sent_is_told_as_not_done_once(phone: Desk, once: Once) -> None:
    now = time.time()
    phone.assistant.journal.claim(
        "lost", Utterance("call 200", surface="cli"), "call 200", now=now - 60, deadline=now - 50
    )
    with once.alone(time.time() + 5):
        once.recover()
    (text, _), *more = once.notices()
    assert "call 200" in text
    assert more == []
    assert once.notices() == ()
    assert phone.deeds() == []


def test_a_duplicate_of_a_command_that_died_is_told_what_became_of_it(
    phone: Desk, once: Once
) -> None:
    now = time.time()
    said = Utterance("call 200", surface="cli", id="lost")
    phone.assistant.journal.claim("lost", said, said.text, now=now - 60, deadline=now - 50)
    reply = phone.assistant.handle(said)
    assert reply.status == "failed"
    assert phone.deeds() == []


def test_a_duplicate_waits_for_the_first_ones_reply(phone: Desk, once: Once) -> None:
    said = Utterance("call 200", surface="cli", id="slow")
    replies: list[str] = []
    threads = [
        threading.Thread(target=lambda: replies.append(phone.assistant.handle(said).text))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    eventually(lambda: len(replies) == len(threads))
    assert len(set(replies)) == 1
    assert len(phone.deeds()) == 1
