"""One reading of a sentence's tokens: what each slot of a template may take from a place on.

How much is let through is set for each reading: exact words only, misspelled ones, or parties that
are in no directory, which are then asked about and never called.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterator, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

from assistant.contact import Contact
from assistant.directory import Directory
from assistant.text import Token, bare_word
from assistant.understanding.lexicon import FAR, Lexicon, likeliest, resembling
from assistant.understanding.spelling import is_nearly
from phonebar.protocol import is_number

CURRENT = "current"
"""The reference that a command's default is: it needs no slot."""

LETTER_PRICE = 0.08
"""Confidence that each wrong letter costs."""
ONE_DIGIT_PRICE = 0.3
"""A number of one digit is rarely called, and often a word misheard: asked about."""
CAPITALS_PRICE = 0.05
"""`IT` in a text all in capitals may be a department, but is rather a pronoun."""
UNKNOWN_PRICE = 0.15
WORD_PRICE = 0.01
"""For each word of a party in no directory, and of what follows a name."""
SPLIT_PRICE = 0.1
"""For a space that had to be moved."""

LONGEST_PARTY = 6
"""Words."""
LONGEST_NAMESAKE = 3
"""Words of a stranger who shares a name with somebody in the directory."""

CALLS_ONLY = ("other", "held", "ringing", "last", "number", "ordinal")
"""References that are words for calls, not for people."""
_ALIKE = {"to": "target", "to_known": "known", "named": "party", "a": "call", "b": "call"}
"""Slots that take what another one takes."""
_ALL = frozenset({*CALLS_ONLY, CURRENT, "all", "party"})

Filled = tuple[int, Any, float]


