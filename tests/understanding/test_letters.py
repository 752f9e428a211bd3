"""Spelled letters: NATO, each language's own words, the letters' names, and the user's words."""

from __future__ import annotations

import pytest

from assistant.language import languages
from assistant.text import tokens
from assistant.understanding.lexicon import lexicon


def letters(said: str, code: str = "en", *own: str) -> str | None:
    read = tokens(said)
    found = lexicon(code).letters.with_words(own).read_at(read, 0)
    return found[1] if found and found[0] == len(read) else None


@pytest.mark.parametrize("code", languages())
def test_the_nato_alphabet_is_known_everywhere(code: str) -> None:
    assert letters("sierra mike india tango hotel", code) == "smith"
    assert letters("alfa x-ray Juliett whisky zulu", code) == "axjwz"


@pytest.mark.parametrize(
    ("code", "said", "meant"),
    [
        ("en", "S M I T H", "smith"),
        ("en", "S-M-I-T-H", "smith"),
        ("en", "SMITH", "smith"),
        ("en", "s as in sugar m for mother", "sm"),
        ("en", "double s, a double u", "ssaw"),
        ("en", "oscar apostrophe b", "o'b"),
        ("en", "ess em space jay", "sm j"),
        ("it", "savona come milano", None),
        ("it", "s come savona doppia zeta", "szz"),
        ("it", "acca doppia vu i lunga", "hwj"),
        ("es", "s de sevilla eñe hache", "sñh"),
        ("fr", "s comme suzanne double vé i grec", "swy"),
        ("de", "s wie Siegfried Schule Eszett Umlaut a", "sschßä"),
        ("pt", "s de setúbal dáblio xis", "swx"),
    ],
)
def test_each_language_has_its_own_ways(code: str, said: str, meant: str | None) -> None:
    assert letters(said, code) == meant


@pytest.mark.parametrize("said", ["smith", "sierra 5", "5", "sierra please", "", "as in sugar"])
def test_what_is_not_spelled_is_no_letter(said: str) -> None:
    assert letters(said) is None


def test_the_users_own_words_come_first() -> None:
    assert letters("banana quokka", "en", "banana", "quokka") == "bq"
    assert letters("banana") is None
    assert letters("sierra banana", "en", "banana") == "sb"
