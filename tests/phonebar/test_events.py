"""The event stream: a snapshot, each change, signs of life, and a prompt end."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator

import pytest
import requests

from phonebar.line import Line
from phonebar.server import Server
from phonebar.simulator import Simulator
from tests.phonebar.conftest import Http


def events(response: requests.Response) -> Iterator[tuple[str, dict[str, object]]]:
    """The events of a stream, one after the other; "alive" for a comment."""
    name, data = "", ""
    for line in response.iter_lines(chunk_size=1, decode_unicode=True):
        if line.startswith(":"):
            yield "alive", {}
        elif line.startswith("event: "):
            name = line[7:]
        elif line.startswith("data: "):
            data = line[6:]
        elif not line and data:
            yield name, json.loads(data)
            name, data = "", ""


def test_events_begin_with_a_snapshot_and_tell_each_change(http: Http, far: Simulator) -> None:
    far.incoming("200")
    with requests.get(http.url + "/ext/v1/events", stream=True, timeout=10) as response:
        assert response.headers["Content-Type"].startswith("text/event-stream")
        stream = events(response)
        name, first = next(stream)
        assert name == "snapshot"
        assert [call["stateId"] for call in first["calls"]] == [32]  # type: ignore[attr-defined]
        assert first["status"] == "ready"
        far.incoming("201")
        name, second = next(one for one in stream if one[0] != "alive")
        assert name == "calls"
        assert len(second["calls"]) == 2  # type: ignore[arg-type]
        assert next(one for one in stream if one[0] == "alive")


def test_a_slow_reader_gets_the_latest_state_and_delays_nobody(
    http: Http, server: Server, far: Simulator, line: Line
) -> None:
    slow = socket.create_connection(("127.0.0.1", server.port), timeout=10)
    slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    request = f"GET /ext/v1/events HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n\r\n"
    slow.sendall(request.encode())
    assert slow.recv(12) == b"HTTP/1.1 200"
    for _ in range(3000):
        far.incoming("200")
        far.vanish(1)
    far.incoming("999999")
    assert http.states() == [(1, 32)]
    seen = b""
    while b"999999" not in seen:
        seen = seen[-4096:] + slow.recv(65536)
    slow.close()


def test_stopping_ends_open_streams_at_once(line: Line) -> None:
    server = Server(line).start()
    response = requests.get(server.url + "/ext/v1/events", stream=True, timeout=10)
    stream = events(response)
    next(stream)
    began = time.monotonic()
    server.stop()
    assert time.monotonic() - began < 3
    assert list(stream) == []
    response.close()
    with pytest.raises(requests.ConnectionError):
        requests.get(server.url + "/api/calls", timeout=10)
