"""What travels between a phonebar and its clients: call states, calls, and their JSON.

The vendor publishes neither success nor error bodies, so reading is tolerant (an array or a
wrapped one, any of the usual spellings of a field) and writing is exact (five names, then ours).

Source: the vendor's Phonebar API page (state ids) and what public clients of it read.

    ProtocolError(ValueError)   a body that no phonebar would send
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

DEFAULT_PORT = 9888
MAX_NUMBER_LENGTH = 32

_NUMBER = re.compile(r"\+?[0-9*#]{1,32}", re.ASCII)
_CLOCK = re.compile(r"(?:(\d{1,4}):)?(\d{1,4}):(\d{1,2})(?:\.\d+)?", re.ASCII)


class ProtocolError(ValueError):
    """A body that no phonebar would send; the message says what was wrong with it."""


class CallState(IntEnum):
    """The vendor's call status ids."""

    NULL = 0
    IDLE = 1
    CONNECTING = 2
    """Outbound call in progress."""
    ALERTING = 4
    """The called number is ringing."""
    ACTIVE = 8
    RELEASED = 16
    """The channel was released, e.g. because the far end hung up or a transfer completed."""
    INCOMING = 32
    """An incoming call is ringing here."""
    HOLDING = 64
    TERMINATED = 128
    """Hung up from this side."""


ENDED = frozenset({CallState.NULL, CallState.RELEASED, CallState.TERMINATED})
DIALLING = frozenset({CallState.IDLE, CallState.CONNECTING, CallState.ALERTING})


@dataclass(frozen=True, slots=True)
class Call:
    """One call as `/api/calls` shows it."""

    session_id: str
    """The phonebar's handle: small, and used again after the call ends."""
    number: str
    """The other party's number, as the phonebar writes it."""
    state_id: int
    """The raw state id, kept even when it is none that we know."""
    incoming: bool
    duration: int = 0
    """Whole seconds, as the phonebar counts them."""
    extra: Mapping[str, Any] = field(default_factory=dict)
    """Fields beyond the five, under the names they came with."""

    @property
    def state(self) -> CallState | None:
        """The state, or None for an id that is not in the vendor's table."""
        try:
            return CallState(self.state_id)
        except ValueError:
            return None

    def text(self, name: str) -> str | None:
        """A further field that is a text: our `callId` (never used again), `reason`, `note`."""
        value = self.extra.get(name)
        return value if isinstance(value, str) and value else None

    def to_json(self) -> dict[str, Any]:
        """The five documented fields, then ours."""
        numeric = self.session_id.isascii() and self.session_id.isdigit()
        return {
            "sessionId": int(self.session_id) if numeric else self.session_id,
            "callingNumber": self.number,
            "duration": self.duration,
            "stateId": self.state_id,
            "incoming": self.incoming,
            **self.extra,
        }


def is_number(text: str) -> bool:
    """Whether `text` can be dialled: digits, `*`, `#`, one leading `+`, 1 to 32 characters."""
    return len(text) <= MAX_NUMBER_LENGTH and _NUMBER.fullmatch(text) is not None and text != "+"


def calls_from_json(body: object) -> tuple[Call, ...]:
    """Read the body of `/api/calls`.

    Args:
        body: decoded JSON: an array of calls, or an object that holds one under `calls`.

    Raises:
        ProtocolError: the body is of another shape, or a call in it has no session or no state.
    """
    if isinstance(body, Mapping):
        inner = _pick(_folded(body), "calls", "activecalls", "data", "result")
        if inner is None:
            raise ProtocolError("an object without a list of calls")
        body = inner
    if not isinstance(body, list):
        raise ProtocolError(f"expected a list of calls, got {type(body).__name__}")
    calls = tuple(call_from_json(item) for item in body)
    if len({call.session_id for call in calls}) != len(calls):
        raise ProtocolError("two calls with the same session id")
    return calls


