"""The service's local control socket: other commands of this user reach its one Assistant here.

A Unix socket, a named pipe on Windows, with a key in a file that only this user can read; both from
the standard library's `multiprocessing.connection`, of which only its byte messages are used (they
carry JSON, never pickles).

    -> {"op": "hello"}                      <- {"url": ..., "languages": [...]}
    -> {"op": "ask", "utterance": {...}}    <- {"reply": {...}}
    -> {"op": "calls"}                      <- {"calls": [...]} or {"error": text}
    -> {"op": "history", "limit": n}        <- {"entries": [...]}
    -> {"op": "watch"}                      <- {"event": ...} as they happen
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import os
import secrets
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from multiprocessing import AuthenticationError
from multiprocessing.connection import (
    Client,
    Connection,
    Listener,
    answer_challenge,
    deliver_challenge,
)
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.contract import CallEvent, Command, LiveCall, Reply, Utterance

if TYPE_CHECKING:  # a client of the service needs none of it, and starts in half the time
    from assistant.assistant import Assistant

log = logging.getLogger(__name__)

LONGEST_MESSAGE = 1_000_000
"""Bytes."""

_LONGEST_SOCKET_PATH = 100
"""Characters; the least that any system allows is 104."""


class ControlError(Exception):
    """The service is there but could not do what was asked."""


def address(state: Path) -> str:
    """Where the service of this state folder listens."""
    digest = hashlib.sha256(str(state.resolve()).encode()).hexdigest()[:16]
    if sys.platform == "win32":
        return rf"\\.\pipe\phonebar-assistant-{digest}"
    path = state / "control.sock"
    if len(str(path)) <= _LONGEST_SOCKET_PATH:
        return str(path)
    return str(Path(tempfile.gettempdir()) / f"phonebar-{digest}.sock")


def _key_file(state: Path) -> Path:
    return state / "control.key"


class ControlServer:
    """Serves one Assistant to this user's other processes.

    Args:
        assistant: what is served.
        state: the state folder, which must exist.
    """

    def __init__(self, assistant: Assistant, state: Path) -> None:
        self._assistant = assistant
        self._address = address(state)
        self._key = secrets.token_bytes(32)
        self._write_key(state)
        self._open: set[Connection[bytes, bytes]] = set()
        self._closing = False
        self._listener = self._listen()
        self._thread = threading.Thread(target=self._accept, name="control", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop serving."""
        self._closing = True
        with contextlib.suppress(OSError, EOFError):
            # An accept is not woken by closing its listener, but by a connection.
            Client(self._address).close()
        self._thread.join(timeout=5)
        self._listener.close()
        for connection in tuple(self._open):
            with contextlib.suppress(OSError):
                connection.close()

    def _write_key(self, state: Path) -> None:
        path = _key_file(state)
        path.unlink(missing_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(self._key)

    def _listen(self) -> Listener:
        if sys.platform == "win32":
            return Listener(self._address, family="AF_PIPE")
        Path(self._address).unlink(missing_ok=True)  # of a service that was killed
        before = os.umask(0o177)
        try:
            return Listener(self._address, family="AF_UNIX")
        finally:
            os.umask(before)

    def _accept(self) -> None:
        while not self._closing:
            try:
                connection = self._listener.accept()
            except (OSError, EOFError):
                continue
            thread = threading.Thread(
                target=self._serve, args=(connection,), name="control-client", daemon=True
            )
            thread.start()

    def _serve(self, connection: Connection[bytes, bytes]) -> None:
        self._open.add(connection)
        try:
            deliver_challenge(connection, self._key)
            answer_challenge(connection, self._key)
            while not self._closing:
                asked = json.loads(connection.recv_bytes(LONGEST_MESSAGE))
                if asked["op"] == "watch":
                    self._watch(connection)
                    return
                connection.send_bytes(json.dumps(self._answer(asked)).encode())
        except (OSError, EOFError, AuthenticationError):
            pass  # the other side is gone, or was not this user
        except (ValueError, KeyError, TypeError):
            log.warning("the control socket was sent something that is not understood")
        except Exception:
            # Such as a journal closed at the same moment: it ends this connection, nothing else.
            log.exception("while serving the control socket")
        finally:
            self._open.discard(connection)
            with contextlib.suppress(OSError):  # the server, ending, closes it at the same moment
                connection.close()

    def _answer(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        if asked["op"] == "hello":
            config = self._assistant.config
            return {"url": config.phonebar.url, "languages": list(config.assistant.languages)}
        if asked["op"] == "ask":
            found = dict(asked["utterance"])
            command = found.pop("command", None)
            utterance = Utterance(
                **{
                    **found,
                    "alternatives": tuple(found.get("alternatives") or ()),
                    "command": Command(**command) if command else None,
                }
            )
            return {"reply": self._assistant.handle(utterance).to_json()}
        if asked["op"] == "calls":
            from assistant.phonebar import PhonebarError

            try:
                return {"calls": [call.to_json() for call in self._assistant.calls()]}
            except PhonebarError as error:
                return {"error": str(error)}
        if asked["op"] == "history":
            return {"entries": self._assistant.journal.history(int(asked["limit"]))}
        return {"error": f"unknown request {asked['op']!r}"}

    def _watch(self, connection: Connection[bytes, bytes]) -> None:
        gone = threading.Event()

        def tell(event: CallEvent) -> None:
            try:
                connection.send_bytes(json.dumps({"event": event.to_json()}).encode())
            except OSError:
                gone.set()

        subscription = self._assistant.subscribe(tell)
        try:
            while not gone.is_set() and not self._closing:
                if connection.poll(1.0):
                    connection.recv_bytes(LONGEST_MESSAGE)  # it says no more; EOF raises
        finally:
            subscription.close()


class ControlClient:
    """A running service, as its user's other processes see it."""

    def __init__(self, connection: Connection[bytes, bytes]) -> None:
        self._connection = connection
        hello = self._ask({"op": "hello"})
        self.url: str = hello["url"]

    @classmethod
    def connect(cls, state: Path) -> ControlClient | None:
        """The service of this state folder, or None when none is up."""
        try:
            key = _key_file(state).read_bytes()
            return cls(Client(address(state), authkey=key))
        except (OSError, EOFError, AuthenticationError, ControlError):
            return None

    def handle(self, utterance: Utterance) -> Reply:
        """As `Assistant.handle`.

        Raises:
            ControlError: the service went away meanwhile; what became of it the history tells.
        """
        return Reply.from_json(self._ask({"op": "ask", "utterance": asdict(utterance)})["reply"])

    def calls(self) -> tuple[LiveCall, ...]:
        """The live calls.

        Raises:
            ControlError: the service, or its phonebar, cannot be asked.
        """
        return tuple(map(LiveCall.from_json, self._ask({"op": "calls"})["calls"]))

    def history(self, limit: int) -> list[dict[str, Any]]:
        """The latest entries of the journal, newest first."""
        found: list[dict[str, Any]] = self._ask({"op": "history", "limit": limit})["entries"]
        return found

    def events(self) -> Iterator[CallEvent]:
        """Every event from now on.

        Raises:
            ControlError: the service ended.
        """
        try:
            self._connection.send_bytes(b'{"op": "watch"}')
            while True:
                yield CallEvent.from_json(json.loads(self._connection.recv_bytes())["event"])
        except (OSError, EOFError) as error:
            raise ControlError("the service went away") from error

    def close(self) -> None:
        """Let go of the service."""
        self._connection.close()

    def _ask(self, request: Mapping[str, Any]) -> dict[str, Any]:
        try:
            self._connection.send_bytes(json.dumps(request).encode())
            answer: dict[str, Any] = json.loads(self._connection.recv_bytes(LONGEST_MESSAGE))
        except (OSError, EOFError, ValueError) as error:
            raise ControlError("the service went away") from error
        if "error" in answer:
            raise ControlError(str(answer["error"]))
        return answer
