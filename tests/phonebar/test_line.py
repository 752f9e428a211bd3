"""What a call does, and what can be done with it when."""

from __future__ import annotations

import pytest

from phonebar.clock import ManualClock
from phonebar.errors import BadDigits, BadNumber, Busy, NoSuchCall, WrongState
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


def test_outgoing_call_connects_rings_and_becomes_active(line: Line, clock: ManualClock) -> None:
    assert line.originate("12498398500").state is CallState.CONNECTING
    clock.advance(0.3)
    assert states(line) == {1: CallState.ALERTING}
    clock.advance(1.7)
    assert states(line) == {1: ACTIVE}
    clock.advance(61.5)
    assert line.calls()[0].duration == 61


def test_incoming_call_rings_until_answered(line: Line, far: Simulator) -> None:
    far.incoming("2025550101")
    assert states(line) == {1: INCOMING}
    assert line.answer().state is ACTIVE


def test_answer_takes_the_call_that_rings_longest(
    line: Line, far: Simulator, clock: ManualClock
) -> None:
    far.incoming("200")
    clock.advance(1)
    far.incoming("201")
    line.answer()
    assert states(line) == {1: ACTIVE, 2: INCOMING}


def test_unanswered_calls_end_after_a_minute(
    line: Line, far: Simulator, clock: ManualClock
) -> None:
    far.incoming("200")
    line.originate("5550102")
    clock.advance(59.9)
    assert states(line) == {1: INCOMING, 2: CallState.ALERTING}
    clock.advance(0.1)
    assert reasons(line) == ["no_answer", "no_answer"]
    clock.advance(5)
    assert not line.calls()


def test_far_end_hangup_shows_released_for_five_seconds(
    line: Line, far: Simulator, clock: ManualClock
) -> None:
    talk(line, clock, "200")
    far.hangup_far(1)
    clock.advance(4.9)
    assert states(line) == {1: CallState.RELEASED}
    assert reasons(line) == ["remote_hangup"]
    clock.advance(0.1)
    assert not line.calls()


def test_local_hangup_shows_terminated_until_confirmed(line: Line, clock: ManualClock) -> None:
    talk(line, clock, "200")
    assert line.hangup(1).state is CallState.TERMINATED
    clock.advance(0.4)
    assert states(line) == {1: CallState.TERMINATED}
    clock.advance(0.1)
    assert not line.calls()


def test_duration_stands_still_when_the_call_is_over(
    line: Line, far: Simulator, clock: ManualClock
) -> None:
    talk(line, clock, "200")
    clock.advance(7)
    far.hangup_far(1)
    clock.advance(3)
    assert line.calls()[0].duration == 7
    assert line.history()[0].duration == 7


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        ("5550101", "busy"),
        ("5550103", "rejected"),
        ("5550104", "unknown_number"),
        ("5550105", "unreachable"),
    ],
)
def test_a_call_that_fails_says_why(
    line: Line, clock: ManualClock, number: str, reason: str
) -> None:
    line.originate(number)
    clock.advance(2)
    assert states(line) == {1: CallState.RELEASED}
    assert reasons(line) == [reason]


def test_hanging_up_before_the_answer_says_cancelled_or_declined(
    line: Line, far: Simulator
) -> None:
    line.originate("200")
    far.incoming("201")
    line.hangup(1)
    line.reject(2)
    assert reasons(line) == ["cancelled", "declined"]


def test_hold_toggles(line: Line, clock: ManualClock) -> None:
    talk(line, clock, "200")
    assert line.hold_toggle(1).state is HOLDING
    assert line.hold_toggle(1).state is ACTIVE
    line.hold_toggle()
    assert line.hold_toggle().state is ACTIVE


def test_explicit_hold_and_resume_do_not_toggle(line: Line, clock: ManualClock) -> None:
    talk(line, clock, "200")
    with pytest.raises(WrongState, match="is active"):
        line.resume(1)
    line.hold(1)
    with pytest.raises(WrongState, match="is on hold"):
        line.hold(1)
    assert line.resume(1).state is ACTIVE


