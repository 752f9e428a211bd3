"""Contacts from files: CSV (`name,number,aliases,spoken`) and vCard 3 and 4, by their ending."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.contact import Contact, DirectoryError, Number
from phonebar.protocol import is_number

_NICKNAMES = re.compile(r"^((?:[\w-]+\.)?NICKNAME[^:\r\n]*:)(.*)$", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class ContactFile:
    """A file of contacts, as a source of the directory."""

    path: Path
    slow: bool = False

    def stamp(self) -> object:
        """What changes when the file does."""
        try:
            status = self.path.stat()
        except OSError:
            return None
        return status.st_mtime_ns, status.st_size

    def read(self) -> list[Contact]:
        """Everybody in the file.

        Raises:
            DirectoryError: it cannot be used.
        """
        try:
            raw = self.path.read_bytes()
        except OSError as error:
            raise DirectoryError(f"{self.path}: cannot be read ({error.strerror}).") from error
        try:
            text = raw.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = raw.decode("cp1252", errors="replace")  # what older Windows programs write
        is_vcard = self.path.suffix.lower() in {".vcf", ".vcard"}
        return list((_read_vcard if is_vcard else _read_csv)(self.path, text))


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
        spoken = (row.get(names["spoken"]) or "").strip() if "spoken" in names else ""
        if not name and not number:
            continue
        if not name:
            raise DirectoryError(f"{path}, line {rows.line_num}: there is no name.")
        yield Contact(
            name,
            (Number(dialable(number, f"{path}, line {rows.line_num}")),) if number else (),
            tuple(alias.strip() for alias in aliases if alias.strip()),
            spoken,
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
            Number(dialable(_uri_free(str(line.value)), f"{path}, {name}"), _label(line))
            for line in card.contents.get("tel", ())
        )
        yield Contact(name, numbers, tuple(filter(None, aliases)), _phonetic(card.contents))


def _phonetic(fields: Mapping[str, Any]) -> str:
    """How a card's name is spoken, by what Apple's and Google's address books write.

    SORT-STRING and SORT-AS say how a name is sorted, which is seldom how it is spoken.
    """
    found = [
        str(line.value).strip()
        for part in ("first", "middle", "last")
        for line in fields.get(f"x-phonetic-{part}-name", ())[:1]
    ]
    return " ".join(filter(None, found))


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


def dialable(text: str, where: str) -> str:
    """A number without separators; raises DirectoryError, naming `where`, when it is none."""
    number = re.sub(r"[\s().\-/]", "", text)
    if not is_number(number):
        raise DirectoryError(
            f"{where}: {text!r} cannot be dialled; a number has digits, *, # and one leading +."
        )
    return number
