"""Speaks through espeak-ng, one thing after the other, and falls silent at once when asked.

A process for each utterance: the first sound comes after some 25 ms, and silence 2 ms after a kill.
"""

from __future__ import annotations

import contextlib
import queue
import shutil
import subprocess
import threading
from collections.abc import Callable
from typing import Protocol


class Speaker(Protocol):
    """Something that speaks."""

    def say(self, text: str) -> None:
        """Speak after what is being spoken; returns at once."""

    def hush(self) -> None:
        """Be silent at once, and forget what was still to be said."""

    def close(self, *, finish: bool = False) -> None:
        """Stop for good; with `finish` only after everything has been said."""


class Silence:
    """Says nothing."""

    def say(self, text: str) -> None:
        """Do nothing."""

    def hush(self) -> None:
        """Do nothing."""

    def close(self, *, finish: bool = False) -> None:
        """Do nothing."""


class Espeak:
    """Speaks through `espeak-ng`.

    Args:
        program: where it is.
        voice: its name for the voice, e.g. `en-gb`; empty for its own choice.
        rate: words a minute.
        on_mute: called once, if the program says that nothing can be heard.
    """

    def __init__(
        self,
        program: str,
        voice: str = "",
        rate: int = 175,
        on_mute: Callable[[], None] = lambda: None,
    ) -> None:
        self._on_mute: Callable[[], None] | None = on_mute
        self._command = [program, "-s", str(rate), *(["-v", voice] if voice else []), "--stdin"]
        self._waiting: queue.SimpleQueue[tuple[int, str] | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._hushed = 0
        self._thread = threading.Thread(target=self._speak, name="speech", daemon=True)
        self._thread.start()

    @classmethod
    def find(
        cls, voice: str = "", rate: int = 175, on_mute: Callable[[], None] = lambda: None
    ) -> Espeak | None:
        """The installed espeak-ng, or None."""
        program = program_found()
        return cls(program, voice, rate, on_mute) if program else None

    def say(self, text: str) -> None:
        """Speak after what is being spoken; returns at once."""
        self._waiting.put((self._hushed, text))

    def hush(self) -> None:
        """Be silent at once, and forget what was still to be said."""
        with self._lock:
            self._hushed += 1  # what was said before this is passed over
            if self._process is not None:
                self._process.kill()

    def close(self, *, finish: bool = False) -> None:
        """Stop for good; with `finish` only after everything has been said."""
        if not finish:
            self.hush()
        self._waiting.put(None)
        self._thread.join()

    def _speak(self) -> None:
        while True:
            item = self._waiting.get()
            if item is None:
                return
            said_after, text = item
            with self._lock:
                if said_after != self._hushed:
                    continue
                try:
                    # The program was found on this PC's own path; the text goes to its input.
                    self._process = subprocess.Popen(  # noqa: S603
                        self._command,
                        stdin=subprocess.PIPE,
                        stdout=subprocess.DEVNULL,
                        stderr=subprocess.PIPE,
                    )
                except OSError:
                    continue  # the text has been shown; the next one may be heard again
            complaint = b""
            with contextlib.suppress(OSError):  # hushed while it was being handed its text
                complaint = self._process.communicate(text.encode())[1]
            with self._lock:
                self._process = None
            if _is_mute(complaint) and self._on_mute is not None:
                self._on_mute()
                self._on_mute = None


def program_found() -> str | None:
    """Where espeak-ng is, or None."""
    return shutil.which("espeak-ng") or shutil.which("espeak")


def can_be_heard(program: str) -> bool:
    """Whether the program finds something to play on; it speaks a silence to find out."""
    try:
        # The program was found on this PC's own path.
        tried = subprocess.run([program, " "], capture_output=True, timeout=10, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return False
    return tried.returncode == 0 and not _is_mute(tried.stderr)


def _is_mute(complaint: bytes) -> bool:
    """Without a sound device espeak-ng 1.51 says so, and ends as if all were well."""
    return any(line.startswith(b"error:") for line in complaint.splitlines())
