"""What sounds there are in speech: hama's acoustic model, and its spelling to sound.

All that is touched of hama is here, because some of it is private: its version is fixed where the
extra `voice` is declared. https://pypi.org/project/hama/, Apache-2.0.
"""

from __future__ import annotations

import functools
import threading
from typing import TYPE_CHECKING, Any

import numpy as np

from adapters.voice.recogniser import Missing
from adapters.voice.sounds import SOUNDS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from adapters.voice.recogniser import Samples

    Scores = NDArray[np.float32]
    """Natural logarithms: a row for each frame."""

FRAME = 320
"""Samples from which a frame is made: 20 ms."""
SHORTEST = 1600
"""Samples below which the model is not asked."""
FLOOR = 1e-4
"""No sound is less likely than this in any frame: the model is wrong at times, and then very."""
BLANK, BETWEEN = 0, 1
"""The first two columns of the scores: no sound, within a word and between two."""
FIRST = 2
"""The column of the first of SOUNDS."""
_WITHIN = 0.1
"""How much of a word boundary that the model hears is taken for nothing within a word."""


class AcousticModel:
    """Scores of English sounds, a row for each 20 ms.

    Attributes:
        tokens: what the columns of `raw` are.

    Raises:
        Missing: hama, or its library for this system, is not there.
    """

    def __init__(self) -> None:
        try:
            import hama
        except (ImportError, OSError) as error:
            raise Missing("voice_no_hama", why=str(error)) from error
        try:
            self._model = hama.ASRModel()
        except (RuntimeError, OSError) as error:
            raise Missing("voice_no_hama", why=str(error)) from error
        tokens = self._model.decoder_tokens
        self.tokens: tuple[str, ...] = tuple(tokens)
        self._table = _table(tokens)
        self._blank, self._between = tokens.index("<blank>"), tokens.index("<wb>")

    def raw(self, samples: Samples) -> NDArray[np.float32]:
        """The model's own probabilities: a row for each frame, a column for each of its tokens."""
        if len(samples) < SHORTEST:
            return np.zeros((0, len(self._table)), np.float32)
        feeds = {
            "waveform": np.ascontiguousarray(samples, np.float32).reshape(1, -1),
            "waveform_lengths": np.array([len(samples)], np.int64),
        }
        found, lengths = self._model.session.run(["log_probs", "out_lengths"], feeds)
        made: NDArray[np.float32] = np.exp(found[0][: int(lengths[0])])
        return made

    def scores(self, raw: NDArray[np.float32]) -> Scores:
        """What `raw` comes to in our sounds: BLANK, BETWEEN, then SOUNDS."""
        blank, between = raw[:, self._blank], raw[:, self._between]
        made = np.empty((len(raw), FIRST + len(SOUNDS)), np.float32)
        made[:, BLANK] = blank + _WITHIN * between
        made[:, BETWEEN] = blank + between
        np.matmul(raw, self._table, out=made[:, FIRST:])
        made += FLOOR
        scores: Scores = np.log(made, out=made)
        return scores

    def best(self, raw: NDArray[np.float32]) -> Scores:
        """The score of each frame when any sound may follow any other."""
        found: Scores = np.log(raw.max(axis=1) + FLOOR)
        return found


@functools.cache
def _speller() -> Any:
    import hama

    return hama.G2PModel()


_LOCK = threading.Lock()


@functools.lru_cache(maxsize=50_000)
def spelled(word: str) -> tuple[str, ...]:
    """The sounds of a word by its letters, in SOUNDS; takes about 20 ms.

    Args:
        word: in small letters a to z.
    """
    with _LOCK:
        found = _speller()(word)
    by_symbol = {symbol: name for name, alike in SOUNDS.items() for symbol in alike}
    first = {next(iter(alike)): name for name, alike in SOUNDS.items()}
    made = [first.get(item.phoneme) or by_symbol.get(item.phoneme, "") for item in found.alignments]
    return tuple(name for name in made if name)


def _table(tokens: list[str]) -> NDArray[np.float32]:
    """How much each of the model's tokens counts for each of our sounds."""
    table = np.zeros((len(tokens), len(SOUNDS)), np.float32)
    for place, alike in enumerate(SOUNDS.values()):
        for symbol, weight in alike.items():
            table[tokens.index(symbol), place] = weight
    return table
