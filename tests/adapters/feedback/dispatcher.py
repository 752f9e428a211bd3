"""A real speech-dispatcher of one's own, which speaks with espeak-ng to a sound card of air."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.adapters.feedback.card import Card
from tests.desk import eventually

MODULE = Path("/etc/speech-dispatcher/modules/espeak-ng.conf")
PACKAGES = "speech-dispatcher speech-dispatcher-espeak-ng"


class Dispatcher:
    """The server's process."""

    def __init__(self, folder: Path, card: Card) -> None:
        self._folder, self._card = folder, card
        self.socket = folder / "ssip.sock"
        (folder / "modules").mkdir(parents=True)
        shutil.copy(MODULE, folder / "modules")
        (folder / "speechd.conf").write_text(
            'AudioOutputMethod "pulse"\nDefaultModule espeak-ng\nDisableAutoSpawn\n'
            'AddModule "espeak-ng" "sd_espeak-ng" "espeak-ng.conf"\n'
        )
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    def start(self) -> None:
        places = ["-S", self.socket, "-C", self._folder, "-L", self._folder]
        self._process = subprocess.Popen(
            [
                *("speech-dispatcher", "-s", "-t", "0", "-c", "unix_socket"),
                *map(str, places),
                *("-P", str(self._folder / "pid")),
            ],
            env={**os.environ, **self._card.environment},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        eventually(self.socket.exists, 10)

    def stop(self) -> None:
        assert self._process is not None
        self._process.terminate()
        self._process.wait(10)
        self.socket.unlink(missing_ok=True)


@contextlib.contextmanager
def running(folder: Path, card: Card, monkeypatch: pytest.MonkeyPatch) -> Iterator[Dispatcher]:
    """A server that this process finds; skips, or fails, where there can be none."""
    if shutil.which("speech-dispatcher") is None or not MODULE.exists():
        pytest.skip(f"needs speech-dispatcher (Debian: apt install {PACKAGES})")
    server = Dispatcher(folder, card)
    monkeypatch.setenv("SPEECHD_ADDRESS", f"unix_socket:{server.socket}")
    try:
        yield server
    finally:
        server.stop()
