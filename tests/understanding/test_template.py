"""Sentence templates, and that they are hassil's."""

from __future__ import annotations

import pytest
from hassil import parse_sentence

from assistant.language import languages, load_language
from assistant.understanding.template import (
    NOTHING,
    Choice,
    Sequence,
    Slot,
    TemplateError,
    Word,
    parse,
)


def test_every_piece_of_the_syntax() -> None:
    found = parse("[please] (hold|put <it> on hold) {which}", {"it": "it"})
    assert found == Sequence(
        (
            Choice((NOTHING, Word("please"))),
            Choice(
                (
                    Word("hold"),
                    Sequence((Word("put"), Word("it"), Word("on"), Word("hold"))),
                )
            ),
            Slot("which"),
        )
    )


@pytest.mark.parametrize(
    ("template", "problem"),
    [
        ("(a|b", "is missing"),
        ("[a", "is missing"),
        ("a)", "unexpected"),
        ("<b>", "no rule"),
        ("<loop>", "contains itself"),
        ("{a b}", "cannot be read"),
    ],
)
def test_what_cannot_be_read_is_named(template: str, problem: str) -> None:
    with pytest.raises(TemplateError, match=problem):
        parse(template, {"loop": "a <loop>"})


@pytest.mark.parametrize("code", languages())
def test_hassil_reads_every_sentence_too(code: str) -> None:
    data = load_language(code).data
    for entry in data["intents"].values():
        for item in entry["say"]:
            assert parse_sentence(item if isinstance(item, str) else item["say"])
