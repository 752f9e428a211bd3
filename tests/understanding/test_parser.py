"""English sentences to commands."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.config import starter
from assistant.contract import ACTS
from assistant.directory import Directory
from assistant.understanding import ACT, Understanding

DIRECTORY = Directory.load(starter("contacts.csv"))
ENGLISH = Understanding(("en",), DIRECTORY)


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("yes", "yes"), ("no", "no"), ("cancel", "cancel"), ("the second one", "choose"),
        ("say that again", "repeat"), ("who is it", "who"), ("redial", "call"),
    ],
)  # fmt: skip
def test_words_of_a_dialogue(text: str, intent: str) -> None:
    assert ENGLISH.parse(text).command.intent == intent


@pytest.mark.parametrize("text", ["call john smith never mind", "hang up, no don't"])
def test_what_is_taken_back_is_not_done(text: str) -> None:
    assert ENGLISH.parse(text).command.intent == "cancel"


def test_a_single_digit_is_asked_about_before_it_is_called() -> None:
    assert ENGLISH.parse("call two").confidence < ACT


def test_a_misspelled_command_is_less_certain() -> None:
    assert 0.5 < ENGLISH.parse("hodl").confidence < ENGLISH.parse("hold").confidence


def test_a_real_word_is_no_misspelling() -> None:
    for text in ("told", "fold", "cold john smith", "wall john smith", "help up", "held"):
        assert ENGLISH.parse(text).command.intent not in ACTS, text


def test_a_slip_is_taken_for_the_likeliest_word_even_where_no_command_has_it() -> None:
    italian = Understanding(("it",), DIRECTORY)
    for text in ("acetto la chiamata", "cihamo john smith", "chiudi la prota"):
        assert italian.parse(text).command.intent not in ACTS, text
    assert italian.parse("accetat la chiamata").command.intent == "answer"


def test_a_slip_in_a_word_that_only_its_accent_tells_apart_keeps_the_accent() -> None:
    spanish = Understanding(("es",), DIRECTORY)
    assert spanish.parse("contsté la llamada").command.intent == "none"
    assert spanish.parse("contste la llamada").command.intent == "answer"


def test_no_no_takes_nothing_back() -> None:
    portuguese = Understanding(("pt",), DIRECTORY)
    assert portuguese.parse("não não deslgues").command.intent not in ACTS
    assert ENGLISH.parse("hang up, no, hold").command.intent == "hold"


def test_a_moment_after_a_spoken_number_is_none_of_its_digits() -> None:
    italian = Understanding(("it",), DIRECTORY)
    command = italian.parse("trasferisci a due zero uno un momento").command
    assert command.slots == {"to": {"number": "201"}}


def test_capitals_tell_a_department_from_a_pronoun() -> None:
    assert ENGLISH.parse("call IT").command.slots == {"target": {"contact": "IT Department"}}
    assert ENGLISH.parse("call it").command.intent == "none"
    assert ENGLISH.parse("hold it").command.slots == {}
    assert ENGLISH.parse("HOLD IT").command.slots == {}


def test_of_several_readings_the_others_are_offered() -> None:
    understood = ENGLISH.parse("hodl the cal")
    assert understood.command.intent == "hold"
    assert understood.to_json()["alternatives"] == [
        {**guess.command.to_json(), "confidence": round(guess.confidence, 2)}
        for guess in understood.alternatives
    ]


@given(st.text(max_size=120))
def test_any_text_has_an_answer(text: str) -> None:
    understood = ENGLISH.parse(text)
    assert 0.0 <= understood.confidence <= 1.0
    json.dumps(understood.to_json())


WORDS = st.sampled_from(
    "call hold hang up transfer to the sales john smith maria on off please no wait 2 201 not"
    " answer other one second all it him don't and merge call's with me back never mind".split()
)


@given(st.lists(WORDS, max_size=9))
def test_any_words_have_an_answer_and_a_known_or_unknown_target(words: list[str]) -> None:
    command = ENGLISH.parse(" ".join(words)).command
    for name in ("target", "to"):
        if name in command.slots:
            allowed = {"number", "contact", "ambiguous", "unknown", "recent"}
            assert set(command.slots[name]) <= allowed


@given(st.lists(WORDS, max_size=6))
def test_a_refusal_to_act_is_never_an_act(words: list[str]) -> None:
    """`don't ...` never acts, unless a correction takes it back."""
    if {"no", "wait", "never"} & set(words):
        return
    command = ENGLISH.parse("don't " + " ".join(words)).command
    assert command.intent not in ACTS - {"hangup"}
