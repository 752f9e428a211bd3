"""Dynamic time warping: how far apart two stretches of speech are, whatever their pace.

Sakoe and Chiba (1978), the symmetric form: a step in both costs twice its distance, a step in one
once, and the sum is divided by both lengths, so that long words are no farther apart than short.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from adapters.voice.enrolment.features import Rows


def distances(left: NDArray[Any], right: NDArray[Any]) -> NDArray[np.float64]:
    """How far each row of one is from each row of the other: the root of the mean square."""
    a, b = left.astype(np.float64), right.astype(np.float64)
    squares = (a**2).sum(1)[:, None] + (b**2).sum(1) - 2 * a @ b.T
    made: NDArray[np.float64] = np.sqrt(np.maximum(squares, 0) / max(1, a.shape[1]))
    return made


def apart(left: Rows, right: Rows) -> float:
    """How far apart two stretches are, a row of both on average; 0 for the same.

    Args:
        left: at least one row.
        right: at least one row.
    """
    return warped(distances(left, right)) / (len(left) + len(right))


def warped(costs: NDArray[np.float64]) -> float:
    """The cheapest way through a table of distances from one corner to the other.

    Args:
        costs: at least one row and one column.
    """
    rows, columns = costs.shape
    # Diagonal by diagonal: all cells of one depend only on the two before it. Cell (i, j) of
    # diagonal i + j stands at i + 1, so that there is an edge on either side.
    before = np.full(rows + 2, np.inf)
    twice_before = before.copy()
    twice_before[0] = 0.0
    here = before
    for diagonal in range(rows + columns - 1):
        i = np.arange(max(0, diagonal - columns + 1), min(rows, diagonal + 1))
        cost = costs[i, diagonal - i]
        here = np.full(rows + 2, np.inf)
        straight = np.minimum(before[i], before[i + 1]) + cost
        here[i + 1] = np.minimum(straight, twice_before[i] + 2 * cost)
        twice_before, before = before, here
    return float(here[rows])
