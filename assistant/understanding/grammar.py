"""A language's sentences as one tree of words, and the search for what was said in it.

All templates share their beginnings in a tree; each step is a word or a slot, each end says what the
sentence means. A sentence must be in the tree from its first word to its last: what is not in the
grammar is not a command, and that is what keeps "she hung up on me" from ending a call.

Misspelled words are let through at a price, but never one that is itself a word of the language.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from assistant.understanding import template as syntax
from assistant.text import fold

WORD_PRICE = 0.08
"""Confidence that each wrong letter in a command word costs."""


@dataclass(slots=True)
class Node:
    """A place in the tree."""

    words: dict[str, Node] = field(default_factory=dict)
    slots: dict[str, Node] = field(default_factory=dict)
    meanings: list[Meaning] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a whole sentence means, before its slots are filled."""

    name: str
    fixed: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Found:
    """One way through the tree."""

    end: int
    """The token after the last."""
    meaning: Meaning
    slots: tuple[tuple[str, Any], ...]
    price: float


Fill = Callable[[str, int], Sequence[tuple[int, Any, float]]]
"""What a slot of that name may take from a token on: where it ends, its value, its price."""

Fuzzy = Callable[[str, Mapping[str, Node]], Sequence[tuple[str, float]]]
"""Which of the expected words a token may be a misspelling of, at what price."""


class Tree:
    """Sentences that share their beginnings."""

    def __init__(self, rules: Mapping[str, str]) -> None:
        self.root = Node()
        self.vocabulary: set[str] = set()
        self._rules = rules

    def add(self, sentence: str, name: str, fixed: Mapping[str, Any]) -> None:
        """Add a template.

        Raises:
            TemplateError: it cannot be read.
        """
        expression = syntax.parse(sentence, self._rules)
        meaning = Meaning(name, fixed)
        for node in self._extend([self.root], expression):
            if meaning not in node.meanings:
                node.meanings.append(meaning)

    def find(
        self,
        texts: Sequence[str],
        start: int,
        fill: Fill,
        fuzzy: Fuzzy | None = None,
    ) -> list[Found]:
        """Every way to read the tokens from `start` on, to whatever end.

        Args:
            texts: the folded tokens.
            start: the first one.
            fill: reads the slots.
            fuzzy: lets misspelled words through; None means none.
        """
        found: list[Found] = []
        waiting: list[tuple[Node, int, tuple[tuple[str, Any], ...], float]] = [
            (self.root, start, (), 0.0)
        ]
        while waiting:
            node, at, slots, price = waiting.pop()
            found += [Found(at, meaning, slots, price) for meaning in node.meanings]
            if at >= len(texts):
                continue
            exact = node.words.get(texts[at])
            if exact is not None:
                waiting.append((exact, at + 1, slots, price))
            elif fuzzy is not None:
                waiting += [
                    (node.words[word], at + 1, slots, price + extra)
                    for word, extra in fuzzy(texts[at], node.words)
                ]
            for name, following in node.slots.items():
                waiting += [
                    (following, end, (*slots, (name, value)), price + extra)
                    for end, value, extra in fill(name, at)
                ]
        return found

    def _extend(self, nodes: list[Node], expression: syntax.Expression) -> list[Node]:
        """The nodes after an expression, from each of these nodes."""
        if isinstance(expression, syntax.Word):
            word = fold(expression.text)
            self.vocabulary.add(word)
            return [node.words.setdefault(word, Node()) for node in nodes]
        if isinstance(expression, syntax.Slot):
            return [node.slots.setdefault(expression.name, Node()) for node in nodes]
        if isinstance(expression, syntax.Choice):
            ends = [end for item in expression.items for end in self._extend(nodes, item)]
            return list({id(node): node for node in ends}.values())
        for item in expression.items:
            nodes = self._extend(nodes, item)
        return nodes
