"""The stack's settings, from the account: how to work, where to listen, whom to be, what to offer.

Source: PJSUA2's `EpConfig`, `TransportConfig` and `AccountConfig`; RFC 4028 (session timers).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pjsua2 as pj

from phonebar.sip.account import Account
from phonebar.sip.gated import Gated

GOODBYE_SECONDS = 1.0
"""How long the last BYE and the unregistration may take."""

_TRANSPORTS = {
    "udp": pj.PJSIP_TRANSPORT_UDP,
    "tcp": pj.PJSIP_TRANSPORT_TCP,
    "tls": pj.PJSIP_TRANSPORT_TLS,
}
_SRTP = {
    "off": pj.PJMEDIA_SRTP_DISABLED,
    "optional": pj.PJMEDIA_SRTP_OPTIONAL,
    "mandatory": pj.PJMEDIA_SRTP_MANDATORY,
}


def stack(calls: int) -> Any:
    """How the stack is to work.

    Args:
        calls: how many there may be at once.
    """
    config = pj.EpConfig()
    config.logConfig.level = config.logConfig.consoleLevel = 0
    config.uaConfig.threadCnt = 0
    config.uaConfig.mainThreadOnly = True
    config.uaConfig.maxCalls = calls
    config.uaConfig.userAgent = "Phonebar Assistant"
    # -1 keeps the sound device open, without which the bridge loses slots.
    config.medConfig.sndAutoCloseTime = -1
    config.medConfig.noVad = True
    config.medConfig.ecTailLen = 0
    return config


def transport(settings: Account, gate: Gated | None) -> tuple[int, Any]:
    """The kind of transport, and how it is to work.

    Args:
        settings: the account.
        gate: what stands in front of the stack, if anything does.
    """
    config = pj.TransportConfig()
    config.port, config.boundAddress = settings.port, settings.bind
    if gate is not None:
        config.port, config.boundAddress = gate.port, gate.inside
        config.publicAddress = gate.own
    if settings.transport == "tls":
        config.tlsConfig.verifyServer = settings.verify
        config.tlsConfig.CaListFile = settings.authorities
    return _TRANSPORTS[settings.transport], config


def offered(endpoint: Any, codecs: Sequence[str]) -> tuple[str, ...]:
    """Offer these, in their order, and no others; gives those that the stack has.

    Args:
        endpoint: the stack.
        codecs: beginnings of their names, such as `PCMA/8000`.
    """
    found: list[tuple[int, str]] = []
    for codec in endpoint.codecEnum2():
        places = [
            place
            for place, wanted in enumerate(codecs)
            if codec.codecId.lower().startswith(wanted.lower())
        ]
        priority = 255 - places[0] if places else 0
        endpoint.codecSetPriority(codec.codecId, priority)
        if places:
            found.append((places[0], codec.codecId))
    return tuple(name for _, name in sorted(found))


def configuration(settings: Account, transport: int, gate: Gated | None) -> Any:
    """Who we are, as the stack wants it.

    Args:
        settings: the account.
        transport: the stack's number of it.
        gate: what stands in front of the stack, if anything does.
    """
    config = pj.AccountConfig()
    config.idUri = settings.identity
    config.regConfig.registrarUri = settings.registrar if settings.register else ""
    config.regConfig.timeoutSec = settings.register_seconds
    config.regConfig.retryIntervalSec = 5
    config.regConfig.firstRetryIntervalSec = 1
    config.regConfig.unregWaitMsec = int(GOODBYE_SECONDS * 1000)
    if settings.password:
        user = settings.auth_user or settings.user
        config.sipConfig.authCreds.append(
            pj.AuthCredInfo("digest", settings.realm or "*", user, 0, settings.password)
        )
    if gate is not None:
        config.sipConfig.proxies.append(gate.route)
    if settings.route:
        config.sipConfig.proxies.append(settings.route)
    config.sipConfig.transportId = transport
    config.mediaConfig.srtpUse = _SRTP[settings.srtp]
    config.mediaConfig.srtpSecureSignaling = 1 if settings.transport == "tls" else 0
    # RFC 4028: with whoever can, a call that is not refreshed ends.
    config.callConfig.timerUse = pj.PJSUA_SIP_TIMER_OPTIONAL
    config.natConfig.sipStunUse = config.natConfig.mediaStunUse = pj.PJSUA_STUN_USE_DISABLED
    own = settings.bind if gate is None else gate.own
    if own:
        config.mediaConfig.transportConfig.boundAddress = own
    return config
