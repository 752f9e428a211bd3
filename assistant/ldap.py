"""Contacts from LDAP, named by a URL as in RFC 4516.

    ldaps://ldap.example.org/ou=people,dc=example,dc=org?cn,telephoneNumber?sub?(telephoneNumber=*)

All people are read at the start, page by page, and again from time to time, so that looking a name
up never waits for the network. Needs the extra `ldap`.
"""

from __future__ import annotations

import os
import ssl
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from assistant.contact import Contact, DirectoryError, Number
from assistant.contact_files import dialable

REFRESH = 900.0
"""Seconds after which the people are read again."""

PAGE = 500
"""People asked for at a time; servers seldom allow more than 1,000."""

_THIS_PC = frozenset({"127.0.0.1", "::1", "localhost"})

SIZE_LIMIT_EXCEEDED = 4
"""RFC 4511, 4.1.9; ldap3 does not raise it."""

NAMES = ("displayName", "cn")
"""The first is the name, the others are aliases."""

SPOKEN = "msDS-PhoneticDisplayName"
"""How the name is spoken, as Active Directory has it."""

NUMBERS = {"telephoneNumber": "work", "ipPhone": "work", "mobile": "mobile", "homePhone": "home"}
"""Attributes with numbers, and what each is called."""


@dataclass(frozen=True, slots=True)
class LdapSource:
    """A directory server, as a source of contacts.

    Args:
        url: RFC 4516; without attributes those in `NAMES` and `NUMBERS` count.
    """

    url: str
    timeout: int = 5
    """Whole seconds for each answer: ldap3 takes no others."""
    slow: bool = True

    def stamp(self) -> object:
        """What changes when it is time to read again."""
        return time.monotonic() // REFRESH

    def read(self) -> list[Contact]:
        """Everybody there.

        The account is `PHONEBAR_LDAP_USER` and `PHONEBAR_LDAP_PASSWORD` of the environment; without
        them the server is asked anonymously.

        Raises:
            DirectoryError: the server cannot be asked, or refuses.
        """
        try:
            import ldap3
            from ldap3.core.exceptions import LDAPException
        except ImportError:
            raise DirectoryError(
                f"{self.url}: this needs the extra ldap: pip install 'phonebar-assistant[ldap]'."
            ) from None
        parts = urlsplit(self.url)
        password = os.environ.get("PHONEBAR_LDAP_PASSWORD")
        if password and parts.scheme != "ldaps" and parts.hostname not in _THIS_PC:
            raise DirectoryError(
                f"{self.url}: the password would be sent in clear; use an ldaps:// address."
            )
        attributes, scope, condition = _question(parts.query)
        server = ldap3.Server(
            parts.hostname,
            port=parts.port or (636 if parts.scheme == "ldaps" else 389),
            use_ssl=parts.scheme == "ldaps",
            tls=ldap3.Tls(validate=ssl.CERT_REQUIRED),
            connect_timeout=self.timeout,
            get_info=ldap3.NONE,
        )
        try:
            with ldap3.Connection(
                server,
                user=os.environ.get("PHONEBAR_LDAP_USER"),
                password=password,
                receive_timeout=self.timeout,
                read_only=True,
                raise_exceptions=True,
                auto_bind=True,
            ) as connection:
                entries = connection.extend.standard.paged_search(
                    unquote(parts.path.lstrip("/")),
                    condition,
                    {"base": ldap3.BASE, "one": ldap3.LEVEL}.get(scope, ldap3.SUBTREE),
                    attributes=attributes,
                    paged_size=PAGE,
                )
                contacts = list(_contacts(entries))
                if connection.result["result"] == SIZE_LIMIT_EXCEEDED:
                    raise DirectoryError(
                        f"{self.url}: the server gives no more than {len(contacts)} people. Narrow"
                        " the filter, or have its limit for paged searches raised."
                    )
                return contacts
        except (LDAPException, OSError) as error:
            raise DirectoryError(f"{self.url}: cannot be read ({error}).") from error


def _question(query: str) -> tuple[list[str], str, str]:
    """The attributes, the scope and the filter of a URL."""
    asked, scope, condition, *_ = [*query.split("?"), "", "", ""]
    attributes = [unquote(name) for name in asked.split(",") if name]
    everything = [*NAMES, *NUMBERS, SPOKEN]
    return attributes or everything, scope or "sub", unquote(condition) or "(objectClass=person)"


def _contacts(entries: Iterable[Mapping[str, Any]]) -> Iterable[Contact]:
    """The people among the entries; one whose number cannot be dialled keeps the others."""
    for entry in entries:
        if entry.get("type") != "searchResEntry":
            continue
        values = {name.casefold(): _texts(found) for name, found in entry["attributes"].items()}
        names = [text for name in NAMES for text in values.get(name.casefold(), ())]
        if names:
            aliases = tuple(dict.fromkeys(name for name in names if name != names[0]))
            spoken = next(iter(values.get(SPOKEN.casefold(), ())), "")
            yield Contact(names[0], tuple(_numbers(values)), aliases, spoken)


def _numbers(values: Mapping[str, list[str]]) -> Iterable[Number]:
    seen = set()
    for name, label in NUMBERS.items():
        for text in values.get(name.casefold(), ()):
            try:
                number = dialable(text, name)
            except DirectoryError:
                continue
            if number not in seen:
                seen.add(number)
                yield Number(number, label)


def _texts(found: Any) -> list[str]:
    items = found if isinstance(found, list) else [found]
    return [text for item in items if item is not None and (text := str(item).strip())]
