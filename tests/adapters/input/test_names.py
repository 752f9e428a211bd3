"""The names of keys: what people write for them, and what is suggested when it is wrong."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.input.names import (
    _ALIASES,
    MODIFIERS,
    NAMES,
    PRESSED,
    SIDED,
    canonical,
    covers,
    nearest,
)


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("F8", "f8"),
        ("Page Up", "page_up"),
        ("KP-1", "kp_1"),
        (" esc ", "escape"),
        ("Return", "enter"),
        ("control", "ctrl"),
        ("cmd_r", "super_r"),
        ("right alt", "alt_r"),
        ("alt_left", "alt_l"),
        ("-", "minus"),
        ("[", "bracket_left"),
        ("5", "5"),
        ("numpad5", "kp_5"),
        ("Middle Click", "mouse_middle"),
        ("button_3", "joy_3"),
        ("play/pause", None),
        ("f25", None),
        ("joy_33", None),
        ("", None),
        ("я", None),
    ],
)
def test_what_people_write_is_the_key_they_mean(written: str, name: str | None) -> None:
    assert canonical(written) == name


@pytest.mark.parametrize("name", sorted(NAMES))
def test_a_name_means_itself_however_it_is_written(name: str) -> None:
    assert canonical(name) == canonical(name.upper()) == canonical(name.replace("_", " ")) == name


def test_an_alias_leads_to_a_name_and_hides_none() -> None:
    assert set(_ALIASES.values()) <= NAMES
    assert not set(_ALIASES) & NAMES


@pytest.mark.parametrize(
    ("written", "name"),
    [("f88", "f8"), ("escpe", "escape"), ("mouse_midle", "mouse_middle"), ("qqqqqqqq", None)],
)
def test_a_wrong_name_has_a_nearest_one(written: str, name: str | None) -> None:
    assert nearest(written) == name


@given(st.text(max_size=30))
def test_whatever_is_written_gives_a_name_or_none(written: str) -> None:
    assert canonical(written) in {None, *NAMES}
    assert nearest(written) in {None, *NAMES}


def test_a_modifier_stands_for_both_sides_and_every_other_name_for_itself() -> None:
    assert covers("ctrl") == {"ctrl_l", "ctrl_r"}
    assert covers("ctrl_l") == {"ctrl_l"}
    assert covers("a") == {"a"}
    assert frozenset().union(*map(covers, NAMES)) == PRESSED
    assert set(SIDED) | MODIFIERS <= NAMES
