"""What PJSIP calls back: a call of the stack, and our account at the registrar.

An exception that leaves a callback aborts the process: each is contained. What is to be done about
it is the `Agent`'s business.
"""

from __future__ import annotations

import functools
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import pjsua2 as pj

from phonebar.sip.calling import seen_as
from phonebar.sip.messages import Happened, Registration, Trouble
from phonebar.sip.vigil import Vigil

if TYPE_CHECKING:
    from phonebar.sip.agent import Agent

Method = TypeVar("Method", bound=Callable[..., None])


def contained(method: Method) -> Method:
    """Keep an exception from leaving a callback, where it would abort the process."""

    @functools.wraps(method)
    def call(self: Any, *arguments: Any) -> None:
        try:
            method(self, *arguments)
        except Exception as error:  # noqa: BLE001 - whatever it is, it must not reach PJSIP
            self.agent.tell(Trouble(f"{method.__name__}: {error}"))

    return call  # type: ignore[return-value]


class Leg(pj.Call):  # type: ignore[misc]
    """One call of the stack."""

    def __init__(self, agent: Agent, call_id: str, number: int = pj.PJSUA_INVALID_ID) -> None:
        super().__init__(agent.account, number)
        self.agent, self.call_id = agent, call_id
        self.wish = ""
        """`hold`, `retrieve` or `conference`, until it is known what became of it."""
        self.partner: Leg | None = None
        """The other call of a conference or of an attended transfer."""
        self.incoming = number != pj.PJSUA_INVALID_ID
        self.rings = False
        """The far end does, so that there may be a ringback tone."""
        self.muted = False
        self.confirmed = False
        self.deflected = False
        self.referred = False
        """It is being transferred: it goes on without us, or comes back."""
        self.gone: Happened | None = None
        """How it ended, told later because it was being transferred."""
        self.over = False
        self.received = 0
        """Packets of sound so far."""
        self.vigil: Vigil | None = None

    @contained
    def onCallState(self, _param: Any) -> None:  # noqa: N802 - PJSIP's name
        """Its dialogue has moved on."""
        info = self.getInfo()
        if info.state == pj.PJSIP_INV_STATE_CALLING:
            self.tell("connecting")
        elif info.state == pj.PJSIP_INV_STATE_EARLY and info.role == pj.PJSIP_ROLE_UAC:
            self.rings = True
            self.tell("ringing", info.lastStatusCode)
        elif info.state == pj.PJSIP_INV_STATE_CONFIRMED and not self.confirmed:
            self.confirmed = True
            self.tell("answered", info.lastStatusCode)
        elif info.state == pj.PJSIP_INV_STATE_DISCONNECTED:
            self.agent.ended(self, info.lastStatusCode, info.lastReason)

    @contained
    def onCallMediaState(self, _param: Any) -> None:  # noqa: N802
        """Its sound begins, ends or is put on hold."""
        info = self.getInfo()
        audio = [item for item in info.media if item.type == pj.PJMEDIA_TYPE_AUDIO]
        status = audio[0].status if audio else pj.PJSUA_CALL_MEDIA_NONE
        flowing = status in {pj.PJSUA_CALL_MEDIA_ACTIVE, pj.PJSUA_CALL_MEDIA_REMOTE_HOLD}
        if status == pj.PJSUA_CALL_MEDIA_ACTIVE:
            self.agent.sound(self)
        if self.wish == "hold" and status == pj.PJSUA_CALL_MEDIA_LOCAL_HOLD:
            self.wish = ""
            self.tell("held")
        elif self.wish == "retrieve" and flowing:
            self.wish = ""
            self.tell("retrieved")
        elif self.wish == "conference" and flowing:
            self.wish = ""
            self.agent.join(self)

    @contained
    def onCallTsxState(self, param: Any) -> None:  # noqa: N802
        """A request within the dialogue was answered: here only refusals are of interest."""
        transaction = param.e.body.tsxState.tsx
        ours = transaction.role == pj.PJSIP_ROLE_UAC
        done = transaction.state in {pj.PJSIP_TSX_STATE_COMPLETED, pj.PJSIP_TSX_STATE_TERMINATED}
        code = transaction.statusCode
        if ours and done and transaction.method == "OPTIONS" and code not in {408, 503}:
            self.heard_from()
        # 401 and 407 are answered with credentials in a transaction of its own.
        if not ours or not done or code < 300 or code in {401, 407}:
            return
        if transaction.method == "INVITE" and self.wish:
            wish, self.wish = self.wish, ""
            self.fail("hold_refused" if wish == "hold" else "retrieve_refused", code)
            if wish == "conference" and self.partner is not None:
                self.partner.fail("retrieve_refused", code)
        elif transaction.method == "REFER":
            self.agent.transfer_ended(self, code)

    @contained
    def onCallTransferStatus(self, param: Any) -> None:  # noqa: N802
        """How the transfer goes on (RFC 3515: NOTIFY)."""
        if param.finalNotify or param.statusCode >= 300:
            param.cont = False
            self.agent.transfer_ended(self, param.statusCode)

    @contained
    def onCallTransferRequest(self, param: Any) -> None:  # noqa: N802
        """The far end wants us to call somebody: only where the settings say so."""
        param.statusCode = 603
        new = self.agent.sent_on(self, param.dstUri)
        if new is not None:
            param.newCall = new
            param.statusCode = 202

    @contained
    def onCallReplaceRequest(self, param: Any) -> None:  # noqa: N802
        """Somebody else wants to take this call over: it stays with whom the user talks to."""
        param.statusCode = 403
        param.reason = "Forbidden"

    def heard_from(self) -> None:
        """The far end has shown that it is there."""
        if self.vigil is not None:
            self.vigil.sign(time.monotonic())

    def tell(self, what: str, code: int = 0, reason: str = "") -> None:
        """Say what happened to the call."""
        self.agent.tell(Happened(what, self.call_id, code, reason))

    def fail(self, reason: str, code: int = 0) -> None:
        """What was asked last did not come about."""
        self.tell("failed", code, reason)


class Registered(pj.Account):  # type: ignore[misc]
    """Our account at the registrar."""

    def __init__(self, agent: Agent) -> None:
        super().__init__()
        self.agent = agent

    @contained
    def onRegState(self, param: Any) -> None:  # noqa: N802
        """The registrar has answered, or has not."""
        registered = bool(self.getInfo().regIsActive)
        if registered:
            self.agent.registered()
        seen = seen_as(param.rdata.wholeMsg)
        self.agent.tell(Registration(registered, param.code, param.reason, seen))

    @contained
    def onIncomingCall(self, param: Any) -> None:  # noqa: N802
        """Somebody calls."""
        self.agent.incoming(param.callId)
