"""One sentence in one language becomes the commands that it may mean, the likeliest first.

Each way of reading is tried only when the stricter ones before it found nothing:

    exactly as written · taken back ("call john, never mind")
    with misspelled words, or a space moved · corrected ("call john, no, maria")
    with a party that is in no directory
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from typing import Any

from assistant.contract import Command
from assistant.directory import Directory
from assistant.entry import Edit
from assistant.text import Token, bare_word, fold, tokens
from assistant.understanding.edits import EditReader
from assistant.understanding.grammar import Meaning, Network
from assistant.understanding.lexicon import IDIOM, REFUSALS, Lexicon
from assistant.understanding.reading import CURRENT, SPLIT_PRICE, Reading
from assistant.understanding.spacing import respacings

_SLOTS = {
    "known": "target",
    "to_known": "to",
    "whom": "which",
    "named": "which",
    "owner": "which",
    "call": "which",
    "members": "parties",
}
"""Slots of templates that are read in another way than the command's slot of that meaning."""

_DEFAULTS = {"answer": "ringing", "resume": "held"}
"""The reference that an intent means anyway."""

CLOSE = 0.05
"""Two readings of a misspelled sentence within this confidence are as likely as each other."""
IN_DOUBT = 0.7
"""The confidence of a reading that another one rivals."""

_HESITATION = (3, 2, 1)
"""Words of one: "let me see"."""

_ANSWERS_ONLY = frozenset({"correct"})
"""Sentences that are one only as the answer to a question."""


@dataclass(frozen=True, slots=True)
class Guess:
    """One thing that a sentence may mean."""

    command: Command
    confidence: float
    how: str = ""
    """Which way of reading found it."""
    template: str = ""
    """The sentence of the language file that it was taken for."""


_HELD = re.compile(r"([^\W\d_])\1{2,}", re.IGNORECASE)
_SHORTEST = 3
"""Letters of a word that may be what it seems: `III`, `www`."""


