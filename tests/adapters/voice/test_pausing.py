"""When a speaker pauses."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.voice.pausing import Pausing, loudness
from adapters.voice.recogniser import RATE

SECONDS = 0.25
PIECE = RATE // 50
LOUD = np.full(PIECE, 0.3, np.float32)
QUIET = np.full(PIECE, 0.003, np.float32)


def after(*pieces: np.ndarray) -> bool:
    pausing = Pausing(SECONDS)
    for piece in pieces:
        pausing.feed(piece)
    return pausing.now


def test_quiet_after_speech_is_a_pause_and_speech_ends_it() -> None:
    assert after(*[LOUD] * 20, *[QUIET] * 13)
    assert not after(*[LOUD] * 20, *[QUIET] * 13, *[LOUD] * 6)


@pytest.mark.parametrize("pieces", [[], [QUIET] * 50, [LOUD] * 50, [LOUD] * 20 + [QUIET] * 6])
def test_neither_silence_nor_speech_nor_a_short_gap_is_one(pieces: list[np.ndarray]) -> None:
    assert not after(*pieces)


@given(st.lists(st.integers(1, 4000), max_size=12), st.integers(0, 2**32 - 1))
def test_it_does_not_matter_in_what_pieces_the_end_comes(sizes: list[int], seed: int) -> None:
    noise = np.random.default_rng(seed).normal(0, 0.001, sum(sizes)).astype(np.float32)
    pieces = np.split(noise, np.cumsum(sizes)[:-1]) if sizes else []
    assert after(*[LOUD] * 20, *pieces) == after(*[LOUD] * 20, noise)


def test_nothing_is_not_loud() -> None:
    assert loudness(np.zeros(0, np.float32)) == 0
