"""What a page that is open is told, as server-sent events (WHATWG HTML): `state`, `tell`, `lost`.

A `state` comes at once, after each event, and every few seconds if something is another; `lost`
instead while the phonebar cannot be reached. What the page's own user has just done is told by its
reply, and not once more.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

from adapters.web.state import state_json, without_clocks
from assistant.contract import CallEvent, EventKind
from assistant.desk import Desk, DeskError
from assistant.wording import Wording

LOOK_SECONDS = 5.0
"""So often the state is looked at though nothing was heard."""
ALIVE_SECONDS = 15.0
"""After so long a silence a comment shows that the line is alive."""
_PHONEBAR = {EventKind.PHONEBAR_LOST, EventKind.PHONEBAR_BACK}


class Feed:
    """The streams of every page that is open.

    Args:
        desk: whose calls.
        agent, user, surface: who sits at the page.
        wording: the messages of a language, which tell events.
        look: seconds, see `LOOK_SECONDS`.
        microphone: what the microphone of this PC is doing; None when nobody listens to it.
    """

    def __init__(
        self,
        desk: Desk,
        agent: str,
        user: str,
        surface: str,
        wording: Callable[[str], Wording],
        *,
        look: float = LOOK_SECONDS,
        microphone: Callable[[], str | None] = lambda: None,
    ) -> None:
        self._microphone = microphone
        self._desk, self._agent = desk, agent
        self._user, self._surface = user, surface
        self._wording, self._look = wording, look
        self._open: set[asyncio.Event] = set()
        self._ending = False

    def close(self) -> None:
        """End every stream; on the server's loop."""
        self._ending = True
        self.look_now()

    def look_now(self) -> None:
        """Have every stream look at the state at once; on the server's loop."""
        for wake in self._open:
            wake.set()

    async def stream(self, languages: Sequence[str]) -> AsyncIterator[bytes]:
        """One page's events, until it goes or `close` is called.

        Args:
            languages: of the words in `tell`: a page may be in any, and change.
        """
        happened: asyncio.Queue[CallEvent] = asyncio.Queue()
        wake = asyncio.Event()
        self._open.add(wake)
        listening = asyncio.create_task(self._listen(happened))
        seen: dict[str, Any] | None = None
        silent = 0.0
        try:
            while not self._ending:
                now = await self._now()
                if seen is None or without_clocks(now) != without_clocks(seen):
                    seen, silent = now, 0.0
                    yield _event("lost" if now.get("lost") else "state", now)
                event = await self._next(happened, wake)
                if event is None:
                    silent += self._look
                    if silent >= ALIVE_SECONDS:
                        silent = 0.0
                        yield b": still here\n\n"
                elif not event.quiet and event.kind not in _PHONEBAR:
                    silent = 0.0
                    yield _event("tell", self._told(event, languages))
        finally:
            self._open.discard(wake)
            listening.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await listening

    async def _listen(self, happened: asyncio.Queue[CallEvent]) -> None:
        async for event in self._desk.events(self._agent, self._user, self._surface):
            happened.put_nowait(event)

    async def _next(
        self, happened: asyncio.Queue[CallEvent], wake: asyncio.Event
    ) -> CallEvent | None:
        """The next event; None when it is time to look without one."""
        waiting = {asyncio.create_task(happened.get()), asyncio.create_task(wake.wait())}
        try:
            done, _ = await asyncio.wait(
                waiting, timeout=self._look, return_when=asyncio.FIRST_COMPLETED
            )
        finally:  # also when the page has gone meanwhile
            for task in waiting:
                task.cancel()
        wake.clear()
        return next((one for task in done if isinstance(one := task.result(), CallEvent)), None)

    async def _now(self) -> dict[str, Any]:
        try:
            calls = await self._desk.calls(self._agent)
            shown = state_json(calls, await self._desk.status(self._agent))
            return {**shown, "microphone": self._microphone()}
        except DeskError:
            return {"lost": True, "calls": []}

    def _told(self, event: CallEvent, languages: Sequence[str]) -> dict[str, Any]:
        return {
            "texts": {one: self._wording(one).event(event)[0] for one in languages},
            "incoming": event.kind is EventKind.INCOMING,
            "cue": "done" if event.kind is EventKind.CONNECTED else None,
        }


def _event(name: str, body: dict[str, Any]) -> bytes:
    data = json.dumps(body, ensure_ascii=True, separators=(",", ":"))
    return f"event: {name}\ndata: {data}\n\n".encode()
