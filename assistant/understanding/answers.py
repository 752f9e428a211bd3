"""The answer to a question: yes, a number, a name or part of it, a correction, or a command."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.contract import Command
from assistant.names import name_words
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
    words = parser.pointed_at(said)
    if words and any(set(words) <= set(name_words(label)) for label in labels):
        return Command("choose", {"text": " ".join(words)})
    ending = _by_digits(said, labels)
    if ending is not None:
        return Command("choose", {"index": ending})
    party = parser.party(said)
    if party is not None and "ambiguous" not in party:
        return Command("correct", {"target": party})
    near = _nearly(words, labels)
    if near:
        return Command("choose", {"text": near})
    return guesses[0].command if guesses else Command("none")


def _by_digits(said: Sequence[Token], labels: Sequence[str]) -> int | None:
    """The place of the only label whose number ends with the digits said; None if there is none."""
    digits = [token.text for token in said if token.number and len(token.text) > 2]
    if len(digits) != 1:
        return None
    found = [
        place
        for place, label in enumerate(labels)
        if "".join(char for char in label if char.isdigit()).endswith(digits[0].lstrip("+"))
    ]
    return found[0] if len(found) == 1 else None


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
