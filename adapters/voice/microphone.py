"""The microphone: heard all the time, by a process that is begun again when it is lost.

To open one takes most of a second, so it is never closed between two commands. What is heard is
handed on in memory and forgotten; nothing of it is ever written to a file.
"""

from __future__ import annotations

import contextlib
import json
import logging
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import IO, TYPE_CHECKING, Any, Literal

import numpy as np

from adapters.feedback.resample import Resampler
from adapters.voice.recogniser import RATE

if TYPE_CHECKING:
    from adapters.voice.recogniser import Samples

CHUNK = 512
"""Samples that are handed on at once, 32 ms: what the voice activity detector takes."""
AGAIN, RARELY = 1.0, 8.0
"""Seconds between attempts to open a device when there is none: at first, and in the long run."""
STEADY = 5.0
"""Seconds that a microphone was heard after which its loss is a new one."""

State = Literal["opening", "open", "lost", "closed"]
log = logging.getLogger(__name__)


class Microphone:
    """Hears all the time, until it is closed.

    Args:
        name: of the device, or a part of it; empty for the system's default.
        on_state: called with each new state, from a thread of ours.
        command: begins the process that hears; None for `adapters.voice.capture`.
    """

    def __init__(
        self,
        name: str = "",
        on_state: Callable[[State], None] = lambda _state: None,
        command: tuple[str, ...] | None = None,
    ) -> None:
        self._command = command or (sys.executable, "-m", "adapters.voice.capture", name)
        self._on_state = on_state
        self.device = ""
        """What the device is called that is open, or was last."""
        self.why = ""
        """Why there is none, in the sound system's words."""
        self.silent = True
        """It gave nothing but zeros since it was opened: it is muted, or may not be used."""
        self._state: State = "opening"
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._closing = threading.Event()
        self._heard: queue.SimpleQueue[Samples | None] = queue.SimpleQueue()
        self._left = np.zeros(0, np.float32)
        self._thread = threading.Thread(target=self._run, name="microphone", daemon=True)
        self._thread.start()

    @property
    def state(self) -> State:
        """Whether it is heard."""
        return self._state

    def chunks(self, seconds: float) -> Iterator[Samples]:
        """What was heard since the last call, `CHUNK` samples each; none after so many seconds."""
        try:
            came = self._heard.get(timeout=seconds)
            while came is not None:
                self._left = np.concatenate([self._left, came])
                while len(self._left) >= CHUNK:
                    chunk, self._left = self._left[:CHUNK], self._left[CHUNK:]
                    yield chunk
                came = self._heard.get_nowait()
        except queue.Empty:
            return

    def wake(self) -> None:
        """Have `chunks` return at once; any thread may call it."""
        self._heard.put(None)

    def close(self) -> None:
        """Stop, and let the device go."""
        with self._lock:
            self._state = "closed"
            if self._process is not None:
                self._process.kill()
        self._closing.set()
        self._thread.join()

    def _run(self) -> None:
        wait = AGAIN
        while not self._closing.is_set():
            began = time.monotonic()
            try:
                self._hear()
            except (OSError, ValueError) as error:
                self.why = str(error)
            if time.monotonic() - began > STEADY:
                wait = AGAIN
            self._become("lost")
            log.info("no microphone: %s", self.why)
            if not self._closing.wait(wait):
                wait = min(2 * wait, RARELY)

    def _hear(self) -> None:
        """Begin to hear, until it is lost or closed."""
        # Our own Python; the name of a device is one argument, and no shell reads it.
        with subprocess.Popen(  # noqa: S603
            self._command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        ) as process:
            with self._lock:
                self._process = process
                if self._state == "closed":
                    process.kill()
            try:
                assert process.stdout is not None  # noqa: S101 - it was asked for
                self._read(process.stdout)
            finally:
                process.kill()

    def _read(self, source: IO[bytes]) -> None:
        opened: dict[str, Any] = json.loads(source.readline() or b"{}")
        if "device" not in opened:
            self.why = str(opened.get("why") or opened.get("error", ""))
            return
        rate, channels = int(opened["rate"]), int(opened["channels"])
        resampler = Resampler(rate, RATE) if rate != RATE else None
        self.device, self.silent = str(opened["device"]), True
        self._become("open")
        n = 2 * channels * round(CHUNK * rate / RATE)
        while data := source.read(n):
            whole = np.frombuffer(data[: len(data) // (2 * channels) * 2 * channels], "<i2")
            sound = whole.reshape(-1, channels).mean(axis=1, dtype=np.float32) / np.float32(32768)
            if self.silent and whole.any():
                self.silent = False
            self._heard.put(resampler.take(sound) if resampler else sound)

    def _become(self, state: State) -> None:
        with self._lock:
            if self._state in {"closed", state}:
                return
            self._state = state
        with contextlib.suppress(Exception):
            self._on_state(state)
