"""Resolution: a command and the live calls become requests, a question, or a reason why not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.contact import Contact, Number
from assistant.contract import ACTS, Command, LiveCall
from assistant.conversation import Consultation
from assistant.directory import Directory
from assistant.language import load_language
from assistant.numbers import same_number
from assistant.plan import Already, Asking, Party, Plan, Refusal, Situation, UnresolvedError
from assistant.policy import Policy
from assistant.resolution import resolve
from assistant.settings import PolicySection
from assistant.wording import Wording
from phonebar.protocol import CallState

IDLE, ALERTING, ACTIVE, INCOMING, HOLDING = (
    CallState.IDLE,
    CallState.ALERTING,
    CallState.ACTIVE,
    CallState.INCOMING,
    CallState.HOLDING,
)
MARIA, JOHN, CARTER = "+390655501104", "+12025550101", "+12025550102"
DIRECTORY = Directory(
    [
        Contact("Maria Rossi", (Number(MARIA),)),
        Contact("John Smith", (Number(JOHN, "work"), Number("555", ""))),
        Contact("John Carter", (Number(CARTER),)),
        Contact("Sales", (Number("200"),)),
        Contact("Nobody", ()),
    ]
)
WORDING = Wording(load_language("en").messages)


def call(state: int, number: str = "200", line: int = 1, **more: Any) -> LiveCall:
    fields = {"incoming": state == INCOMING, "duration": 0, "answered": False, **more}
    return LiveCall(f"key{line}", line, str(line), number, state, **fields)


def here(*calls: LiveCall, rules: PolicySection | None = None, **more: Any) -> Situation:
    made = Situation(
        calls=calls,
        directory=DIRECTORY,
        policy=Policy(rules or PolicySection(), lambda _since: 0),
        surface="cli",
        now=1_800_000_000.0,
        confirmed=False,
        consultation=None,
        dial=lambda number: number,
        recent=lambda _direction: Party(CARTER, "John Carter"),
    )
    return replace(made, **more)


def steps(situation: Situation, intent: str, **slots: Any) -> list[tuple[str, int | str, Any]]:
    """The plan's steps: what is asked for, of which line, with which line or number."""
    plan = resolve(Command(intent, slots), situation)
    return [
        (
            step.action,
            step.call.line if step.call else "",
            step.party.number if step.party else step.partner.line if step.partner else None,
        )
        for step in plan.steps
    ]


def stop(situation: Situation, intent: str, **slots: Any) -> UnresolvedError:
    with pytest.raises(UnresolvedError) as stopped:
        resolve(Command(intent, slots), situation)
    return stopped.value


def answers(situation: Situation, intent: str, **slots: Any) -> list[Mapping[str, Any]]:
    """The slots that each answer to the question stands for."""
    asked = stop(situation, intent, **slots)
    assert isinstance(asked, Asking)
    return [item.command.slots for item in asked.alternatives]


# Whom to call


@pytest.mark.parametrize(
    ("target", "number"),
    [
        ({"number": "300"}, "300"),
        ({"number": "300", "name": "Ann"}, "300"),
        ({"contact": "Maria Rossi"}, MARIA),
        ({"recent": "incoming"}, CARTER),
    ],
)
def test_a_party_with_one_number_is_called(target: dict[str, str], number: str) -> None:
    assert steps(here(), "call", target=target) == [("originate", "", number)]


def test_somebody_with_several_numbers_is_asked_about() -> None:
    assert answers(here(), "call", target={"contact": "John Smith"}) == [
        {"target": {"number": JOHN, "name": "John Smith"}},
        {"target": {"number": "555", "name": "John Smith"}},
    ]


def test_a_name_of_several_people_is_asked_about_and_so_is_a_name_like_somebodys() -> None:
    found = answers(here(), "call", target={"ambiguous": ["John Smith", "John Carter"]})
    assert found == [{"target": {"contact": "John Smith"}}, {"target": {"contact": "John Carter"}}]
    found = answers(here(), "call", target={"unknown": "maria rosi"})
    assert found == [{"target": {"contact": "Maria Rossi"}}]


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ({"contact": "Nobody"}, "no_number"),
        ({"contact": "Gone Meanwhile"}, "not_found"),
        ({"unknown": "the pizza place"}, "not_found"),
        ({"unknown": ""}, "not_found"),
        ({"recent": "any"}, "nobody_recent"),
        ({"number": "sip:x@y"}, "bad_number"),
    ],
)
def test_whom_nobody_can_call(target: dict[str, str], message: str) -> None:
    situation = here(recent=lambda _direction: None)
    assert stop(situation, "call", target=target).message == message


