"""The judge: what people asked for, against the phonebars' own logs and what people then saw.

No fault touches those logs, nor what is on a screen. The judge looks for:

    twice       a number dialled, or a call acted on, more often than asked
    late        begun more than ten seconds after it was said, or after what was said later
    wrong user  at a phone that is not that of the one who asked
    forged      by somebody who does not know the secret, or who repeats what others sent
    unasked     that nobody asked for, with another number, or of another kind
    unanswered  taken in, and no answer that its user can see
    overheard   an answer that somebody else can see
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from adapters.slack.markup import escaped
from assistant.numbers import masked
from phonebar.log import Entry
from tests.adapters.slack.delivery import Delivery

TOO_LATE = 10.0
"""Seconds."""
ON_ITS_WAY = 0.1
"""Seconds between the phonebar's look at the deadline and the entry in its log."""
STATUS = "status "
"""How the log's words for ready and pause begin."""
PAIRS = frozenset({"attended", "conference"})
"""What is done to two calls at once."""


@dataclass(slots=True)
class Case:
    """Something that one person did, and what was done to it on its way."""

    user: str
    agent: str | None
    """Whose phone it may reach; none for somebody who has no workstation."""
    what: str
    deeds: frozenset[str]
    """What it may lead to, in the log's words."""
    fault: str
    delivery: Delivery
    name: str
    """What Slack calls it: the trigger, the message or the form."""
    said: float
    """Unix time in seconds."""
    dated: bool = True
    """Slack says when it was said."""
    number: str = ""
    """The number to be dialled, which nobody else dials."""
    forged: bool = False
    told: Sequence[str] = ()
    """What the user may be told, if it is not for the workstation to answer."""
    unlinks: bool = False
    """Its user may have unlinked the workstation before it is answered, and is then told so."""

    @property
    def taken(self) -> bool:
        """Whether the app has said that it has it."""
        return any(one.answer for one in self.delivery.attempts)

    def __str__(self) -> str:
        return f"{self.user}: {self.what!r} ({self.fault})"


@dataclass(frozen=True, slots=True)
class Seen:
    """A message of the app's, as it was posted."""

    text: str
    readers: frozenset[str]
    at: float


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known after the run."""

    logs: Mapping[str, Sequence[Entry]]
    """What each agent's phonebar did."""
    answers: Mapping[str, Sequence[str]]
    """For each case's name what the user was to be told, if the workstation was asked."""
    otherwise: Sequence[str]
    """What one is told when the workstation was not asked, or could not be."""
    seen: Sequence[Seen]


@dataclass(slots=True)
class Report:
    """What a run came to."""

    seed: int
    counts: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    wrongs: list[str] = field(default_factory=list)

    def add(self, other: Report) -> None:
        """Another run's, on top of this one's."""
        self.counts += other.counts
        self.faults += other.faults
        self.wrongs += other.wrongs


def name_in(key: str) -> str:
    """What Slack calls the thing that a command's id, or its key at the phonebar, was made of."""
    return key.rsplit(":", 1)[-1]


def judge(cases: Sequence[Case], facts: Facts, report: Report) -> None:
    """Put into the report what was done, and all that is wrong."""
    done: defaultdict[str, list[tuple[str, Entry]]] = defaultdict(list)
    known = {case.name: case for case in cases}
    dialled = {case.number: case for case in cases if case.number}
    for agent, entries in facts.logs.items():
        for item in entries:
            if item.kind != "command":
                continue
            if item.what.startswith(STATUS):
                # It has no key, and to set it twice is no different from once.
                if not any(_set(case, agent, item) for case in cases):
                    report.wrongs.append(f"unasked, or late: {short(item)} at {agent}")
                continue
            name = name_in((item.key or "").rpartition(":")[0])
            case = known.get(name) or dialled.get(item.number or "")
            if case is None:
                report.wrongs.append(f"unasked: {short(item)} at {agent}")
            else:
                done[case.name].append((agent, item))
    for case in cases:
        report.counts["executed"] += bool(done[case.name])
        report.counts["not executed"] += case.taken and not done[case.name] and not case.forged
        report.wrongs += of_one(case, done[case.name])
    report.wrongs += out_of_order(cases, done)
    unanswered = list(without_answer(cases, facts, done))
    report.counts["unanswered"] += len(unanswered)
    report.wrongs += unanswered
    report.wrongs += overheard(dialled, facts)


