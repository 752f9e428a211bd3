"""What can be said, as small automata of words made of a language file's templates.

The parser's own templates, so that what is heard can be understood. An automaton calls others where
a template has a slot: people, numbers and calls stand once in all, however often they can be said.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assistant.understanding.reading import CALLS_ONLY
from assistant.understanding.template import Choice, Expression, Slot, Word, parse
from assistant.understanding.template import Sequence as Series

STRING = "{string}"
"""Digits where nothing else is said."""
COMMAND, DIGITS, SPELLING = "{command}", "{digits}", "{spelling}"
"""The automata to begin with: any command; digits alone, or letters, and what takes them back."""
NAME, OWNER = "{name}", "{owner}"
"""Labels that are called without an automaton of that name: somebody, and somebody's."""

NUMBER, LETTERS = "{number}", "{letters}"
_PARTY, _REFERENCE, _CALL, _SEVERAL = "{party}", "{which}", "{call}", "{several}"
SOMEBODY = 1.5
"""What it costs that somebody is named, whoever it is: minus the logarithm of a likelihood."""
DIGIT, RARE = 1.5, 3.5
"""What a digit costs, and what one costs that is rarely said so: `nil`, `star`, `double`."""
SHORT = 3
"""Letters of a word for a letter, such as `zee`, that may be part of another: it costs as RARE."""
WORD = 0.5
"""What each word costs besides."""
UNUSUAL = 6.0
"""What a sentence costs that is not among the usual ones; measured on synthetic voices."""
POLITE = "please|(can|could|would) you [please]"
"""What the usual sentences may begin with."""
_USUAL = frozenset({"oh"})
_CALLED = {
    **dict.fromkeys(("target", "to", "known", "to_known", "named", "party"), _PARTY),
    **dict.fromkeys(("which", "whom"), _REFERENCE),
    **dict.fromkeys(("call", "a", "b"), _CALL),
    **dict.fromkeys(("parties", "members"), _SEVERAL),
    "person": NAME,
}


@dataclass(frozen=True, slots=True)
class Automaton:
    """Deterministic, and as small as it can be; state 0 is the beginning."""

    steps: tuple[Mapping[str, tuple[int, float]], ...]
    """For each state where each label leads, and what it costs: a word, or an automaton's name."""
    ends: frozenset[int]
    """The states in which it may be over."""


Speakable = Callable[[str], bool]
"""Whether a word has a sound: sentences with one that has none are left out."""


def grammar(
    data: Mapping[str, Any],
    intents: Iterable[str],
    speakable: Speakable,
    choices: Iterable[str],
    letters: Iterable[str],
    *,
    usual: Iterable[tuple[str, str]] = (),
) -> dict[str, Automaton]:
    """The automata of a language, by name; all but those of NAME and OWNER.

    Args:
        data: a language file's.
        intents: those that make sense now.
        speakable: whether a word has a sound.
        choices: whole sentences besides.
        letters: the words that letters are called by.
        usual: intents and templates of what is usually said: likelier than all else. Of an intent
            that has none, such as yes and no, all is as usual.
    """
    kinds: Mapping[str, Sequence[str]] = data["references"]
    digits: Mapping[str, str] = data["numbers"]["digits"]
    chosen = [intent for intent in intents if intent in data["intents"]]
    usual = tuple(usual)
    known = {intent for intent, _ in usual}
    body = [template for intent in chosen for template in _say(data["intents"][intent]["say"])]
    texts: dict[str, Iterable[str]] = {
        "{anything}": ["[{before}] [{before}] {body} [{after}] [{after}]"],
        "{usual}": [
            *(
                f"[{POLITE}] {template} [please]"
                for intent, template in usual
                if intent in {"-", *chosen}
            ),
            *(
                template
                for intent in chosen
                if intent not in known
                for template in _say(data["intents"][intent]["say"])
            ),
            "{choice}",
        ],
        "{before}": _say(data["before"]),
        "{body}": [*body, *_say(data.get("idioms", ())), "{choice}"],
        "{after}": _say(data["after"]),
        _PARTY: [f"[{'|'.join(data['articles'])}] {NAME}", NUMBER] if data["articles"] else [NAME],
        _REFERENCE: [item for items in kinds.values() for item in items],
        _CALL: [item for kind in CALLS_ONLY for item in kinds[kind]],
        _SEVERAL: [f"{_REFERENCE} [({'|'.join(data['between_parties'])}) {_REFERENCE}]"],
        "{n}": [word for word, digit in digits.items() if digit in {*"123456789"}],
        "{ordinal}": list(data["numbers"]["ordinals"]),
        "{correction}": [text for text in _say(data["corrections"]) if "{" not in text],
        DIGITS: ["[{correction}] {string}", "{correction}", *body],
        SPELLING: [f"[{{correction}}] {LETTERS}", "{correction}", *body],
    }
    maker = _Maker(data["rules"], speakable)
    made = {name: maker.made(templates) for name, templates in texts.items()}
    made[NUMBER] = _numbers(data["numbers"], speakable)
    made[STRING] = _numbers(data["numbers"], speakable, least=1)
    letter = {
        word: (1, DIGIT if len(word) > SHORT else RARE)
        for word in letters
        if " " not in word and speakable(word)
    }
    made[LETTERS] = Automaton((letter, letter), frozenset({1}))
    ways = {"{usual}": (1, 0.0), "{anything}": (1, UNUSUAL)}
    made[COMMAND] = Automaton((ways, {}), frozenset({1}))
    made["{choice}"] = Automaton((dict.fromkeys(choices, (1, WORD)), {}), frozenset({1}))
    return made


