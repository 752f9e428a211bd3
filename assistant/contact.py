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
