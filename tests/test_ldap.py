"""Contacts from a real slapd on loopback."""

from __future__ import annotations

import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.contact import Contact, DirectoryError, Number
from assistant.directory import Directory
from assistant.ldap import LdapSource, _contacts, _question
from tests.desk import eventually

SLAPD = shutil.which("slapd") or shutil.which("slapd", path="/usr/sbin:/usr/lib/openldap")
BASE = "ou=people,dc=example,dc=org"

CONFIG = """\
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
pidfile {folder}/slapd.pid
database mdb
directory {folder}/db
{limit}
suffix "dc=example,dc=org"
rootdn "cn=admin,dc=example,dc=org"
rootpw secret
access to * by users read by anonymous {anonymous}
"""

NO_LIMIT = "sizelimit size.prtotal=unlimited"

PEOPLE = """\
dn: dc=example,dc=org
objectClass: dcObject
objectClass: organization
dc: example
o: Example

dn: ou=people,dc=example,dc=org
objectClass: organizationalUnit
ou: people

dn: cn=Maria Rossi,ou=people,dc=example,dc=org
objectClass: inetOrgPerson
cn: Maria Rossi
cn: Mary
sn: Rossi
telephoneNumber: +39 06 5550 1104
mobile: +39 333 555 0100

dn: cn=Jürgen Groß,ou=people,dc=example,dc=org
objectClass: inetOrgPerson
cn: Jürgen Groß
sn: Groß
displayName: Groß, Jürgen
telephoneNumber: none yet
"""


def slapd(folder: Path, people: str, anonymous: str, limit: str) -> subprocess.Popen[bytes]:
    """A server in the foreground, and its port in `folder/port`."""
    assert SLAPD is not None
    (folder / "db").mkdir()
    (folder / "slapd.conf").write_text(
        CONFIG.format(folder=folder, anonymous=anonymous, limit=limit), encoding="utf-8"
    )
    (folder / "people.ldif").write_text(people, encoding="utf-8")
    conf = ["-f", str(folder / "slapd.conf")]
    subprocess.run(
        [SLAPD, "-T", "add", *conf, "-l", str(folder / "people.ldif")],
        check=True,
        capture_output=True,
    )
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    (folder / "port").write_text(str(port))
    server = subprocess.Popen(
        [SLAPD, *conf, "-h", f"ldap://127.0.0.1:{port}/", "-d", "0"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )

    def listens() -> bool:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            return False
        return True

    eventually(listens)
    return server


@pytest.fixture
def people(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of the people."""
    if SLAPD is None:
        pytest.skip("slapd is not installed (Debian: apt install slapd)")
    extra, anonymous, *limit = getattr(request, "param", ("", "read"))
    server = slapd(tmp_path, PEOPLE + extra, anonymous, *(limit or [NO_LIMIT]))
    yield f"ldap://127.0.0.1:{(tmp_path / 'port').read_text()}/{BASE}"
    server.kill()
    server.wait()


MANY = "".join(
    f"\ndn: cn=Person {n},{BASE}\nobjectClass: inetOrgPerson\ncn: Person {n}\nsn: {n}\n"
    f"telephoneNumber: {70000 + n}\n"
    for n in range(1200)
)


def test_people_with_their_names_aliases_and_numbers(people: str) -> None:
    directory = Directory.load(LdapSource(people))
    maria = directory.get("Maria Rossi")
    assert maria is not None
    assert maria.aliases == ("Mary",)
    assert maria.numbers == (Number("+390655501104", "work"), Number("+393335550100", "mobile"))
    assert [found.name for found in directory.exact(["juergen", "gross"])] == ["Groß, Jürgen"]


def test_a_number_that_cannot_be_dialled_keeps_nobody_else_away(people: str) -> None:
    directory = Directory.load(LdapSource(people))
    gross = directory.get("Groß, Jürgen")
    assert gross is not None
    assert gross.numbers == ()


@pytest.mark.parametrize("people", [(MANY, "read")], indirect=True)
def test_more_people_than_a_server_gives_at_once(people: str) -> None:
    assert len(Directory.load(LdapSource(people))) == 1202


@pytest.mark.parametrize("people", [(MANY, "read", "sizelimit 500")], indirect=True)
def test_people_whom_the_server_keeps_back_are_not_missed_silently(people: str) -> None:
    with pytest.raises(DirectoryError, match="no more than 500 people"):
        Directory.load(LdapSource(people))


@pytest.mark.parametrize("people", [("", "auth")], indirect=True)
def test_an_account_of_the_environment(people: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(_read_or_nothing(people)) == 0
    monkeypatch.setenv("PHONEBAR_LDAP_USER", "cn=admin,dc=example,dc=org")
    monkeypatch.setenv("PHONEBAR_LDAP_PASSWORD", "secret")
    assert len(Directory.load(LdapSource(people))) == 2
    monkeypatch.setenv("PHONEBAR_LDAP_PASSWORD", "wrong")
    with pytest.raises(DirectoryError, match="invalidCredentials"):
        Directory.load(LdapSource(people))


def test_a_password_is_never_sent_in_clear_over_a_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PHONEBAR_LDAP_PASSWORD", "secret")
    with pytest.raises(DirectoryError, match="in clear"):
        LdapSource("ldap://ldap.example.org/dc=example").read()


def _read_or_nothing(url: str) -> Directory:
    try:
        return Directory.load(LdapSource(url))
    except DirectoryError:
        return Directory()


def test_the_filter_of_the_url(people: str) -> None:
    directory = Directory.load(LdapSource(f"{people}??sub?(mobile=*)"))
    assert [contact.name for contact in directory.contacts] == ["Maria Rossi"]


def test_a_server_that_goes_away_leaves_the_directory_as_it_is(
    people: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    directory = Directory.load(LdapSource(people, timeout=1))
    gone = LdapSource("ldap://127.0.0.1:9/dc=example", timeout=1)
    monkeypatch.setattr(directory, "_sources", (gone,))
    monkeypatch.setattr(directory, "_stamps", [None])
    problem = eventually(directory.reload_if_changed)
    assert "ldap://127.0.0.1:9" in problem
    assert len(directory) == 2


@pytest.mark.parametrize(
    ("query", "scope", "condition"),
    [
        ("", "sub", "(objectClass=person)"),
        ("cn,mobile?one?(cn=a%20b)", "one", "(cn=a b)"),
    ],
)
def test_what_a_url_asks_for(query: str, scope: str, condition: str) -> None:
    assert _question(query)[1:] == (scope, condition)


def test_active_directory_says_how_a_name_is_spoken() -> None:
    entry = {
        "type": "searchResEntry",
        "attributes": {"displayName": "Siobhan Byrne", "msDS-PhoneticDisplayName": ["Shivawn"]},
    }
    assert list(_contacts([entry])) == [Contact("Siobhan Byrne", (), (), "Shivawn")]
