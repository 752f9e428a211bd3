"""What the backend reports of far ends, and what that makes of the calls.

The backend says what really happened, at once or later, from any thread. A report about a call
that is gone, or has moved on, changes nothing: reports and commands may cross.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from phonebar.board import Board
from phonebar.leg import Leg, Operation, Reason
from phonebar.protocol import CallState
from phonebar.quality import Quality


class Reports(Board):
    """The backend's side of a line; see `Board` for the arguments."""

    def incoming(self, number: str, call_id: str | None = None) -> str | None:
        """Somebody calls.

        Args:
            number: who, as far as it is known.
            call_id: the backend's own name for the call, never used again; None makes one up.

        Returns:
            The new call's id, or None when the line is full: the caller should hear "busy".
        """
        with self._lock:
            if self._living() >= self.max_calls:
                self.log.add(
                    self.clock.now(), "report", "incoming", number=number, reason=Reason.BUSY
                )
                return None
            leg = self._new(number, incoming=True, call_id=call_id)
            leg.known = True
            self._set(leg, CallState.INCOMING)
            return leg.call_id

    def referred(self, call_id: str, number: str, new_id: str) -> bool:
        """The far end of a call sends us on: `number` is being dialled for it.

        Args:
            call_id: the call in which it was asked.
            number: who is dialled.
            new_id: the backend's name for the new call.

        Returns:
            False when there is no such call, another is being dialled, or the line is full: the
            new call is to be ended.
        """
        with self._lock:
            leg = self._find(call_id)
            dialling = any(other.dialling for other in self._legs.values())
            if leg is None or leg.ended or dialling or self._living() >= self.max_calls:
                self.log.add(self.clock.now(), "report", "not referred", number=number)
                return False
            new = self._new(number, incoming=False, call_id=new_id)
            new.known = new.referred = True
            self._log(new, "report", "referred")
            self._set(new, CallState.CONNECTING)
            return True

    def connecting(self, call_id: str) -> None:
        """The network has taken the number."""
        with self._reported(call_id) as leg:
            if leg is not None and leg.state is CallState.IDLE:
                self._set(leg, CallState.CONNECTING)

    def ringing(self, call_id: str) -> None:
        """The far end rings."""
        with self._reported(call_id) as leg:
            if leg is not None and leg.state in (CallState.IDLE, CallState.CONNECTING):
                self._set(leg, CallState.ALERTING)

    def answered(self, call_id: str) -> None:
        """The far end has answered our call, or our answer got through to the caller."""
        with self._reported(call_id) as leg:
            if leg is None or not (leg.dialling or leg.state is CallState.INCOMING):
                return
            self._pend(leg, Operation.ANSWER)
            self._activate(leg)

    def held(self, call_id: str) -> None:
        """The call is on hold."""
        with self._reported(call_id) as leg:
            if leg is not None and leg.state is CallState.ACTIVE:
                self._unpend(leg)
                self._leave_conference(leg)
                self._set(leg, CallState.HOLDING)

    def retrieved(self, call_id: str) -> None:
        """The call is off hold."""
        with self._reported(call_id) as leg:
            if leg is not None and leg.state is CallState.HOLDING:
                self._pend(leg, Operation.RESUME)
                self._activate(leg)

    def joined(self, call_id: str, partner_id: str) -> None:
        """The two calls hear each other."""
        with self._lock:
            found = map(self._find, (call_id, partner_id))
            legs = [leg for leg in found if leg is not None and not leg.ended]
            for leg in legs:
                if leg.pending is Operation.CONFERENCE:
                    self._unpend(leg)
            if len(legs) == 2:
                for leg in legs:
                    leg.conference = True
                for leg in legs:
                    if leg.state is CallState.HOLDING:
                        self._set(leg, CallState.ACTIVE)
            self._changed()

    def transferred(self, call_id: str) -> None:
        """The call goes on without us."""
        with self._reported(call_id) as leg:
            if leg is not None:
                self._release(leg, Reason.TRANSFERRED)

    def failed(self, call_id: str, reason: str) -> None:
        """What was asked last for the call did not come about; it is as it was before.

        Args:
            call_id: the call.
            reason: a machine word; a transfer's is put in words in the call's `transferError`.
        """
        with self._reported(call_id) as leg:
            if leg is not None:
                self._failed(leg, reason)

    def ended(self, call_id: str, reason: Reason | None = None) -> None:
        """The call is over: the far end's doing, or the confirmation of ours.

        Args:
            call_id: the call.
            reason: why; None means what its state suggests.
        """
        with self._reported(call_id, ended_too=True) as leg:
            if leg is None:
                return
            if leg.state is CallState.TERMINATED:
                self._forget(leg)
            elif not leg.ended:
                if reason is None:
                    unanswered = Reason.MISSED if leg.incoming else Reason.REJECTED
                    reason = unanswered if leg.answered_at is None else Reason.REMOTE_HANGUP
                self._release(leg, reason)

    def vanished(self, call_id: str) -> None:
        """The call is gone at once, without being shown as ended first."""
        with self._reported(call_id, ended_too=True) as leg:
            if leg is not None:
                if not leg.ended:
                    self._end(leg, CallState.NULL, Reason.VANISHED)
                self._forget(leg)

    def renumbered(self, call_id: str, number: str) -> None:
        """Somebody else is at the far end now."""
        with self._reported(call_id) as leg:
            if leg is not None:
                leg.number = number
                self._log(leg, "report", "renumbered")
                self._changed()

    def noted(self, call_id: str, note: str) -> None:
        """A remark about the call for whoever reads it."""
        with self._reported(call_id) as leg:
            if leg is not None:
                leg.note = note
                self._changed()

    def measured(self, call_id: str, quality: Quality) -> None:
        """How the call sounds now: shown when somebody asks, no news for those who follow."""
        with self._lock:
            leg = self._find(call_id)
            if leg is not None and not leg.ended:
                leg.quality = quality

    def recorded(self, call_id: str, on: bool) -> None:
        """The call is being recorded from now on, or no longer is."""
        with self._reported(call_id) as leg:
            if leg is not None:
                leg.recorded = on
                self._log(leg, "report", "recorded" if on else "not recorded")
                self._changed()

    @contextmanager
    def _reported(self, call_id: str, *, ended_too: bool = False) -> Iterator[Leg | None]:
        with self._lock:
            leg = self._find(call_id)
            yield leg if leg is None or ended_too or not leg.ended else None
            self._settle()
