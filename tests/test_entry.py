"""A number or a name on its way: pieces, corrections, and what cannot be."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.entry import NAME, Edit, Entry, EntryError, read_entry
from phonebar.protocol import is_number

Edits = list[Edit]


@pytest.mark.parametrize(
    ("edits", "pieces"),
    [
        ([("add", "202"), ("add", "555")], ("202", "555")),
        ([("add", "202"), ("replace", "5")], ("205",)),
        ([("add", "202"), ("replace", "303")], ("303",)),
        ([("add", "+44"), ("add", "20"), ("replace", "7946")], ("+44", "7946")),
        ([("replace", "5")], ("5",)),
        ([("add", "202"), ("add", "5"), ("take_back", "")], ("202",)),
        ([("add", "202"), ("add", "5"), ("start_over", ""), ("add", "7")], ("7",)),
        ([("add", "202"), ("read_back", ""), ("finish", "")], ("202",)),
    ],
)
def test_edits(edits: Edits, pieces: tuple[str, ...]) -> None:
    assert Entry().edited(edits).pieces == pieces


@pytest.mark.parametrize(
    ("pieces", "edits", "message"),
    [
        ((), [("take_back", "")], "entry_nothing_number"),
        (("2",), [("take_back", ""), ("take_back", "")], "entry_nothing_number"),
        (("2",), [("add", "+")], "entry_plus_inside"),
        (("2", "3"), [("replace", "+39")], "entry_plus_inside"),
        (("2" * 30,), [("add", "345")], "entry_too_long_number"),
    ],
)
def test_what_cannot_be(pieces: tuple[str, ...], edits: Edits, message: str) -> None:
    with pytest.raises(EntryError) as error:
        Entry(pieces=pieces).edited(edits)
    assert error.value.message == message


def test_a_name_is_not_endless() -> None:
    with pytest.raises(EntryError, match="entry_too_long_name"):
        Entry(NAME, pieces=("ab" * 30,)).edited([("add", "c")])


DIGITS = st.text("0123456789*#+", min_size=1, max_size=12)
EDITS = st.one_of(
    st.tuples(st.sampled_from(["add", "replace"]), DIGITS),
    st.tuples(st.sampled_from(["take_back", "start_over", "read_back", "finish"]), st.just("")),
)


@given(st.lists(EDITS, max_size=20))
def test_whatever_is_said_it_is_empty_or_can_be_dialled(edits: Edits) -> None:
    entry = Entry()
    for edit in edits:
        before = entry
        try:
            entry = entry.edited([edit])
        except EntryError:
            assert entry == before
        assert entry.text in {"", "+"} or is_number(entry.text)
        assert read_entry(asdict(entry)) == entry


@pytest.mark.parametrize(
    "kept",
    [
        {"pieces": ["2a"]},
        {"pieces": ["2", "+3"]},
        {"kind": "song"},
        {"kind": "name", "pieces": ["a1"]},
        {"expires": "soon"},
        {"mood": "good"},
    ],
)
def test_what_is_no_entry_is_not_taken_for_one(kept: dict[str, Any]) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        read_entry({**asdict(Entry()), **kept})
