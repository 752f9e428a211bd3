"""What one engine heard, weighed by the other: each sentence by how well Whisper says it fits.

Whisper writes what it hears in any words. How much less likely than these words a sentence is says
whether that sentence was said, though Whisper would hardly have written it by itself: "ring Hannah"
where it wrote "bring henna", and not "please get Kate" where it wrote "please update the ticket".
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass

from adapters.voice.recogniser import Heard, Hearing
from adapters.voice.sound import apart
from assistant.text import fold, tokens
from assistant.understanding.lexicon import lexicon

FIT = 0.2
"""How much Whisper's likelihoods count among the sentences, beside those of the other engine."""
FIT_NUMBER = 0.5
"""The same where a number is said: of strings of digits Whisper is the better judge."""
LONG_NUMBER = 3
"""Digits from which on a number is one."""
SLOPE = 0.55
"""How much less likely it is that the second sentence was said than the first, as a power."""
LEAST = 1e-6
UNHEARD = 1.0
"""A sentence that only Whisper came upon is less likely than all others, by this in logarithms."""


@dataclass(frozen=True, slots=True)
class Weights:
    """What the belief in a sentence is made of: the logit of its probability is a sum of these."""

    alone: float = 5.56
    heard: float = 0.37
    """For the logit of what the other engine believes."""
    gap: float = -0.067
    """For the logarithm by which Whisper's own words are likelier."""
    unlike: float = -7.5
    """For how unlike Whisper's own words the sentence sounds, from 0 to 1."""
    clear: float = -4.0
    """For the mean probability of Whisper's own words: where it is sure, there is no doubt left."""


WEIGHTS = Weights()


@dataclass(frozen=True, slots=True)
class Way:
    """A sentence that may have been said."""

    text: str
    share: float
    """The logarithm of its likelihood among the others, by the engine that found it."""
    gap: float
    """The logarithm by which Whisper's own words are likelier."""
    unlike: float
    """How unlike these it sounds, from 0 to 1."""

    @property
    def weight(self) -> float:
        """The logarithm of its likelihood among the others, by both."""
        return self.share - (FIT_NUMBER if long_number(self.text) else FIT) * self.gap


def long_number(text: str) -> bool:
    """Whether a sentence has a number of several digits."""
    return any(token.number and len(token.text) >= LONG_NUMBER for token in tokens(text))


def spellings(text: str, language: str) -> tuple[str, ...]:
    """How Whisper may write a sentence: with a capital or without, numbers as figures and words.

    Args:
        text: as it would be typed.
        language: a two-letter code.
    """
    plain = fold(text)
    ways = [plain]
    if any(letter.isdecimal() for letter in plain):
        names: dict[str, str] = {}
        for word, digit in lexicon(language).numbers.digits.items():
            names.setdefault(digit, word)
        ways = [_apart(plain, str), _apart(plain, lambda sign: names.get(sign, sign)), plain]
    return tuple(dict.fromkeys(way for each in ways for way in (_capital(each), each)))


def ways(
    quick: Hearing, read: Hearing, meaning: Callable[[str], Hashable]
) -> list[tuple[str, float]]:
    """The sentences to be weighed, each with the logarithm of its share.

    Args:
        quick: what the other engine heard; it has candidates.
        read: the sentences that are like what Whisper wrote.
        meaning: the same for texts that mean the same.
    """
    known = max(LEAST, 1 - quick.none)
    found = [(one.text, math.log(max(LEAST, one.score / known))) for one in quick.candidates]
    heard = {meaning(text) for text, _ in found}
    last = found[-1][1] - UNHEARD
    return found + [(one.text, last) for one in read.candidates if meaning(one.text) not in heard]


def weighed(
    sentences: Sequence[Way],
    none: float,
    clear: float,
    meaning: Callable[[str], Hashable],
    weights: Weights = WEIGHTS,
) -> tuple[tuple[Heard, ...], float]:
    """The sentences with what both engines believe, and how likely none of them was said.

    Those of one meaning count as one.

    Args:
        sentences: at least one.
        none: how likely the first engine has it that none was said.
        clear: the mean probability of Whisper's own words.
        meaning: the same for texts that mean the same.
        weights: of the belief.
    """
    most = max(way.weight for way in sentences)
    likely = [math.exp(way.weight - most) for way in sentences]
    best: dict[Hashable, tuple[Way, float]] = {}
    for way, part in zip(sentences, likely, strict=True):
        key = meaning(way.text)
        first, so_far = best.get(key, (way, 0.0))
        best[key] = (max(first, way, key=lambda one: one.weight), so_far + part)
    ordered = sorted(best.values(), key=lambda item: -item[1])
    top = ordered[0][0]
    known = belief(top, max(way.share for way in sentences), none, clear, weights)
    heard = tuple(Heard(way.text, known * part / sum(likely)) for way, part in ordered)
    return heard, 1 - known


def belief(way: Way, first: float, none: float, clear: float, weights: Weights = WEIGHTS) -> float:
    """How likely it is that a sentence, or one as like, was said.

    Args:
        way: the sentence.
        first: the share of the likeliest by the first engine.
        none: how likely that engine has it that none was said.
        clear: the mean probability of Whisper's own words.
        weights: what it is made of.
    """
    known = min(1 - LEAST, max(LEAST, 1 - none))
    heard = math.log(known / (1 - known)) + SLOPE * (way.share - first)
    logit = (
        weights.alone
        + weights.heard * heard
        + weights.gap * way.gap
        + weights.unlike * way.unlike
        + weights.clear * clear
    )
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, logit))))


def unlike(text: str, written: Sequence[str], language: str) -> float:
    """How unlike anything that Whisper wrote a sentence sounds, from 0 to 1.

    Args:
        text: as it would be typed.
        written: what Whisper may have heard.
        language: a two-letter code.
    """
    said = {_letters(way) for way in spellings(text, language)}
    return min((apart(one, _letters(other)) for one in said for other in written), default=1.0)


def gaps(
    texts: Sequence[str], fits: Mapping[str, float], written: float, language: str
) -> list[float]:
    """By how much Whisper's own words are likelier than each text, as logarithms; never negative.

    Args:
        texts: as they would be typed.
        fits: the logarithm of the likelihood of each of their spellings.
        written: that of Whisper's own words.
        language: a two-letter code.
    """
    return [
        max(0.0, written - max(fits[way] for way in spellings(text, language))) for text in texts
    ]


def _letters(text: str) -> str:
    return "".join(sign for sign in fold(text) if sign.isalnum())


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _apart(text: str, name: Callable[[str], str]) -> str:
    """With a number's signs each by itself."""
    words = []
    for word in text.split():
        number = any(sign.isdecimal() for sign in word)
        words += [name(sign) for sign in word] if number else [word]
    return " ".join(words)
