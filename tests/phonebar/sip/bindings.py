"""baresip-python as the far end, in a process of its own: a line is a command, a line is an event.

python -m tests.phonebar.sip.bindings USER PASSWORD DOMAIN
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec

import pytest

from tests.phonebar.sip.phones import eventually


class Bindings:
    """One such telephone, registered."""

    def __init__(self, user: str, password: str, domain: str) -> None:
        self.told: list[str] = []
        self._process = subprocess.Popen(
            [sys.executable, "-m", __name__, user, password, domain],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self.tells("registered")

    def _read(self) -> None:
        assert self._process.stdout is not None
        self.told.extend(line.strip() for line in self._process.stdout)

    def do(self, command: str) -> None:
        """`dial NUMBER`, `answer`, `reject`, `hold`, `resume`, `transfer NUMBER`, `hangup`."""
        self.begin(command)
        self.tells(f"done {command}")

    def begin(self, command: str) -> None:
        """The same, without waiting for its end."""
        assert self._process.stdin is not None
        self._process.stdin.write(command + "\n")

    def tells(self, what: str) -> None:
        """Wait until it has told something."""
        eventually(lambda: what in self.told, lambda: self.told)

    def close(self) -> None:
        self._process.kill()
        self._process.wait(10)
        self._reader.join(10)


@contextmanager
def bindings(user: str, password: str, domain: str) -> Iterator[Bindings]:
    """Such a telephone; skips, or fails, where there is none."""
    if find_spec("baresip") is None:
        pytest.skip('needs baresip-python: pip install -e ".[test]"')
    found = Bindings(user, password, domain)
    try:
        yield found
    finally:
        found.close()


async def main(user: str, password: str, domain: str) -> None:
    """Do what the lines say."""
    import baresip

    def tell(text: str) -> None:
        print(text, flush=True)

    runtime = baresip.Runtime()
    await runtime.start(baresip.Config(net_interface="127.0.0.1"))
    account = baresip.Account(user, domain, password, audio_codecs=("pcma",))
    agent = await baresip.UserAgent.create(runtime, account)
    calls = []

    def follow(call: object) -> None:
        calls.append(call)
        call.on(lambda event: tell(f"event {event.event.name}"))
        call.on_dtmf(lambda digit: tell(f"tone {digit.digit}"))

    def incoming(call: object) -> None:
        follow(call)
        tell("incoming")

    agent.on_incoming(incoming)
    await agent.register()
    tell("registered")
    loop = asyncio.get_running_loop()
    while line := (await loop.run_in_executor(None, sys.stdin.readline)).strip():
        what, _, rest = line.partition(" ")
        if what == "dial":
            follow(await agent.dial(f"sip:{rest}@{domain}"))
        elif what == "transfer":
            await calls[-1].transfer(f"sip:{rest}@{domain}")
        else:
            await getattr(calls[-1], what)()
        tell(f"done {line}")


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
