"""Misspelled words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from assistant.understanding.spelling import is_nearly, most_wrong_letters


def wrong_letters(text: str, word: str) -> int | None:
    """How many there are; None when there may not be so many."""
    wrong: int = OSA.distance(text, word)
    return wrong if wrong <= most_wrong_letters(text, word) else None


LETTERS = st.text("abcdefghijklmnopqrstuvwxyz", min_size=2, max_size=12)


@pytest.mark.parametrize(
    ("text", "word", "wrong"),
    [
        ("cal", "call", 1), ("hodl", "hold", 1), ("trasnfer", "transfer", 1),
        ("tarnsfre", "transfer", 2), ("anser", "answer", 1), ("ot", "to", 1), ("too", "to", 1),
    ],
)  # fmt: skip
def test_few_wrong_letters_are_counted(text: str, word: str, wrong: int) -> None:
    assert wrong_letters(text, word) == wrong


@pytest.mark.parametrize(("text", "word"), [("tp", "to"), ("yo", "to"), ("uo", "up"), ("ob", "on")])
def test_of_two_letters_one_may_be_the_key_beside(text: str, word: str) -> None:
    assert wrong_letters(text, word) == 1


def test_of_a_word_of_two_letters_the_second_may_be_missing() -> None:
    assert wrong_letters("t", "to") == 1
    assert wrong_letters("o", "to") is None
    assert wrong_letters("hu", "h") is None


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("cc", "cb"), ("ax", "to"), ("o", "to"), ("fond", "hold me"), ("bald", "hold"),
        ("hlld", "call"), ("x", "y"), ("", "to"),
    ],
)  # fmt: skip
def test_too_many_wrong_letters_are_none(text: str, word: str) -> None:
    assert wrong_letters(text, word) is None


@given(LETTERS, LETTERS)
def test_it_does_not_matter_which_of_two_words_is_the_misspelled_one(one: str, two: str) -> None:
    assert wrong_letters(one, two) == wrong_letters(two, one)


@given(LETTERS.filter(lambda word: len(word) > 3), st.data())
def test_one_letter_left_out_of_a_longer_word_is_one_wrong_letter(
    word: str, data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(word) - 1))
    assert wrong_letters(word[:place] + word[place + 1 :], word) == 1


def test_a_slip_beside_an_accent_leaves_it_an_accented_word() -> None:
    assert is_nearly("contsté", {"contesté"})
    assert not is_nearly("contste", {"contesté"})
    assert not is_nearly("contsté", {"llamé"})
