"""speech-dispatcher: the voice that Orca has too, so that both take turns.

It plays by itself. Spoken to in SSIP, the protocol of its manual (freebsoft.org/doc/speechd/ssip),
over one connection, with the priority `message`: that waits for what Orca is saying and never cuts
it off.
"""

from __future__ import annotations

import contextlib
import os
import queue
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from adapters.feedback.voice import VoiceError

if TYPE_CHECKING:
    from adapters.feedback.mixer import Sound

WAIT = 3.0
"""Seconds for an answer of the server."""
LOOKS = 0.5
"""Seconds after which a wait for the end of an utterance looks whether the connection is there."""
NORMAL = 175
"""Words a minute at its rate 0, about."""
OVER = frozenset({"702", "703"})
"""The events END and CANCELED."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How it is to speak."""

    voice: str = ""
    """Its name for a voice of the module in use; empty for its own choice."""
    language: str = "en"
    """A two-letter code."""
    rate: int = NORMAL
    """Words a minute, 80 to 450."""
    pitch: int = 50
    """0 to 100, 50 in the middle."""
    volume: int = 100
    """0 to 100."""

    def settings(self) -> Iterator[str]:
        """What the server is told once."""
        slower = self.rate < NORMAL
        rate = (self.rate - NORMAL) / ((NORMAL - 80) if slower else (450 - NORMAL)) * 100
        yield "SET self CLIENT_NAME user:phonebar:speech"
        yield "SET self PRIORITY message"
        yield "SET self NOTIFICATION ALL off"
        yield "SET self NOTIFICATION END on"
        yield "SET self NOTIFICATION CANCEL on"
        yield f"SET self LANGUAGE {self.language}"
        yield f"SET self RATE {max(-100, min(100, round(rate)))}"
        yield f"SET self PITCH {self.pitch * 2 - 100}"
        yield f"SET self VOLUME {self.volume * 2 - 100}"
        if self.voice:
            yield f"SET self SYNTHESIS_VOICE {' '.join(self.voice.split())}"


def found() -> bool:
    """Whether a server runs, or can be started."""
    if sys.platform == "win32":
        return False
    return shutil.which("speech-dispatcher") is not None or _can_connect()


class SpeechDispatcher:
    """A voice of the server's.

    Args:
        manner: how it speaks.

    Raises:
        VoiceError: the server cannot be reached or started.
    """

    name = "speech-dispatcher"
    by_itself = True

    def __init__(self, manner: Manner) -> None:
        self._manner = manner
        self._line = self._connected()

    def begin(self, text: str) -> _Utterance:
        """Hand the text to the server; connects again when the connection was lost."""
        if self._line.lost:
            self._line.close()
            self._line = self._connected()
        return self._line.speak(text)

    def close(self) -> None:
        """End the connection."""
        self._line.close()

    def _connected(self) -> _Line:
        line = _Line(_connection())
        try:
            for setting in self._manner.settings():
                line.ask(setting)
        except VoiceError:
            line.close()
            raise
        return line


class _Utterance:
    """One message at the server."""

    def __init__(self, line: _Line) -> None:
        self._line = line
        self.over = threading.Event()
        self._stopped = False

    def blocks(self) -> Iterator[Sound]:
        """Wait until it has been spoken; the server plays it."""
        while not self.over.wait(LOOKS):
            if self._line.lost:
                break
        if self._line.lost and not self._stopped:
            raise VoiceError("the connection to speech-dispatcher is lost")
        yield from ()

    def stop(self) -> None:
        """Silence, at once."""
        self._stopped = True
        self._line.cancel()
        self.over.set()


