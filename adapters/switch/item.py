"""What a scan offers: items, and what choosing one does.

Deed
├── Run      a command is given
├── Answer   a question is answered
├── Open     a list opens
├── Back     the list before this one
├── Read     the items of the first list are told
├── Serve    calls are taken, or not
├── Talk     the voice surface listens
└── Speed    items stay lit longer, or shorter
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from assistant.contract import Command
from assistant.wording import Words


@dataclass(frozen=True, slots=True)
class Run:
    """Give a command."""

    command: Command


@dataclass(frozen=True, slots=True)
class Answer:
    """Answer the open question."""

    say: str


@dataclass(frozen=True, slots=True)
class Open:
    """Open a list."""

    items: Callable[[], tuple[Item, ...]]
    """Makes it, when it is shown."""
    instead: int = 0
    """How many of the open lists it replaces."""


@dataclass(frozen=True, slots=True)
class Back:
    """Leave this list."""


@dataclass(frozen=True, slots=True)
class Read:
    """Tell what can be done now."""


@dataclass(frozen=True, slots=True)
class Serve:
    """Take calls (`ready`) or not (`pause`)."""

    status: str


@dataclass(frozen=True, slots=True)
class Talk:
    """Be listened to."""

    begin: Callable[[], None]


@dataclass(frozen=True, slots=True)
class Speed:
    """Change how long items stay lit."""

    factor: float


Deed = Run | Answer | Open | Back | Read | Serve | Talk | Speed


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to choose."""

    words: Words
    deed: Deed


PAGE = 8
"""Items of one kind in a list; more go into a list of their own, so that none takes too long."""


def pages(items: tuple[Item, ...], more: Words, *last: Item) -> tuple[Item, ...]:
    """A list with what does not fit behind an item of its own.

    Args:
        items: what there is, by likelihood.
        more: the words for the item that leads to the rest.
        last: items that are at the end of each list.
    """
    if len(items) <= PAGE + 1:
        return (*items, *last)
    rest = Open(lambda: pages(items[PAGE:], more, *last))
    return (*items[:PAGE], Item(more, rest), *last)
