"""How alike two words sound: by their letters, and by their double metaphone."""

from __future__ import annotations

from functools import lru_cache

from rapidfuzz.distance import Levenshtein

MOST = 0.5
"""Words that differ by more than this are not taken for each other."""
SAME_SOUND = 0.15
"""How far words of one sound are apart, however they are spelt: "cold" and "called" are not one."""


@lru_cache(maxsize=50_000)
def apart(one: str, other: str) -> float:
    """From 0, the same, to 1, nothing in common.

    Args:
        one: a folded word, or several in one.
        other: likewise.
    """
    if one == other:
        return 0.0
    letters = float(Levenshtein.normalized_distance(one, other))
    here, there = _codes(one), _codes(other)
    if not here or not there:
        return letters
    sound = min(
        float(Levenshtein.normalized_distance(this, that)) for this in here for that in there
    )
    if sound == 0:
        return min(letters, SAME_SOUND + 0.3 * letters)
    return 0.5 * letters + 0.5 * sound


@lru_cache(maxsize=50_000)
def _codes(word: str) -> tuple[str, ...]:
    from doublemetaphone import doublemetaphone

    return tuple(code for code in doublemetaphone(word) if code)
