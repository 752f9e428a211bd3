"""Sounds and speech, as the surfaces see them.

Whatever is heard is also written by the surface that asks for it: nothing here is the only sign of
anything.
"""

from __future__ import annotations

from typing import Literal, Protocol

Cue = Literal[
    "listening", "done", "asked", "failed", "ringing", "step", "select", "back", "paused", "stopped"
]
"""An earcon: what the user did was taken in, or what happened to the calls."""


class Feedback(Protocol):
    """Earcons and speech through one queue; no method waits for a sound."""

    def cue(self, cue: Cue) -> None:
        """Play an earcon at once, beside what is being spoken."""

    def say(self, text: str, *, urgent: bool = False) -> None:
        """Speak after what is being spoken; with `urgent` instead of it."""

    def hush(self) -> None:
        """Be silent at once, and forget what was still to be said."""

    def sounding(self) -> bool:
        """Whether anything is heard now, or about to be."""

    def close(self, *, finish: bool = False) -> None:
        """Stop for good; with `finish` only after everything has been said."""


class Quiet:
    """Makes no sound."""

    def cue(self, cue: Cue) -> None:
        """Do nothing."""

    def say(self, text: str, *, urgent: bool = False) -> None:
        """Do nothing."""

    def hush(self) -> None:
        """Do nothing."""

    def sounding(self) -> bool:
        """Nothing ever is."""
        return False

    def close(self, *, finish: bool = False) -> None:
        """Do nothing."""
