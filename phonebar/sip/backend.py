"""Real far ends: what the line asks goes to the telephone process, what that tells to the line.

It reports and does not decide: the state of a call is the line's business.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Any

from phonebar.leg import Reason
from phonebar.quality import Quality
from phonebar.reports import Reports
from phonebar.sip.account import Account, Devices
from phonebar.sip.messages import (
    Alive,
    Ask,
    Dtmf,
    Event,
    Happened,
    Hush,
    Incoming,
    Join,
    Joined,
    Measured,
    Place,
    Ready,
    Recorded,
    Referred,
    Registration,
    Request,
    Send,
    Trouble,
    TurnedAway,
)
from phonebar.sip.process import Telephone
from phonebar.sip.reasons import reason_of

log = logging.getLogger(__name__)

PLACE_SECONDS = 5.0
"""How long a telephone that is held up may take before it dials; after that nobody is called."""
LOST = "telephone_lost"
"""Why a request failed while there is no telephone process."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How the telephone stands with the network."""

    up: bool = False
    """The telephone process runs."""
    registered: bool = False
    code: int = 0
    """The registrar's last SIP status; 0 when it has not answered."""
    reason: str = ""
    seen: str = ""
    """Our address as the registrar sees it, `192.0.2.7:5060`; empty while it has not told."""
    port: int = 0
    codecs: tuple[str, ...] = ()
    restarts: int = 0


