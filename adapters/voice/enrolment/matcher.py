"""What was taught, compared with what is heard: the words found, each with its doubts.

Cepstra become comparable by taking the speaker's and the microphone's mean away, and by dividing
each column by its spread in this user's own samples: then what varies in the way they speak counts
little. How near a word must be is learned from how near this user's own samples are to each other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from adapters.voice.enrolment.chain import Rules, Words, alone, chain, costs
from adapters.voice.enrolment.features import CEPSTRA, changes
from adapters.voice.enrolment.items import DIGIT
from adapters.voice.enrolment.taught import SHORTEST

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from adapters.voice.enrolment.features import Rows
    from adapters.voice.enrolment.taught import Sample

SPREAD = np.array(
    [
        *(10.0, 7.0, 4.0, 4.5, 3.5, 3.0, 3.0, 2.4, 1.8, 1.6, 1.5, 1.3, 1.2),
        *(3.0, 1.8, 0.95, 1.1, 0.8, 0.75, 0.7, 0.6, 0.5, 0.45, 0.4, 0.35, 0.35),
    ],
    np.float32,
)
"""Of each column in speech in general, for who has taught little: measured on synthetic voices."""
OWN = 1000
"""Rows of a user's own from which on theirs counts more than `SPREAD`: about 20 words."""
CHANGE_WEIGHT = 0.8
"""What the columns of changes count beside those of the cepstra."""
STEADY = 300
"""Rows of speech from which on the mean of what is heard counts more than what was taught."""
TYPICAL = 0.6
"""How near two samples of one word are when nothing is known of the user."""
NEAREST = 0.45
"""Nobody is taken to speak more evenly than this."""

ALIKE = 0.06
"""With less margin than this, two words are too much alike; of real words few have so little."""
LONELY = 0.03
"""The margin of a word when no other was taught: enough to ask, too little to act."""
OTHER = 99
"""The kind of a word that cannot be meant now."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """One word that was found."""

    word: Sample
    cost: float
    """How far it is from the nearest sample, a row on average, as a multiple of what is usual."""
    rival: Sample | None
    """What is next likeliest in its place, if that can be meant now."""
    margin: float
    """How much farther the next likeliest is, as a part of this one's cost."""


@dataclass(frozen=True, slots=True)
class Found:
    """A chain of words."""

    words: tuple[Spoken, ...]
    left: float
    """How much of what was spoken belongs to no word, from 0 to 1."""


