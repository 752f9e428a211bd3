"""The usual sentences are commands that the parser knows, each for what it stands for."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

pytest.importorskip("hama", reason="needs the voice extra: pip install phonebar-assistant[voice]")

from adapters.voice.ctc import usual_sentences
from assistant.config import starter
from assistant.directory import Directory
from assistant.language import load_language
from assistant.understanding import Understanding
from assistant.understanding.template import Choice, Expression, Slot, Word, parse

SPOKEN = {"party": "maria rossi", "n": "two", "ordinal": "second"}


def said(expression: Expression, chance: random.Random) -> str:
    """One of the sentences of a template."""
    if isinstance(expression, Word):
        return expression.text
    if isinstance(expression, Slot):
        return SPOKEN[expression.name]
    if isinstance(expression, Choice):
        return said(chance.choice(expression.items), chance)
    return " ".join(filter(None, (said(item, chance) for item in expression.items)))


@pytest.mark.parametrize(("intent", "template"), usual_sentences())
def test_a_usual_sentence_is_understood_as_what_it_stands_for(intent: str, template: str) -> None:
    understanding = Understanding(("en",), Directory.load(Path(str(starter("contacts.csv")))))
    expression = parse(template, load_language("en").data["rules"], {})
    chance = random.Random(1)
    for text in {said(expression, chance) for _ in range(12)}:
        found = understanding.parse(text).command.intent
        assert found == ("none" if intent == "-" else intent), text
