"""Who may reach the telephone stack, and how often: the gate's rules, without its sockets.

New calls come from those who are trusted: the registrar, the proxy, and the sources of the
settings. Whoever the stack itself has written to may answer, and go on with calls that there are.
"""

from __future__ import annotations

import ipaddress
from collections import OrderedDict
from enum import Enum
from typing import TypeVar

from phonebar.sip.flood import Bucket, Flood
from phonebar.sip.packets import Packet

NEW = 10.0
"""Requests a second, outside of calls that are known, that all together may make for long."""
NEW_BURST = 30.0
WITHIN = 60.0
"""Requests a second within them."""
WITHIN_BURST = 120.0
ANYBODY = "any"
"""A source that lets everybody in."""
KNOWN = 2000
"""Calls, and addresses, that are remembered."""

Key = TypeVar("Key")


class Verdict(Enum):
    """What becomes of a packet."""

    LET_IN = "let in"
    DROP = "drop"
    STRANGER = "stranger"
    """Dropped, because of where it came from."""
    BUSY = "busy"
    """It is answered with 503."""


class Keeper:
    """Decides.

    Args:
        sources: those of the settings: addresses, networks, or `any`.
        flood: how many new calls there may be.
    """

    def __init__(self, sources: tuple[str, ...] = (), flood: Flood | None = None) -> None:
        self._anybody, self._flood = ANYBODY in sources, flood or Flood()
        self._networks = tuple(
            ipaddress.ip_network(item, strict=False) for item in sources if item != ANYBODY
        )
        self._homes: frozenset[str] = frozenset()
        self._written: OrderedDict[str, None] = OrderedDict()
        self._calls: OrderedDict[bytes, None] = OrderedDict()
        self._refused: OrderedDict[bytes, None] = OrderedDict()
        self._over: OrderedDict[bytes, None] = OrderedDict()
        self._new = Bucket(0.0, NEW_BURST)
        self._within = Bucket(0.0, WITHIN_BURST)

    def home(self, hosts: frozenset[str]) -> None:
        """The addresses that the registrar and the proxy have now."""
        self._homes = hosts

    def trusts(self, host: str) -> bool:
        """Whether calls may come from there."""
        if self._anybody or host in self._homes:
            return True
        address = ipaddress.ip_address(host)
        return any(address in network for network in self._networks)

    def wrote(self, packet: Packet, host: str) -> None:
        """The stack has sent something."""
        _remember(self._written, host)
        if packet.is_request:
            _remember(self._calls, packet.call)

    def no_more(self, call: bytes) -> None:
        """That call was hung up before there was any answer."""
        _remember(self._over, call)

    def is_over(self, packet: Packet) -> bool:
        """Whether what the stack sends would invite somebody to a call that was hung up."""
        invites = packet.is_request and packet.method == b"INVITE" and not packet.in_dialogue
        return invites and packet.call in self._over

    def judge(self, packet: Packet, source: tuple[str, int], now: float) -> Verdict:
        """What becomes of a packet that came.

        Args:
            packet: it.
            source: where from.
            now: seconds that never go back.
        """
        host = source[0]
        known = packet.call in self._calls
        if not self.trusts(host) and not (known and host in self._written):
            return Verdict.STRANGER
        if not packet.is_request:
            # Whoever is called could ask for the password's digest, and guess it at leisure.
            asks = packet.code in {401, 407} and not self.trusts(host)
            return Verdict.LET_IN if known and not asks else Verdict.DROP
        if known:
            _remember(self._calls, packet.call)
            taken = self._within.take(now, WITHIN, WITHIN_BURST)
            return Verdict.LET_IN if taken else Verdict.DROP
        if packet.method == b"INVITE" and not packet.in_dialogue:
            return self._ring(packet, source, now)
        if packet.method == b"ACK" or packet.call in self._refused:
            return Verdict.DROP
        return Verdict.LET_IN if self._new.take(now, NEW, NEW_BURST) else Verdict.DROP

    def _ring(self, packet: Packet, source: tuple[str, int], now: float) -> Verdict:
        if packet.call in self._refused:  # the same again, since its answer may be lost
            return Verdict.BUSY
        if self._flood.lets_in(f"{source[0]}:{source[1]}", now):
            _remember(self._calls, packet.call)
            return Verdict.LET_IN
        _remember(self._refused, packet.call)
        return Verdict.BUSY


def _remember(found: OrderedDict[Key, None], key: Key) -> None:
    found[key] = None
    found.move_to_end(key)
    if len(found) > KNOWN:
        found.popitem(last=False)
