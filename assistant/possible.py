"""What makes sense to say now: for the help, and for a recogniser's grammar."""

from __future__ import annotations

from assistant.contract import ACTS, Command, LiveCall
from assistant.plan import Already, Asking, Refusal, Situation
from assistant.resolution import resolve


def possible(calls: tuple[LiveCall, ...]) -> tuple[str, ...]:
    """The intents that make sense with these calls, the likeliest first."""
    states = [call.state.name for call in calls if call.state is not None]
    found = []
    if "INCOMING" in states:
        found += ["answer"]
    if "ACTIVE" in states:
        found += ["hold", "transfer", "attended_transfer"]
    if "HOLDING" in states:
        found += ["resume"]
    if len(calls) > 1 and "HOLDING" in states:
        found += ["conference"]
    if calls:
        found += ["hangup", "who"]
    if not any(call.dialling for call in calls):
        found += ["call"]
    return (*found, "list_calls", "repeat", "help")


def has_effect(command: Command, situation: Situation) -> bool:
    """Whether `command` would now do something, or ask about it; nothing is done.

    The one who decides when it is said decides here too, so that no help promises what is refused.
    """
    if command.intent not in ACTS:
        return True
    try:
        resolve(command, situation)
    except Asking:
        return True
    except (Already, Refusal):
        return False
    return True