def test_originate_answer_and_retrieve_put_the_active_call_on_hold(
    line: Line, far: Simulator, clock: ManualClock
) -> None:
    talk(line, clock, "200", "201")
    assert states(line) == {1: HOLDING, 2: ACTIVE}
    far.incoming("202")
    line.answer(3)
    assert states(line) == {1: HOLDING, 2: HOLDING, 3: ACTIVE}
    line.hold_toggle(1)
    assert states(line) == {1: ACTIVE, 2: HOLDING, 3: HOLDING}


def test_hold_without_a_session_refuses_to_guess(line: Line, clock: ManualClock) -> None:
    with pytest.raises(WrongState, match="No call"):
        line.hold_toggle()
    talk(line, clock, "200", "201")
    line.hold(2)
    with pytest.raises(WrongState, match="1, 2"):
        line.hold_toggle()
    assert states(line) == {1: HOLDING, 2: HOLDING}


def test_nothing_is_dialled_while_another_call_is_being_dialled(
    line: Line, clock: ManualClock
) -> None:
    line.originate("200")
    with pytest.raises(Busy, match="Call 1"):
        line.originate("201")
    clock.advance(0.5)
    with pytest.raises(Busy, match="ringing"):
        line.originate("201")


def test_a_full_line_refuses_to_dial_and_callers_hear_busy(
    line: Line, far: Simulator, clock: ManualClock
) -> None:
    for number in ("200", "201", "202", "203"):
        far.incoming(number)
    with pytest.raises(Busy, match="4 calls"):
        line.originate("204")
    with pytest.raises(Busy):
        far.incoming("204")
    assert len(line.calls()) == 4


@pytest.mark.parametrize("number", ["", "+", "sip:x@y", "../hangup", "1 2", "٣", "1" * 33, "1\n"])
def test_what_is_no_number_is_not_dialled(line: Line, number: str) -> None:
    with pytest.raises(BadNumber):
        line.originate(number)
    assert not line.entries()


def test_session_ids_are_the_smallest_free_and_call_ids_never_repeat(
    line: Line, clock: ManualClock
) -> None:
    talk(line, clock, "200", "201")
    first = {call.extra["callId"] for call in line.calls()}
    line.hangup(1)
    clock.advance(0.5)
    talk(line, clock, "202")
    assert [(call.session_id, call.number) for call in line.calls()] == [("1", "202"), ("2", "201")]
    assert line.calls()[0].extra["callId"] not in first


def test_conference_joins_until_one_ends(line: Line, far: Simulator, clock: ManualClock) -> None:
    talk(line, clock, "200", "201")
    line.conference()
    assert states(line) == {1: ACTIVE, 2: ACTIVE}
    assert all(call.extra["conference"] for call in line.calls())
    far.hangup_far(2)
    assert states(line) == {1: ACTIVE, 2: CallState.RELEASED}
    assert not any(call.extra["conference"] for call in line.calls())


def test_dialling_out_of_a_conference_holds_both(line: Line, clock: ManualClock) -> None:
    talk(line, clock, "200", "201")
    line.conference()
    talk(line, clock, "202")
    assert states(line) == {1: HOLDING, 2: HOLDING, 3: ACTIVE}
    assert not any(call.extra["conference"] for call in line.calls())


def test_conference_needs_one_active_and_one_held_call(line: Line, clock: ManualClock) -> None:
    with pytest.raises(WrongState, match="exactly one active"):
        line.conference()
    talk(line, clock, "200")
    with pytest.raises(WrongState, match="on hold"):
        line.conference()
    talk(line, clock, "201", "202")
    with pytest.raises(WrongState, match="which"):
        line.conference()
    with pytest.raises(WrongState):
        line.conference((1, 2))
    line.conference((1, 3))
    assert states(line) == {1: ACTIVE, 2: HOLDING, 3: ACTIVE}


def test_blind_transfer_releases_the_call(line: Line, clock: ManualClock) -> None:
    talk(line, clock, "200")
    line.transfer("201")
    clock.advance(0.5)
    assert states(line) == {1: CallState.RELEASED}
    assert reasons(line) == ["transferred"]


