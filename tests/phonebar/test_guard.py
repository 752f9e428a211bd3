"""A command is refused when it comes late, or for another call or state than was meant."""

from __future__ import annotations

import pytest

from phonebar.clock import ManualClock
from phonebar.errors import Late, Stale, WrongState
from phonebar.guard import Guard
from phonebar.line import Line
from phonebar.protocol import CallState
from phonebar.simulator import Simulator

ACTIVE, HOLDING, INCOMING = CallState.ACTIVE, CallState.HOLDING, CallState.INCOMING


def states(line: Line) -> dict[int, CallState]:
    return {int(call.session_id): CallState(call.state_id) for call in line.calls()}


def reasons(line: Line) -> list[object]:
    return [call.extra["reason"] for call in line.calls()]


def talk(line: Line, clock: ManualClock, *numbers: str) -> None:
    """Dial them one after the other: the last is active, those before it are on hold."""
    for number in numbers:
        line.originate(number)
        clock.advance(2)


def test_a_stale_session_is_refused(line: Line, clock: ManualClock) -> None:
    talk(line, clock, "200")
    old = line.calls()[0].extra["callId"]
    line.hangup(1, Guard(call_ids=(old,)))
    clock.advance(0.5)
    talk(line, clock, "201")
    with pytest.raises(Stale):
        line.hangup(1, Guard(call_ids=(old,)))
    with pytest.raises(Stale):
        line.hangup_all(Guard(call_ids=(old,)))
    with pytest.raises(Stale):
        line.originate("202", Guard(call_ids=(old,)))
    assert states(line) == {1: ACTIVE}


def test_both_calls_of_a_transfer_are_checked_in_order(line: Line, clock: ManualClock) -> None:
    talk(line, clock, "200", "201")
    one, two = (call.extra["callId"] for call in line.calls())
    with pytest.raises(Stale):
        line.attended_transfer(2, 1, Guard(call_ids=(one, two)))
    line.attended_transfer(2, 1, Guard(call_ids=(two, one)))


def test_an_expected_state_protects_the_hold_toggle(line: Line, clock: ManualClock) -> None:
    talk(line, clock, "200")
    active = Guard(states=frozenset({8}))
    line.hold_toggle(1, active)
    with pytest.raises(WrongState, match="expected ACTIVE"):
        line.hold_toggle(1, active)
    assert states(line) == {1: HOLDING}


def test_a_late_command_is_refused(far: Simulator, clock: ManualClock) -> None:
    line = Line(far, clock=clock, wall=lambda: 1000.0)
    with pytest.raises(Late, match=r"2\.0 seconds"):
        line.originate("200", Guard(deadline=998.0))
    assert not line.calls()
    line.originate("200", Guard(deadline=1000.5))
