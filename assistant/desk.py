"""The desk: how surfaces that are asynchronous, or elsewhere, reach an agent's Assistant.

`LocalDesk` is the Assistant of this PC. A surface that knows nothing but `Desk` works as well when
the agent's PC is another one.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from functools import partial
from typing import Protocol, TypeVar

from assistant.assistant import Assistant
from assistant.contact import Contact
from assistant.contract import CallEvent, LiveCall, Reply, Utterance
from assistant.phonebar import PhonebarError

Answer = TypeVar("Answer")


class DeskError(Exception):
    """The agent's Assistant, or its phonebar, cannot be asked now."""


@dataclass(frozen=True, slots=True)
class Habits:
    """How an agent's Assistant is set, as far as a surface must know it."""

    languages: tuple[str, ...]
    """The first one answers unless another is asked for."""
    confirm: tuple[str, ...]
    """What is always asked back, from `config.CONFIRMABLE`."""


class Desk(Protocol):
    """What a surface needs of an agent's Assistant.

    An agent is named by the workstation that its user was linked to.
    """

    async def ask(self, agent: str, utterance: Utterance) -> Reply:
        """Do what was said; the reply says what became of it. Raises DeskError."""

    def events(self, agent: str, user: str, surface: str) -> AsyncIterator[CallEvent]:
        """Every event from now on; those that this user's own doing caused come as `quiet`."""

    async def calls(self, agent: str) -> tuple[LiveCall, ...]:
        """The live calls. Raises DeskError."""

    async def people(self, agent: str, text: str, limit: int) -> tuple[Contact, ...]:
        """The people whose names begin like or resemble `text`, the likeliest first."""

    async def history(self, agent: str, limit: int) -> list[dict[str, object]]:
        """The journal's latest entries, newest first."""

    async def past_calls(self, agent: str, limit: int) -> list[dict[str, object]]:
        """The latest calls alone, newest first."""

    async def status(self, agent: str) -> str | None:
        """`ready` or `pause`; None where the phonebar has no such. Raises DeskError."""

    async def set_status(self, agent: str, status: str) -> None:
        """Take calls (`ready`) or not (`pause`). Raises DeskError."""

    async def habits(self, agent: str) -> Habits:
        """What this agent's Assistant is set to."""


class LocalDesk:
    """The Assistant of this PC, whoever the agent is.

    Args:
        assistant: started already.
    """

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant

    async def ask(self, agent: str, utterance: Utterance) -> Reply:  # noqa: ARG002 - there is one
        """Do what was said, in a thread of its own."""
        return await asyncio.to_thread(self._assistant.handle, utterance)

    async def events(self, agent: str, user: str, surface: str) -> AsyncIterator[CallEvent]:  # noqa: ARG002
        """Every event from now on."""
        loop = asyncio.get_running_loop()
        happened: asyncio.Queue[CallEvent] = asyncio.Queue()

        def put(event: CallEvent) -> None:
            with contextlib.suppress(RuntimeError):  # the loop has ended meanwhile
                loop.call_soon_threadsafe(happened.put_nowait, event)

        subscription = self._assistant.subscribe(put, user, surface)
        try:
            while True:
                yield await happened.get()
        finally:
            subscription.close()

    async def calls(self, agent: str) -> tuple[LiveCall, ...]:  # noqa: ARG002
        """The live calls, asked for now."""
        return await self._at_phonebar(self._assistant.calls)

    async def people(self, agent: str, text: str, limit: int) -> tuple[Contact, ...]:  # noqa: ARG002
        """The people whose names begin like or resemble `text`."""
        find = partial(self._assistant.directory.starting, text, limit)
        return await asyncio.to_thread(find)

    async def history(self, agent: str, limit: int) -> list[dict[str, object]]:  # noqa: ARG002
        """The journal's latest entries."""
        return await asyncio.to_thread(self._assistant.journal.history, limit)

    async def past_calls(self, agent: str, limit: int) -> list[dict[str, object]]:  # noqa: ARG002
        """The latest calls alone."""
        calls = await asyncio.to_thread(self._assistant.journal.calls, limit)
        return [call.to_json() for call in calls]

    async def status(self, agent: str) -> str | None:  # noqa: ARG002
        """`ready` or `pause`; None where the phonebar has no such."""
        return await self._at_phonebar(self._assistant.client.status)

    async def set_status(self, agent: str, status: str) -> None:  # noqa: ARG002
        """Take calls or not."""
        await self._at_phonebar(partial(self._assistant.client.set_status, status))

    async def habits(self, agent: str) -> Habits:  # noqa: ARG002
        """The configuration's languages, and what it asks back."""
        config = self._assistant.config
        return Habits(config.assistant.languages, config.policy.confirm)

    @staticmethod
    async def _at_phonebar(ask: Callable[[], Answer]) -> Answer:
        try:
            return await asyncio.to_thread(ask)
        except PhonebarError as error:
            raise DeskError(str(error)) from error
