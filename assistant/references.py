"""What a command's words refer to: which live calls, whom, at which number.

In a question's commands calls stand as `{"key": ...}` and numbers as `{"number", "name"}`, so that
the answer means just what was asked about, whatever has happened since.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from assistant.contact import Contact
from assistant.contract import Command, LiveCall
from assistant.conversation import CHOOSE, CONFIRM
from assistant.numbers import same_number
from assistant.plan import (
    ACTIVE,
    HOLDING,
    INCOMING,
    Alternative,
    Asking,
    Party,
    Refusal,
    Situation,
)

MOST_CHOICES = 9
"""With more people of a name than that, nobody can be asked which."""


def current_calls(here: Situation, *, to_move: bool = False) -> tuple[LiveCall, ...]:
    """The calls that "it", "him" or nothing at all may mean; more than one is asked about.

    With `to_move` it is to be transferred, so one that is still being dialled is never meant.
    """
    talking = here.having(ACTIVE)
    if talking:
        return talking
    if here.dialling and not to_move:
        return here.dialling
    ringing, held = here.having(INCOMING), here.having(HOLDING)
    return (*ringing, *held) or here.calls


def one_call(command: Command, here: Situation, default: Sequence[LiveCall]) -> LiveCall:
    """The call that the command's `which` names, else the only one of `default`."""
    if "which" in command.slots:
        return select_call(command.slots["which"], command, here, prefer=default)
    if len(default) == 1:
        return default[0]
    raise ask_which_call(command, default, "which") if default else Refusal("no_calls")


def select_call(
    which: Any,
    command: Command,
    here: Situation,
    *,
    slot: str = "which",
    prefer: Sequence[LiveCall] = (),
    besides: LiveCall | None = None,
) -> LiveCall:
    """The one live call that a reference names."""
    calls = [call for call in here.calls if besides is None or call.key != besides.key]
    if not here.calls:
        raise Refusal("no_calls")
    if isinstance(which, Mapping):
        found = calls_with(which, here)
    elif which == -1:
        found = calls[-1:]
    elif isinstance(which, int):
        found = [call for call in calls if call.line == which]
    elif which == "held":
        found = [call for call in calls if call.state is HOLDING]
    elif which == "ringing":
        found = [call for call in calls if call.state is INCOMING]
    elif which == "other":
        current = current_calls(here)
        alone = len(current) == 1 and besides is None
        found = [call for call in calls if call != current[0]] if alone else calls
    else:
        found = calls
    if not found:
        raise _no_such_call(which, here)
    if len(found) == 1:
        return found[0]
    preferred = [call for call in found if call in prefer]
    if len(preferred) == 1 and isinstance(which, Mapping):
        return preferred[0]
    raise ask_which_call(command, preferred or found, slot)


def calls_with(which: Mapping[str, Any], here: Situation) -> list[LiveCall]:
    """The live calls with a party."""
    if "key" in which:
        return [call for call in here.calls if call.key == which["key"]]
    if "number" in which:
        numbers = [str(which["number"])]
    elif "recent" in which:
        party = here.recent(str(which["recent"]))
        numbers = [party.number] if party else []
    else:
        names = which.get("ambiguous") or [which.get("contact", "")]
        contacts = [contact for name in names if (contact := here.directory.get(name))]
        numbers = [item.number for contact in contacts for item in contact.numbers]
    return [call for call in here.calls if any(same_number(call.number, n) for n in numbers)]


def _no_such_call(which: Any, here: Situation) -> Refusal:
    """There is no live call that this reference names."""
    if not isinstance(which, Mapping):
        if isinstance(which, int) and which > 0:
            return Refusal("no_call_number", calls=here.calls, n=which)
        name = which if isinstance(which, str) else "other"
        return Refusal(f"no_call_{name}", calls=here.calls)
    if "key" in which:
        return Refusal("no_such_call_now", calls=here.calls)
    who: Party | str | None
    if "number" in which:
        who = Party(str(which["number"]), which.get("name"))
    elif "recent" in which:
        who = here.recent(str(which["recent"]))
    else:
        names = which.get("ambiguous") or [which.get("contact") or which.get("unknown") or ""]
        who = " / ".join(names)
    if not who:
        return Refusal("nobody_recent")
    return Refusal("no_call_named", calls=here.calls, who=who)


