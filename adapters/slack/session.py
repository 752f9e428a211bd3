"""One sitting of the Slack surface, for the Assistant of this PC, on a thread of its own."""

from __future__ import annotations

import asyncio
import contextlib
import platform
import threading
from collections.abc import Callable

from adapters.slack.secrets import Secrets
from adapters.slack.service import LAST_WORDS, Service
from adapters.slack.store import Store
from assistant.assistant import Assistant
from assistant.config import Config
from assistant.desk import LocalDesk
from assistant.settings import SlackSection


def workstation(settings: SlackSection) -> str:
    """What this PC is called in Slack."""
    return settings.workstation or platform.node() or "phone"


class Session:
    """Serves until it is closed, or until it cannot.

    Args:
        config: everything that can be set.
        assistant: started already.
        http_port: HTTP mode on this port; None is what the configuration says.
        ready: called, on the session's thread, once Slack is connected.

    Raises:
        SlackSetupError: a secret is missing.
    """

    def __init__(
        self,
        config: Config,
        assistant: Assistant,
        http_port: int | None = None,
        ready: Callable[[], None] = lambda: None,
    ) -> None:
        settings = config.slack
        port = http_port if http_port is not None else (settings.http_port or None)
        found = Secrets.find(http=port is not None, status=settings.status)
        self.error: Exception | None = None
        """Why it ended, if it did not end well."""
        self._store = Store(config.journal_path)
        self._service = Service(
            settings,
            LocalDesk(assistant),
            self._store,
            found,
            language=config.assistant.languages[0],
            http_port=port,
        )
        self._ready = ready
        self._stop: Callable[[], None] = lambda: None
        self._begun, self._ended = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="slack", daemon=True)
        self._thread.start()
        self._begun.wait()

    def wait(self, seconds: float) -> bool:
        """Whether it has ended; waits so long at most."""
        return self._ended.wait(seconds)

    def close(self) -> None:
        """End it, and wait until all that was to be said is said."""
        self._stop()
        self._thread.join(timeout=4 * LAST_WORDS)
        self._store.close()

    def _run(self) -> None:
        async def main() -> None:
            stop = asyncio.Event()
            loop = asyncio.get_running_loop()

            def end() -> None:
                with contextlib.suppress(RuntimeError):  # it has ended by itself
                    loop.call_soon_threadsafe(stop.set)

            self._stop = end
            self._begun.set()
            await self._service.run(stop, self._ready)

        try:
            asyncio.run(main())
        except Exception as error:  # noqa: BLE001 - told by whoever started it
            self.error = error
        finally:
            self._begun.set()
            self._ended.set()
