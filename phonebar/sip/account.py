"""The SIP account that calls are made with, and how numbers become its addresses.

Source: RFC 3261 sections 19.1 (URIs) and 10 (registration), RFC 3711 and 4568 (SRTP).
"""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import quote

Transport = Literal["udp", "tcp", "tls"]
Srtp = Literal["off", "optional", "mandatory"]


@dataclass(frozen=True, slots=True)
class Account:
    """Everything that a telephone stack needs to know."""

    domain: str
    """The registrar or trunk, `pbx.example.org` or `192.0.2.1:5080`."""
    user: str = ""
    auth_user: str = ""
    """For the digest, where it is not `user`."""
    password: str = field(default="", repr=False)
    """Never shown, whatever else is."""
    realm: str = ""
    """Whose challenges the password answers; empty for everybody's that reaches the telephone."""
    display: str = ""
    """What the called see beside the number."""
    transport: Transport = "udp"
    srtp: Srtp = "off"
    proxy: str = ""
    """An outbound proxy, `proxy.example.org:5060`; empty for none."""
    register: bool = True
    """False for a trunk that knows us by our address."""
    bind: str = ""
    """The local address; empty for every one."""
    port: int = 0
    """The local port; 0 for any."""
    ca_file: str = ""
    """Certificates of who may sign the server's; empty for the system's."""
    verify: bool = True
    """Refuse a TLS server whose certificate is not signed by one that we trust."""
    codecs: tuple[str, ...] = ("G722/16000", "PCMA/8000", "PCMU/8000")
    """Offered in this order; no other is."""
    sources: tuple[str, ...] = ()
    """Who may call besides the domain's and the proxy's servers: addresses, networks, or `any`."""
    refer_to: tuple[str, ...] = ()
    """To which numbers the far end of a call may send us on (REFER), with `?` and `*`."""
    register_seconds: int = 300
    """Between registrations."""
    silence: float = 15.0
    """Seconds without sound after which a far end is asked whether it is still there; 0: never."""
    gate: bool = True
    """With UDP, put a process in front of the stack that lets nobody else through."""

    @property
    def identity(self) -> str:
        """Who we are, as an address of record."""
        name = f'"{_quoted(self.display)}" ' if self.display else ""
        user = f"{quote(self.user, safe=_USER)}@" if self.user else ""
        return f"{name}<sip:{user}{self.domain}>"

    @property
    def homes(self) -> tuple[str, ...]:
        """Where we are at home: the proxy and the registrar."""
        return tuple(filter(None, (self.proxy, self.domain)))

    @property
    def registrar(self) -> str:
        """Where to register."""
        return f"sip:{self.domain}{self._parameters}"

    @property
    def route(self) -> str:
        """The outbound proxy as a loose route, or nothing."""
        return f"<sip:{self.proxy}{self._parameters};lr>" if self.proxy else ""

    @property
    def authorities(self) -> str:
        """The file of those who may sign a server's certificate: PJSIP knows none by itself."""
        if self.ca_file:
            return self.ca_file
        system = ssl.get_default_verify_paths().cafile
        if system is not None:
            return system
        import certifi

        return certifi.where()

    def address(self, number: str) -> str:
        """Where `number` is reached."""
        return f"<sip:{quote(number, safe=_USER)}@{self.domain}{self._parameters}>"

    @property
    def _parameters(self) -> str:
        return "" if self.transport == "udp" else f";transport={self.transport}"


@dataclass(frozen=True, slots=True)
class Devices:
    """Which devices to use; empty means the system's own choice."""

    enabled: bool = True
    """False: no device is touched, and everybody hears silence."""
    microphone: str = ""
    speaker: str = ""
    ringer: str = ""
    """Where it rings: often the PC's loudspeaker, while the headset is on the desk."""
    record: str = ""
    """The folder that every call is recorded to; empty: none is."""
    record_beep: float = 15.0
    """Seconds between the beeps that tell the far end of it; 0 for none."""


_USER = "+*-_.!~'()&=$,;?/"
"""What the user part of an address may have unescaped; `#` is not among them."""


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
