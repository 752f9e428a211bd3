"""Socket Mode: the links to the app, and which of them an envelope takes."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import secrets
import socket
import struct
from collections import defaultdict, deque
from typing import Any

from aiohttp import WSMsgType, web

from tests.adapters.slack.delivery import Answer, Attempt, Delivery
from tests.adapters.slack.errors import Injected
from tests.adapters.slack.world import APP_ID, World

Json = dict[str, Any]

MOST_LINKS = 10
CLOSES_AFTER = 10.0
"""Seconds from a `disconnect` warning to the end of the link."""


class Link:
    """One WebSocket."""

    def __init__(self, name: str, ws: web.WebSocketResponse, request: web.Request) -> None:
        self.name = name
        self.ws = ws
        self.leaving = False
        """Told to go: gets nothing new while there are others."""
        self.black_hole = False
        """Seems to be open, but nothing passes any more, in neither direction."""
        self.sent: list[Json] = []
        self.pings = 0
        self.flows = asyncio.Event()
        """Not set: what is sent in either direction waits on its way."""
        self.flows.set()
        self._stuck: list[Json] = []
        self._request = request

    async def send(self, message: Json) -> None:
        """Put a message on its way; whether it arrives is another matter."""
        self.sent.append(message)
        if not self.flows.is_set():
            self._stuck.append(message)
        elif not self.black_hole:
            try:
                await self.ws.send_json(message)
            except (ConnectionError, RuntimeError):
                # Torn at this moment: Slack does not know it yet, and will not get an ack.
                return

    async def flow(self) -> None:
        """What waited arrives, in order; pings that wait are answered after it."""
        stuck, self._stuck = self._stuck, []
        for message in stuck:
            with contextlib.suppress(ConnectionError):  # given up meanwhile
                await self.ws.send_json(message)
        self.flows.set()

    def abort(self) -> None:
        """Tear it, so that the app gets a reset."""
        transport = self._request.transport
        if transport is not None:
            raw = transport.get_extra_info("socket")
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            transport.abort()


class Sockets:
    """All links, in the order in which they were opened."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.links: list[Link] = []
        self.chosen: Link | None = None
        """Every envelope takes this link, if it is open."""
        self.opened = 0
        """How many links there have been."""
        self.refusing = False
        """Open no links: the app may try as often as it likes."""
        self._tickets: set[str] = set()
        self._turn = itertools.count()
        self._waiting: defaultdict[str, deque[Attempt]] = defaultdict(deque)
        self._closing: set[asyncio.Task[None]] = set()

    def ticket(self) -> str:
        """The address of a new link, as `apps.connections.open` gives it; good for once."""
        if self.refusing:
            raise Injected("internal_error")
        ticket = secrets.token_hex(8)
        self._tickets.add(ticket)
        return f"{self._world.url.replace('http', 'ws', 1)}/link/{ticket}"

    async def send(self, delivery: Delivery, attempt: Attempt) -> None:
        """Send an envelope over one of the links."""
        link = self._next()
        if link is None:
            attempt.trouble = "connection_failed"
            attempt.fail()
            return
        envelope: Json = {
            "envelope_id": attempt.envelope,
            "type": delivery.kind,
            "accepts_response_payload": delivery.kind != "events_api",
            "payload": delivery.payload,
        }
        if delivery.kind == "events_api":
            envelope |= {"retry_attempt": attempt.number, "retry_reason": attempt.reason}
        attempt.via = link.name
        self._waiting[attempt.envelope].append(attempt)
        await link.send(envelope)

    async def disconnect(self, reason: str = "warning", link: Link | None = None) -> None:
        """Tell the app that its link (or all of them) will be closed, and close it soon."""
        for one in [link] if link else list(self.links):
            one.leaving = True
            debug = {"host": "applink-fake"}
            await one.send({"type": "disconnect", "reason": reason, "debug_info": debug})
            task = asyncio.create_task(self._close(one))
            self._closing.add(task)
            task.add_done_callback(self._closing.discard)

    def abort(self, link: Link | None = None) -> None:
        """Tear one link, or all."""
        for one in [link] if link else list(self.links):
            one.abort()

    def black_hole(self, link: Link | None = None) -> None:
        """Let nothing pass any more on one link, or on all."""
        for one in [link] if link else list(self.links):
            one.black_hole = True

    async def connected(self, count: int = 1, timeout: float = 10.0) -> None:
        """Wait until so many links are open and sound."""

        def sound() -> bool:
            return sum(not one.leaving and not one.black_hole for one in self.links) >= count

        await self._world.changes.until(sound, timeout)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """One link, from its beginning to its end."""
        ticket = request.match_info["ticket"]
        if ticket not in self._tickets:
            raise web.HTTPNotFound
        self._tickets.remove(ticket)
        # Pings and closing are answered by hand, because a black hole answers neither.
        ws = web.WebSocketResponse(autoping=False, autoclose=False)
        await ws.prepare(request)
        self.opened += 1
        link = Link(f"link{self.opened}", ws, request)
        if len(self.links) >= MOST_LINKS:
            self._world.problem(f"more than {MOST_LINKS} Socket Mode connections")
            await link.send({"type": "disconnect", "reason": "too_many_websockets"})
            await ws.close()
            return ws
        self.links.append(link)
        await link.send(
            {
                "type": "hello",
                "num_connections": len(self.links),
                "connection_info": {"app_id": APP_ID},
                "debug_info": {
                    "host": "applink-fake",
                    "build_number": 1,
                    "approximate_connection_time": 18060,
                },
            }
        )
        self._world.changes.made()
        try:
            await self._read(link)
        finally:
            self.links.remove(link)
            self._world.changes.made()
        return ws

    async def close(self) -> None:
        """End everything."""
        for task in list(self._closing):
            task.cancel()
        for one in list(self.links):
            one.abort()

    def _next(self) -> Link | None:
        if self.chosen in self.links:
            return self.chosen
        able = [one for one in self.links if not one.leaving] or self.links
        return able[next(self._turn) % len(able)] if able else None

    async def _close(self, link: Link) -> None:
        await self._world.clock.sleep(CLOSES_AFTER)
        if link in self.links:
            await link.ws.close()

    async def _read(self, link: Link) -> None:
        async for message in link.ws:
            await link.flows.wait()
            if link.black_hole:
                continue
            if message.type is WSMsgType.PING:
                link.pings += 1
                with contextlib.suppress(ConnectionError):  # given up while it stood still
                    await link.ws.pong(message.data)
            elif message.type is WSMsgType.TEXT:
                self._acknowledged(message.data)
            elif message.type is WSMsgType.CLOSE:
                await link.ws.close()
                return

    def _acknowledged(self, text: str) -> None:
        try:
            ack = json.loads(text)
            envelope, body = ack["envelope_id"], ack.get("payload") or {}
        except (ValueError, KeyError, TypeError, AttributeError):
            self._world.problem(f"no acknowledgement: {text[:200]}")
            return
        waiting = self._waiting.get(envelope)
        if not waiting:
            self._world.problem(f"acknowledged what was not sent, or twice: {envelope}")
            return
        attempt = waiting.popleft()
        if isinstance(body, str):
            body = {"text": body}
        attempt.done(Answer(self._world.clock.now(), body))
