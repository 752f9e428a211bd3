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
from assistant.text import fold
from assistant.understanding.lexicon import lexicon

FIT = 0.35
"""How much Whisper's likelihoods count among the sentences, beside those of the other engine."""
SLOPE = 0.55
"""How much less likely it is that the second sentence was said than the first, as a power."""
LEAST = 1e-6
UNHEARD = 1.0
"""A sentence that only Whisper came upon is less likely than all others, by this in logarithms."""


@dataclass(frozen=True, slots=True)
class Weights:
    """What the belief in a sentence is made of: the logit of its probability is a sum of these."""

    alone: float = 2.2
    heard: float = 0.47
    """For the logit of what the other engine believes."""
    gap: float = -0.08
    """For the logarithm by which Whisper's own words are likelier."""
    gap_a_word: float = -0.6
    """The same for each word."""


WEIGHTS = Weights()


@dataclass(frozen=True, slots=True)
class Way:
    """A sentence that may have been said."""

    text: str
    share: float
    """The logarithm of its likelihood among the others, by the engine that found it."""
    gap: float
    """The logarithm by which Whisper's own words are likelier."""

    @property
    def weight(self) -> float:
        """The logarithm of its likelihood among the others, by both."""
        return self.share - FIT * self.gap


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
    meaning: Callable[[str], Hashable],
    weights: Weights = WEIGHTS,
) -> tuple[tuple[Heard, ...], float]:
    """The sentences with what both engines believe, and how likely none of them was said.

    Those of one meaning count as one.

    Args:
        sentences: at least one.
        none: how likely the first engine has it that none was said.
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
    known = belief(top, max(way.share for way in sentences), none, weights)
    heard = tuple(Heard(way.text, known * part / sum(likely)) for way, part in ordered)
    return heard, 1 - known


def belief(way: Way, first: float, none: float, weights: Weights = WEIGHTS) -> float:
    """How likely it is that a sentence, or one as like, was said.

    Args:
        way: the sentence.
        first: the share of the likeliest by the first engine.
        none: how likely that engine has it that none was said.
        weights: what it is made of.
    """
    x = features(way, first, none)
    logit = weights.alone + weights.heard * x[0] + weights.gap * x[1] + weights.gap_a_word * x[2]
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, logit))))


def features(way: Way, first: float, none: float) -> tuple[float, float, float]:
    """What `Weights` weigh."""
    known = min(1 - LEAST, max(LEAST, 1 - none))
    heard = math.log(known / (1 - known)) + SLOPE * (way.share - first)
    return heard, way.gap, way.gap / len(way.text.split())


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


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _apart(text: str, name: Callable[[str], str]) -> str:
    """With a number's signs each by itself."""
    words = []
    for word in text.split():
        number = len(word) > 1 and any(sign.isdecimal() for sign in word)
        words += [name(sign) for sign in word] if number else [word]
    return " ".join(words)
