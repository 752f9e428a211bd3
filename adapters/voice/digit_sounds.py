"""What an acoustic model says for and against a string of English digits, sound by sound.

Unlike Whisper it counts well, for it goes through the speech from its beginning to its end, and
tells sounds apart worse. So each is a check on the other: see `digits`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from adapters.voice.posteriors import AcousticModel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from adapters.voice.recogniser import Samples

    Floats = NDArray[np.float64]

WORDS = {
    "0": "z ɪ ɹ oʊ",
    "1": "w ʌ n",
    "2": "t u",
    "3": "θ ɹ i",
    "4": "f ɔ ɹ",
    "5": "f aɪ v",
    "6": "s ɪ k s",
    "7": "s ɛ v ə n",
    "8": "eɪ t",
    "9": "n aɪ n",
    "o": "oʊ",
    "d": "d ʌ b ə l",
    "t": "t ɹ ɪ p ə l",
}
"""What numbers are said with: a sign for each word, and its sounds; `o`, `d` and `t` are `oh`,
`double` and `triple`."""
ALIKE = {
    "oʊ": "o ɔ",
    "ʌ": "ə ɑ n",
    "w": "o ɑ",
    "u": "oʊ o",
    "ɹ": "r",
    "ɔ": "o ɑ",
    "ɪ": "i ɛ",
    "ɛ": "e",
    "ə": "ɪ",
    "eɪ": "e",
    "aɪ": "a",
    "z": "s ð l d",
    "θ": "ð s f",
    "v": "f",
    "s": "z",
    "t": "d",
    "k": "g",
    "n": "m",
    "d": "t",
    "b": "p",
    "p": "b",
    "l": "w",
}
"""What the model writes for a sound now and then: `zero` may be `lero`, `one` is `o n e`."""
OFTEN, SILENT, ANYTHING = 0.8, 0.02, 1e-3
"""How often a sound is itself, is not heard at all, and is any other."""
BEGINNING = 2.0
"""What each word adds to `Evidence.best`: without it a model in doubt hears too few."""
NEVER = -1e9
LEAST = 1e-12

_UNITS = [(digit, sound) for digit, sounds in WORDS.items() for sound in sounds.split()]
_FIRST = np.cumsum([0, *(len(sounds.split()) for sounds in WORDS.values())])[:-1]
_LAST = np.cumsum([len(sounds.split()) for sounds in WORDS.values()]) - 1
_STARTS = np.isin(np.arange(len(_UNITS)), _FIRST)
_OF = {
    digit: list(range(first, last + 1))
    for digit, first, last in zip(WORDS, _FIRST, _LAST, strict=True)
}


class DigitSounds:
    """The model.

    Raises:
        Missing: hama cannot be used here.
    """

    def __init__(self) -> None:
        self._model = AcousticModel()
        tokens = self._model.tokens
        self._silence = [tokens.index("<blank>"), tokens.index("<wb>")]
        self._table = _confusions(tokens)

    def evidence(self, samples: Samples) -> Evidence:
        """What speech says for and against every string of digits.

        Args:
            samples: all of it.
        """
        return self.judged(self._model.raw(samples))

    def judged(self, raw: NDArray[np.float32]) -> Evidence:
        """Likewise, of the model's own probabilities: a row for each 20 ms."""
        likely = raw.astype(np.float64)
        return Evidence(
            np.log(likely @ self._table.T + LEAST),
            np.log(likely[:, self._silence].sum(axis=1) + LEAST),
        )


class Evidence:
    """For and against every string of digits.

    Args:
        sounds: the logarithm of how likely each sound of each digit is, a row for each frame.
        silence: of how likely there is none.
    """

    def __init__(self, sounds: Floats, silence: Floats) -> None:
        self._sounds, self._silence = sounds, silence

    def best(self) -> str:
        """The likeliest string of all; empty when that is silence."""
        count = len(_UNITS)
        on, off = np.full(count, NEVER), np.full(count, NEVER)
        start = 0.0
        frames = len(self._silence)
        came = np.zeros((frames, count), np.int8)
        rested = np.zeros((frames, count), np.bool_)
        ended = np.zeros(frames, np.int64)
        for frame in range(frames):
            exits = np.concatenate((on[_LAST], off[_LAST]))
            place = int(exits.argmax())
            if exits[place] > start:
                leaving, ended[frame] = exits[place], place
            else:
                leaving, ended[frame] = start, -1
            before_on = np.concatenate(([NEVER], on[:-1]))
            before_off = np.concatenate(([NEVER], off[:-1]))
            ways = np.stack(
                (
                    on,
                    np.where(_STARTS, NEVER, before_on),
                    np.where(_STARTS, NEVER, before_off),
                    np.where(_STARTS, leaving + BEGINNING, NEVER),
                )
            )
            came[frame] = ways.argmax(axis=0)
            rested[frame] = off >= on
            off = np.maximum(on, off) + self._silence[frame]
            on = ways.max(axis=0) + self._sounds[frame]
            start += self._silence[frame]
        exits = np.concatenate((on[_LAST], off[_LAST]))
        if not frames or exits.max() < start:
            return ""
        return _traced(came, rested, ended, int(exits.argmax()))

    def scores(self, strings: Sequence[str]) -> Floats:
        """How likely each string is, as a logarithm; comparable with one another.

        Args:
            strings: of digits, none empty.
        """
        units = [[unit for digit in string for unit in _OF[digit]] for string in strings]
        lengths = np.array([len(each) for each in units])
        padded = np.zeros((len(units), lengths.max()), np.int64)
        for row, each in enumerate(units):
            padded[row, : len(each)] = each
        off = np.full((len(units), lengths.max() + 1), NEVER)
        on = np.full(padded.shape, NEVER)
        off[:, 0] = 0.0
        for sounds, silence in zip(self._sounds, self._silence, strict=True):
            into = np.maximum(on, off[:, :-1])
            into[:, 1:] = np.maximum(into[:, 1:], on[:, :-1])
            off[:, 1:] = np.maximum(off[:, 1:], on)
            off += silence
            on = into + sounds[padded]
        rows = np.arange(len(units))
        ended = np.maximum(off[rows, lengths], on[rows, lengths - 1])
        scores: Floats = ended
        return scores


def _traced(came: Any, rested: Any, ended: Any, place: int) -> str:
    """The digits that a search went through, from where it ended back to its beginning."""
    digits: list[str] = []
    unit, resting = int(_LAST[place % len(_LAST)]), place >= len(_LAST)
    frame = len(came) - 1
    while frame >= 0:
        if resting:
            resting = bool(rested[frame, unit])
        elif came[frame, unit] in {1, 2}:
            resting = came[frame, unit] == 2
            unit -= 1
        elif came[frame, unit] == 3:
            digits.append(_UNITS[unit][0])
            place = int(ended[frame])
            if place < 0:
                break
            unit, resting = int(_LAST[place % len(_LAST)]), place >= len(_LAST)
        frame -= 1
    return "".join(reversed(digits))


def _confusions(tokens: Sequence[str]) -> Floats:
    """How often each sound of each digit is written as each token of the model."""
    table = np.full((len(_UNITS), len(tokens)), ANYTHING / len(tokens))
    for row, (_, sound) in enumerate(_UNITS):
        others = ALIKE.get(sound, "").split()
        table[row, tokens.index(sound)] += OFTEN if others else 1.0
        for other in others:
            table[row, tokens.index(other)] += (1 - OFTEN) / len(others)
        table[row, tokens.index("<blank>")] = SILENT
    scaled: Floats = table / table.sum(axis=1, keepdims=True)
    return scaled
