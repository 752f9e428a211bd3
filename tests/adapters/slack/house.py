"""Everything together: a fake Slack, the real service, the real core, a simulated phonebar."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from adapters.slack.secrets import Secrets
from adapters.slack.service import Service
from adapters.slack.store import Store
from assistant.desk import LocalDesk
from assistant.settings import SlackSection
from tests.adapters.slack.fake import Slack
from tests.adapters.slack.person import Person
from tests.desk import Desk, desk

AGENT = "pc-of-ann"


@dataclass
class House:
    """A desk with a phonebar, and the Slack of the one who sits at it."""

    slack: Slack
    phone: Desk
    store: Store
    replicas: list[Service] = field(default_factory=list)

    async def ring(self, number: str) -> None:
        """Somebody calls in."""
        await asyncio.to_thread(self.phone.ring, number)

    async def far(self, act: Callable[[], Any]) -> None:
        """A far end does something."""
        await asyncio.to_thread(act)

    async def until(self, holds: Callable[[], object]) -> None:
        """Wait for something at the phone."""
        await self.slack.until(holds)

    def deeds(self) -> list[str]:
        """What the phone was told to do, in order."""
        return [entry.what for entry in self.phone.deeds()]

    async def linked(self, user: str = "U1", name: str = "ann") -> Person:
        """Somebody in Slack whose workstation this is."""
        person = self.slack.person(user, name)
        code = self.store.new_code(AGENT)
        await person.says(f"link {code}")
        await person.sees("Linked with")
        return person


@asynccontextmanager
async def house(
    folder: Path,
    *,
    settings: SlackSection | None = None,
    http: bool = False,
    replicas: int = 1,
    slack: Slack | None = None,
    user_token: str | None = None,
    **phone: Any,
) -> AsyncIterator[House]:
    """All of it, running.

    Args:
        folder: for the files.
        settings: of the Slack surface; the address is filled in.
        http: HTTP mode instead of Socket Mode.
        replicas: how many services run at once.
        slack: a fake made beforehand, e.g. with a clock of its own.
        user_token: the user's own, for the status.
        phone: as `tests.desk.desk` takes it.
    """
    async with AsyncExitStack() as stack:
        fake = await stack.enter_async_context(slack or Slack())
        made = await asyncio.to_thread(stack.enter_context, desk(folder, **phone))
        store = Store(made.config.journal_path)
        stack.callback(store.close)
        found = House(fake, made, store)
        for _ in range(replicas):
            service = service_for(found, settings or SlackSection(), http=http, token=user_token)
            found.replicas.append(service)
            await stack.enter_async_context(running(found, service))
        yield found


def service_for(
    here: House, settings: SlackSection, *, http: bool = False, token: str | None = None
) -> Service:
    """A replica of the surface, against the fake."""
    from dataclasses import replace

    fake = here.slack
    settings = replace(settings, api_url=fake.api, ping_interval=0.5, status=token is not None)
    found = Secrets(
        fake.bot_token,
        None if http else fake.app_token,
        fake.signing_secret if http else None,
        token,
    )
    desk_ = LocalDesk(here.phone.assistant)
    port = 0 if http else None
    return Service(settings, desk_, here.store, found, language="en", http_port=port)


@asynccontextmanager
async def running(here: House, service: Service) -> AsyncIterator[asyncio.Task[None]]:
    """A replica, connected; stopped at the end."""
    stop, ready = asyncio.Event(), asyncio.Event()
    links = len(here.slack.sockets.links)
    task = asyncio.ensure_future(service.run(stop, ready.set))
    waiting = asyncio.ensure_future(ready.wait())
    await asyncio.wait({task, waiting}, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    if task.done():
        task.result()
    if service.port:
        here.slack.use_http(f"http://127.0.0.1:{service.port}{service.settings.http_path}")
    else:
        await here.slack.connected(links + 1)
    try:
        yield task
    finally:
        stop.set()
        await asyncio.wait_for(task, 30)


def conversation(talk: Callable[..., Awaitable[None]], folder: Path, **options: Any) -> None:
    """Run one conversation in a house of its own; nothing that Slack was sent may be wrong."""

    async def run() -> None:
        async with house(folder, **options) as here:
            await talk(here)
            assert here.slack.problems == []

    asyncio.run(asyncio.wait_for(run(), 60))
