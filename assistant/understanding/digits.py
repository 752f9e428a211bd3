"""Telephone numbers in figures and in words: "oh two oh, double four" is 02044.

What is said is kept as it is said: nothing is rewritten, leading zeros and `+` stay.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assistant.text import Token, fold


@dataclass(frozen=True, slots=True)
class NumberWords:
    """The number words of one language."""

    digits: Mapping[str, str]
    """`one` → `1`, `star` → `*`."""
    teens: Mapping[str, str]
    """`ten` → `10`, said as they are."""
    tens: Mapping[str, str]
    """`twenty` → `2`, to which a digit may be joined."""
    hundred: frozenset[str]
    repeats: Mapping[str, int]
    """`double` → 2."""
    joins: frozenset[str]
    """`and`, between tens and digits or after hundred."""
    extension: frozenset[str]
    """Words before a number that say only that it is one."""

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> NumberWords:
        """From a language file's `numbers`."""

        def folded(name: str) -> dict[str, Any]:
            return {fold(str(word)): value for word, value in (data.get(name) or {}).items()}

        def words(name: str) -> frozenset[str]:
            return frozenset(fold(str(word)) for word in data.get(name) or ())

        return cls(
            digits={word: str(digit) for word, digit in folded("digits").items()},
            teens={word: str(digits) for word, digits in folded("teens").items()},
            tens={word: str(digit) for word, digit in folded("tens").items()},
            hundred=words("hundred"),
            repeats={word: int(times) for word, times in folded("repeats").items()},
            joins=words("joins"),
            extension=words("extension"),
        )

    @property
    def words(self) -> frozenset[str]:
        """All of them."""
        return frozenset(
            {*self.digits, *self.teens, *self.tens, *self.repeats, *self.hundred, *self.extension}
        )

    def read_at(self, tokens: Sequence[Token], start: int) -> tuple[int, str] | None:
        """The number that begins at `start`: where it ends, and its digits; None when none does."""
        at = start
        while at < len(tokens) and tokens[at].text in self.extension:
            at += 1
        digits = ""
        end = at
        while at < len(tokens):
            found = self._piece(tokens, at)
            if found is None:
                break
            at, piece = found
            digits += piece
            end = at
        return (end, digits) if digits.strip("+") and _well_formed(digits) else None

    def _piece(self, tokens: Sequence[Token], at: int) -> tuple[int, str] | None:
        token = tokens[at]
        if token.number:
            return at + 1, token.text
        word = token.text
        if word in self.repeats and at + 1 < len(tokens):
            following = tokens[at + 1]
            digit = self.digits.get(following.text)
            if digit is None and following.number and len(following.text) == 1:
                digit = following.text
            return (at + 2, digit * self.repeats[word]) if digit else None
        if word in self.digits:
            return self._hundreds(tokens, at + 1, self.digits[word])
        if word in self.teens:
            return at + 1, self.teens[word]
        if word in self.tens:
            return self._joined(tokens, at + 1, self.tens[word], "0")
        if word in self.hundred:
            return self._hundreds(tokens, at, "1")
        return None

    def _hundreds(self, tokens: Sequence[Token], at: int, digit: str) -> tuple[int, str]:
        """`two hundred [and] five` is 205; a digit alone is itself."""
        if at >= len(tokens) or tokens[at].text not in self.hundred or not digit.isdigit():
            return at, digit
        at += 1
        after = at + 1 if at < len(tokens) and tokens[at].text in self.joins else at
        word = tokens[after].text if after < len(tokens) else ""
        if word in self.teens:
            return after + 1, digit + self.teens[word]
        if word in self.tens:
            end, tail = self._joined(tokens, after + 1, self.tens[word], "0")
            return end, digit + tail
        if word in self.digits and self.digits[word] not in "*#+0" and after > at:
            return after + 1, digit + "0" + self.digits[word]
        return at, digit + "00"

    def _joined(
        self, tokens: Sequence[Token], at: int, ten: str, otherwise: str
    ) -> tuple[int, str]:
        """`twenty [and] five` is 25; `twenty` alone is 20."""
        after = at + 1 if at < len(tokens) and tokens[at].text in self.joins else at
        if after < len(tokens):
            digit = self.digits.get(tokens[after].text, "")
            if digit in {*"123456789"}:
                return after + 1, ten + digit
        return at, ten + otherwise


def _well_formed(digits: str) -> bool:
    return "+" not in digits[1:]
