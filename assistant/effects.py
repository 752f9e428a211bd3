"""What `/api/calls` must show after a request, and what it shows instead.

Believe no answer to a command: what happened is what the phonebar shows next. Each judgement takes
the step, the calls just before it was sent and the calls now, and is pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any

from assistant.contract import LiveCall
from assistant.numbers import same_number
from phonebar.protocol import CallState

ACTIVE, HOLDING, RELEASED = CallState.ACTIVE, CallState.HOLDING, CallState.RELEASED


class Sight(Enum):
    """What is seen of a step's effect."""

    DONE = "done"
    NOT_DONE = "not done"
    """What is seen rules the effect out."""
    OPEN = "open"
    """It may still come."""
    BLURRED = "blurred"
    """It can no longer be told: the call is gone, with or without our doing."""


def expectation(
    action: str,
    before: tuple[LiveCall, ...],
    call: LiveCall | None,
    partner: LiveCall | None,
    number: str | None,
) -> dict[str, Any]:
    """What a step's effect is recognised by, as plain data that survives in the journal."""
    return {
        "action": action,
        "call": call.key if call else None,
        "partner": partner.key if partner else None,
        "number": number,
        "before": [item.key for item in before],
    }


def sight(expected: Mapping[str, Any], now: tuple[LiveCall, ...]) -> Sight:
    """What the calls `now` show of an expected effect."""
    action = expected["action"]
    if action == "originate":
        new = placed(expected, now)
        return Sight.DONE if new is not None else Sight.OPEN
    call = _find(now, expected["call"])
    if action == "hangup":
        return Sight.DONE if call is None or call.ended else Sight.OPEN
    if action == "transfer":
        return _moved(call)
    if action == "attended_transfer":
        return _both_moved(call, _find(now, expected["partner"]))
    if call is None or call.ended:
        return Sight.NOT_DONE
    if action == "conference":
        partner = _find(now, expected["partner"])
        if partner is None or partner.ended:
            return Sight.NOT_DONE
        joined = call.state is ACTIVE and partner.state is ACTIVE
        return Sight.DONE if joined else Sight.OPEN
    wanted = {"answer": {ACTIVE, HOLDING}, "hold": {HOLDING}, "resume": {ACTIVE}}[action]
    return Sight.DONE if call.state in wanted else Sight.OPEN


def sight_after_crash(expected: Mapping[str, Any], now: tuple[LiveCall, ...]) -> Sight:
    """As `sight`, when much may have happened since: a call that is over tells nothing more.

    Only a reason for its end does, and only of a transfer.
    """
    action = expected["action"]
    if action in {"originate", "hangup"}:
        return sight(expected, now)
    moving = action in {"transfer", "attended_transfer"}
    for key in (expected["call"], expected["partner"]):
        call = _find(now, key)
        over = call is None or (call.ended and not (moving and call.reason is not None))
        if key is not None and over:
            return Sight.BLURRED
    return sight(expected, now)


def placed(expected: Mapping[str, Any], now: tuple[LiveCall, ...]) -> LiveCall | None:
    """The call that a dial request made: outgoing, to that number, not there before."""
    return next(
        (
            call
            for call in now
            if not call.incoming
            and call.key not in expected["before"]
            and same_number(call.number, expected["number"])
        ),
        None,
    )


def _moved(call: LiveCall | None) -> Sight:
    """A transferred call is released here; our own server says that this was the reason."""
    if call is None:
        return Sight.BLURRED
    if call.transfer_error and not call.ended:
        return Sight.NOT_DONE
    if not call.ended:
        return Sight.OPEN
    if call.reason is not None:
        return Sight.DONE if call.reason == "transferred" else Sight.NOT_DONE
    return Sight.DONE if call.state is RELEASED else Sight.BLURRED


def _both_moved(one: LiveCall | None, two: LiveCall | None) -> Sight:
    sights = {_moved(one), _moved(two)}
    for worst in (Sight.NOT_DONE, Sight.OPEN, Sight.BLURRED):
        if worst in sights:
            return worst
    return Sight.DONE


def _find(calls: tuple[LiveCall, ...], key: str | None) -> LiveCall | None:
    return next((call for call in calls if call.key == key), None)