def test_somebody_on_the_line_already_is_called_again_only_after_a_yes() -> None:
    situation = here(call(ACTIVE, MARIA))
    target = {"contact": "Maria Rossi"}
    assert stop(situation, "call", target=target).message == "confirm_call_again"
    sure = replace(situation, confirmed=True)
    assert steps(sure, "call", target=target) == [("originate", "", MARIA)]


def test_a_yes_to_a_number_is_asked_for_where_it_may_be_misheard() -> None:
    by_voice = here(surface="voice")
    assert stop(by_voice, "call", target={"number": "300"}).message == "confirm_call"
    assert steps(by_voice, "call", target={"contact": "Sales"})


# Which call is meant

THREE = (call(HOLDING, MARIA), call(ACTIVE, JOHN, 2), call(INCOMING, "200", 3))


@pytest.mark.parametrize(
    ("which", "line"),
    [
        (1, 1),
        (3, 3),
        (-1, 3),
        ("held", 1),
        ("ringing", 3),
        ({"contact": "Maria Rossi"}, 1),
        ({"number": "0655501104"}, 1),
        ({"ambiguous": ["John Smith", "John Carter"]}, 2),
        ({"key": "key3"}, 3),
        (None, 2),
    ],
)
def test_a_reference_names_one_call(which: Any, line: int) -> None:
    slots = {} if which is None else {"which": which}
    assert steps(here(*THREE), "hangup", **slots) == [("hangup", line, None)]


def test_the_last_caller_on_the_line_is_a_reference_too() -> None:
    situation = here(call(ACTIVE, CARTER), call(HOLDING, MARIA, 2))
    which = {"recent": "incoming"}
    assert steps(situation, "hangup", which=which) == [("hangup", 1, None)]


@pytest.mark.parametrize(
    ("which", "message", "who"),
    [
        (7, "no_call_number", None),
        ("held", "no_call_held", None),
        ("ringing", "no_call_ringing", None),
        ("other", "no_call_other", None),
        ({"contact": "Sales"}, "no_call_named", "Sales"),
        ({"number": "201"}, "no_call_named", Party("201")),
        ({"unknown": "bob"}, "no_call_named", "bob"),
        ({"recent": "any"}, "no_call_named", Party(CARTER, "John Carter")),
        ({"key": "gone"}, "no_such_call_now", None),
    ],
)
def test_a_reference_that_names_no_call_is_refused_with_what_there_is(
    which: Any, message: str, who: Any
) -> None:
    situation = here(call(ACTIVE, MARIA))
    stopped = stop(situation, "hangup", which=which)
    assert isinstance(stopped, Refusal)
    assert (stopped.message, stopped.details.get("who")) == (message, who)
    assert stopped.details["calls"] == situation.calls


def test_the_other_one_is_the_one_that_is_not_current() -> None:
    situation = here(call(ACTIVE), call(HOLDING, MARIA, 2))
    assert steps(situation, "resume", which="other") == [("resume", 2, None)]
    three = here(call(ACTIVE), call(HOLDING, MARIA, 2), call(HOLDING, JOHN, 3))
    assert len(answers(three, "resume", which="other")) == 2


def test_two_held_calls_are_asked_about_by_their_own_names() -> None:
    situation = here(call(HOLDING, MARIA), call(HOLDING, JOHN, 2))
    assert answers(situation, "resume") == [
        {"which": {"key": "key1"}},
        {"which": {"key": "key2"}},
    ]
    assert steps(situation, "resume", which={"key": "key2"}) == [("resume", 2, None)]


# What can be done with a call


