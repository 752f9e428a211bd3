"""`phonebar doctor` on real calls: what is wrong with the account, and how to mend it."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

pytest.importorskip("pjsua2", reason="needs the sip extra: pip install phonebar-assistant[sip]")

from assistant.commands.telephone_doctor import findings
from assistant.config import Config
from assistant.settings import PhonebarSection, SipSection
from phonebar.sip.backend import SipBackend, Standing
from phonebar.sip.calling import seen_as
from tests.phonebar.sip.kamailio import kamailio
from tests.phonebar.sip.phones import free_port, phones
from tests.phonebar.sip.test_serve import serving

PASSWORDS = {"100": "onehundred"}
Found = list[tuple[str, str]]


def doctor(folder: Path, sip: str, password: str = "", url: str = "http://127.0.0.1:9") -> Found:
    """What it says of real calls: each verdict, and what was found with how to mend it."""
    config = folder / "doctor.toml"
    config.write_text(f'[phonebar]\nurl = "{url}"\n[sip]\nbind = "127.0.0.1"\n{sip}\n')
    done = subprocess.run(
        [sys.executable, "-m", "assistant.cli", "doctor", "--json", "--config", str(config)],
        capture_output=True,
        check=False,
        text=True,
        timeout=100,
        env={**os.environ, "SIP_PASSWORD": password, "PYTHON_KEYRING_BACKEND": NO_KEYRING},
    )
    findings = [json.loads(line) for line in done.stdout.splitlines()]
    return [
        (item["verdict"], f"{item['found']} {item['mend']}".strip())
        for item in findings
        if item["check"] == "sip"
    ]


NO_KEYRING = "keyring.backends.null.Keyring"


def test_without_an_account_it_says_that_calls_are_simulated(tmp_path: Path) -> None:
    ((verdict, said),) = doctor(tmp_path, "")
    assert (verdict, "simulated" in said, "docs/sip.md" in said) == ("note", True, True)


def test_a_password_that_is_missing_is_asked_for(tmp_path: Path) -> None:
    ((verdict, said),) = doctor(tmp_path, 'domain = "127.0.0.1:9"\nuser = "100"')
    assert (verdict, "SIP_PASSWORD" in said) == ("problem", True)


def test_a_registrar_that_takes_us_is_told_and_codecs_that_are_not_there(tmp_path: Path) -> None:
    with kamailio(tmp_path / "kamailio", PASSWORDS) as registrar:
        account = f'domain = "{registrar.domain}"\nuser = "100"\nsound = false\n'
        codecs = 'codecs = ["PCMA/8000", "AMR/8000"]'
        found = doctor(tmp_path, account + codecs, PASSWORDS["100"])
        assert [verdict for verdict, _ in found] == ["ok", "ok", "note"]
        assert f"Registered as 100 at {registrar.domain}" in found[0][1]
        assert "PCMA/8000" in found[1][1]
        assert "AMR/8000" in found[2][1]

        (wrong, *_) = doctor(tmp_path, account, "wrong")
        assert wrong[0] == "problem"
        assert "SIP_PASSWORD" in wrong[1]


def test_a_phonebar_that_runs_is_asked_so_that_nobody_registers_twice(tmp_path: Path) -> None:
    with (
        kamailio(tmp_path / "kamailio", PASSWORDS) as registrar,
        serving(tmp_path, registrar.domain, PASSWORDS["100"]) as served,
    ):
        served.says("Registered as 100")
        account = f'domain = "{registrar.domain}"\nuser = "100"\nsound = false'
        # With this password it could not register by itself.
        found = doctor(tmp_path, account, "wrong", served.url)
        assert [verdict for verdict, _ in found] == ["ok", "ok"]


def test_who_calls_while_it_is_tried_finds_it_busy(monkeypatch: pytest.MonkeyPatch) -> None:
    """And so goes on ringing at the account's other telephones."""
    told: list[str | None] = []
    wait = SipBackend.wait

    def called(self: SipBackend, met: Callable[[Standing], bool], seconds: float) -> bool:
        done = wait(self, met, seconds)
        monkeypatch.setattr(SipBackend, "wait", wait)
        there = f"127.0.0.1:{self.standing.port}"
        with phones({"user": "200", "domain": there}) as (caller,):
            caller.line.originate("100")
            caller.until("released")
            told.extend(caller.reasons())
        return done

    monkeypatch.setattr(SipBackend, "wait", called)
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", NO_KEYRING)
    sip = SipSection(domain="127.0.0.1:9", bind="127.0.0.1", register=False, sound=False)
    nobody = PhonebarSection(url="http://127.0.0.1:9")
    verdicts = [one.verdict for one in findings(Config(sip=sip, phonebar=nobody), str.format)]
    assert verdicts == ["ok", "ok"]
    assert told == ["busy"]


def test_a_port_that_is_taken_and_a_server_that_is_not_there_are_told(tmp_path: Path) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        nobody = free_port()
        found = doctor(
            tmp_path,
            f'domain = "127.0.0.1:{nobody}"\nuser = "100"\ntransport = "udp"\nsound = false\n'
            f"port = {taken.getsockname()[1]}",
            "secret",
        )
    assert [verdict for verdict, _ in found][:2] == ["problem", "problem"]
    assert "port under [sip] to 0" in found[0][1]
    assert "firewall" in found[1][1]


@pytest.mark.parametrize(
    ("via", "seen"),
    [
        (
            "Via: SIP/2.0/UDP 10.0.0.2:5060;rport=40000;branch=z9;received=192.0.2.7",
            "192.0.2.7:40000",
        ),
        ("v: SIP/2.0/TCP 10.0.0.2;branch=z9", "10.0.0.2:5060"),
        (
            "Via: SIP/2.0/UDP [2001:db8::1]:5062;RECEIVED=2001:db8::2, SIP/2.0/UDP x",
            "2001:db8::2:5060",
        ),
        ("Subject: nothing", ""),
    ],
)
def test_how_the_server_sees_us_is_read_from_its_answer(via: str, seen: str) -> None:
    assert seen_as(f"SIP/2.0 200 OK\r\n{via}\r\nTo: <sip:a@b>\r\n\r\n") == seen
