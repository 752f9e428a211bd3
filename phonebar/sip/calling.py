"""Who calls, and who we are to others, as SIP says it.

Source: RFC 3261 sections 20.20 (From) and 19.1.1 (the user part of an address); RFC 3581 (how a
server tells in Via from where a request came).
"""

from __future__ import annotations

import re
from urllib.parse import unquote

LONGEST = 64
"""Characters of a name or number that are kept; both come from strangers."""
UNKNOWN = "anonymous"
"""As RFC 3323 has it."""

_ADDRESS = re.compile(r"\A\s*(?:\"((?:[^\"\\]|\\.)*)\"|([^<\"]*?))\s*<\s*sips?:([^>]*)>", re.ASCII)
_BARE = re.compile(r"\A\s*sips?:(\S*)", re.ASCII)
_VIA = re.compile(r"^(?:Via|v)\s*:\s*SIP/2\.0/\w+\s+([^\s;]+)([^\r\n,]*)", re.ASCII | re.I | re.M)
_PARAMETER = re.compile(r";\s*(received|rport)\s*=\s*([0-9A-Za-z.:\[\]-]+)", re.ASCII | re.I)


def caller(address: str) -> tuple[str, str]:
    """The display name, which may be empty, and the number (or user) of an address.

    Args:
        address: such as `"Maria" <sip:+390655501104@pbx>`.
    """
    found = _ADDRESS.match(address)
    if found:
        name, rest = found[1] if found[1] is not None else found[2] or "", found[3]
    else:
        bare = _BARE.match(address)
        name, rest = "", bare[1] if bare else ""
    user = rest.partition("@")[0] if "@" in rest else ""
    user = unquote(user.partition(";")[0].partition(":")[0])
    return _clean(re.sub(r"\\(.)", r"\1", name)), _clean(user) or UNKNOWN


def seen_as(response: str) -> str:
    """Our address as a server saw it, `192.0.2.7:5060`; empty if its response does not tell.

    Args:
        response: the whole message; its topmost Via is ours.
    """
    via = _VIA.search(response)
    if via is None:
        return ""
    told = {key.lower(): value for key, value in _PARAMETER.findall(via[2])}
    host, _, port = via[1].rpartition(":") if via[1].count(":") == 1 else (via[1], "", "")
    address = told.get("received") or host
    return f"{_clean(address)}:{told.get('rport') or port or 5060}"


def _clean(text: str) -> str:
    return "".join(letter for letter in text if letter.isprintable()).strip()[:LONGEST]