@pytest.mark.parametrize(
    ("intent", "state", "message"),
    [
        ("answer", ACTIVE, "nothing_rings"),
        ("hold", INCOMING, "not_connected_yet"),
        ("hold", ALERTING, "not_connected_yet"),
        ("resume", INCOMING, "not_connected_yet"),
        ("hold", HOLDING, "already_held"),
        ("resume", ACTIVE, "already_connected"),
    ],
)
def test_what_does_not_fit_the_calls_state_is_told(intent: str, state: int, message: str) -> None:
    for slots in ({}, {"which": 1}):
        assert stop(here(call(state)), intent, **slots).message == message


def test_what_is_so_already_is_no_refusal() -> None:
    assert isinstance(stop(here(call(HOLDING)), "hold"), Already)


def test_hanging_up_all_is_bound_to_the_calls_that_were_there() -> None:
    (slots,) = answers(here(*THREE), "hangup", which="all")
    assert slots == {"which": {"keys": ["key1", "key2", "key3"]}}
    later = here(THREE[1], call(INCOMING, CARTER, 4), confirmed=True)
    assert steps(later, "hangup", **slots) == [("hangup", 2, None)]
    assert stop(here(confirmed=True), "hangup", **slots).message == "no_calls"
    nobody_left = here(call(INCOMING, CARTER, 4), confirmed=True)
    assert stop(nobody_left, "hangup", **slots).message == "no_such_call_now"


def test_a_call_is_taken_off_hold_before_it_is_moved() -> None:
    held = here(call(HOLDING, MARIA))
    assert steps(held, "transfer", to={"contact": "Sales"}) == [
        ("resume", 1, None),
        ("transfer", 1, "200"),
    ]
    both_held = here(call(HOLDING, MARIA), call(HOLDING, JOHN, 2))
    assert steps(both_held, "attended_transfer", a=1, b=2) == [
        ("resume", 2, None),
        ("attended_transfer", 2, 1),
    ]
    assert steps(both_held, "conference") == [("resume", 1, None), ("conference", 1, 2)]


def test_a_call_cannot_be_connected_with_itself() -> None:
    situation = here(call(ACTIVE, MARIA), call(HOLDING, JOHN, 2))
    stopped = stop(situation, "attended_transfer", a=1, b={"key": "key1"})
    assert isinstance(stopped, UnresolvedError)
    alone = here(call(ACTIVE, MARIA))
    assert stop(alone, "attended_transfer", a=1, b=-1).message == "no_call_other"
    assert stop(alone, "transfer", to={"contact": "Maria Rossi"}).message == "transfer_to_itself"


def test_a_consultation_names_the_two_calls_among_three() -> None:
    situation = here(
        call(HOLDING, MARIA),
        call(HOLDING, JOHN, 2),
        call(ACTIVE, "200", 3),
        consultation=Consultation("key1", "200"),
    )
    assert steps(situation, "attended_transfer") == [("attended_transfer", 3, 1)]
    unknown = replace(situation, consultation=None)
    assert stop(unknown, "attended_transfer").message == "which_two_calls"


def test_several_who_are_not_on_the_line_are_called_one_at_a_time() -> None:
    parties = [{"contact": "Maria Rossi"}, {"contact": "Sales"}]
    situation = here(call(ACTIVE, CARTER))
    assert stop(situation, "conference", parties=parties).message == "one_at_a_time"


# Whatever is asked, about whatever calls