class Parser:
    """Reads one language.

    Args:
        lexicon: the language.
        directory: the people.
        real_words: words of other languages in use, which are no misspellings of this one's.
        not_a_party: words of other languages in use that are in no stranger's name.
    """

    def __init__(
        self,
        lexicon: Lexicon,
        directory: Directory,
        real_words: AbstractSet[str] = frozenset(),
        not_a_party: AbstractSet[str] = frozenset(),
    ) -> None:
        self._lexicon, self._directory = lexicon, directory
        self._hesitations = lexicon.hesitations
        self._real_words, self._not_a_party = real_words, not_a_party

    def tokens(self, text: str) -> tuple[Token, ...]:
        """The words and numbers of a text, without hesitations and a held key's repeats."""
        said = [self._let_go(token) for token in tokens(text, self._lexicon.elisions)]
        words = [bare_word(token.text) for token in said]
        kept: list[Token] = []
        at = 0
        while at < len(said):
            lengths = (n for n in _HESITATION if " ".join(words[at : at + n]) in self._hesitations)
            length = next(lengths, 0)
            kept += said[at : at + 1] if not length else ()
            at += length or 1
        return tuple(kept)

    def _let_go(self, token: Token) -> Token:
        """A word without the repeats of a key that was held too long: `callll`, `hhhold`."""
        if len(token.text) <= _SHORTEST or token.number or not _HELD.search(token.text):
            return token
        if self._directory.knows(token.text) or bare_word(token.text) in self._hesitations:
            return token
        said = [_HELD.sub(times, token.text) for times in (r"\1\1", r"\1")]
        known = [self._is_known(text) for text in said]
        times = r"\1" if known == [False, True] else r"\1\1"
        return replace(token, text=_HELD.sub(times, token.text), raw=_HELD.sub(times, token.raw))

    def _is_known(self, text: str) -> bool:
        word = bare_word(text)
        return word in self._lexicon.sentences.vocabulary or self._directory.knows(text)

    def pointed_at(self, said: Sequence[Token]) -> list[str]:
        """An answer's words, without those that only point: "the one with carter"."""
        pointing = self._lexicon.pointing
        return [token.text for token in said if bare_word(token.text) not in pointing]

    def parse(self, said: Sequence[Token], *, answer: bool = False) -> list[Guess]:
        """What the sentence may mean, the likeliest first; nothing when it is no command.

        Args:
            said: what `tokens` gives.
            answer: it may also be the answer to a question.
        """
        if not said:
            return []
        for how, guesses in self._ways(said, answer=answer):
            if guesses:
                ordered = [replace(guess, how=how) for guess in _best_first(guesses)]
                counted = ordered if how == "exact" else ordered[:1]
                if any(guess.command.intent == IDIOM for guess in counted):
                    return []
                return ordered if how == "exact" else _doubting(ordered)
        return []

    def party(self, said: Sequence[Token]) -> Mapping[str, Any] | None:
        """Whom a text that is nothing but a name or a number means."""
        reading = self._reading(said)
        for start in _reach(self._lexicon.before, reading, 0):
            for end, value, _ in reading.fill("party", start) if start < len(said) else ():
                if self._end(reading, end) is not None:
                    return value  # type: ignore[no-any-return]
        return None

    def edits(self, said: Sequence[Token], kind: str) -> list[Edit]:
        """What a sentence does to a number or a name that is being given; nothing if it is another.

        Args:
            said: what `tokens` gives.
            kind: `number` or `name`.
        """
        reader = EditReader(self._lexicon, kind)
        return reader.read(said, self._reading(said), self._reading(said, fuzzy=True))

    def _ways(self, said: Sequence[Token], *, answer: bool) -> Iterator[tuple[str, list[Guess]]]:
        exact = self._reading(said)
        yield "exact", self._guesses(exact, answer=answer)
        yield "discarded", self._discarded(said, exact)
        fuzzy = self._reading(said, fuzzy=True)
        if _is_somebody(fuzzy):
            return
        yield (
            "misspelled",
            self._guesses(fuzzy, answer=answer) + self._respaced(said, answer=answer),
        )
        yield "corrected", self._corrected(said, exact)
        yield "unknown party", self._read(said, unknown=True, answer=answer)
        yield "unknown party, misspelled", self._read(said, fuzzy=True, unknown=True)

    def _read(
        self,
        said: Sequence[Token],
        *,
        fuzzy: bool = False,
        unknown: bool = False,
        answer: bool = False,
    ) -> list[Guess]:
        return self._guesses(self._reading(said, fuzzy=fuzzy, unknown=unknown), answer=answer)

    def _guesses(self, reading: Reading, *, answer: bool = False) -> list[Guess]:
        guesses = []
        for sentences, start, before in self._beginnings(reading):
            for found in sentences.find(reading.words, start, reading.fill, reading.fuzzy):
                after = self._end(reading, found.end)
                if after is None or (not answer and found.meaning.name in _ANSWERS_ONLY):
                    continue
                price = before + found.price + after
                command = command_of(found.meaning, found.slots)
                guesses.append(
                    Guess(command, max(0.0, 1.0 - price), template=found.meaning.template)
                )
        return guesses

    def _reading(
        self, said: Sequence[Token], *, fuzzy: bool = False, unknown: bool = False
    ) -> Reading:
        return Reading(
            self._lexicon,
            self._directory,
            said,
            real_words=self._real_words,
            not_a_party=self._not_a_party,
            fuzzy=fuzzy,
            unknown=unknown,
        )

    def _beginnings(self, reading: Reading) -> Iterator[tuple[Network, int, float]]:
        """Where the command itself may begin, among which sentences it is then, and the price."""
        lexicon, words = self._lexicon, reading.words
        starts = _reach(lexicon.before, reading, 0)
        yield from ((lexicon.sentences, start, price) for start, price in starts.items())
        for start, price in starts.items():
            for found in lexicon.before_forms.find(words, start, reading.fill, reading.fuzzy):
                yield lexicon.forms, found.end, price + found.price

    def _end(self, reading: Reading, end: int) -> float | None:
        """What the politeness that follows costs; None if something else follows."""
        if end == len(reading.words):
            return 0.0
        return _reach(self._lexicon.after, reading, end).get(len(reading.words))

    def _discarded(self, said: Sequence[Token], reading: Reading) -> list[Guess]:
        """`call john, never mind` calls nobody."""
        for cut in range(1, len(said)):
            if self._is_refusal(reading, cut):
                head = said[:cut]
                if self._read(head) or self._read(head, fuzzy=True, unknown=True):
                    return [Guess(Command("cancel"), 1.0)]
        return []

    def _is_refusal(self, reading: Reading, cut: int) -> bool:
        """Whether all from there on is `never mind` or the like."""
        return any(
            self._end(reading, found.end) is not None
            for start in _reach(self._lexicon.before, reading, cut)
            for found in self._lexicon.refusals.find(reading.words, start, reading.fill)
        )

    def _corrected(self, said: Sequence[Token], reading: Reading) -> list[Guess]:
        """What was said last counts: `call john, no, maria`, `put john, sorry, maria on hold`."""
        parts = [
            (said[:start], said[end:])
            for start in range(len(said) - 1, 0, -1)
            if not self._inside_number(said, start)
            for end in sorted(_reach(self._lexicon.corrections, reading, start), reverse=True)
            if start < end < len(said)
        ]
        for head, tail in parts:
            guesses = self._replaced(head, tail) or self._begun_anew(head, tail)
            if guesses:
                return guesses
        return []

    def _inside_number(self, said: Sequence[Token], at: int) -> bool:
        """The "oh" of "two oh two" corrects nothing."""
        number = self._lexicon.numbers.read_at(said, at - 1)
        return number is not None and number[0] > at

    def _replaced(self, head: Sequence[Token], tail: Sequence[Token]) -> list[Guess]:
        """The sentence with the last party or call of the head taken out, for what came after."""
        reading = self._reading(head, fuzzy=True, unknown=True)
        starts = _reach(self._lexicon.before, reading, 0)
        spans = {
            (end, at)
            for at in range(1, len(head))
            for slot in ("which", "to")
            for end, value, _ in reading.fill(slot, at)
            if at not in starts or not _is_stranger(value)
        }
        for end, at in sorted(spans, key=lambda span: (-span[0], span[1])):
            same = len(tail) > 1 and tail[0].text == head[at - 1].text
            sentence = (*head[:at], *(tail[1:] if same else tail), *head[end:])
            guesses = self._read(sentence) or self._read(sentence, fuzzy=True)
            if guesses:
                return guesses
        return []

    def _begun_anew(self, head: Sequence[Token], tail: Sequence[Token]) -> list[Guess]:
        """Another command in the place of the one before: `hang up, no, hold`."""
        before = self._read(head) or self._read(head, fuzzy=True) or self._read(head, unknown=True)
        # "No, no, ..." takes nothing back: Portuguese goes on with "desligues", do not hang up.
        if not before or any(guess.command.intent in REFUSALS for guess in before):
            return []
        return self._read(tail) or self._read(tail, fuzzy=True)

    def _is_real(self, word: str) -> bool:
        """Whether it is a word of any language in use, and so stands where it should."""
        bare = bare_word(word)
        return bare in self._lexicon.real_words or bare in self._real_words

    def _knows(self, word: str) -> bool:
        bare = bare_word(word)
        return bare in self._lexicon.real_words or self._directory.knows(fold(word))

    def _respaced(self, said: Sequence[Token], *, answer: bool) -> list[Guess]:
        """`hangu p`, `callj ohn`, `hangupcall 2`."""
        return [
            replace(guess, confidence=guess.confidence - SPLIT_PRICE)
            for variant in respacings(said, self._knows, self._is_real, self._lexicon.elisions)
            for guess in self._read(variant, answer=answer)
        ]


