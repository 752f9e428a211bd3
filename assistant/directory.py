"""The directory: people and numbers, from CSV and vCard files, found by any part of their name.

DirectoryError(Exception)   a file that cannot be used; names file, line and what is allowed
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path

from assistant.contact import Contact, Number
from assistant.names import NameIndex
from phonebar.protocol import is_number

_NICKNAMES = re.compile(r"^((?:[\w-]+\.)?NICKNAME[^:\r\n]*:)(.*)$", re.IGNORECASE | re.MULTILINE)


class DirectoryError(Exception):
    """A directory file that cannot be used; the message names file, line and what is allowed."""


class Directory:
    """People, by every way of naming them. Unchangeable but for `reload_if_changed`.

    Args:
        contacts: the people; of two with the same name the later is dropped.
        paths: the files that they came from.
    """

    def __init__(self, contacts: Iterable[Contact] = (), paths: Sequence[Path] = ()) -> None:
        self._paths = tuple(paths)
        self._stamps = _stamps(self._paths)
        self._index = NameIndex(contacts)

    @classmethod
    def load(cls, *paths: Path) -> Directory:
        """Read CSV (`name,number,aliases`) and vCard files, told apart by their ending.

        Raises:
            DirectoryError: a file cannot be used.
        """
        return cls(_read_all(paths), paths)

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

    def exact(self, words: Sequence[str]) -> tuple[Contact, ...]:
        """Whom these folded words name without a misspelling; several when they fit as well."""
        return self._index.exact(words)

    def knows(self, word: str) -> bool:
        """Whether a folded word is part of a name or an alias."""
        return self._index.knows(word)

    def warm(self) -> None:
        """Prepare for the first misspelled name now: it takes seconds with 100,000 people."""
        self._index.fuzzy(("prepare",), frozenset())

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

    def reload_if_changed(self) -> str | None:
        """Read the files again if they changed.

        Returns:
            What is wrong with them, in which case the directory stays as it was; else None.
        """
        stamps = _stamps(self._paths)
        if stamps == self._stamps:
            return None
        self._stamps = stamps
        try:
            self._index = NameIndex(_read_all(self._paths))
        except DirectoryError as error:
            return str(error)
        return None


def _stamps(paths: Sequence[Path]) -> tuple[tuple[int, int], ...]:
    found = []
    for path in paths:
        try:
            status = path.stat()
        except OSError:
            found.append((0, 0))
        else:
            found.append((status.st_mtime_ns, status.st_size))
    return tuple(found)


def _read_all(paths: Sequence[Path]) -> list[Contact]:
    contacts: list[Contact] = []
    for path in paths:
        try:
            raw = path.read_bytes()
        except OSError as error:
            raise DirectoryError(f"{path}: cannot be read ({error.strerror}).") from error
        try:
            text = raw.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = raw.decode("cp1252", errors="replace")  # what older Windows programs write
        reader = _read_vcard if path.suffix.lower() in {".vcf", ".vcard"} else _read_csv
        contacts += reader(path, text)
    return contacts


def _read_csv(path: Path, text: str) -> Iterable[Contact]:
    lines = text.splitlines()
    head = lines[0] if lines else ""
    delimiter = ";" if head.count(";") > head.count(",") else ","
    # Every kind of line end is one: spreadsheets still write old ones.
    rows = csv.DictReader(io.StringIO(text, newline=None), delimiter=delimiter)
    try:
        yield from _csv_contacts(path, rows)
    except csv.Error as error:
        raise DirectoryError(f"{path}, line {rows.reader.line_num}: is no CSV: {error}.") from error


def _csv_contacts(path: Path, rows: csv.DictReader[str]) -> Iterable[Contact]:
    names = {(name or "").strip().lower(): name for name in rows.fieldnames or ()}
    if "name" not in names or "number" not in names:
        raise DirectoryError(
            f"{path}, line 1: the first line must name the columns: name,number,aliases."
        )
    for row in rows:
        name = (row.get(names["name"]) or "").strip()
        number = (row.get(names["number"]) or "").strip()
        aliases = ((row.get(names["aliases"]) or "") if "aliases" in names else "").split("|")
        if not name and not number:
            continue
        if not name:
            raise DirectoryError(f"{path}, line {rows.line_num}: there is no name.")
        yield Contact(
            name,
            (Number(_dialable(number, f"{path}, line {rows.line_num}")),) if number else (),
            tuple(alias.strip() for alias in aliases if alias.strip()),
        )


def _read_vcard(path: Path, text: str) -> Iterable[Contact]:
    import vobject

    try:
        cards = list(vobject.readComponents(_one_nickname_a_line(text), ignoreUnreadable=True))
    except Exception as error:  # its parser raises several kinds, not all its own
        raise DirectoryError(f"{path}: is no vCard file: {error}.") from error
    if text.strip() and not cards:
        raise DirectoryError(f"{path}: is no vCard file: there is no BEGIN:VCARD in it.")
    for card in cards:
        name = str(card.fn.value).strip() if hasattr(card, "fn") else ""
        if not name:
            continue
        aliases = [str(line.value).strip() for line in card.contents.get("nickname", ())]
        numbers = tuple(
            Number(_dialable(_uri_free(str(line.value)), f"{path}, {name}"), _label(line))
            for line in card.contents.get("tel", ())
        )
        yield Contact(name, numbers, tuple(filter(None, aliases)))


def _one_nickname_a_line(text: str) -> str:
    """The same cards; of several nicknames in one line vobject would keep the first."""
    unfolded = re.sub(r"\r?\n[ \t]", "", text)
    return _NICKNAMES.sub(
        lambda line: "\n".join(line[1] + name for name in re.split(r"(?<!\\),", line[2])), unfolded
    )


def _uri_free(value: str) -> str:
    """A vCard 4 number is a URI: `tel:+39-06-5550;ext=2`."""
    return value.removeprefix("tel:").split(";", maxsplit=1)[0]


def _label(line: object) -> str:
    # TYPE=work,voice - or TYPE="work,voice" in vCard 4, or just WORK;VOICE in vCard 2.1
    given = [*getattr(line, "params", {}).get("TYPE", []), *getattr(line, "singletonparams", [])]
    kinds = ",".join(given).lower().split(",")
    named = {"cell": "mobile", "work": "work", "home": "home", "main": "main"}
    return next((named[kind] for kind in kinds if kind in named), "")


def _dialable(text: str, where: str) -> str:
    number = re.sub(r"[\s().\-/]", "", text)
    if not is_number(number):
        raise DirectoryError(
            f"{where}: {text!r} cannot be dialled; a number has digits, *, # and one leading +."
        )
    return number