NUMBERS = st.sampled_from([MARIA, JOHN, CARTER, "200", "201", "112", "+1900555", "x y", ""])
NAMES = st.sampled_from(["Maria Rossi", "John Smith", "John Carter", "Sales", "Nobody", "Gone"])
TARGETS = st.one_of(
    st.builds(lambda number: {"number": number}, NUMBERS),
    st.builds(lambda number, name: {"number": number, "name": name}, NUMBERS, NAMES),
    st.builds(lambda name: {"contact": name}, NAMES),
    st.builds(lambda names: {"ambiguous": names}, st.lists(NAMES, max_size=3, unique=True)),
    st.builds(lambda text: {"unknown": text}, st.sampled_from(["pizza", "jon smit", "", "rossi"])),
    st.builds(lambda way: {"recent": way}, st.sampled_from(["incoming", "outgoing", "any"])),
)
KEYS = st.builds(lambda line: {"key": f"key{line}"}, st.integers(1, 5))
REFERENCES = st.one_of(
    st.integers(1, 5), st.sampled_from([-1, "other", "held", "ringing", "all"]), TARGETS, KEYS
)
MAYBE_WHICH = st.one_of(st.just({}), st.builds(lambda which: {"which": which}, REFERENCES))
MOVES = st.builds(lambda to, which: {"to": to, **which}, TARGETS, MAYBE_WHICH)
SLOTS: Mapping[str, st.SearchStrategy[dict[str, Any]]] = {
    "call": st.builds(lambda target: {"target": target}, TARGETS),
    "answer": MAYBE_WHICH,
    "hangup": MAYBE_WHICH
    | st.builds(
        lambda lines: {"which": {"keys": [f"key{line}" for line in lines]}},
        st.lists(st.integers(1, 5), max_size=3),
    ),
    "hold": MAYBE_WHICH,
    "resume": MAYBE_WHICH,
    "transfer": MOVES,
    "attended_transfer": st.one_of(
        st.just({}), MOVES, st.builds(lambda a, b: {"a": a, "b": b}, REFERENCES, REFERENCES)
    ),
    "conference": st.one_of(
        st.just({}),
        st.builds(lambda parties: {"parties": parties}, st.lists(REFERENCES, max_size=3)),
    ),
}
COMMANDS = st.sampled_from(sorted(ACTS)).flatmap(
    lambda intent: st.builds(Command, st.just(intent), SLOTS[intent])
)
STATES = st.sampled_from([IDLE, CallState.CONNECTING, ALERTING, ACTIVE, INCOMING, HOLDING, 77])
CALLS = st.lists(st.tuples(STATES, NUMBERS, st.booleans()), max_size=4).map(
    lambda drawn: tuple(
        call(state, number, line, incoming=incoming or state == INCOMING)
        for line, (state, number, incoming) in enumerate(drawn, 1)
    )
)
CONFIRM = st.sampled_from([(), ("hangup", "hangup_all"), ("call", "transfer", "conference")])
RULES = st.builds(
    PolicySection,
    allow=st.sampled_from([(), ("+39", "2")]),
    forbid=st.sampled_from([(), ("+1900", "201")]),
    confirm=CONFIRM,
    confirm_spoken=CONFIRM,
)
SITUATIONS = st.builds(
    lambda calls, rules, **more: here(*calls, rules=rules, **more),
    CALLS,
    RULES,
    surface=st.sampled_from(["cli", "voice", "slack"]),
    confirmed=st.booleans(),
    consultation=st.none()
    | st.builds(Consultation, st.builds("key{}".format, st.integers(1, 5)), NUMBERS),
    dial=st.just(lambda number: number),
    recent=st.sampled_from([lambda _way: None, lambda _way: Party(MARIA, "Maria Rossi")]),
)


def tellable(error: UnresolvedError) -> None:
    text, speech = WORDING.say(error.message, error.details)
    assert text
    assert speech
    if isinstance(error, Asking):
        assert error.alternatives
        WORDING.choices(item.subject for item in error.alternatives)


@settings(deadline=None, max_examples=600)
@given(command=COMMANDS, situation=SITUATIONS)
def test_any_command_over_any_calls_has_a_plan_or_an_answer_in_words(
    command: Command, situation: Situation
) -> None:
    try:
        resolve(command, situation)
    except Asking as asking:
        tellable(asking)
        for item in asking.alternatives:
            try:
                resolve(item.command, replace(situation, confirmed=True))
            except UnresolvedError as error:
                tellable(error)
    except UnresolvedError as error:
        tellable(error)


@settings(deadline=None, max_examples=600)
@given(command=COMMANDS, situation=SITUATIONS)
def test_a_plan_touches_only_calls_that_were_named_or_are_current(
    command: Command, situation: Situation
) -> None:
    plan = planned(command, situation)
    if plan is None:
        return
    allowed = {found.key for found in may_be_meant(command, situation)}
    for step in plan.steps:
        for touched in (step.call, step.partner):
            assert touched is None or touched in situation.calls
            assert touched is None or touched.key in allowed, (step.action, touched)


