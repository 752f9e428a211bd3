"""baresip as the far end: a telephone that no one here wrote.

Its microphone is a tone, its speaker a pair of WAV files; it is controlled through `ctrl_tcp`
(JSON in netstrings). Debian: baresip-core.
"""

from __future__ import annotations

import json
import re
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.phonebar.sip.hearing import write_tone
from tests.phonebar.sip.phones import eventually, free_port

MODULES = (Path("/usr/lib/baresip/modules"), Path("/usr/lib/x86_64-linux-gnu/baresip/modules"))

_CONFIG = """\
sip_listen 127.0.0.1:{port}
module_path {modules}
module g711.so
module g722.so
module aufile.so
module sndfile.so
module ctrl_tcp.so
module_app account.so
module_app menu.so
ctrl_tcp_listen 127.0.0.1:{control}
audio_source aufile,{folder}/tone.wav
audio_player aufile,{folder}/played.wav
audio_alert aufile,{folder}/alert.wav
snd_path {folder}
call_max_calls 4
"""


class Baresip:
    """One baresip."""

    def __init__(self, folder: Path, user: str, hertz: int, account: str, options: str) -> None:
        self.folder, self.user, self.hertz = folder, user, hertz
        self.port = free_port()
        control = free_port()
        modules = next(path for path in MODULES if path.is_dir())
        folder.mkdir(parents=True, exist_ok=True)
        write_tone(folder / "tone.wav", hertz)
        (folder / "config").write_text(
            _CONFIG.format(
                port=self.port, control=control, hertz=hertz, folder=folder, modules=modules
            )
        )
        address = account or f"sip:{user}@127.0.0.1:{self.port}"
        (folder / "accounts").write_text(f"<{address};transport=udp>;{options}\n")
        self._log = (folder / "log.txt").open("wb")
        self._process = subprocess.Popen(
            ["baresip", "-f", str(folder)],
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=subprocess.STDOUT,
            cwd=folder,
        )
        self._control = self._connect(control)
        self.events: list[dict[str, Any]] = []
        """What it has told, such as tones that it received."""
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        eventually(lambda: "baresip is ready" in self.log, lambda: self.log)

    @property
    def log(self) -> str:
        return (self.folder / "log.txt").read_text(errors="replace")

    def command(self, name: str, parameters: str = "") -> None:
        """Have it do something, such as `dial` or `hangup`."""
        body = json.dumps({"command": name, "params": parameters, "token": "t"}).encode()
        self._control.sendall(b"%d:%s," % (len(body), body))

    def heard(self) -> list[Path]:
        """The recordings of what it heard, a file for each call, the oldest first."""
        return sorted(self.folder.glob("dump-*-dec.wav"))

    def talked(self) -> float:
        """How many seconds its latest call has lasted, by its own clock."""
        shown = re.findall(r"\[(\d+):(\d+):(\d+)\]", self.log)
        return 0.0 if not shown else sum(int(n) * 60**p for p, n in enumerate(shown[-1][::-1]))

    def listen(self, seconds: float) -> None:
        """Wait until its latest call has lasted so many seconds more."""
        until = self.talked() + seconds
        eventually(lambda: self.talked() >= until, self.talked)

    def kill(self) -> None:
        """Have it vanish without a word."""
        self._process.kill()
        self._process.wait(10)

    def close(self) -> None:
        """Have it end; again does nothing."""
        if self._process.poll() is not None:
            return
        self._process.terminate()
        self._process.wait(10)
        self._control.close()
        self._log.close()

    def _read(self) -> None:
        data = b""
        while True:
            try:
                more = self._control.recv(65536)
            except OSError:
                return
            if not more:
                return
            data += more
            while (head := re.match(rb"(\d+):", data)) and len(data) > head.end() + int(head[1]):
                end = head.end() + int(head[1])
                self.events.append(json.loads(data[head.end() : end]))
                data = data[end + 1 :]

    def _connect(self, port: int) -> socket.socket:
        found: list[Any] = []

        def tried() -> bool:
            try:
                found.append(socket.create_connection(("127.0.0.1", port), 1))
                found[0].settimeout(None)
            except OSError:
                return False
            return True

        eventually(tried, lambda: self.log)
        connection: socket.socket = found[0]
        return connection


@contextmanager
def baresip(
    folder: Path, user: str, hertz: int, account: str = "", options: str = "regint=0"
) -> Iterator[Baresip]:
    """A baresip until the end of the block; skips where it is not installed.

    Args:
        folder: for its configuration and recordings.
        user: its extension.
        hertz: what it "says".
        account: its address at a registrar; empty for an address of its own.
        options: of its account, such as `answermode=auto`.
    """
    if shutil.which("baresip") is None:
        pytest.skip("needs baresip: apt-get install baresip-core")
    found = Baresip(folder, user, hertz, account, options)
    try:
        yield found
    finally:
        found.close()