class Matcher:
    """Finds what was taught.

    Args:
        samples: all there are, at least one.
    """

    def __init__(self, samples: Sequence[Sample]) -> None:
        everything = np.vstack([sample.rows for sample in samples])
        self._mean: NDArray[np.float32] = everything.mean(0)
        plain = [_with_changes(sample.rows - self._mean) for sample in samples]
        n = len(everything)
        own = np.vstack(plain).std(0)
        spread = np.sqrt((n * own**2 + OWN * SPREAD**2) / (n + OWN))
        self._scale = (1 / spread).astype(np.float32)
        self._scale[CEPSTRA:] *= CHANGE_WEIGHT
        self._samples = tuple(samples)
        self._rows = [rows * self._scale for rows in plain]
        self._by_label: dict[str, list[int]] = {}
        for at, sample in enumerate(samples):
            self._by_label.setdefault(sample.label, []).append(at)
        self._usual = self._how_near()

    def find(
        self, rows: Rows, kind_of: Callable[[Sample], int | None], rules: Rules
    ) -> Found | None:
        """What was said; None when nothing that is allowed fits in.

        Args:
            rows: the cepstra of what was heard.
            kind_of: the kind of a word, as `rules` know it; None for one that cannot come now.
            rules: which kind may follow which.
        """
        kinds = [OTHER if (kind := kind_of(one)) is None else kind for one in self._samples]
        if set(kinds) == {OTHER} or len(rows) < SHORTEST:
            return None
        words = Words(self._rows, kinds)
        heard, loud, quiet = self._heard(rows)
        table = costs(words, heard)
        pause = np.sqrt(((heard - heard[quiet].mean(0)) ** 2).mean(1))
        best = chain(words, table, pause, rules)
        if best is None or not best.links:
            return None
        taken = np.zeros(len(rows), bool)
        found = []
        for link in best.links:
            taken[link.start : link.end] = True
            each = alone(words, table[link.start : link.end])
            # Anything that was taught may have been said, though it cannot be meant now; but a
            # digit within a number was one.
            digit = self._samples[link.word].role == DIGIT and len(best.links) > 1
            rivals = _only(kinds, kinds[link.word]) if digit else kinds
            found.append(self._spoken(rivals, each, link.word))
        left = float(loud[~taken].sum() / max(1, loud.sum()))
        return Found(tuple(found), left)

    def _spoken(self, rivals: Sequence[int | None], each: NDArray[np.float64], word: int) -> Spoken:
        """A word with its doubts.

        Args:
            rivals: the kinds of all samples; None for those that are none.
            each: what each sample costs in its place.
            word: the place of its nearest sample.
        """
        own = self._samples[word]
        nearest: dict[str, tuple[float, int]] = {}
        for at, (kind, cost) in enumerate(zip(rivals, each.tolist(), strict=True)):
            if kind is not None:
                label = self._samples[at].label
                nearest[label] = min((cost, at), nearest.get(label, (np.inf, at)))
        cost, _ = nearest.pop(own.label)
        if not nearest:
            return Spoken(own, cost / self._usual, None, LONELY)
        farther, at = min(nearest.values())
        margin = (farther - cost) / max(cost, 1e-6)
        rival = None if rivals[at] == OTHER else self._samples[at]
        return Spoken(own, cost / self._usual, rival, margin)

    def _heard(
        self, rows: Rows
    ) -> tuple[NDArray[np.float32], NDArray[np.bool_], NDArray[np.bool_]]:
        """What was heard, comparable; where it is speech; where it is quiet."""
        level = rows[:, 0]
        low, high = np.quantile(level, [0.1, 0.95])
        loud, quiet = level > low + 0.4 * (high - low), level <= low
        speech = rows[loud] if loud.any() else rows
        mean = (speech.sum(0) + STEADY * self._mean) / (len(speech) + STEADY)
        return _with_changes(rows - mean) * self._scale, loud, quiet

    def near(self, at: int, others: Sequence[int]) -> float:
        """How far a sample is from the nearest of some others, a row on average.

        Args:
            at: its place among the samples.
            others: theirs, at least one.
        """
        words = Words([self._rows[other] for other in others], [0] * len(others))
        return float(alone(words, costs(words, self._rows[at])).min())

    def alike(self, label: str) -> str:
        """The label whose samples are about as near to those of this one as these to each other.

        Args:
            label: with more than one sample.

        Returns:
            The nearest such label, or nothing.
        """
        places = self._by_label[label]
        if len(places) < 2:
            return ""
        margins: dict[str, list[float]] = {}
        for at in places:
            own = self.near(at, [other for other in places if other != at])
            for other, theirs in self._by_label.items():
                if other != label:
                    margins.setdefault(other, []).append(self.near(at, theirs) / own - 1)
        middle = {other: float(np.median(found)) for other, found in margins.items()}
        nearest = min(middle, key=lambda other: middle[other], default="")
        return nearest if nearest and middle[nearest] < ALIKE else ""

    def _how_near(self) -> float:
        """How near a sample is to the nearest other one of its label, typically."""
        near = [TYPICAL] * 4  # so that one odd pair does not decide
        for places in self._by_label.values():
            for at in places:
                others = [other for other in places if other != at]
                if others:
                    near.append(self.near(at, others))
        return max(NEAREST, float(np.median(near)))


def _only(kinds: Sequence[int], kind: int) -> list[int | None]:
    return [own if own == kind else None for own in kinds]


def _with_changes(rows: Rows) -> NDArray[np.float32]:
    made: NDArray[np.float32] = np.hstack([rows, changes(rows)]).astype(np.float32)
    return made
