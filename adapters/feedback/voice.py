"""Voices: programs that turn text into sound, a process for each utterance.

A process can be ended at any moment, so silence is at once; and whatever goes wrong in it goes
wrong in it alone.
"""

from __future__ import annotations

import contextlib
import subprocess
import tempfile
import wave
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO, TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from adapters.feedback.mixer import Sound

BLOCK = 0.02
"""Seconds of speech that are read at once."""
Way = Literal["pipe", "file", "itself"]
"""How a program gives its sound: WAV on standard output, WAV in a file, or to the loudspeaker."""
FILE = "{file}"
"""Stands for the file's name in a command."""


class Spoken(Protocol):
    """One utterance, being made."""

    def blocks(self) -> Iterator[Sound]:
        """Its sound, as it is made; none if the voice plays it itself, and then until it has.

        Raises:
            VoiceError: nothing came of it.
        """

    def stop(self) -> None:
        """Make no more of it; at once, and from any thread."""


class Voice(Protocol):
    """Something that can speak."""

    @property
    def name(self) -> str:
        """What it is called, to be shown."""

    @property
    def by_itself(self) -> bool:
        """Whether it plays by itself, and gives no sound to be played."""

    def begin(self, text: str) -> Spoken:
        """Begin to make an utterance.

        Raises:
            VoiceError: it cannot be begun.
        """

    def close(self) -> None:
        """Let go what it holds."""


class VoiceError(Exception):
    """The voice said nothing; the message is its own reason."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a program is called that speaks what stands on its standard input."""

    name: str
    command: tuple[str, ...]
    way: Way = "pipe"
    slow: bool = False
    """It takes long to start, so the next process is started before it is needed."""
    raw: int = 0
    """Samples a second of a sound without a header, mono of 16 bits; 0 for WAV."""


class Program:
    """A voice that is a program."""

    def __init__(self, recipe: Recipe) -> None:
        self._recipe = recipe
        self._next: _Process | None = self._start() if recipe.slow else None

    @property
    def name(self) -> str:
        """What it is called."""
        return self._recipe.name

    @property
    def by_itself(self) -> bool:
        """Whether the program plays."""
        return self._recipe.way == "itself"

    def begin(self, text: str) -> Spoken:
        """Hand the text to a process."""
        process = self._next or self._start()
        process.hand(text)
        self._next = self._start() if self._recipe.slow else None
        return process

    def close(self) -> None:
        """End the process that waits for its text, if one does."""
        if self._next is not None:
            self._next.stop()
            self._next.clean()

    def _start(self) -> _Process:
        try:
            return _Process(self._recipe.command, self._recipe.way, self._recipe.raw)
        except OSError as error:
            raise VoiceError(str(error)) from error


class _Process:
    def __init__(self, command: Sequence[str], way: Way, raw: int) -> None:
        self._way, self._raw = way, raw
        self._folder = (
            tempfile.TemporaryDirectory(ignore_cleanup_errors=True) if way == "file" else None
        )
        self._file = Path(self._folder.name, "said.wav") if self._folder else None
        named = [part.replace(FILE, str(self._file)) for part in command]
        self._stopped = False
        # The program was found on this PC's own path; the text goes to its input.
        self._process = subprocess.Popen(  # noqa: S603
            named,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE if way == "pipe" else subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )

    def hand(self, text: str) -> None:
        """Give it its text; such programs speak when they have seen the end of it."""
        assert self._process.stdin is not None  # noqa: S101 - it was asked for
        with contextlib.suppress(OSError):  # it is gone; what it says of that is read below
            self._process.stdin.write(text.encode())
        with contextlib.suppress(OSError):
            self._process.stdin.close()

    def stop(self) -> None:
        self._stopped = True
        self._process.kill()

    def blocks(self) -> Iterator[Sound]:
        try:
            yield from self._blocks()
        finally:
            self.clean()

    def _blocks(self) -> Iterator[Sound]:
        heard = False
        if self._way == "pipe" and self._process.stdout is not None:
            for block in _sound(self._process.stdout, self._raw):
                heard = True
                yield block
        complaint = self._process.stderr.read() if self._process.stderr else b""
        failed = self._process.wait() != 0
        if self._file is not None and self._file.exists():
            with self._file.open("rb") as made:
                for block in _from_wav(made):
                    heard = True
                    yield block
        silent = self._way == "itself" and any(
            line.startswith(b"error:") for line in complaint.splitlines()
        )  # without a sound device espeak-ng 1.51 says so, and ends as if all were well
        if not self._stopped and ((failed and not heard) or silent):
            lines = complaint.decode(errors="replace").strip().splitlines()
            raise VoiceError(lines[-1] if lines else f"exit status {self._process.returncode}")

    def clean(self) -> None:
        """Leave no process, pipe or file."""
        self._process.kill()
        for pipe in (self._process.stdin, self._process.stdout, self._process.stderr):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        self._process.wait()
        if self._folder is not None:
            self._folder.cleanup()


def _sound(source: IO[bytes], raw: int) -> Iterator[Sound]:
    """Blocks of what a program writes at the player's rate."""
    if not raw:
        return _from_wav(source)
    n = max(1, round(BLOCK * raw))
    return _resampled(partial(source.read, 2 * n), raw, 1)


def _from_wav(source: IO[bytes]) -> Iterator[Sound]:
    """Blocks of a WAV file of 16 bits at the player's rate; of a broken one what there is."""
    try:
        sound = wave.open(source)  # noqa: SIM115 - the source is the caller's to close
    except (EOFError, wave.Error):
        return iter(())
    n = max(1, round(BLOCK * sound.getframerate()))
    return _resampled(partial(sound.readframes, n), sound.getframerate(), sound.getnchannels())


def _resampled(read: Callable[[], bytes], rate: int, channels: int) -> Iterator[Sound]:
    import numpy as np

    from adapters.feedback.resample import Resampler

    resampler = Resampler(rate)
    while data := read():
        whole = np.frombuffer(data[: len(data) // (2 * channels) * 2 * channels], "<i2")
        mono = whole.reshape(-1, channels).mean(axis=1, dtype=np.float32) / 32768
        yield resampler.take(mono.astype(np.float32))
    yield resampler.end()
