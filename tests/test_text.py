"""Text to tokens."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.text import LONGEST, bare_word, fold, tokens


def texts(said: str) -> list[str]:
    return [token.text for token in tokens(said)]


@pytest.mark.parametrize(
    ("said", "folded"),
    [
        ("Zoë MÜLLER", "zoe muller"),
        ("Groß", "gross"),
        ("Łukasz", "lukasz"),
        ("Seán O’Brien", "sean o'brien"),
    ],
)
def test_letters_are_folded_to_their_base(said: str, folded: str) -> None:
    assert fold(said) == folded


def test_apostrophes_do_not_count_for_the_grammar() -> None:
    assert bare_word("What’s") == "whats"


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("(202) 555-0143", "2025550143"),
        ("+44 20 7946 0112", "+442079460112"),
        ("tel:+12025550130", "+12025550130"),
        ("00.39/06 555", "003906555"),
        ("*97", "*97"),
        ("#21#", "#21#"),
    ],
)
def test_separators_in_numbers_are_dropped_and_nothing_else(said: str, number: str) -> None:
    (token,) = tokens(said)
    assert (token.text, token.number) == (number, True)


def test_words_keep_their_apostrophes_and_how_they_were_written() -> None:
    assert [(t.text, t.raw) for t in tokens("Call Seán O'Brien's")] == [
        ("call", "Call"), ("sean", "Seán"), ("o'brien's", "O'Brien's"),
    ]  # fmt: skip


def test_a_word_that_begins_with_a_digit_is_a_word() -> None:
    assert texts("3way 2nd 12") == ["3way", "2nd", "12"]
    assert [t.number for t in tokens("3way 2nd 12")] == [False, False, True]


def test_slashes_and_commas_separate() -> None:
    assert texts("/call bob, sue") == ["call", "bob", "sue"]
    assert [token.comma for token in tokens("call bob, sue")] == [False, True, False]


def test_an_overlong_text_is_nothing() -> None:
    assert tokens("a " * LONGEST) == ()


@given(st.text(max_size=LONGEST))
def test_every_text_can_be_read(text: str) -> None:
    for token in tokens(text):
        assert token.text
        assert not token.number or set(token.text) <= set("0123456789*#+")


def test_a_letter_that_folds_to_an_elision_leaves_no_empty_word() -> None:
    assert all(token.text for token in tokens("ŉ ńŉ", ("n'",)))
