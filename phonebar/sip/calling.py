"""Who calls, as SIP says it.

Source: RFC 3261 section 20.20 (From) and 19.1.1 (the user part of an address).
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


def _clean(text: str) -> str:
    return "".join(letter for letter in text if letter.isprintable()).strip()[:LONGEST]
