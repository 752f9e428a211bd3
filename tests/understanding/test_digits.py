"""Numbers in words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.language import load_language
from assistant.text import tokens
from assistant.understanding.digits import NumberWords

ENGLISH = NumberWords.read("en", load_language("en").data["numbers"])
NAMES = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]


def read(said: str) -> str | None:
    found = ENGLISH.read_at(tokens(said), 0)
    return found[1] if found else None


@pytest.mark.parametrize(
    ("said", "digits"),
    [
        ("one two four nine", "1249"),
        ("oh seven double seven one", "07771"),
        ("triple zero", "000"),
        ("plus four four two oh", "+4420"),
        ("star nine seven", "*97"),
        ("hash two one hash", "#21#"),
        ("two hundred", "200"),
        ("two hundred and five", "205"),
        ("two hundred and twenty five", "225"),
        ("five five five twenty three forty", "5552340"),
        ("fifteen oh nine", "1509"),
        ("extension two oh four", "204"),
        ("555 double 4", "55544"),
        ("twenty", "20"),
        ("five o five", "505"),
        ("two hundred five", "205"),
        ("twelve hundred", "1200"),
        ("nineteen eighty four", "1984"),
    ],
)
def test_numbers_as_they_are_said(said: str, digits: str) -> None:
    assert read(said) == digits


@pytest.mark.parametrize(
    "said", ["", "maria", "extension", "plus", "double maria", "double", "o 655"]
)
def test_what_is_no_number(said: str) -> None:
    assert read(said) is None


def test_a_digit_may_have_a_name_of_several_words() -> None:
    portuguese = NumberWords.read("pt", load_language("pt").data["numbers"])
    found = portuguese.read_at(tokens("estrela dois um jogo da velha"), 0)
    assert found == (6, "*21#")


def test_a_plus_stands_first_only() -> None:
    assert read("one plus two") is None


def test_it_ends_where_the_number_ends() -> None:
    found = ENGLISH.read_at(tokens("one two to sales"), 0)
    assert found == (2, "12")


@given(st.text("0123456789", min_size=1, max_size=20))
def test_digits_said_one_by_one_are_kept_one_by_one(digits: str) -> None:
    assert read(" ".join(NAMES[int(digit)] for digit in digits)) == digits


@pytest.mark.parametrize(("said", "digits"), [("x204", "204"), ("ext12", "12"), ("ext x7", "7")])
def test_the_word_for_an_extension_may_stand_right_before_its_figures(
    said: str, digits: str
) -> None:
    assert read(said) == digits


def test_another_word_right_before_figures_is_no_number() -> None:
    assert read("b204") is None


def test_a_repeated_digit_may_be_in_figures_but_is_one_digit() -> None:
    assert read("triple 5") == "555"
    assert read("double 20") is None


def test_a_zero_begins_no_group() -> None:
    assert read("zero twenty three") == "023"


@pytest.mark.parametrize(
    ("said", "digits"), [("eight hundred five five five", "800555"), ("two hundred five", "205")]
)
def test_digits_after_a_hundred_are_in_it_only_if_no_more_follow(said: str, digits: str) -> None:
    assert read(said) == digits


def test_a_number_in_the_middle_of_a_sentence() -> None:
    assert ENGLISH.read_at(tokens("call two oh four please"), 1) == (4, "204")


def test_no_number_begins_after_the_end() -> None:
    assert ENGLISH.read_at(tokens("two"), 1) is None


@given(st.text(max_size=40), st.integers(0, 8))
def test_a_number_ends_in_the_text_and_has_only_what_can_be_dialled(said: str, start: int) -> None:
    there = tokens(said)
    found = ENGLISH.read_at(there, min(start, len(there)))
    if found is not None:
        assert start < found[0] <= len(there)
        assert set(found[1]) <= set("+0123456789*#")
