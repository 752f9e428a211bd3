"""A command and the live calls become a plan: which requests, on which calls, to which number.

Nothing is sent here. What cannot be decided is asked, what cannot be done is refused:

    UnresolvedError(Exception)
    ├── Refusal    nothing will be done, and why
    ├── Already    nothing needs to be done: it is so
    └── Asking     the user must say which, or say yes

In a question's commands calls stand as `{"key": ...}` and numbers as `{"number", "name"}`, so that
the answer means just what was asked about, whatever has happened since.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from assistant.contact import Contact, Number
from assistant.contract import Command, LiveCall
from assistant.conversation import CHOOSE, CONFIRM, Consultation
from assistant.directory import Directory
from assistant.numbers import same_number
from assistant.policy import Policy
from phonebar.protocol import CallState

MOST_CHOICES = 9
"""With more people of a name than that, nobody can be asked which."""

ACTIVE, HOLDING, INCOMING = CallState.ACTIVE, CallState.HOLDING, CallState.INCOMING


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody who can be called: a number and, if the directory has one, a name."""

    number: str
    name: str | None = None

    def to_slot(self) -> dict[str, Any]:
        """As a target that needs no further look-up."""
        return {"number": self.number, **({"name": self.name} if self.name else {})}


@dataclass(frozen=True, slots=True)
class Step:
    """One request, and what it is about."""

    action: str
    """`originate answer hangup hold resume transfer attended_transfer conference`."""
    call: LiveCall | None = None
    partner: LiveCall | None = None
    party: Party | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What will be done, in order; each step is seen to have worked before the next."""

    steps: tuple[Step, ...]
    message: str
    """Names the message for success."""
    consultation: Consultation | None = None
    """What is then under way."""


class UnresolvedError(Exception):
    """The command leads to no plan; `message` names what to tell, `details` fill it."""

    def __init__(self, message: str, **details: Any) -> None:
        super().__init__(message)
        self.message = message
        self.details = details


class Refusal(UnresolvedError):
    """It cannot or may not be done."""


class Already(UnresolvedError):
    """What was asked for is the case already."""


@dataclass(frozen=True, slots=True)
class Alternative:
    """One answer to a question: what it is about, and the command it stands for."""

    subject: LiveCall | Party | Number | str
    """A call, a party, one of somebody's numbers, or the name of a message."""
    command: Command
    sure: bool = False
    """Choosing it is as good as a yes."""


class Asking(UnresolvedError):
    """The user must choose between `alternatives`, or say yes to the only one."""

    def __init__(
        self, message: str, alternatives: Sequence[Alternative], *, kind: str, **details: Any
    ) -> None:
        super().__init__(message, **details)
        self.alternatives = tuple(alternatives)
        self.kind = kind


@dataclass(frozen=True, slots=True)
class Situation:
    """Everything a decision depends on, besides the command."""

    calls: tuple[LiveCall, ...]
    """Live ones only, by line."""
    directory: Directory
    policy: Policy
    surface: str
    now: float
    """Unix time in seconds."""
    confirmed: bool
    """The user said yes to exactly this command."""
    consultation: Consultation | None
    dial: Callable[[str], str]
    """The dial plan: a number as it is written to the number that is dialled."""
    recent: Callable[[str], Party | None]
    """Whom we last spoke with: `incoming`, `outgoing` or `any`."""

    def having(self, *states: CallState) -> tuple[LiveCall, ...]:
        """The calls in one of these states."""
        return tuple(call for call in self.calls if call.state in states)

    @property
    def dialling(self) -> tuple[LiveCall, ...]:
        """Calls placed from here that have not been answered."""
        return tuple(call for call in self.calls if call.dialling)

    def dialled(self, party: Party) -> Party:
        """The party at the number that is dialled to reach it."""
        return replace(party, number=self.dial(party.number))

    def keyed(self, key: str) -> LiveCall | None:
        """The call with this identity, while it lives."""
        return next((call for call in self.calls if call.key == key), None)


