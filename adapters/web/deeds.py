"""What a press on the page asks for, as a Command.

A press says what its button said and which call it stood beside; whether that still makes sense is
the Assistant's to decide.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from assistant.contact import Contact
from assistant.contract import Command

PLAIN = frozenset({"answer", "hold", "resume", "hangup"})


class BadDeedError(ValueError):
    """A press that no page of ours sends; the message says what is wrong with it."""


def command_of(deed: Mapping[str, Any], people: Sequence[Contact]) -> Command:
    """The command of a press.

    Args:
        deed: `name`, and as it needs them `call` and `other` (keys of calls), `ringing` (whether
            the call rang here when it was pressed), `number` and `who` (to whom).
        people: who is called like `who`.

    Raises:
        BadDeedError: something is missing, or of the wrong kind.
    """
    name = _text(deed, "name")
    if name == "call":
        return Command("call", {"target": _party(deed, people)})
    if name == "hangup_all":
        return Command("hangup", {"which": "all"})
    which = {"which": {"key": _text(deed, "call")}}
    ringing = {"while": "incoming"} if deed.get("ringing") is True else {}
    if name in PLAIN:
        return Command(name, which)
    if name == "decline":
        return Command("hangup", {**which, "while": "incoming"})
    if name == "transfer":
        return Command("transfer", {**which, **ringing, "to": _party(deed, people)})
    if name in {"connect", "conference"}:
        one, other = which["which"], {"key": _text(deed, "other")}
        if name == "connect":
            return Command("attended_transfer", {"a": one, "b": other})
        return Command("conference", {"parties": [one, other]})
    raise BadDeedError("no such deed")


def _party(deed: Mapping[str, Any], people: Sequence[Contact]) -> dict[str, str]:
    """Whoever was chosen by name counts as a person, not as a number that somebody typed."""
    number = _text(deed, "number")
    who = deed.get("who")
    for contact in people:
        if contact.name == who and [one.number for one in contact.numbers] == [number]:
            return {"contact": contact.name}
    return {"number": number}


def _text(deed: Mapping[str, Any], field: str) -> str:
    value = deed.get(field)
    if not isinstance(value, str) or not 0 < len(value) <= 200:
        raise BadDeedError(f"{field} is missing")
    return value
