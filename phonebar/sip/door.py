"""The door: whether a call may come in, decided before the stack opens anything for it.

PJSIP opens two sockets for a call as soon as it takes its INVITE, before we are asked; closed ones
stay in its table of 64 for half a second, and a full table aborts the process. What it asks first
is whose call it is (`onSelectAccount`). Calls that may not come in are said to be those of an
account that nobody can fulfil: PJSIP then refuses them by itself, without a socket and without
telling anybody (RFC 3261 section 21.4.26: 488; RFC 3262: 421 for those who encrypt).
"""

from __future__ import annotations

import ipaddress
import socket
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

import pjsua2 as pj

from phonebar.sip.flood import Flood
from phonebar.sip.keeper import ANYBODY

QUIET_SECONDS = 60.0
"""Between two remarks on the same kind of refusal."""

Networks = tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]


class Door(pj.Endpoint):  # type: ignore[misc]
    """The stack's endpoint, which asks at every request from outside whose it is.

    Args:
        hosts: servers whose calls come in, by name or address, perhaps with a port.
        sources: further addresses or networks; `any` for everybody.
        refused: told why somebody was turned away, `flood` or `stranger`, and from which address;
            not for each of them.
    """

    def __init__(
        self, hosts: Iterable[str], sources: Iterable[str], refused: Callable[[str, str], None]
    ) -> None:
        super().__init__()
        given = tuple(sources)
        self._anybody = ANYBODY in given
        self._fixed = tuple(
            ipaddress.ip_network(item, strict=False) for item in given if item != ANYBODY
        )
        self._hosts = tuple(filter(None, hosts))
        self._known: Networks = ()
        self._flood, self._refused = Flood(), refused
        self._told: dict[str, float] = {}
        self._nobody: Any = None
        self.behind_gate = False
        """Whoever comes as far as here has been let in."""

    def open(self) -> None:
        """Take its place, once the stack runs."""
        config = pj.AccountConfig()
        config.idUri = "sip:nobody@invalid"
        config.callConfig.prackUse = pj.PJSUA_100REL_MANDATORY
        config.mediaConfig.srtpUse = pj.PJMEDIA_SRTP_MANDATORY
        config.mediaConfig.srtpSecureSignaling = 2
        self._nobody = pj.Account()
        self._nobody.create(config, False)
        self.look_up()

    def close(self) -> None:
        """Let go of what PJSIP has, before it ends."""
        if self._nobody is not None:
            self._nobody.shutdown()
            self._nobody = None

    def look_up_aside(self) -> None:
        """The same on a thread of its own: a name server that is slow must not hold up calls."""
        threading.Thread(target=self.look_up, name="sip-names", daemon=True).start()

    def look_up(self) -> None:
        """Find the servers' addresses, again when they may have changed."""
        if not self._anybody:
            found = [address for host in self._hosts for address in _addresses(host)]
            self._known = (*self._fixed, *(ipaddress.ip_network(address) for address in found))

    def onSelectAccount(self, param: Any) -> None:  # noqa: N802 - PJSIP's name
        """Say whose a request is."""
        try:
            if self.behind_gate:
                return
            if "INVITE/" in param.rdata.info and not self._lets_in(param.rdata.srcAddress):
                param.accountIndex = self._nobody.getId()
        except Exception as error:  # noqa: BLE001 - an exception that reaches PJSIP aborts it
            self._remark("error", str(error))

    def _lets_in(self, source: str) -> bool:
        host = source.rpartition(":")[0].strip("[]")
        if not (self._anybody or self._knows(host)):
            self._remark("stranger", host)
            return False
        if not self._flood.lets_in(source, time.monotonic()):
            self._remark("flood", host)
            return False
        return True

    def _knows(self, host: str) -> bool:
        address = ipaddress.ip_address(host.partition("%")[0])
        return any(address in network for network in self._known)

    def _remark(self, why: str, host: str) -> None:
        now = time.monotonic()
        if now - self._told.get(why, -QUIET_SECONDS) >= QUIET_SECONDS:
            self._told[why] = now
            self._refused(why, host)


def _addresses(host: str) -> list[str]:
    """The addresses of a server; none while its name cannot be found."""
    name = host.rpartition(":")[0] if host.count(":") == 1 or "]:" in host else host
    try:
        found = socket.getaddrinfo(name.strip("[]"), None, type=socket.SOCK_DGRAM)
    except OSError:
        return []
    return list(dict.fromkeys(str(item[4][0]).partition("%")[0] for item in found))
