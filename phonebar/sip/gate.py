"""The gate in front of the telephone stack: a process with the telephone's port on the network.

    python -m phonebar.sip.gate

The stack aborts on floods, so it listens on the loopback only, and this process lets through what
`phonebar.sip.keeper` allows. A `Settings` comes in at standard input, `{"port": ..., "gate": ...}`
goes out when the gate is open, then `{"why": ..., "host": ...}` for those who were turned away. It
ends when its standard input does, so it never outlives the telephone process; before that, each
line `{"no_more": CALL-ID}` is a call that was hung up before there was any answer.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import socket
import sys
import threading
import time
import uuid
from dataclasses import dataclass

from phonebar.sip.ending import left_to_the_server
from phonebar.sip.keeper import Keeper, Verdict
from phonebar.sip.packets import (
    Address,
    PacketError,
    busy,
    out,
    parse,
    reply_to,
    request_in,
    response_in,
)

QUIET_SECONDS = 60.0
"""Between two remarks on the same kind of refusal: a scan of the network would fill a log."""
LOOK_SECONDS = 10.0
"""How often names are looked up again, and our own address is."""
OPEN_SECONDS = 3.0
"""How long the port may still be another gate's, which is about to leave."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What a gate needs to know."""

    homes: tuple[str, ...]
    """Registrar and proxy, `pbx.example.org:5060`."""
    own: str
    """The address on the network that the telephone has."""
    port: int
    """0 for any."""
    inside: str
    """The stack's address on the loopback; its port is the gate's."""
    sources: tuple[str, ...] = ()
    fixed: bool = False
    """`own` was chosen; else it may change, as when a laptop is carried to another network."""


