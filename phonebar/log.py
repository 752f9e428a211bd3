"""What the line did: every accepted command, every change of state, and the calls that ended.

Kept in memory only, and bounded: it is for pages, tests and "what happened just now", and goes
when the phonebar goes.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from itertools import count
from typing import Any

from phonebar.quality import Quality

MAX_ENTRIES = 50_000
MAX_HISTORY = 1_000


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened."""

    seq: int
    """Counts up from 1."""
    at: float
    """Unix time in seconds."""
    kind: str
    """"command" (it was accepted and begun), "state" (a call's state changed) or "report"."""
    what: str
    """The command's name; the new state's name; the report."""
    call_id: str | None
    session: int | None
    number: str | None
    """The far end's number; for originate, transfer and deflect the one that was given."""
    key: str | None = None
    """The command's Idempotency-Key."""
    reason: str | None = None

    def to_json(self) -> dict[str, Any]:
        """As `/ext/v1/log` shows it."""
        return {
            "seq": self.seq,
            "at": self.at,
            "kind": self.kind,
            "what": self.what,
            "callId": self.call_id,
            "sessionId": self.session,
            "number": self.number,
            "key": self.key,
            "reason": self.reason,
        }


@dataclass(frozen=True, slots=True)
class Ended:
    """A call that is over."""

    call_id: str
    number: str
    incoming: bool
    started: float
    """Unix time in seconds, as are the next two."""
    answered: float | None
    ended: float
    duration: int
    """Whole seconds since it was answered."""
    reason: str
    quality: Quality | None = None
    """As it was last; None if nothing was measured."""

    def to_json(self) -> dict[str, Any]:
        """As `/ext/v1/history` shows it."""
        return {
            "callId": self.call_id,
            "number": self.number,
            "direction": "incoming" if self.incoming else "outgoing",
            "started": self.started,
            "answered": self.answered,
            "ended": self.ended,
            "duration": self.duration,
            "reason": self.reason,
            "quality": None if self.quality is None else self.quality.to_json(),
        }


class Log:
    """The entries and the history, oldest first; guarded by the line's lock."""

    def __init__(self) -> None:
        self._entries: deque[Entry] = deque(maxlen=MAX_ENTRIES)
        self._history: deque[Ended] = deque(maxlen=MAX_HISTORY)
        self._count = count(1)

    def add(
        self,
        at: float,
        kind: str,
        what: str,
        *,
        call_id: str | None = None,
        session: int | None = None,
        number: str | None = None,
        key: str | None = None,
        reason: str | None = None,
    ) -> None:
        """Note that something happened, at Unix time `at`."""
        self._entries.append(
            Entry(next(self._count), at, kind, what, call_id, session, number, key, reason)
        )

    def ended(self, call: Ended) -> None:
        """Note that a call is over."""
        self._history.append(call)

    def entries(self, since: int = 0) -> tuple[Entry, ...]:
        """The entries whose `seq` is greater than `since`."""
        return tuple(entry for entry in self._entries if entry.seq > since)

    def history(self) -> tuple[Ended, ...]:
        """The calls that are over."""
        return tuple(self._history)
