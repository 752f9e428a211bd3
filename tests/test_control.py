"""The control socket: one Assistant for every process of this user, and for nobody else."""

from __future__ import annotations

import socket
import stat
import sys
import threading
from collections.abc import Iterator
from multiprocessing.connection import Client
from pathlib import Path

import pytest

from assistant.contract import Command, Utterance
from assistant.control import ControlClient, ControlError, ControlServer, address
from tests.desk import Desk, eventually


@pytest.fixture
def service(phone: Desk, state: Path) -> Iterator[ControlServer]:
    made = ControlServer(phone.assistant, state)
    yield made
    made.close()


def connected(state: Path) -> ControlClient:
    client = ControlClient.connect(state)
    assert client is not None
    return client


def test_without_a_service_there_is_none(state: Path) -> None:
    assert ControlClient.connect(state) is None


@pytest.mark.usefixtures("service")
def test_a_command_a_list_and_the_history_go_through_it(phone: Desk, state: Path) -> None:
    client = connected(state)
    assert client.url == phone.config.phonebar.url
    said = Utterance(
        "call it", surface="cli", command=Command("call", {"target": {"number": "200"}})
    )
    reply = client.handle(said)
    assert (reply.status, reply.command) == ("done", said.command)
    (call,) = client.calls()
    assert call.number == "200"
    assert {entry["type"] for entry in client.history(10)} == {"command", "call"}
    client.close()


def test_events_are_streamed_and_the_end_of_the_service_is_told(
    phone: Desk, service: ControlServer, state: Path
) -> None:
    client = connected(state)
    heard: list[str] = []

    def listen() -> None:
        try:
            heard.extend(str(event.kind) for event in client.events())
        except ControlError:
            heard.append("over")

    thread = threading.Thread(target=listen, daemon=True)
    thread.start()
    eventually(lambda: len(phone.assistant.watcher._subscribers) > 1)
    phone.ring("200")
    eventually(lambda: heard == ["incoming"])
    service.close()
    eventually(lambda: heard == ["incoming", "over"])


@pytest.mark.usefixtures("service")
def test_whoever_lacks_the_key_or_talks_nonsense_gets_nothing(phone: Desk, state: Path) -> None:
    silent = Client(address(state))
    with pytest.raises(Exception, match=r"digest|closed|reset|Broken"):
        Client(address(state), authkey=b"guess")
    client = connected(state)
    client._connection.send_bytes(b'{"op": ["nonsense"]}')
    client.close()
    again = connected(state)
    assert again.calls() == ()
    again.close()
    silent.close()


@pytest.mark.skipif(sys.platform == "win32", reason="a named pipe has no file mode")
@pytest.mark.usefixtures("service")
def test_socket_and_key_are_their_users_alone(state: Path) -> None:
    for path in (Path(address(state)), state / "control.key"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.skipif(sys.platform == "win32", reason="a named pipe goes with its process")
def test_a_socket_left_by_a_killed_service_is_replaced(phone: Desk, state: Path) -> None:
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(address(state))
    (state / "control.key").write_bytes(b"of the one that was killed")
    assert ControlClient.connect(state) is None
    server = ControlServer(phone.assistant, state)
    assert connected(state).calls() == ()
    server.close()


def test_a_long_state_folder_still_has_an_address(tmp_path: Path) -> None:
    assert len(address(tmp_path / ("x" * 120))) <= 100
