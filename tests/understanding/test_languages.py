"""Every language: its sentences are understood, and its file lacks nothing.

The sentences are in `sentences/<code>.tsv`; its head has something said for each slot.
"""

from __future__ import annotations

import json
import string
from collections.abc import Mapping
from pathlib import Path
from random import Random

import pytest
import yaml

from assistant.config import starter
from assistant.contract import ACTS, DIALOGUE, ENTRIES, QUERIES
from assistant.directory import Directory
from assistant.entry import EDITS, NAME, NUMBER
from assistant.language import HERE, PARTS, languages, load_language
from assistant.understanding import Understanding
from assistant.understanding.template import Choice, Expression, Slot, Word, parse

SENTENCES = Path(__file__).with_name("sentences")
DIRECTORY = Directory.load(starter("contacts.csv"))
COUNTED = ACTS | {"list_calls", "help"}


def lines(code: str) -> list[str]:
    return (SENTENCES / f"{code}.tsv").read_text(encoding="utf-8").splitlines()


def rows() -> list[tuple[str, str, str, str]]:
    found = []
    for code in languages():
        for line in lines(code):
            if line and not line.startswith("#"):
                text, intent, slots = line.split("\t")
                found.append((code, text, intent, slots))
    return found


def fillings(code: str) -> Mapping[str, str]:
    head = [line.removeprefix("# filling ") for line in lines(code) if line.startswith("# filling")]
    return {name: text for name, _, text in (item.partition(" = ") for item in head)}


@pytest.mark.parametrize(("code", "text", "intent", "slots"), rows())
def test_a_sentence(code: str, text: str, intent: str, slots: str) -> None:
    command = Understanding((code,), DIRECTORY).parse(text).command
    assert (command.intent if command.intent in COUNTED else "none") == intent
    if intent != "none":
        assert dict(command.slots) == json.loads(slots)


@pytest.mark.parametrize("code", languages())
def test_every_sentence_that_a_file_allows_means_its_intent(code: str) -> None:
    """A random one of each template: nothing in the file is dead or means something else."""
    understanding = Understanding((code,), DIRECTORY)
    data, random, said_for = load_language(code).data, Random(7), fillings(code)
    for intent, entry in data["intents"].items():
        for item in entry["say"]:
            template = item if isinstance(item, str) else item["say"]
            for _ in range(5):
                said = sample(parse(template, data["rules"]), random, said_for)
                if intent == "correct":
                    assert understanding.parse_answer(said, ["x"]).intent == "correct", said
                    continue
                if intent in EDITS:
                    assert intent in edits_of(understanding, said), said
                    continue
                understood = understanding.parse(said)
                assert understood.confidence == 1.0, said
                commands = [understood.command, *(g.command for g in understood.alternatives)]
                assert intent in {command.intent for command in commands}, (said, commands)


def edits_of(understanding: Understanding, said: str) -> set[str]:
    """What a sentence does to a number or to a name."""
    commands = [understanding.parse_edits(said, kind) for kind in (NUMBER, NAME)]
    return {edit for command in commands for edit, _ in command.slots.get("edits", ())}


@pytest.mark.parametrize("code", languages())
def test_examples_mean_what_they_are_examples_of(code: str) -> None:
    understanding = Understanding((code,), DIRECTORY)
    for intent, entry in load_language(code).data["intents"].items():
        for example in entry.get("examples", ()):
            if intent in EDITS:
                assert edits_of(understanding, example) == {intent}
                continue
            understood = understanding.parse(example)
            assert (understood.command.intent, understood.confidence) == (intent, 1.0), example


@pytest.mark.parametrize("code", languages())
def test_a_file_lacks_nothing(code: str) -> None:
    data, english = load_language(code).data, load_language("en").data
    lacking = [part for part in PARTS if part not in data]
    intents = data["intents"]
    known = ACTS | QUERIES | DIALOGUE | ENTRIES | {*EDITS}
    lacking += [f"intents: {name}" for name in known - set(intents)]
    lacking += [
        f"examples of {name}"
        for name in english["intents"]
        if english["intents"][name].get("examples") and not intents.get(name, {}).get("examples")
    ]
    lacking += [
        f"references: {name}" for name in english["references"] if name not in data["references"]
    ]
    lacking += [f"messages: {name}" for name in english["messages"] if name not in data["messages"]]
    assert lacking == []


@pytest.mark.parametrize("code", languages())
def test_a_file_says_nothing_twice(code: str) -> None:
    """YAML takes the later of two entries with the same name, and tells nobody."""
    waiting, twice = [yaml.compose((HERE / f"{code}.yaml").read_text(encoding="utf-8"))], []
    while waiting:
        node = waiting.pop()
        if isinstance(node, yaml.MappingNode):
            names = [name.value for name, _ in node.value]
            twice += [name for name in set(names) if names.count(name) > 1]
            waiting += [value for _, value in node.value]
        elif isinstance(node, yaml.SequenceNode):
            waiting += node.value
    assert twice == []


@pytest.mark.parametrize("code", languages())
def test_messages_are_filled_with_what_english_is_filled_with(code: str) -> None:
    english = load_language("en").messages
    for name, message in load_language(code).messages.items():
        assert name in english, f"{name}: no such message"
        assert fields(message) <= fields(english[name]), name


def fields(message: str | Mapping[str, str]) -> set[str]:
    forms = [message] if isinstance(message, str) else list(message.values())
    return {name for form in forms for _, name, _, _ in string.Formatter().parse(form) if name}


def sample(expression: Expression, random: Random, said_for: Mapping[str, str]) -> str:
    """A sentence that a template allows."""
    if isinstance(expression, Word):
        return expression.text
    if isinstance(expression, Slot):
        return said_for[expression.name]
    if isinstance(expression, Choice):
        return sample(random.choice(expression.items), random, said_for)
    words = (sample(item, random, said_for) for item in expression.items)
    return " ".join(filter(None, words))
