"""Follows calls from one look at `/api/calls` to the next, and says what happened between them.

The phonebar uses its session ids again, so a session is not an identity. A call stays the same call
only while everything that a call cannot change stays the same; see `_same`.

Source: the Phonebar API page, "Behaviour of the look-alike SDK".
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from assistant.contract import CallEvent, EventKind, LiveCall
from phonebar.protocol import DIALLING, ENDED, Call, CallState

_PROGRESS = {
    CallState.NULL: 0,
    CallState.IDLE: 1,
    CallState.CONNECTING: 2,
    CallState.INCOMING: 2,
    CallState.ALERTING: 3,
    CallState.ACTIVE: 4,
    CallState.HOLDING: 4,
    CallState.RELEASED: 5,
    CallState.TERMINATED: 5,
}
"""How far along its life a call is; no call goes back."""

_ENDS = frozenset({EventKind.RELEASED, EventKind.MISSED, EventKind.ENDED})
_PLACED = DIALLING | {CallState.ACTIVE, CallState.HOLDING}

_SLACK = 3
"""Seconds by which a duration may lag behind the clock before it belongs to another call."""


@dataclass(frozen=True, slots=True)
class _Seen:
    live: LiveCall
    at: float
    told_end: EventKind | None
    """How its end has been announced, if it has."""
    ended_here: bool
    """We asked for its end, so it was not missed."""


class Tracker:
    """The calls that are followed. Not thread-safe: its owner serialises.

    Args:
        name_of: the directory's name for a number, or None.
    """

    def __init__(self, name_of: Callable[[str], str | None] = lambda _number: None) -> None:
        self._name_of = name_of
        self._seen: dict[str, _Seen] = {}
        self._first = True

    @property
    def calls(self) -> tuple[LiveCall, ...]:
        """Every call that the phonebar lists, by line."""
        return tuple(sorted((seen.live for seen in self._seen.values()), key=lambda c: c.line))

    def feed(self, calls: Iterable[Call], at: float) -> tuple[CallEvent, ...]:
        """Take in one answer of `/api/calls`.

        Args:
            calls: what it listed.
            at: when it was asked, Unix time in seconds.

        Returns:
            What happened since the answer before. After the very first one, only what is ringing.
        """
        events: list[CallEvent] = []
        now = {call.session_id: call for call in calls}
        for session, seen in list(self._seen.items()):
            if session not in now or not _same(seen, now[session], at):
                del self._seen[session]
                events += _gone(seen, at)
        for session, call in now.items():
            before = self._seen.get(session)
            seen = _Seen(
                self._live(call, before.live if before else None),
                at,
                before.told_end if before else None,
                ended_here=before.ended_here if before else False,
            )
            kinds = _steps(before.live if before else None, seen, first=self._first)
            told = next((kind for kind in kinds if kind in _ENDS), seen.told_end)
            self._seen[session] = replace(seen, told_end=told)
            events += [CallEvent(kind, seen.live, at) for kind in kinds]
        self._first = False
        return tuple(events)

    def ended_here(self, key: str) -> None:
        """Note that this side asked for the call's end, so that it does not count as missed."""
        for session, seen in self._seen.items():
            if seen.live.key == key:
                self._seen[session] = replace(seen, ended_here=True)

    def rename(self) -> None:
        """Look every name up again, after the directory changed."""
        for session, seen in self._seen.items():
            live = replace(seen.live, name=self._name_of(seen.live.number))
            self._seen[session] = replace(seen, live=live)

    def dump(self) -> list[dict[str, Any]]:
        """What another process needs to go on from here."""
        return [
            {
                **{name: getattr(seen.live, name) for name in LiveCall.__slots__},
                "at": seen.at,
                "told_end": seen.told_end,
                "ended_here": seen.ended_here,
            }
            for seen in self._seen.values()
        ]

    def load(self, dumped: Iterable[Mapping[str, Any]]) -> None:
        """Go on from what another process saw; what it cannot read is as if never seen."""
        for item in dumped:
            try:
                live = LiveCall(**{name: item[name] for name in LiveCall.__slots__})
                told = EventKind(item["told_end"]) if item["told_end"] else None
                seen = _Seen(live, float(item["at"]), told, bool(item["ended_here"]))
            except (KeyError, TypeError, ValueError):
                continue
            self._seen[live.session_id] = seen

    def _live(self, call: Call, old: LiveCall | None) -> LiveCall:
        answered = call.state in {CallState.ACTIVE, CallState.HOLDING}
        identity = call.text("callId")
        return LiveCall(
            key=old.key if old else identity or uuid.uuid4().hex,
            line=old.line if old else self._free_line(),
            session_id=call.session_id,
            number=call.number,
            state_id=call.state_id,
            incoming=call.incoming,
            duration=call.duration,
            answered=answered or (old.answered if old else False),
            name=old.name if old and old.number == call.number else self._name_of(call.number),
            call_id=identity,
            reason=call.text("reason"),
            note=call.text("note"),
            transfer_error=call.text("transferError"),
            referred=call.extra.get("referred") is True,
        )

    def _free_line(self) -> int:
        taken = {seen.live.line for seen in self._seen.values()}
        return next(line for line in range(1, len(taken) + 2) if line not in taken)


