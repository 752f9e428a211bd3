"""The grammar for recognisers: well-formed, and everything it lets through is understood."""

from __future__ import annotations

import re
from random import Random

import pytest

from assistant.config import starter
from assistant.directory import Directory
from assistant.language import languages, load_language
from assistant.understanding import Understanding
from assistant.understanding.jsgf import jsgf
from assistant.understanding.lexicon import IDIOM, lexicon
from assistant.understanding.parser import Parser
from assistant.understanding.template import parse
from tests.understanding.test_languages import sample

DIRECTORY = Directory.load(starter("contacts.csv"))


def rules(grammar: str) -> dict[str, str]:
    """The rules by name; `+` and `*` are taken for once, so that templates can hold them."""
    body = grammar.partition(";\n\n")[2]
    found = re.findall(r"(?:public )?<(\w+)> = (.*?);(?=\n)", body, re.DOTALL)
    return {name: re.sub(r"[+*]", "", text).replace("<VOID>", "never") for name, text in found}


def is_idiom(code: str, text: str) -> bool:
    """A recogniser may well hear "hold the phone while i check"; it is then no command."""
    parser = Parser(lexicon(code), DIRECTORY)
    return any(guess.command.intent == IDIOM for guess in parser._read(parser.tokens(text)))


@pytest.mark.parametrize("code", languages())
def test_what_it_lets_through_is_understood(code: str) -> None:
    intents = ("call", "hold", "transfer", "hangup", "list_calls")
    grammar = rules(jsgf(code, intents, DIRECTORY))
    expression, random = parse("<command>", grammar), Random(5)
    understanding = Understanding((code,), DIRECTORY)
    said = [sample(expression, random, {}) for _ in range(300)]
    heard = [text for text in said if "never" not in text.split()]
    assert len(heard) > 200
    missed = [
        text
        for text in heard
        if understanding.parse(text).command.intent == "none" and not is_idiom(code, text)
    ]
    assert missed == []


def test_only_what_is_asked_for_is_in_it() -> None:
    grammar = rules(jsgf("en", ("answer", "no such intent"), DIRECTORY))
    assert "answer" in grammar
    assert {"call", "hangup"}.isdisjoint(grammar)


def test_names_are_in_it_as_they_are_said() -> None:
    grammar = rules(jsgf("en", ("call",), DIRECTORY))
    assert "maria rossi" in grammar["person"]
    assert "sean o'brien" in grammar["person"]


@pytest.mark.parametrize("code", languages())
def test_every_rule_is_defined(code: str) -> None:
    grammar = rules(jsgf(code, load_language(code).data["intents"], DIRECTORY))
    used = set(re.findall(r"<(\w+)>", " ".join(grammar.values())))
    assert used - set(grammar) == {"NULL"} - ({"NULL"} - used)
