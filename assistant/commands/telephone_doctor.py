"""What may be wrong with real calls: the account, the network, the codecs, the devices.

A phonebar of ours that runs with this account is asked how it stands; otherwise a telephone is
started for some seconds, which registers, and touches no sound device.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from typing import Any

from assistant.commands.telephone import in_clear
from assistant.commands.words import Say
from assistant.config import Config
from assistant.finding import Finding
from assistant.phonebar import Phonebar, PhonebarError
from assistant.secret import secret
from assistant.settings import SipSection

WAIT = 12.0
"""Seconds that the registrar may take."""
WRONG_PASSWORD = frozenset({401, 403, 407})


def findings(config: Config, say: Say) -> Iterator[Finding]:
    """Everything about real calls; without an account only that there is none."""
    sip = config.sip
    if not sip.domain:
        found, mend = say("cli_doctor_sip_unused"), say("cli_doctor_sip_unused_mend")
        yield Finding("sip", "note", found, mend)
        return
    if find_spec("pjsua2") is None:
        yield Finding("sip", "problem", say("cli_sip_not_installed"))
        return
    if sip.register and not secret("SIP_PASSWORD"):
        found, mend = say("cli_doctor_sip_no_password"), say("cli_doctor_sip_no_password_mend")
        yield Finding("sip", "problem", found, mend)
        return
    standing, taken = _running(config), False
    if standing is None:
        for finding in _port(sip, say):
            taken = True
            yield finding
        standing = _tried(config)
    # With another port it may register; with this one it cannot even start.
    yield from (one for one in _standing(sip, standing, say) if not (taken and one.verdict == "ok"))
    yield from _codecs(sip, standing, say)
    if in_clear(sip):
        yield Finding("sip", "problem", say("cli_sip_in_clear"))
    if sip.sound:
        yield from _devices(sip, say)


def _running(config: Config) -> Mapping[str, Any] | None:
    """How the telephone of a running phonebar stands; None without one that makes real calls."""
    where = config.phonebar
    client = Phonebar(
        where.url, connect_timeout=where.connect_timeout, read_timeout=where.read_timeout
    )
    try:
        found = client.health().get("telephone")
    except PhonebarError:
        return None
    return found if isinstance(found, Mapping) else None


def _tried(config: Config) -> Mapping[str, Any]:
    from assistant.commands.telephone import account_of
    from phonebar.line import Line
    from phonebar.sip.backend import SipBackend

    backend = SipBackend(account_of(config, port=0))
    # Whoever calls meanwhile finds this telephone busy, and goes on ringing at the others.
    line = Line(backend, max_calls=0)
    try:
        backend.wait(
            lambda now: now.up and (now.registered or now.code > 0 or not config.sip.register), WAIT
        )
        return backend.health()
    finally:
        line.close()


def _port(sip: SipSection, say: Say) -> Iterator[Finding]:
    if not sip.port:
        return
    kind = socket.SOCK_DGRAM if sip.transport == "udp" else socket.SOCK_STREAM
    with socket.socket(socket.AF_INET, kind) as trial:
        try:
            trial.bind((sip.bind, sip.port))
        except OSError as error:
            found = say("cli_doctor_sip_port", port=sip.port, why=error.strerror)
            yield Finding("sip", "problem", found, say("cli_doctor_sip_port_mend"))


def _standing(sip: SipSection, standing: Mapping[str, Any], say: Say) -> Iterator[Finding]:
    who = {"user": sip.user or sip.domain, "domain": sip.domain}
    code = int(standing["code"])
    why = f"{code} {standing['reason']}".strip() if code else say("cli_sip_no_answer")
    if not standing["up"]:
        mend = say("cli_doctor_sip_down_mend")
        yield Finding("sip", "problem", say("cli_doctor_sip_down", why=why), mend)
    elif not sip.register:
        yield Finding("sip", "ok", say("cli_sip_ready", **who))
    elif standing["registered"]:
        yield Finding("sip", "ok", say("cli_sip_registered", **who))
        yield from _seen(sip, str(standing["seen"]), say)
    elif code in WRONG_PASSWORD:
        yield Finding("sip", "problem", say("cli_sip_wrong_password", **who, why=why))
    elif sip.transport == "tls" and code in {0, 408, 502, 503}:
        found = say("cli_doctor_sip_tls", **who, why=why)
        yield Finding("sip", "problem", found, say("cli_doctor_sip_tls_mend"))
    else:
        mend = say("cli_doctor_sip_refused_mend", transport=sip.transport)
        yield Finding("sip", "problem", say("cli_sip_refused", **who, why=why), mend)


def _seen(sip: SipSection, seen: str, say: Say) -> Iterator[Finding]:
    """Whether something between us and the registrar translates our address."""
    host = seen.rpartition(":")[0].strip("[]")
    ours = _own_address(sip.domain)
    if not host or not ours or _same(host, ours):
        return
    found = say("cli_doctor_sip_nat", ours=ours, seen=host)
    yield Finding("sip", "note", found, say("cli_doctor_sip_nat_mend"))


def _own_address(domain: str) -> str:
    """The address of this PC on the way there; empty when there is no way."""
    host, _, port = domain.rpartition(":") if domain.count(":") == 1 else (domain, "", "")
    try:
        family, kind, _, _, there = socket.getaddrinfo(
            host.strip("[]"), int(port or 5060), type=socket.SOCK_DGRAM
        )[0]
        with socket.socket(family, kind) as way:
            way.connect(there)
            return str(way.getsockname()[0])
    except (OSError, ValueError):
        return ""


def _same(one: str, two: str) -> bool:
    try:
        return ipaddress.ip_address(one) == ipaddress.ip_address(two)
    except ValueError:
        return one == two


def _codecs(sip: SipSection, standing: Mapping[str, Any], say: Say) -> Iterator[Finding]:
    offered = tuple(map(str, standing["codecs"]))
    if not standing["up"]:
        return
    missing = [
        name
        for name in sip.codecs
        if not any(codec.lower().startswith(name.lower()) for codec in offered)
    ]
    names = ", ".join(codec.rpartition("/")[0] or codec for codec in offered)
    if not offered:
        yield Finding(
            "sip",
            "problem",
            say("cli_doctor_sip_no_codec", names=", ".join(sip.codecs)),
            say("cli_doctor_sip_codecs_mend"),
        )
        return
    yield Finding("sip", "ok", say("cli_doctor_sip_codecs", names=names))
    if missing:
        found = say("cli_doctor_sip_codecs_missing", names=", ".join(missing))
        yield Finding("sip", "note", found, say("cli_doctor_sip_codecs_mend"))


def _devices(sip: SipSection, say: Say) -> Iterator[Finding]:
    try:
        import sounddevice

        known = list(sounddevice.query_devices())
    except (ImportError, OSError):
        mend = say("cli_doctor_sip_no_sound_mend")
        yield Finding("sip", "problem", say("cli_doctor_sip_no_sound"), mend)
        return
    for key, wanted, channels in (
        ("microphone", sip.microphone, "max_input_channels"),
        ("speaker", sip.speaker, "max_output_channels"),
        ("ringer", sip.ringer, "max_output_channels"),
    ):
        names = [str(item["name"]) for item in known if item[channels] > 0]
        if any(wanted.casefold() in name.casefold() for name in names):
            continue
        if not names:
            found = say("cli_doctor_sip_no_device", key=key)
            yield Finding("sip", "problem", found, say("cli_doctor_sip_no_device_mend"))
        else:
            found = say("cli_doctor_sip_no_such_device", key=key, name=wanted)
            mend = say("cli_doctor_sip_no_such_device_mend", key=key, names=", ".join(names))
            yield Finding("sip", "problem", found, mend)
