"""What can be done with one call now.

Surfaces show the actions as buttons or scan items, and hand the chosen one's Command back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from assistant.contract import Command, LiveCall
from phonebar.protocol import CallState

ACTIVE, HOLDING, INCOMING = CallState.ACTIVE, CallState.HOLDING, CallState.INCOMING


@dataclass(frozen=True, slots=True)
class Action:
    """Something that can be done with a call now."""

    name: str
    """`answer decline hold resume connect conference transfer hangup`; `action_NAME` is its label
    among the messages."""
    command: Command
    """What does it; without `to` it still needs to be told whom (`needs_party`)."""
    other: LiveCall | None = None
    """The second call that it is about."""
    risky: bool = False
    """It cannot be undone."""

    @property
    def needs_party(self) -> bool:
        """Whether the user must still say to whom."""
        return self.command.intent == "transfer" and "to" not in self.command.slots


def actions(call: LiveCall, calls: tuple[LiveCall, ...]) -> tuple[Action, ...]:
    """What can be done with `call`, the likeliest first, what cannot be undone last.

    Args:
        call: a live call; with one that is over nothing can be done.
        calls: every call there is.
    """
    which: Mapping[str, Any] = {"which": {"key": call.key}}
    if call.ended or call.state is None:
        return ()
    end = Action("hangup", Command("hangup", which), risky=True)
    if call.state is INCOMING:
        return (
            Action("answer", Command("answer", which)),
            Action("transfer", Command("transfer", which), risky=True),
            Action("decline", Command("hangup", {**which, "while": "incoming"}), risky=True),
        )
    if call.state not in {ACTIVE, HOLDING}:
        return (end,)
    first = Action("hold", Command("hold", which))
    if call.state is HOLDING:
        first = Action("resume", Command("resume", which))
    others = [item for item in calls if item.key != call.key and item.state in {ACTIVE, HOLDING}]
    joined = call.state is ACTIVE and any(item.state is ACTIVE for item in others)
    both: tuple[Action, ...] = ()
    # The phonebar joins one active call and one held one; with a third it chooses by itself.
    if len(others) == 1 and not joined:
        two = ({"key": call.key}, {"key": others[0].key})
        together = Command("conference", {"parties": list(two)})
        connect = Command("attended_transfer", {"a": two[0], "b": two[1]})
        both = (
            Action("conference", together, others[0], risky=True),
            Action("connect", connect, others[0], risky=True),
        )
    return (first, *both, Action("transfer", Command("transfer", which), risky=True), end)
