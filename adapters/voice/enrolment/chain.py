"""The likeliest chain of taught words in a stretch of speech, pauses between them or not.

Each word is a stretch of rows that was taught. Time runs once over what was heard (Ney, 1984: "The
use of a one-stage dynamic programming algorithm for connected word recognition"); a row that was
heard is compared with the rows of all words at once, so ways of different words can be compared by
what they cost. Which kind of word may follow which is a table.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from adapters.voice.enrolment.warp import distances

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Table = NDArray[np.float64]

SLOW, FAST = 0.1, 0.1
"""What it costs to stay at a row of a word, and to leave one out, besides the distance."""
NEXT = 1.0
"""What it costs to begin another word."""
PAUSE = 1.5
"""How much farther than it is a pause is taken to be, so that soft sounds are not lost in it."""
_NEVER = 1e12


@dataclass(frozen=True, slots=True)
class Rules:
    """Which kind of word may come when; kinds are numbers from 0."""

    first: frozenset[int]
    follow: tuple[tuple[int, int], ...]
    """Pairs: the first may be followed by the second."""
    last: frozenset[int]


@dataclass(frozen=True, slots=True)
class Link:
    """One word of a chain: which, and the rows that it takes, `end` not among them."""

    word: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Chain:
    """What was found."""

    links: tuple[Link, ...]
    cost: float


@dataclass(slots=True)
class Words:
    """Words ready to be compared.

    Args:
        rows: of each word; at least two.
        kinds: of each word.
    """

    rows: Sequence[NDArray[np.float32]]
    kinds: Sequence[int]
    stacked: NDArray[np.float32] = field(init=False)
    starts: NDArray[np.intp] = field(init=False)
    ends: NDArray[np.intp] = field(init=False)
    """The place of each word's last row."""

    def __post_init__(self) -> None:
        lengths = np.array([len(rows) for rows in self.rows])
        self.stacked = np.vstack(self.rows)
        self.ends = np.cumsum(lengths) - 1
        self.starts = self.ends - lengths + 1


def costs(words: Words, heard: NDArray[np.float32]) -> Table:
    """How far each row that was heard is from each row of the words."""
    return distances(heard, words.stacked)


def alone(words: Words, table: Table) -> NDArray[np.float64]:
    """For each word what it costs to be all that was heard, a row on average.

    Args:
        words: the words.
        table: as `costs` gives it, of at least one row.
    """
    walk = _Walk(words)
    here = np.full(len(words.stacked), _NEVER)
    here[words.starts] = 0.0
    here += table[0]
    for row in table[1:]:
        here, _ = walk.step(here)
        here += row
    found: NDArray[np.float64] = here[words.ends] / len(table)
    return found


def chain(words: Words, table: Table, pause: NDArray[np.float64], rules: Rules) -> Chain | None:
    """The cheapest chain; None when no chain that is allowed fits in.

    Args:
        words: what it is made of.
        table: as `costs` gives it.
        pause: how far each row is from a pause.
        rules: what may follow what.
    """
    search = _Search(words, rules)
    for at, row in enumerate(table):
        search.step(at, row, float(pause[at]) * PAUSE)
    return search.result(len(table))


class _Walk:
    """One step in time within all words: stay, go on, or leave one row out."""

    def __init__(self, words: Words) -> None:
        n = len(words.stacked)
        self._one = np.arange(n) - 1
        self._two = np.arange(n) - 2
        self._blocked_one = np.zeros(n)
        self._blocked_one[words.starts] = _NEVER
        self._blocked_two = self._blocked_one + FAST
        self._blocked_two[np.minimum(words.starts + 1, n - 1)] = _NEVER
        self._ways = np.empty((3, n))
        self._at = np.arange(n)

    def step(self, here: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
        """What each place costs next, and from which place it is reached."""
        ways = self._ways
        ways[0] = here + SLOW
        ways[1] = here[self._one] + self._blocked_one
        ways[2] = here[self._two] + self._blocked_two
        chosen = ways.argmin(0)
        return ways[chosen, self._at], self._at - chosen


class _Search:
    """Remembers for each place by which links it was reached."""

    def __init__(self, words: Words, rules: Rules) -> None:
        self._words, self._walk = words, _Walk(words)
        n = len(words.stacked)
        self._here = np.full(n, _NEVER)
        self._start = np.zeros(n, np.intp)
        self._history = np.full(n, -1)
        kinds = np.asarray(words.kinds)
        self._of_kind = {int(kind): np.flatnonzero(kinds == kind) for kind in set(words.kinds)}
        self._before = {
            kind: [-1] * (kind in rules.first)
            + [first for first, second in rules.follow if second == kind and first in self._of_kind]
            for kind in self._of_kind
        }
        self._last = rules.last
        self._made: list[tuple[Link, int]] = []
        """Links, each with the place of the one before it; -1 for none."""
        self._rest: dict[int, tuple[float, int]] = {-1: (0.0, -1)}
        """After a word of each kind, and -1 before any: the cheapest way, and its history."""

    def step(self, at: int, row: NDArray[np.float64], pause: float) -> None:
        here, source = self._walk.step(self._here)
        start, history = self._start[source], self._history[source]
        for kind, words in self._of_kind.items():
            ways = [self._rest[b] for b in self._before[kind] if b in self._rest]
            if not ways:
                continue
            cost, before = min(ways)
            places = self._words.starts[words]
            places = places[here[places] > cost + NEXT]
            here[places], start[places], history[places] = cost + NEXT, at, before
        here += row
        self._here, self._start, self._history = here, start, history
        self._rest = {kind: (cost + pause, last) for kind, (cost, last) in self._rest.items()}
        for kind, words in self._of_kind.items():
            ends = self._words.ends[words]
            best = int(here[ends].argmin())
            cost = float(here[ends[best]])
            if cost < self._rest.get(kind, (_NEVER, -1))[0]:
                place = ends[best]
                link = Link(int(words[best]), int(start[place]), at + 1)
                self._made.append((link, int(history[place])))
                self._rest[kind] = (cost, len(self._made) - 1)

    def result(self, length: int) -> Chain | None:
        ways = [way for kind, way in self._rest.items() if kind in self._last]
        if not ways or not length:
            return None
        cost, last = min(ways)
        links: list[Link] = []
        while last >= 0:
            link, last = self._made[last]
            links.append(link)
        return Chain(tuple(reversed(links)), cost)
