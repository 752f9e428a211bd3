"""Carries a plan out exactly once, and finds out what really happened.

Each request is journalled, then sent once. Only a request of which no byte left is tried again.
After any other failure the phonebar may have acted, so nothing is repeated: `/api/calls` is watched
for the effect for a bounded time.

    the effect is seen        done
    it is ruled out           failed
    the phonebar refused      failed
    neither, or out of sight  unknown
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from assistant.contract import LiveCall, Status
from assistant.effects import Sight, expectation, placed, sight, sight_after_crash
from assistant.journal import Entry, Journal
from assistant.phonebar import Guard, Phonebar, PhonebarError, Refused, Uncertain, Unreachable
from assistant.plan import Plan, Step
from assistant.watcher import Watcher
from phonebar.protocol import CallState

_EXPECTED_STATES = {
    "answer": (CallState.INCOMING,),
    "hold": (CallState.ACTIVE,),
    "resume": (CallState.HOLDING,),
    "transfer": (CallState.ACTIVE, CallState.INCOMING),
    "attended_transfer": (CallState.ACTIVE,),
}
"""Above all this keeps a hold from toggling the wrong way."""

_STATE_TELLS = frozenset({"answer", "hangup", "hold", "resume"})
"""Actions whose effect is a state that stands for itself, whatever the phonebar answered."""

_FIRST_PAUSE, _LONGEST_PAUSE = 0.02, 0.25
_TRIES = 3


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a plan: a status, the name of the message that tells it, what fills it."""

    status: Status
    message: str
    details: Mapping[str, Any] = field(default_factory=dict)


