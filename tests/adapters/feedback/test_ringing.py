"""The ring goes on while a call rings, through real events of a simulated phonebar."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.feedback.queue import Queue
from adapters.feedback.ringing import ringing
from tests.adapters.feedback.test_queue import Loudspeaker
from tests.desk import Desk, desk, eventually


@pytest.fixture
def phone(tmp_path: Path) -> Iterator[Desk]:
    with desk(tmp_path) as made:
        sound = replace(made.config.sound, ring_every=3.0)
        made.assistant.config = replace(made.assistant.config, sound=sound)
        yield made


@pytest.fixture
def speaker() -> Loudspeaker:
    return Loudspeaker()


def last(speaker: Loudspeaker) -> str:
    return speaker.log[-1] if speaker.log else ""


def test_it_rings_until_no_call_rings_any_more(phone: Desk, speaker: Loudspeaker) -> None:
    queue = Queue(speaker, earcons=("ringing",), ring_every=3.0)
    with ringing(phone.assistant, queue):
        phone.ring("200")
        eventually(lambda: last(speaker) == "ring 3")
        phone.ring("201")
        phone.say("answer 200")
        eventually(lambda: len(speaker.log) >= 3)
        assert last(speaker) == "ring 3"
        phone.say("hang up call 2")
        eventually(lambda: last(speaker) == "ring 0")
        phone.ring("202")
        eventually(lambda: last(speaker) == "ring 3")
    assert last(speaker) == "ring 0"
    queue.close()


def test_without_the_setting_or_the_earcon_it_does_not(phone: Desk, speaker: Loudspeaker) -> None:
    phone.assistant.config = replace(
        phone.assistant.config, sound=replace(phone.assistant.config.sound, ring_every=0.0)
    )
    queue = Queue(speaker, earcons=("ringing",), ring_every=0.0)
    with ringing(phone.assistant, queue):
        phone.ring("200")
        phone.assistant.watcher.drain()
    assert speaker.log == []
    silent = Queue(speaker, earcons=("done",), ring_every=3.0)
    silent.ring(True)
    assert speaker.log == ["ring 0"]
    for opened in (queue, silent):
        opened.close()
