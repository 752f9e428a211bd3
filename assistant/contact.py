"""Somebody in the directory, and how to reach them.

DirectoryError(Exception)   a source of contacts that cannot be used; says where, and what is
allowed
"""

from __future__ import annotations

from dataclasses import dataclass


class DirectoryError(Exception):
    """A source of contacts that cannot be used; the message names file, line, what is allowed."""


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
    spoken: str = ""
    """How the name is spoken, if the source says so: `Shivawn Oh Bryen`; or, between slashes, its
    sounds, which only recognisers can read."""

    @property
    def aloud(self) -> str:
        """The name for a voice."""
        return self.spoken if self.spoken and not self.spoken.startswith("/") else self.name

    @property
    def sayings(self) -> tuple[tuple[str, str], ...]:
        """What the person is called, for a recogniser: each name, and how it is spoken or ``."""
        return ((self.name, self.spoken), *((alias, "") for alias in self.aliases))
