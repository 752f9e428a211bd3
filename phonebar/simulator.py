"""Far ends that ring, answer, are busy and call in: a backend without any telephone.

A `Scenario` scripts them; `incoming`, `answer_far`, `hangup_far` and so on play them by hand, which
is what `phonebar simulate` does. All time is the line's clock, so that tests can move it.

    simulator = Simulator(scenario)
    line = Line(simulator, clock=ManualClock())
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from phonebar.clock import Timer
from phonebar.errors import BadNumber, Busy, NoSuchCall, WrongState
from phonebar.leg import Reason
from phonebar.protocol import Call, CallState, is_number
from phonebar.reports import Reports
from phonebar.scenario import EMERGENCY, EMERGENCY_NOTE, Caller, Outcome, Scenario

NAME = "simulator"

_FAILS: dict[Outcome, Reason] = {
    Outcome.BUSY: Reason.BUSY,
    Outcome.REJECTS: Reason.REJECTED,
    Outcome.UNKNOWN: Reason.UNKNOWN_NUMBER,
    Outcome.UNREACHABLE: Reason.UNREACHABLE,
}


class Simulator:
    """A `Backend` whose far ends follow a script.

    Args:
        scenario: who is there; None means the defaults and the magic numbers.
    """

    def __init__(self, scenario: Scenario | None = None) -> None:
        self.name = NAME
        self.scenario = scenario if scenario is not None else Scenario()
        self.tones: list[tuple[str, str]] = []
        """The tones that far ends heard: call ids and digits, the last 1000."""
        self.hushed = False
        """No far end hears us for a while."""
        self._script: dict[str, list[Timer]] = {}
        self._hangs_up_after: dict[str, float] = {}
        self._callers: dict[int, Timer] = {}
        self._lock = threading.Lock()
        self._closed = False

    def health(self) -> dict[str, Any]:
        """There is nothing to tell."""
        return {}

    def attach(self, line: Reports) -> None:
        """Report to `line` from now on, and begin the scenario."""
        self.line = line
        for place, caller in enumerate(self.scenario.incoming):
            self._schedule(place, caller, caller.at)

    def close(self) -> None:
        """Nobody calls any more, and no script goes on."""
        with self._lock:
            self._closed = True
            timers = [*self._callers.values(), *(t for some in self._script.values() for t in some)]
            self._callers.clear()
            self._script.clear()
        for timer in timers:
            timer.cancel()

    # What the line asks

    def place(self, call_id: str, number: str) -> None:
        """Dial: the scenario says what comes of it."""
        far = self.scenario.far_end(number)
        self.line.connecting(call_id)
        if number in EMERGENCY:
            self.line.noted(call_id, EMERGENCY_NOTE)
        if far.hangs_up_after is not None:
            self._hangs_up_after[call_id] = far.hangs_up_after
        never = far.outcome is Outcome.NEVER_ANSWERS
        rings = far.outcome in (Outcome.ANSWERS, Outcome.REJECTS) and far.rings_after < far.seconds
        if never or rings:
            self._later(call_id, far.rings_after, lambda: self.line.ringing(call_id))
        if far.outcome is Outcome.ANSWERS:
            self._later(call_id, far.seconds, lambda: self._picked_up(call_id))
        elif not never:
            reason = _FAILS[far.outcome]
            self._later(call_id, far.seconds, lambda: self._over(call_id, reason))

    def answer(self, call_id: str) -> None:
        """The caller hears us."""
        self._confirm(call_id, lambda: self._picked_up(call_id))

    def end(self, call_id: str) -> None:
        """The far end hears that it is over."""
        self._drop(call_id)
        self.line.clock.later(self.scenario.ends_after, lambda: self.line.ended(call_id))

    def hold(self, call_id: str) -> None:
        """Music plays."""
        self._confirm(call_id, lambda: self.line.held(call_id))

    def retrieve(self, call_id: str) -> None:
        """The music stops."""
        self._confirm(call_id, lambda: self.line.retrieved(call_id))

    def transfer(self, call_id: str, number: str) -> None:
        """The far end dials `number`; if it cannot get through, it stays with us."""
        reason = _FAILS.get(self.scenario.far_end(number).outcome)

        def outcome() -> None:
            if reason is None:
                self._drop(call_id)
                self.line.transferred(call_id)
            else:
                self.line.failed(call_id, reason)

        self._later(call_id, self.scenario.transfer_after, outcome)

    def deflect(self, call_id: str, number: str) -> None:
        """The caller dials `number` instead; if that fails, it goes on ringing here."""
        self.transfer(call_id, number)

    def attended(self, call_id: str, partner_id: str) -> None:
        """The two talk to each other, if both are still there."""
        ids = (call_id, partner_id)

        def outcome() -> None:
            there = [one for one in ids if self._alive(one)]
            for one in there:
                if len(there) == len(ids):
                    self._drop(one)
                    self.line.transferred(one)
                else:
                    self.line.failed(one, "partner_gone")

        # Not tied to either call's script: it must be told to the one that is left.
        self.line.clock.later(self.scenario.transfer_after, outcome)

    def conference(self, call_id: str, partner_id: str) -> None:
        """All hear each other."""
        self._run_after(self.scenario.latency, lambda: self.line.joined(call_id, partner_id))

    def mute(self, call_id: str, muted: bool) -> None:
        """The far end hears nothing, or us again; there is no sound to do it with."""

    def hush(self, on: bool) -> None:
        """No far end hears us, or they do again; there is no sound to do it with."""
        self.hushed = on

    def dtmf(self, call_id: str, digits: str) -> None:
        """Note the tones."""
        self.tones.append((call_id, digits))
        del self.tones[:-1000]

    # Far ends played by hand

    def incoming(
        self,
        number: str,
        *,
        gives_up_after: float | None = None,
        hangs_up_after: float | None = None,
    ) -> Call:
        """Somebody calls from `number`.

        Args:
            number: who.
            gives_up_after: seconds unanswered; None means until the line ends it.
            hangs_up_after: seconds after being answered; None means never.

        Raises:
            BadNumber: it is none.
            Busy: the line is full, and the caller heard that.
        """
        if not is_number(number):
            raise BadNumber(f"{number[:40]!r} is no number that could call.")
        call_id = self.line.incoming(number)
        if call_id is None:
            raise Busy("The line is full: the caller heard that it is busy.")
        if gives_up_after is not None:
            self._later(call_id, gives_up_after, lambda: self._over(call_id, Reason.MISSED))
        if hangs_up_after is not None:
            self._hangs_up_after[call_id] = hangs_up_after
        return self._shown(call_id)

    def ring_far(self, session: int) -> Call:
        """The number that is being dialled begins to ring."""
        call = self._want(session, CallState.CONNECTING)
        return self._do(call, self.line.ringing)

    def answer_far(self, session: int) -> Call:
        """The number that is being dialled answers."""
        call = self._want(session, CallState.CONNECTING, CallState.ALERTING)
        return self._do(call, self._picked_up)

    def busy_far(self, session: int) -> Call:
        """The number that is being dialled is busy."""
        call = self._want(session, CallState.CONNECTING, CallState.ALERTING)
        return self._do(call, lambda call_id: self._over(call_id, Reason.BUSY))

    def hangup_far(self, session: int) -> Call:
        """The far end hangs up, gives up calling, or refuses to answer."""
        call = self._want(session, *_LIVE)
        return self._do(call, self._over)

    def transfer_far(self, session: int, number: str) -> Call:
        """The far end transfers us: we now talk to `number`."""
        if not is_number(number):
            raise BadNumber(f"{number[:40]!r} is no number that could be transferred to.")
        call = self._want(session, CallState.ACTIVE, CallState.HOLDING)
        return self._do(call, lambda call_id: self.line.renumbered(call_id, number))

    def vanish(self, session: int) -> Call:
        """The call is gone at once, its session free; returns what it was."""
        call = self._want(session, *CallState)
        self._drop(_id(call))
        self.line.vanished(_id(call))
        return call

    def advance(self, seconds: float) -> None:
        """Move the line's clock on, running what falls due."""
        self.line.clock.advance(seconds)

    # The script

    def _schedule(self, place: int, caller: Caller, seconds: float) -> None:
        def call() -> None:
            # The scripted callers stand for those that a queue sends: none while on pause.
            if self.line.status == "ready":
                with suppress(Busy):  # the caller heard it; the line's log says so
                    self.incoming(
                        caller.number,
                        gives_up_after=caller.gives_up_after,
                        hangs_up_after=caller.hangs_up_after,
                    )
            if caller.every is not None:
                self._schedule(place, caller, caller.every)

        with self._lock:
            if not self._closed:
                self._callers[place] = self.line.clock.later(seconds, call)

    def _picked_up(self, call_id: str) -> None:
        """The two ends are connected: nothing scripted for the ringing holds any more."""
        self._stop(call_id)
        self.line.answered(call_id)
        hangs_up_after = self._hangs_up_after.pop(call_id, None)
        if hangs_up_after is not None:
            self._later(call_id, hangs_up_after, lambda: self._over(call_id))

    def _over(self, call_id: str, reason: Reason | None = None) -> None:
        self._drop(call_id)
        self.line.ended(call_id, reason)

    def _later(self, call_id: str, seconds: float, action: Callable[[], None]) -> None:
        """Do it then, unless the call has been answered or is over before."""
        timer = self.line.clock.later(seconds, action)
        with self._lock:
            self._script.setdefault(call_id, []).append(timer)

    def _confirm(self, call_id: str, action: Callable[[], None]) -> None:
        if self.scenario.latency:
            self._later(call_id, self.scenario.latency, action)
        else:
            action()

    def _run_after(self, seconds: float, action: Callable[[], None]) -> None:
        if seconds:
            self.line.clock.later(seconds, action)
        else:
            action()

    def _stop(self, call_id: str) -> None:
        with self._lock:
            timers = self._script.pop(call_id, [])
        for timer in timers:
            timer.cancel()

    def _drop(self, call_id: str) -> None:
        self._stop(call_id)
        self._hangs_up_after.pop(call_id, None)

    def _alive(self, call_id: str) -> bool:
        return any(_id(call) == call_id and call.state in _LIVE for call in self.line.calls())

    def _want(self, session: int, *states: CallState) -> Call:
        for call in self.line.calls():
            if call.session_id == str(session):
                if call.state not in states:
                    now = call.state.name if call.state is not None else call.state_id
                    wanted = ", ".join(state.name for state in states)
                    raise WrongState(f"Call {session} is {now}; that needs {wanted}.")
                return call
        raise NoSuchCall(f"There is no call with session {session}.")

    def _do(self, call: Call, action: Callable[[str], None]) -> Call:
        call_id = _id(call)
        action(call_id)
        return self._shown(call_id)

    def _shown(self, call_id: str) -> Call:
        for call in self.line.calls():
            if _id(call) == call_id:
                return call
        raise NoSuchCall("The call has ended already.")


def _id(call: Call) -> str:
    return str(call.extra["callId"])


_LIVE = (
    CallState.CONNECTING,
    CallState.ALERTING,
    CallState.ACTIVE,
    CallState.INCOMING,
    CallState.HOLDING,
)
