"""The telephone line: what can be asked of its calls, checked before anything is done.

Each command checks, asks the backend, and returns what the calls look like at once; nothing
here assumes that what was asked for succeeds, or when. `phonebar.board` holds the calls,
`phonebar.reports` hears from the backend what became of it, `phonebar.rules` knows what is
possible when.

Source: the API page, "Behaviour of the look-alike SDK" and "What our own server does where
nothing is known". Errors: the tree in `phonebar.errors`; nothing was done in any of them.

    LineError ── BadNumber, BadDigits, NoSuchCall, WrongState ── Busy, Late, Stale
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence

from phonebar.backend import Backend
from phonebar.board import MAX_CALLS, Status
from phonebar.clock import Clock
from phonebar.errors import BadDigits, BadNumber, Busy, WrongState
from phonebar.guard import UNGUARDED, Guard
from phonebar.leg import Leg, Operation, Reason
from phonebar.protocol import MAX_NUMBER_LENGTH, Call, CallState, is_number
from phonebar.reports import Reports
from phonebar.rules import Action, active, partners, says, why_no_conference, why_not

_DIGITS = re.compile(r"[0-9A-D*#]{1,32}", re.ASCII)


class Line(Reports):
    """The calls of one telephone, and what can be asked of them. Thread-safe and quick.

    Args:
        backend: the far ends; it is told here where to report to.
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
        super().__init__(backend, clock=clock, max_calls=max_calls, wall=wall)
        backend.attach(self)

    def set_status(self, status: Status, guard: Guard = UNGUARDED) -> Status:
        """Say whether the person takes calls."""
        with self._lock:
            guard.check_time(self._wall())
            self._status = status
            self.log.add(self.clock.now(), "command", f"status {status}", key=guard.key)
            self._changed()
            return self._status

    def originate(self, number: str, guard: Guard = UNGUARDED) -> Call:
        """Dial `number`; an active call is put on hold first.

        Raises:
            BadNumber: it cannot be dialled.
            Busy: another call is being dialled, or there are as many calls as there may be.
            LineError: the guard's conditions do not hold.
        """
        with self._lock:
            self._guard(guard, [])
            _require_number(number)
            for other in self._legs.values():
                if other.dialling:
                    raise Busy(f"{says(other)}; wait for that, or hang it up.")
            if self._living() >= self.max_calls:
                raise Busy(f"There are {self.max_calls} calls already; end one first.")
            leg = self._new(number, incoming=False)
            self._accept("originate", [leg], guard, number)
            self._log_state(leg)
            self._after_room(
                leg, lambda: self._place(leg), lambda: self._release(leg, Reason.HOLD_FAILED)
            )
            return self._view(leg)

    def answer(self, session: int | None = None, guard: Guard = UNGUARDED) -> Call:
        """Answer a ringing call, by default the one that rings longest.

        An active call is put on hold first.

        Raises:
            LineError: nothing rings, there is no such call, it is in another state, or the
                guard's conditions do not hold.
        """
        with self._lock:
            if session is None:
                ringing = [leg for leg in self._legs.values() if leg.state is CallState.INCOMING]
                free = [leg for leg in ringing if leg.pending is None] or ringing
                if not free:
                    raise WrongState("No call is ringing here, so there is none to answer.")
                leg = min(free, key=lambda leg: leg.started_at)
            else:
                leg = self._leg(session)
            self._permit(Action.ANSWER, leg, guard)
            self._accept("answer", [leg], guard)
            self._pend(leg, Operation.ANSWER)
            self._after_room(
                leg, lambda: self.backend.answer(leg.call_id), lambda: self._unpend(leg)
            )
            return self._view(leg)

    def hangup(self, session: int, guard: Guard = UNGUARDED) -> Call:
        """End a call: hang up, cancel the dialling, or decline the ringing one.

        Raises:
            LineError: there is no such call, it has ended, or the guard's conditions do not hold.
        """
        return self._hangup(Action.HANGUP, session, guard)

    def reject(self, session: int, guard: Guard = UNGUARDED) -> Call:
        """Decline a ringing incoming call.

        Raises:
            LineError: there is no such call, it does not ring, or the guard's conditions do not
                hold.
        """
        return self._hangup(Action.REJECT, session, guard)

    def hangup_all(self, guard: Guard = UNGUARDED) -> tuple[Call, ...]:
        """End every call that has not ended, ringing ones too; none is not an error.

        Raises:
            LineError: the guard's conditions do not hold for the calls that live now.
        """
        with self._lock:
            legs = [leg for leg in self._legs.values() if not leg.ended]
            self._guard(guard, legs, ordered=False)
            self._accept("hangup", legs, guard)
            for leg in legs:
                self._terminate(leg)
            return tuple(self._view(leg) for leg in legs)

    def hold_toggle(self, session: int | None = None, guard: Guard = UNGUARDED) -> Call:
        """Put an active call on hold, or take one on hold back: the vendor's `/api/hold`.

        By default it is the active call, or, when none is active, the only one on hold.

        Raises:
            LineError: there is no such call, it is in another state, it is not clear which is
                meant, or the guard's conditions do not hold.
        """
        with self._lock:
            leg = self._the_active(hold=True) if session is None else self._leg(session)
            held = leg.state is CallState.HOLDING
            return self._hold(Action.RESUME if held else Action.HOLD, leg, guard)

    def hold(self, session: int, guard: Guard = UNGUARDED) -> Call:
        """Put an active call on hold; never the other way round.

        Raises:
            LineError: there is no such call, it is not active, or the guard's conditions do not
                hold.
        """
        with self._lock:
            return self._hold(Action.HOLD, self._leg(session), guard)

    def resume(self, session: int, guard: Guard = UNGUARDED) -> Call:
        """Take a call off hold; an active call is put on hold first.

        Raises:
            LineError: there is no such call, it is not on hold, or the guard's conditions do not
                hold.
        """
        with self._lock:
            return self._hold(Action.RESUME, self._leg(session), guard)

    def transfer(
        self,
        number: str,
        session: int | None = None,
        guard: Guard = UNGUARDED,
        *,
        ringing_too: bool = False,
    ) -> Call:
        """Send a call to `number` without asking there first (blind transfer).

        Args:
            number: where to.
            session: the call; by default the active one.
            guard: conditions.
            ringing_too: deflect the call when it is still ringing here, as the vendor's does.

        Raises:
            LineError: the number cannot be dialled, there is no such call, it is in another
                state, or the guard's conditions do not hold.
        """
        with self._lock:
            _require_number(number)
            leg = self._the_active() if session is None else self._leg(session)
            if ringing_too and leg.state is CallState.INCOMING:
                return self.deflect(leg.session, number, guard)
            self._permit(Action.TRANSFER, leg, guard)
            self._accept("transfer", [leg], guard, number)
            self._pend(leg, Operation.TRANSFER)
            self.backend.transfer(leg.call_id, number)
            return self._view(leg)

    def deflect(self, session: int, number: str, guard: Guard = UNGUARDED) -> Call:
        """Send a ringing incoming call to `number` unanswered.

        Raises:
            LineError: the number cannot be dialled, there is no such call, it does not ring
                here, or the guard's conditions do not hold.
        """
        with self._lock:
            _require_number(number)
            leg = self._leg(session)
            self._permit(Action.DEFLECT, leg, guard)
            self._accept("deflect", [leg], guard, number)
            self._pend(leg, Operation.TRANSFER)
            self.backend.deflect(leg.call_id, number)
            return self._view(leg)

    def attended_transfer(
        self, session: int, partner: int, guard: Guard = UNGUARDED
    ) -> tuple[Call, Call]:
        """Connect two far ends with each other, and leave.

        Args:
            session: the active call.
            partner: the one on hold.
            guard: conditions; the expected state is that of `session`.

        Raises:
            LineError: there is no such call, one is in another state, or the guard's conditions
                do not hold.
        """
        with self._lock:
            leg, other = self._leg(session), self._leg(partner)
            guard.check_time(self._wall())
            guard.check_calls([leg, other])
            guard.check_states([leg])
            self._require(Action.ATTENDED, leg)
            if other not in partners(self._legs.values()):
                raise WrongState(f"{says(other)}; the second call of a transfer must be on hold.")
            self._accept("attended", [leg, other], guard)
            self._pend(leg, Operation.TRANSFER)
            self._pend(other, Operation.TRANSFER)
            self.backend.attended(leg.call_id, other.call_id)
            return self._view(leg), self._view(other)

    def conference(
        self, sessions: tuple[int, int] | None = None, guard: Guard = UNGUARDED
    ) -> tuple[Call, Call]:
        """Join the active call and one on hold.

        Args:
            sessions: the two, in any order; may be left out when only one is on hold.
            guard: conditions; the two calls may be named in any order.

        Raises:
            LineError: there is not exactly one active call and one on hold to join it with, it
                is not clear which, or the guard's conditions do not hold.
        """
        with self._lock:
            legs = self._legs.values()
            named = [self._leg(session) for session in sessions] if sessions else []
            guard.check_time(self._wall())
            if why := why_no_conference(None, legs):
                raise WrongState(why)
            talking, held = active(legs)[0], partners(legs)
            if named:
                held = [leg for leg in named if leg is not talking]
                if talking not in named or len(held) != 1:
                    raise WrongState(
                        "A conference joins the active call and one on hold: "
                        f"call {talking.session} is the active one."
                    )
            elif len(held) > 1:
                raise WrongState("More than one call is on hold; say which one is to join.")
            other = held[0]
            self._guard(guard, [talking, other], ordered=False)
            for leg in (talking, other):
                self._require(Action.CONFERENCE, leg)
            self._accept("conference", [talking, other], guard)
            self._pend(talking, Operation.CONFERENCE)
            self._pend(other, Operation.CONFERENCE)
            self.backend.conference(talking.call_id, other.call_id)
            return self._view(talking), self._view(other)

    def mute(self, session: int, muted: bool = True, guard: Guard = UNGUARDED) -> Call:
        """Keep the microphone from the far end, or with `muted` False let it be heard again.

        Raises:
            LineError: there is no such call, it is not connected, it is so already, or the
                guard's conditions do not hold.
        """
        with self._lock:
            leg = self._leg(session)
            action = Action.MUTE if muted else Action.UNMUTE
            self._permit(action, leg, guard)
            self._accept(action, [leg], guard)
            leg.muted = muted
            self.backend.mute(leg.call_id, muted)
            self._changed()
            return self._view(leg)

    def dtmf(self, session: int, digits: str, guard: Guard = UNGUARDED) -> Call:
        """Send tones: digits, `*`, `#`, A to D, 32 at most.

        Raises:
            LineError: they are no tones, there is no such call, it is not active, or the
                guard's conditions do not hold.
        """
        with self._lock:
            if not _DIGITS.fullmatch(digits):
                raise BadDigits("Tones are digits, * and #, and the letters A to D: 1 to 32.")
            leg = self._leg(session)
            self._permit(Action.DTMF, leg, guard)
            self._accept("dtmf", [leg], guard)
            self.backend.dtmf(leg.call_id, digits)
            return self._view(leg)

    def keep_microphone(self, seconds: float, guard: Guard = UNGUARDED) -> bool:
        """Keep the microphone from every far end for so many seconds, or with 0 no more."""
        with self._lock:
            guard.check_time(self._wall())
            return self.hush.lease(seconds)

    def _hangup(self, action: Action, session: int, guard: Guard) -> Call:
        with self._lock:
            leg = self._leg(session)
            self._permit(action, leg, guard)
            self._accept(action, [leg], guard)
            self._terminate(leg)
            return self._view(leg)

    def _hold(self, action: Action, leg: Leg, guard: Guard) -> Call:
        self._permit(action, leg, guard)
        self._accept(action, [leg], guard)
        if action is Action.HOLD:
            self._ask_hold(leg)
        else:
            self._pend(leg, Operation.RESUME)
            self._after_room(
                leg, lambda: self.backend.retrieve(leg.call_id), lambda: self._unpend(leg)
            )
        return self._view(leg)

    def _the_active(self, *, hold: bool = False) -> Leg:
        """The call that is meant when none is named."""
        legs = self._legs.values()
        found = active(legs)
        if not found and hold:
            found = [leg for leg in legs if leg.state is CallState.HOLDING]
            if not found:
                raise WrongState("No call is active or on hold.")
        if not found:
            raise WrongState("No call is active; name the session of the call that is meant.")
        if len(found) > 1:
            which = ", ".join(str(leg.session) for leg in found)
            raise WrongState(f"More than one call could be meant ({which}); name its session.")
        return found[0]

    def _guard(self, guard: Guard, legs: Sequence[Leg], *, ordered: bool = True) -> None:
        guard.check_time(self._wall())
        guard.check_calls(legs, ordered=ordered)
        guard.check_states(legs)

    def _permit(self, action: Action, leg: Leg, guard: Guard) -> None:
        self._guard(guard, [leg])
        self._require(action, leg)

    def _require(self, action: Action, leg: Leg) -> None:
        if why := why_not(action, leg, self._legs.values()):
            raise WrongState(why)

    def _accept(
        self, what: str, legs: Sequence[Leg], guard: Guard, number: str | None = None
    ) -> None:
        for leg in legs:
            self.log.add(
                self.clock.now(),
                "command",
                str(what),
                call_id=leg.call_id,
                session=leg.session,
                number=leg.number if number is None else number,
                key=guard.key,
            )


def _require_number(number: str) -> None:
    if not number:
        raise BadNumber("Which number? Give one: digits, * and #, with a leading + if need be.")
    if not is_number(number):
        raise BadNumber(
            f"{number[:40]!r} cannot be dialled: 1 to {MAX_NUMBER_LENGTH} digits, * and #, "
            "with a leading + if need be."
        )
