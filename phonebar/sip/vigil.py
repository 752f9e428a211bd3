"""Whether the far end of a call is still there: the silent are asked, who says nothing is gone.

Sound that stops is no proof: some telephones send none while nobody talks, or on hold. A request
within the call is (OPTIONS, RFC 3261 section 11), for any answer means that somebody has the call.
"""

from __future__ import annotations

PATIENCE = 8.0
"""Seconds to wait for the answer: four retransmissions over UDP."""


class Vigil:
    """Watches over one call.

    Args:
        silence: seconds without sound after which the far end is asked; 0 for never.
        now: seconds that never go back, when the call was answered.
    """

    def __init__(self, silence: float, now: float) -> None:
        self._silence = silence
        self._received = 0
        self._sign = now
        self._asked: float | None = None

    def look(self, received: int, now: float) -> str:
        """What is to be done: `ask`, `gone`, or nothing.

        Args:
            received: packets of sound so far.
            now: seconds.
        """
        if received != self._received:
            self._received = received
            self.sign(now)
        if not self._silence:
            return ""
        if self._asked is not None:
            return "gone" if now - self._asked >= PATIENCE else ""
        if now - self._sign < self._silence:
            return ""
        self._asked = now
        return "ask"

    def sign(self, now: float) -> None:
        """The far end is there."""
        self._sign, self._asked = now, None
