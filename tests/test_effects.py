"""Effects: what the phonebar shows afterwards decides what happened, not what it answered."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.contract import LiveCall
from assistant.effects import Sight, expectation, placed, sight
from phonebar.protocol import CallState

IDLE, ALERTING, ACTIVE, RELEASED, INCOMING, HOLDING, TERMINATED = (
    CallState.IDLE,
    CallState.ALERTING,
    CallState.ACTIVE,
    CallState.RELEASED,
    CallState.INCOMING,
    CallState.HOLDING,
    CallState.TERMINATED,
)
DONE, NOT_DONE, OPEN, BLURRED = Sight.DONE, Sight.NOT_DONE, Sight.OPEN, Sight.BLURRED


def call(state: int, key: str = "a", **more: Any) -> LiveCall:
    fields = {"number": "200", "incoming": False, "duration": 0, "answered": True, **more}
    return LiveCall(key=key, line=1, session_id="1", state_id=state, **fields)


def seen(action: str, before: LiveCall, now: tuple[LiveCall, ...]) -> Sight:
    return sight(expectation(action, (before,), before, None, None), now)


@pytest.mark.parametrize(
    ("action", "before", "now", "expected"),
    [
        ("answer", INCOMING, ACTIVE, DONE),
        ("answer", INCOMING, HOLDING, DONE),
        ("answer", INCOMING, INCOMING, OPEN),
        ("answer", INCOMING, RELEASED, NOT_DONE),
        ("answer", INCOMING, None, NOT_DONE),
        ("hold", ACTIVE, HOLDING, DONE),
        ("hold", ACTIVE, ACTIVE, OPEN),
        ("hold", ACTIVE, None, NOT_DONE),
        ("resume", HOLDING, ACTIVE, DONE),
        ("resume", HOLDING, HOLDING, OPEN),
        ("resume", HOLDING, TERMINATED, NOT_DONE),
        ("hangup", ACTIVE, RELEASED, DONE),
        ("hangup", ACTIVE, TERMINATED, DONE),
        ("hangup", ACTIVE, None, DONE),
        ("hangup", ACTIVE, ACTIVE, OPEN),
        ("transfer", ACTIVE, RELEASED, DONE),
        ("transfer", ACTIVE, ACTIVE, OPEN),
        ("transfer", ACTIVE, TERMINATED, BLURRED),
        ("transfer", ACTIVE, None, BLURRED),
    ],
)
def test_what_the_state_of_the_call_says(
    action: str, before: int, now: int | None, expected: Sight
) -> None:
    shown = () if now is None else (call(now),)
    assert seen(action, call(before), shown) is expected


@pytest.mark.parametrize(
    ("more", "state", "expected"),
    [
        ({"reason": "transferred"}, RELEASED, DONE),
        ({"reason": "transferred"}, TERMINATED, DONE),
        ({"reason": "remote_hangup"}, RELEASED, NOT_DONE),
        ({"transfer_error": "The transfer failed: busy."}, ACTIVE, NOT_DONE),
    ],
)
def test_a_phonebar_that_gives_reasons_is_believed_about_a_transfer(
    more: dict[str, Any], state: int, expected: Sight
) -> None:
    assert seen("transfer", call(ACTIVE), (call(state, **more),)) is expected


@pytest.mark.parametrize(
    ("one", "two", "expected"),
    [
        (RELEASED, RELEASED, DONE),
        (RELEASED, HOLDING, OPEN),
        (ACTIVE, HOLDING, OPEN),
        (RELEASED, None, BLURRED),
        (ACTIVE, None, OPEN),
        (TERMINATED, RELEASED, BLURRED),
    ],
)
def test_an_attended_transfer_is_done_when_both_calls_are_released(
    one: int, two: int | None, expected: Sight
) -> None:
    active, held = call(ACTIVE), call(HOLDING, "b")
    looked_for = expectation("attended_transfer", (active, held), active, held, None)
    now = (call(one), *(() if two is None else (call(two, "b"),)))
    assert sight(looked_for, now) is expected


@pytest.mark.parametrize(
    ("one", "two", "expected"),
    [
        (ACTIVE, ACTIVE, DONE),
        (ACTIVE, HOLDING, OPEN),
        (HOLDING, HOLDING, OPEN),
        (ACTIVE, RELEASED, NOT_DONE),
        (ACTIVE, None, NOT_DONE),
        (RELEASED, ACTIVE, NOT_DONE),
    ],
)
def test_a_conference_is_done_when_both_calls_are_connected(
    one: int, two: int | None, expected: Sight
) -> None:
    active, held = call(ACTIVE), call(HOLDING, "b")
    looked_for = expectation("conference", (active, held), active, held, None)
    now = (call(one), *(() if two is None else (call(two, "b"),)))
    assert sight(looked_for, now) is expected


def test_a_dial_is_done_when_a_new_outgoing_call_to_that_number_is_there() -> None:
    old = call(ACTIVE, number="+390655501104")
    looked_for = expectation("originate", (old,), None, None, "00390655501104")
    new = call(IDLE, "b", number="+390655501104")
    assert sight(looked_for, (old,)) is OPEN
    assert sight(looked_for, (old, replace(new, number="201"))) is OPEN
    assert sight(looked_for, (old, replace(new, incoming=True))) is OPEN
    assert sight(looked_for, (old, new)) is DONE
    assert placed(looked_for, (old, new)) is new


def test_a_dial_that_ended_at_once_was_still_a_dial() -> None:
    looked_for = expectation("originate", (), None, None, "200")
    assert sight(looked_for, (call(RELEASED, "b", answered=False),)) is DONE


ACTIONS = ("answer", "hangup", "hold", "resume", "transfer", "attended_transfer", "conference")


@given(
    action=st.sampled_from((*ACTIONS, "originate")),
    number=st.sampled_from(["200", "201"]),
    others=st.lists(
        st.builds(
            call,
            state=st.sampled_from([0, 1, 2, 4, 8, 16, 32, 64, 128, 77]),
            key=st.sampled_from(["x", "y"]),
            number=st.just("299"),
            incoming=st.booleans(),
            reason=st.sampled_from([None, "transferred"]),
        ),
        max_size=3,
    ),
)
def test_what_happens_to_other_calls_proves_nothing(
    action: str, number: str, others: list[LiveCall]
) -> None:
    """Only a hangup is proved by an absence; nothing else may count as done without its call."""
    one, two = call(ACTIVE), call(HOLDING, "b")
    named = (None, None) if action == "originate" else (one, two)
    looked_for = expectation(action, (one, two), *named, number)
    found = sight(looked_for, tuple(others))
    assert (found is DONE) is (action == "hangup")
