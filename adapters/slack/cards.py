"""A call's card: who, what state, and what can be done now, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from adapters.slack.markup import shortened
from adapters.slack.message import Block, Message, button, buttons, confirmation, context, section
from assistant.actions import Action, actions
from assistant.contract import CallEvent, Command, EventKind, LiveCall
from assistant.wording import Wording

ACT = "act"
"""What begins the `action_id` of a button that carries a command."""
FORM = "form"
"""What begins the `action_id` of a button that opens a form."""
ENDS = frozenset({EventKind.ENDED, EventKind.RELEASED, EventKind.MISSED})

NAME = 100
"""The longest name that a button carries, in characters; Slack takes no value above 2000."""

_STYLES = {"answer": "primary", "hangup": "danger", "decline": "danger"}


def value_of(command: Command) -> dict[str, Any]:
    """A command as a button carries it."""
    return {"intent": command.intent, "slots": dict(command.slots)}


def command_of(value: Mapping[str, Any]) -> Command:
    """The reverse of `value_of`."""
    return Command(str(value["intent"]), dict(value["slots"]))


def live_card(call: LiveCall, calls: tuple[LiveCall, ...], words: Wording) -> Message:
    """The card of a call that is up.

    Args:
        call: whose card it is.
        calls: every call there is; what can be done depends on them.
        words: the user's language.
    """
    who, _ = words.say("slack_who", {"who": call})
    state, _ = words.say("slack_incoming" if call.incoming else "slack_outgoing", words.facts(call))
    remarks = [item for item in (call.note, call.transfer_error) if item]
    row = [_button(action, call, words) for action in actions(call, calls)]
    blocks = (
        section(state, who),
        *(context(remark) for remark in remarks),
        *buttons(f"call:{call.key}", row),
    )
    return Message(" ".join([f"{who}: {state}", *remarks]), blocks)


def over_card(event: CallEvent, words: Wording, lasted: float | None = None) -> Message:
    """The card of a call that is over.

    Args:
        event: how it ended.
        words: the user's language.
        lasted: seconds for which the two spoke, if they did.
    """
    call = event.call
    if call is None:
        raise ValueError("an event of no call has no card")
    said, _ = words.event(event)
    if lasted is not None:
        minutes, seconds = divmod(int(lasted), 60)
        form = {"minutes": minutes, "seconds": f"{seconds:02}"}
        said = f"{said} {words.say('slack_lasted', form)[0]}"
    who, _ = words.say("slack_who", {"who": call})
    row = [call_back(call.number, call.name, words)] if call.number else []
    return Message(said, (section(said, who), *buttons(f"call:{call.key}", row)))


def call_back(number: str, name: str | None, words: Wording, at: str = "0") -> Block:
    """The button that calls somebody again.

    Args:
        number: as it was.
        name: the directory's name for it.
        words: the user's language.
        at: what tells it from other such buttons of its block.
    """
    target = {"number": number, **({"name": shortened(name, NAME)} if name else {})}
    label, _ = words.say("slack_call_back")
    says, _ = words.say("slack_call_back_whom", {"who": name or number})
    return button(
        f"{ACT}:call:{at}", label, value_of(Command("call", {"target": target})), says=says
    )


def _button(action: Action, call: LiveCall, words: Wording) -> Block:
    label, _ = words.say(f"action_{action.name}", {"to": action.other or ""})
    says = f"{label}: {call.name or call.number}"
    if action.needs_party:
        return button(f"{FORM}:{action.name}", label, {"key": call.key}, says=says)
    return button(
        f"{ACT}:{action.name}",
        label,
        value_of(action.command),
        says=says,
        style=_STYLES.get(action.name, ""),
        confirm=_confirm(action, call, label, words) if action.risky else None,
    )


def _confirm(action: Action, call: LiveCall, label: str, words: Wording) -> Block:
    both = (call, action.other) if action.other else (call,)
    details = {"who": call, "to": action.other or "", "calls": both}
    asked, _ = words.say(f"sure_{action.name}", details)
    yes = words.say("choice_yes")[0] if action.other else label  # a name may not fit
    no, _ = words.say("slack_no")
    return confirmation(label, asked, yes, no)
