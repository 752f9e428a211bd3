"""The calls of a line: what there is to see of them, and how their states change.

    outgoing   IDLE → CONNECTING → ALERTING → ACTIVE ⇄ HOLDING
    incoming   INCOMING → ACTIVE ⇄ HOLDING
    the end    RELEASED (the far end's doing, or a transfer): shown for 5 s, then gone
               TERMINATED (done here): shown until the backend confirms, then gone

The backend's reports are in `phonebar.reports`, the commands in `phonebar.line`: both are built
on this. Source: the API page, "Behaviour of the look-alike SDK".
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from phonebar.backend import Backend
from phonebar.clock import Clock, RealClock
from phonebar.errors import NoSuchCall
from phonebar.hush import Hush
from phonebar.leg import Leg, Operation, Reason
from phonebar.log import Ended, Entry, Log
from phonebar.protocol import Call, CallState
from phonebar.rules import active, allowed

Status = Literal["ready", "pause"]

RINGING_SECONDS = 60.0
"""Unanswered calls end after that."""
RELEASED_SECONDS = 5.0
"""A call that the far end ended is shown for that long."""
PATIENCE_SECONDS = 10.0
"""A backend that has not said what became of a request by then is taken to have failed."""
TRANSFER_PATIENCE_SECONDS = 70.0
"""The same for transfers, which may ring elsewhere first."""
MAX_CALLS = 4


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A call that can go on once no other call is active."""

    leg: Leg
    go: Callable[[], None]
    give_up: Callable[[], None]


