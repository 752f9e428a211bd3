"""Names: who is meant by a name, an alias or a part of one, spelled well or badly.

Looking a name up costs the same with a hundred people and a hundred thousand: every spelling of a
whole name, an alias or one word of a name leads straight to its people; misspelled words are found
through what remains of them when one letter is left out (the symmetric delete method of W. Garbe),
and those that only sound the same through their double metaphone.
"""

from __future__ import annotations

import heapq
import itertools
import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from functools import cached_property

from assistant.contact import Contact
from assistant.numbers import ENOUGH, bare, same_number
from assistant.text import UMLAUTS, fold

NEAR_ENOUGH = 72.0
"""Similarity, of 100, from which on a name is offered for one that is not in the directory."""

ONLY_ALIKE = 3
"""Letters that count as wrong in a word that sounds like a name and is not spelled like it."""

SOUNDS_ALIKE = 0.75
"""Jaro-Winkler similarity from which on two words with the same sound may be the same name."""

_MOST_SPELLINGS = 50
"""Combinations of spellings that are tried for one name."""

_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")


class NameIndex:
    """Every way to find somebody.

    Args:
        contacts: the people; of two with the same name the later is dropped.
    """

    def __init__(self, contacts: Iterable[Contact]) -> None:
        self.by_name: dict[str, Contact] = {}
        for contact in contacts:
            self.by_name.setdefault(contact.name, contact)
        self.contacts = tuple(self.by_name.values())
        self._whole: dict[tuple[str, ...], set[int]] = defaultdict(set)
        self._word: dict[str, set[int]] = defaultdict(set)
        self._nickname: dict[str, set[int]] = defaultdict(set)
        self._number: dict[str, set[int]] = defaultdict(set)
        for place, contact in enumerate(self.contacts):
            for name in (contact.name, *contact.aliases):
                for spelling in {name, name.translate(UMLAUTS)}:
                    words = name_words(spelling)
                    self._whole[words].add(place)
                    of_word = self._word if name is contact.name else self._nickname
                    for word in words:
                        of_word[word].add(place)
            for item in contact.numbers:
                self._number[bare(item.number)[-ENOUGH:]].add(place)

    def by_number(self, number: str) -> Contact | None:
        """Whose number it is, when it is one person's only."""
        places = self._number.get(bare(number)[-ENOUGH:], ())
        fitting = [
            self.contacts[place]
            for place in places
            if any(same_number(number, item.number) for item in self.contacts[place].numbers)
        ]
        return fitting[0] if len(fitting) == 1 else None

    def exact(self, words: Sequence[str]) -> tuple[Contact, ...]:
        """Whom these folded words name without a misspelling."""
        places = self._whole.get(tuple(words)) or self._having(words)
        return tuple(self.contacts[place] for place in sorted(places))

    def knows(self, word: str) -> bool:
        """Whether a folded word is part of a name or an alias."""
        return word in self._vocabulary

    def fuzzy(
        self, words: Sequence[str], fixed: AbstractSet[str] = frozenset()
    ) -> tuple[tuple[Contact, ...], int]:
        """Whom these folded words may name, and how many letters are wrong."""
        alone = len(words) == 1
        options: list[list[tuple[int, str]]] = []
        for word in words:
            spellings = self._spellings(word, alone=alone, fixed=word in fixed)
            if not spellings:
                return (), 0
            options.append(spellings)
        best: dict[int, set[int]] = defaultdict(set)
        for chosen in itertools.islice(itertools.product(*options), _MOST_SPELLINGS):
            wrong = sum(distance for distance, _ in chosen)
            spelled = tuple(spelling for _, spelling in chosen)
            best[wrong] |= self._whole.get(spelled) or self._having(spelled)
        wrong = min((wrong for wrong, places in best.items() if places), default=0)
        found = tuple(self.contacts[place] for place in sorted(best[wrong]))
        if alone and wrong and not any(n == wrong and _alike(words[0], w) for n, w in options[0]):
            wrong = ONLY_ALIKE  # it may well be another name, as Lucas is for a Łukasz
        return found, wrong

    def nearest(self, text: str, limit: int) -> tuple[Contact, ...]:
        """The people whose names are the most like `text`."""
        from rapidfuzz import fuzz, process

        wanted = " ".join(name_words(text))
        if len(wanted) < 3:
            return ()
        forms = [" ".join(form) for form in self._whole]
        found = process.extract(
            wanted, forms, scorer=fuzz.ratio, score_cutoff=NEAR_ENOUGH, limit=limit * 3
        )
        places = [place for form, _, _ in found for place in self._whole[tuple(form.split(" "))]]
        return tuple(self.contacts[place] for place in dict.fromkeys(places))[:limit]

    def starting(self, text: str, limit: int) -> tuple[Contact, ...]:
        """The people whose name or alias has a word for each of the text's, begun like it."""
        wanted = name_words(text)
        if not wanted:
            return self.contacts[:limit]
        places: set[int] | None = None
        for word in wanted:
            found: set[int] = set()
            first = bisect_left(self._sorted_words, word)
            for spelling in itertools.islice(self._sorted_words, first, None):
                if not spelling.startswith(word):
                    break
                found |= self._called(spelling)
            places = found if places is None else places & found
        chosen = heapq.nsmallest(limit, places or (), key=lambda place: self.contacts[place].name)
        return tuple(self.contacts[place] for place in chosen)

    def _having(self, words: Sequence[str]) -> set[int]:
        """Those who are called all these words, in any order, one at least by their name."""
        if len(words) == 1:
            return self._word.get(words[0], set())
        called = []
        for word in words:
            those = self._called(word)
            if not those:
                return set()
            called.append(those)
        if not called:
            return set()
        named = [self._word.get(word, ()) for word in words]
        places = set.intersection(*called)
        return {place for place in places if any(place in those for those in named)}

    def _called(self, word: str) -> set[int]:
        """Those with this word in their name or an alias."""
        names, nicknames = self._word.get(word, set()), self._nickname.get(word)
        return names | nicknames if nicknames else names

    def _spellings(self, word: str, *, alone: bool, fixed: bool) -> list[tuple[int, str]]:
        """The words of names and aliases that this may be, and how many letters are wrong.

        A word that sounds the same counts as one wrong letter.
        """
        from rapidfuzz.distance import OSA

        known = [(0, word)] if word in self._vocabulary else []
        if fixed or (known and alone):
            return known
        allowed = _slips(word, alone=alone)
        near = {
            spelling: distance
            for spelling in self._resembling(word)
            if (distance := OSA.distance(word, spelling, score_cutoff=allowed)) <= allowed
        }
        near.update(dict.fromkeys(self._sounding(word), 1))
        near.pop(word, None)
        return known + sorted((distance, spelling) for spelling, distance in near.items())

    def _resembling(self, word: str) -> set[str]:
        """Words of names that share what remains when a letter is left out."""
        found = set(self._remains.get(word, ()))
        for shorter in _shorter(word):
            found |= self._remains.get(shorter, set())
            if shorter in self._vocabulary:
                found.add(shorter)
        return found

    @cached_property
    def _sorted_words(self) -> list[str]:
        return sorted(self._vocabulary)

    @cached_property
    def _vocabulary(self) -> set[str]:
        return {word for words in self._whole for word in words}

    def _sounding(self, word: str) -> list[str]:
        """Words of names that sound the same and look alike enough: `stephen`, `steven`."""
        from rapidfuzz.distance import JaroWinkler

        return [
            spelling
            for code in _sounds(word)
            for spelling in self._sound.get(code, ())
            if JaroWinkler.similarity(word, spelling) >= SOUNDS_ALIKE
        ]

    @cached_property
    def _sound(self) -> dict[str, set[str]]:
        """The words of names under what they sound like."""
        found: dict[str, set[str]] = defaultdict(set)
        for word in self._vocabulary:
            for code in _sounds(word):
                found[code].add(word)
        return dict(found)

    @cached_property
    def _remains(self) -> dict[str, set[str]]:
        """Each word of a name under all that remains when one of its letters is left out."""
        remains: dict[str, set[str]] = defaultdict(set)
        for word in self._vocabulary:
            for shorter in _shorter(word):
                remains[shorter].add(word)
        return dict(remains)


def name_words(name: str) -> tuple[str, ...]:
    """The folded words of a name."""
    return tuple(_WORD.findall(fold(name)))


def _sounds(word: str) -> set[str]:
    """What a word sounds like, by double metaphone (L. Philips, 2000)."""
    from doublemetaphone import doublemetaphone

    # A single sound is no evidence: half of all short names share it. Nor are two letters: "em".
    if len(word) < 3:
        return set()
    return {code for code in doublemetaphone(word) if len(code) > 1}


def _slips(word: str, *, alone: bool) -> int:
    """How many letters may be wrong in a word of a name."""
    return int(len(word) == 3 and not alone) if len(word) < 4 else 1 if len(word) < 7 else 2


def _alike(word: str, name: str) -> bool:
    """Whether a word by itself may be a misspelling of a name."""
    from rapidfuzz.distance import OSA

    return OSA.distance(word, name) <= _slips(word, alone=True)


def _shorter(word: str) -> set[str]:
    return {word[:place] + word[place + 1 :] for place in range(len(word))}
