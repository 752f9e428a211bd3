"""What holds of a line whatever is done to it, in whatever order."""

from __future__ import annotations

from contextlib import suppress
from itertools import count

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from phonebar.clock import ManualClock
from phonebar.errors import LineError, WrongState
from phonebar.line import Line
from phonebar.protocol import ENDED, Call, CallState
from phonebar.rules import Action
from phonebar.scenario import Scenario
from phonebar.simulator import Simulator

NUMBERS = st.sampled_from(
    ["200", "+15551234", "5550100", "5550101", "5550102", "5550103", "5550106"]
)
SESSIONS = st.integers(min_value=1, max_value=6)


class AnyLine(RuleBasedStateMachine):
    """A line on which anything may happen, with the clock in the machine's hand."""

    @initialize(latency=st.sampled_from([0.0, 0.2]))
    def begin(self, latency: float) -> None:
        self.clock = ManualClock(start=1_000_000.0)
        self.far = Simulator(Scenario(latency=latency))
        self.line = Line(self.far, clock=self.clock)
        self.call_ids: set[str] = set()

    def smallest_free(self) -> str:
        taken = {call.session_id for call in self.line.calls()}
        return next(str(n) for n in count(1) if str(n) not in taken)

    def is_new(self, call: Call) -> None:
        assert call.extra["callId"] not in self.call_ids
        self.call_ids.add(call.extra["callId"])

    @rule(number=NUMBERS)
    def dial(self, number: str) -> None:
        calls = self.line.calls()
        dialling = any(not call.incoming and call.state_id in (1, 2, 4) for call in calls)
        full = sum(call.state not in ENDED for call in calls) >= self.line.max_calls
        session = self.smallest_free()
        if dialling or full:
            with pytest.raises(WrongState):
                self.line.originate(number)
        else:
            call = self.line.originate(number)
            assert call.session_id == session
            self.is_new(call)

    @rule(number=NUMBERS)
    def somebody_calls(self, number: str) -> None:
        session = self.smallest_free()
        full = sum(call.state not in ENDED for call in self.line.calls()) >= self.line.max_calls
        try:
            call = self.far.incoming(number)
        except WrongState:
            assert full
        else:
            assert not full
            assert call.session_id == session
            self.is_new(call)

    @rule(session=SESSIONS, action=st.sampled_from(list(Action)))
    def do(self, session: int, action: Action) -> None:
        """Exactly the allowed actions succeed."""
        try:
            possible = action.value in self.line.allowed(session)
        except LineError:
            possible = False
        before = self.line.calls()
        commands = sum(entry.kind == "command" for entry in self.line.entries())
        try:
            self.perform(session, action)
        except LineError:
            assert not possible
            assert self.line.calls() == before
            assert sum(entry.kind == "command" for entry in self.line.entries()) == commands
        else:
            assert possible
            assert sum(entry.kind == "command" for entry in self.line.entries()) > commands

    def perform(self, session: int, action: Action) -> None:
        line = self.line
        if action is Action.ATTENDED:
            line.attended_transfer(session, self.partner(session, CallState.HOLDING))
        elif action is Action.CONFERENCE:
            state = next((c.state for c in line.calls() if c.session_id == str(session)), None)
            wanted = CallState.HOLDING if state is CallState.ACTIVE else CallState.ACTIVE
            line.conference((session, self.partner(session, wanted)))
        elif action is Action.DTMF:
            line.dtmf(session, "1")
        elif action is Action.TRANSFER:
            line.transfer("5550101", session)
        elif action is Action.DEFLECT:
            line.deflect(session, "200")
        elif action in (Action.MUTE, Action.UNMUTE):
            line.mute(session, action is Action.MUTE)
        else:
            simple = {
                Action.ANSWER: line.answer,
                Action.REJECT: line.reject,
                Action.HANGUP: line.hangup,
                Action.HOLD: line.hold,
                Action.RESUME: line.resume,
            }
            simple[action](session)

    def partner(self, session: int, state: CallState) -> int:
        """A call in that state with which it would work, if there is one."""
        calls = [c for c in self.line.calls() if c.state is state and c.session_id != str(session)]
        free = [c for c in calls if "hangup" in self.line.allowed(int(c.session_id))]
        ready = [c for c in free if self.line.allowed(int(c.session_id)) not in ([], ["hangup"])]
        ready = [c for c in ready if {"hold", "resume"} & set(self.line.allowed(int(c.session_id)))]
        return int((ready or calls)[0].session_id) if calls else 9

    @rule()
    def toggle(self) -> None:
        with_effect = len(self.line.entries())
        try:
            self.line.hold_toggle()
        except WrongState:
            assert len(self.line.entries()) == with_effect

    @rule(session=SESSIONS, what=st.sampled_from(["answer", "hangup", "ring", "busy", "vanish"]))
    def far_end(self, session: int, what: str) -> None:
        play = {
            "answer": self.far.answer_far,
            "hangup": self.far.hangup_far,
            "ring": self.far.ring_far,
            "busy": self.far.busy_far,
            "vanish": self.far.vanish,
        }
        with suppress(LineError):
            play[what](session)

    @rule(seconds=st.sampled_from([0.0, 0.1, 0.3, 1.0, 5.0, 60.0]))
    def wait(self, seconds: float) -> None:
        self.clock.advance(seconds)

    @rule()
    def hang_up_all(self) -> None:
        """Every call that has ended leaves, and nothing comes back."""
        self.line.hangup_all()
        assert all(call.state in ENDED for call in self.line.calls())
        self.clock.advance(5)
        assert not self.line.calls()

    @invariant()
    def one_conversation_at_a_time(self) -> None:
        active = [call for call in self.line.calls() if call.state is CallState.ACTIVE]
        joined = [call for call in self.line.calls() if call.extra["conference"]]
        assert len(active) <= 1 or active == joined
        assert len(joined) in (0, 2)

    @invariant()
    def sessions_and_fields_are_sound(self) -> None:
        calls = self.line.calls()
        assert len({call.session_id for call in calls}) == len(calls)
        assert sum(call.state not in ENDED for call in calls) <= self.line.max_calls
        for call in calls:
            assert (call.extra["reason"] is None) == (call.state not in ENDED)
            connected = call.state in (CallState.ACTIVE, CallState.HOLDING)
            assert not connected or call.extra["answeredAt"] is not None
            assert call.duration >= 0

    @invariant()
    def the_log_tells_the_same_story(self) -> None:
        last: dict[str, str] = {}
        for entry in self.line.entries():
            if entry.kind == "state" and entry.call_id is not None:
                assert last.get(entry.call_id) != "gone"
                last[entry.call_id] = entry.what
        shown = {call.extra["callId"]: call.extra["state"] for call in self.line.calls()}
        assert {one: state for one, state in last.items() if state != "gone"} == shown
        over = {one for one, state in last.items() if state in ("gone", "released", "terminated")}
        assert {call.call_id for call in self.line.history()} == over
        assert len(self.line.history()) == len(over)


TestAnyLine = AnyLine.TestCase
TestAnyLine.settings = settings(
    max_examples=60, stateful_step_count=40, deadline=None, derandomize=True
)
