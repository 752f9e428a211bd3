"""The judge: compares what the assistant told with what the phonebar's own log says happened.

No fault touches that log. The judge looks for:

    twice       a number dialled, or a call acted on, more often than asked
    wrong       an action that was not asked for, on another call or with another number
    late        an action begun after the command's deadline
    untruthful  "done" without the effect, "nothing was done" although something was, or another
                answer when asked again
    crashed     the assistant had to say that something went wrong inside
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from assistant.contract import Command, Reply, Status
from assistant.language import load_language
from phonebar.log import Entry

DEEDS = {
    "call": {"originate"},
    "answer": {"answer"},
    "hangup": {"hangup"},
    "hold": {"hold"},
    "resume": {"resume"},
    "transfer": {"transfer", "deflect"},
    "attended_transfer": {"attended"},
    "conference": {"conference"},
}
"""What the line's log calls the deed of each intent."""

PREPARES = {"transfer": "resume", "attended_transfer": "resume", "conference": "resume"}
"""What may have to be done first: only an active call can be moved or joined."""

CRASHED = load_language("en").messages["internal_error"]
SLACK = 0.01
"""Seconds between a request's arrival, when its deadline is checked, and the log's entry."""


@dataclass(slots=True)
class Report:
    """What a run came to."""

    seed: int
    commands: int = 0
    outcomes: Counter[tuple[str, str]] = field(default_factory=Counter)
    """How often each fault led to each outcome."""
    wrongs: list[str] = field(default_factory=list)

    def by_outcome(self) -> Counter[str]:
        """How often there was each outcome."""
        found: Counter[str] = Counter()
        for (_, outcome), count in self.outcomes.items():
            found[outcome] += count
        return found

    def by_fault(self) -> Counter[str]:
        """How often there was each fault."""
        found: Counter[str] = Counter()
        for (fault, _), count in self.outcomes.items():
            found[fault] += count
        return found


@dataclass(frozen=True, slots=True)
class Case:
    """One command as it was given, and what was told."""

    command: Command
    meant: tuple[str, ...]
    """The lasting identities of the calls that it means."""
    deadline: float
    fault: str
    reply: Reply
    again: Reply
    """What the same id got when it was asked again."""
    unguarded: bool = False
    """The phonebar knows no deadlines and the network held the request back: it may be late."""
    recovered: bool = False
    """A crash came in between, so a call that is gone says nothing of what was done to it."""

    def __str__(self) -> str:
        """For a person who wants to know what went wrong."""
        command, reply = self.command, self.reply
        return (
            f"{command.intent} {dict(command.slots)} under {self.fault!r}:"
            f" {reply.status} {reply.text!r}"
        )


@dataclass(frozen=True, slots=True)
class Facts:
    """What the phonebar's own log says of the time in which the command was carried out."""

    actions: tuple[Entry, ...]
    """The commands that were begun."""
    changes: tuple[Entry, ...]
    """The calls' changes of state."""
    living: Mapping[str, str]
    """The calls that have not ended, and their states."""


def judge(case: Case, facts: Facts) -> Iterator[str]:
    """Everything that is wrong with a case."""
    intent = case.command.intent
    told = f"{case} {[_short(item) for item in facts.actions]}"
    counts = Counter((item.what, item.call_id) for item in facts.actions)
    deeds = [item for item in facts.actions if item.what in DEEDS[intent]]
    dialled = [item for item in facts.actions if item.what in {"originate", "transfer", "deflect"}]
    if any(count > 1 for count in counts.values()) or len(dialled) > 1:
        yield f"twice: {told}"
    for item in facts.actions:
        if item.what not in DEEDS[intent] | {PREPARES.get(intent)}:
            yield f"wrong deed: {told}"
        if item.what != "originate" and item.call_id not in case.meant:
            yield f"wrong call: {told}"
        if item in dialled and item.number != _number(case.command):
            yield f"wrong number: {told}"
        if item.at > case.deadline + SLACK and not case.unguarded:
            yield f"late by {item.at - case.deadline:.3f} s: {told}"
    if case.reply.text == CRASHED:
        yield f"crashed: {told}"
    if (case.again.status, case.again.text) != (case.reply.status, case.reply.text):
        yield f"untruthful when asked again: {told} {case.again}"
    if case.reply.status is Status.DONE and not _happened(case, facts):
        yield f"untruthful: {told}"
    nothing_done = case.reply.status in {Status.REFUSED, Status.FAILED}
    if nothing_done and deeds and not _came_to_nothing(case, facts):
        yield f"untruthful: {told}"


def _happened(case: Case, facts: Facts) -> bool:
    """Whether the log bears "done" out."""
    intent, meant = case.command.intent, case.meant
    if intent == "call":
        return any(item.what == "originate" for item in facts.actions)
    if intent == "hangup":
        return not any(call_id in facts.living for call_id in meant)
    if intent in {"transfer", "attended_transfer"}:
        moved = {item.call_id for item in facts.changes if item.reason == "transferred"}
        return set(meant) <= moved
    state = "holding" if intent == "hold" else "active"
    was = {item.call_id for item in facts.changes if item.what == state}
    return all(call_id in was or facts.living.get(call_id) == state for call_id in meant)


def _came_to_nothing(case: Case, facts: Facts) -> bool:
    """Whether something was begun, and it is still true that it was not done."""
    intent, over = case.command.intent, [c for c in case.meant if c not in facts.living]
    if intent in {"transfer", "attended_transfer"}:
        return not _happened(case, facts)
    if intent == "hangup":
        return bool(case.meant) and len(over) < len(case.meant)
    return intent != "call" and bool(over) and not case.recovered


def _number(command: Command) -> str:
    target = command.slots.get("target") or command.slots.get("to") or {}
    return str(target.get("number", ""))


def _short(item: Entry) -> str:
    return f"{item.what} {item.number} on {item.session} at {item.at:.3f}"
