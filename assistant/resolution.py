"""A command and the live calls become a plan, intent by intent; nothing is sent here.

What cannot be decided is asked, what cannot be done is refused: see the errors of `plan`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from assistant.contract import Command, LiveCall
from assistant.conversation import CHOOSE, CONFIRM, Consultation
from assistant.numbers import same_number
from assistant.plan import (
    ACTIVE,
    HOLDING,
    INCOMING,
    Already,
    Alternative,
    Asking,
    Party,
    Plan,
    Refusal,
    Situation,
    Step,
)
from assistant.references import (
    allow,
    ask_which_call,
    calls_with,
    confirm,
    current_calls,
    no_call_to,
    one_call,
    other_call_with,
    party_of,
    select_call,
    with_slots,
)


def resolve(command: Command, here: Situation) -> Plan:
    """Turn a command into a plan.

    Raises:
        UnresolvedError: see the tree.
    """
    for slot in _NEEDED.get(command.intent, ()):
        if not isinstance(command.slots.get(slot), Mapping):
            raise Refusal("nobody_named")
    plan = _INTENTS[command.intent](command, here)
    for step in plan.steps:
        for call in (step.call, step.partner):
            if call is not None and call.state is None:
                raise Refusal("state_unknown_kept", who=call)
    return plan


def _call(command: Command, here: Situation) -> Plan:
    party = party_of(command, "target", here)
    if here.dialling:
        raise Refusal("already_dialling", who=here.dialling[0])
    allow(with_slots(command, target=party.to_slot()), party, here)
    action = "call_number" if party.said else "call"
    same = [call for call in here.calls if same_number(call.number, party.number)]
    if same and not here.confirmed:
        raise confirm("confirm_call_again", command, "target", party, who=same[0])
    asked = here.needs_yes(action) or here.needs_yes("call") or here.reads_back(party)
    if asked and not here.confirmed:
        raise confirm("confirm_call", command, "target", party)
    return Plan((Step("originate", party=here.dialled(party)),), "calling")


def _answer(command: Command, here: Situation) -> Plan:
    ringing = here.having(INCOMING)
    if not ringing:
        raise Refusal("nothing_rings", calls=here.calls)
    call = one_call(command, here, ringing)
    if call.state is not INCOMING:
        raise Already("already_connected", who=call)
    return Plan((Step("answer", call),), "answered")


def _hangup(command: Command, here: Situation) -> Plan:
    if not here.calls:
        raise Refusal("no_calls")
    which = command.slots.get("which")
    if which == "all" or (isinstance(which, Mapping) and "keys" in which):
        return _hangup_all(command, here, which)
    call = one_call(command, here, current_calls(here))
    _still_rings(command, call)
    if here.needs_yes("hangup") and not here.confirmed:
        sure = with_slots(command, which={"key": call.key})
        raise Asking("confirm_hangup", [Alternative(call, sure)], kind=CONFIRM, who=call)
    return Plan((Step("hangup", call),), "declined" if call.state is INCOMING else "hung_up")


def _hangup_all(command: Command, here: Situation, which: Any) -> Plan:
    calls = here.calls
    if isinstance(which, Mapping):
        calls = tuple(call for call in here.calls if call.key in which["keys"])
        if not calls:
            raise Refusal("no_such_call_now", calls=here.calls)
    if len(calls) > 1 and not here.confirmed and here.needs_yes("hangup_all"):
        sure = with_slots(command, which={"keys": [call.key for call in calls]})
        raise Asking(
            "confirm_hangup_all", [Alternative("", sure)], kind=CONFIRM, calls=calls, n=len(calls)
        )
    steps = tuple(Step("hangup", call) for call in calls)
    return Plan(steps, "hung_up" if len(steps) == 1 else "hung_up_all")


def _still_rings(command: Command, call: LiveCall) -> None:
    """What a button said while the call rang is not meant for the conversation that came of it."""
    if command.slots.get("while") == "incoming" and call.state is not INCOMING:
        raise Already("already_connected", who=call)


def _hold(command: Command, here: Situation) -> Plan:
    active = here.having(ACTIVE)
    if command.slots.get("which") == "all":
        if not active:
            raise no_call_to("hold", here)
        return Plan(
            tuple(Step("hold", call) for call in active), "held" if len(active) == 1 else "held_all"
        )
    if "which" not in command.slots and not active:
        held = here.having(HOLDING)
        if held:
            raise Already("already_held", who=held[0])
        raise no_call_to("hold", here)
    call = one_call(command, here, active)
    if call.state is HOLDING:
        raise Already("already_held", who=call)
    if call.state is not ACTIVE:
        raise Refusal("not_connected_yet", who=call)
    return Plan((Step("hold", call),), "held")


def _resume(command: Command, here: Situation) -> Plan:
    held = here.having(HOLDING)
    if "which" not in command.slots and not held:
        active = here.having(ACTIVE)
        if active:
            raise Already("already_connected", who=active[0])
        raise no_call_to("resume", here)
    call = one_call(command, here, held)
    if call.state is ACTIVE:
        raise Already("already_connected", who=call)
    if call.state is not HOLDING:
        raise Refusal("not_connected_yet", who=call)
    return Plan((Step("resume", call),), "resumed")


def _transfer(command: Command, here: Situation) -> Plan:
    if not here.calls:
        raise Refusal("no_calls")
    call = one_call(command, here, current_calls(here, to_move=True))
    _still_rings(command, call)
    party = party_of(command, "to", here)
    if call.dialling:
        raise Refusal("not_connected_yet", who=call)
    sure = with_slots(command, to=party.to_slot(), which={"key": call.key})
    other = other_call_with(party, here, call)
    if other is not None and call.state is not INCOMING and not here.confirmed:
        connect = Command("attended_transfer", {"a": {"key": call.key}, "b": {"key": other.key}})
        raise Asking(
            "ask_connect",
            [
                Alternative("option_connect", connect, sure=True),
                Alternative("option_blind", sure, sure=True),
            ],
            kind=CHOOSE,
            who=call,
            to=party,
        )
    if same_number(call.number, party.number):
        raise Refusal("transfer_to_itself", who=call)
    allow(sure, party, here, transfer=True)
    if (here.needs_yes("transfer") or here.reads_back(party)) and not here.confirmed:
        raise Asking(
            "confirm_transfer", [Alternative(party, sure)], kind=CONFIRM, who=call, to=party
        )
    first = (Step("resume", call),) if call.state is HOLDING else ()
    message = "deflected" if call.state is INCOMING else "transferred"
    return Plan((*first, Step("transfer", call, party=here.dialled(party))), message)


def _attended_transfer(command: Command, here: Situation) -> Plan:
    if "a" in command.slots:
        one = select_call(command.slots["a"], command, here, slot="a")
        two = select_call(command.slots["b"], command, here, slot="b", besides=one)
        return _connect(command, one, two, here)
    if "to" not in command.slots:
        return _connect(command, *_consulted(here), here)
    if not here.calls:
        raise Refusal("no_calls")
    call = one_call(command, here, current_calls(here, to_move=True))
    party = party_of(command, "to", here)
    other = other_call_with(party, here, call)
    if other is not None:
        return _connect(command, call, other, here)
    if call.state not in {ACTIVE, HOLDING}:
        raise Refusal("not_connected_yet", who=call)
    sure = with_slots(command, to=party.to_slot(), which={"key": call.key})
    return _consult(sure, call, party, here)


def _consult(sure: Command, call: LiveCall, party: Party, here: Situation) -> Plan:
    """Call `party` while `call` waits on hold, as a person does before connecting the two."""
    if here.dialling:
        raise Refusal("already_dialling", who=here.dialling[0])
    allow(sure, party, here)
    if here.reads_back(party):
        raise Asking("confirm_call", [Alternative(party, sure)], kind=CONFIRM, to=party)
    dialled = here.dialled(party)
    return Plan(
        (Step("originate", party=dialled),),
        f"consulting_{sure.intent}",
        Consultation(call.key, dialled.number),
    )


def _consulted(here: Situation) -> tuple[LiveCall, LiveCall]:
    """The two calls that "complete the transfer" means."""
    waiting = here.consultation
    if waiting is not None:
        held = here.keyed(waiting.held_key)
        asked = next(
            (c for c in here.calls if not c.incoming and same_number(c.number, waiting.number)),
            None,
        )
        if held is not None and asked is not None and held is not asked:
            return asked, held
    if here.dialling:
        raise Refusal("not_connected_yet", who=here.dialling[0])
    connected = here.having(ACTIVE, HOLDING)
    if len(connected) < 2:
        raise Refusal("needs_two_calls", calls=here.calls)
    if len(connected) > 2:
        raise Refusal("which_two_calls", calls=connected)
    return connected[0], connected[1]


def _connect(command: Command, one: LiveCall, two: LiveCall, here: Situation) -> Plan:
    if one.key == two.key:
        raise Refusal("needs_two_calls", calls=here.calls)
    for call in (one, two):
        if call.state not in {ACTIVE, HOLDING}:
            raise Refusal("not_connected_yet", who=call)
    if one.state is ACTIVE and two.state is ACTIVE:
        raise Refusal("in_conference", calls=(one, two))
    if here.needs_yes("attended_transfer") and not here.confirmed:
        sure = Command(command.intent, {"a": {"key": one.key}, "b": {"key": two.key}})
        raise Asking("confirm_connect", [Alternative("", sure)], kind=CONFIRM, who=one, to=two)
    active, held = (one, two) if one.state is ACTIVE else (two, one)
    first = (Step("resume", active),) if active.state is HOLDING else ()
    return Plan((*first, Step("attended_transfer", active, held)), "connected_them")


def _conference(command: Command, here: Situation) -> Plan:
    parties = command.slots.get("parties") or []
    members: list[LiveCall] = []
    missing: list[Party] = []
    for index, wanted in enumerate(parties):
        found = _member(command, index, wanted, here)
        if isinstance(found, LiveCall):
            members.append(found)
        else:
            missing.append(found)
    if len(missing) > 1:
        raise Refusal("one_at_a_time", who=missing[0], to=missing[1])
    if missing:
        calls = members or list(current_calls(here, to_move=True))
        if not calls:
            raise Refusal("needs_two_calls", calls=here.calls)
        sure = with_slots(command, parties=[missing[0].to_slot()])
        return _consult(sure, calls[0], missing[0], here)
    return _join(command, members, here)


def _join(command: Command, members: list[LiveCall], here: Situation) -> Plan:
    if here.dialling:
        raise Refusal("not_connected_yet", who=here.dialling[0])
    active, held = list(here.having(ACTIVE)), list(here.having(HOLDING))
    if len(active) >= 2 and all(call in active for call in members):
        raise Already("already_conference", calls=tuple(active))
    if len(active) + len(held) < 2:
        raise Refusal("needs_two_calls", calls=here.calls)
    if len(active) + len(held) > 2:
        # The phonebar takes no sessions here: with a third call, whom it joins is its own choice.
        raise Refusal("too_many_for_conference", calls=(*active, *held))
    both = (active + held)[:2]
    if any(call not in both for call in members):
        raise Refusal("not_connected_yet", who=next(c for c in members if c not in both))
    if here.needs_yes("conference") and not here.confirmed:
        sure = with_slots(command, parties=[{"key": call.key} for call in both])
        raise Asking("confirm_conference", [Alternative("", sure)], kind=CONFIRM, calls=tuple(both))
    first = (Step("resume", both[0]),) if not active else ()
    return Plan((*first, Step("conference", both[0], both[1])), "joined")


def _member(command: Command, index: int, wanted: Any, here: Situation) -> LiveCall | Party:
    """The live call that a conference's party is in, else the party, to be called first."""
    if not isinstance(wanted, Mapping) or "key" in wanted:
        return select_call(wanted, command, here, slot=f"parties.{index}")
    matching = calls_with(wanted, here)
    if len(matching) == 1:
        return matching[0]
    if len(matching) > 1:
        raise ask_which_call(command, matching, f"parties.{index}")
    return party_of(command, f"parties.{index}", here)


_NEEDED = {"call": ("target",), "transfer": ("to",)}
"""Slots without which a command that a program made says nothing."""

_INTENTS: Mapping[str, Callable[[Command, Situation], Plan]] = {
    "call": _call,
    "answer": _answer,
    "hangup": _hangup,
    "hold": _hold,
    "resume": _resume,
    "transfer": _transfer,
    "attended_transfer": _attended_transfer,
    "conference": _conference,
}
