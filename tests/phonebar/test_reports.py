"""What the backend reports, late or never or about a call that is gone."""

from __future__ import annotations

import threading

import pytest

from phonebar.clock import ManualClock, RealClock
from phonebar.errors import Busy, WrongState
from phonebar.line import Line
from phonebar.protocol import CallState
from phonebar.scenario import Scenario
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


class Slow(Simulator):
    """A backend that never says what became of a hold."""

    def hold(self, call_id: str) -> None:
        """Say nothing."""


def test_a_call_is_not_dialled_when_the_active_one_cannot_be_held(clock: ManualClock) -> None:
    line = Line(Slow(), clock=clock)
    talk(line, clock, "200")
    assert line.originate("201").state is CallState.IDLE
    with pytest.raises(Busy):
        line.originate("202")
    clock.advance(10)
    assert states(line) == {1: ACTIVE, 2: CallState.RELEASED}
    assert reasons(line) == [None, "hold_failed"]
    assert line.hold(1).state is ACTIVE


def test_nothing_assumes_that_the_backend_answers_at_once(clock: ManualClock) -> None:
    far = Simulator(Scenario(latency=0.2))
    line = Line(far, clock=clock)
    talk(line, clock, "200")
    far.incoming("201")
    assert line.answer(2).state is INCOMING
    with pytest.raises(WrongState, match="just being answered"):
        line.answer(2)
    clock.advance(0.2)
    assert states(line) == {1: HOLDING, 2: INCOMING}
    clock.advance(0.2)
    assert states(line) == {1: HOLDING, 2: ACTIVE}
    assert line.hold_toggle(2).state is ACTIVE
    with pytest.raises(WrongState, match="just being put on hold"):
        line.hold_toggle(2)


def test_a_far_end_that_answers_late_does_not_make_two_active_calls(
    line: Line, clock: ManualClock
) -> None:
    talk(line, clock, "200")
    line.originate("201")
    line.resume(1)
    assert states(line) == {1: ACTIVE, 2: CallState.CONNECTING}
    clock.advance(2)
    assert states(line) == {1: HOLDING, 2: ACTIVE}


def test_late_reports_touch_no_newer_call(line: Line, far: Simulator, clock: ManualClock) -> None:
    talk(line, clock, "200")
    old = line.calls()[0].extra["callId"]
    far.vanish(1)
    far.incoming("201")
    for report in (line.answered, line.held, line.retrieved, line.transferred, line.ended):
        report(old)
    line.failed(old, "busy")
    line.joined(old, line.calls()[0].extra["callId"])
    assert states(line) == {1: INCOMING}


def test_real_time_moves_calls_by_itself_and_can_be_skipped() -> None:
    far = Simulator(Scenario(ends_after=0.01))
    line = Line(far, clock=RealClock())
    gone = threading.Event()
    line.subscribe(lambda: None if line.calls() else gone.set())
    try:
        line.originate("5550230")
        line.clock.advance(30)
        assert states(line) == {1: ACTIVE}
        line.hangup(1)
        assert gone.wait(5)
    finally:
        line.close()
