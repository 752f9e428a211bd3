"""A number and a name given in parts by voice: the grammar engine and the assistant together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from adapters.voice.ctc import open_ctc
from adapters.voice.meaning import expected
from adapters.voice.recogniser import Expected, Recogniser
from assistant.contract import Reply
from assistant.settings import VoiceSection
from tests.adapters.voice.speech import needs_espeak, silence, spoken
from tests.desk import Desk, desk

pytestmark = needs_espeak


@pytest.fixture(scope="module")
def engine() -> Recogniser:
    return open_ctc(VoiceSection())


@pytest.fixture
def phone(tmp_path: Path) -> Iterator[Desk]:
    with desk(tmp_path) as made:
        yield made


def what_can_be_said(phone: Desk) -> Expected:
    """As the session of `phonebar voice` asks for it."""
    can = phone.assistant.expectation("local", "voice")
    known = expected(phone.assistant.directory, "en", can.intents, digits=can.entry == "number")
    letters = phone.assistant.understanding.letters("en") if can.entry == "name" else ()
    return replace(known, choices=can.choices, letters=letters)


def say(phone: Desk, engine: Recogniser, text: str) -> Reply:
    """Speak; what is heard is said to the assistant."""
    listener = engine.listen(what_can_be_said(phone))
    listener.feed(np.concatenate([silence(0.2), spoken(text, "en-us", 140), silence(0.4)]))
    heard = listener.finish().candidates
    assert heard, text
    return phone.say(heard[0].text, surface="voice")


def test_a_number_is_given_corrected_and_called(phone: Desk, engine: Recogniser) -> None:
    assert say(phone, engine, "dial a number").expects == "number"
    assert say(phone, engine, "five five five one two").text == "So far: 55512"
    assert say(phone, engine, "no, five").text == "Now: 55515"
    assert say(phone, engine, "scratch that").text == "Now: nothing"
    assert say(phone, engine, "two oh two").text == "So far: 202"
    assert say(phone, engine, "finished").text.startswith("Call Billing (202)?")
    assert phone.deeds() == []
    assert say(phone, engine, "yes").status == "done"
    assert [deed.number for deed in phone.deeds()] == ["202"]


def test_a_name_is_spelled(phone: Desk, engine: Recogniser) -> None:
    assert say(phone, engine, "spell a name").expects == "name"
    assert say(phone, engine, "sierra mike").text == "So far: SM"
    assert say(phone, engine, "india tango hotel").text == "So far: SMITH"
    assert say(phone, engine, "finished").text.startswith("Call John Smith")
    assert say(phone, engine, "cancel").status == "done"
    assert phone.deeds() == []