def _same(seen: _Seen, call: Call, at: float) -> bool:
    """Whether `call` is still the one that was seen under this session id."""
    old = seen.live
    identity = call.text("callId")
    if old.call_id is not None or identity is not None:
        return old.call_id == identity
    if old.incoming != call.incoming or old.number != call.number:
        return False
    was, now = old.state, call.state
    if was is not None and now is not None and _PROGRESS[now] < _PROGRESS[was]:
        return False
    if was is None or now is None or was in ENDED or not old.answered:
        return True
    if call.duration < old.duration - 1:
        return False
    steady = was is CallState.ACTIVE and now is CallState.ACTIVE and call.duration > 0
    return not steady or call.duration + _SLACK >= old.duration + (at - seen.at)


def _gone(seen: _Seen, at: float) -> list[CallEvent]:
    """What to announce for a call that is no longer listed."""
    if seen.told_end is None:
        missed = _was_missed(seen)
        return [CallEvent(EventKind.MISSED if missed else EventKind.ENDED, seen.live, at)]
    if seen.told_end is EventKind.RELEASED:
        return [CallEvent(EventKind.ENDED, seen.live, at, quiet=True)]
    return []


def _was_missed(seen: _Seen) -> bool:
    return seen.live.incoming and not seen.live.answered and not seen.ended_here


def _steps(old: LiveCall | None, seen: _Seen, *, first: bool) -> list[EventKind]:
    """What to announce for a call that was `old` and is now as `seen`."""
    live, state = seen.live, seen.live.state
    if seen.told_end is not None or (old is not None and old.state is state):
        return []
    if old is None and first:
        return [EventKind.INCOMING] if state is CallState.INCOMING else []
    steps: list[EventKind] = []
    if old is None or old.state is CallState.NULL:
        if state is CallState.INCOMING:
            steps.append(EventKind.INCOMING)
        elif not live.incoming and state in _PLACED:
            steps.append(EventKind.DIALING)
    answered_before = old is not None and old.answered
    if state is CallState.ALERTING:
        steps.append(EventKind.RINGING)
    elif state is CallState.ACTIVE:
        steps.append(EventKind.RESUMED if answered_before else EventKind.CONNECTED)
    elif state is CallState.HOLDING:
        steps += [EventKind.HELD] if answered_before else [EventKind.CONNECTED, EventKind.HELD]
    elif state is CallState.RELEASED:
        steps.append(EventKind.MISSED if _was_missed(seen) else EventKind.RELEASED)
    elif state is CallState.TERMINATED:
        steps.append(EventKind.ENDED)
    return steps
