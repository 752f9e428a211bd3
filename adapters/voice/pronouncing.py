"""How words and names are spoken: the user's lexicon, the CMU dictionary, or by their letters.

LexiconError(RecogniserError)   a line of a lexicon that cannot be read

A lexicon has a word or a name a line, and after `=` how it is spoken: by other words, or between
slashes by the sounds of the CMU dictionary. Several lines for one name are several ways.

    Nguyen = noo yen
    Wójcik = /V OY CH IH K/
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from adapters.voice.recogniser import Missing, RecogniserError
from adapters.voice.sounds import SOUNDS
from assistant.text import fold

Sounds = tuple[str, ...]
"""The sounds of a word, by their names in SOUNDS."""

MOST = 6
"""Ways of speaking one name that are listened for."""
NEVER = "-"
OURS = Path(__file__).with_name("english.txt")

_SIBILANTS = frozenset({"S", "Z", "SH", "ZH", "CH", "JH"})
_VOICELESS = frozenset({"P", "T", "K", "F", "TH"})
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*'?")


class LexiconError(RecogniserError):
    """A line that cannot be read."""


class Pronouncing:
    """How English is spoken.

    Args:
        lexicons: the user's files; those that are not there are left out.
        spell: makes sounds of the letters of a word that stands nowhere.

    Raises:
        LexiconError: a line of a lexicon cannot be read.
        Missing: the CMU dictionary is not there.
    """

    def __init__(self, lexicons: Iterable[Path], spell: Callable[[str], Sounds]) -> None:
        self._spell = spell
        self._words = _dictionary()
        self._own: dict[str, list[Sounds]] = {}
        self._cache: dict[str, tuple[Sounds, ...]] = {}
        for path in (OURS, *lexicons):
            if path.exists():
                self._read(path)

    def known(self, word: str) -> bool:
        """Whether a word stands in a lexicon or the dictionary."""
        small = word.casefold()
        return bool(self._own[small]) if small in self._own else small in self._words

    def ways(self, said: str, sounds: str = "") -> tuple[Sounds, ...]:
        """The ways of speaking a word or a name.

        Args:
            said: as it is written.
            sounds: how it is spoken instead, as after `=` in a lexicon.
        """
        if sounds:
            return self._written(sounds)
        if said not in self._cache:
            own = self._own.get(said.casefold())
            self._cache[said] = (
                tuple(own) if own is not None else self._combined(_WORD.findall(said))
            )
        return self._cache[said]

    def owners(self, said: str, sounds: str = "") -> tuple[Sounds, ...]:
        """The ways of speaking it with an English 's."""
        return tuple((*way, *_owned(way[-1])) for way in self.ways(said, sounds))

    def _combined(self, words: Sequence[str]) -> tuple[Sounds, ...]:
        each = [self._word(word) for word in words]
        ways = itertools.islice(itertools.product(*each), MOST)
        return tuple(dict.fromkeys(way for parts in ways if (way := sum(parts, ()))))

    def _word(self, word: str) -> tuple[Sounds, ...]:
        small = word.casefold()
        found = list(self._own.get(small, ()))
        if len(word) in range(2, 5) and word.isalpha() and word.isupper():
            found += self._combined(list(small))
        found = found or self._looked_up(small) or self._looked_up(fold(word))
        if not found and small.endswith("'s"):
            found = [(*way, *_owned(way[-1])) for way in self._word(small[:-2])]
        if not found:
            letters = "".join(char for char in fold(word) if "a" <= char <= "z")
            way = self._spell(letters) if letters else ()
            found = [way] if way else []
        return tuple(found)

    def _looked_up(self, word: str) -> list[Sounds]:
        found = [self._words.get(word, ""), self._words.get(f"{word}(2)", "")]
        found.append(self._words.get(f"{word}(3)", ""))
        return [tuple(way.split()) for way in found if way]

    def _read(self, path: Path) -> None:
        for number, line in enumerate(path.read_text(encoding="utf-8-sig").splitlines(), 1):
            text = line.partition("#")[0].strip()
            if not text:
                continue
            said, between, sounds = text.partition("=")
            if not between or not said.strip() or not sounds.strip():
                raise LexiconError("voice_lexicon_line", path=path, line=number, text=text)
            try:
                ways = () if sounds.strip() == NEVER else self._written(sounds.strip())
            except ValueError as error:
                raise LexiconError(
                    "voice_lexicon_sound", path=path, line=number, sound=str(error)
                ) from error
            self._own.setdefault(said.strip().casefold(), []).extend(ways)

    def _written(self, sounds: str) -> tuple[Sounds, ...]:
        """As after `=`; raises ValueError with a sound that there is not."""
        if not sounds.startswith("/"):
            return self._combined(_WORD.findall(sounds))
        way = tuple(re.sub(r"[0-2]\b", "", sounds.strip("/ ")).upper().split())
        for sound in way:
            if sound not in SOUNDS:
                raise ValueError(sound)
        return (way,) if way else ()


@cache
def _dictionary() -> dict[str, str]:
    """The CMU dictionary, which pocketsphinx brings: word, or `word(2)`, and its sounds.

    Raises:
        Missing: it is not there.
    """
    found = find_spec("pocketsphinx")
    folder = Path(found.origin).parent if found is not None and found.origin else Path()
    path = folder / "model" / "en-us" / "cmudict-en-us.dict"
    if not path.is_file():
        raise Missing("voice_not_installed", library="pocketsphinx")
    lines = path.read_text(encoding="utf-8").splitlines()
    return {word: sounds for word, _, sounds in (line.partition(" ") for line in lines)}


def _owned(last: str) -> Sounds:
    if last in _SIBILANTS:
        return ("IH", "Z")
    return ("S",) if last in _VOICELESS else ("Z",)