def _set(case: Case, agent: str, item: Entry) -> bool:
    """Whether this case may have led to this status."""
    age = item.at - case.said
    asked = case.agent == agent and case.what == item.what and not case.forged
    return asked and -ON_ITS_WAY <= age <= TOO_LATE + ON_ITS_WAY


def of_one(case: Case, done: Sequence[tuple[str, Entry]]) -> Iterator[str]:
    """What is wrong with what was done for one case."""
    told = f"{case} {[short(item) for _, item in done]}"
    counts = Counter((item.what, item.call_id) for _, item in done)
    # An answer to "which?" may be "all of them".
    several = PAIRS | ({"hangup"} if case.what.startswith("[choose") else set())
    begun = Counter(item.what for _, item in done if item.what not in several)
    if any(count > 1 for count in [*counts.values(), *begun.values()]):
        yield f"twice: {told}"
    for agent, item in done:
        if agent != case.agent:
            yield f"wrong user: {told} at {agent}"
        if case.forged:
            yield f"forged: {told}"
        late = item.at - case.said - TOO_LATE
        if late > ON_ITS_WAY:
            yield f"late by {late:.2f} s: {told}"
        other = case.number and item.number != case.number
        if item.what not in case.deeds or other:
            yield f"unasked: {told}"


def out_of_order(
    cases: Sequence[Case], done: Mapping[str, Sequence[tuple[str, Entry]]]
) -> Iterator[str]:
    """What reached the app after something that was said later had been done, and was done still.

    Two replicas may have both at once; that is not judged.
    """
    for case in cases:
        if not done[case.name] or not case.dated or not case.delivery.attempts:
            continue
        arrived = min(one.sent for one in case.delivery.attempts)
        for other in cases:
            later = other.user == case.user and other.dated and other.said > case.said
            if later and done[other.name] and done[other.name][-1][1].at < arrived:
                yield f"late: {case} was done after {other}, which was said later"


def without_answer(
    cases: Sequence[Case], facts: Facts, done: Mapping[str, Sequence[tuple[str, Entry]]]
) -> Iterator[str]:
    """The cases that were taken in, or done, and of which the user was told nothing."""
    owed = [case for case in cases if (case.taken or done[case.name]) and not case.forged]
    told = {case.name: list(dict.fromkeys(_expected(case, facts))) for case in owed}
    for user in {case.user for case in owed}:
        mine = [case for case in owed if case.user == user]
        shown = [
            [escaped(form) for text in told[case.name] for form in (text, masked(text))]
            for case in mine
        ]
        there = Counter(one.text for one in facts.seen if user in one.readers)
        for place in unmatched(shown, there):
            yield f"unanswered: {mine[place]}, to be told {told[mine[place].name][:1]}"


def _expected(case: Case, facts: Facts) -> Iterator[str]:
    """What its user may be told, the likeliest first."""
    answers = facts.answers.get(case.name) or ()
    yield from reversed(case.told or answers)
    if not case.told and (case.unlinks or not answers):
        yield from facts.otherwise


def unmatched(wanted: Sequence[Sequence[str]], there: Mapping[str, int]) -> Iterator[int]:
    """The places of those that get none of the texts they want, when as many as can do.

    Source: the augmenting paths of bipartite matching.
    """
    owners: dict[tuple[str, int], int] = {}

    def settle(place: int, tried: set[tuple[str, int]]) -> bool:
        for text in wanted[place]:
            for message in ((text, number) for number in range(there.get(text, 0))):
                if message in tried:
                    continue
                tried.add(message)
                if message not in owners or settle(owners[message], tried):
                    owners[message] = place
                    return True
        return False

    yield from (place for place in range(len(wanted)) if not settle(place, set()))


def overheard(dialled: Mapping[str, Case], facts: Facts) -> Iterator[str]:
    """What says somebody's number, and others can see it; or what everybody can see."""
    for one in facts.seen:
        if len(one.readers) > 1:
            yield f"overheard: {one.text!r} by {sorted(one.readers)}"
            continue
        for number, case in dialled.items():
            if number in one.text and not one.readers <= {case.user}:
                yield f"overheard: {one.text!r} by {sorted(one.readers)}"


def short(item: Entry) -> str:
    """For a person who wants to know what went wrong."""
    return f"{item.what} {item.number} on {item.call_id} at {item.at:.3f}"
