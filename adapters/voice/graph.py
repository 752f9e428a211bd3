"""What can be said as a graph of sounds: arrays over which a search goes in one step for all.

Each word that may follow in a state of an automaton is a chain of sounds, and words that begin
alike share their beginning. States are joints between the chains. Where an automaton calls another,
a step without a sound leads into that and another one back out; which belong together is known to
who looks for the sentences afterwards, and not to the search.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from adapters.voice.posteriors import FIRST
from adapters.voice.sentences import NAME, OWNER, Automaton
from adapters.voice.sounds import SOUNDS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from adapters.voice.pronouncing import Sounds

COLUMN = {sound: place for place, sound in enumerate(SOUNDS, FIRST)}
LEFT_OUT = {"R": 1.5, "HH": 2.0, "T": 3.0, "D": 3.0, "AH": 3.0, "L": 3.5, "Y": 3.0}
"""What it costs to leave out a sound that people often do; any other costs OTHER."""
OTHER = 5.0
COPIED = frozenset({"{party}", "{number}", "{n}", "{ordinal}"})
"""What stands wherever it is called, so that the search cannot take one place for another."""
DISTINCT = frozenset({NAME, OWNER})
"""Where words that sound alike and lead to the same are not the same."""


@dataclass(frozen=True, slots=True)
class Step:
    """A step between two joints without a sound."""

    source: int
    target: int
    site: int
    """Of a call what is called and where it goes on after it, as a number; -1 for none."""
    back: bool
    """Out of what was called, not into it."""
    cost: float = 0.0


@dataclass(frozen=True, slots=True)
class Rank:
    """Steps that do not lead to each other, grouped by where they lead."""

    sources: NDArray[np.int64]
    costs: NDArray[np.float32]
    group_start: NDArray[np.int64]
    targets: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Graph:
    """The arrays. A place is a sound's number, or a joint's behind all sounds; one more is nowhere.

    Sounds have numbers from 0 to `size`, joints from 0 to `joints`; joint 0 is the beginning.
    """

    size: int
    joints: int
    final: int
    """The joint in which everything has been said."""
    column: NDArray[np.int64]
    """Of each sound, in the scores."""
    before: NDArray[np.int64]
    """The place before each sound."""
    skipped: NDArray[np.int64]
    """The place before that, for who leaves the sound before out."""
    skip: NDArray[np.float32]
    """What that costs."""
    ending: NDArray[np.int64]
    """Those with which a word may end."""
    end_sound: NDArray[np.int64]
    """Of each way for a word to end its last sound, grouped by where they lead."""
    end_cost: NDArray[np.float32]
    end_joint: NDArray[np.int64]
    end_label: NDArray[np.int64]
    group_start: NDArray[np.int64]
    group_joint: NDArray[np.int64]
    steps: tuple[Step, ...]
    ranks: tuple[Rank, ...]
    """The steps in an order in which each comes after those that lead to it."""
    labels: tuple[tuple[str, str], ...]
    """The automaton and the word."""


Ways = Callable[[str, str], Sequence["Sounds"]]
"""How a word of an automaton is spoken."""


def compiled(automata: Mapping[str, Automaton], start: str, ways: Ways) -> Graph:
    """The graph of all that can be said by the automaton `start` and those it calls."""
    return _Maker(automata, ways).made(start)


class _Maker:
    def __init__(self, automata: Mapping[str, Automaton], ways: Ways) -> None:
        self._automata, self._ways = automata, ways
        self._joints = 0
        self._column: list[int] = []
        self._before: list[int] = []
        """Places; joints as -1 - joint until all sounds are counted."""
        self._ending: list[bool] = []
        self._ends: list[tuple[int, int, int, float]] = []
        """Joint, sound, label, cost."""
        self._steps: list[Step] = []
        self._sites: dict[tuple[int, int], int] = {}
        self._labels: list[tuple[str, str]] = []
        self._where: dict[str, tuple[int, int]] = {}
        self._copies: dict[tuple[str, int], int] = {}
        self._taken: set[tuple[int, int]] = set()

    def made(self, start: str) -> Graph:
        _, final = self._automaton(start)
        size, nowhere = len(self._column), len(self._column) + self._joints
        before = np.array([place if place >= 0 else size - 1 - place for place in self._before])
        column = np.array(self._column)
        inner = before < size
        further = before[np.where(inner, before, 0)]
        skipped = np.where(inner, further, nowhere)
        costs = np.full(max(COLUMN.values()) + 1, OTHER, np.float32)
        for left_out, much in LEFT_OUT.items():
            costs[COLUMN[left_out]] = much
        skip = costs[column[np.where(inner, before, 0)]]
        # A word may also end where its last sound is left out, if another is before that.
        ends = [(*end[:3], end[3]) for end in self._ends]
        for joint, sound, label, cost in self._ends:
            if before[sound] < size:
                ends.append((joint, int(before[sound]), label, cost + float(costs[column[sound]])))
        ends.sort()
        joints = np.array([end[0] for end in ends])
        group_joint, group_start = np.unique(joints, return_index=True)
        return Graph(
            size=size,
            joints=self._joints,
            final=final,
            column=column,
            before=before,
            skipped=skipped,
            skip=skip,
            ending=np.flatnonzero(self._ending),
            end_sound=np.array([end[1] for end in ends]),
            end_cost=np.array([end[3] for end in ends], np.float32),
            end_joint=joints,
            end_label=np.array([end[2] for end in ends]),
            group_start=group_start,
            group_joint=group_joint,
            steps=tuple(self._steps),
            ranks=self._ranked(),
            labels=tuple(self._labels),
        )

    def _automaton(self, name: str) -> tuple[int, int]:
        """Put an automaton in, once: its first joint and its last."""
        if name not in self._where:
            first = self._joints
            last = first + len(self._automata[name].steps)
            self._joints = last + 1
            self._where[name] = first, last
            self._put(name, first, last)
        return self._where[name]

    def _copy(self, name: str, last: int) -> int:
        """Put an automaton in that leads to `last`: its first joint."""
        if (name, last) not in self._copies:
            first = self._joints
            self._joints += len(self._automata[name].steps)
            self._copies[name, last] = first
            self._put(name, first, last)
        return self._copies[name, last]

    def _put(self, name: str, first: int, last: int) -> None:
        automaton = self._automata[name]
        for state, leads in enumerate(automaton.steps):
            here = first + state
            shared: dict[tuple[int, str], int] = {}
            for label, (to, cost) in leads.items():
                end = first + to
                if label in COPIED:
                    step = Step(here, self._copy(label, end), -1, back=False, cost=cost)
                    self._steps.append(step)
                elif label in self._automata:
                    self._call(label, here, end, cost)
                else:
                    step = Step(here, end, -1, back=False, cost=cost)
                    self._word((name, label), step, shared)
            if state in automaton.ends:
                self._steps.append(Step(here, last, -1, back=False))

    def _call(self, label: str, start: int, end: int, cost: float) -> None:
        inner_first, inner_last = self._automaton(label)
        call = inner_first, end
        if call not in self._sites:
            self._sites[call] = len(self._sites)
            self._steps.append(Step(inner_last, end, self._sites[call], back=True))
        into = Step(start, inner_first, self._sites[call], back=False, cost=cost)
        self._steps.append(into)

    def _word(
        self, said: tuple[str, str], way_in: Step, shared: dict[tuple[int, str], int]
    ) -> None:
        number, end, cost = len(self._labels), way_in.target, way_in.cost
        self._labels.append(said)
        for way in self._ways(*said):
            at = -1 - way_in.source
            for sound in way:
                key = at, sound
                if key not in shared:
                    shared[key] = len(self._column)
                    self._column.append(COLUMN[sound])
                    self._before.append(at)
                    self._ending.append(False)
                at = shared[key]
            if way and ((end, at) not in self._taken or said[0] in DISTINCT):
                self._taken.add((end, at))
                self._ending[at] = True
                self._ends.append((end, at, number, cost))

    def _ranked(self) -> tuple[Rank, ...]:
        into: dict[int, list[Step]] = {}
        for step in self._steps:
            into.setdefault(step.target, []).append(step)
        rank: dict[int, int] = {}

        def ranked(joint: int) -> int:
            if joint not in rank:
                rank[joint] = 0  # a circle of steps without sounds would end here
                before = (ranked(step.source) + 1 for step in into.get(joint, ()))
                rank[joint] = max(before, default=0)
            return rank[joint]

        by_rank: dict[int, list[int]] = {}
        for joint in into:
            by_rank.setdefault(ranked(joint), []).append(joint)
        made = []
        for _, joints in sorted(by_rank.items()):
            steps = [step for joint in joints for step in into[joint]]
            made.append(
                Rank(
                    np.array([step.source for step in steps]),
                    np.array([step.cost for step in steps], np.float32),
                    np.cumsum([0, *(len(into[joint]) for joint in joints[:-1])]),
                    np.array(joints),
                )
            )
        return tuple(made)