def anybody(names: Iterable[str]) -> Automaton:
    """The automaton of NAME and of OWNER."""
    return Automaton((dict.fromkeys(names, (1, SOMEBODY)), {}), frozenset({1}))


def _numbers(numbers: Mapping[str, Any], speakable: Speakable, least: int = 2) -> Automaton:
    """At least so many digits: a single one is rarely called, and "call two" is a call."""
    costs: dict[str, float] = {}
    seen: set[str] = set()
    for word, digit in numbers["digits"].items():
        if digit in {*"0123456789*#"} and speakable(word):
            usual = digit.isdecimal() and (digit not in seen or word in _USUAL)
            costs[word] = DIGIT if usual else RARE
            seen.add(digit)
    repeats = dict.fromkeys(filter(speakable, numbers["repeats"]), RARE)
    twice = least + 1
    steps = [
        {word: (min(place + 1, least), cost) for word, cost in costs.items()}
        | {word: (twice, cost) for word, cost in repeats.items()}
        for place in range(least + 1)
    ]
    return Automaton((*steps, dict.fromkeys(costs, (least, 0.0))), frozenset({least}))


class _Maker:
    """Makes automata of templates."""

    def __init__(self, rules: Mapping[str, str], speakable: Speakable) -> None:
        self._rules, self._speakable = rules, speakable
        self._parsed: dict[str, Expression] = {}
        self._draft: list[list[tuple[str, int]]] = []

    def made(self, templates: Iterable[str]) -> Automaton:
        """The automaton of these templates."""
        self._draft = [[], []]
        for template in dict.fromkeys(templates):
            self._add(0, 1, parse(template, self._rules, self._parsed))
        return _Smallest(self._draft, self._speakable).made()

    def _add(self, start: int, end: int, expression: Expression) -> None:
        """Lead from `start` to `end` by whatever the expression lets be said."""
        if isinstance(expression, Word):
            self._draft[start].append((expression.text, end))
        elif isinstance(expression, Slot):
            label = _CALLED.get(expression.name, f"{{{expression.name}}}")
            self._draft[start].append((label, end))
        elif isinstance(expression, Choice):
            for item in expression.items:
                self._add(start, end, item)
        elif isinstance(expression, Series):
            for item in expression.items[:-1]:
                self._draft.append([])
                following = len(self._draft) - 1
                self._add(start, following, item)
                start = following
            if expression.items:
                self._add(start, end, expression.items[-1])
            else:
                self._draft[start].append(("", end))


class _Smallest:
    """Makes an automaton deterministic, and one state of all that go on alike.

    Args:
        draft: for each state its labels and where they lead; "" needs no word. 0 is the beginning
            and 1 the end; it has no circles.
    """

    def __init__(self, draft: list[list[tuple[str, int]]], speakable: Speakable) -> None:
        self._draft, self._speakable = draft, speakable
        self._seen: dict[frozenset[int], int | None] = {}
        self._alike: dict[tuple[bool, tuple[tuple[str, int, float], ...]], int] = {}

    def made(self) -> Automaton:
        first = self._state(self._closure({0}))
        if first is None:
            return Automaton(({},), frozenset())
        swap = {first: 0, 0: first}
        steps: list[Mapping[str, tuple[int, float]]] = [{}] * len(self._alike)
        ends = set()
        for (over, leads), state in self._alike.items():
            place = swap.get(state, state)
            steps[place] = {label: (swap.get(to, to), cost) for label, to, cost in leads}
            if over:
                ends.add(place)
        return Automaton(tuple(steps), frozenset(ends))

    def _closure(self, states: set[int]) -> frozenset[int]:
        waiting = list(states)
        while waiting:
            for label, following in self._draft[waiting.pop()]:
                if not label and following not in states:
                    states.add(following)
                    waiting.append(following)
        return frozenset(states)

    def _state(self, those: frozenset[int]) -> int | None:
        """The number of a state; None when nothing that can be said ends after it.

        A label costs the more the fewer templates go on with it there.
        """
        if those in self._seen:
            return self._seen[those]
        leads: dict[str, list[int]] = {}
        for one in those:
            for label, following in self._draft[one]:
                if label and (label[0] == "{" or self._speakable(label)):
                    leads.setdefault(label, []).append(following)
        over = 1 in those
        total = sum(map(len, leads.values())) + over
        kept = []
        for label, group in sorted(leads.items()):
            state = self._state(self._closure(set(group)))
            if state is not None:
                own = 0.0 if label[0] == "{" else WORD
                kept.append((label, state, round(own + math.log(total / len(group)), 1)))
        found = None
        if kept or over:
            found = self._alike.setdefault((over, tuple(kept)), len(self._alike))
        self._seen[those] = found
        return found


def _say(items: Sequence[Any]) -> list[str]:
    return [item if isinstance(item, str) else item["say"] for item in items]
