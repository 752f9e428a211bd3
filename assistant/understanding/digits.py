"""Telephone numbers in figures and in words: "oh two oh, double four, twenty three" is 0204423.

What is said is kept as it is said: nothing is rewritten, leading zeros and `+` stay. Single digits
are the language file's; what is said as a group ("twenty three", "quatre-vingt-dix") is read by
text2num, which knows how each language builds its numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assistant.text import Token, fold

LONGEST_GROUP = 6
"""Words: `quatre cent quatre vingt dix sept`."""
LARGEST_GROUP = 9999
LONGEST_DIGIT = 3
"""Words: `jogo da velha`."""


@dataclass(frozen=True, slots=True)
class NumberWords:
    """The number words of one language."""

    code: str
    digits: Mapping[str, str]
    """`one` → `1`, `star` → `*`; also names of several words: `jogo da velha` → `#`."""
    repeats: Mapping[str, int]
    """`double` → 2."""
    extension: frozenset[str]
    """Words before a number that say only that it is one."""
    sounds_like: Mapping[str, str]
    """Words that are digits where nothing but digits is said: `to` → `2`."""

    @classmethod
    def read(cls, code: str, data: Mapping[str, Any]) -> NumberWords:
        """From the `numbers` of the language file of that code."""
        return cls(
            code=code,
            digits={fold(str(word)): str(digit) for word, digit in data["digits"].items()},
            repeats={fold(str(word)): int(times) for word, times in data["repeats"].items()},
            extension=frozenset(fold(str(word)) for word in data["extension"]),
            sounds_like={
                fold(str(word)): str(digit) for word, digit in data.get("sounds_like", {}).items()
            },
        )

    @property
    def words(self) -> frozenset[str]:
        """All that are in the language file."""
        digits = [word for name in self.digits for word in name.split()]
        return frozenset({*digits, *self.repeats, *self.extension})

    def read_at(self, tokens: Sequence[Token], start: int) -> tuple[int, str] | None:
        """The number that begins at `start`: where it ends, and its digits; None when none does."""
        at = start
        while at < len(tokens) and tokens[at].text in self.extension:
            at += 1
        digits = self._extension_at(tokens, at)
        at += bool(digits)
        end = at
        while at < len(tokens):
            found = self._piece(tokens, at)
            if found is None:
                break
            at, piece = found
            digits += piece
            end = at
        well_formed = digits.strip("+") and "+" not in digits[1:]
        return (end, digits) if well_formed else None

    def digits_at(
        self, tokens: Sequence[Token], start: int, *, alike: bool = False
    ) -> tuple[int, str] | None:
        """All digits from `start` on, where nothing but digits is said.

        Args:
            tokens: what was said.
            start: the first token.
            alike: words that sound like digits are digits too.

        Returns:
            Where they end, and the digits; a `+` may stand anywhere. None when there are none.
        """
        at, digits = start, ""
        while at < len(tokens):
            found = self._piece(tokens, at, strays=True)
            if found is None and alike and tokens[at].text in self.sounds_like:
                found = at + 1, self.sounds_like[tokens[at].text]
            if found is None:
                break
            at, piece = found
            digits += piece
        return (at, digits) if digits else None

    def _extension_at(self, tokens: Sequence[Token], at: int) -> str:
        """The digits of `x204`; empty when no such word stands there."""
        word = tokens[at].text if at < len(tokens) else ""
        figures = word.lstrip("abcdefghijklmnopqrstuvwxyz")
        prefix = word.removesuffix(figures)
        return figures if prefix in self.extension and figures.isdecimal() else ""

    def _piece(
        self, tokens: Sequence[Token], at: int, *, strays: bool = False
    ) -> tuple[int, str] | None:
        token = tokens[at]
        if token.number or token.text == "+":
            return at + 1, token.text
        if token.text in self.repeats and at + 1 < len(tokens):
            following = tokens[at + 1]
            repeated = (at + 2, following.text) if following.number else self._digit(tokens, at + 1)
            if repeated is None or len(repeated[1]) != 1:
                return None
            return repeated[0], repeated[1] * self.repeats[token.text]
        group = self._group(tokens, at)
        if group is not None:
            return group
        found = self._digit(tokens, at)
        return found if found is not None and (strays or not self._stray(tokens, at)) else None

    def _digit(self, tokens: Sequence[Token], at: int) -> tuple[int, str] | None:
        for end in range(min(at + LONGEST_DIGIT, len(tokens)), at, -1):
            name = _joined(tokens[at:end])
            if name in self.digits:
                return end, self.digits[name]
        return None

    def _stray(self, tokens: Sequence[Token], at: int) -> bool:
        """A letter before figures is a slip, not a digit: "callt o 655" is not 0655."""
        following = tokens[at + 1] if at + 1 < len(tokens) else None
        return len(tokens[at].text) == 1 and following is not None and following.number

    def _group(self, tokens: Sequence[Token], at: int) -> tuple[int, str] | None:
        """The longest group of words that is one number from 10 on, not led by a zero."""
        if self.digits.get(tokens[at].text) == "0" or self._value(tokens[at : at + 1]) is None:
            return None
        last = min(at + LONGEST_GROUP, len(tokens))
        for end in range(last, at, -1):
            if self._value(tokens[end - 1 : end]) is None or self._goes_on(tokens, at, end):
                continue
            value = self._value(tokens[at:end])
            if value is not None and 10 <= value <= LARGEST_GROUP:
                return end, str(value)
        return None

    def _goes_on(self, tokens: Sequence[Token], at: int, end: int) -> bool:
        """In "eight hundred five five five" the fives are digits, none of them in the hundreds."""
        if end - at < 2 or end == len(tokens):
            return False
        last, before = tokens[end - 1].text, self._value(tokens[at : end - 1])
        single = last in self.digits and tokens[end].text in {*self.digits, *self.repeats}
        return single and before is not None and before % 100 == 0

    def _value(self, words: Sequence[Token]) -> int | None:
        from text_to_num import text2num

        if any(word.number for word in words):
            return None
        for spelled in (" ".join(word.raw.lower() for word in words), _joined(words)):
            try:
                value: int = text2num(spelled, self.code)
            except ValueError:
                continue
            return value
        return None


def _joined(words: Sequence[Token]) -> str:
    return " ".join(word.text for word in words)
