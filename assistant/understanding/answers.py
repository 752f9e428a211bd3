"""The answer to a question: yes, a number, a name or part of it, a correction, or a command."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.contract import Command
from assistant.directory import name_words
from assistant.text import Token
from assistant.understanding.parser import Parser

_SHORT = frozenset({"yes", "no", "cancel", "choose", "correct"})


def answer_to(parser: Parser, text: str, labels: Sequence[str]) -> Command:
    """What `text` means where one of `labels` was asked for.

    Returns:
        As `Understanding.parse_answer`.
    """
    said = parser.tokens(text)
    guesses = parser.parse(said, answer=True)
    sure = [guess.command for guess in guesses if guess.how in {"exact", "discarded", "corrected"}]
    for command in sure:
        if command.intent in _SHORT:
            return command
    if sure:
        return sure[0]
    words = _words(said)
    if words and any(set(words) <= set(name_words(label)) for label in labels):
        return Command("choose", {"text": " ".join(words)})
    party = parser.party(said)
    if party is not None and "ambiguous" not in party:
        return Command("correct", {"target": party})
    near = _nearly(words, labels)
    if near:
        return Command("choose", {"text": near})
    return guesses[0].command if guesses else Command("none")


def _words(said: Sequence[Token]) -> list[str]:
    """The answer's words, without what only points: "the one with carter" is "carter"."""
    pointing = {"the", "one", "with", "a", "please", "i", "mean", "number", "call", "that", "to"}
    return [token.text for token in said if token.text not in pointing]


def _nearly(words: Sequence[str], labels: Sequence[str]) -> str:
    """The label's words that the answer's words are misspellings of; empty when they are not."""
    from rapidfuzz.distance import OSA

    spelled = {word for label in labels for word in name_words(label)}
    found = []
    for word in words:
        near = [other for other in spelled if len(word) > 3 and OSA.distance(word, other) <= 1]
        if len(near) != 1:
            return ""
        found += near
    return " ".join(found)
