"""What may be done with a call now, and if not, why not.

The one place that knows the preconditions: commands ask it before they act, and the list of
`allowed` actions is what it does not object to. Source: the API page, "Behaviour of the
look-alike SDK" (transfer on ACTIVE, conference of one ACTIVE and one HOLDING, ...).
"""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum

from phonebar.leg import Leg
from phonebar.protocol import CallState


class Action(StrEnum):
    """What can be asked for one call."""

    ANSWER = "answer"
    REJECT = "reject"
    DEFLECT = "deflect"
    HANGUP = "hangup"
    HOLD = "hold"
    RESUME = "resume"
    MUTE = "mute"
    UNMUTE = "unmute"
    DTMF = "dtmf"
    TRANSFER = "transfer"
    ATTENDED = "attended"
    CONFERENCE = "conference"


# Those in their plainest words: the states that an action needs, and how to say so.
_NEEDS: dict[Action, tuple[frozenset[CallState], str]] = {
    Action.ANSWER: (
        frozenset({CallState.INCOMING}),
        "only a ringing incoming call can be answered",
    ),
    Action.REJECT: (
        frozenset({CallState.INCOMING}),
        "only a ringing incoming call can be rejected",
    ),
    Action.DEFLECT: (
        frozenset({CallState.INCOMING}),
        "only a ringing incoming call can be deflected",
    ),
    Action.HOLD: (frozenset({CallState.ACTIVE}), "only an active call can be put on hold"),
    Action.RESUME: (frozenset({CallState.HOLDING}), "only a call on hold can be resumed"),
    Action.MUTE: (
        frozenset({CallState.ACTIVE, CallState.HOLDING}),
        "only a connected call can be muted",
    ),
    Action.UNMUTE: (
        frozenset({CallState.ACTIVE, CallState.HOLDING}),
        "only a connected call can be unmuted",
    ),
    Action.DTMF: (frozenset({CallState.ACTIVE}), "tones can be sent only on an active call"),
    Action.TRANSFER: (frozenset({CallState.ACTIVE}), "only an active call can be transferred"),
    Action.ATTENDED: (frozenset({CallState.ACTIVE}), "only an active call can be transferred"),
    Action.CONFERENCE: (
        frozenset({CallState.ACTIVE, CallState.HOLDING}),
        "a conference joins the active call and one on hold",
    ),
}

_ANY_TIME = frozenset({Action.HANGUP, Action.MUTE, Action.UNMUTE, Action.DTMF})
"""Possible while the backend is still busy with an earlier request for the call."""

_SAYS = {
    CallState.NULL: "has ended",
    CallState.IDLE: "is about to be dialled",
    CallState.CONNECTING: "is being dialled",
    CallState.ALERTING: "is ringing at the other end",
    CallState.ACTIVE: "is active",
    CallState.RELEASED: "has ended",
    CallState.INCOMING: "is ringing here",
    CallState.HOLDING: "is on hold",
    CallState.TERMINATED: "has been hung up",
}


def says(leg: Leg) -> str:
    """The call and its state, to begin a sentence with: "Call 2 is on hold"."""
    return f"Call {leg.session} {_SAYS[leg.state]}"


def why_not(action: Action, leg: Leg, legs: Collection[Leg]) -> str | None:
    """Why `action` is not possible for `leg` now.

    Args:
        action: what is wanted.
        leg: the call it is wanted for.
        legs: every call of the line.

    Returns:
        A sentence for a person, or None when it is possible.
    """
    if leg.ended:
        return f"{says(leg)}; nothing more can be done with it."
    if action in _NEEDS:
        states, needs = _NEEDS[action]
        if leg.state not in states:
            return f"{says(leg)}; {needs}."
    if leg.pending is not None and action not in _ANY_TIME:
        return f"Call {leg.session} is just being {leg.pending}; wait for that to finish."
    if action is Action.MUTE and leg.muted:
        return f"Call {leg.session} is muted already."
    if action is Action.UNMUTE and not leg.muted:
        return f"Call {leg.session} is not muted."
    if action is Action.ATTENDED and not partners(legs):
        return "An attended transfer needs a second call, on hold, to connect this one to."
    if action is Action.CONFERENCE:
        return why_no_conference(leg, legs)
    return None


def partners(legs: Collection[Leg]) -> list[Leg]:
    """The calls on hold that nothing else is being done with."""
    return [leg for leg in legs if leg.state is CallState.HOLDING and leg.pending is None]


def active(legs: Collection[Leg]) -> list[Leg]:
    """The active calls."""
    return [leg for leg in legs if leg.state is CallState.ACTIVE]


def why_no_conference(leg: Leg | None, legs: Collection[Leg]) -> str | None:
    """Why no conference is possible, with `leg` in it if one is given; None when it is."""
    talking = active(legs)
    if len(talking) != 1:
        return "A conference needs exactly one active call, and there is " + (
            "none." if not talking else "more than one."
        )
    if talking[0].pending is not None:
        return f"Call {talking[0].session} is just being {talking[0].pending}; wait for that."
    held = partners(legs)
    if not held or (leg is not None and leg is not talking[0] and leg not in held):
        return "A conference needs a call on hold beside the active one."
    return None


def allowed(leg: Leg, legs: Collection[Leg]) -> list[str]:
    """The actions that are possible for `leg` now."""
    return [action.value for action in Action if why_not(action, leg, legs) is None]
