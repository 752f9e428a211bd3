"""A language's sentences as one network of words, and the search for what was said in it.

Each step of the network is a word or a slot; each end says what the sentence means. A sentence must
be in it from its first word to its last: what is not in the grammar is not a command, and that is
what keeps "she hung up on me" from ending a call.

Misspelled words are let through at a price, but never one that is itself a word of the language.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Any

from assistant.text import spellings, split_elision
from assistant.understanding import template as syntax


@dataclass(slots=True, eq=False)
class Node:
    """A place in the network."""

    words: dict[str, list[Node]] = field(default_factory=dict)
    slots: dict[str, list[Node]] = field(default_factory=dict)
    meanings: list[Meaning] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a whole sentence means, before its slots are filled."""

    name: str
    fixed: Mapping[str, Any]
    template: str = ""
    """Where it comes from."""


@dataclass(frozen=True, slots=True)
class Found:
    """One way through the network."""

    end: int
    """The token after the last."""
    meaning: Meaning
    slots: tuple[tuple[str, Any], ...]
    price: float


Fill = Callable[[str, int], Sequence[tuple[int, Any, float]]]
"""What a slot of that name may take from a token on: where it ends, its value, its price."""

Fuzzy = Callable[[str, Collection[str]], Sequence[tuple[str, float]]]
"""Which of the expected words a token may be a misspelling of, at what price."""


class Network:
    """Sentences, read from templates.

    Args:
        rules: named templates, for `<name>`.
        elisions: beginnings of words that are words themselves, such as `l'`.
        accented: words that keep their accents, because only these tell them from others.
    """

    def __init__(
        self,
        rules: Mapping[str, str],
        elisions: Sequence[str] = (),
        accented: AbstractSet[str] = frozenset(),
    ) -> None:
        self.root = Node()
        self._elisions, self._accented = elisions, accented
        self.vocabulary: set[str] = set()
        self._rules = rules
        self._parsed: dict[str, syntax.Expression] = {}

    def add(self, sentence: str, name: str, fixed: Mapping[str, Any]) -> None:
        """Add a template.

        Raises:
            TemplateError: it cannot be read.
        """
        expression = syntax.parse(sentence, self._rules, self._parsed)
        meaning = Meaning(name, fixed, sentence)
        for node in self._extend([self.root], expression):
            if meaning not in node.meanings:
                node.meanings.append(meaning)

    def find(
        self, texts: Sequence[str], start: int, fill: Fill, fuzzy: Fuzzy | None = None
    ) -> list[Found]:
        """Every way to read the tokens from `start` on, to whatever end.

        Args:
            texts: the tokens' words as `bare_word` makes them.
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
                waiting += [(following, at + 1, slots, price) for following in exact]
            elif fuzzy is not None:
                waiting += [
                    (following, at + 1, slots, price + extra)
                    for word, extra in fuzzy(texts[at], node.words)
                    for following in node.words[word]
                ]
            for name, following_nodes in node.slots.items():
                waiting += [
                    (following, end, (*slots, (name, value)), price + extra)
                    for end, value, extra in fill(name, at)
                    for following in following_nodes
                ]
        return found

    def begun_with(self, forms: Mapping[str, str]) -> Network:
        """The same sentences where their first word has another form: `calling maria`.

        Args:
            forms: each form, and the first word that it stands for.
        """
        other = Network(self._rules, self._elisions, self._accented)
        for form, word in forms.items():
            if word in self.root.words:
                other.root.words.setdefault(form, []).extend(self.root.words[word])
                other.vocabulary.add(form)
        return other

    def _extend(
        self, nodes: list[Node], expression: syntax.Expression, into: Node | None = None
    ) -> list[Node]:
        """The nodes after an expression, from each of these nodes.

        All ways through it lead to `into` where they can: ten words and then any of ten others are
        twenty steps, not a hundred.
        """
        if isinstance(expression, syntax.Word):
            *first, last = split_elision(expression.text, self._elisions)
            for word in first:
                nodes = self._step(nodes, word, Node())
            return self._step(nodes, last, into or Node())
        if isinstance(expression, syntax.Slot):
            node = into or Node()
            for before in nodes:
                _add(before.slots, expression.name, node)
            return [node]
        if isinstance(expression, syntax.Choice):
            node = into or Node()
            ends = [end for item in expression.items for end in self._extend(nodes, item, node)]
            return list({id(end): end for end in ends}.values())
        for item in expression.items[:-1]:
            nodes = self._extend(nodes, item)
        return self._extend(nodes, expression.items[-1], into) if expression.items else nodes

    def _step(self, nodes: list[Node], word: str, node: Node) -> list[Node]:
        """Lead from each of these nodes to that one with a word."""
        for spelling in spellings(word) | (self._accented & {word.casefold()}):
            self.vocabulary.add(spelling)
            for before in nodes:
                _add(before.words, spelling, node)
        return [node]


def _add(steps: dict[str, list[Node]], by: str, node: Node) -> None:
    following = steps.setdefault(by, [])
    if node not in following:
        following.append(node)
