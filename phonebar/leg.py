"""One call from inside the line: its state and what is being asked for it, and its JSON.

`protocol.Call` is what others see of it; a `Leg` changes, a `Call` never does.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from uuid import uuid4

from phonebar.clock import Timer
from phonebar.protocol import DIALLING, ENDED, Call, CallState
from phonebar.quality import Quality


class Reason(StrEnum):
    """Why a call ended: the machine words of the `reason` field."""

    HANGUP = "hangup"
    """Ended here, after it was answered."""
    CANCELLED = "cancelled"
    """Ended here, before the far end answered."""
    DECLINED = "declined"
    """An incoming call, refused here while it rang."""
    REMOTE_HANGUP = "remote_hangup"
    """The far end hung up, after it was answered."""
    MISSED = "missed"
    """The caller gave up before it was answered here."""
    NO_ANSWER = "no_answer"
    """It rang for the longest time, and nobody answered."""
    BUSY = "busy"
    REJECTED = "rejected"
    """The far end refused the call."""
    UNKNOWN_NUMBER = "unknown_number"
    UNREACHABLE = "unreachable"
    FORBIDDEN = "forbidden"
    """The network does not allow us to make it."""
    TRANSFERRED = "transferred"
    """It goes on elsewhere, without us; deflected calls too."""
    HOLD_FAILED = "hold_failed"
    """It was never dialled, because the active call could not be put on hold."""
    VANISHED = "vanished"
    """It was gone, without a word from the far end."""
    TELEPHONE_LOST = "telephone_lost"
    """The telephone stack broke down, and the call with it."""


class Operation(StrEnum):
    """What has been asked of the backend and not been confirmed yet."""

    ANSWER = "answered"
    HOLD = "put on hold"
    RESUME = "taken off hold"
    TRANSFER = "transferred"
    CONFERENCE = "joined in a conference"


@dataclass(slots=True, eq=False)
class Leg:
    """A call and all the line knows of it; guarded by the line's lock."""

    session: int
    number: str
    incoming: bool
    started_at: float
    """Unix time in seconds."""
    state: CallState = CallState.IDLE
    call_id: str = field(default_factory=lambda: uuid4().hex)
    answered_at: float | None = None
    """Unix time in seconds."""
    answered_ticks: float | None = None
    ended_ticks: float | None = None
    muted: bool = False
    conference: bool = False
    recorded: bool = False
    referred: bool = False
    """Dialled because the far end of another call sent us on, not because somebody here asked."""
    reason: Reason | None = None
    pending: Operation | None = None
    known: bool = False
    """The backend has heard of it: otherwise there is nothing for it to end."""
    note: str | None = None
    transfer_error: str | None = None
    quality: Quality | None = None
    """As the backend measured it last."""
    timer: Timer | None = None
    """Ends the ringing, or takes an ended call off the list."""
    patience: Timer | None = None
    """Ends the wait for the backend's word on `pending`."""

    @property
    def ended(self) -> bool:
        """It is over, though it may still be shown."""
        return self.state in ENDED

    @property
    def dialling(self) -> bool:
        """It was placed from here and has not been answered."""
        return not self.incoming and self.state in DIALLING

    def duration(self, ticks: float) -> int:
        """Whole seconds since it was answered, 0 before; it stands still once it has ended."""
        if self.answered_ticks is None:
            return 0
        end = ticks if self.ended_ticks is None else self.ended_ticks
        return max(0, int(end - self.answered_ticks))

    def view(self, ticks: float) -> Call:
        """The call as `/api/calls` shows it, at that moment of the clock."""
        extra: dict[str, Any] = {
            "callId": self.call_id,
            "state": self.state.name.lower(),
            "startedAt": self.started_at,
            "answeredAt": self.answered_at,
            "muted": self.muted,
            "reason": None if self.reason is None else self.reason.value,
            "conference": self.conference,
        }
        if self.recorded:
            extra["recorded"] = True
        if self.referred:
            extra["referred"] = True
        if self.note is not None:
            extra["note"] = self.note
        if self.transfer_error is not None:
            extra["transferError"] = self.transfer_error
        if self.quality is not None:
            extra["quality"] = self.quality.to_json()
        return Call(
            session_id=str(self.session),
            number=self.number,
            state_id=int(self.state),
            incoming=self.incoming,
            duration=self.duration(ticks),
            extra=extra,
        )
