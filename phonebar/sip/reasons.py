"""What a SIP status means for a call.

Source: RFC 3261 section 21.
"""

from __future__ import annotations

from phonebar.leg import Reason

_REASONS = {
    403: Reason.FORBIDDEN,
    404: Reason.UNKNOWN_NUMBER,
    408: Reason.UNREACHABLE,
    410: Reason.UNKNOWN_NUMBER,
    480: Reason.UNREACHABLE,
    484: Reason.UNKNOWN_NUMBER,
    485: Reason.UNKNOWN_NUMBER,
    486: Reason.BUSY,
    488: Reason.UNREACHABLE,
    600: Reason.BUSY,
    603: Reason.REJECTED,
    604: Reason.UNKNOWN_NUMBER,
    606: Reason.UNREACHABLE,
}


def reason_of(code: int, *, rang: bool) -> Reason | None:
    """Why a call that was placed here did not come about; None where its state says it.

    Args:
        code: the final status.
        rang: the far end has rung before.
    """
    if code in {408, 480} and rang:
        return Reason.NO_ANSWER
    if code in {401, 407}:  # again after our credentials: they are wrong
        return Reason.FORBIDDEN
    if code in _REASONS:
        return _REASONS[code]
    if 300 <= code < 400 or 500 <= code < 600:
        return Reason.UNREACHABLE
    if code >= 400 and code != 487:  # 487: it was cancelled, and whoever did that knows
        return Reason.REJECTED
    return None
