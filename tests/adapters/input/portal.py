"""A desktop's portal for global shortcuts, on a session bus of its own."""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
import threading
from collections.abc import Coroutine, Iterator
from typing import Any

from dbus_fast import Message, MessageType, PropertyAccess, RequestNameReply, Variant
from dbus_fast.aio import MessageBus
from dbus_fast.service import ServiceInterface, dbus_property

from adapters.input.portal import BUS_NAME, PATH, REQUEST, SESSION, SHORTCUTS
from tests.adapters.input.xserver import needs


class _Version(ServiceInterface):
    def __init__(self) -> None:
        super().__init__(SHORTCUTS)

    @dbus_property(access=PropertyAccess.READ)
    def version(self) -> "u":  # type: ignore[name-defined]  # noqa: UP037, F821 - D-Bus's type
        return 1


class Portal:
    """What the desktop does, and what the user of it answers.

    Attributes:
        answer: what comes of the dialogue: 0 allowed, 1 the user said no, 2 otherwise ended,
            None nobody answers.
        withheld: shortcuts that are not given.
        asked: what was shown to the user: id, description, preferred key.
        early: the answer comes before the call returns, as it may.
        own_paths: requests are where the portal likes, as with those before 0.9.
    """

    def __init__(self) -> None:
        self.answer: int | None = 0
        self.withheld: set[str] = set()
        self.asked: list[tuple[str, str, str]] = []
        self.sessions: list[str] = []
        self.early = True
        self.own_paths = False
        self._bus: MessageBus | None = None
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, daemon=True).start()

    def start(self, address: str) -> None:
        self._do(self._start(address))

    async def _start(self, address: str) -> None:
        self._bus = await MessageBus(bus_address=address).connect()
        self._bus.export(PATH, _Version())
        self._bus.add_message_handler(self._called)
        assert await self._bus.request_name(BUS_NAME) == RequestNameReply.PRIMARY_OWNER

    def press(self, shortcut: str, *, down: bool, session: str | None = None) -> None:
        """The user presses or releases what was bound."""
        member = "Activated" if down else "Deactivated"
        body = [session or self.sessions[-1], shortcut, 1234, {}]
        self._do(self._signal(PATH, SHORTCUTS, member, "osta{sv}", body))

    def end_session(self) -> None:
        self._do(self._signal(self.sessions[-1], SESSION, "Closed", "", []))

    def stop(self) -> None:
        async def leave() -> None:
            if self._bus is not None:
                self._bus.disconnect()

        self._do(leave())
        self._loop.call_soon_threadsafe(self._loop.stop)

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def _signal(
        self, path: str, interface: str, member: str, signature: str, body: list[Any]
    ) -> None:
        assert self._bus is not None
        await self._bus.send(
            Message(
                message_type=MessageType.SIGNAL,
                path=path,
                interface=interface,
                member=member,
                signature=signature,
                body=body,
            )
        )

    def _called(self, message: Message) -> Message | bool | None:
        if message.message_type != MessageType.METHOD_CALL:
            return None
        kind = (message.interface, message.member)
        sender = str(message.sender).removeprefix(":").replace(".", "_")
        if kind == (SHORTCUTS, "CreateSession"):
            (options,) = message.body
            path = f"{PATH}/session/{sender}/{options['session_handle_token'].value}"
            self.sessions.append(path)
            return self._respond(
                message, options, sender, 0, {"session_handle": Variant("s", path)}
            )
        if kind == (SHORTCUTS, "BindShortcuts"):
            _session, shortcuts, _window, options = message.body
            self.asked = [
                (text, told["description"].value, told["preferred_trigger"].value)
                for text, told in shortcuts
            ]
            given = [
                [text, {"trigger_description": Variant("s", f"Press {text}")}]
                for text, _, _ in self.asked
                if text not in self.withheld
            ]
            results = {"shortcuts": Variant("a(sa{sv})", given)} if self.answer == 0 else {}
            return self._respond(message, options, sender, self.answer, results)
        if kind == (SESSION, "Close"):
            self.sessions.remove(str(message.path))
            return Message.new_method_return(message)
        return None

    def _respond(
        self,
        message: Message,
        options: dict[str, Variant],
        sender: str,
        code: int | None,
        results: dict[str, Variant],
    ) -> Message | bool:
        assert self._bus is not None
        token = "1" if self.own_paths else options["handle_token"].value
        path = f"{PATH}/request/{sender}/{token}"
        returned = Message.new_method_return(message, "o", [path])
        if code is None:
            return returned
        answer = Message(
            message_type=MessageType.SIGNAL,
            path=path,
            interface=REQUEST,
            member="Response",
            signature="ua{sv}",
            body=[code, results],
        )
        if self.early:
            self._bus.send(answer)
        else:
            self._loop.call_later(0.05, self._bus.send, answer)
        return returned


@contextlib.contextmanager
def session_bus() -> Iterator[str]:
    """A session bus of its own; gives its address."""
    needs("dbus-daemon")
    reading, writing = os.pipe()
    command = ["dbus-daemon", "--session", "--nofork", f"--print-address={writing}"]
    with subprocess.Popen(command, pass_fds=(writing,), stderr=subprocess.DEVNULL) as daemon:
        os.close(writing)
        with os.fdopen(reading) as told:
            address = told.readline().strip()
        assert address, "dbus-daemon did not start"
        try:
            yield address
        finally:
            daemon.terminate()
