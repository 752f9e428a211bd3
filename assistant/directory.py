"""The directory: people and numbers, from CSV and vCard files, found by any part of their name.

    DirectoryError(Exception)   a file that cannot be used; names file, line and what is allowed

Looking a name up costs the same with a hundred people and a hundred thousand: every spelling of a
whole name, an alias or one word of a name leads straight to its people, and misspelled words are
found through what remains of them when one letter is left out (the symmetric delete method).
"""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from assistant.numbers import ENOUGH, bare, same_number
from assistant.text import UMLAUTS, fold
from phonebar.protocol import is_number

NEAR_ENOUGH = 72.0
"""Similarity, of 100, from which on a name is offered for one that is not in the directory."""

_MOST_SPELLINGS = 50
"""Combinations of spellings that are tried for one name."""

_NICKNAMES = re.compile(r"^((?:[\w-]+\.)?NICKNAME[^:\r\n]*:)(.*)$", re.IGNORECASE | re.MULTILINE)
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")


class DirectoryError(Exception):
    """A directory file that cannot be used; the message names file, line and what is allowed."""


@dataclass(frozen=True, slots=True)
class Number:
    """One way to reach somebody."""

    number: str
    """As dialled: digits, `*`, `#`, at most one leading `+`."""
    label: str = ""
    """`mobile`, `work`, ... if the file says."""


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody in the directory."""

    name: str
    numbers: tuple[Number, ...]
    aliases: tuple[str, ...] = ()


class Directory:
    """People, by every way of naming them. Unchangeable but for `reload_if_changed`.

    Args:
        contacts: the people; of two with the same name the later is dropped.
        paths: the files that they came from.
    """

    def __init__(self, contacts: Iterable[Contact] = (), paths: Sequence[Path] = ()) -> None:
        self._paths = tuple(paths)
        self._stamps = _stamps(self._paths)
        self._index = _Index(contacts)

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

    def fuzzy(self, words: Sequence[str]) -> tuple[tuple[Contact, ...], int]:
        """Whom these folded words may name with misspellings, and how many letters are wrong."""
        return self._index.fuzzy(words)

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
            self._index = _Index(_read_all(self._paths))
        except DirectoryError as error:
            return str(error)
        return None


class _Index:
    """Every way to find somebody."""

    def __init__(self, contacts: Iterable[Contact]) -> None:
        self.by_name: dict[str, Contact] = {}
        for contact in contacts:
            self.by_name.setdefault(contact.name, contact)
        self.contacts = tuple(self.by_name.values())
        self._whole: dict[tuple[str, ...], set[int]] = defaultdict(set)
        self._word: dict[str, set[int]] = defaultdict(set)
        self._number: dict[str, set[int]] = defaultdict(set)
        for place, contact in enumerate(self.contacts):
            for name in (contact.name, *contact.aliases):
                for spelling in {name, name.translate(UMLAUTS)}:
                    words = name_words(spelling)
                    self._whole[words].add(place)
                    if name is contact.name:
                        for word in words:
                            self._word[word].add(place)
            for item in contact.numbers:
                self._number[bare(item.number)[-ENOUGH:]].add(place)

    def by_number(self, number: str) -> Contact | None:
        places = self._number.get(bare(number)[-ENOUGH:], ())
        fitting = [
            self.contacts[place]
            for place in places
            if any(same_number(number, item.number) for item in self.contacts[place].numbers)
        ]
        return fitting[0] if len(fitting) == 1 else None

    def exact(self, words: Sequence[str]) -> tuple[Contact, ...]:
        places = self._whole.get(tuple(words)) or self._having(words)
        return tuple(self.contacts[place] for place in sorted(places))

    def fuzzy(self, words: Sequence[str]) -> tuple[tuple[Contact, ...], int]:
        options = [self._spellings(word, alone=len(words) == 1) for word in words]
        if not all(options):
            return (), 0
        best: dict[int, set[int]] = defaultdict(set)
        for chosen in itertools.islice(itertools.product(*options), _MOST_SPELLINGS):
            wrong = sum(distance for distance, _ in chosen)
            spelled = tuple(spelling for _, spelling in chosen)
            best[wrong] |= self._whole.get(spelled) or self._having(spelled)
        wrong = min((wrong for wrong, places in best.items() if places), default=0)
        return tuple(self.contacts[place] for place in sorted(best[wrong])), wrong

    def nearest(self, text: str, limit: int) -> tuple[Contact, ...]:
        from rapidfuzz import fuzz, process

        wanted = " ".join(name_words(text))
        if len(wanted) < 3:
            return ()
        forms = [" ".join(form) for form in self._whole]
        found = process.extract(
            wanted, forms, scorer=fuzz.ratio, score_cutoff=NEAR_ENOUGH, limit=limit * 3
        )
        places = [place for form, _, _ in found for place in self._whole[tuple(form.split(" "))]]
        return tuple(self.contacts[place] for place in dict.fromkeys(places))[:limit]

    def _having(self, words: Sequence[str]) -> set[int]:
        """Those whose name has all these words, in any order."""
        places: set[int] | None = None
        for word in words:
            found = self._word.get(word)
            if not found:
                return set()
            places = found if places is None else places & found
        return places or set()

    def _spellings(self, word: str, *, alone: bool) -> list[tuple[int, str]]:
        """The words of names and aliases that this may be, and how many letters are wrong."""
        from rapidfuzz.distance import OSA

        known = [(0, word)] if word in self._vocabulary else []
        if known and alone:
            return known
        allowed = int(len(word) == 3 and not alone) if len(word) < 4 else 1 if len(word) < 7 else 2
        near = [
            (OSA.distance(word, spelling, score_cutoff=allowed), spelling)
            for spelling in self._resembling(word)
            if spelling != word
        ]
        return known + sorted(item for item in near if item[0] <= allowed)

    def _resembling(self, word: str) -> set[str]:
        """Words of names that share what remains when a letter is left out."""
        found = set(self._remains.get(word, ()))
        for shorter in _shorter(word):
            found |= self._remains.get(shorter, set())
            if shorter in self._vocabulary:
                found.add(shorter)
        return found

    @cached_property
    def _vocabulary(self) -> set[str]:
        return {word for words in self._whole for word in words}

    @cached_property
    def _remains(self) -> dict[str, set[str]]:
        """Each word of a name under all that remains when one of its letters is left out."""
        remains: dict[str, set[str]] = defaultdict(set)
        for word in self._vocabulary:
            for shorter in _shorter(word):
                remains[shorter].add(word)
        return dict(remains)


def name_words(name: str) -> tuple[str, ...]:
    """The folded words of a name."""
    return tuple(_WORD.findall(fold(name)))


def _shorter(word: str) -> set[str]:
    return {word[:place] + word[place + 1 :] for place in range(len(word))}


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