class Reading:
    """One reading.

    Args:
        lexicon: the language.
        directory: the people.
        tokens: the sentence.
        real_words: words of other languages, which are no misspellings either.
        not_a_party: words of other languages that are in no stranger's name.
        fuzzy: let misspelled words through.
        unknown: let parties through that are in no directory.
    """

    def __init__(
        self,
        lexicon: Lexicon,
        directory: Directory,
        tokens: Sequence[Token],
        *,
        real_words: AbstractSet[str] = frozenset(),
        not_a_party: AbstractSet[str] = frozenset(),
        fuzzy: bool = False,
        unknown: bool = False,
    ) -> None:
        self._lexicon, self._directory, self._tokens = lexicon, directory, tokens
        self._is_fuzzy, self._unknown = fuzzy, unknown
        self._not_a_party = not_a_party
        self._real_words = real_words
        self._extensions = {word: 0 for word in lexicon.numbers.extension if len(word) > 3}
        letters = [token for token in tokens if token.raw.upper() != token.raw.lower()]
        self._shouted = all(token.raw.isupper() for token in letters)
        self.words = [self._grammar_word(token) for token in tokens]
        self._memory: dict[tuple[str, int], list[Filled]] = {}

    def fill(self, slot: str, at: int) -> Sequence[Filled]:
        """What the slot of a template may take from the token `at` on."""
        alike = _ALIKE.get(slot, slot)
        known = self._memory.get((alike, at))
        if known is None:
            known = self._memory[alike, at] = list(self._fill(alike, at))
        return known

    def fuzzy(self, text: str, expected: Collection[str]) -> list[tuple[str, float]]:
        """Which expected words `text` may be a misspelling of, at what price."""
        if not self._is_fuzzy or self._is_real(text) or not text.isalpha():
            return []
        near = likeliest(self._lexicon.code, text)
        found = [(word, wrong * LETTER_PRICE) for word, wrong in near if word in expected]
        if len(found) > 1:  # the one that the language file has first comes first
            place = {word: n for n, word in enumerate(expected)}
            found.sort(key=lambda item: place[item[0]])
        return [] if found and self._directory.exact((text,)) else found

    def _letters_to_a_word(self, text: str, *, nobody: bool = False) -> int:
        """How many letters are wrong in the likeliest word: `acetto` is `accetto`, no `accetta`.

        Args:
            text: a misspelled word.
            nobody: only words that are in nobody's name.
        """
        near = resembling(self._lexicon.code, text)
        letters = (n for word, n in near if not (nobody and self._directory.knows(word)))
        return min(letters, default=FAR)

    def _is_real(self, word: str) -> bool:
        return word in self._lexicon.real_words or word in self._real_words

    def _grammar_word(self, token: Token) -> str:
        """The token as the grammar compares it; an acronym in the directory is no word of it."""
        word = bare_word(token.text)
        if not self._shouted and self._acronym(token):
            return token.raw
        written = unicodedata.normalize("NFC", token.raw).casefold()
        accented = self._lexicon.accented
        slip = self._is_fuzzy and not self._is_real(word) and is_nearly(written, accented)
        return written if slip or written in accented else word

    def _acronym(self, token: Token) -> bool:
        return (
            len(token.raw) > 1
            and token.raw.isupper()
            and token.raw.isalpha()
            and bool(self._directory.exact((token.text,)))
        )

    def _fill(self, slot: str, at: int) -> Iterator[Filled]:
        if slot == "target":
            yield from self._parties(at, unknown=True) if self._unknown else self.fill("known", at)
        elif slot == "known":
            yield from self._parties(at)
        elif slot == "party":
            yield from self._parties(at, doubtful=True)
        elif slot == "owner":
            yield from self._owners(at)
        elif slot == "which":
            yield from self._references(at, _ALL)
        elif slot == "whom":
            yield from self.fill("which", at)
            if self._unknown:
                yield from self._strangers(at)
        elif slot == "call":
            yield from self._references(at, frozenset(CALLS_ONLY))
        elif slot in {"parties", "members"}:
            yield from self._several(at, unknown=self._unknown and slot == "members")
        elif slot == "person":
            yield from ((end, _target(found), price) for end, found, price in self._people(at))
        elif slot == "letters":
            found = self._lexicon.letters.read_at(self._tokens, at)
            yield from [(*found, 0.0)] if found else ()
        elif slot == "n":
            yield from self._count(at)
        elif slot == "ordinal":
            yield from self._ordinals(at)

    def _references(self, at: int, kinds: frozenset[str]) -> Iterator[Filled]:
        for found in self._lexicon.references.find(self.words, at, self.fill, self.fuzzy):
            kind = found.meaning.name
            if kind not in kinds:
                continue
            inner = next((value for _, value in found.slots), None)
            value: Any = kind
            if kind in {"number", "ordinal", "party"}:
                value = inner
            elif kind == "last":
                value = -1
            yield found.end, value, found.price

    def _several(self, at: int, *, unknown: bool) -> Iterator[Filled]:
        """`john, maria and call two`."""
        waiting: list[tuple[int, tuple[Any, ...], float]] = [(at, (), 0.0)]
        while waiting:
            here, items, price = waiting.pop()
            if here >= len(self.words):
                continue
            for end, value, extra in self._member(here, unknown=unknown):
                named = (*items, value)
                total = price + extra
                yield end, list(named), total
                following = end
                while following < len(self.words) and self._joins(following):
                    following += 1
                apart = following > end or self._comma(end) or self._figures(end)
                if len(named) < 4 and apart:
                    waiting.append((following, named, total))

    def _member(self, at: int, *, unknown: bool) -> Iterator[Filled]:
        yield from self.fill("which", at)
        if unknown:
            yield from self._strangers(at)

    def _joins(self, at: int) -> bool:
        word = self.words[at]
        between = self._lexicon.between_parties
        return word in between or word in {"&", "+"} or bool(self.fuzzy(word, between))

    def _figures(self, at: int) -> bool:
        """Between two small numbers in figures: `conf 1 2`."""
        two = self._tokens[at - 1 : at + 1]
        return len(two) == 2 and all(token.number and len(token.text) == 1 for token in two)

    def _comma(self, at: int) -> bool:
        return 0 < at < len(self._tokens) and self._tokens[at - 1].comma

    def _ordinals(self, at: int) -> Iterator[Filled]:
        ordinals, word = self._lexicon.ordinals, self.words[at]
        if word in ordinals:
            yield at + 1, ordinals[word], 0.0
        elif len(word) > 4:  # with four letters "nota" would be "nona"
            yield from (
                (at + 1, ordinals[near], price)
                for near, price in self.fuzzy(word, ordinals)
                if near[0] == word[0] and price <= LETTER_PRICE
            )

    def _count(self, at: int) -> Iterator[Filled]:
        """A small number, in figures or as one word: call 2, call two."""
        token = self._tokens[at]
        text = token.text.removeprefix("#")
        if token.number and text.isdecimal() and len(text) <= 2 and int(text) > 0:
            yield at + 1, int(text), 0.0
        elif not token.number:
            digits = self._lexicon.numbers.digits
            near = [(token.text, 0.0)] if token.text in digits else self.fuzzy(token.text, digits)
            if len(near) == 1:
                name, price = near[0]
                if digits[name].isdecimal() and int(digits[name]) > 0:
                    yield at + 1, int(digits[name]), price

    def _parties(
        self, at: int, *, unknown: bool = False, doubtful: bool = False
    ) -> Iterator[Filled]:
        """Numbers, people, and when nothing else fits and it is allowed, strangers.

        Args:
            at: the token.
            unknown: strangers are allowed.
            doubtful: it need be nobody, as in "close the door".
        """
        longest = 0
        start, extra = self._after_articles(at)
        if self.fuzzy(self.words[start], self._extensions) and start + 1 < len(self.words):
            start += 1
        number = self._lexicon.numbers.read_at(self._tokens, start)
        if number is not None and is_number(number[1]):
            longest = number[0]
            price = ONE_DIGIT_PRICE if self._doubtful(start, number) else 0.0
            yield number[0], {"number": number[1]}, price + extra
            yield from self._before_politeness(start, number[0])
        for place, before in {start: extra, at: 0.0}.items():
            for end, contacts, price in self._people(place, doubtful=doubtful):
                longest = max(longest, end)
                yield end, _target(contacts), price + before
                if end < len(self.words) and self.words[end] in self._lexicon.party_tails:
                    yield end + 1, _target(contacts), price + before + WORD_PRICE
        for found in self._lexicon.party_forms.find(self.words, at, self.fill, self.fuzzy):
            longest = max(longest, found.end)
            yield found.end, found.slots[0][1], found.price
        if unknown:
            yield from (item for item in self._strangers(at) if self._is_new(at, item[0], longest))

    def _is_new(self, at: int, end: int, longest: int) -> bool:
        """`john lennon` is a stranger although there is a John; `john about lunch` is nobody."""
        return not longest or longest < end <= at + LONGEST_NAMESAKE

    def _doubtful(self, start: int, number: tuple[int, str]) -> bool:
        """A single digit is rarely called, and `transfer 5 201` may mean call 5 to 201."""
        end, digits = number
        figures = [token.number for token in self._tokens[start:end]]
        split = figures == [True, True] and len(self._tokens[start].text) == 1
        return len(digits.strip("+")) == 1 or split

    def _before_politeness(self, start: int, end: int) -> Iterator[Filled]:
        """`two oh one` where "one moment" follows, and not `two oh one one`."""
        last = end - 1
        if last == start or end == len(self._tokens) or self._tokens[last].number:
            return
        after = self._lexicon.after.find(self.words, last, self.fill)
        shorter = self._lexicon.numbers.read_at(self._tokens[:last], start)
        if shorter is not None and is_number(shorter[1]) and any(item.end > end for item in after):
            yield last, {"number": shorter[1]}, 0.0

    def _people(
        self, at: int, *, doubtful: bool = False
    ) -> Iterator[tuple[int, tuple[Contact, ...], float]]:
        for end in range(at + 1, min(at + LONGEST_PARTY, len(self._tokens)) + 1):
            token = self._tokens[end - 1]
            if token.number:
                return
            # A quotation may end behind a name: 'call sue'.
            words = [item.text.removesuffix("'") for item in self._tokens[at:end]]
            if len(words) == 1 and self._only_a_tail(words[0]):
                continue
            if len(words) == 1 and bare_word(words[0]) in self._lexicon.not_a_party:
                if self._acronym(token):
                    price = CAPITALS_PRICE if self._shouted else 0.0
                    yield end, self._directory.exact(words), price
                continue
            yield from (
                (end, found, price) for found, price in self._named(words, doubtful=doubtful)
            )

    def _only_a_tail(self, word: str) -> bool:
        """`department` is nobody by itself, though somebody has it in a longer name."""
        bare = bare_word(word)
        return bare in self._lexicon.party_tails and not any(
            bare == bare_word(name)
            for contact in self._directory.exact((word,))
            for name in (contact.name, *contact.aliases)
        )

    def _named(
        self, words: Sequence[str], *, doubtful: bool = False
    ) -> Iterator[tuple[tuple[Contact, ...], float]]:
        found = self._directory.exact(words) or self._without_article(words)
        if found:
            yield found, 0.0
        elif self._is_fuzzy:
            near, wrong = self._directory.fuzzy(words, frozenset(filter(self._is_real, words)))
            if near and not (doubtful and self._may_be_a_thing(words, wrong)):
                yield near, wrong * LETTER_PRICE

    def _may_be_a_thing(self, words: Sequence[str], wrong: int) -> bool:
        """`prota` is `porta` rather than Priti."""
        return len(words) == 1 and self._letters_to_a_word(words[0], nobody=True) <= wrong

    def _without_article(self, words: Sequence[str]) -> tuple[Contact, ...]:
        """`depot`, who is in the directory as `the depot`."""
        if not all(map(self._directory.knows, words)):
            return ()
        return next(
            filter(None, (self._directory.exact((a, *words)) for a in self._lexicon.articles)), ()
        )

    def _owners(self, at: int) -> Iterator[Filled]:
        """`bob's`, also written `bobs`."""
        for end in range(at + 1, min(at + LONGEST_PARTY, len(self._tokens)) + 1):
            words = [token.text for token in self._tokens[at:end]]
            last = words[-1]
            for ending in self._lexicon.owner_endings:
                if last.endswith(ending) and len(last) > len(ending) + 1:
                    named = [*words[:-1], last.removesuffix(ending)]
                    for contacts, price in self._named(named):
                        yield end, _target(contacts), price
                    break

    def _strangers(self, at: int) -> Iterator[Filled]:
        """Whatever stands there, as somebody who is in no directory."""
        start, _ = self._after_articles(at)
        for end in range(start + 1, min(start + LONGEST_PARTY, len(self._tokens)) + 1):
            token, word = self._tokens[end - 1], self.words[end - 1]
            if token.number or self._no_stranger(word) or not token.text[0].isalnum():
                return
            text = " ".join(item.raw for item in self._tokens[at:end]).replace("' ", "'")
            yield end, {"unknown": text}, UNKNOWN_PRICE + WORD_PRICE * (end - start)

    def _no_stranger(self, word: str) -> bool:
        if word in self._lexicon.not_a_party or word in self._lexicon.things:
            return True
        # English "do" is Portuguese "of the", as in "a pizzaria do zé".
        return word in self._not_a_party and word not in self._lexicon.pointing

    def _after_articles(self, at: int) -> tuple[int, float]:
        """The token after the articles that stand there, and what their misspellings cost."""
        price = 0.0
        while at < len(self.words) - 1:
            word = self.words[at]
            if word not in self._lexicon.articles:
                if not self._swapped_article(word):
                    break
                price += LETTER_PRICE
            at += 1
        return at, price

    def _swapped_article(self, word: str) -> bool:
        """`teh`: all its letters are there; "ann" is no misspelling of "an"."""
        near = self.fuzzy(word, self._lexicon.articles) if len(word) > 2 else ()
        return any(sorted(word) == sorted(article) for article, _ in near)


def _target(contacts: Sequence[Contact]) -> dict[str, Any]:
    if len(contacts) == 1:
        return {"contact": contacts[0].name}
    return {"ambiguous": sorted(contact.name for contact in contacts)}
