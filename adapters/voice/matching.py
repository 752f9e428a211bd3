"""What Whisper wrote, made into what can be meant: the sentences of the grammar that sound like it.

The grammar's network of words is walked along what was written. A word that is not the expected one
costs what it differs by in letters and sound, so that "cold john smith" is "call john smith" when
nothing else is nearly as close, and nothing at all when every sentence is far from it. Where two
sentences are as close as each other, both are given, and the assistant asks.
"""

from __future__ import annotations

import heapq
import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from adapters.voice.recogniser import Expected, Heard, Hearing
from adapters.voice.sound import MOST, apart
from assistant.contact import Contact
from assistant.directory import Directory
from assistant.entry import ADD
from assistant.text import bare_word, tokens
from assistant.understanding import Understanding
from assistant.understanding.lexicon import lexicon

if TYPE_CHECKING:
    from adapters.voice.whisper import Written
    from assistant.understanding.grammar import Node

NAME = "whisper"
PEOPLE = frozenset({"target", "known", "to", "to_known", "named", "party", "parties", "members"})
LONGEST_NAME = 4
"""Words that a name may have been written as."""
EXTRA_WORD = 0.6
"""What a written word costs that no sentence has there."""
FREE_WORD = 0.15
"""What a word costs that stands in a slot and is nobody's name."""
FAR = 1.2
"""A sentence that costs more was not said."""
STEEP = 4.0
"""How much likelier a nearer sentence is: e to this for each word that differs altogether."""
WAYS = 5
STEPS = 1500
EXACT = 0.95
"""What is understood as surely as this is taken as it is; a stranger's name is not."""
SHARP = 6
"""Whisper gives the mean of its tokens; one text is likelier than another by about this power."""
CLEAR = 0.35
"""The mean probability of tokens below which Whisper rather guesses."""


@dataclass(frozen=True, slots=True)
class Way:
    """A sentence, and how far what was written is from it."""

    text: str
    cost: float


@dataclass(order=True, slots=True)
class _State:
    cost: float
    order: int
    at: int = field(compare=False)
    node: Node | None = field(compare=False)
    """None: the sentence has ended."""
    words: tuple[str, ...] = field(compare=False)
    returns: Node | None = field(compare=False, default=None)
    """Where a reference within the sentence goes on."""


