"""The telephone of `phonebar serve --backend sip`, from the configuration; its standing told."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import asdict
from importlib.util import find_spec
from typing import TYPE_CHECKING

import click

from assistant.commands.options import configured
from assistant.commands.words import Say, speaking
from assistant.secret import secret

if TYPE_CHECKING:
    from assistant.config import Config
    from assistant.settings import SipSection
    from phonebar.sip.account import Account
    from phonebar.sip.backend import SipBackend, Standing


def telephone(path: str | None) -> SipBackend:
    """The SIP backend of the configuration; says on the terminal how it stands with the network.

    Args:
        path: the configuration file; None for the usual one.

    Raises:
        click.ClickException: it is not installed, or there is no account; says how to mend it.
    """
    settings = configured({"config": path})
    say = speaking(settings)
    if find_spec("pjsua2") is None:
        raise click.ClickException(say("cli_sip_not_installed"))
    if not settings.sip.domain:
        raise click.ClickException(say("cli_sip_no_account"))
    from phonebar.sip.account import Devices
    from phonebar.sip.backend import SipBackend

    sip = settings.sip
    devices = Devices(**{name: getattr(sip, setting) for name, setting in _DEVICES.items()})
    if sip.record:
        click.echo(say("cli_sip_records", folder=sip.record))
    account = account_of(settings)
    if account.register and not account.password:
        click.echo(say("cli_doctor_sip_no_password"), err=True)
        click.echo(say("cli_doctor_sip_no_password_mend"), err=True)
    if in_clear(sip):
        click.echo(say("cli_sip_in_clear"), err=True)
    for host in nowhere(account):
        click.echo(say("cli_sip_unknown_host", host=host), err=True)
    teller = _Teller(say, account.user, account.domain, registers=account.register)
    return SipBackend(
        account,
        devices,
        on_standing=teller.stands,
        on_trouble=teller.trouble,
        on_turned_away=teller.turned_away,
    )


def account_of(settings: Config, *, port: int | None = None) -> Account:
    """The account of the configuration, with its password.

    Args:
        settings: the configuration.
        port: another local port than the configured one.
    """
    from phonebar.sip.account import Account

    given = asdict(settings.sip)
    for name in _DEVICES.values():
        del given[name]
    if port is not None:
        given["port"] = port
    return Account(**given, password=secret("SIP_PASSWORD") or "")


def in_clear(sip: SipSection) -> bool:
    """Whether the keys of encrypted sound are sent for everybody to read (RFC 4568 section 7)."""
    return sip.srtp != "off" and sip.transport != "tls"


def nowhere(account: Account) -> Iterator[str]:
    """The servers whose address cannot be found."""
    for home in account.homes:
        host = home.rpartition(":")[0] if home.count(":") == 1 else home
        try:
            socket.getaddrinfo(host.strip("[]"), None)
        except OSError:
            yield host


_DEVICES = {
    "enabled": "sound",
    **{name: name for name in ("microphone", "speaker", "ringer", "record", "record_beep")},
}
"""The settings that say where the sound goes."""


class _Teller:
    """Says how the telephone stands, whenever that has changed."""

    def __init__(self, say: Say, user: str, domain: str, *, registers: bool) -> None:
        self._say, self._registers = say, registers
        self._who = {"user": user or domain, "domain": domain}
        self._told = ""
        self._up = False

    def stands(self, standing: Standing) -> None:
        """Say it, unless it was said last."""
        message = self._message(standing)
        self._up = standing.up
        if not message:
            return
        why = f"{standing.code} {standing.reason}".strip()
        text = self._say(message, **self._who, why=why)
        if text != self._told:
            self._told = text
            click.echo(text)

    def trouble(self, what: str) -> None:
        """Say what does not work, e.g. a sound device, or all of it."""
        message = "cli_sip_trouble" if self._up else "cli_sip_cannot_start"
        click.echo(self._say(message, why=what), err=True)

    def turned_away(self, why: str, host: str) -> None:
        """Say that somebody could not call."""
        if why in {"stranger", "flood"}:
            click.echo(self._say(f"cli_sip_{why}", host=host), err=True)

    def _message(self, standing: Standing) -> str:
        if not standing.up:
            return "cli_sip_restarting" if standing.restarts else ""
        if not self._registers:
            return "cli_sip_ready"
        if standing.registered:
            return "cli_sip_registered"
        if not standing.code:
            return ""
        return "cli_sip_wrong_password" if standing.code in {401, 403, 407} else "cli_sip_refused"
