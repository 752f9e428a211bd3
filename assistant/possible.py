"""What makes sense to say now: for the help, and for a recogniser's grammar."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.contract import ACTS, DIALOGUE, Command, LiveCall
from assistant.conversation import Conversation
from assistant.entry import EDITS
from assistant.plan import Already, Asking, Refusal, Situation
from assistant.resolution import resolve


@dataclass(frozen=True, slots=True)
class Expectation:
    """What one user may say next on one surface."""

    intents: tuple[str, ...]
    """The likeliest first."""
    choices: tuple[str, ...] = ()
    """The labels of the open question's answers, which can be said as they are."""
    entry: str = ""
    """`number` while digits are given piece by piece, `name` while letters are; else empty."""
    question: bool = False
    """A question is open."""


def expectation(talk: Conversation, calls: tuple[LiveCall, ...]) -> Expectation:
    """What can be said next in a conversation, with these calls."""
    question = talk.question
    labels = tuple(option.label for option in question.options) if question else ()
    answers = (*sorted(DIALOGUE), "correct") if question else ()
    if talk.entry is None:
        return Expectation((*answers, *possible(calls)), labels, "", question is not None)
    ringing = [call for call in calls if call.state is not None and call.state.name == "INCOMING"]
    also = ("answer",) if ringing else ()
    intents = (*EDITS, *(answers or ("yes", "no", "cancel")), *also, "repeat", "help")
    return Expectation(intents, labels, talk.entry.kind, question is not None)


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
        found += ["call", "enter_number", "spell_name"]
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
