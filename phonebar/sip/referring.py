"""Where the far end of a call may send us on to (REFER): only to numbers that the settings name.

What a Refer-To asks for is dialled as it stands, so all of it has to be ordinary: a number at our
own server, nothing that would be put into the request besides. Source: RFC 3515 (REFER), RFC 3261
section 19.1.5 (what an address may smuggle into a request).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from fnmatch import fnmatchcase
from urllib.parse import unquote

from phonebar.protocol import is_number

_ORDINARY = re.compile(
    r"\A\s*<?sips?:([^@;?<>\s]{1,64})@([^@;?<>\s]{1,255})(?:;(?:user=phone|transport=\w+))*>?\s*\Z",
    re.ASCII | re.IGNORECASE,
)


def sent_on_to(address: str, homes: Iterable[str], allowed: Iterable[str]) -> str | None:
    """The number that a Refer-To asks us to dial; None if it is not to be dialled.

    Args:
        address: such as `<sip:202@pbx.example.org>`; from a stranger.
        homes: our own servers, `pbx.example.org:5060`.
        allowed: the numbers to which we may be sent, with `?` for a character and `*` for any.
    """
    found = _ORDINARY.match(address)
    if found is None or not _one_of(found[2], homes):
        return None
    number = unquote(found[1])
    named = any(fnmatchcase(number, pattern) for pattern in allowed)
    return number if named and is_number(number) else None


def _one_of(host: str, homes: Iterable[str]) -> bool:
    return any(_plain(host) == _plain(home) for home in homes)


def _plain(host: str) -> str:
    return host.lower().removesuffix(":5060")
