"""What one engine heard, weighed by the other."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.voice.agreement import meaning_in
from adapters.voice.recogniser import Heard, Hearing
from adapters.voice.weighing import Way, belief, gaps, spellings, unlike, ways, weighed
from assistant.understanding import ACT, ASK

MEANING = meaning_in("en")
HANG_UP = Way("hang up", -0.2, 0.0, 0.0)
HOLD = Way("hold", -1.8, 6.0, 0.9)


def test_what_both_hear_is_acted_on() -> None:
    heard, none = weighed([HANG_UP, HOLD], 0.4, 0.5, MEANING)
    assert heard[0].text == "hang up"
    assert heard[0].score > ACT
    assert none < 1 - ACT


def test_what_whisper_would_hardly_have_written_is_not_believed() -> None:
    said = [Way("please get Kate", -0.1, 19.0, 0.5), Way("please get her", -2.3, 20.0, 0.5)]
    heard, none = weighed(said, 0.2, 0.8, MEANING)
    assert heard[0].score < ASK
    assert none > 1 - ASK


def test_whisper_turns_the_scale_between_two_that_the_other_engine_hears_alike() -> None:
    near = [Way("call Sales", -0.8, 0.5, 0.1), Way("call Susan", -0.6, 9.0, 0.4)]
    assert weighed(near, 0.3, 0.5, MEANING)[0][0].text == "call Sales"


def test_texts_of_one_meaning_count_as_one() -> None:
    same = [HANG_UP, Way("hang it up", -0.3, 0.5, 0.1), HOLD]
    heard, _ = weighed(same, 0.1, 0.5, MEANING)
    assert [one.text for one in heard] == ["hang up", "hold"]


def test_two_that_both_engines_hear_alike_are_asked_about() -> None:
    heard, _ = weighed(
        [HANG_UP, replace(HOLD, share=-0.2, gap=0.0, unlike=0.0)], 0.05, 0.5, MEANING
    )
    assert all(one.score < ACT for one in heard)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("call Sales", ("Call sales", "call sales")),
        ("ring María García", ("Ring maria garcia", "ring maria garcia")),
        ("dial 200", ("Dial 2 0 0", "Dial two zero zero", "Dial 200")),
        ("hang up call 2", ("Hang up call 2", "Hang up call two")),
    ],
)
def test_whisper_may_write_a_sentence_in_several_ways(text: str, written: tuple[str, ...]) -> None:
    assert set(written) <= set(spellings(text, "en"))


def test_a_number_is_spelt_in_the_words_of_its_language() -> None:
    assert "Chiama due zero" in spellings("chiama 20", "it")


def test_the_best_spelling_of_a_sentence_counts() -> None:
    fits = dict.fromkeys(spellings("dial 200", "en"), -20.0) | {"Dial two zero zero": -4.0}
    assert gaps(["dial 200"], fits, -3.0, "en") == [1.0]
    assert gaps(["dial 200"], fits, -9.0, "en") == [0.0]


def test_a_sentence_sounds_like_what_was_written_however_its_number_is_spelt() -> None:
    assert unlike("dial 20", ["Dial two zero."], "en") == 0.0
    assert unlike("ring Hannah", ["Bring Henna.", "bring a tent"], "en") < 0.4
    assert unlike("please take it", ["Please update the ticket."], "en") > 0.4
    assert unlike("hold", [], "en") == 1.0


def test_what_only_whisper_came_upon_is_weighed_too_though_less() -> None:
    quick = Hearing((Heard("call her", 0.3), Heard("call Sue", 0.1)), 0.6, "quick")
    read = Hearing((Heard("call Sales", 0.9), Heard("call Sue", 0.1)), 0.0, "whisper")
    found = dict(ways(quick, read, MEANING))
    assert list(found) == ["call her", "call Sue", "call Sales"]
    assert found["call Sales"] < found["call Sue"] < found["call her"]


sentences = st.lists(
    st.builds(
        Way,
        st.sampled_from(["hold", "hang up", "answer", "call 200", "call Sales"]),
        st.floats(-20, 0),
        st.floats(0, 200),
        st.floats(0, 1),
    ),
    min_size=1,
    max_size=12,
)


@given(sentences, st.floats(0, 1), st.floats(0, 1))
def test_scores_are_likelihoods(said: list[Way], none: float, clear: float) -> None:
    heard, nothing = weighed(said, none, clear, MEANING)
    assert all(0 <= one.score <= 1 for one in heard)
    assert 0 <= nothing <= 1
    assert sum(one.score for one in heard) + nothing == pytest.approx(1)
    assert {one.text for one in heard} <= {way.text for way in said}
    assert [one.score for one in heard] == sorted((one.score for one in heard), reverse=True)


@given(st.floats(0, 30), st.floats(0, 30), st.floats(0, 1), st.floats(0, 1))
def test_the_less_it_fits_the_less_it_is_believed(
    near: float, more: float, none: float, sounds: float
) -> None:
    way = Way("hold it", -0.5, near, sounds)
    assert belief(replace(way, gap=near + more), 0.0, none, 0.5) <= belief(way, 0.0, none, 0.5)
