"""What is said while a number or a name is given: all of a sentence is read, or none of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.config import starter
from assistant.directory import Directory
from assistant.entry import NAME, NUMBER
from assistant.language import languages
from assistant.understanding import Understanding

DIRECTORY = Directory.load(starter("contacts.csv"))
EVERY = {code: Understanding((code,), DIRECTORY) for code in languages()}


def edits(said: str, kind: str = NUMBER, code: str = "en") -> str:
    found = EVERY[code].parse_edits(said, kind).slots.get("edits", ())
    return " ".join(f"{edit}:{text}" if text else edit for edit, text in found)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("two oh two", "add:202"),
        ("o 5 5", "add:055"),
        ("to for ate", "add:248"),
        ("plus three nine", "add:+39"),
        ("double five, triple oh", "add:55000"),
        ("twenty three hundred", "add:2300"),
        ("okay then it's, um, five", ""),
        ("okay, five please", "add:5"),
        ("extension two", "add:2"),
        ("no, five", "replace:5"),
        ("five five six, no, five", "add:556 replace:5"),
        ("sorry, I mean to", "replace:2"),
        ("sorry, two", "replace:2"),
        ("scratch that", "take_back"),
        ("scrach that", "take_back"),
        ("scratch that, seven", "take_back add:7"),
        ("delete the last one", "take_back"),
        ("start over", "start_over"),
        ("clear everything", "start_over"),
        ("read it back", "read_back"),
        ("done", "finish"),
        ("that's all, thank you", "finish"),
        ("nine nine, call", "add:99 finish"),
        ("call nine nine", ""),
        ("done nine", ""),
        ("yes", ""),
        ("no", ""),
        ("cancel", ""),
        ("five five cancel", ""),
        ("hang up", ""),
        ("five monkeys", ""),
        ("", ""),
    ],
)
def test_a_number(said: str, meant: str) -> None:
    assert edits(said) == meant


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("sierra mike", "add:sm"),
        ("I meant sierra", "replace:s"),
        ("no, s as in sugar", "replace:s"),
        ("five", ""),
        ("smith", ""),
        ("hotel, done", "add:h finish"),
        ("delete that", "take_back"),
    ],
)
def test_a_name(said: str, meant: str) -> None:
    assert edits(said, NAME) == meant


@pytest.mark.parametrize(
    ("code", "said", "meant"),
    [
        ("it", "due zero due, no, cinque", "add:202 replace:5"),
        ("it", "doppio zero", "add:00"),
        ("it", "togli l'ultimo", "take_back"),
        ("it", "ho finito", "finish"),
        ("es", "dos cero, perdón, cinco", "add:20 replace:5"),
        ("es", "borra eso", "take_back"),
        ("es", "ya está, gracias", "finish"),
        ("fr", "deux zéro, non, cinq", "add:20 replace:5"),
        ("fr", "efface ça", "take_back"),
        ("fr", "c'est tout, merci", "finish"),
        ("de", "zwo null, nein, fünf", "add:20 replace:5"),
        ("de", "das letzte löschen", "take_back"),
        ("de", "das war's", "finish"),
        ("pt", "meia zero, não, cinco", "add:60 replace:5"),
        ("pt", "apaga o último", "take_back"),
        ("pt", "já está", "finish"),
    ],
)
def test_each_language(code: str, said: str, meant: str) -> None:
    assert edits(said, code=code) == meant


@given(st.text(max_size=60))
def test_any_text_is_digits_or_nothing(said: str) -> None:
    for kind, allowed in ((NUMBER, "0123456789*#+"), (NAME, "")):
        found = EVERY["en"].parse_edits(said, kind).slots.get("edits", ())
        texts = "".join(text for _, text in found)
        assert set(texts) <= set(allowed) if allowed else not any(map(str.isdigit, texts))
