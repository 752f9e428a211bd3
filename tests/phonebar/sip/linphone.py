"""linphone as the far end: a telephone that no one here wrote, run by lines of text.

Debian: linphone-cli.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.phonebar.sip.phones import eventually

_CONFIG = """\
[sip]
sip_port=-1
sip_tcp_port=0
sip_tls_port=0
supported=replaces
[rtp]
audio_rtp_port=-1
[video]
enabled=0
"""
PROMPT = "daemon-linphone>"


class Linphone:
    """One linphone, registered as `user` at a registrar."""

    def __init__(self, folder: Path, user: str, password: str, domain: str) -> None:
        # Without the folder of its database it never begins to work.
        (folder / "linphone").mkdir(parents=True)
        (folder / ".local" / "share" / "linphone").mkdir(parents=True)
        (folder / "rc").write_text(_CONFIG)
        self.log = folder / "log"
        home = {name: str(folder) for name in ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME")}
        self._process = subprocess.Popen(
            [
                *("linphone-daemon", "--config", str(folder / "rc"), "--log", str(self.log)),
                "--disable-stats-events",
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, **home},
            text=True,
            bufsize=1,
        )
        self._said: list[str] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self._domain = domain
        self.ask("ipv6 disable")
        self.ask(f"contact {user} {domain.partition(':')[0]}")
        self.ask(f"register sip:{user}@{domain} sip:{domain} {password} {user}")
        eventually(self._registered, self._told)

    def ask(self, command: str, needed: str = "Status") -> str:
        """Give it a command; what it answers.

        Args:
            command: such as `call sip:100@127.0.0.1`.
            needed: what its answer has in it.
        """
        assert self._process.stdin is not None
        before = len(self._said)
        self._process.stdin.write(command + "\n")
        eventually(lambda: any(needed in line for line in self._said[before:]), self._told)
        return "\n".join(self._said[before:])

    def call(self, number: str) -> None:
        """Dial."""
        self.ask(f"call sip:{number}@{self._domain}", "Id:")

    def until(self, state: str, call: int = 1) -> None:
        """Wait until a call is in a state, such as `StreamsRunning`, or `gone`."""

        def met() -> bool:
            answer = self.ask(f"call-status {call}")
            gone = "No call with such id" in answer
            return gone if state == "gone" else f"LinphoneCall{state}\n" in f"{answer}\n"

        eventually(met, self._told)

    def _registered(self) -> bool:
        return "LinphoneRegistrationOk" in self.ask("register-status ALL")

    def _told(self) -> list[str]:
        return self._said[-20:]

    def _read(self) -> None:
        assert self._process.stdout is not None
        self._said.extend(line.rstrip() for line in self._process.stdout)

    def close(self) -> None:
        """Leave the registrar, or that would still ring here."""
        self.ask("unregister ALL")
        eventually(lambda: not self._registered(), self._told)
        self._process.kill()
        self._process.wait(10)
        self._reader.join(10)


@contextmanager
def linphone(folder: Path, user: str, password: str, domain: str) -> Iterator[Linphone]:
    """A linphone; skips, or fails, where there is none."""
    if shutil.which("linphone-daemon") is None:
        pytest.skip("needs linphone (Debian: apt install linphone-cli)")
    found = Linphone(folder, user, password, domain)
    try:
        yield found
    finally:
        found.close()
