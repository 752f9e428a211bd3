"""Languages made ready."""

from __future__ import annotations

import pytest

from assistant.language import LanguageError, languages
from assistant.understanding.lexicon import lexicon

ENGLISH = lexicon("en")


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(LanguageError, match="'xx'"):
        lexicon("xx")


def test_a_language_is_made_ready_once() -> None:
    assert lexicon("en") is ENGLISH


@pytest.mark.parametrize("code", languages())
def test_the_words_of_its_sentences_are_never_taken_for_misspellings(code: str) -> None:
    made = lexicon(code)
    networks = (made.sentences, made.before, made.after, made.corrections, made.references)
    for network in (*networks, made.before_forms, made.forms):
        assert network.vocabulary <= made.real_words
    assert made.numbers.words | made.ordinals.keys() <= made.real_words


@pytest.mark.parametrize("code", languages())
def test_common_words_may_be_a_slip_in_another_language(code: str) -> None:
    made = lexicon(code)
    assert made.shared_words <= made.real_words


def test_accents_tell_only_the_words_apart_that_are_listed() -> None:
    assert "llamé" in lexicon("es").accented
    assert "llame" in lexicon("es").sentences.vocabulary


def test_words_are_compared_without_apostrophes_and_accents() -> None:
    assert {"dont", "whats"} <= ENGLISH.real_words
    assert "don't" not in ENGLISH.real_words


def test_other_forms_of_a_verb_begin_the_same_sentences() -> None:
    roots = ENGLISH.sentences.root.words
    assert ENGLISH.forms.root.words["calling"] == roots["call"]
    assert ENGLISH.forms.root.words["held"] == roots["hold"]


def test_a_language_without_other_forms_has_none() -> None:
    without = [code for code in languages() if not lexicon(code).before_forms.vocabulary]
    for code in without:
        assert not lexicon(code).forms.root.words