class Board:
    """What a line knows of its calls. Thread-safe.

    Args:
        backend: the far ends, for this line alone.
        clock: time for ringing, durations and RELEASED; None means the computer's.
        max_calls: how many calls may live at once; a further incoming one finds it busy.
        wall: the date that deadlines are compared with, Unix time in seconds.
    """

    def __init__(
        self,
        backend: Backend,
        *,
        clock: Clock | None = None,
        max_calls: int = MAX_CALLS,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self.backend = backend
        self.clock: Clock = clock if clock is not None else RealClock()
        self.max_calls = max_calls
        self.log = Log()
        self.version = 0
        """Counts every change; a page that has seen this version has seen everything."""
        self._wall = wall
        self._status: Status = "ready"
        self._legs: dict[int, Leg] = {}
        self._waiting: list[_Waiting] = []
        self._settling = False
        self._again = False
        self._subscribers: list[Callable[[], None]] = []
        self._lock = threading.RLock()
        self.hush = Hush(self.clock, self._lock, self._hushed)

    def close(self) -> None:
        """End the backend and the clock; calls stay as they are."""
        self.backend.close()
        self.clock.close()

    # What there is to see

    def calls(self) -> tuple[Call, ...]:
        """Every call that is shown, by session id."""
        with self._lock:
            ticks = self.clock.ticks()
            return tuple(self._legs[session].view(ticks) for session in sorted(self._legs))

    def allowed(self, session: int) -> list[str]:
        """The actions possible for a call now: see `rules.Action`.

        Raises:
            NoSuchCall: there is none with that session id.
        """
        with self._lock:
            return allowed(self._leg(session), self._legs.values())

    def snapshot(self) -> tuple[int, Status, tuple[tuple[Call, list[str]], ...]]:
        """The version, the status, and each call with its allowed actions, all of one moment."""
        with self._lock:
            legs = self._legs.values()
            pairs = tuple(
                (call, allowed(self._legs[int(call.session_id)], legs)) for call in self.calls()
            )
            return self.version, self._status, pairs

    def entries(self, since: int = 0) -> tuple[Entry, ...]:
        """The log's entries whose `seq` is greater than `since`."""
        with self._lock:
            return self.log.entries(since)

    def history(self) -> tuple[Ended, ...]:
        """The calls that are over, oldest first."""
        with self._lock:
            return self.log.history()

    @property
    def status(self) -> Status:
        """Whether the person takes calls: "ready" or "pause"."""
        return self._status

    def subscribe(self, changed: Callable[[], None]) -> Callable[[], None]:
        """Have `changed` called after each change, from any thread; it must be quick.

        Returns:
            What to call to end that.
        """
        with self._lock:
            self._subscribers.append(changed)

        def unsubscribe() -> None:
            with self._lock:
                if changed in self._subscribers:
                    self._subscribers.remove(changed)

        return unsubscribe

    # How states change; the lock is held in all of these.

    def _hushed(self, on: bool) -> None:
        self.backend.hush(on)
        self.log.add(self.clock.now(), "state", "hushed" if on else "not hushed")

    def _find(self, call_id: str) -> Leg | None:
        return next((leg for leg in self._legs.values() if leg.call_id == call_id), None)

    def _leg(self, session: int) -> Leg:
        leg = self._legs.get(session)
        if leg is None:
            raise NoSuchCall(f"There is no call with session {session}.")
        return leg

    def _living(self) -> int:
        return sum(not leg.ended for leg in self._legs.values())

    def _view(self, leg: Leg) -> Call:
        return leg.view(self.clock.ticks())

    def _new(self, number: str, *, incoming: bool, call_id: str | None = None) -> Leg:
        session = next(n for n in range(1, len(self._legs) + 2) if n not in self._legs)
        leg = Leg(session, number, incoming, self.clock.now())
        if call_id is not None:
            leg.call_id = call_id
        self._legs[session] = leg
        leg.timer = self.clock.later(RINGING_SECONDS, lambda: self._unanswered(leg))
        return leg

    def _place(self, leg: Leg) -> None:
        leg.known = True
        self.backend.place(leg.call_id, leg.number)

    def _unanswered(self, leg: Leg) -> None:
        with self._lock:
            if leg.ended or leg.answered_at is not None:
                return
            if leg.pending is Operation.ANSWER:
                leg.timer = self.clock.later(1.0, lambda: self._unanswered(leg))
                return
            self._release(leg, Reason.NO_ANSWER)
            if leg.known:
                self.backend.end(leg.call_id)
            self._settle()

    def _pend(self, leg: Leg, operation: Operation) -> None:
        self._unpend(leg)
        leg.pending = operation
        if operation is Operation.TRANSFER:
            leg.transfer_error = None
        seconds = TRANSFER_PATIENCE_SECONDS if operation is Operation.TRANSFER else PATIENCE_SECONDS
        leg.patience = self.clock.later(seconds, lambda: self._silent(leg))

    def _unpend(self, leg: Leg) -> None:
        leg.pending = None
        if leg.patience is not None:
            leg.patience.cancel()
            leg.patience = None

    def _silent(self, leg: Leg) -> None:
        with self._lock:
            self._failed(leg, "no_reply")
            self._settle()

    def _failed(self, leg: Leg, reason: str) -> None:
        """What is pending for it did not come about."""
        if leg.pending is None:
            return
        operation = leg.pending
        self._unpend(leg)
        self._log(leg, "report", f"not {operation}", reason=reason)
        if operation is Operation.TRANSFER:
            leg.transfer_error = f"The transfer failed: {reason.replace('_', ' ')}."
        self._changed()
        if operation is Operation.HOLD:
            waiting, self._waiting = self._waiting, []
            for one in waiting:
                if not one.leg.ended:
                    one.give_up()

    def _ask_hold(self, leg: Leg) -> None:
        self._pend(leg, Operation.HOLD)
        self.backend.hold(leg.call_id)

    def _after_room(self, leg: Leg, go: Callable[[], None], give_up: Callable[[], None]) -> None:
        """Put every active call on hold, then `go`; `give_up` when one cannot be held."""
        self._waiting.append(_Waiting(leg, go, give_up))
        self._settle()

    def _settle(self) -> None:
        """Let those that wait for room go on, one at a time, as far as that is possible."""
        # A backend may report while it is being asked: such a report comes back to here, and
        # only asks the outermost round for another turn.
        if self._settling:
            self._again = True
            return
        self._settling = True
        try:
            self._again = True
            while self._again:
                self._again = False
                self._waiting = [one for one in self._waiting if not one.leg.ended]
                if not self._waiting:
                    return
                first = self._waiting[0]
                others = [leg for leg in active(self._legs.values()) if leg is not first.leg]
                if not others:
                    self._waiting.pop(0)
                    first.go()
                    self._again = True
                for other in others:
                    if other.pending is None:
                        self._ask_hold(other)
        finally:
            self._settling = False

    def _activate(self, leg: Leg) -> None:
        """Make it the active call, once there is room."""
        if any(one.leg is leg for one in self._waiting):
            return

        def become_active() -> None:
            self._unpend(leg)
            if leg.answered_at is None:
                leg.answered_at = self.clock.now()
                leg.answered_ticks = self.clock.ticks()
                self._stop_timer(leg)
            self._set(leg, CallState.ACTIVE)

        # Its far end is connected whether or not the others can be held, so it is active then too.
        self._after_room(leg, become_active, become_active)

    def _terminate(self, leg: Leg) -> None:
        """End it from this side."""
        if leg.answered_at is not None:
            reason = Reason.HANGUP
        else:
            reason = Reason.DECLINED if leg.incoming else Reason.CANCELLED
        self._end(leg, CallState.TERMINATED, reason)
        if leg.known:
            self.backend.end(leg.call_id)
        else:
            self._forget(leg)
        self._settle()

    def _release(self, leg: Leg, reason: Reason) -> None:
        """It was ended elsewhere: show that for a while."""
        self._end(leg, CallState.RELEASED, reason)
        leg.timer = self.clock.later(RELEASED_SECONDS, lambda: self._forget(leg))

    def _end(self, leg: Leg, state: CallState, reason: Reason) -> None:
        self._unpend(leg)
        self._stop_timer(leg)
        self._leave_conference(leg)
        leg.reason = reason
        leg.ended_ticks = self.clock.ticks()
        self.log.ended(
            Ended(
                leg.call_id,
                leg.number,
                leg.incoming,
                leg.started_at,
                leg.answered_at,
                self.clock.now(),
                leg.duration(leg.ended_ticks),
                reason,
                leg.quality,
            )
        )
        self._set(leg, state)

    def _forget(self, leg: Leg) -> None:
        with self._lock:
            if self._legs.get(leg.session) is leg:
                self._stop_timer(leg)
                del self._legs[leg.session]
                self._log(leg, "state", "gone", reason=leg.reason)
                self._changed()

    def _leave_conference(self, leg: Leg) -> None:
        if leg.conference:
            leg.conference = False
            rest = [other for other in self._legs.values() if other.conference]
            if len(rest) == 1:
                rest[0].conference = False

    @staticmethod
    def _stop_timer(leg: Leg) -> None:
        if leg.timer is not None:
            leg.timer.cancel()
            leg.timer = None

    def _set(self, leg: Leg, state: CallState) -> None:
        leg.state = state
        self._log_state(leg)
        self._changed()

    def _log_state(self, leg: Leg) -> None:
        self._log(leg, "state", leg.state.name.lower(), reason=leg.reason)

    def _log(self, leg: Leg, kind: str, what: str, *, reason: str | None = None) -> None:
        self.log.add(
            self.clock.now(),
            kind,
            what,
            call_id=leg.call_id,
            session=leg.session,
            number=leg.number,
            reason=reason,
        )

    def _changed(self) -> None:
        self.version += 1
        for changed in self._subscribers:
            changed()
