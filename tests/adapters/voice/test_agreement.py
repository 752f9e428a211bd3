"""Two engines side by side."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pytest

from adapters.feedback.mixer import Sound
from adapters.voice.agreement import Both, alone, certain
from adapters.voice.digit_sounds import DigitSounds
from adapters.voice.recogniser import RATE, Expected, Heard, Hearing
from adapters.voice.whisper import open_whisper
from assistant.settings import VoiceSection
from assistant.understanding import ACT, ASK
from tests.adapters.voice.speech import needs_espeak, silence, spoken
from tests.desk import eventually

COMMANDS = Expected(intents=("answer", "call", "hangup", "hold"))
SURE = Hearing((Heard("hang up", 0.95),), 0.02, "quick")
DOUBTFUL = Hearing((Heard("hang up", 0.6), Heard("hold", 0.2)), 0.2, "quick")
NOTHING = Hearing((), 1.0, "quick")


@dataclass
class Scripted:
    """An engine that hears what it is told."""

    hearing: Hearing
    name: str = "quick"
    fed: list[int] = field(default_factory=list)

    def prepare(self, expected: Expected) -> None:
        del expected

    def listen(self, expected: Expected) -> Scripted:
        del expected
        return self

    def feed(self, samples: Sound) -> None:
        self.fed.append(len(samples))

    def finish(self) -> Hearing:
        return self.hearing


def test_what_one_hears_alone_is_asked_about_at_most() -> None:
    assert alone(SURE).candidates[0].score >= ASK
    for hearing in (SURE, DOUBTFUL):
        only = alone(hearing)
        assert all(heard.score < ACT for heard in only.candidates)
        assert only.none > hearing.none


def test_a_sure_command_needs_no_second_hearing_but_a_long_number_does() -> None:
    assert certain(SURE)
    assert certain(NOTHING)
    assert not certain(Hearing((Heard("hold", 0.9),), 0.1)), "it may have been help"
    assert not certain(DOUBTFUL)
    assert not certain(Hearing((Heard("call 02079460958", 0.99),), 0.0))
    assert certain(Hearing((Heard("hang up call 2", 0.99),), 0.0))


@pytest.fixture(scope="module")
def parts() -> tuple[object, DigitSounds]:
    pytest.importorskip("faster_whisper", reason="pip install faster-whisper")
    pytest.importorskip("hama", reason="pip install hama==1.7.0")
    return open_whisper(VoiceSection()), DigitSounds()


def _heard(engine: Both, said: Sound, expected: Expected) -> Hearing:
    listener = engine.listen(expected)
    for start in range(0, len(said), RATE // 10):
        listener.feed(said[start : start + RATE // 10])
    return listener.finish()


def test_a_sure_command_does_not_wait_for_whisper(parts: tuple) -> None:
    whisper, sounds = parts
    quick = Scripted(SURE)

    heard = _heard(Both(quick, whisper, sounds), silence(0.5), COMMANDS)

    assert heard.candidates == SURE.candidates
    assert sum(quick.fed) == RATE // 2
    assert not whisper._models, "Whisper was loaded for nothing"


class Watched(Both):
    """Tells how much it has been asked to judge, and when it has."""

    def __init__(self, parts: tuple) -> None:
        super().__init__(Scripted(DOUBTFUL), *parts)
        self.asked: list[int] = []
        self.told: list[Hearing] = []

    def judged(self, quick: Hearing | None, samples: Sound, expected: Expected) -> Hearing:
        self.asked.append(len(samples))
        heard = super().judged(quick, samples, expected)
        self.told.append(heard)
        return heard


@needs_espeak
def test_what_was_said_is_judged_while_it_is_quiet_afterwards(parts: tuple) -> None:
    engine = Watched(parts)
    listener = engine.listen(COMMANDS)

    for piece in (spoken("hang up"), *[silence(0.1)] * 4):
        listener.feed(piece)

    eventually(lambda: engine.told)
    assert listener.finish() == engine.told[0]
    assert len(engine.asked) == 1
    assert engine.told[0].candidates[0].text == "hang up"


@needs_espeak
def test_what_follows_a_pause_counts_too(parts: tuple) -> None:
    engine = Watched(parts)
    listener = engine.listen(COMMANDS)
    pieces = (spoken("call"), *[silence(0.1)] * 4, spoken("John Smith"))

    for piece in pieces:
        listener.feed(piece)

    assert listener.finish() == engine.told[-1]
    assert engine.asked[-1] == sum(map(len, pieces))


@needs_espeak
def test_a_doubtful_command_is_heard_by_whisper_too(parts: tuple) -> None:
    whisper, sounds = parts

    heard = _heard(Both(Scripted(DOUBTFUL), whisper, sounds), spoken("hang up"), COMMANDS)

    assert heard.candidates[0].text == "hang up"
    assert heard.candidates[0].score > ACT


@needs_espeak
def test_what_whisper_hears_otherwise_is_not_acted_on(parts: tuple) -> None:
    whisper, sounds = parts

    heard = _heard(Both(Scripted(DOUBTFUL), whisper, sounds), spoken("the printer"), COMMANDS)

    assert all(one.score < ASK for one in heard.candidates)
    assert heard.none > ASK


@needs_espeak
@pytest.mark.parametrize(
    ("said", "number"),
    [("zero, two, zero, seven, nine, four", "020794"), ("six, six, zero, five", "6605")],
)
def test_a_number_is_heard_by_both(parts: tuple, said: str, number: str) -> None:
    whisper, sounds = parts

    heard = _heard(Both(Scripted(NOTHING), whisper, sounds), spoken(said), Expected(digits=True))

    assert [one.text for one in heard.candidates] == [number]


@needs_espeak
def test_a_sentence_is_no_number(parts: tuple) -> None:
    whisper, sounds = parts
    said = spoken("the weather in London was rather cloudy this morning")

    heard = _heard(Both(Scripted(NOTHING), whisper, sounds), said, Expected(digits=True))

    assert heard.candidates == ()


def test_no_sound_is_no_number(parts: tuple) -> None:
    whisper, sounds = parts
    both = Both(Scripted(NOTHING), whisper, sounds)

    assert both.listen(Expected(digits=True)).finish() == Hearing((), 1.0, "both")
    assert _heard(both, np.zeros(RATE, np.float32), Expected(digits=True)).candidates == ()


CANCEL = Hearing((Heard("cancel", 0.9), Heard("7", 0.05)), 0.05, "quick")


@needs_espeak
@pytest.mark.parametrize("said", ["cancel", "finished", "no"])
def test_what_ends_a_number_is_heard_while_it_is_given(parts: tuple, said: str) -> None:
    whisper, sounds = parts
    quick = Scripted(Hearing((Heard(said, 0.9),), 0.05, "quick"))

    heard = _heard(Both(quick, whisper, sounds), spoken(said), Expected(digits=True))

    assert [one.text for one in heard.candidates] == [said]


@needs_espeak
def test_digits_are_no_word_whatever_the_quick_engine_hears(parts: tuple) -> None:
    whisper, sounds = parts
    said = spoken("six, six, zero, five")

    heard = _heard(Both(Scripted(CANCEL), whisper, sounds), said, Expected(digits=True))

    assert [one.text for one in heard.candidates] == ["6605"]
