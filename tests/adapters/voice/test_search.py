"""The search finds what trying every sentence in every timing finds."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.voice.graph import COLUMN, LEFT_OUT, OTHER, Graph, compiled
from adapters.voice.posteriors import BETWEEN, BLANK, FIRST
from adapters.voice.search import Search
from adapters.voice.sentences import Automaton
from adapters.voice.sounds import SOUNDS

SPOKEN = {
    "see": ("S", "IY"),
    "say": ("S", "EY"),
    "a": ("AH",),
    "key": ("K", "IY"),
    "two": ("T", "UW"),
}
WORDS = sorted(SPOKEN)

# say {name} a | see {name} two | a {name}, as two calls of one automaton that go on differently.
AUTOMATA = {
    "{command}": Automaton(
        (
            {"say": (1, 0.5), "see": (2, 0.7), "a": (4, 0.1)},
            {"{name}": (3, 0.2)},
            {"{name}": (5, 0.3)},
            {"a": (6, 0.0)},
            {"{name}": (6, 0.0)},
            {"two": (6, 0.4)},
            {},
        ),
        frozenset({6}),
    ),
    "{name}": Automaton(({"key": (1, 1.0), "two": (1, 1.5)}, {}), frozenset({1})),
}
COSTS = {
    (*first, name, *last): cost + extra
    for (first, last, cost), (name, extra) in itertools.product(
        [(("say",), ("a",), 0.7), (("see",), ("two",), 1.4), (("a",), (), 0.1)],
        [("key", 1.0), ("two", 1.5)],
    )
}


def ways(automaton: str, label: str) -> list[tuple[str, ...]]:
    return [SPOKEN[label]]


def scores(rows: list[list[float]]) -> np.ndarray:
    """Each row: nothing within a word, nothing between, then the sounds of the words here."""
    used = sorted({sound for way in SPOKEN.values() for sound in way})
    made = np.full((len(rows), FIRST + len(SOUNDS)), -20, np.float32)
    for at, row in enumerate(rows):
        made[at, BLANK], made[at, BETWEEN] = row[0], row[1]
        for sound, score in zip(used, row[2:], strict=False):
            made[at, COLUMN[sound]] = score
    return made


def by_trying(sentence: tuple[str, ...], rows: np.ndarray) -> float:
    """The best score of a sentence, sound by sound, each left out or not."""
    words = [SPOKEN[word] for word in sentence]
    sounds = [(sound, at + 1 == len(way)) for way in words for at, sound in enumerate(way)]
    first = {sum(map(len, words[:place])) for place in range(len(words))}
    cost_of = [LEFT_OUT.get(sound, OTHER) for sound, _ in sounds]
    # state: (next sound, whether in it or after it) -> score; -1 is before everything
    now = {(-1, "quiet"): 0.0}
    for row in rows:
        following: dict[tuple[int, str], float] = {}

        def put(state: tuple[int, str], score: float, following=following) -> None:
            following[state] = max(following.get(state, -1e9), score)

        for (at, how), score in now.items():
            between = BETWEEN if at < 0 or sounds[at][1] else BLANK
            put((at, "quiet"), score + float(row[between]))
            if how == "sound":
                put((at, "sound"), score + float(row[COLUMN[sounds[at][0]]]))
            for to in range(at + 1, min(at + 4, len(sounds))):
                left = list(range(at + 1, to))
                if left and not may_leave_out(left, at, to, sounds, first):
                    continue
                cost = sum(cost_of[one] for one in left)
                put((to, "sound"), score - cost + float(row[COLUMN[sounds[to][0]]]))
        now = following
    end = len(sounds) - 1
    found = max((now.get((end, how), -1e9) for how in ("sound", "quiet")), default=-1e9)
    if len(sounds) > 1 and end not in first:
        left_out = max(now.get((end - 1, how), -1e9) for how in ("sound", "quiet"))
        found = max(found, left_out - cost_of[end])
    return found - COSTS[sentence]


def may_leave_out(left: list[int], at: int, to: int, sounds: list, first: set[int]) -> bool:
    """One sound of a word: the first before its second, or its last behind its second last."""
    inner = [one for one in left if to not in first and one == to - 1]
    final = [one for one in left if one not in first and sounds[one][1] and one - 1 == at]
    return len(inner) + len(final) == len(left) and len({*inner, *final}) == len(left)


GRAPH = compiled(AUTOMATA, "{command}", ways)
# The same with a copy of what is called wherever it is: then the search is exact.
COPIES = compiled(
    {
        "{command}": Automaton(
            tuple(
                {"{party}" if label == "{name}" else label: to for label, to in leads.items()}
                for leads in AUTOMATA["{command}"].steps
            ),
            AUTOMATA["{command}"].ends,
        ),
        "{party}": AUTOMATA["{name}"],
    },
    "{command}",
    ways,
)


def heard(rows: np.ndarray, graph: Graph = GRAPH) -> dict[tuple[str, ...], float]:
    search = Search(graph)
    search.take(rows)
    return told(search)


def told(search: Search) -> dict[tuple[str, ...], float]:
    labels = search.graph.labels
    return {
        tuple(labels[label][1] for label in path.labels): path.score for path in search.paths(10)
    }


def frames_of(*sounds: str) -> np.ndarray:
    """Speech as clear as can be: each sound in one frame, nothing around it."""
    rows = np.full((2 * len(sounds) + 1, FIRST + len(SOUNDS)), -20, np.float32)
    rows[::2, [BLANK, BETWEEN]] = 0
    for at, sound in enumerate(sounds):
        rows[2 * at + 1, COLUMN[sound]] = 0
    return rows


@pytest.mark.parametrize("sentence", COSTS)
def test_what_is_said_clearly_is_found_and_costs_only_what_its_words_cost(
    sentence: tuple[str, ...],
) -> None:
    found = heard(frames_of(*(sound for word in sentence for sound in SPOKEN[word])))
    assert next(iter(found)) == sentence
    assert found[sentence] == pytest.approx(-COSTS[sentence], abs=1e-3)


def test_what_goes_on_after_one_call_does_not_follow_another() -> None:
    rows = np.maximum(frames_of("S", "EY", "K", "IY", "T", "UW"), -2)  # say key two: no sentence
    found = heard(rows)
    assert found
    assert set(found) <= set(COSTS)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.floats(-9, 0), min_size=9, max_size=9), min_size=6, max_size=9))
def test_the_best_sentence_is_the_one_that_trying_them_all_finds(rows: list[list[float]]) -> None:
    made = scores(rows)
    tried = {sentence: by_trying(sentence, made) for sentence in COSTS}
    best = max(tried.values())
    found = heard(made, COPIES)
    if best < -1e8:
        assert not found
        return
    first = next(iter(found))
    assert found[first] == max(found.values()) == pytest.approx(best, abs=1e-2)
    assert tried[first] == pytest.approx(best, abs=1e-2)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.floats(-9, 0), min_size=9, max_size=9), min_size=6, max_size=9))
def test_what_is_shared_by_sentences_never_makes_one_better_than_it_is(
    rows: list[list[float]],
) -> None:
    made = scores(rows)
    for sentence, score in heard(made).items():
        assert score <= by_trying(sentence, made) + 1e-2


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.lists(st.floats(-9, 0), min_size=9, max_size=9), min_size=4, max_size=9),
    st.integers(0, 9),
)
def test_frames_in_pieces_and_a_copy_come_to_the_same(rows: list[list[float]], cut: int) -> None:
    made = scores(rows)
    search = Search(GRAPH)
    search.take(made[:cut])
    other = search.copy()
    search.take(made[cut:])
    other.take(made[cut:])
    whole = heard(made)
    for one in (search, other):
        assert told(one) == pytest.approx(whole)