def resolve(command: Command, here: Situation) -> Plan:
    """Turn a command into a plan.

    Raises:
        UnresolvedError: see the tree.
    """
    return _INTENTS[command.intent](command, here)


def _call(command: Command, here: Situation) -> Plan:
    party = _party(command, "target", here)
    if here.dialling:
        raise Refusal("already_dialling", who=here.dialling[0])
    said_number = "number" in command.slots["target"] and "name" not in command.slots["target"]
    _allow(_with(command, target=party.to_slot()), party, here)
    action = "call_number" if said_number else "call"
    same = [call for call in here.calls if same_number(call.number, party.number)]
    if same and not here.confirmed:
        raise _confirm("confirm_call_again", command, "target", party, who=same[0])
    if not here.confirmed and (
        here.policy.needs_yes(action, here.surface) or here.policy.needs_yes("call", here.surface)
    ):
        raise _confirm("confirm_call", command, "target", party)
    return Plan((Step("originate", party=here.dialled(party)),), "calling")


def _answer(command: Command, here: Situation) -> Plan:
    ringing = here.having(INCOMING)
    if not ringing:
        raise Refusal("nothing_rings", calls=here.calls)
    call = _one(command, here, ringing)
    if call.state is not INCOMING:
        raise Already("already_connected", who=call)
    return Plan((Step("answer", call),), "answered")


def _hangup(command: Command, here: Situation) -> Plan:
    if not here.calls:
        raise Refusal("no_calls")
    which = command.slots.get("which")
    if which == "all" or (isinstance(which, Mapping) and "keys" in which):
        return _hangup_all(command, here, which)
    call = _one(command, here, _current(here))
    if here.policy.needs_yes("hangup", here.surface) and not here.confirmed:
        sure = _with(command, which={"key": call.key})
        raise Asking("confirm_hangup", [Alternative(call, sure)], kind=CONFIRM, who=call)
    return Plan((Step("hangup", call),), "declined" if call.state is INCOMING else "hung_up")


def _hangup_all(command: Command, here: Situation, which: Any) -> Plan:
    calls = here.calls
    if isinstance(which, Mapping):
        calls = tuple(call for call in here.calls if call.key in which["keys"])
        if not calls:
            raise Refusal("no_such_call_now", calls=here.calls)
    if len(calls) > 1 and not here.confirmed and here.policy.needs_yes("hangup_all", here.surface):
        sure = _with(command, which={"keys": [call.key for call in calls]})
        raise Asking(
            "confirm_hangup_all", [Alternative("", sure)], kind=CONFIRM, calls=calls, n=len(calls)
        )
    steps = tuple(Step("hangup", call) for call in calls)
    return Plan(steps, "hung_up" if len(steps) == 1 else "hung_up_all")


def _hold(command: Command, here: Situation) -> Plan:
    active = here.having(ACTIVE)
    if command.slots.get("which") == "all":
        if not active:
            raise _no_call_to("hold", here)
        return Plan(
            tuple(Step("hold", call) for call in active), "held" if len(active) == 1 else "held_all"
        )
    if "which" not in command.slots and not active:
        held = here.having(HOLDING)
        if held:
            raise Already("already_held", who=held[0])
        raise _no_call_to("hold", here)
    call = _one(command, here, active)
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
        raise _no_call_to("resume", here)
    call = _one(command, here, held)
    if call.state is ACTIVE:
        raise Already("already_connected", who=call)
    if call.state is not HOLDING:
        raise Refusal("not_connected_yet", who=call)
    return Plan((Step("resume", call),), "resumed")


def _transfer(command: Command, here: Situation) -> Plan:
    if not here.calls:
        raise Refusal("no_calls")
    call = _one(command, here, _current(here, to_move=True))
    party = _party(command, "to", here)
    if call.dialling:
        raise Refusal("not_connected_yet", who=call)
    sure = _with(command, to=party.to_slot(), which={"key": call.key})
    other = _call_with(party, here, call)
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
    _allow(sure, party, here, transfer=True)
    if here.policy.needs_yes("transfer", here.surface) and not here.confirmed:
        raise Asking(
            "confirm_transfer", [Alternative(party, sure)], kind=CONFIRM, who=call, to=party
        )
    first = (Step("resume", call),) if call.state is HOLDING else ()
    message = "deflected" if call.state is INCOMING else "transferred"
    return Plan((*first, Step("transfer", call, party=here.dialled(party))), message)


