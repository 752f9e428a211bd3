"""Numbers: the same party in two spellings, what logs show, how a voice reads them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.numbers import found_in, grouped, masked, same_number, written


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("+390655501104", "00390655501104", True),
        ("+12025550101", "(202) 555-0101", True),
        ("912025550101", "2025550101", True),
        ("200", "200", True),
        ("200", "1200", False),
        ("5550101", "5550102", False),
        ("", "", False),
        ("*97", "97", False),
    ],
)
def test_spellings_of_a_number(one: str, other: str, same: bool) -> None:
    assert same_number(one, other) is same
    assert same_number(other, one) is same


def test_masking_leaves_the_last_two_digits_of_each_number() -> None:
    text = "call +39 06 5550-1104 or 200, session 12"
    assert masked(text) == "call ******04 or 200, session 12"
    assert masked("John (+12025550102)\n2: Jo") == "John (******02)\n2: Jo"


@given(st.from_regex(r"\+?[0-9*#]{1,20}", fullmatch=True))
def test_reading_aloud_drops_nothing_and_groups_three_or_four(number: str) -> None:
    groups = grouped(number)
    assert "".join(groups) == number
    assert all(len(group) <= 4 for group in groups)


def test_a_lone_last_digit_joins_the_group_before_it() -> None:
    assert grouped("+1202555") == ["+", "120", "2555"]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("(202) 555-0101", "2025550101"),
        ("+39 06/555.0110", "+39065550110"),
        (" *72# ", "*72#"),
        ("", None),
        ("+", None),
        ("john", None),
        ("12+34", None),
        ("٣٤٥", None),
        ("1" * 33, None),
    ],
)
def test_a_written_number_loses_its_separators(text: str, number: str | None) -> None:
    assert written(text) == number


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("call (202) 555-0101 or +39 06 5550110.", ("2025550101", "+39065550110")),
        ("+1 (202) 555-0101", ("+12025550101",)),
        ("5550101, again 555 0101", ("5550101",)),
        ("on 2026-11-24, 24.11.2026 or 24/11/26", ()),
        ("1,234,567.89 or 12345.67 euro", ()),
        ("at 192.168.100.200", ()),
        ("ring 12.34.56.78 or 01.23.45.67.89", ("12345678", "0123456789")),
        ("order A1234567", ()),
        ("in 2026, room 12", ()),
    ],
)
def test_numbers_are_found_in_a_text_and_what_is_none_is_not(
    text: str, numbers: tuple[str, ...]
) -> None:
    assert found_in(text) == numbers
