"""A replica in a process of its own, with its own Assistants, killed as the system kills.

    python -m tests.adapters.slack.fault_process

That is the child: it reads what it needs as one line of JSON, and prints what happens, a line of
JSON each. When its standard input ends it comes to its end.
"""

from __future__ import annotations

import asyncio
import json
import logging
import subprocess
import sys
import threading
from collections.abc import Mapping
from contextlib import ExitStack, closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from adapters.slack.secrets import Secrets
from adapters.slack.service import Service
from adapters.slack.store import Store
from assistant.build import build
from assistant.settings import SlackSection
from tests.adapters.slack.fault_world import POLICY, Complaints, Office, wider
from tests.desk import configured

ENDS_WITHIN = 30


@dataclass(frozen=True, slots=True)
class Orders:
    """What the child must know."""

    api: str
    secrets: Mapping[str, str | None]
    database: str
    http: bool
    seed: int
    phones: Mapping[str, tuple[str, str]]
    """For each agent the phonebar's address, and the folder."""


class Process:
    """One child, seen from the run.

    Args:
        orders: what it gets.
        office: is told what the child's desk was asked and told.
        complaints: gets what the child complains of.
    """

    def __init__(self, orders: Orders, office: Office, complaints: Complaints) -> None:
        self.ready = threading.Event()
        self.alive = True
        self.error: BaseException | None = None
        self.url = ""
        self._office, self._complaints = office, complaints
        self._child = subprocess.Popen(
            [sys.executable, "-m", "tests.adapters.slack.fault_process"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self._child.stdin is not None
        self._child.stdin.write(json.dumps(asdict(orders)) + "\n")
        self._child.stdin.flush()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def ended(self) -> bool:
        """Whether it runs no more."""
        return self._child.poll() is not None

    def kill(self) -> None:
        """SIGKILL; on Windows TerminateProcess."""
        self.alive = False
        self._child.kill()
        self._child.wait()
        self._reader.join()

    def end(self) -> None:
        """Let it come to its end."""
        self.alive = False
        assert self._child.stdin is not None
        self._child.stdin.close()
        status = self._child.wait(ENDS_WITHIN)
        self._reader.join()
        if status:
            self.error = RuntimeError(f"the process ended with {status}")

    def bury(self) -> None:
        """Give back what it held."""
        self._child.kill()
        self._child.wait()
        for stream in (self._child.stdin, self._child.stdout):
            assert stream is not None
            stream.close()

    def _read(self) -> None:
        assert self._child.stdout is not None
        for line in self._child.stdout:
            what, *more = json.loads(line)
            if what == "ready":
                self.url = more[0]
                self.ready.set()
            elif what == "asked":
                self._office.on_asked(*more)
            elif what == "told":
                self._office.on_told(*more)
            else:
                self._complaints.found.append(more[0])


def say(*what: Any) -> None:
    """To the run."""
    print(json.dumps(what), flush=True)


class TellingOffice(Office):
    """Says what it is asked and what it tells."""

    def on_asked(self, name: str) -> None:
        say("asked", name)

    def on_told(self, name: str, text: str) -> None:
        say("told", name, text)


class SayingComplaints(Complaints):
    """Says what the surface thinks went wrong."""

    def note(self, text: str) -> None:
        say("complaint", text)


async def serve(service: Service) -> None:
    """Until standard input ends."""
    stop, loop = asyncio.Event(), asyncio.get_running_loop()

    def wait() -> None:
        sys.stdin.read()
        loop.call_soon_threadsafe(stop.set)

    def ready() -> None:
        say("ready", f"http://127.0.0.1:{service.port}{service.settings.http_path}")

    threading.Thread(target=wait, daemon=True).start()
    await service.run(stop, ready)


def main() -> None:
    """The child."""
    orders = Orders(**json.loads(sys.stdin.readline()))
    logging.getLogger("adapters.slack").addHandler(SayingComplaints())
    with ExitStack() as stack:
        stack.enter_context(wider())
        assistants = {}
        for agent, (url, folder) in orders.phones.items():
            assistants[agent] = build(configured(Path(folder), url, POLICY))
            assistants[agent].start()
            stack.callback(assistants[agent].close)
        store = stack.enter_context(closing(Store(Path(orders.database))))
        settings = SlackSection(api_url=orders.api, ping_interval=0.5)
        office = TellingOffice(assistants, orders.seed)
        port = 0 if orders.http else None
        secrets = Secrets(**orders.secrets)  # type: ignore[arg-type]
        service = Service(settings, office, store, secrets, language="en", http_port=port)
        asyncio.run(serve(service))


if __name__ == "__main__":
    main()
