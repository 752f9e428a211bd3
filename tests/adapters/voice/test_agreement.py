"""Two engines side by side."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.feedback.mixer import Sound
from adapters.voice.agreement import Both, certain, meaning_in
from adapters.voice.agreement import agreed as agreed_by
from adapters.voice.digit_sounds import DigitSounds
from adapters.voice.recogniser import RATE, Expected, Heard, Hearing
from adapters.voice.whisper import open_whisper
from assistant.settings import VoiceSection
from assistant.understanding import ACT, ASK
from tests.adapters.voice.speech import needs_espeak, silence, spoken

COMMANDS = Expected(intents=("answer", "call", "hangup", "hold"))
SURE = Hearing((Heard("hang up", 0.95),), 0.02, "quick")
DOUBTFUL = Hearing((Heard("hang up", 0.7), Heard("hold", 0.2)), 0.2, "quick")
NOTHING = Hearing((), 1.0, "quick")


MEANING = meaning_in("en")


def agreed(one: Hearing, other: Hearing) -> Hearing:
    return agreed_by(one, other, MEANING)


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


def test_what_both_hear_is_surer_than_either() -> None:
    both = agreed(
        DOUBTFUL, Hearing((Heard("hang it up", 0.4), Heard("hang up", 0.3)), 0.1, "whisper")
    )

    assert both.candidates[0].text == "hang up"
    assert both.candidates[0].score > ACT
    assert both.none == 0.1


def test_what_they_differ_about_is_not_acted_on() -> None:
    other = Hearing((Heard("hold", 0.99),), 0.01, "whisper")

    both = agreed(Hearing((Heard("hang up", 0.99),), 0.01, "quick"), other)

    assert {heard.text for heard in both.candidates} == {"hang up", "hold"}
    assert all(heard.score < ACT for heard in both.candidates)


@pytest.mark.parametrize("other", [SURE, DOUBTFUL])
def test_what_one_hears_alone_is_asked_about_at_most(other: Hearing) -> None:
    for both in (agreed(NOTHING, other), agreed(other, NOTHING)):
        assert all(heard.score < ACT for heard in both.candidates)
        assert both.none == 1.0


def test_what_one_is_sure_of_alone_is_still_asked_about() -> None:
    assert agreed(SURE, NOTHING).candidates[0].score >= ASK


hearings = st.builds(
    lambda texts, top: Hearing(
        tuple(Heard(text, top / (at + 1)) for at, text in enumerate(texts)), 1 - top
    ),
    st.lists(st.sampled_from(["hold", "hang up", "answer", "call 200"]), unique=True, max_size=3),
    st.floats(0, 0.5),
)


@given(hearings, hearings)
def test_scores_stay_scores(one: Hearing, other: Hearing) -> None:
    both = agreed(one, other)

    assert all(0 <= heard.score <= 1 for heard in both.candidates)
    assert 0 <= both.none <= 1
    assert {heard.text for heard in both.candidates} == {
        heard.text for hearing in (one, other) for heard in hearing.candidates
    }
    assert (
        sum(heard.score for heard in both.candidates)
        <= max(sum(heard.score for heard in hearing.candidates) for hearing in (one, other)) + 1
    )


def test_a_sure_command_needs_no_second_hearing_but_a_long_number_does() -> None:
    assert certain(SURE)
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


@needs_espeak
def test_a_doubtful_command_is_heard_by_whisper_too(parts: tuple) -> None:
    whisper, sounds = parts

    heard = _heard(Both(Scripted(DOUBTFUL), whisper, sounds), spoken("hang up"), COMMANDS)

    assert heard.candidates[0].text == "hang up"
    assert heard.candidates[0].score > ACT


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