def _reach(network: Network, reading: Reading, start: int) -> dict[int, float]:
    """Every place that any number of the network's phrases leads to, at the lowest price."""
    reached, waiting = {start: 0.0}, [start]
    while waiting:
        at = waiting.pop()
        for found in network.find(reading.words, at, reading.fill, reading.fuzzy):
            price = reached[at] + found.price
            if price < reached.get(found.end, math.inf):
                reached[found.end] = price
                waiting.append(found.end)
    return reached


def _is_somebody(reading: Reading) -> bool:
    """A name alone, such as `jon smith`, is no misspelled command to `join smith`."""
    words = len(reading.words)
    return words > 1 and any(end == words for end, *_ in reading.fill("person", 0))


def command_of(meaning: Meaning, filled: Sequence[tuple[str, Any]]) -> Command:
    """The command of a sentence: its slots without what is meant anyway.

    Args:
        meaning: the sentence's.
        filled: its template's slots, each with its value.
    """
    intent = meaning.name
    slots: dict[str, Any] = dict(meaning.fixed)
    for name, value in filled:
        slots[_SLOTS.get(name, name)] = value
    meant_anyway = [CURRENT, _DEFAULTS.get(intent), "all" if intent == "answer" else CURRENT]
    if "which" in slots and slots["which"] in meant_anyway:
        del slots["which"]
    if "parties" in slots:
        parties = [item for item in slots.pop("parties") if item != CURRENT]
        if parties and "all" not in parties:
            slots["parties"] = parties
    if intent == "choose":
        place = slots.get("n") or slots["ordinal"]
        return Command("choose", {"index": place - 1 if place > 0 else -1})
    return Command(intent, slots)


def _is_stranger(value: Any) -> bool:
    return isinstance(value, dict) and "unknown" in value


def _best_first(guesses: Sequence[Guess]) -> list[Guess]:
    """Likelier first; of those as likely idioms, then what fewer slots explain. Each only once."""
    ordered = sorted(
        guesses,
        key=lambda guess: (
            -guess.confidence,
            guess.command.intent != IDIOM,
            len(guess.command.slots),
        ),
    )
    best: list[Guess] = []
    for guess in ordered:
        if all(guess.command != other.command for other in best):
            best.append(guess)
    return best


def _doubting(guesses: list[Guess]) -> list[Guess]:
    """Less sure of the first where the second is nearly as likely: it is asked about."""
    first, *others = guesses
    if others and first.confidence - others[0].confidence < CLOSE:
        return [replace(first, confidence=min(first.confidence, IN_DOUBT)), *others]
    return guesses
