"""A sound card of air: what is played on it can be looked at; it hears what it is told to."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from adapters.feedback import device
from adapters.feedback.mixer import RATE, Sound
from tests.desk import eventually

PROGRAMS = {"pulseaudio": "pulseaudio", "pactl": "pulseaudio-utils", "parec": "pulseaudio-utils"}
PACKAGES = "pulseaudio pulseaudio-utils libasound2-plugins libportaudio2"
MICROPHONE = (
    *("-L", "module-null-sink sink_name=mic_in rate=16000 channels=1 format=s16le"),
    *("-L", "module-remap-source master=mic_in.monitor source_name=mic"),
)
"""There before anybody can connect: PortAudio spins when what it hears with is taken away."""
Stereo = NDArray[np.float32]


def needed() -> str:
    """Why there can be no such card here; empty if there can."""
    missing = [program for program in PROGRAMS if shutil.which(program) is None]
    with contextlib.suppress(device.NoLibrary):
        device.library()
        if not missing:
            return ""
    return f"needs a sound card of air (Debian: apt install {PACKAGES})"


class Card:
    """A PulseAudio of its own with one loudspeaker, the default of this process meanwhile.

    Args:
        microphone: with a microphone too, which hears what `say` plays.
    """

    def __init__(self, *, microphone: bool = False) -> None:
        self._microphone = microphone
        self._folder = tempfile.TemporaryDirectory(prefix="card")
        self.place = Path(self._folder.name)
        (self.place / "pulse").mkdir()
        rules = self.place / "asoundrc"
        rules.write_text("pcm.!default { type pulse }\n")
        self.environment = {
            "XDG_RUNTIME_DIR": str(self.place),
            "HOME": str(self.place),
            "PULSE_RUNTIME_PATH": str(self.place / "pulse"),
            "PULSE_SERVER": f"unix:{self.place / 'pulse.sock'}",
            "ALSA_CONFIG_PATH": f"/usr/share/alsa/alsa.conf:{rules}",
        }
        self._server: subprocess.Popen[bytes] | None = None
        self.start()

    def start(self) -> None:
        socket = self.place / "pulse.sock"
        self._server = subprocess.Popen(
            [
                "pulseaudio",
                "-n",
                "--daemonize=no",
                "--use-pid-file=no",
                "--exit-idle-time=-1",
                *(MICROPHONE if self._microphone else ()),
                "-L",
                f"module-native-protocol-unix socket={socket} auth-anonymous=1",
            ],
            env={**os.environ, **self.environment},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        eventually(socket.exists, 10)
        self.plug_in()

    def stop(self) -> None:
        """The sound system dies."""
        assert self._server is not None
        self._server.kill()
        self._server.wait(10)
        (self.place / "pulse.sock").unlink(missing_ok=True)

    def plug_in(self) -> None:
        self.control("load-module", "module-null-sink", "sink_name=speaker", "rate=48000")
        self.control("set-default-sink", "speaker")

    def pull_out(self) -> None:
        """The loudspeaker is gone; the sound system goes on without one."""
        self.control("unload-module", "module-null-sink")

    def plug_in_microphone(self) -> None:
        """A microphone, the default one; it hears what `say` plays."""
        air = ["sink_name=mic_in", "rate=16000", "channels=1", "format=s16le"]
        self.control("load-module", "module-null-sink", *air)
        self.control(
            "load-module", "module-remap-source", "master=mic_in.monitor", "source_name=mic"
        )
        self.control("set-default-source", "mic")

    def pull_out_microphone(self) -> None:
        """It is gone, and so is what it would hear."""
        self.control("unload-module", "module-remap-source")

    def say(self, sound: Sound, rate: int = 16_000) -> None:
        """Have the microphone hear a sound; returns when it has been played to it."""
        command = ["pacat", "--playback", "--raw", "-d", "mic_in", "--latency-msec=250"]
        subprocess.run(
            [*command, f"--rate={rate}", "--channels=1", "--format=float32le"],
            input=sound.astype("<f4").tobytes(),
            env={**os.environ, **self.environment},
            check=True,
            timeout=60,
        )

    def control(self, *words: str) -> str:
        return subprocess.run(
            ["pactl", *words],
            env={**os.environ, **self.environment},
            check=True,
            capture_output=True,
            text=True,
            timeout=10,
        ).stdout

    def close(self) -> None:
        self.stop()
        self._folder.cleanup()


class Ears:
    """What is heard at a loudspeaker, from the moment it is made."""

    def __init__(self, card: Card, sink: str = "speaker") -> None:
        self._raw = bytearray()
        self.began = 0.0
        self.times: list[tuple[float, int]] = []
        """When how many samples had been heard."""
        command = ["parec", "--raw", "-d", f"{sink}.monitor", "--latency-msec=10"]
        self._process = subprocess.Popen(
            [*command, "--rate=48000", "--channels=2", "--format=s16le"],
            env={**os.environ, **card.environment},
            stdout=subprocess.PIPE,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        eventually(lambda: len(self._raw) > RATE, 10)  # it runs, and the card with it

    def _read(self) -> None:
        assert self._process.stdout is not None
        while data := os.read(self._process.stdout.fileno(), 65536):
            self._raw += data
            self.times.append((time.perf_counter(), len(self._raw) // 4))

    def __len__(self) -> int:
        return len(self._raw) // 4

    def heard(self, since: int = 0) -> Stereo:
        """Samples by two ears."""
        whole = bytes(self._raw[since * 4 : len(self) * 4])
        return np.frombuffer(whole, "<i2").reshape(-1, 2).astype(np.float32) / 32768

    def hears(self, sound: Sound, *, since: int = 0, times: int = 1) -> bool:
        """Whether it has been heard so many times, whatever else there was."""
        both = self.heard(since)
        louder = both[:, int(np.abs(both).sum(axis=0).argmax())]
        return len(found(sound, louder)) >= times

    def is_silent(self, seconds: float, since: int = 0) -> bool:
        """Whether the last so many seconds were silent."""
        n = round(seconds * RATE)
        return len(self) - since >= n and not self.heard(len(self) - n).any()

    def close(self) -> None:
        self._process.kill()
        self._process.wait(10)
        self._reader.join(10)


def found(sound: Sound, heard: Sound, alike: float = 0.99) -> list[int]:
    """Where a sound begins in another, by their correlation."""
    n = len(sound)
    if len(heard) < n:
        return []
    size = 1 << (len(heard) + n - 1).bit_length()
    both = np.fft.irfft(np.fft.rfft(heard, size) * np.fft.rfft(sound, size).conj(), size)
    power = np.concatenate([[0.0], np.cumsum(heard.astype(np.float64) ** 2)])
    energy = np.sqrt(np.maximum(power[n:] - power[:-n], 1e-3) * float((sound**2).sum()))
    likeness = both[: len(heard) - n + 1] / energy
    places: list[int] = []
    for at in np.flatnonzero(likeness > alike):
        if not places or at - places[-1] > n // 2:
            places.append(int(at))
    return places


@contextlib.contextmanager
def plugged_in(monkeypatch: pytest.MonkeyPatch, *, microphone: bool = False) -> Iterator[Card]:
    """A card that is this process's own meanwhile; skips, or fails, where there can be none."""
    why = needed()
    if why:
        pytest.skip(why)
    card = Card(microphone=microphone)
    try:
        for name, value in card.environment.items():
            monkeypatch.setenv(name, value)
        device.look_again()
        yield card
    finally:
        card.close()
