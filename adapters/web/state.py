"""The calls and the phonebar's status, as the page shows them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assistant.actions import actions
from assistant.contract import LiveCall

NEVER = ("mute", "dtmf")
"""What no phonebar's documented interface has, so that the assistant cannot do it either."""


def state_json(calls: tuple[LiveCall, ...], status: str | None) -> dict[str, Any]:
    """Everything that the page shows.

    Args:
        calls: every live call.
        status: `ready` or `pause`; None where the phonebar has no such.
    """
    return {
        "status": status,
        "lacks": [*NEVER, *(() if status else ("status",))],
        "calls": [_call(call, calls) for call in calls],
    }


def without_clocks(state: Mapping[str, Any]) -> dict[str, Any]:
    """The same but for what only time has changed."""
    return {**state, "calls": [{**call, "seconds": 0} for call in state["calls"]]}


def _call(call: LiveCall, calls: tuple[LiveCall, ...]) -> dict[str, Any]:
    return {
        "id": call.key,
        "number": call.number,
        "name": call.name,
        "stateId": call.state_id,
        "incoming": call.incoming,
        "seconds": call.duration,
        "reason": call.reason,
        "note": call.note,
        "problem": call.transfer_error,
        "actions": [
            {"name": one.name, **({"other": one.other.key} if one.other else {})}
            for one in actions(call, calls)
        ],
    }
