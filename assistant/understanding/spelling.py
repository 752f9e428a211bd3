"""Whether one word is another one misspelled: swapped, doubled, missing or wrong letters."""

from __future__ import annotations

from collections.abc import Collection
from itertools import pairwise

_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_BESIDE = frozenset(
    pair for row in _ROWS for one, two in pairwise(row) for pair in (one + two, two + one)
)
"""Letters beside each other, on most Latin keyboards."""


def is_nearly(written: str, accented: Collection[str]) -> bool:
    """Whether it is one of these words with one wrong letter.

    Args:
        written: a word with its accents.
        accented: words that only their accents tell from others.
    """
    if written.isascii() or not accented:
        return False
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    return process.extractOne(written, accented, scorer=OSA.distance, score_cutoff=1) is not None


def most_wrong_letters(text: str, word: str) -> int:
    """How many letters of `text` may be wrong if `word` was meant: 0, 1 or 2.

    The shorter the word, the fewer: a short one has too many neighbours.

    Args:
        text: a folded word that is in no dictionary.
        word: what it may have been meant to be, folded.
    """
    shortest, longest = sorted((len(text), len(word)))
    if shortest < 2:
        return int(longest == 2 and text == word[0])
    if longest - shortest > 2:
        return 0
    if longest == 2:
        return int(text == word[::-1] or _next_key(text, word))
    if shortest == 2:
        return int(longest == 3 and text[0] == word[0])
    if text[0] == word[0] and sorted(text) == sorted(word):
        return 2
    return 1 if shortest < 6 else 2


def _next_key(text: str, word: str) -> bool:
    """`tp` for "to": one of two letters is the key beside the right one."""
    if text[0] == word[0]:
        return text[1] + word[1] in _BESIDE
    return text[1] == word[1] and text[0] + word[0] in _BESIDE
