"""The telephone stack: PJSIP, driven from one thread.

Misuse of PJSIP aborts the process, so the rules are few and strict. Everything here happens on the
thread that calls `run`; no PJSIP object is kept beyond the end of `run`; no call is let go of
inside one of its own callbacks; an exception never leaves a callback.

Source: RFC 3261 (calls), RFC 3264 section 8.4 (hold), RFC 3515 (REFER), RFC 3891 (Replaces),
RFC 4733 (tones); facts about the wheels in `docs/sip.md`.
"""

from __future__ import annotations

import gc
import queue
import time
import uuid
from collections.abc import Callable
from typing import Any

import pjsua2 as pj

from phonebar.sip.account import Account, Devices
from phonebar.sip.callbacks import Leg, Registered
from phonebar.sip.calling import caller
from phonebar.sip.configuring import (
    GOODBYE_SECONDS,
    configuration,
    offered,
    stack,
    transport,
)
from phonebar.sip.door import Door
from phonebar.sip.flood import Pace
from phonebar.sip.gated import Gated, GateError
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
    Place,
    Ready,
    Recorded,
    Referred,
    Request,
    Send,
    Stop,
    Trouble,
    TurnedAway,
)
from phonebar.sip.mixing import Mixer
from phonebar.sip.referring import sent_on_to
from phonebar.sip.sound import Sound
from phonebar.sip.taping import Taping
from phonebar.sip.watching import Watch

Tell = Callable[[Event], None]

POLL_MILLISECONDS = 5
"""How long the stack may wait for the network before requests are looked at."""
MAX_CALLS = 4
"""As many as the wheels are compiled for."""
BEAT_SECONDS = 2.0
"""Between two signs of life."""
LATE = 408
"""The status of a call that was not dialled in time: as if nobody had answered the request."""


