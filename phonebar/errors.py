"""Why the line refuses a command; nothing was done in any of these.

    LineError                 status  when
    ├── BadNumber             400     no number, or one that cannot be dialled
    ├── BadDigits             400     tones that no telephone has
    ├── NoSuchCall            404     no call has that session id
    ├── WrongState            409     the call, or the line, is not in a state that allows it
    │   └── Busy              409     a call is being dialled already, or the line is full
    ├── Late                  410     the command's deadline has passed
    └── Stale                 412     the session now belongs to another call

Each message is a sentence that a person can act on. The numbers are HTTP status codes
(RFC 9110); the API page, "What our own server does where nothing is known", chose 400, 404, 409.
"""

from __future__ import annotations

from typing import ClassVar


class LineError(Exception):
    """A command was refused and nothing was done; the message says why."""

    status: ClassVar[int] = 409
    """The HTTP status that the server answers with."""
    slug: ClassVar[str] = "refused"
    """A machine-readable name."""
    title: ClassVar[str] = "Refused"


class BadNumber(LineError):
    """There is no number, or it cannot be dialled."""

    status = 400
    slug = "bad-number"
    title = "Not a number that can be dialled"


class BadDigits(LineError):
    """The tones to send are none that a telephone has."""

    status = 400
    slug = "bad-digits"
    title = "Not tones that can be sent"


class NoSuchCall(LineError):
    """No call has that session id."""

    status = 404
    slug = "no-such-call"
    title = "No such call"


class WrongState(LineError):
    """The call, or the line, is not in a state that allows the command."""

    slug = "wrong-state"
    title = "Not possible in this state"


class Busy(WrongState):
    """A call is being dialled already, or the line is full."""

    slug = "busy"
    title = "The line is busy"


class Late(LineError):
    """The command arrived after its deadline."""

    status = 410
    slug = "late"
    title = "Too late"


class Stale(LineError):
    """The session id now belongs to another call than the one that was meant."""

    status = 412
    slug = "stale"
    title = "Another call has this session now"