def test_failed_transfer_leaves_the_call_active_and_says_why(
    line: Line, clock: ManualClock
) -> None:
    talk(line, clock, "200")
    line.transfer("5550101", 1)
    clock.advance(0.5)
    assert states(line) == {1: ACTIVE}
    assert "busy" in line.calls()[0].extra["transferError"]
    line.transfer("201", 1)
    assert "transferError" not in line.calls()[0].extra


def test_transfer_deflects_a_ringing_call_only_where_that_is_asked_for(
    line: Line, far: Simulator, clock: ManualClock
) -> None:
    far.incoming("200")
    with pytest.raises(WrongState):
        line.transfer("201", 1)
    line.transfer("201", 1, ringing_too=True)
    clock.advance(0.5)
    assert reasons(line) == ["transferred"]


def test_failed_deflection_goes_on_ringing(line: Line, far: Simulator, clock: ManualClock) -> None:
    far.incoming("200")
    line.deflect(1, "5550104")
    clock.advance(1)
    assert states(line) == {1: INCOMING}


def test_transfer_of_a_held_call_is_refused(line: Line, clock: ManualClock) -> None:
    talk(line, clock, "200")
    line.hold(1)
    with pytest.raises(WrongState, match="on hold"):
        line.transfer("201", 1)
    with pytest.raises(WrongState, match="No call is active"):
        line.transfer("201")


def test_attended_transfer_connects_the_active_with_a_held_call(
    line: Line, clock: ManualClock
) -> None:
    talk(line, clock, "200", "201")
    with pytest.raises(WrongState):
        line.attended_transfer(1, 2)
    with pytest.raises(WrongState):
        line.attended_transfer(2, 2)
    line.attended_transfer(2, 1)
    clock.advance(0.5)
    assert reasons(line) == ["transferred", "transferred"]
    clock.advance(5)
    assert not line.calls()


def test_attended_transfer_fails_when_a_far_end_leaves_first(
    line: Line, far: Simulator, clock: ManualClock
) -> None:
    talk(line, clock, "200", "201")
    line.attended_transfer(2, 1)
    far.hangup_far(1)
    clock.advance(0.5)
    assert states(line) == {1: CallState.RELEASED, 2: ACTIVE}
    assert "partner gone" in line.calls()[1].extra["transferError"]


def test_hang_up_all_ends_ringing_calls_too(line: Line, far: Simulator, clock: ManualClock) -> None:
    assert line.hangup_all() == ()
    talk(line, clock, "200")
    far.incoming("201")
    line.originate("202")
    assert len(line.hangup_all()) == 3
    clock.advance(0.5)
    assert not line.calls()


def test_mute_and_tones(line: Line, far: Simulator, clock: ManualClock) -> None:
    talk(line, clock, "200")
    assert line.mute(1).extra["muted"] is True
    with pytest.raises(WrongState, match="muted already"):
        line.mute(1)
    assert line.mute(1, False).extra["muted"] is False
    line.dtmf(1, "12*#")
    assert far.tones == [(line.calls()[0].extra["callId"], "12*#")]
    with pytest.raises(BadDigits):
        line.dtmf(1, "12x")


def test_no_command_works_on_an_ended_or_unknown_call(
    line: Line, far: Simulator, clock: ManualClock
) -> None:
    talk(line, clock, "200")
    far.hangup_far(1)
    with pytest.raises(WrongState, match="has ended"):
        line.hangup(1)
    with pytest.raises(NoSuchCall):
        line.hangup(2)
    assert line.allowed(1) == []


def test_the_log_tells_commands_and_states_with_their_key(line: Line, clock: ManualClock) -> None:
    line.originate("200", Guard(key="k1"))
    clock.advance(2)
    seen = [(entry.kind, entry.what, entry.key) for entry in line.entries()]
    assert seen == [
        ("command", "originate", "k1"),
        ("state", "idle", None),
        ("state", "connecting", None),
        ("state", "alerting", None),
        ("state", "active", None),
    ]
    assert line.entries(since=4) == line.entries()[4:]


def test_subscribers_hear_of_changes_until_they_leave(line: Line, far: Simulator) -> None:
    heard: list[int] = []
    leave = line.subscribe(lambda: heard.append(line.version))
    far.incoming("200")
    assert heard
    leave()
    line.answer()
    assert heard[-1] < line.version
