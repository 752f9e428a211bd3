"""What the server and its telephone process tell each other: a JSON object a line.

A `Request` goes down to the child's standard input, an `Event` comes up from its standard output.
Calls are named by their `callId`, which is never used again.
"""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass, field
from typing import Any


class MessageError(ValueError):
    """A line that is no message."""


@dataclass(frozen=True, slots=True)
class Start:
    """Be this account; the first request, and the only one of its kind."""

    account: dict[str, Any] = field(repr=False)
    devices: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Place:
    """Dial a number."""

    call_id: str
    number: str
    until: float = 0.0
    """When it is too late for it, in seconds of `time.time`; 0: never."""


@dataclass(frozen=True, slots=True)
class Ask:
    """Something without further details for one call."""

    what: str
    """`answer`, `end`, `refuse` (it finds us busy), `hold`, `retrieve`, `mute`, `unmute`."""
    call_id: str


@dataclass(frozen=True, slots=True)
class Send:
    """Transfer a call to a number, or send a ringing one there unanswered."""

    what: str
    """`transfer` or `deflect`."""
    call_id: str
    number: str


@dataclass(frozen=True, slots=True)
class Join:
    """Something with two calls."""

    what: str
    """`attended` or `conference`."""
    call_id: str
    partner_id: str


@dataclass(frozen=True, slots=True)
class Dtmf:
    """Send tones (RFC 4733)."""

    call_id: str
    digits: str


@dataclass(frozen=True, slots=True)
class Hush:
    """Keep the microphone from every call, or let it be heard again; mute stays as it is."""

    on: bool


@dataclass(frozen=True, slots=True)
class Stop:
    """End every call, unregister, and leave."""


Request = Start | Place | Ask | Send | Join | Dtmf | Hush | Stop


@dataclass(frozen=True, slots=True)
class Ready:
    """The stack is up."""

    port: int
    """Where it listens."""
    codecs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Alive:
    """The thread that does everything goes on."""


@dataclass(frozen=True, slots=True)
class Registration:
    """Whether the registrar knows us."""

    registered: bool
    code: int
    """The SIP status, 0 when there was no answer."""
    reason: str
    seen: str = ""
    """Our address as the registrar sees it (RFC 3581: `received` and `rport`)."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """Somebody calls."""

    call_id: str
    number: str
    name: str


@dataclass(frozen=True, slots=True)
class Happened:
    """Something became of a call."""

    what: str
    """`connecting ringing answered held retrieved transferred failed ended`."""
    call_id: str
    code: int = 0
    """The SIP status behind it, if there was one."""
    reason: str = ""
    """A machine word for `failed`; the peer's words for `ended`."""


@dataclass(frozen=True, slots=True)
class Referred:
    """The far end of a call sends us on: another number is being dialled for it."""

    call_id: str
    new_id: str
    number: str


@dataclass(frozen=True, slots=True)
class Joined:
    """Two calls hear each other."""

    call_id: str
    partner_id: str


@dataclass(frozen=True, slots=True)
class Measured:
    """How a call sounds."""

    call_id: str
    quality: dict[str, Any]
    """The fields of `phonebar.quality.Quality`."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """A call is being recorded from now on, or no longer is though it goes on."""

    call_id: str
    on: bool


@dataclass(frozen=True, slots=True)
class Trouble:
    """The stack cannot go on, or could not start."""

    what: str


@dataclass(frozen=True, slots=True)
class TurnedAway:
    """A call did not come in, nor perhaps others since the last one of these."""

    why: str
    """`stranger`, `flood`, or `error`: something else went wrong, and it may have come in."""
    host: str
    """Where it came from."""


Event = (
    Ready
    | Alive
    | Registration
    | Incoming
    | Happened
    | Referred
    | Joined
    | Measured
    | Recorded
    | Trouble
    | TurnedAway
)

_KINDS: dict[str, type[Any]] = {
    kind.__name__: kind
    for kind in (
        *(Start, Place, Ask, Send, Join, Dtmf, Hush, Stop),
        *(Ready, Alive, Registration, Incoming, Happened, Referred, Joined, Measured),
        *(Recorded, Trouble, TurnedAway),
    )
}


def to_line(message: Request | Event) -> bytes:
    """The message as a line, with its end."""
    found = {"kind": type(message).__name__, **dataclasses.asdict(message)}
    return json.dumps(found, separators=(",", ":")).encode() + b"\n"


def from_line(line: bytes) -> Any:
    """The message of a line.

    Raises:
        MessageError: it is none.
    """
    try:
        found = json.loads(line)
        kind = _KINDS[found.pop("kind")]
        fields = {field.name: field.type for field in dataclasses.fields(kind)}
        if found.keys() - fields.keys():
            raise MessageError(f"unknown fields in {kind.__name__}")
        return kind(
            **{
                name: tuple(value) if isinstance(value, list) else value
                for name, value in found.items()
            }
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        # It may be a `Start`, which has the password: nothing of it is shown.
        raise MessageError(f"no message, {len(line)} bytes") from None