@settings(deadline=None, max_examples=600)
@given(command=COMMANDS, situation=SITUATIONS)
def test_a_plan_dials_only_what_was_named_and_is_allowed(
    command: Command, situation: Situation
) -> None:
    plan = planned(command, situation)
    for step in plan.steps if plan else ():
        if step.party is None:
            continue
        assert step.action in {"originate", "transfer"}
        verdict = situation.policy.dial(
            step.party.number,
            situation.surface,
            now=situation.now,
            confirmed=situation.confirmed,
            transfer=step.action == "transfer",
        )
        assert verdict.ruling == "allow"
        named = [command.slots.get(name) for name in ("target", "to")]
        named += command.slots.get("parties", [])
        assert any(is_of(step.party.number, target, situation) for target in named)


def planned(command: Command, situation: Situation) -> Plan | None:
    try:
        return resolve(command, situation)
    except UnresolvedError:
        return None


def is_of(number: str, target: Any, situation: Situation) -> bool:
    """Whether a target may mean this number."""
    if not isinstance(target, Mapping):
        return False
    if "number" in target:
        return same_number(str(target["number"]), number)
    if "recent" in target:
        party = situation.recent(target["recent"])
        return party is not None and same_number(party.number, number)
    names = target.get("ambiguous") or [target.get("contact")]
    contacts = [DIRECTORY.get(name) for name in names if name]
    return any(same_number(item.number, number) for c in contacts if c for item in c.numbers)


def may_be_meant(command: Command, situation: Situation) -> list[LiveCall]:
    """Every call that the command names; where it names none, those that it may mean by itself."""
    calls, slots = list(situation.calls), command.slots
    references = [slots[name] for name in ("which", "a", "b") if name in slots]
    references += slots.get("parties", [])
    found = [item for ref in references for item in calls if names(ref, item, situation)]
    if "to" in slots:  # to transfer to somebody on the line means to connect the two
        found += [item for item in calls if is_of(item.number, slots["to"], situation)]
    itself_meant = command.intent == "conference" or not references
    return found + (current(command.intent, situation) if itself_meant else [])


def names(which: Any, item: LiveCall, situation: Situation) -> bool:
    if isinstance(which, Mapping):
        keys = which.get("keys", [which.get("key")])
        return item.key in keys or is_of(item.number, which, situation)
    if which == -1:
        # The last one; of two that are named, the last besides the other.
        return item in situation.calls[-2:]
    if isinstance(which, int):
        return item.line == which
    states = {"held": {HOLDING}, "ringing": {INCOMING}}
    return which not in states or item.state in states[which]


def current(intent: str, situation: Situation) -> list[LiveCall]:
    """The calls that a command may mean without naming one."""
    calls = list(situation.calls)
    states: set[CallState | None]
    if intent == "conference":
        return [item for item in calls if item.state in {ACTIVE, HOLDING}]
    if intent == "attended_transfer":
        waiting = situation.consultation
        by_number = [item for item in calls if waiting and same_number(item.number, waiting.number)]
        kept = [item for item in calls if waiting and item.key == waiting.held_key]
        return by_number + kept + [item for item in calls if item.state in {ACTIVE, HOLDING}]
    states = {"answer": {INCOMING}, "hold": {ACTIVE}, "resume": {HOLDING}}.get(intent, set())
    if states:
        return [item for item in calls if item.state in states]
    talking = [item for item in calls if item.state is ACTIVE]
    dialled = [item for item in calls if item.dialling] if intent == "hangup" else []
    waiting_ones = [item for item in calls if item.state in {INCOMING, HOLDING}]
    return talking or dialled or waiting_ones or calls


def test_a_call_in_a_state_that_is_not_known_is_left_alone() -> None:
    strange = here(call(99), call(ACTIVE, "201", line=2))
    with pytest.raises(Refusal, match="state_unknown_kept"):
        resolve(Command("hangup", {"which": 1}), strange)
    with pytest.raises(Refusal, match="state_unknown_kept"):
        resolve(Command("hangup"), here(call(99)))


def test_a_prefix_that_the_dial_plan_makes_is_forbidden_too() -> None:
    rules = PolicySection(forbid=("0900",))
    with pytest.raises(Refusal, match="forbidden_number"):
        resolve(
            Command("call", {"target": {"number": "900123"}}),
            here(rules=rules, dial=lambda number: "0" + number),
        )