class _Line:
    """One connection: commands and their answers, and what the server tells between them."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._answers: queue.SimpleQueue[list[str]] = queue.SimpleQueue()
        self._asking, self._writing = threading.Lock(), threading.Lock()
        self._utterances: dict[str, _Utterance] = {}
        self._ended: set[str] = set()
        self.lost = False
        self._reader = threading.Thread(target=self._read, name="speech-dispatcher", daemon=True)
        self._reader.start()

    def ask(self, command: str) -> list[str]:
        """The lines of the answer to a command; raises VoiceError when it is refused."""
        with self._asking:
            self._send(command)
            return self._answer()

    def speak(self, text: str) -> _Utterance:
        lines = [f".{line}" if line.startswith(".") else line for line in text.splitlines()]
        utterance = _Utterance(self)
        with self._asking:
            self._send("SPEAK")
            self._answer()
            self._send("\r\n".join([*lines, "."]))
            number = self._answer()[0][4:].strip()
            self._utterances = {number: utterance}
        if number in self._ended:  # it was quicker than this thread
            utterance.over.set()
        self._ended.clear()
        return utterance

    def cancel(self) -> None:
        """Ask for silence; nobody waits for the answer, which the reader drops."""
        with contextlib.suppress(VoiceError):
            self._send("CANCEL self")

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._connection.shutdown(socket.SHUT_RDWR)
        self._connection.close()
        self._reader.join(WAIT)

    def _send(self, text: str) -> None:
        try:
            with self._writing:
                self._connection.sendall(f"{text}\r\n".encode())
        except OSError as error:
            self.lost = True
            raise VoiceError(f"speech-dispatcher: {error}") from error

    def _answer(self) -> list[str]:
        try:
            answer = self._answers.get(timeout=WAIT)
        except queue.Empty:
            self.lost = True
            raise VoiceError("speech-dispatcher does not answer") from None
        if not answer or not answer[-1].startswith("2"):
            raise VoiceError(f"speech-dispatcher: {answer[-1][4:] if answer else 'is gone'}")
        return answer

    def _read(self) -> None:
        block: list[str] = []
        with contextlib.suppress(OSError, ValueError), self._connection.makefile("rb") as source:
            for raw in source:
                block.append(raw.decode(errors="replace").rstrip("\r\n"))
                if block[-1][3:4] == "-":
                    continue
                if block[-1].startswith("7"):
                    self._happened(block)
                elif not block[-1].startswith("213"):  # to CANCEL
                    self._answers.put(block)
                block = []
        self.lost = True
        self._answers.put([])

    def _happened(self, event: list[str]) -> None:
        if event[-1][:3] in OVER:
            number = event[0][4:].strip()
            utterance = self._utterances.get(number)
            if utterance is not None:
                utterance.over.set()
            else:
                self._ended.add(number)


def _connection(environment: Mapping[str, str] = os.environ) -> socket.socket:
    """A connection to the server, which is started if it does not run."""
    try:
        return _connect(environment)
    except OSError as error:
        program = shutil.which("speech-dispatcher")
        if program is None:
            raise VoiceError(f"speech-dispatcher: {error}") from error
    try:
        # The program was found on this PC's own path; it returns when it listens.
        subprocess.run(  # noqa: S603
            [program, "--spawn"], capture_output=True, timeout=3 * WAIT, check=False
        )
        return _connect(environment)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise VoiceError(f"speech-dispatcher: {error}") from error


def _connect(environment: Mapping[str, str]) -> socket.socket:
    """Where SPEECHD_ADDRESS says, else at the user's own socket.

    Raises:
        OSError: nobody listens there.
    """
    kind, _, place = environment.get("SPEECHD_ADDRESS", "").partition(":")
    if kind == "inet_socket":
        host, _, port = place.partition(":")
        return _quick(socket.create_connection((host, int(port or 6560)), WAIT))
    if not place:
        runtime = environment.get("XDG_RUNTIME_DIR") or str(Path.home() / ".cache")
        place = str(Path(runtime) / "speech-dispatcher" / "speechd.sock")
    if not hasattr(socket, "AF_UNIX"):
        raise OSError("no sockets of that kind here")
    made = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        made.settimeout(WAIT)
        made.connect(place)
    except OSError:
        made.close()
        raise
    return _quick(made)


def _quick(made: socket.socket) -> socket.socket:
    made.settimeout(None)
    return made


def _can_connect() -> bool:
    try:
        _connect(os.environ).close()
    except (OSError, ValueError):
        return False
    return True