class Gate:
    """Passes packets on.

    Args:
        settings: what it needs to know.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._keeper = Keeper(settings.sources)
        self._outside = _bound(settings.own, settings.port)
        self._inside = _bound("127.0.0.1", 0)
        self.port = int(self._outside.getsockname()[1])
        self.address: Address = self._inside.getsockname()
        """Where the stack sends what is to go out."""
        self._stack = settings.inside, self.port
        self._home: Address | None = None
        self._names: dict[str, str] = {}
        self._told: dict[str, float] = {}
        self._tag = b"gate" + uuid.uuid4().hex[:12].encode()

    def no_more(self, call: str) -> None:
        """Invite nobody any more to a call that has had no answer; any thread may say so.

        Args:
            call: its Call-ID.
        """
        self._keeper.no_more(call.encode())

    def run(self, leave: threading.Event) -> None:
        """Pass on until `leave` is set."""
        self._look_up()
        threading.Thread(target=self._look_up_often, args=(leave,), daemon=True).start()
        _say(port=self.port, gate=self.address[1])
        while not leave.is_set():
            ready, _, _ = select.select([self._outside, self._inside], [], [], 0.5)
            # The stack first: what it has to say is little, and a flood must not keep it waiting.
            for one in sorted(ready, key=lambda one: one is self._outside):
                with contextlib.suppress(OSError):  # of an earlier packet that nobody took
                    data, source = one.recvfrom(65535)
                    if one is self._inside:
                        self._from_stack(data, source)
                    else:
                        self._from_network(data, source)

    def _from_network(self, data: bytes, source: Address) -> None:
        if not data.strip(b"\r\n\0"):  # keeps a way through a router open
            return
        try:
            packet = parse(data)
        except PacketError:
            return
        verdict = self._keeper.judge(packet, source, time.monotonic())
        if verdict is Verdict.LET_IN:
            ours = request_in(packet, source, self.address) if packet.is_request else None
            passed = ours or response_in(packet, self.address)
            self._inside.sendto(passed, self._stack)
        elif verdict is Verdict.BUSY:
            self._outside.sendto(busy(packet, source, self._tag), reply_to(packet, source))
            self._remark("flood", source[0])
        elif verdict is Verdict.STRANGER:
            self._remark("stranger", source[0])

    def _remark(self, why: str, host: str) -> None:
        now = time.monotonic()
        if now - self._told.get(why, -QUIET_SECONDS) >= QUIET_SECONDS:
            self._told[why] = now
            _say(why=why, host=host)

    def _from_stack(self, data: bytes, source: Address) -> None:
        if source != self._stack:
            return
        if not data.strip(b"\r\n\0"):
            if self._home is not None:
                self._outside.sendto(data, self._home)
            return
        try:
            packet = parse(data)
        except PacketError:
            return
        passed, destination = out(packet, self.address)
        if destination is None:
            return
        if self._keeper.is_over(packet):
            return
        host = self._address_of(destination[0])
        if host is None:
            return
        self._keeper.wrote(packet, host)
        if packet.method == b"REGISTER":
            self._home = host, destination[1]
        self._outside.sendto(passed, (host, destination[1]))

    def _address_of(self, host: str) -> str | None:
        with contextlib.suppress(OSError):
            return socket.inet_ntoa(socket.inet_aton(host))
        if host not in self._names:
            found = _looked_up(host)
            if not found:
                return None
            self._names[host] = found[0]
        return self._names[host]

    def _look_up(self) -> None:
        """Learn where the registrar and the proxy are now; what was known stays, if nothing is."""
        found = looked_up(self._settings.homes)
        if found:
            self._names.update({host: addresses[0] for host, addresses in found.items()})
            self._keeper.home(frozenset(one for many in found.values() for one in many))

    def _look_up_often(self, leave: threading.Event) -> None:
        settings = self._settings
        while not leave.wait(LOOK_SECONDS):
            self._look_up()
            now = settings.own if settings.fixed else own_address("", settings.homes)
            if now not in {settings.own, "127.0.0.1"}:
                _say(trouble=f"this computer's address is {now} now, no longer {settings.own}")
                os._exit(0)


def own_address(bind: str, homes: tuple[str, ...]) -> str:
    """Our address as the registrar or the proxy sees it, or would without a router between.

    Args:
        bind: of the settings; empty or `0.0.0.0` for every one.
        homes: registrar and proxy.
    """
    if chosen(bind) and (found := _looked_up(bind)):
        return found[0]
    for there in homes:
        for address in _looked_up(there.rpartition(":")[0] or there)[:1]:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one, _quiet():
                one.connect((address, 5060))  # sends nothing
                return str(one.getsockname()[0])
    return "127.0.0.1"


def chosen(bind: str) -> bool:
    """Whether the settings name one address of this computer."""
    return bind not in {"", "0.0.0.0"}  # noqa: S104 - it is not bound


def looked_up(homes: tuple[str, ...]) -> dict[str, list[str]]:
    """The addresses of each host; nothing when one cannot be looked up now.

    Args:
        homes: registrar and proxy, with or without a port.
    """
    hosts = [home.rpartition(":")[0] or home for home in homes]
    found = {host: _looked_up(host) for host in hosts}
    return found if all(found.values()) else {}


def _quiet() -> contextlib.suppress:
    return contextlib.suppress(OSError)


def _looked_up(host: str) -> list[str]:
    with contextlib.suppress(OSError, UnicodeError):
        found = socket.getaddrinfo(host, None, socket.AF_INET, socket.SOCK_DGRAM)
        return [str(item[4][0]) for item in found]
    return []


def _bound(host: str, port: int) -> socket.socket:
    until = time.monotonic() + OPEN_SECONDS
    while True:
        found = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        found.setblocking(False)
        try:
            found.bind((host, port))
        except OSError:
            found.close()
            if time.monotonic() > until:
                raise
            time.sleep(0.05)
        else:
            return found


def _say(**what: object) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


def main() -> None:
    """Be a gate until standard input ends."""
    left_to_the_server()
    given = json.loads(sys.stdin.readline())
    lists = {name: tuple(given[name]) for name in ("homes", "sources")}
    settings = Settings(**{**given, **lists})
    try:
        gate = Gate(settings)
    except OSError as error:
        _say(trouble=f"{settings.own}:{settings.port}: {error.strerror}")
        return
    leave = threading.Event()

    def watch() -> None:
        for line in sys.stdin:
            gate.no_more(str(json.loads(line)["no_more"]))
        leave.set()
        os._exit(0)

    threading.Thread(target=watch, daemon=True).start()
    gate.run(leave)


if __name__ == "__main__":
    main()