_SESSION = ("sessionid", "session", "id")
_STATE = ("stateid", "state", "status", "statusid", "callstate")
_NUMBERS = ("callingnumber", "number", "callernumber", "phonenumber", "remotenumber")
_INCOMING = ("incoming", "isincoming", "inbound")
_DURATION = ("duration", "callduration")


def call_from_json(item: object) -> Call:
    """Read one call, whatever the spelling of its fields.

    Raises:
        ProtocolError: it is no object, or lacks a session or a state id.
    """
    if not isinstance(item, Mapping):
        raise ProtocolError(f"expected a call, got {type(item).__name__}")
    fields = _folded(item)
    state_id = _state_id(fields)
    known = {*_SESSION, *_NUMBERS, *_DURATION, *_INCOMING, "stateid"}
    incoming = _pick(fields, *_INCOMING)
    direction = str(fields.get("direction", "")).lower()
    return Call(
        session_id=_session_id(_pick(fields, *_SESSION)),
        number=_text(_pick(fields, *_NUMBERS)),
        state_id=state_id,
        incoming=_flag(incoming)
        if incoming is not None
        else direction in {"in", "incoming", "inbound"} or state_id == CallState.INCOMING,
        duration=_seconds(_pick(fields, *_DURATION)),
        extra={str(name): value for name, value in item.items() if _fold(str(name)) not in known},
    )


def session_from_answer(body: object) -> str | None:
    """The session id in originate's answer, when there is one; never raises."""
    if isinstance(body, list) and len(body) == 1:
        body = body[0]
    if not isinstance(body, Mapping):
        return None
    try:
        return _session_id(_pick(_folded(body), *_SESSION))
    except ProtocolError:
        return None


def _fold(name: str) -> str:
    return name.replace("_", "").replace("-", "").lower()


def _folded(body: Mapping[Any, Any]) -> dict[str, Any]:
    folded: dict[str, Any] = {}
    for name, value in body.items():
        folded.setdefault(_fold(str(name)), value)
    return folded


def _pick(fields: Mapping[str, Any], *names: str) -> Any:
    return next((fields[name] for name in names if fields.get(name) is not None), None)


def _session_id(value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, int | str | float):
        raise ProtocolError("a call without a session id")
    if isinstance(value, float):
        if not value.is_integer():
            raise ProtocolError("a session id that is no whole number")
        value = int(value)
    text = str(value).strip()
    # It becomes part of a URL's path: letters, digits, dot, dash and underscore, nothing else.
    if not re.fullmatch(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}", text, re.ASCII):
        raise ProtocolError("a session id that could not stand in a URL")
    return text


def _state_id(fields: Mapping[str, Any]) -> int:
    for name in _STATE:
        value = fields.get(name)
        if isinstance(value, bool) or value is None:
            continue
        if isinstance(value, int):
            return value
        if isinstance(value, float) and value.is_integer():
            return int(value)
        if isinstance(value, str):
            text = value.strip()
            if re.fullmatch(r"-?[0-9]{1,9}", text, re.ASCII):
                return int(text)
            if text.upper() in CallState.__members__:
                return int(CallState[text.upper()])
    raise ProtocolError("a call without a state id")


def _text(value: object) -> str:
    if isinstance(value, str):
        return value.strip()[:128]
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value) if abs(value) < 10**40 else ""
    return ""


def _flag(value: object) -> bool:
    if isinstance(value, str):
        return value.strip().lower() in {"true", "1", "yes", "in", "incoming"}
    return bool(value)


def _seconds(value: object) -> int:
    if isinstance(value, bool):
        return 0
    if isinstance(value, int | float):
        return max(0, min(int(value), 10**9)) if math.isfinite(value) else 0
    if isinstance(value, str):
        clock = _CLOCK.fullmatch(value.strip())
        if clock:
            hours, minutes, seconds = (int(part or 0) for part in clock.groups())
            return hours * 3600 + minutes * 60 + seconds
        if re.fullmatch(r"[0-9]{1,9}(\.[0-9]+)?", value.strip(), re.ASCII):
            return int(float(value))
    return 0
