"""Encrypted signalling and sound: whom we believe, and what we refuse to say in the clear."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import trustme

pytest.importorskip("pjsua2", reason="needs the sip extra: pip install phonebar-assistant[sip]")

from phonebar.sip.account import Account
from tests.phonebar.sip.exchange import exchange
from tests.phonebar.sip.phones import Phone, free_port

SCENARIO = "[default]\nrings_after = 0.0\nafter = 0.1\n"


class Authority:
    """Signs certificates; its own is in a file."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self._authority = trustme.CA()
        self._folder = folder
        self.file = folder / "ca.pem"
        self._authority.cert_pem.write_to_path(self.file)

    def signs(self, name: str) -> Path:
        """A server's certificate with its key."""
        path = self._folder / f"{name}.pem"
        self._authority.issue_cert(name).private_key_and_cert_chain_pem.write_to_path(path)
        return path


@contextmanager
def called(
    folder: Path, certificate: Path, their_srtp: str = "off", **account: object
) -> Iterator[Phone]:
    """A telephone that has dialled a number at an exchange with that certificate."""
    scenario = folder / "scenario.toml"
    scenario.write_text(SCENARIO)
    theirs = free_port()
    given = {
        "domain": f"127.0.0.1:{theirs}",
        "user": "100",
        "transport": "tls",
        "register": False,
        "bind": "127.0.0.1",
        **account,
    }
    with exchange(scenario, theirs, free_port(), str(certificate), their_srtp):
        phone = Phone(Account(**given)).up()  # type: ignore[arg-type]
        try:
            phone.line.originate("200")
            yield phone
        finally:
            phone.close()


@pytest.fixture
def ours(tmp_path: Path) -> Authority:
    return Authority(tmp_path / "ours")


def test_a_server_of_an_authority_that_is_named_is_called_with_encrypted_sound(
    tmp_path: Path, ours: Authority
) -> None:
    with called(
        tmp_path, ours.signs("127.0.0.1"), "mandatory", ca_file=str(ours.file), srtp="mandatory"
    ) as phone:
        phone.until("active")


def test_a_server_that_somebody_else_vouches_for_is_not_called(
    tmp_path: Path, ours: Authority
) -> None:
    theirs = Authority(tmp_path / "theirs")
    with called(tmp_path, theirs.signs("127.0.0.1"), ca_file=str(ours.file)) as phone:
        phone.until("released")
        assert phone.reasons() == ["unreachable"]


def test_a_server_of_another_name_is_not_called(tmp_path: Path, ours: Authority) -> None:
    with called(tmp_path, ours.signs("pbx.example.org"), ca_file=str(ours.file)) as phone:
        phone.until("released")
        assert phone.reasons() == ["unreachable"]


def test_without_a_file_of_ours_the_authorities_of_the_system_are_believed() -> None:
    file = Path(Account("pbx.example.org").authorities)
    assert "BEGIN CERTIFICATE" in file.read_text(encoding="utf-8")


def test_a_certificate_is_not_looked_at_if_so_configured(tmp_path: Path) -> None:
    theirs = Authority(tmp_path / "theirs")
    with called(tmp_path, theirs.signs("pbx.example.org"), verify=False) as phone:
        phone.until("active")


def test_sound_that_must_be_encrypted_is_never_sent_in_the_clear(
    tmp_path: Path, ours: Authority
) -> None:
    with called(
        tmp_path, ours.signs("127.0.0.1"), "off", ca_file=str(ours.file), srtp="mandatory"
    ) as phone:
        phone.until("released")
        assert phone.reasons() == ["unreachable"]
