"""Calls recorded to FLAC, one file each, both sides in it; off unless a folder is configured.

A file's name has no number in it, and the file is its user's alone. A disk that is full, or a
folder that is not there, ends the recording and never the call.

    RecordingError(Exception)   a recording cannot begin; the call goes on without it
"""

from __future__ import annotations

import contextlib
import os
import queue
import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

LEAST_FREE = 64 * 2**20
"""Bytes that are left free on the disk: others need it too. An hour of sound takes some 60 MB."""
CLOSES = 3.0
"""Seconds that a disk may take with the end of a file."""
LOOKS = 250
"""Frames between two looks at that."""


class RecordingError(Exception):
    """A call cannot be recorded; the message says why."""


class Recording:
    """One file, written on a thread of its own.

    Args:
        folder: where to.
        call_id: whose; the end of the name is taken from it.
        rate: hertz.
        complain: told, on that thread, when it has to end before its time.

    Raises:
        RecordingError: it cannot begin.
    """

    def __init__(
        self, folder: Path, call_id: str, rate: int, complain: Callable[[str], None]
    ) -> None:
        self._folder, self._complain = folder, complain
        self._frames: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self.failed = False
        """It has ended before its time."""
        try:
            import soundfile

            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._look()
            name = f"{time.strftime('%Y-%m-%d %H.%M.%S')} {call_id[:8]}.flac"
            self.path = folder / name
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
            self._file: Any = soundfile.SoundFile(
                os.open(self.path, flags, 0o600),
                "w",
                samplerate=rate,
                channels=1,
                format="FLAC",
                subtype="PCM_16",
            )
        except (ImportError, OSError, RuntimeError) as error:
            raise RecordingError(f"a call is not recorded: {error}") from error
        self._thread = threading.Thread(target=self._write, name="recording", daemon=True)
        self._thread.start()

    @property
    def busy(self) -> bool:
        """Whether it is still written."""
        return self._thread.is_alive()

    def feed(self, frame: bytes) -> None:
        """Add sound, 16 bits a sample; does not wait."""
        if not self.failed:
            self._frames.put(frame)

    def end(self) -> None:
        """No more is to come; does not wait."""
        self._frames.put(None)

    def wait(self) -> None:
        """Return when the file is whole, after `end`."""
        self._thread.join(CLOSES)

    def _look(self) -> None:
        if shutil.disk_usage(self._folder).free < LEAST_FREE:
            raise OSError(f"the disk of {self._folder} is full")

    def _write(self) -> None:
        count = 0
        try:
            while (frame := self._frames.get()) is not None:
                self._file.buffer_write(frame, dtype="int16")
                count += 1
                if count % LOOKS == 0:
                    self._look()
        except Exception as error:  # noqa: BLE001 - libsndfile asserts, too, where a disk is full
            self.failed = True
            self._complain(f"the recording of a call has ended: {error}")
        finally:
            with contextlib.suppress(Exception):
                self._file.close()