class Agent:
    """A SIP user agent.

    Args:
        settings: whom to be.
        devices: where the sound goes.
        tell: takes what happens; called on the thread of `run`.
    """

    def __init__(self, settings: Account, devices: Devices, tell: Tell) -> None:
        self._settings, self._devices, self.tell = settings, devices, tell
        self._mixer: Mixer | None = None
        self._door: Door | None = None
        self._gate: Gated | None = None
        self._pace = Pace()
        self._placing: dict[str, Place] = {}
        """What is to be dialled, in its order, as soon as the pace allows."""
        self._watch = Watch(settings.silence, tell, self._vanished)
        self._beaten = 0.0
        self._legs: dict[str, Leg] = {}
        self._trash: list[Leg] = []
        self.account: Any = None

    def run(self, requests: queue.SimpleQueue[Request]) -> None:
        """Serve until `Stop`; everything of PJSIP begins and ends in here."""
        settings = self._settings
        endpoint = self._door = Door(settings.homes, settings.sources, self._turned_away)
        try:
            self._open(endpoint)
            while self._serve(requests):
                endpoint.libHandleEvents(POLL_MILLISECONDS)
                self._trash.clear()
                if self._mixer is not None:
                    self._mixer.tune(self._legs.values())
                self._watch.look(self._legs.values(), time.monotonic())
                self._beat()
                if self._gate is not None and self._gate.ended:
                    self.tell(Trouble("the gate in front of the telephone has gone"))
                    return
            self._leave(endpoint)
        except pj.Error as error:
            self.tell(Trouble(f"{error.title}: {error.reason}"))
        except GateError as error:
            self.tell(Trouble(f"{error}"))
        finally:
            self._legs.clear()
            self._trash.clear()
            self.account = None
            endpoint.close()
            if self._mixer is not None:
                self._mixer.close()
                self._mixer = None
            gc.collect()
            endpoint.libDestroy()
            if self._gate is not None:
                self._gate.close()

    def _open(self, endpoint: Any) -> None:
        endpoint.libCreate()
        endpoint.libInit(stack(MAX_CALLS))
        assert self._door is not None  # noqa: S101 - for the type checker
        settings = self._settings
        if settings.gate and settings.transport == "udp":
            self._gate = Gated(settings, self._turned_away)
            self._door.behind_gate = True
        number = endpoint.transportCreate(*transport(settings, self._gate))
        endpoint.libStart()
        endpoint.audDevManager().setNullDev()
        devices = self._devices
        self._mixer = Mixer(
            Sound(devices, self._complain),
            Taping(
                devices.record,
                devices.record_beep,
                self._complain,
                lambda call_id, on: self.tell(Recorded(call_id, on)),
            ),
        )
        codecs = offered(endpoint, self._settings.codecs)
        address = endpoint.transportGetInfo(number).localName
        self.account = Registered(self)
        self.account.create(configuration(self._settings, number, self._gate))
        endpoint.open()
        self.tell(Ready(int(address.rpartition(":")[2]), codecs))

    def _complain(self, what: str) -> None:
        self.tell(Trouble(what))

    # What is asked

    def _serve(self, requests: queue.SimpleQueue[Request]) -> bool:
        """Do what was asked meanwhile; False when it was to stop."""
        while True:
            try:
                request = requests.get_nowait()
            except queue.Empty:
                self._dial()
                return True
            if isinstance(request, Stop):
                return False
            if isinstance(request, Place):
                self._placing[request.call_id] = request
            elif isinstance(request, Ask) and request.call_id in self._placing:
                del self._placing[request.call_id]  # "end": nothing else is asked of it
                self.tell(Happened("ended", request.call_id))
            else:
                self._try(request)

    def _dial(self) -> None:
        """Dial what is to be dialled, unless it is too late for it by now."""
        for call_id, place in tuple(self._placing.items()):
            if place.until and time.time() > place.until:
                self.tell(Happened("ended", call_id, LATE, "it was too late to dial"))
            elif self._pace.goes(time.monotonic()):
                self._try(place)
            else:
                return
            del self._placing[call_id]

    def _try(self, request: Request) -> None:
        call_id = getattr(request, "call_id", "")
        try:
            self._do(request)
        except Exception as error:  # noqa: BLE001 - other calls must not be lost over one request
            reason = error.reason if isinstance(error, pj.Error) else repr(error)
            if isinstance(request, Place):
                self._legs.pop(call_id, None)
                self.tell(Happened("ended", call_id, 503, reason))
            else:
                self._unasked(request, reason)

    def _unasked(self, request: Request, reason: str) -> None:
        for call_id in filter(
            None, (getattr(request, "call_id", ""), getattr(request, "partner_id", ""))
        ):
            leg = self._legs.get(call_id)
            if leg is not None:
                leg.wish, leg.referred, leg.partner = "", False, None
            self.tell(Happened("failed", call_id, 0, reason))

    def _do(self, request: Request) -> None:
        match request:
            case Place(call_id, number):
                leg = Leg(self, call_id)
                self._legs[call_id] = leg
                leg.makeCall(self._settings.address(number), pj.CallOpParam(True))
            case Ask(what, call_id):
                self._ask(what, call_id)
            case Send("transfer", call_id, number):
                leg = self._live(call_id)
                leg.referred = True
                leg.xfer(self._settings.address(number), pj.CallOpParam())
            case Send("deflect", call_id, number):
                leg = self._live(call_id)
                param = pj.CallOpParam()
                param.statusCode = 302
                contact = pj.SipHeader()
                contact.hName, contact.hValue = "Contact", self._settings.address(number)
                param.txOption.headers.append(contact)
                leg.deflected = True
                leg.answer(param)
            case Join("attended", call_id, partner_id):
                leg, other = self._live(call_id), self._live(partner_id)
                leg.partner, other.partner = other, leg
                leg.referred = other.referred = True
                leg.xferReplaces(other, pj.CallOpParam())
            case Join("conference", call_id, partner_id):
                leg, other = self._live(call_id), self._live(partner_id)
                leg.partner, other.partner = other, leg
                self._retrieve(other, "conference")
            case Dtmf(call_id, digits):
                self._live(call_id).dialDtmf(digits)
            case Hush(on) if self._mixer is not None:
                self._mixer.hush(on, self._legs.values())

    def _ask(self, what: str, call_id: str) -> None:
        param = pj.CallOpParam(True)
        if what in {"end", "refuse"}:
            leg = self._legs.get(call_id)
            if leg is None or leg.over:
                self.tell(Happened("ended", call_id))
                return
            info = leg.getInfo()
            incoming = not leg.confirmed and info.role == pj.PJSIP_ROLE_UAS
            if info.state == pj.PJSIP_INV_STATE_CALLING and self._gate is not None:
                # Without an answer there is no CANCEL (RFC 3261 section 9.1), and the stack would
                # go on inviting until there is one.
                self._gate.no_more(info.callIdString)
            param = pj.CallOpParam()
            # 603 says that a person refused it everywhere; 486 lets it ring elsewhere.
            param.statusCode = (486 if what == "refuse" else 603) if incoming else 0
            leg.hangup(param)
            return
        leg = self._live(call_id)
        if what == "answer":
            param.statusCode = 200
            leg.answer(param)
        elif what == "hold":
            leg.wish = "hold"
            self._apart(leg)
            leg.setHold(pj.CallOpParam(True))
        elif what == "retrieve":
            self._retrieve(leg, "retrieve")
        elif what in {"mute", "unmute"}:
            leg.muted = what == "mute"
            self.sound(leg)

    def _retrieve(self, leg: Leg, wish: str) -> None:
        param = pj.CallOpParam(True)
        param.opt.flag = pj.PJSUA_CALL_UNHOLD
        leg.wish = wish
        leg.reinvite(param)

    def _live(self, call_id: str) -> Leg:
        leg = self._legs.get(call_id)
        if leg is None or leg.over:
            raise pj.Error(0, "call", "no_such_call", __file__, 0)
        return leg

    # What happens

    def incoming(self, number: int) -> None:
        """Let it ring; whether it may come in, the door has decided."""
        leg = Leg(self, uuid.uuid4().hex, number)
        param = pj.CallOpParam()
        self._legs[leg.call_id] = leg
        info = leg.getInfo()
        param.statusCode = 180
        leg.answer(param)
        name, called_from = caller(info.remoteUri)
        self.tell(Incoming(leg.call_id, called_from, name))

    def sent_on(self, leg: Leg, address: str) -> Leg | None:
        """The call that a REFER of the far end begins; None if it is to be declined."""
        if not self._settings.refer_to or not leg.confirmed or leg.referred:
            return None
        settings = self._settings
        number = sent_on_to(address, settings.homes, settings.refer_to)
        dialling = self._placing or not all(other.confirmed for other in self._legs.values())
        if number is None or dialling or len(self._legs) == MAX_CALLS:
            return None
        if not self._pace.goes(time.monotonic()):
            return None
        new = Leg(self, uuid.uuid4().hex)
        self._legs[new.call_id] = new
        self.tell(Referred(leg.call_id, new.call_id, number))
        return new

    def _turned_away(self, why: str, host: str) -> None:
        self.tell(TurnedAway(why, host))

    def ended(self, leg: Leg, code: int, reason: str) -> None:
        """The call is over; it is let go of once its callback has returned."""
        if leg.over:
            return
        leg.over = True
        self._legs.pop(leg.call_id, None)
        self._trash.append(leg)
        if self._mixer is not None:
            self._mixer.ended(leg)
        over = Happened("ended", leg.call_id, code, reason)
        if leg.deflected and code == 302:
            self.tell(Happened("transferred", leg.call_id, code))
        elif leg.referred and leg.partner is not None and not leg.partner.over:
            leg.gone = over  # the far ends may just be connecting to each other
        else:
            self.tell(over)
        if leg.wish == "conference" and leg.partner is not None:
            leg.partner.fail("ended")

    def transfer_ended(self, leg: Leg, code: int) -> None:
        """The far end has told what became of the transfer."""
        if not leg.referred:
            return
        legs = [leg] if leg.partner is None else [leg, leg.partner]
        for one in legs:
            one.referred = False
            one.partner = None
        if 200 <= code < 300:
            for one in legs:
                self.tell(Happened("transferred", one.call_id, code))
                if not one.over:
                    one.hangup(pj.CallOpParam())
            return
        for one in legs:
            if one.gone is not None:
                self.tell(one.gone)
            else:
                one.fail("transfer_refused", code)

    def registered(self) -> None:
        """The registrar knows us: its address may be another than before."""
        if self._door is not None and not self._door.behind_gate:
            self._door.look_up_aside()

    def sound(self, leg: Leg) -> None:
        """Connect the call with the microphone and the speaker, as far as it may be heard."""
        if self._mixer is not None:
            self._mixer.connect(leg)

    def _beat(self) -> None:
        """Show that this thread goes on: a stack that hangs is otherwise seen by nobody."""
        now = time.monotonic()
        if now - self._beaten >= BEAT_SECONDS:
            self._beaten = now
            self.tell(Alive())

    def _vanished(self, leg: Leg) -> None:
        self.ended(leg, 408, "")  # first: hanging up calls back with a reason of its own
        leg.hangup(pj.CallOpParam())

    def join(self, leg: Leg) -> None:
        """Let a call and its partner hear each other."""
        other = leg.partner
        if other is None or other.over:
            leg.fail("ended")
            return
        if self._mixer is not None:
            self._mixer.join(leg, other)
        self.tell(Joined(other.call_id, leg.call_id))

    def _apart(self, leg: Leg) -> None:
        """End the conference that the call is in, if it is in one."""
        other, leg.partner = leg.partner, None
        if other is None:
            return
        other.partner = None
        if self._mixer is not None:
            self._mixer.part(leg, other)

    def _leave(self, endpoint: Any) -> None:
        """Hang up everything, unregister, and let that get through."""
        endpoint.hangupAllCalls()
        until = time.monotonic() + GOODBYE_SECONDS
        while self._legs and time.monotonic() < until:
            endpoint.libHandleEvents(POLL_MILLISECONDS)
        self._trash.clear()
        self.account.shutdown()