def party_of(command: Command, slot: str, here: Situation) -> Party:
    """Whom the slot names: somebody with exactly one number."""
    target = _slot_of(command, slot)
    if "number" in target:
        number = str(target["number"])
        known = here.directory.by_number(number)
        name = target.get("name") or (known.name if known else None)
        return Party(number, name, said="name" not in target)
    if "recent" in target:
        party = here.recent(str(target["recent"]))
        if party is None:
            raise Refusal("nobody_recent")
        return party
    if "contact" in target:
        contact = here.directory.get(str(target["contact"]))
        if contact is None:
            raise Refusal("not_found", who=str(target["contact"]))
        return _number_of(contact, command, slot)
    if "ambiguous" in target:
        contacts = [c for name in target["ambiguous"] if (c := here.directory.get(name))]
        if not contacts:  # the directory has changed since
            raise Refusal("not_found", who=" / ".join(target["ambiguous"]))
        if len(contacts) > MOST_CHOICES:
            raise Refusal("too_many_fit", n=len(contacts))
        raise _ask_which_party("ask_which_party", contacts, command, slot)
    wanted = str(target.get("unknown", ""))
    near = here.directory.nearest(wanted)
    if near:
        raise _ask_which_party("ask_nearest", near, command, slot, who=wanted)
    raise Refusal("not_found", who=wanted)


def _number_of(contact: Contact, command: Command, slot: str) -> Party:
    if len(contact.numbers) == 1:
        return Party(contact.numbers[0].number, contact.name)
    if not contact.numbers:
        raise Refusal("no_number", who=contact.name)
    options = [
        Alternative(item, put(command, slot, {"number": item.number, "name": contact.name}))
        for item in contact.numbers
    ]
    raise Asking("ask_which_number", options, kind=CHOOSE, who=contact.name)


def _ask_which_party(
    message: str, contacts: Sequence[Contact], command: Command, slot: str, **details: Any
) -> Asking:
    options = [
        Alternative(
            Party(contact.numbers[0].number if contact.numbers else "", contact.name),
            put(command, slot, {"contact": contact.name}),
        )
        for contact in contacts
    ]
    return Asking(message, options, kind=CHOOSE, **details)


def ask_which_call(command: Command, calls: Sequence[LiveCall], slot: str) -> Asking:
    """The question which of these calls the slot means."""
    options = [Alternative(call, put(command, slot, {"key": call.key})) for call in calls]
    return Asking("ask_which_call", options, kind=CHOOSE)


def allow(sure: Command, party: Party, here: Situation, *, transfer: bool = False) -> None:
    """Stop unless the policy lets `party` be dialled; a yes then means `sure`."""
    verdict = here.policy.dial(
        party.number, here.surface, now=here.now, confirmed=here.confirmed, transfer=transfer
    )
    if verdict.ruling == "allow" and here.policy.forbids(here.dial(party.number)):
        raise Refusal("forbidden_number", to=party)
    if verdict.ruling == "refuse":
        raise Refusal(verdict.message, to=party, detail=verdict.detail)
    if verdict.ruling == "ask":
        raise Asking(verdict.message, [Alternative(party, sure)], kind=CONFIRM, to=party)


def confirm(message: str, command: Command, slot: str, party: Party, **details: Any) -> Asking:
    """The question whether the command is really meant, with exactly this party in the slot."""
    sure = put(command, slot, party.to_slot())
    return Asking(message, [Alternative(party, sure)], kind=CONFIRM, to=party, **details)


def other_call_with(party: Party, here: Situation, besides: LiveCall) -> LiveCall | None:
    """The connected call with `party`, other than `besides`."""
    return next(
        (
            call
            for call in here.having(ACTIVE, HOLDING)
            if call.key != besides.key and same_number(call.number, party.number)
        ),
        None,
    )


def no_call_to(action: str, here: Situation) -> Refusal:
    """Why no call can be put on hold, or taken off it."""
    if here.dialling:
        return Refusal("not_connected_yet", who=here.dialling[0])
    ringing = here.having(INCOMING)
    if ringing:
        return Refusal("not_connected_yet", who=ringing[0])
    return Refusal(f"nothing_to_{action}" if here.calls else "no_calls", calls=here.calls)


def _slot_of(command: Command, slot: str) -> Mapping[str, Any]:
    name, _, index = slot.partition(".")
    value = command.slots.get(name)
    found = value[int(index)] if index and value else value
    return found if isinstance(found, Mapping) else {}


def put(command: Command, slot: str, value: Mapping[str, Any]) -> Command:
    """The command with one slot, or one item of a list slot, replaced."""
    name, _, index = slot.partition(".")
    if not index:
        return with_slots(command, **{name: value})
    items = list(command.slots[name])
    items[int(index)] = value
    return with_slots(command, **{name: items})


def with_slots(command: Command, **slots: Any) -> Command:
    """The command with these slots instead of its own."""
    return replace(command, slots={**command.slots, **slots})