def _attended_transfer(command: Command, here: Situation) -> Plan:
    if "a" in command.slots:
        one = _select(command.slots["a"], command, here, slot="a")
        two = _select(command.slots["b"], command, here, slot="b", besides=one)
        return _connect(command, one, two, here)
    if "to" not in command.slots:
        return _connect(command, *_consulted(here), here)
    if not here.calls:
        raise Refusal("no_calls")
    call = _one(command, here, _current(here, to_move=True))
    party = _party(command, "to", here)
    other = _call_with(party, here, call)
    if other is not None:
        return _connect(command, call, other, here)
    if call.state not in {ACTIVE, HOLDING}:
        raise Refusal("not_connected_yet", who=call)
    sure = _with(command, to=party.to_slot(), which={"key": call.key})
    return _consult(sure, call, party, here)


def _consult(sure: Command, call: LiveCall, party: Party, here: Situation) -> Plan:
    """Call `party` while `call` waits on hold, as a person does before connecting the two."""
    if here.dialling:
        raise Refusal("already_dialling", who=here.dialling[0])
    _allow(sure, party, here)
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
    if here.policy.needs_yes("attended_transfer", here.surface) and not here.confirmed:
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
        calls = members or list(_current(here, to_move=True))
        if not calls:
            raise Refusal("needs_two_calls", calls=here.calls)
        sure = _with(command, parties=[missing[0].to_slot()])
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
    if here.policy.needs_yes("conference", here.surface) and not here.confirmed:
        sure = _with(command, parties=[{"key": call.key} for call in both])
        raise Asking("confirm_conference", [Alternative("", sure)], kind=CONFIRM, calls=tuple(both))
    first = (Step("resume", both[0]),) if not active else ()
    return Plan((*first, Step("conference", both[0], both[1])), "joined")


def _member(command: Command, index: int, wanted: Any, here: Situation) -> LiveCall | Party:
    """The live call that a conference's party is in, else the party, to be called first."""
    if not isinstance(wanted, Mapping) or "key" in wanted:
        return _select(wanted, command, here, slot=f"parties.{index}")
    matching = _matching(wanted, here)
    if len(matching) == 1:
        return matching[0]
    if len(matching) > 1:
        raise _which(command, matching, f"parties.{index}")
    return _party(command, f"parties.{index}", here)


def _current(here: Situation, *, to_move: bool = False) -> tuple[LiveCall, ...]:
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


def _one(command: Command, here: Situation, default: Sequence[LiveCall]) -> LiveCall:
    """The call that the command's `which` names, else the only one of `default`."""
    if "which" in command.slots:
        return _select(command.slots["which"], command, here, prefer=default)
    if len(default) == 1:
        return default[0]
    raise _which(command, default, "which") if default else Refusal("no_calls")


