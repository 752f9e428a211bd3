"""Letters as they are spelled aloud: "sierra mike", "s as in sugar", "double s", "S-M-I-T-H"."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from assistant.text import Token, bare_word, fold

NATO = (
    "alfa alpha bravo charlie delta echo foxtrot golf hotel india juliett juliet kilo lima mike"
    " november oscar papa quebec romeo sierra tango uniform victor whiskey whisky xray x-ray yankee"
    " zulu"
)
"""ICAO Annex 10, volume II, 5.2.1.3, with the spellings that are usual beside it."""

LONGEST = 3
"""Words of one letter's name: `w come washington` is a letter, what follows, and an example."""


@dataclass(frozen=True, slots=True)
class LetterWords:
    """How letters are called in one language."""

    words: Mapping[str, str]
    """`sierra` → `s`, `double u` → `w`, `hyphen` → `-`."""
    like: frozenset[str]
    """Between a letter and a word that begins with it: `as in`."""
    repeats: Mapping[str, int]
    """`double` → 2."""

    @classmethod
    def read(cls, data: Mapping[str, Any], repeats: Mapping[str, int]) -> LetterWords:
        """From the `spelling` of a language file.

        Args:
            data: that part.
            repeats: the language's words for a digit or letter twice.
        """
        words = dict(_by_first_letter([*NATO.split(), *data["words"]]))
        for letters, names in data["names"].items():
            words |= {_said(str(name)): str(letters) for name in names}
        return cls(words, frozenset(_said(str(item)) for item in data["like"]), repeats)

    def with_words(self, words: Iterable[str]) -> LetterWords:
        """The same, where each of these words besides stands for its first letter."""
        return replace(self, words={**self.words, **dict(_by_first_letter(words))})

    def read_at(self, tokens: Sequence[Token], start: int) -> tuple[int, str] | None:
        """The letters that begin at `start`, as many as there are; None when there are none."""
        at, letters = start, ""
        while at < len(tokens) and (found := self._letter(tokens, at)) is not None:
            at, letter = found
            letters += letter
        return (at, letters) if letters.strip() else None

    def _letter(self, tokens: Sequence[Token], at: int) -> tuple[int, str] | None:
        found = self._named(tokens, at)
        if found is None and tokens[at].text in self.repeats and at + 1 < len(tokens):
            repeated = self._letter(tokens, at + 1)
            if repeated is not None and len(repeated[1]) == 1:
                return repeated[0], repeated[1] * self.repeats[tokens[at].text]
        return found

    def _named(self, tokens: Sequence[Token], at: int) -> tuple[int, str] | None:
        for end in range(min(at + LONGEST, len(tokens)), at, -1):
            name = " ".join(bare_word(token.text) for token in tokens[at:end])
            if name in self.words:
                return end, self.words[name]
        token = tokens[at]
        if token.number or not token.text.isalpha():
            return None
        if len(token.raw) == 1:
            return self._after_example(tokens, at + 1, token.text), token.text
        # Capitals alone are letters that were written together.
        return (at + 1, token.text) if token.raw.isupper() else None

    def _after_example(self, tokens: Sequence[Token], at: int, letter: str) -> int:
        """Where "as in sugar" ends, which says the letter before it once more."""
        for end in range(min(at + LONGEST, len(tokens) - 1), at, -1):
            said = " ".join(bare_word(token.text) for token in tokens[at:end])
            if said in self.like and tokens[end].text.startswith(letter):
                return end + 1
        return at


def _by_first_letter(words: Iterable[str]) -> Iterable[tuple[str, str]]:
    return ((_said(word), fold(word)[0]) for word in words if word)


def _said(words: str) -> str:
    return " ".join(bare_word(word) for word in words.replace("-", " ").split())
