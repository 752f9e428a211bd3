"""The client: against a real server, and against raw sockets that misbehave as servers do."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress

import pytest
import requests
import responses
from hypothesis import given
from hypothesis import strategies as st

from assistant.phonebar import (
    Broken,
    Guard,
    NotAPhonebar,
    Phonebar,
    PhonebarError,
    Refused,
    TimedOut,
    Unreachable,
)
from phonebar.line import Line
from phonebar.protocol import Call, CallState, ProtocolError, calls_from_json
from phonebar.server import Server
from phonebar.simulator import Simulator

Handler = Callable[[socket.socket, bytes], None]


@contextmanager
def raw_server(*handlers: Handler) -> Iterator[tuple[str, list[bytes]]]:
    """A socket that serves each connection with the next handler; notes every request."""
    listener = socket.create_server(("127.0.0.1", 0))
    seen: list[bytes] = []

    def serve() -> None:
        for handle in handlers:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(5)
                try:
                    request = connection.recv(65536)
                    if request:
                        seen.append(request)
                    handle(connection, request)
                except OSError:
                    pass

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", seen
    finally:
        with suppress(OSError):  # on Linux an accept is woken by this, elsewhere by the close
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(timeout=5)


def answer(body: bytes, status: str = "200 OK", *, keep: bool = False) -> Handler:
    def handle(connection: socket.socket, _request: bytes) -> None:
        head = f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n"
        head += "" if keep else "Connection: close\r\n"
        connection.sendall(head.encode() + b"\r\n" + body)

    return handle


def hang(connection: socket.socket, _request: bytes) -> None:
    connection.recv(1)


def reset(connection: socket.socket, _request: bytes) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")


@pytest.fixture
def line() -> Iterator[Line]:
    made = Line(Simulator())
    yield made
    made.close()


@pytest.fixture
def client(line: Line) -> Iterator[Phonebar]:
    with Server(line) as server:
        made = Phonebar(server.url)
        yield made
        made.close()


def test_every_endpoint_reaches_the_phonebar(line: Line, client: Phonebar) -> None:
    session = client.originate("5550100")
    assert session == "1"
    eventually(lambda: state_of(client, "1") is CallState.ACTIVE)
    client.hold("1")
    assert state_of(client, "1") is CallState.HOLDING
    client.hold("1")
    assert state_of(client, "1") is CallState.ACTIVE
    line.backend.incoming("200")  # type: ignore[attr-defined]
    client.answer("2")
    assert [state_of(client, "1"), state_of(client, "2")] == [CallState.HOLDING, CallState.ACTIVE]
    client.conference()
    assert state_of(client, "1") is CallState.ACTIVE
    client.hangup("2")
    client.transfer("201", "1")
    eventually(lambda: state_of(client, "1") is CallState.RELEASED)
    client.originate("5550100")
    eventually(lambda: CallState.ACTIVE in {call.state for call in client.calls()})
    client.hangup()
    eventually(lambda: CallState.ACTIVE not in {call.state for call in client.calls()})


def test_an_attended_transfer_releases_both_calls(client: Phonebar) -> None:
    first = client.originate("5550100")
    eventually(lambda: state_of(client, first) is CallState.ACTIVE)
    second = client.originate("55502000")
    eventually(lambda: state_of(client, second) is CallState.ACTIVE)
    client.attended_transfer(str(second), str(first))
    eventually(lambda: {call.state for call in client.calls()} == {CallState.RELEASED})


def test_a_refusal_carries_the_servers_reason(client: Phonebar) -> None:
    with pytest.raises(Refused) as refused:
        client.hangup("7")
    assert refused.value.status == 404
    assert "7" in str(refused.value)


def test_a_guard_keeps_a_command_from_another_call_with_the_same_session(
    line: Line, client: Phonebar
) -> None:
    client.originate("5550100")
    (call,) = client.calls()
    line.backend.vanish(1)  # type: ignore[attr-defined]
    client.originate("5550102")
    with pytest.raises(Refused) as refused:
        client.hangup("1", Guard(call_ids=(str(call.text("callId")),)))
    assert refused.value.status == 412
    assert not any(item.state is CallState.TERMINATED for item in client.calls())


def test_our_own_server_says_what_it_offers(client: Phonebar) -> None:
    assert "events" in client.features()


def test_nobody_listening_is_unreachable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(Unreachable):
        Phonebar(f"http://127.0.0.1:{port}").originate("200")


@pytest.mark.parametrize(
    ("handler", "error"),
    [
        (hang, TimedOut),
        (reset, Broken),
        (answer(b"{}", "500 Internal Server Error"), Broken),
        (answer(b"{}", "503 Service Unavailable"), Broken),
        (answer(b"<html>hello"), NotAPhonebar),
        (answer(b"[" * 100_000), NotAPhonebar),
        (answer(b"\xff\xfe\x00"), NotAPhonebar),
        (answer(b"", "302 Found\r\nLocation: /api/originate/201"), NotAPhonebar),
        (answer(b'{"detail": "no"}', "409 Conflict"), Refused),
        (answer(b"no", "404 Not Found"), Refused),
        (lambda c, _r: c.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n[]"), Broken),
        (lambda c, _r: c.sendall(b"garbage\r\n\r\n"), Broken),
        (lambda _c, _r: None, Broken),
    ],
)
def test_a_failure_is_told_apart_and_the_request_is_sent_once(
    handler: Handler, error: type[PhonebarError]
) -> None:
    with raw_server(handler, answer(b"{}")) as (url, seen):
        client = Phonebar(url, read_timeout=0.3)
        with pytest.raises(error):
            client.originate("200")
        client.close()
    assert len(seen) == 1
    assert seen[0].startswith(b"GET /api/originate/200 HTTP/1.1\r\n")


def test_an_endless_body_is_cut_off() -> None:
    def pour(connection: socket.socket, _request: bytes) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            connection.sendall(b" " * 65536)

    with raw_server(pour) as (url, _), pytest.raises(NotAPhonebar):
        Phonebar(url).calls()


def test_a_trickling_body_times_out() -> None:
    def trickle(connection: socket.socket, _request: bytes) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        gate = threading.Event()
        while True:
            connection.sendall(b" ")
            gate.wait(0.05)

    with raw_server(trickle) as (url, _), pytest.raises(TimedOut):
        Phonebar(url, read_timeout=0.3).calls()


def test_a_kept_alive_connection_that_the_server_closed_does_not_send_twice() -> None:
    """Closed while idle: noticed before sending. Closed as the request arrives: reported."""
    closing = threading.Event()

    def once_then_close(connection: socket.socket, request: bytes) -> None:
        answer(b"[]", keep=True)(connection, request)
        second = connection.recv(65536)
        if second:
            seen.append(second)
        closing.set()

    with raw_server(once_then_close, answer(b"[]")) as (url, seen):
        client = Phonebar(url)
        assert client.calls() == ()
        with pytest.raises(Broken):
            client.originate("200")
        assert closing.wait(5)
        client.close()
    assert [request.split(b" ")[1] for request in seen] == [b"/api/calls", b"/api/originate/200"]


def test_an_idle_connection_that_the_server_closed_is_replaced() -> None:
    with raw_server(answer(b"[]", keep=True), answer(b'{"sessionId": 4}')) as (url, seen):
        client = Phonebar(url)
        assert client.calls() == ()
        eventually(lambda: len(seen) == 1)
        assert client.originate("200") == "4"
        client.close()
    assert len(seen) == 2


def test_the_environments_proxy_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("NO_PROXY", "")
    with raw_server(answer(b"[]")) as (url, _):
        assert Phonebar(url).calls() == ()


@responses.activate
@pytest.mark.parametrize("number", ["../hangup", "sip:x@y", "1\r\nX: y", "%2e%2e", "\u0661\u0662"])
def test_a_hostile_number_stays_inside_its_path_segment(number: str) -> None:
    responses.add(responses.GET, url=__import__("re").compile(".*"), json={})
    Phonebar("http://127.0.0.1:9888").originate(number)
    sent = responses.calls[0].request
    assert str(sent.url).startswith("http://127.0.0.1:9888/api/originate/")
    assert str(sent.url).count("/") == 5


@responses.activate
def test_a_connection_time_out_means_nothing_was_sent() -> None:
    failure = requests.exceptions.ConnectTimeout("slow")
    responses.add(responses.GET, "http://127.0.0.1:9888/api/hold/1", body=failure)
    with pytest.raises(Unreachable):
        Phonebar("http://127.0.0.1:9888").hold("1")


VARIANTS = [
    [{"sessionId": 1, "callingNumber": "200", "duration": 65, "stateId": 8, "incoming": True}],
    {
        "calls": [
            {
                "session_id": "1",
                "calling_number": "200",
                "duration": "00:01:05",
                "state_id": 8,
                "incoming": "true",
            }
        ]
    },
    [{"SessionId": 1, "CallingNumber": 200, "Duration": "1:05", "StateId": "8", "Incoming": 1}],
    [{"session": 1.0, "number": " 200 ", "duration": 65.9, "state": "ACTIVE", "direction": "in"}],
]


@pytest.mark.parametrize("body", VARIANTS)
def test_the_known_spellings_of_a_body_mean_the_same(body: object) -> None:
    (call,) = calls_from_json(body)
    found = (call.session_id, call.number, call.duration, call.state, call.incoming)
    assert found == ("1", "200", 65, CallState.ACTIVE, True)


def test_an_unknown_state_is_kept_and_named_unknown() -> None:
    (call,) = calls_from_json([{"sessionId": 1, "stateId": 77, "extra": {"a": 1}}])
    assert (call.state_id, call.state, call.extra) == (77, None, {"extra": {"a": 1}})


@pytest.mark.parametrize(
    "body",
    [
        None,
        7,
        "calls",
        {},
        {"calls": 3},
        [3],
        [{"stateId": 8}],
        [{"sessionId": 1}],
        [{"sessionId": True, "stateId": 8}],
        [{"sessionId": "../1", "stateId": 8}],
        [{"sessionId": 1, "stateId": 8}, {"sessionId": "1", "stateId": 8}],
    ],
)
def test_a_body_that_no_phonebar_sends_is_refused(body: object) -> None:
    with pytest.raises(ProtocolError):
        calls_from_json(body)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                [
                    "sessionId",
                    "session_id",
                    "StateId",
                    "state",
                    "callingNumber",
                    "calls",
                    "duration",
                    "incoming",
                    "id",
                    "x",
                ]
            ),
            inner,
            max_size=6,
        )
    ),
    max_leaves=20,
)


@given(JSON)
def test_the_reader_takes_any_json_or_says_why_not(body: object) -> None:
    try:
        calls = calls_from_json(body)
    except ProtocolError:
        return
    assert all(isinstance(call, Call) and call.session_id for call in calls)


@given(
    st.lists(
        st.builds(
            Call,
            session_id=st.integers(1, 99).map(str),
            number=st.from_regex(r"[0-9+*#]{0,20}", fullmatch=True),
            state_id=st.sampled_from(list(CallState)).map(int),
            incoming=st.booleans(),
            duration=st.integers(0, 10**6),
        ),
        unique_by=lambda call: call.session_id,
    )
)
def test_what_is_written_is_read_back(calls: list[Call]) -> None:
    written = json.dumps([call.to_json() for call in calls])
    assert list(calls_from_json(json.loads(written))) == calls


def state_of(client: Phonebar, session: str | None) -> CallState | None:
    return next((call.state for call in client.calls() if call.session_id == session), None)


def eventually(condition: Callable[[], bool], seconds: float = 10.0) -> None:
    """Wait for a condition."""
    until = time.monotonic() + seconds
    gate = threading.Event()
    while not condition():
        assert time.monotonic() < until, "it never came true"
        gate.wait(0.02)


def test_a_phonebar_without_our_extension_has_no_status_and_none_can_be_set() -> None:
    with closing(Line(Simulator())) as line, Server(line, quirks=True) as server:
        client = Phonebar(server.url)
        assert client.status() is None
        with pytest.raises(Refused):
            client.set_status("pause")


def test_our_own_phonebar_is_set_to_pause_and_back() -> None:
    with closing(Line(Simulator())) as line, Server(line) as server:
        client = Phonebar(server.url)
        assert client.status() == "ready"
        for status in ("pause", "pause", "ready"):
            client.set_status(status)
            assert client.status() == status
        with pytest.raises(Refused):
            client.set_status("asleep")


def test_a_status_that_does_not_exist_counts_as_none() -> None:
    with raw_server(answer(b'{"status": "lunch"}'), answer(b"[]")) as (url, _):
        assert Phonebar(url).status() is None
        assert Phonebar(url).status() is None


def test_the_microphone_can_be_kept_from_the_callers() -> None:
    with closing(Line(Simulator())) as line, Server(line) as server:
        client = Phonebar(server.url)
        client.hush(5)
        assert line.hush.on
        client.hush(0)
        assert not line.hush.on
        with pytest.raises(Refused):
            client.hush(300)