class SipBackend:
    """A line's far ends over SIP.

    Args:
        account: whom to be.
        devices: where the sound goes; None touches none.
        on_standing: told whenever the standing changes, on a thread of the backend's.
        on_trouble: told what does not work, such as a sound device.
        on_turned_away: told, not for each, why a call did not come in and from which address:
            `stranger` or `flood`.
        telephone: makes the process; for tests.
    """

    name = "sip"

    def __init__(
        self,
        account: Account,
        devices: Devices | None = None,
        *,
        on_standing: Callable[[Standing], None] = lambda _: None,
        on_trouble: Callable[[str], None] = lambda _: None,
        on_turned_away: Callable[[str, str], None] = lambda _why, _host: None,
        telephone: Callable[..., Telephone] = Telephone,
    ) -> None:
        self._on_standing, self._on_trouble = on_standing, on_trouble
        self._on_turned_away = on_turned_away
        places = devices or Devices(enabled=False)
        self._telephone = telephone(account, places, self._take, self._died)
        self._line: Reports | None = None
        self._lock = threading.Lock()
        self._live: dict[str, str] = {}
        """The calls that the process has: `placed`, `rang`, `answered` or `incoming`."""
        self._standing = Standing()
        self._changed = threading.Condition()

    @property
    def standing(self) -> Standing:
        """How the telephone stands with the network now."""
        with self._changed:
            return self._standing

    def health(self) -> dict[str, Any]:
        """The standing, as JSON."""
        return asdict(self.standing)

    def wait(self, met: Callable[[Standing], bool], seconds: float) -> bool:
        """Wait until the standing is as wanted.

        Args:
            met: whether it is.
            seconds: how long at most.
        """
        with self._changed:
            return self._changed.wait_for(lambda: met(self._standing), seconds)

    # The line asks

    def attach(self, line: Reports) -> None:
        """Report to `line` from now on, and start the telephone."""
        self._line = line
        self._telephone.start()

    def place(self, call_id: str, number: str) -> None:
        """Dial."""
        with self._lock:
            self._live[call_id] = "placed"
        if not self._telephone.send(Place(call_id, number, time.time() + PLACE_SECONDS)):
            self._over(call_id, Reason.UNREACHABLE)

    def answer(self, call_id: str) -> None:
        """Pick up."""
        self._ask(Ask("answer", call_id))

    def end(self, call_id: str) -> None:
        """Hang up, cancel or decline."""
        if not self._telephone.send(Ask("end", call_id)):
            self._over(call_id, None)

    def hold(self, call_id: str) -> None:
        """Put on hold."""
        self._ask(Ask("hold", call_id))

    def retrieve(self, call_id: str) -> None:
        """Take off hold."""
        self._ask(Ask("retrieve", call_id))

    def transfer(self, call_id: str, number: str) -> None:
        """Send a connected call elsewhere."""
        self._ask(Send("transfer", call_id, number))

    def deflect(self, call_id: str, number: str) -> None:
        """Send a ringing call elsewhere."""
        self._ask(Send("deflect", call_id, number))

    def attended(self, call_id: str, partner_id: str) -> None:
        """Connect two far ends with each other."""
        self._ask(Join("attended", call_id, partner_id))

    def conference(self, call_id: str, partner_id: str) -> None:
        """Mix two calls."""
        self._ask(Join("conference", call_id, partner_id))

    def mute(self, call_id: str, muted: bool) -> None:
        """Send silence, or what the microphone hears."""
        self._telephone.send(Ask("mute" if muted else "unmute", call_id))

    def hush(self, on: bool) -> None:
        """Keep the microphone from every call, or let it be heard again."""
        self._telephone.send(Hush(on))

    def dtmf(self, call_id: str, digits: str) -> None:
        """Send tones."""
        self._telephone.send(Dtmf(call_id, digits))

    def close(self) -> None:
        """End the calls and the telephone."""
        self._telephone.close()

    def _ask(self, request: Ask | Send | Join) -> None:
        if self._telephone.send(request):
            return
        for call_id in {request.call_id, getattr(request, "partner_id", request.call_id)}:
            self._reports.failed(call_id, LOST)

    # The telephone tells, on its thread

    @property
    def _reports(self) -> Reports:
        if self._line is None:
            raise RuntimeError("the backend is not attached to a line")
        return self._line

    def _take(self, event: Event | Request) -> None:
        match event:
            case Ready(port, codecs):
                self._stand(up=True, port=port, codecs=codecs)
            case Alive():
                pass
            case Registration(registered, code, reason, seen):
                self._stand(registered=registered, code=code, reason=reason, seen=seen)
            case Incoming(call_id, number, _):
                with self._lock:
                    self._live[call_id] = "incoming"
                if self._reports.incoming(number, call_id) is None:
                    self._forget(call_id)
                    self._telephone.send(Ask("refuse", call_id))
            case Referred(call_id, new_id, number):
                with self._lock:
                    self._live[new_id] = "placed"
                if not self._reports.referred(call_id, number, new_id):
                    self._forget(new_id)
                    self._telephone.send(Ask("end", new_id))
            case Joined(call_id, partner_id):
                self._reports.joined(call_id, partner_id)
            case Measured(call_id, quality):
                self._reports.measured(call_id, Quality(**quality))
            case Happened():
                self._happened(event)
            case Recorded(call_id, on):
                self._reports.recorded(call_id, on)
            case Trouble(what):
                log.warning("telephone: %s", what)
                self._on_trouble(what)
            case TurnedAway(why, host):
                log.warning("calls from %s were turned away: %s", host, why)
                self._on_turned_away(why, host)
            case _:
                log.warning("telephone: unexpected %s", type(event).__name__)

    def _happened(self, event: Happened) -> None:
        line, call_id = self._reports, event.call_id
        match event.what:
            case "connecting":
                line.connecting(call_id)
            case "ringing":
                self._became(call_id, "rang")
                line.ringing(call_id)
            case "answered":
                self._became(call_id, "answered")
                line.answered(call_id)
            case "held":
                line.held(call_id)
            case "retrieved":
                line.retrieved(call_id)
            case "transferred":
                line.transferred(call_id)
            case "failed":
                line.failed(call_id, event.reason)
            case "ended":
                self._over(call_id, self._why(call_id, event.code))

    def _became(self, call_id: str, what: str) -> None:
        with self._lock:
            if call_id in self._live:
                self._live[call_id] = what

    def _why(self, call_id: str, code: int) -> Reason | None:
        with self._lock:
            was = self._live.get(call_id)
        if was == "answered":
            return Reason.VANISHED if code >= 400 else None
        return reason_of(code, rang=was == "rang") if was in {"placed", "rang"} else None

    def _over(self, call_id: str, reason: Reason | None) -> None:
        self._forget(call_id)
        self._reports.ended(call_id, reason)

    def _forget(self, call_id: str) -> None:
        with self._lock:
            self._live.pop(call_id, None)

    def _died(self, _status: int) -> None:
        with self._lock:
            lost, self._live = tuple(self._live), {}
        self._stand(up=False, registered=False, restarts=self.standing.restarts + 1)
        for call_id in lost:
            self._reports.ended(call_id, Reason.TELEPHONE_LOST)

    def _stand(self, **changed: object) -> None:
        with self._changed:
            self._standing = replace(self._standing, **changed)  # type: ignore[arg-type]
            standing = self._standing
            self._changed.notify_all()
        self._on_standing(standing)
