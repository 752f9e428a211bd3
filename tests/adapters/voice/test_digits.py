"""A number of which two models judge."""

from __future__ import annotations

import functools
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.voice.digit_sounds import WORDS, DigitSounds, Evidence
from adapters.voice.digits import Judged, confidence, digits, judged, neighbours, signs
from tests.adapters.voice.speech import needs_espeak, silence, spoken

pytest.importorskip("hama", reason="pip install hama==1.7.0")


@functools.cache
def _evidence(sounds: DigitSounds) -> Evidence:
    return sounds.evidence(spoken("seven, four, two"))


strings = st.text(alphabet="".join(WORDS), min_size=1, max_size=8)


@pytest.fixture(scope="module")
def sounds() -> DigitSounds:
    return DigitSounds()


@needs_espeak
@pytest.mark.parametrize(("text", "number"), [("seven, four, two", "742"), ("nine, six", "96")])
def test_the_sounds_of_digits_are_found(sounds: DigitSounds, text: str, number: str) -> None:
    assert sounds.evidence(spoken(text)).best() == number


def test_silence_has_no_digits(sounds: DigitSounds) -> None:
    assert sounds.evidence(silence(1.0)).best() == ""


@needs_espeak
@settings(max_examples=30, deadline=None)
@given(strings)
def test_no_string_is_likelier_than_what_was_said(sounds: DigitSounds, other: str) -> None:
    evidence = _evidence(sounds)

    right, wrong = evidence.scores(["742", other])

    assert right > wrong or other == "742"


@settings(max_examples=30, deadline=None)
@given(strings)
def test_a_string_scores_the_same_in_whatever_company(sounds: DigitSounds, other: str) -> None:
    rng = np.random.default_rng(3)
    evidence = sounds.judged(rng.dirichlet(np.ones(191), 60).astype(np.float32))

    assert evidence.scores(["12"])[0] == evidence.scores([other, "12"])[1]


@given(strings)
def test_neighbours_differ_in_one_word(string: str) -> None:
    for other in neighbours(string):
        assert other != string
        assert abs(len(other) - len(string)) <= 1


@pytest.mark.parametrize(
    ("said", "number"), [("d5o", "550"), ("t7", "777"), ("2o2", "202"), ("44", "44")]
)
def test_words_are_digits(said: str, number: str) -> None:
    assert digits(said) == number


def test_figures_and_words_are_the_same_signs() -> None:
    assert signs("two 0 oh double four and".split()) == "20od4"


@needs_espeak
def test_the_model_of_sounds_finds_what_whisper_left_out(sounds: DigitSounds) -> None:
    asked: list[str] = []

    def fits(texts: Sequence[str]) -> list[float]:
        asked.extend(texts)
        return [0.0 if text == "seven seven two" else -9.0 for text in texts]

    found = judged("72", sounds.evidence(spoken("seven, seven, two")), fits)

    assert found[0].digits == "772"
    assert "seven two" in asked


@needs_espeak
def test_nothing_shorter_than_what_was_counted_is_taken(sounds: DigitSounds) -> None:
    found = judged("7", sounds.evidence(spoken("seven")), lambda texts: [0.0] * len(texts), 2)

    assert all(len(one.signs) >= 2 for one in found)


def test_two_that_are_as_likely_are_not_sure() -> None:
    same = [Judged("12", -10, -1), Judged("13", -10, -1)]

    assert confidence(same) < 0.5
    assert confidence([Judged("12", -10, -1), Judged("13", -40, -1)]) > 0.9
    assert confidence([]) == 0


def test_one_number_in_other_words_is_no_doubt() -> None:
    assert confidence([Judged("10", -10, -1), Judged("1o", -10, -1)]) > 0.9
