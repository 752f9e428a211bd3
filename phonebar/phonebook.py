"""The people whose names the page shows: whoever starts the server says where they come from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

MAX_PEOPLE = 12
"""So many people are found at a time."""
MAX_TYPED = 80
"""So many characters may be looked for."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody, with one number or several."""

    name: str
    numbers: tuple[tuple[str, str], ...]
    """Each as dialled, and what it is called: `mobile`, `work`, or nothing."""

    def to_json(self) -> dict[str, Any]:
        """As `/ext/v1/directory` shows it."""
        numbers = [{"number": number, "label": label} for number, label in self.numbers]
        return {"name": self.name, "numbers": numbers}


class Phonebook(Protocol):
    """Where names are looked up; thread-safe and quick."""

    def starting(self, text: str, limit: int) -> Sequence[Person]:
        """People whose names begin like `text`, at most `limit`; with no text the first ones."""

    def name_of(self, number: str) -> str | None:
        """Whose number it is, if that is known."""


class _Empty:
    def starting(self, text: str, limit: int) -> Sequence[Person]:  # noqa: ARG002 - nobody is there
        return ()

    def name_of(self, number: str) -> str | None:  # noqa: ARG002 - nobody is there
        return None


EMPTY: Phonebook = _Empty()
"""Knows nobody."""
