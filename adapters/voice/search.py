"""The likeliest sentences of a graph: Viterbi forwards, all sounds at once, then A* backwards.

Forwards it does not know which step out of an automaton belongs to which step in, so that a score
may be too good, never too bad. Backwards it does, and such scores are what A* needs: the sentences
come out in their order. CTC: each sound may last, and be followed by nothing for a while.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from adapters.voice.graph import Graph
from adapters.voice.posteriors import BETWEEN, BLANK

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from adapters.voice.posteriors import Scores

NEVER = np.float32(-1e9)
BEAM = 10.0
"""How much worse than the best a sentence may be; natural logarithm."""
PATIENCE = 4000
"""Steps backwards before it is enough."""


@dataclass(frozen=True, slots=True)
class Path:
    """One sentence."""

    labels: tuple[int, ...]
    """Of the graph."""
    score: float
    """The logarithm of its likelihood, less the costs of its words."""
    first: int
    """The frame in which its first sound is."""
    last: int
    """The frame after its last sound."""


class Search:
    """Goes forwards through a graph as frames come.

    Args:
        graph: what can be said.
    """

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self._sound = np.full(graph.size, NEVER)
        """The score of being in each sound, and in the nothing after it."""
        self._quiet = np.full(graph.size, NEVER)
        self._silence = np.float32(0)
        self._scratch = np.empty((2, graph.size), np.float32)
        self._places = np.full(graph.size + graph.joints + 1, NEVER)
        self._entered: list[NDArray[np.int8]] = []
        """In which way each sound was come into: 0 it lasts, 1 from before, 2 leaving one out."""
        self._rested: list[NDArray[np.bool_]] = []
        """Whether the nothing after it was better than the sound, before the frame."""
        self._joints: list[NDArray[np.float32]] = []
        self._ends: list[NDArray[np.float32]] = []
        self._look()

    @property
    def frames(self) -> int:
        """How many have been taken."""
        return len(self._entered)

    @property
    def silence(self) -> float:
        """The score of nothing said at all."""
        return float(self._silence)

    def copy(self) -> Search:
        """Another that goes on from here."""
        other = Search.__new__(Search)
        other.graph, other._scratch = self.graph, self._scratch.copy()
        other._sound, other._quiet = self._sound, self._quiet
        other._silence, other._places = self._silence, self._places.copy()
        other._entered, other._rested = self._entered.copy(), self._rested.copy()
        other._joints, other._ends = self._joints.copy(), self._ends.copy()
        return other

    def take(self, scores: Scores) -> None:
        """Go on by these frames."""
        graph, places, size = self.graph, self._places, self.graph.size
        before, over = self._scratch
        for row in scores:
            # `take` with "clip" goes without the check of each place, which is half of the time.
            places.take(graph.before, out=before, mode="clip")
            places.take(graph.skipped, out=over, mode="clip")
            over -= graph.skip
            came = (over > before).view(np.int8) + np.int8(1)
            np.maximum(before, over, out=before)
            came *= before > self._sound
            self._entered.append(came)
            sound = np.maximum(before, self._sound)
            row.take(graph.column, out=over, mode="clip")
            sound += over
            quiet = places[:size] + row[BLANK]
            quiet[graph.ending] += row[BETWEEN] - row[BLANK]
            self._sound, self._quiet = sound, quiet
            self._silence += row[BETWEEN]
            self._look()

    def _look(self) -> None:
        """What stands in every place before the next frame."""
        graph, size = self.graph, self.graph.size
        places = self._places
        self._rested.append(self._quiet > self._sound)
        np.maximum(self._sound, self._quiet, out=places[:size])
        joints = places[size : size + graph.joints]
        joints[:] = NEVER
        joints[0] = self._silence
        ends = places.take(graph.end_sound, mode="clip")
        ends -= graph.end_cost
        if len(ends):
            best = np.maximum.reduceat(ends, graph.group_start)
            joints[graph.group_joint] = np.maximum(joints[graph.group_joint], best)
        for rank in graph.ranks:
            best = np.maximum.reduceat(joints[rank.sources] - rank.costs, rank.group_start)
            joints[rank.targets] = np.maximum(joints[rank.targets], best)
        self._joints.append(joints.copy())
        self._ends.append(ends)

    def paths(self, most: int) -> list[Path]:
        """The likeliest sentences that end with the last frame, at most so many."""
        found: dict[tuple[str, ...], Path] = {}
        for path in self._backwards():
            words = tuple(self.graph.labels[label][1] for label in path.labels)
            found.setdefault(words, path)
            if len(found) == most:
                break
        return list(found.values())

    def _backwards(self) -> Iterator[Path]:
        graph, end = self.graph, self.frames
        into_ends: dict[int, tuple[int, int]] = {
            int(joint): (int(start), int(stop))
            for joint, start, stop in zip(
                graph.group_joint,
                graph.group_start,
                [*graph.group_start[1:], len(graph.end_sound)],
                strict=True,
            )
        }
        into_steps: dict[int, list[int]] = {}
        for number, step in enumerate(graph.steps):
            into_steps.setdefault(step.target, []).append(number)
        best = float(self._joints[end][graph.final])
        if best <= NEVER / 2:
            return
        tie = 0
        # Minus the score of the whole, which is known; then the joint, the frame, the score of what
        # follows, whence calls must have come, the labels that follow, and the last sound's frame.
        waiting: list[tuple[float, int, int, int, float, tuple[int, ...], tuple[int, ...], int]] = [
            (-best, 0, graph.final, end, 0.0, (), (), end)
        ]
        for _ in range(PATIENCE):
            if not waiting:
                return
            worth, _, joint, at, after, sites, labels, last = heapq.heappop(waiting)
            if -worth < best - BEAM:
                return
            if joint == 0 and not sites:
                yield Path(labels, -worth, at, last)
            for number in into_steps.get(joint, ()):
                step = graph.steps[number]
                before = sites
                if step.site >= 0 and step.back:
                    before = (*sites, step.site)
                elif step.site >= 0:
                    if not sites or sites[-1] != step.site:
                        continue
                    before = sites[:-1]
                follows = after - step.cost
                whole = float(self._joints[at][step.source]) + follows
                if whole > best - BEAM:
                    tie += 1
                    heapq.heappush(
                        waiting, (-whole, tie, step.source, at, follows, before, labels, last)
                    )
            if joint not in into_ends:
                continue
            start, stop = into_ends[joint]
            worths = self._ends[at][start:stop] + after
            for place in np.flatnonzero(worths > best - BEAM):
                end_at = start + int(place)
                entered, source = self._entry(int(graph.end_sound[end_at]), at)
                own = float(self._ends[at][end_at]) - float(self._joints[entered][source])
                tie += 1
                heapq.heappush(
                    waiting,
                    (
                        -float(worths[place]),
                        tie,
                        source,
                        entered,
                        after + own,
                        sites,
                        (int(graph.end_label[end_at]), *labels),
                        last if labels else self._sounded(int(graph.end_sound[end_at]), at),
                    ),
                )

    def _entry(self, sound: int, at: int) -> tuple[int, int]:
        """When and from which joint the word was begun that is in `sound` before frame `at`."""
        graph = self.graph
        quiet = bool(self._rested[at][sound])
        while True:
            at -= 1
            if quiet:
                quiet = bool(self._rested[at][sound])
                continue
            came = self._entered[at][sound]
            if came == 0:
                continue
            place = int((graph.before if came == 1 else graph.skipped)[sound])
            if place >= graph.size:
                return at, place - graph.size
            sound = place
            quiet = bool(self._rested[at][sound])

    def _sounded(self, sound: int, at: int) -> int:
        """The frame after the last one in which `sound` was heard."""
        while at > 0 and self._rested[at][sound]:
            at -= 1
        return at
