"""A number of which two models judge: Whisper, which tells digits apart, and one that counts them.

Whisper leaves out one of two that are alike, or stops after the first; the model of sounds takes
one for another. So each string that either finds, and each that differs from these in one word, is
judged by both, and taken only when it is clearly the likeliest: a wrong number is worse than being
asked again.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from adapters.voice.digit_sounds import WORDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from adapters.voice.digit_sounds import Evidence

SAID = {
    "0": "zero",
    "1": "one",
    "2": "two",
    "3": "three",
    "4": "four",
    "5": "five",
    "6": "six",
    "7": "seven",
    "8": "eight",
    "9": "nine",
    "o": "oh",
    "d": "double",
    "t": "triple",
}
"""The word of each sign."""
SIGNS = {word: sign for sign, word in SAID.items()} | {"o": "o"}
_WHOLE = re.compile(r"(?:[dt]?[0-9o])+")
_REPEATED = re.compile(r"([dt])([0-9o])")

WHISPER = 3.0
"""What Whisper's logarithm counts for, against one of the model of sounds."""
WORD = 8.0
"""What each word adds: both models lose by each."""
ROUNDS = 2
CANDIDATES = 10
"""How many strings Whisper judges at once."""
START, MARGIN, FIT = 1.63, 0.26, 3.18
"""What makes a number sure: these, each margin and each of Whisper's logarithms a word. Found by
logistic regression on people's speech, each speaker judged by what fits the others."""
WIDEST = 15.0
"""A margin that is wider says no more."""
NARROWEST = 1.0
"""With a narrower one nothing is sure."""


class Fits(Protocol):
    """Whisper's judgement of texts."""

    def __call__(self, texts: Sequence[str], /) -> list[float]:
        """The logarithm of each text's probability."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One string of signs, and what both models say of it."""

    signs: str
    sounds: float
    whisper: float

    @property
    def score(self) -> float:
        """How likely it is, as a logarithm."""
        return self.sounds + WHISPER * self.whisper + WORD * len(self.signs)

    @property
    def digits(self) -> str:
        """The number."""
        return digits(self.signs)


def digits(signs: str) -> str:
    """The number that words come to: `d5o` is 550."""
    plain = _REPEATED.sub(lambda found: found[2] * (2 if found[1] == "d" else 3), signs)
    return plain.replace("o", "0")


def signs(words: Sequence[str]) -> str:
    """The signs of what was written, of words or figures."""
    return "".join(SIGNS.get(word, word if word in SAID else "") for word in words)


def judged(written: str, evidence: Evidence, fits: Fits, least: int = 1) -> list[Judged]:
    """What may have been said, the likeliest first.

    Args:
        written: the signs that Whisper wrote.
        evidence: that of the sounds.
        fits: Whisper's judgement.
        least: how many words were said at least.
    """
    found: dict[str, Judged] = {}
    begin: tuple[str, ...] = (written, evidence.best())
    for _ in range(ROUNDS):
        near = {*begin, *(other for one in begin for other in neighbours(one))} - {*found}
        new = [one for one in near if _WHOLE.fullmatch(one) and len(one) >= least]
        if not new:
            break
        sounds = {one: float(score) for one, score in zip(new, evidence.scores(new), strict=True)}
        first = sorted(new, key=lambda one: -sounds[one] - WORD * len(one))[:CANDIDATES]
        chosen = list(dict.fromkeys([*first, *(one for one in begin if one in sounds)]))
        whisper = fits([" ".join(SAID[sign] for sign in one) for one in chosen])
        for one, judgement in zip(chosen, whisper, strict=True):
            found[one] = Judged(one, sounds[one], judgement)
        begin = (max(found.values(), key=lambda one: one.score).signs,)
    return sorted(found.values(), key=lambda one: -one.score)


def neighbours(string: str) -> set[str]:
    """Every string that differs in one word."""
    found = {string[:at] + string[at + 1 :] for at in range(len(string))}
    for sign in WORDS:
        found |= {string[:at] + sign + string[at:] for at in range(len(string) + 1)}
        found |= {string[:at] + sign + string[at + 1 :] for at in range(len(string))}
    return found - {string, ""}


def confidence(found: Sequence[Judged]) -> float:
    """How sure the first of `judged` is, from 0 to 1.

    Sure is what is far likelier than every other number, and what Whisper finds likely in itself:
    of other speech, too, some number is the likeliest.
    """
    if not found:
        return 0.0
    first = found[0]
    others = (one.score for one in found if one.digits != first.digits)
    margin = min(WIDEST, first.score - max(others, default=first.score - WIDEST))
    exponent = START + MARGIN * margin + FIT * first.whisper / len(first.signs)
    sure = 1 / (1 + math.exp(-max(-50.0, exponent)))
    return sure if margin > NARROWEST else min(sure, 0.4)
