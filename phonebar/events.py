"""The calls as a stream of server-sent events (WHATWG HTML, "Server-sent events").

First a `snapshot` with every call, then a `calls` event with every call after each change; a
comment now and then shows that the line is alive. A reader that is slow misses steps in between,
never the latest state, and costs no more memory than one event.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from typing import Any

from starlette.responses import StreamingResponse

from phonebar.line import Line
from phonebar.phonebook import EMPTY, Phonebook
from phonebar.problems import Problem

HEARTBEAT_SECONDS = 15.0
MAX_STREAMS = 64


def state_of(line: Line, phonebook: Phonebook = EMPTY) -> dict[str, Any]:
    """The line's version and status, and each call: whose it is, and the actions that it allows."""
    version, status, pairs = line.snapshot()
    calls = [
        {**call.to_json(), "name": phonebook.name_of(call.number), "allowed": actions}
        for call, actions in pairs
    ]
    return {"version": version, "status": status, "calls": calls}


class Streams:
    """Every stream that is open.

    Args:
        line: the telephone.
        phonebook: whose names stand with the calls.
        heartbeat: seconds of silence after which a comment is sent.
    """

    def __init__(
        self,
        line: Line,
        phonebook: Phonebook = EMPTY,
        *,
        heartbeat: float = HEARTBEAT_SECONDS,
    ) -> None:
        self._line = line
        self._phonebook = phonebook
        self._heartbeat = heartbeat
        self._open: set[Callable[[], None]] = set()
        self._closed = False

    def close(self) -> None:
        """End every stream now, and open none any more; from any thread."""
        self._closed = True
        for notice in tuple(self._open):
            notice()

    def response(self) -> StreamingResponse:
        """A new stream.

        Raises:
            Problem: there are too many already, or the server is about to end.
        """
        if self._closed or len(self._open) >= MAX_STREAMS:
            raise Problem(
                503, "no-stream", "No stream", f"At most {MAX_STREAMS} streams; read /api/calls."
            )
        return StreamingResponse(self._events(), media_type="text/event-stream")

    async def _events(self) -> AsyncIterator[bytes]:
        changed = asyncio.Event()
        loop = asyncio.get_running_loop()

        def notice() -> None:
            with suppress(RuntimeError):  # the loop has ended, and with it whoever reads
                loop.call_soon_threadsafe(changed.set)

        unsubscribe = self._line.subscribe(notice)
        self._open.add(notice)
        try:
            seen = -1
            while not self._closed:
                changed.clear()
                state = state_of(self._line, self._phonebook)
                if state["version"] != seen:
                    name = "snapshot" if seen < 0 else "calls"
                    seen = state["version"]
                    yield _event(name, seen, state)
                try:
                    await asyncio.wait_for(changed.wait(), self._heartbeat)
                except TimeoutError:
                    yield b": still here\n\n"
        finally:
            unsubscribe()
            self._open.discard(notice)


def _event(name: str, number: int, body: dict[str, Any]) -> bytes:
    data = json.dumps(body, ensure_ascii=True, separators=(",", ":"))
    return f"id: {number}\nevent: {name}\ndata: {data}\n\n".encode()
