"""espeak-ng: speaks all our languages everywhere, and its first sound comes after some 10 ms."""

from __future__ import annotations

import shutil

from adapters.feedback.voice import Recipe


def found() -> str | None:
    """Where espeak-ng is, or None."""
    return shutil.which("espeak-ng") or shutil.which("espeak")


def recipe(
    program: str, *, voice: str = "", rate: int = 175, pitch: int = 50, alone: bool = False
) -> Recipe:
    """How espeak-ng is called; see its manual page.

    Args:
        program: where it is.
        voice: its name for the voice, e.g. `en-gb`; empty for its own choice.
        rate: words a minute.
        pitch: 0 to 100, 50 in the middle.
        alone: it plays by itself, for want of a player of ours.
    """
    how = ["-s", str(rate), "-p", str(round(pitch * 0.99)), *(["-v", voice] if voice else [])]
    command = [program, *how, "--stdin", *([] if alone else ["--stdout"])]
    return Recipe("espeak-ng", tuple(command), "itself" if alone else "pipe")
