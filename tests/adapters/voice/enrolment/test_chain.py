"""Chains of words: what was put together is taken apart, and nothing cheaper was overlooked."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from adapters.voice.enrolment.chain import (
    FAST,
    NEXT,
    PAUSE,
    SLOW,
    Rules,
    Words,
    alone,
    chain,
    costs,
)

ANY = Rules(frozenset({0, 1}), ((0, 0), (0, 1), (1, 0), (1, 1)), frozenset({0, 1}))
FAR = 1e9


def random_words(seed: int, count: int, longest: int = 4) -> Words:
    made = np.random.default_rng(seed)
    rows = [made.normal(0, 3, (made.integers(2, longest + 1), 2)) for _ in range(count)]
    return Words([one.astype(np.float32) for one in rows], [at % 2 for at in range(count)])


def joined(words: Words, order: list[int]) -> NDArray[Any]:
    return np.vstack([words.rows[at] for at in order])


def quiet(n: int, cost: float = 50.0) -> NDArray[np.float64]:
    return np.full(n, cost)


@settings(deadline=None)
@given(st.integers(0, 10_000), st.lists(st.integers(0, 4), min_size=1, max_size=6))
def test_words_put_together_are_found_again(seed: int, order: list[int]) -> None:
    made = np.random.default_rng(seed)
    words = Words([made.normal(0, 9, (5, 8)).astype(np.float32) for _ in range(5)], [0] * 5)
    heard = joined(words, order)
    found = chain(words, costs(words, heard), quiet(len(heard)), ANY)
    assert found is not None
    assert [link.word for link in found.links] == order
    assert [link.start for link in found.links] == [5 * at for at in range(len(order))]
    assert [link.end for link in found.links] == [5 * at for at in range(1, len(order) + 1)]


def test_pauses_are_left_out() -> None:
    words = Words([np.full((4, 2), 5, np.float32), np.full((4, 2), -5, np.float32)], [0, 0])
    pause = np.zeros((3, 2), np.float32)
    heard = np.vstack([pause, words.rows[1], pause, words.rows[0], pause])
    still = np.sqrt((heard**2).mean(1)).astype(np.float64)
    found = chain(words, costs(words, heard), still, ANY)
    assert found is not None
    assert [(link.word, link.start, link.end) for link in found.links] == [(1, 3, 7), (0, 10, 14)]


def test_what_may_not_follow_is_not_found() -> None:
    made = np.random.default_rng(3)
    words = Words([made.normal(0, 9, (5, 4)).astype(np.float32) for _ in range(2)], [0, 1])
    heard = joined(words, [0, 1])
    only_one_kind = Rules(frozenset({0}), ((0, 0),), frozenset({0}))
    found = chain(words, costs(words, heard), quiet(10), only_one_kind)
    assert found is not None
    assert {link.word for link in found.links} == {0}


def test_nothing_is_found_in_nothing() -> None:
    words = random_words(1, 2)
    assert chain(words, np.zeros((0, len(words.stacked))), quiet(0), ANY) is None


def test_speech_shorter_than_any_word_can_be_gives_none() -> None:
    words = Words([np.zeros((40, 2), np.float32)], [0])
    heard = np.zeros((3, 2), np.float32)
    found = chain(words, costs(words, heard), quiet(3), ANY)
    assert found is None or found.cost >= FAR


def tried(
    words: Words, table: NDArray[np.float64], still: NDArray[np.float64], rules: Rules
) -> float:
    """All chains, one way after another."""

    @functools.cache
    def inside(word: int, row: int, at: int) -> float:
        here = float(table[at, words.starts[word] + row])
        ways = []
        if row == 0:
            ways.append(before(at, words.kinds[word]) + NEXT)
        if at:
            ways.append(inside(word, row, at - 1) + SLOW)
            if row:
                ways.append(inside(word, row - 1, at - 1))
            if row > 1:
                ways.append(inside(word, row - 2, at - 1) + FAST)
        return min(ways, default=FAR) + here

    @functools.cache
    def after(kind: int, at: int) -> float:
        """The cheapest way whose last word is of a kind, all rows before `at` used up."""
        if at == 0:
            return 0.0 if kind == -1 else FAR
        ways = [after(kind, at - 1) + float(still[at - 1]) * PAUSE]
        for word, its in enumerate(words.kinds):
            if its == kind:
                ways.append(inside(word, len(words.rows[word]) - 1, at - 1))
        return min(ways)

    def before(at: int, kind: int) -> float:
        ways = [after(first, at) for first, second in rules.follow if second == kind]
        return min([*ways, *([after(-1, at)] if kind in rules.first else [])], default=FAR)

    return min(after(kind, len(table)) for kind in rules.last)


rule_sets = st.builds(
    Rules,
    st.frozensets(st.integers(0, 1), min_size=1),
    st.lists(st.tuples(st.integers(0, 1), st.integers(0, 1)), max_size=4).map(tuple),
    st.frozensets(st.integers(0, 1), min_size=1),
)


@settings(deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 3), st.integers(1, 9), rule_sets)
def test_no_chain_is_cheaper(seed: int, count: int, length: int, rules: Rules) -> None:
    words = random_words(seed, count)
    made = np.random.default_rng(seed + 1)
    heard = made.normal(0, 3, (length, 2)).astype(np.float32)
    still = made.random(length) * 3
    table = costs(words, heard)
    found = chain(words, table, still, rules)
    cheapest = tried(words, table, still, rules)
    if cheapest >= FAR:
        assert found is None or found.cost >= FAR
    else:
        assert found is not None
        assert np.isclose(found.cost, cheapest)


@settings(deadline=None)
@given(st.integers(0, 10_000))
def test_a_word_is_nearest_to_itself(seed: int) -> None:
    words = random_words(seed, 4)
    each = alone(words, costs(words, words.rows[2]))
    assert each.argmin() == 2 or np.isclose(each[2], each.min())
    assert each[2] < 1e-3
