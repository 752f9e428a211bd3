"""What one check of `phonebar doctor` found, and how to mend it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found."""

    check: str
    """Its name; the message `cli_check_…` says it in words."""
    verdict: str
    """`ok`, `note` (nothing is wrong) or `problem`."""
    found: str
    mend: str = ""
