"""The calls, looked at once a second: how they sound, and whether their far ends are there."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict
from typing import TYPE_CHECKING

import pjsua2 as pj

from phonebar.sip.measuring import measured
from phonebar.sip.messages import Measured
from phonebar.sip.mixing import has_sound
from phonebar.sip.vigil import Vigil

if TYPE_CHECKING:
    from phonebar.sip.callbacks import Leg

LOOK_SECONDS = 1.0


class Watch:
    """Whoever looks.

    Args:
        silence: seconds without sound after which a far end is asked whether it is there; 0: never.
        tell: takes how each call sounds.
        gone: told whose far end has vanished.
    """

    def __init__(
        self, silence: float, tell: Callable[[Measured], None], gone: Callable[[Leg], None]
    ) -> None:
        self._silence, self._tell, self._gone = silence, tell, gone
        self._looked = 0.0

    def look(self, legs: Iterable[Leg], now: float) -> None:
        """Look, unless that was less than a second ago.

        Args:
            legs: the calls.
            now: of `time.monotonic`, in seconds.
        """
        if now - self._looked < LOOK_SECONDS:
            return
        self._looked = now
        for leg in tuple(legs):
            if not leg.confirmed or leg.over:
                continue
            if has_sound(leg):
                found = measured(leg)
                leg.received = found.received
                self._tell(Measured(leg.call_id, asdict(found)))
            self._look_after(leg, now)

    def _look_after(self, leg: Leg, now: float) -> None:
        if leg.vigil is None:
            leg.vigil = Vigil(self._silence, now)
        what = leg.vigil.look(leg.received, now)
        if what == "ask":
            param = pj.CallSendRequestParam()
            param.method = "OPTIONS"
            leg.sendRequest(param)
        elif what == "gone":
            self._gone(leg)
