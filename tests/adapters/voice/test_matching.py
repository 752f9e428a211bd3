"""What Whisper wrote becomes what can be meant."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.voice.matching import Matcher
from adapters.voice.recogniser import Expected, Name
from adapters.voice.sound import apart
from adapters.voice.whisper import Written
from assistant.understanding import ACT, ASK

PEOPLE = (Name("John Smith"), Name("Maria Rossi"), Name("Hannah Lee"))
EXPECTED = Expected(intents=("answer", "call", "hangup", "hold"), names=PEOPLE)


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    return Matcher(EXPECTED)


def _best(matcher: Matcher, *texts: str) -> tuple[str, float]:
    hearing = matcher.hearing([Written(text, 0.7, 0.1) for text in texts])
    first = hearing.candidates[0] if hearing.candidates else None
    return (first.text, first.score) if first else ("", 0.0)


@pytest.mark.parametrize("text", ["Call John Smith.", "Hang up.", "please hold the call"])
def test_a_sentence_of_the_grammar_is_kept_as_it_is(matcher: Matcher, text: str) -> None:
    best, score = _best(matcher, text)

    assert best == text.strip(".")
    assert score > ACT


def test_what_only_sounds_like_commands_is_found_but_not_acted_on(matcher: Matcher) -> None:
    hearing = matcher.hearing([Written("Cold John Smith.", 0.7, 0.1)])

    found = [heard.text.lower() for heard in hearing.candidates]
    assert {"call john smith", "hold john smith"} <= {*found}
    assert all(heard.score < ACT for heard in hearing.candidates)


def test_what_is_far_from_every_sentence_is_nothing(matcher: Matcher) -> None:
    hearing = matcher.hearing([Written("the weather was rather cloudy today", 0.9, 0.0)])

    assert all(heard.score < ASK for heard in hearing.candidates)
    assert hearing.none > 0.5


def test_silence_that_was_written_down_is_not_acted_on(matcher: Matcher) -> None:
    hearing = matcher.hearing([Written("hang up", 0.7, 0.95)])

    assert hearing.candidates[0].score < ASK


def test_a_command_that_makes_no_sense_now_is_not_expected() -> None:
    matcher = Matcher(Expected(intents=("answer",), names=PEOPLE))

    assert _best(matcher, "call john smith")[1] < ASK


def test_an_answer_is_found_among_those_that_are_offered() -> None:
    matcher = Matcher(Expected(choices=("John Smith", "Joan Smith-Miller")))

    assert _best(matcher, "Jon Smith.")[0] == "John Smith"


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.text(max_size=30), st.floats(0, 1), st.floats(0, 1)), max_size=3))
def test_scores_and_none_are_one_in_all(said: list[tuple[str, float, float]]) -> None:
    hearing = Matcher(EXPECTED).hearing([Written(*one) for one in said])

    total = sum(heard.score for heard in hearing.candidates)
    assert total + hearing.none == pytest.approx(1.0, abs=0.01)


def test_words_of_one_sound_are_near_and_others_far() -> None:
    assert apart("smith", "smith") == 0
    assert apart("smyth", "smith") < 0.25
    assert apart("cold", "call") < apart("cold", "answer")
