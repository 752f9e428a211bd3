"""English sentences to commands."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.config import starter
from assistant.contract import ACTS, QUERIES
from assistant.directory import Directory
from assistant.language import load_language
from assistant.understanding import ACT, Understanding
from assistant.understanding.template import Choice, Expression, Slot, Word, parse

DIRECTORY = Directory.load(starter("contacts.csv"))
ENGLISH = Understanding(("en",), DIRECTORY)
COUNTED = ACTS | {"list_calls", "help"}

FILLINGS = {
    "target": "john smith", "known": "john smith", "to": "sales", "to_known": "sales",
    "which": "call 2", "whom": "maria rossi", "named": "maria rossi", "call": "call 2",
    "a": "call 1", "b": "the other one", "parties": "bob and sue", "members": "bob",
    "n": "2", "ordinal": "second",
}  # fmt: skip


def rows() -> list[tuple[str, str, str]]:
    lines = Path(__file__).with_name("english.tsv").read_text(encoding="utf-8").splitlines()
    found = [line.split("\t") for line in lines if line and not line.startswith("#")]
    return [(text, intent, slots) for text, intent, slots in found]


@pytest.mark.parametrize(("text", "intent", "slots"), rows())
def test_english(text: str, intent: str, slots: str) -> None:
    command = ENGLISH.parse(text).command
    found = command.intent if command.intent in COUNTED else "none"
    assert found == intent
    if intent != "none":
        assert dict(command.slots) == json.loads(slots)


def test_every_template_means_its_intent() -> None:
    """Every sentence that the language file allows can be said; a random one of each template."""
    data, random = load_language("en").data, Random(7)
    for intent, entry in data["intents"].items():
        for item in entry["say"]:
            template = item if isinstance(item, str) else item["say"]
            for _ in range(5):
                said = sample(parse(template, data["rules"]), random)
                if intent == "correct":
                    assert ENGLISH.parse_answer(said, ["x"]).intent == "correct", said
                else:
                    understood = ENGLISH.parse(said)
                    assert understood.confidence == 1.0, said
                    commands = [understood.command, *(g.command for g in understood.alternatives)]
                    assert intent in {command.intent for command in commands}, (said, commands)


def sample(expression: Expression, random: Random) -> str:
    """A sentence that a template allows."""
    if isinstance(expression, Word):
        return expression.text
    if isinstance(expression, Slot):
        return FILLINGS[expression.name]
    if isinstance(expression, Choice):
        return sample(random.choice(expression.items), random)
    return " ".join(filter(None, (sample(item, random) for item in expression.items)))


def test_examples_mean_what_they_are_examples_of() -> None:
    for intent, entry in load_language("en").data["intents"].items():
        for example in entry.get("examples", ()):
            understood = ENGLISH.parse(example)
            assert (understood.command.intent, understood.confidence) == (intent, 1.0), example


def test_every_act_and_query_can_be_said() -> None:
    assert set(load_language("en").data["intents"]) >= ACTS | QUERIES


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