def _select(
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
        found = _matching(which, here)
    elif which == -1:
        found = calls[-1:]
    elif isinstance(which, int):
        found = [call for call in calls if call.line == which]
    elif which == "held":
        found = [call for call in calls if call.state is HOLDING]
    elif which == "ringing":
        found = [call for call in calls if call.state is INCOMING]
    elif which == "other":
        current = _current(here)
        alone = len(current) == 1 and besides is None
        found = [call for call in calls if call != current[0]] if alone else calls
    else:
        found = calls
    if not found:
        raise _no_such(which, here)
    if len(found) == 1:
        return found[0]
    preferred = [call for call in found if call in prefer]
    if len(preferred) == 1 and isinstance(which, Mapping):
        return preferred[0]
    raise _which(command, preferred or found, slot)


def _matching(which: Mapping[str, Any], here: Situation) -> list[LiveCall]:
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


def _no_such(which: Any, here: Situation) -> Refusal:
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


def _party(command: Command, slot: str, here: Situation) -> Party:
    """Whom the slot names: somebody with exactly one number."""
    target = _slot(command, slot)
    if "number" in target:
        number = str(target["number"])
        known = here.directory.by_number(number)
        return Party(number, target.get("name") or (known.name if known else None))
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
        raise _which_party("ask_which_party", contacts, command, slot)
    wanted = str(target.get("unknown", ""))
    near = here.directory.nearest(wanted)
    if near:
        raise _which_party("ask_nearest", near, command, slot, who=wanted)
    raise Refusal("not_found", who=wanted)


def _number_of(contact: Contact, command: Command, slot: str) -> Party:
    if len(contact.numbers) == 1:
        return Party(contact.numbers[0].number, contact.name)
    if not contact.numbers:
        raise Refusal("no_number", who=contact.name)
    options = [
        Alternative(item, _put(command, slot, {"number": item.number, "name": contact.name}))
        for item in contact.numbers
    ]
    raise Asking("ask_which_number", options, kind=CHOOSE, who=contact.name)


def _which_party(
    message: str, contacts: Sequence[Contact], command: Command, slot: str, **details: Any
) -> Asking:
    options = [
        Alternative(
            Party(contact.numbers[0].number if contact.numbers else "", contact.name),
            _put(command, slot, {"contact": contact.name}),
        )
        for contact in contacts
    ]
    return Asking(message, options, kind=CHOOSE, **details)


def _which(command: Command, calls: Sequence[LiveCall], slot: str) -> Asking:
    options = [Alternative(call, _put(command, slot, {"key": call.key})) for call in calls]
    return Asking("ask_which_call", options, kind=CHOOSE)


def _allow(sure: Command, party: Party, here: Situation, *, transfer: bool = False) -> None:
    """Stop unless the policy lets `party` be dialled; a yes then means `sure`."""
    verdict = here.policy.dial(
        party.number, here.surface, now=here.now, confirmed=here.confirmed, transfer=transfer
    )
    if verdict.ruling == "refuse":
        raise Refusal(verdict.message, to=party, detail=verdict.detail)
    if verdict.ruling == "ask":
        raise Asking(verdict.message, [Alternative(party, sure)], kind=CONFIRM, to=party)


def _confirm(message: str, command: Command, slot: str, party: Party, **details: Any) -> Asking:
    sure = _put(command, slot, party.to_slot())
    return Asking(message, [Alternative(party, sure)], kind=CONFIRM, to=party, **details)


def _call_with(party: Party, here: Situation, besides: LiveCall) -> LiveCall | None:
    """The connected call with `party`, other than `besides`."""
    return next(
        (
            call
            for call in here.having(ACTIVE, HOLDING)
            if call.key != besides.key and same_number(call.number, party.number)
        ),
        None,
    )


def _no_call_to(action: str, here: Situation) -> Refusal:
    if here.dialling:
        return Refusal("not_connected_yet", who=here.dialling[0])
    ringing = here.having(INCOMING)
    if ringing:
        return Refusal("not_connected_yet", who=ringing[0])
    return Refusal(f"nothing_to_{action}" if here.calls else "no_calls", calls=here.calls)


def _slot(command: Command, slot: str) -> Mapping[str, Any]:
    name, _, index = slot.partition(".")
    value = command.slots.get(name)
    found = value[int(index)] if index and value else value
    return found if isinstance(found, Mapping) else {}


def _put(command: Command, slot: str, value: Mapping[str, Any]) -> Command:
    """The command with one slot, or one item of a list slot, replaced."""
    name, _, index = slot.partition(".")
    if not index:
        return _with(command, **{name: value})
    items = list(command.slots[name])
    items[int(index)] = value
    return _with(command, **{name: items})


def _with(command: Command, **slots: Any) -> Command:
    return replace(command, slots={**command.slots, **slots})


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