class Dispatcher:
    """The only one who sends commands to the phonebar.

    Args:
        client: the phonebar.
        watcher: whose looks at `/api/calls` show the effects.
        journal: where each request is noted before it is sent.
        verify_seconds: how long an effect is waited for.
        clock: Unix time in seconds.
    """

    def __init__(
        self,
        client: Phonebar,
        watcher: Watcher,
        journal: Journal,
        *,
        verify_seconds: float = 5.0,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._client, self._watcher, self._journal = client, watcher, journal
        self._verify_seconds = verify_seconds
        self._clock = clock
        self._pause = threading.Event()

    def execute(
        self, plan: Plan, command_id: str, deadline: float, now: tuple[LiveCall, ...]
    ) -> Outcome:
        """Carry out `plan`.

        Args:
            plan: resolved against `now`.
            command_id: the command's id; each request is named after it.
            deadline: Unix time in seconds after which nothing is sent.
            now: the calls as just seen.
        """
        with self._watcher.hurry():
            if len({step.action for step in plan.steps}) == 1 and len(plan.steps) > 1:
                return self._each(plan, command_id, deadline, now)
            done: list[Step] = []
            outcome = Outcome(Status.FAILED, "nothing_to_do")
            for number, step in enumerate(plan.steps):
                last = step is plan.steps[-1]
                outcome = self._step(step, f"{command_id}:{number}", deadline, now, last=last)
                if outcome.status is not Status.DONE:
                    earlier = {"earlier": tuple(done)} if done else {}
                    return replace(outcome, details={**outcome.details, **earlier})
                done.append(step)
                now = self._watcher.calls
            return replace(outcome, message=plan.message)

    def recover(self, entry: Entry) -> Outcome:
        """Find out what became of a command that a crash interrupted; never repeats it.

        Raises:
            PhonebarError: the phonebar cannot be asked now.
        """
        if entry.step is None:
            return Outcome(Status.FAILED, "interrupted_before")
        seen = sight_after_crash(entry.step, self._watcher.refresh())
        if seen is Sight.DONE and entry.step["last"]:
            return Outcome(Status.DONE, "recovered_done")
        if seen is Sight.NOT_DONE:
            return Outcome(Status.FAILED, "recovered_failed")
        return Outcome(Status.UNKNOWN, "recovered_unknown")

    def _each(
        self, plan: Plan, command_id: str, deadline: float, now: tuple[LiveCall, ...]
    ) -> Outcome:
        """Independent steps: one that fails does not keep the others from being done."""
        left: list[LiveCall] = []
        worst = Status.DONE
        for number, step in enumerate(plan.steps):
            last = step is plan.steps[-1]
            outcome = self._step(step, f"{command_id}:{number}", deadline, now, last=last)
            if outcome.status is not Status.DONE and step.call is not None:
                left.append(step.call)
                worst = (
                    Status.UNKNOWN if Status.UNKNOWN in {worst, outcome.status} else outcome.status
                )
            now = self._watcher.calls
        if left:
            return Outcome(worst, "some_left", {"calls": tuple(left), "n": len(left)})
        return Outcome(Status.DONE, plan.message, {"n": len(plan.steps)})

    def _step(
        self, step: Step, key: str, deadline: float, before: tuple[LiveCall, ...], *, last: bool
    ) -> Outcome:
        details = _details(step)
        for attempt in range(_TRIES):
            if attempt or not _is_fresh(step, before):
                try:
                    before = self._watcher.refresh()
                except PhonebarError:
                    continue
                if not _is_fresh(step, before):
                    if step.action == "hangup":  # it is gone, which is what was asked for
                        return Outcome(Status.DONE, "", details)
                    return Outcome(Status.FAILED, "changed_meanwhile", details)
            if self._clock() > deadline:
                return Outcome(Status.REFUSED, "too_late", details)
            expected = self._note(step, key, before, last=last)
            try:
                self._send(step, key, deadline)
            except Unreachable:
                self._pause.wait(_LONGEST_PAUSE)
                continue
            except Refused as refusal:
                return self._after_refusal(step, expected, details, str(refusal))
            except Uncertain:
                return self._verify(expected, details)
            return self._verify(expected, details)
        return Outcome(Status.FAILED, "unreachable", details)

    def _note(
        self, step: Step, key: str, before: tuple[LiveCall, ...], *, last: bool
    ) -> dict[str, Any]:
        number = step.party.number if step.party else None
        expected = expectation(step.action, before, step.call, step.partner, number)
        dial = step.action == "originate"
        command_id = key.rpartition(":")[0]
        self._journal.sending(command_id, {**expected, "last": last}, self._clock(), dial=dial)
        return expected

    def _send(self, step: Step, key: str, deadline: float) -> None:
        call, partner = step.call, step.partner
        named = [item for item in (call, partner) if item is not None]
        identities = tuple(item.call_id for item in named if item.call_id)
        guard = Guard(
            call_ids=identities if len(identities) == len(named) else (),
            states=tuple(int(state) for state in _EXPECTED_STATES.get(step.action, ())),
            key=key,
            # Once we no longer listen for the answer, it must not be carried out any more.
            deadline=min(deadline, self._clock() + self._client.read_timeout),
        )
        if call is not None and (step.action == "hangup" or call.state is CallState.INCOMING):
            self._watcher.ended_here(call.key)
        session = call.session_id if call else ""
        if step.action == "originate" and step.party:
            self._client.originate(step.party.number, guard)
        elif step.action == "answer":
            self._client.answer(session, guard)
        elif step.action == "hangup":
            self._client.hangup(session, guard)
        elif step.action in {"hold", "resume"}:
            self._client.hold(session, guard)
        elif step.action == "transfer" and step.party:
            self._client.transfer(step.party.number, session, guard)
        elif step.action == "attended_transfer" and partner:
            self._client.attended_transfer(session, partner.session_id, guard)
        elif step.action == "conference":
            self._client.conference(guard)
        else:
            raise ValueError(f"no such step: {step}")

    def _verify(self, expected: Mapping[str, Any], details: Mapping[str, Any]) -> Outcome:
        """Watch for the effect of a request that was sent."""
        until = time.monotonic() + self._verify_seconds
        pause = _FIRST_PAUSE
        visible = False
        while True:
            try:
                now = self._watcher.refresh()
                visible, seen = True, sight(expected, now)
            except PhonebarError:
                visible, seen = False, Sight.OPEN
            if visible and seen is Sight.DONE:
                return Outcome(Status.DONE, "", {**details, **_made(expected, now)})
            if visible and seen is Sight.NOT_DONE:
                return self._ruled_out(expected, details, now)
            if (visible and seen is Sight.BLURRED) or time.monotonic() >= until:
                break
            self._pause.wait(pause)
            pause = min(pause * 1.5, _LONGEST_PAUSE)
        message = "unknown_effect" if visible else "unknown_unseen"
        return Outcome(Status.UNKNOWN, message, {**details, "calls": self._watcher.calls})

    def _ruled_out(
        self, expected: Mapping[str, Any], details: Mapping[str, Any], now: tuple[LiveCall, ...]
    ) -> Outcome:
        call = next((item for item in now if item.key == expected["call"]), None)
        if call is not None and call.transfer_error:
            return Outcome(
                Status.FAILED, "transfer_failed", {**details, "why": call.transfer_error}
            )
        return Outcome(Status.FAILED, "ended_before", details)

    def _after_refusal(
        self, step: Step, expected: Mapping[str, Any], details: Mapping[str, Any], why: str
    ) -> Outcome:
        """The phonebar says no; but what is asked for may be so all the same."""
        if step.action in _STATE_TELLS:
            try:
                now = self._watcher.refresh()
            except PhonebarError:
                now = None
            if now is not None and sight(expected, now) is Sight.DONE:
                return Outcome(Status.DONE, "", details)
        return Outcome(Status.FAILED, "phonebar_refused", {**details, "why": why})


def _details(step: Step) -> dict[str, Any]:
    found = {"who": step.call, "to": step.party or step.partner}
    if step.call is None:
        found["who"] = step.party
    return {name: value for name, value in found.items() if value is not None} | {
        "action": step.action
    }


def _made(expected: Mapping[str, Any], now: tuple[LiveCall, ...]) -> dict[str, Any]:
    """The call that was placed, with what the phonebar says of it."""
    call = placed(expected, now) if expected["action"] == "originate" else None
    return {"who": call, "note": call.note or ""} if call else {}


def _is_fresh(step: Step, calls: tuple[LiveCall, ...]) -> bool:
    """Whether the calls that the step is about are still there, in a state that it fits."""
    wanted = _EXPECTED_STATES.get(step.action)
    for item in (step.call, step.partner):
        if item is None:
            continue
        now = next((call for call in calls if call.key == item.key and not call.ended), None)
        if now is None:
            return False
        if item is step.call and wanted and now.state not in wanted:
            return False
    return True