class Matcher:
    """Finds the sentences.

    Args:
        expected: what can be said.
    """

    def __init__(self, expected: Expected) -> None:
        self.expected = expected
        self._lexicon = lexicon(expected.language)
        self._intents = frozenset(expected.intents)
        self._names = [
            (name.said, "".join(_words(spoken)))
            for name in expected.names
            for spoken in {name.said, name.sounds or name.said}
        ]
        people = (Contact(name.said, ()) for name in expected.names)
        self._understanding = Understanding((expected.language,), Directory(people))
        self._digits = self._lexicon.numbers

    def hearing(self, written: Sequence[Written]) -> Hearing:
        """What may have been said, of all that was written."""
        best: dict[str, float] = {}
        total = sum(one.sure**SHARP for one in written) or 1.0
        for one in written:
            near = self.ways(one.text)
            whole = sum(math.exp(-STEEP * way.cost) for way in near)
            for way in near:
                likely = math.exp(-STEEP * way.cost)
                weight = one.sure**SHARP / total * likely / max(1.0, whole)
                best[way.text] = best.get(way.text, 0.0) + weight
        if not best:
            return Hearing((), 1.0, NAME)
        spoken = 1 - min(one.silence for one in written) ** 2
        clear = min(1.0, max(one.sure for one in written) / CLEAR)
        ordered = sorted(best.items(), key=lambda item: -item[1])[:WAYS]
        heard = tuple(Heard(text, spoken * clear * weight) for text, weight in ordered)
        return Hearing(heard, 1 - sum(one.score for one in heard), NAME)

    def ways(self, text: str) -> list[Way]:
        """The sentences that a text may be, the nearest first; none when all are far."""
        said = [token.text for token in tokens(text, self._lexicon.elisions)]
        if not said:
            return []
        found: dict[str, float] = {}
        for choice in self.expected.choices:
            cost = 2 * apart(bare_word("".join(said)), "".join(_words(choice)))
            if cost <= FAR:
                found[choice] = min(cost, found.get(choice, FAR))
        if self.expected.digits and self._edits(text):
            return _best({**found, text.strip(" .,!?"): 0.0})
        if not self._intents:
            return _best(found)
        understood = self._understanding.parse(text)
        if understood.command.intent in self._intents and understood.confidence >= EXACT:
            return _best({**found, text.strip(" .,!?"): 1 - understood.confidence})
        order = itertools.count()
        sentences, before = self._lexicon.sentences.root, self._lexicon.before.root
        starts = [at for at in range(len(said)) if not at or _within(before, said[:at])]
        heap = [_State(0.0, next(order), at, sentences, ()) for at in starts]
        seen: dict[tuple[int, int, int], int] = {}
        for _ in range(STEPS):
            if not heap:
                break
            state = heapq.heappop(heap)
            if state.cost > FAR or len(found) >= WAYS:
                break
            if state.node is None:
                found.setdefault(" ".join(state.words), state.cost)
                continue
            key = (id(state.node), id(state.returns), state.at)
            seen[key] = seen.get(key, 0) + 1
            if seen[key] > WAYS:
                continue
            for following in self._steps(state, said):
                following.order = next(order)
                heapq.heappush(heap, following)
        return _best(found)

    def _edits(self, text: str) -> bool:
        """Whether it says something of a number that is being given, without a digit of its own."""
        if any(map(str.isdecimal, text)):
            return False
        edit = self._understanding.parse_edits(text, "number", language=self.expected.language)
        return edit.intent == "edit" and all(kind != ADD for kind, _ in edit.slots["edits"])

    def _steps(self, state: _State, said: list[str]) -> Iterator[_State]:
        node, at, cost = state.node, state.at, state.cost
        if node is None:
            return

        def on(node: Node | None, at: int, price: float, words: tuple[str, ...]) -> _State:
            return _State(cost + price, 0, at, node, state.words + words, state.returns)

        for meaning in node.meanings:
            if state.returns is not None:
                yield _State(cost, 0, at, state.returns, state.words)
                break
            if meaning.name in self._intents:
                rest = EXTRA_WORD * (len(said) - at)
                polite = self._lexicon.after.root
                ends = rest == 0 or _within(polite, said[at:])
                yield _State(cost + (0 if ends else rest), 0, len(said), None, state.words)
                break
        if at >= len(said):
            return
        yield on(node, at + 1, EXTRA_WORD, ())
        for word, nodes in node.words.items():
            for taken in (1, 2):
                if at + taken > len(said):
                    break
                far = apart(bare_word("".join(said[at : at + taken])), word)
                if far <= MOST and (taken == 1 or far < 0.35):
                    for following in nodes:
                        yield on(following, at + taken, far, (word,))
        for slot, nodes in node.slots.items():
            for end, price, words in self._fills(slot, said, at):
                for following in nodes:
                    yield on(following, end, price, words)
            if slot not in PEOPLE and state.returns is None:
                for following in nodes:
                    yield _State(cost, 0, at, self._lexicon.references.root, state.words, following)

    def _fills(
        self, slot: str, said: list[str], at: int
    ) -> Iterator[tuple[int, float, tuple[str, ...]]]:
        """What a slot may take from a word on: where it ends, what it costs, how it is written."""
        number = self._digits.read_at(tokens(" ".join(said[at:])), 0)
        if number is not None:
            end, digits = number
            yield at + end, 0.0, (digits,)
        if slot not in PEOPLE:
            return
        for end in range(at + 1, min(at + LONGEST_NAME, len(said)) + 1):
            spoken = bare_word("".join(said[at:end]))
            for name, sound in self._names:
                far = apart(spoken, sound)
                if far <= MOST:
                    yield end, far * max(1.0, len(sound) / 6), (name,)


def _words(text: str) -> list[str]:
    return [bare_word(token.text) for token in tokens(text)]


def _within(root: Node, words: Sequence[str]) -> bool:
    """Whether words are a sentence of a network without slots."""
    nodes = [root]
    for word in words:
        nodes = [following for node in nodes for following in node.words.get(word, ())]
    return any(node.meanings for node in nodes)


def _best(found: dict[str, float]) -> list[Way]:
    return [Way(text, cost) for text, cost in sorted(found.items(), key=lambda item: item[1])]
