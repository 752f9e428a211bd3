"""Speaks through espeak-ng, one thing after the other, and falls silent at once when asked.

A process for each utterance: the first sound comes after some 25 ms, and silence 2 ms after a kill.
"""

from __future__ import annotations

import contextlib
import queue
import shutil
import subprocess
import threading
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
    """

    def __init__(self, program: str, voice: str = "", rate: int = 175) -> None:
        self._command = [program, "-s", str(rate), *(["-v", voice] if voice else []), "--stdin"]
        self._waiting: queue.SimpleQueue[tuple[int, str] | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._hushed = 0
        self._thread = threading.Thread(target=self._speak, name="speech", daemon=True)
        self._thread.start()

    @classmethod
    def find(cls, voice: str = "", rate: int = 175) -> Espeak | None:
        """The installed espeak-ng, or None."""
        program = shutil.which("espeak-ng") or shutil.which("espeak")
        return cls(program, voice, rate) if program else None

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
                        stderr=subprocess.DEVNULL,
                    )
                except OSError:
                    continue  # the text has been shown; the next one may be heard again
            with contextlib.suppress(OSError):  # hushed while it was being handed its text
                self._process.communicate(text.encode())
            with self._lock:
                self._process = None
