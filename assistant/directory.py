"""The directory: people and numbers, from files and LDAP, found by any part of their name."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import Protocol

from assistant.contact import Contact, DirectoryError
from assistant.contact_files import ContactFile
from assistant.names import NameIndex

MANY = 1000
"""People whom the garbage collector would notice."""


class Source(Protocol):
    """Somewhere that contacts come from."""

    @property
    def slow(self) -> bool:
        """Reading it may take seconds, so nobody waits for it once there is a directory."""

    def stamp(self) -> object:
        """What changes when the source should be read again."""

    def read(self) -> list[Contact]:
        """Everybody there; raises DirectoryError."""


class Directory:
    """People, by every way of naming them. Unchangeable but for `reload_if_changed`.

    Args:
        contacts: the people; of two with the same name the later is dropped.
        sources: where they came from, to be read again.
    """

    def __init__(self, contacts: Iterable[Contact] = (), sources: Sequence[Source] = ()) -> None:
        self._sources = tuple(sources)
        self._stamps = [source.stamp() for source in self._sources]
        self._index = NameIndex(contacts)
        self._reading: threading.Thread | None = None
        self._problem: str | None = None
        self._is_warm = False

    @classmethod
    def load(cls, *places: Path | Source) -> Directory:
        """Read files, by their paths, and other sources.

        Raises:
            DirectoryError: one of them cannot be used.
        """
        sources = [ContactFile(item) if isinstance(item, Path) else item for item in places]
        return cls(_read_all(sources), sources)

    def __len__(self) -> int:
        return len(self._index.by_name)

    @property
    def contacts(self) -> tuple[Contact, ...]:
        """Everybody."""
        return self._index.contacts

    def get(self, name: str) -> Contact | None:
        """The contact of exactly that name."""
        return self._index.by_name.get(name)

    def by_number(self, number: str) -> Contact | None:
        """Whose number it is, when it is one person's only."""
        return self._index.by_number(number)

    def aloud(self, name: str) -> str:
        """A name for a voice: as its contact's is spoken, or as it is."""
        contact = self._index.by_name.get(name)
        return contact.aloud if contact is not None else name

    def exact(self, words: Sequence[str]) -> tuple[Contact, ...]:
        """Whom these folded words name without a misspelling; several when they fit as well."""
        return self._index.exact(words)

    def knows(self, word: str) -> bool:
        """Whether a folded word is part of a name or an alias."""
        return self._index.knows(word)

    def warm(self) -> None:
        """Prepare for the first misspelled name now: it takes seconds with 100,000 people.

        Many people are also spared the garbage collector, which otherwise looks through all of them
        at moments of its own: for 30 ms with 10,000, in the middle of a command.
        """
        self._is_warm = True
        self._index.fuzzy(("prepare",), frozenset())
        if len(self) >= MANY:
            gc.collect()
            gc.freeze()

    def fuzzy(
        self, words: Sequence[str], fixed: AbstractSet[str] = frozenset()
    ) -> tuple[tuple[Contact, ...], int]:
        """Whom these folded words may name with misspellings, and how many letters are wrong.

        Args:
            words: what was said.
            fixed: those of them that are no misspellings.
        """
        return self._index.fuzzy(words, fixed)

    def nearest(self, text: str, limit: int = 3) -> tuple[Contact, ...]:
        """The people whose names are the most like `text`; none when none is much like it."""
        return self._index.nearest(text, limit)

    def starting(self, text: str, limit: int) -> tuple[Contact, ...]:
        """For type-ahead: people with a word in their name that begins so, else the nearest.

        Args:
            text: what has been typed so far.
            limit: how many people at most.
        """
        return self._index.starting(text, limit) or self._index.nearest(text, limit)

    def beginning(self, text: str, limit: int) -> tuple[Contact, ...]:
        """People whose names have a word for each of the text's that begins like it."""
        return self._index.starting(text, limit)

    def reload_if_changed(self) -> str | None:
        """Read the sources again if they changed; slow ones in the background.

        Returns:
            What is wrong with them, once, in which case the directory stays as it was; else None.
        """
        if self._reading is None or not self._reading.is_alive():
            self._reload()
        problem, self._problem = self._problem, None
        return problem

    def _reload(self) -> None:
        stamps = [source.stamp() for source in self._sources]
        if stamps == self._stamps:
            return
        changed = [
            source
            for source, old, new in zip(self._sources, self._stamps, stamps, strict=True)
            if old != new
        ]
        self._stamps = stamps
        if any(source.slow for source in changed):
            self._reading = threading.Thread(target=self._read, name="contacts", daemon=True)
            self._reading.start()
        else:
            self._read()

    def _read(self) -> None:
        try:
            self._index = NameIndex(_read_all(self._sources))
        except DirectoryError as error:
            self._problem = str(error)
            return
        if self._is_warm:
            threading.Thread(target=self.warm, name="directory", daemon=True).start()


def _read_all(sources: Sequence[Source]) -> list[Contact]:
    return [contact for source in sources for contact in source.read()]
