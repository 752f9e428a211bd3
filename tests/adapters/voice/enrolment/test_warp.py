"""Dynamic time warping: the cheapest way, as trying all ways finds it."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from adapters.voice.enrolment.warp import apart, distances, warped

tables = arrays(
    np.float64,
    st.tuples(st.integers(1, 7), st.integers(1, 7)),
    elements=st.floats(0, 100, allow_subnormal=False),
)


def stretches(longest: int = 8) -> st.SearchStrategy[NDArray[Any]]:
    return arrays(
        np.float32,
        st.tuples(st.integers(1, longest), st.just(3)),
        elements=st.floats(-50, 50, width=32),
    )


def tried(costs: NDArray[np.float64]) -> float:
    """All ways, one after another."""

    @functools.cache
    def to(i: int, j: int) -> float:
        if i == j == 0:
            return 2 * float(costs[0, 0])
        ways = []
        if i:
            ways.append(to(i - 1, j) + costs[i, j])
        if j:
            ways.append(to(i, j - 1) + costs[i, j])
        if i and j:
            ways.append(to(i - 1, j - 1) + 2 * costs[i, j])
        return float(min(ways))

    return to(costs.shape[0] - 1, costs.shape[1] - 1)


@settings(deadline=None)
@given(tables)
def test_no_way_is_cheaper(costs: NDArray[np.float64]) -> None:
    assert np.isclose(warped(costs), tried(costs))


@settings(deadline=None)
@given(stretches(), stretches())
def test_it_is_as_far_there_as_back(a: NDArray[Any], b: NDArray[Any]) -> None:
    assert np.isclose(apart(a, b), apart(b, a), atol=1e-4)


@settings(deadline=None)
@given(stretches())
def test_nothing_is_apart_from_itself(a: NDArray[Any]) -> None:
    assert apart(a, a) < 1e-3


@settings(deadline=None)
@given(stretches(), st.integers(1, 4))
def test_the_pace_counts_for_nothing(a: NDArray[Any], times: int) -> None:
    assert apart(a, np.repeat(a, times, axis=0)) < 1e-3


@settings(deadline=None)
@given(stretches(), stretches())
def test_it_is_no_less_than_the_nearest_rows_and_no_more_than_the_farthest(
    a: NDArray[Any], b: NDArray[Any]
) -> None:
    table = distances(a, b)
    assert table.min() - 1e-6 <= apart(a, b) <= table.max() + 1e-6
