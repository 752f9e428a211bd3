"""How words that are in no dictionary are spoken, remembered: finding it out takes 40 ms a word.

A file in the user's folder has a word a line, and after a tab its sounds. It can be deleted at
any time; a line that cannot be read is left out, and found out again.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from pathlib import Path

from adapters.voice.sounds import SOUNDS

log = logging.getLogger(__name__)

Sounds = tuple[str, ...]


class Remembered:
    """A speller that finds out each word once, in this life and the next.

    Args:
        spell: makes sounds of a word's letters.
        path: the file.
    """

    def __init__(self, spell: Callable[[str], Sounds], path: Path) -> None:
        self._spell, self._path = spell, path
        self._lock = threading.Lock()
        self._known = _read(path)

    def __call__(self, word: str) -> Sounds:
        """The sounds of a word."""
        with self._lock:
            known = self._known.get(word)
        if known is not None:
            return known
        found = self._spell(word)
        with self._lock:
            self._known[word] = found
            self._keep(word, found)
        return found

    def _keep(self, word: str, sounds: Sounds) -> None:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.open("a", encoding="utf-8") as file:
                file.write(f"{word}\t{' '.join(sounds)}\n")
        except OSError as error:
            log.info("how words are spoken cannot be kept in %s: %s", self._path, error)


def _read(path: Path) -> dict[str, Sounds]:
    found: dict[str, Sounds] = {}
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError):
        return found
    for line in lines:
        word, tab, sounds = line.partition("\t")
        way = tuple(sounds.split())
        if word and tab and way and all(sound in SOUNDS for sound in way):
            found[word] = way
    return found
