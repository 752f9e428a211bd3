"""A number or a name that is given piece by piece: what there is so far, and how it is changed.

EntryError(ValueError)   a change that cannot be made; names the message that says why

A piece is what one breath gave: "two oh two". A correction puts as many digits as it has in the
place of the last ones given just before: after "two oh two", "no, five" makes it 205, and "no,
three oh three" 303. Nothing here knows how any of it was said.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from phonebar.protocol import MAX_NUMBER_LENGTH

NUMBER, NAME = "number", "name"
LONGEST_NAME = 60
"""Letters."""

ADD, REPLACE = "add", "replace"
TAKE_BACK, START_OVER, READ_BACK, FINISH = "take_back", "start_over", "read_back", "finish"
EDITS = (REPLACE, TAKE_BACK, START_OVER, READ_BACK, FINISH)
"""What can be said besides digits and letters; the language files have a sentence for each."""

Edit = tuple[str, str]
"""What is done, and the digits or letters that it is done with."""


class EntryError(ValueError):
    """A change that cannot be made; `message` names what to tell."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


@dataclass(frozen=True, slots=True)
class Entry:
    """A number or a name on its way."""

    kind: str = NUMBER
    """`number` or `name`."""
    action: str = "call"
    """What it is for: `call` or `transfer`."""
    which: Any = None
    """The call to transfer, if it was said."""
    pieces: tuple[str, ...] = ()
    expires: float = 0.0
    """Unix time in seconds."""
    reply: str = ""
    """The id of the Reply that told of it last."""

    @property
    def text(self) -> str:
        """All that was given so far."""
        return "".join(self.pieces)

    def edited(self, edits: Iterable[Edit]) -> Entry:
        """With these changes, all of them or none.

        Raises:
            EntryError: one of them cannot be made.
        """
        made = self
        for kind, text in edits:
            made = made._changed(kind, text)
        return made

    def _changed(self, kind: str, text: str) -> Entry:
        pieces = self.pieces
        if kind == ADD or (kind == REPLACE and not pieces):
            pieces = (*pieces, text)
        elif kind == REPLACE:
            kept = pieces[-1][: -len(text)]
            pieces = (*pieces[:-1], kept + text)
        elif kind == TAKE_BACK:
            if not pieces:
                raise EntryError(f"entry_nothing_{self.kind}")
            pieces = pieces[:-1]
        elif kind == START_OVER:
            pieces = ()
        changed = replace(self, pieces=pieces)
        if "+" in changed.text[1:] and self.kind == NUMBER:
            raise EntryError("entry_plus_inside")
        longest = MAX_NUMBER_LENGTH if self.kind == NUMBER else LONGEST_NAME
        if len(changed.text) > longest:
            raise EntryError(f"entry_too_long_{self.kind}")
        return changed


def read_entry(found: Any) -> Entry:
    """The reverse of `dataclasses.asdict`, for what came out of the journal.

    Raises:
        KeyError, TypeError, ValueError: it is none.
    """
    entry = Entry(
        **{**found, "pieces": tuple(map(str, found["pieces"])), "expires": float(found["expires"])}
    )
    allowed = r"\+?[0-9*#]*" if entry.kind == NUMBER else r"[^\d]*"
    if entry.kind not in {NUMBER, NAME} or not re.fullmatch(allowed, entry.text):
        raise ValueError(found)
    return entry
