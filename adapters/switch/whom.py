"""Whom to call or to transfer to: favourites, those of late, names by their letters, a keypad."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from adapters.switch.item import Back, Item, Open, Run, pages
from assistant.contact import Contact
from assistant.contract import Command
from assistant.directory import Directory
from assistant.journal import Journal
from assistant.names import name_words
from assistant.numbers import same_number, written
from assistant.plan import Party
from assistant.wording import Wording

RECENT = 4
"""How many of those we last spoke with are offered."""

_LOOKED_AT = 50
"""How many past calls they are taken from."""

ROW = 5
"""Letters of one row; with all 26 it is the number that takes the fewest steps."""

KEYPAD = ("123", "456", "789", "*0#")


@dataclass(frozen=True, slots=True)
class Purpose:
    """What somebody is looked for: a command that lacks only them."""

    command: Command
    slot: str
    """Where in the command they go."""

    def with_(self, target: Mapping[str, Any]) -> Run:
        """The command, complete."""
        return Run(Command(self.command.intent, {**self.command.slots, self.slot: target}))


class Whom:
    """Lists of people.

    Args:
        directory: everybody.
        journal: whom we have spoken with.
        wording: the user's language.
        favourites: names of the directory or numbers, as configured.
    """

    def __init__(
        self,
        directory: Directory,
        journal: Journal,
        wording: Wording,
        favourites: tuple[str, ...] = (),
    ) -> None:
        self._directory, self._journal, self._words = directory, journal, wording
        self._favourites = favourites
        self._spelled: tuple[tuple[Contact, ...], list[tuple[str, int]]] = ((), [])

    def items(self, purpose: Purpose) -> tuple[Item, ...]:
        """The first list: who is likely, and the ways to anybody else."""
        wanted = [self.favourite(self._directory, text) for text in self._favourites]
        known = [target for target in wanted if target is not None]
        numbers = [number for target in known for number in self._numbers(target)]
        known += self._recent(numbers)
        others = [Item(self._say("switch_keypad"), Open(lambda: self._keypad(purpose, "")))]
        if self._directory.contacts:
            others.insert(0, Item(self._say("switch_letters"), self._letters(purpose, "")))
        people = tuple(self._person(purpose, target) for target in known)
        return pages(people, self._say("switch_others"), *others, self.back())

    @staticmethod
    def favourite(directory: Directory, text: str) -> dict[str, Any] | None:
        """The party that a favourite of the configuration stands for, if there is one."""
        contact = directory.get(text)
        number = written(text)
        if contact is None and number is not None:
            contact = directory.by_number(number)
            return {"number": number, **({"name": contact.name} if contact else {})}
        named = (contact,) if contact else directory.exact(name_words(text))
        return {"contact": named[0].name} if len(named) == 1 else None

    def back(self) -> Item:
        """The way back."""
        return Item(self._say("switch_back"), Back())

    def _say(self, message: str, **details: object) -> tuple[str, str]:
        return self._words.say(message, details)

    def _person(self, purpose: Purpose, target: Mapping[str, Any]) -> Item:
        number = str(target.get("number", ""))
        to = Party(number, target.get("name")) if number else target["contact"]
        return Item(self._say("party_choice", to=to), purpose.with_(target))

    def _numbers(self, target: Mapping[str, Any]) -> list[str]:
        contact = self._directory.get(str(target.get("contact", "")))
        return [item.number for item in contact.numbers] if contact else [str(target["number"])]

    def _recent(self, besides: list[str]) -> list[dict[str, Any]]:
        """Those we last spoke with, the latest first, each once."""
        found: list[dict[str, Any]] = []
        seen = list(besides)
        for call in self._journal.calls(_LOOKED_AT):
            known = any(same_number(call.number, number) for number in seen)
            if call.number and not known and len(found) < RECENT:
                seen.append(call.number)
                name = {"name": call.name} if call.name else {}
                found.append({"number": call.number, **name})
        return found

    # By letters

    def _letters(self, purpose: Purpose, begun: str) -> Open:
        return Open(lambda: self._spelling(purpose, begun))

    def _spelling(self, purpose: Purpose, begun: str) -> tuple[Item, ...]:
        """Those with a word that begins so, or the letters with which such words go on."""
        ends: set[int] = set()
        goes_on: dict[str, set[int]] = {}
        for word, place in self._begun(begun):
            if word == begun:
                ends.add(place)
            else:
                goes_on.setdefault(word[len(begun)], set()).add(place)
        everybody = ends.union(*goes_on.values())
        more = self._say("switch_others")
        if len(everybody) <= ROW or not goes_on:
            return pages(self._people(purpose, everybody), more, self.back())
        letters = [
            Item((letter.upper(), letter.upper()), self._letters(purpose, begun + letter))
            for letter in sorted(goes_on)
        ]
        rows = [letters[first : first + ROW] for first in range(0, len(letters), ROW)]
        if len(rows) == 1:
            return (*self._people(purpose, ends), *letters, self.back())
        return (*self._people(purpose, ends), *map(self._row, rows), self.back())

    def _row(self, letters: list[Item]) -> Item:
        label = " ".join(item.words[0] for item in letters)
        # A letter replaces its row, so that the way back leads to the rows.
        inside = tuple(
            Item(item.words, Open(item.deed.items, instead=1))
            for item in letters
            if isinstance(item.deed, Open)
        )
        return Item((label, label), Open(lambda: (*inside, self.back())))

    def _people(self, purpose: Purpose, places: set[int]) -> tuple[Item, ...]:
        contacts = sorted((self._directory.contacts[place] for place in places), key=_by_name)
        return tuple(self._person(purpose, {"contact": contact.name}) for contact in contacts)

    def _begun(self, begun: str) -> Iterator[tuple[str, int]]:
        """The words of names that begin so, each with its contact's place."""
        contacts, words = self._spelled
        if contacts is not self._directory.contacts:
            contacts = self._directory.contacts
            words = sorted(
                {
                    (word, place)
                    for place, contact in enumerate(contacts)
                    for name in (contact.name, *contact.aliases)
                    for word in name_words(name)
                }
            )
            self._spelled = (contacts, words)
        for place in range(bisect_left(words, (begun, -1)), len(words)):
            if not words[place][0].startswith(begun):
                return
            yield words[place]

    # By digits

    def _keypad(self, purpose: Purpose, typed: str) -> tuple[Item, ...]:
        """Rows of digits; from the first digit on also what is done with the number."""
        rows = [self._row_of_digits(purpose, typed, row) for row in KEYPAD]
        if not typed:
            return (*rows, self._digit(purpose, "", "+", instead=1), self.back())
        without = Open(lambda: self._keypad(purpose, typed[:-1]), instead=1)
        delete = Item(self._say("switch_delete"), without)
        if typed == "+":
            return (*rows, delete, self.back())
        done = Item(self._say("switch_number", to=Party(typed)), purpose.with_({"number": typed}))
        return (*rows, done, delete, self.back())

    def _row_of_digits(self, purpose: Purpose, typed: str, row: str) -> Item:
        items = tuple(self._digit(purpose, typed, digit, instead=2) for digit in row)
        label = (" ".join(row), self._say("party_choice", to=Party(row))[1])
        return Item(label, Open(lambda: (*items, self.back())))

    def _digit(self, purpose: Purpose, typed: str, digit: str, *, instead: int) -> Item:
        keypad = Open(lambda: self._keypad(purpose, typed + digit), instead=instead)
        return Item(self._say("party_choice", to=Party(digit)), keypad)


def _by_name(contact: Contact) -> str:
    return contact.name.casefold()
