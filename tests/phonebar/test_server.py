"""The HTTP interface, asked over a real connection."""

from __future__ import annotations

import pytest

from phonebar.clock import ManualClock
from phonebar.line import Line
from phonebar.listening import PortTaken
from phonebar.protocol import calls_from_json, session_from_answer
from phonebar.server import Server
from phonebar.simulator import Simulator
from tests.phonebar.conftest import Http


def test_every_request_of_the_vendors_page_works_as_printed(
    http: Http, far: Simulator, clock: ManualClock
) -> None:
    assert http.get("/api/calls").json() == []
    assert http.get("/api/originate/12498398500").json()["sessionId"] == 1
    clock.advance(2)
    assert http.states() == [(1, 8)]
    assert http.get("/api/hold").json()["stateId"] == 64
    assert http.get("/api/hold/1").json()["stateId"] == 8
    far.incoming("201")
    assert http.get("/api/answer").json()["stateId"] == 8
    far.incoming("202")
    assert http.get("/api/answer/3").json()["stateId"] == 8
    assert http.states() == [(1, 64), (2, 64), (3, 8)]
    assert http.get("/api/transfer?number=200").status_code == 200
    clock.advance(0.5)
    assert http.states() == [(1, 64), (2, 64), (3, 16)]
    clock.advance(5)
    assert http.get("/api/hold/2").json()["stateId"] == 8
    assert len(http.get("/api/conference").json()) == 2
    assert http.states() == [(1, 8), (2, 8)]
    assert http.get("/api/hold/1").json()["stateId"] == 64
    assert len(http.get("/api/transfer/attendant/2/1").json()) == 2
    clock.advance(5.5)
    http.get("/api/originate/200")
    clock.advance(2)
    assert http.get("/api/transfer/1?number=201").status_code == 200
    clock.advance(0.5)
    assert http.states() == [(1, 16)]
    far.incoming("203")
    assert http.get("/api/hangup/2").json()["stateId"] == 128
    far.incoming("204")
    assert [call["stateId"] for call in http.get("/api/hangup").json()] == [128]


def test_a_call_is_written_with_the_five_documented_names_and_ours(http: Http) -> None:
    call = http.get("/api/originate/200").json()
    assert list(call)[:5] == ["sessionId", "callingNumber", "duration", "stateId", "incoming"]
    assert {"callId", "state", "startedAt", "answeredAt", "muted", "reason", "conference"} < set(
        call
    )
    assert calls_from_json(http.get("/api/calls").json())[0].number == "200"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/hangup/1", 404),
        ("/api/hangup/0", 404),
        ("/api/hangup/x", 404),
        ("/api/hold", 409),
        ("/api/answer", 409),
        ("/api/conference", 409),
        ("/api/transfer", 400),
        ("/api/transfer?number=200", 409),
        ("/api/transfer/1?number=", 400),
        ("/api/transfer/attendant/1/2", 404),
        ("/api/originate", 400),
        ("/api/originate/", 400),
        ("/api/calls/", 404),
        ("/API/calls", 404),
        ("/api", 404),
    ],
)
def test_refusals_are_problems_with_a_reason(http: Http, path: str, status: int) -> None:
    answer = http.get(path)
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    body = answer.json()
    assert body["status"] == status
    assert body["detail"]
    assert set(body) == {"type", "title", "status", "detail"}


@pytest.mark.parametrize("query", ["+39060", "%2B39060"])
def test_a_plus_in_the_transfers_number_may_be_typed_as_it_is(
    http: Http, line: Line, clock: ManualClock, query: str
) -> None:
    http.get("/api/originate/200")
    clock.advance(2)
    assert http.get(f"/api/transfer?number={query}").status_code == 200
    assert [entry.number for entry in line.entries() if entry.what == "transfer"] == ["+39060"]


def test_the_microphone_is_kept_from_the_callers_for_a_while_only(
    http: Http, far: Simulator, clock: ManualClock
) -> None:
    assert http.get("/ext/v1/hush").json() == {"hushed": False}
    assert http.post("hush", {"seconds": 5}).json() == {"hushed": True}
    clock.advance(4)
    assert http.post("hush", {"seconds": 5}).json() == {"hushed": True}
    clock.advance(4)
    assert far.hushed
    clock.advance(2)
    assert not far.hushed
    assert http.get("/ext/v1/hush").json() == {"hushed": False}
    http.post("hush", {"seconds": 5})
    assert http.post("hush", {"seconds": 0}).json() == {"hushed": False}
    assert not far.hushed
    assert http.post("hush", {"seconds": 31}).status_code == 400
    assert http.post("hush", {"seconds": 5}, X_Request_Deadline="1").status_code == 410
    assert not far.hushed


def test_our_own_commands(http: Http, far: Simulator, clock: ManualClock) -> None:
    assert http.post("calls", {"number": "200"}).json()["sessionId"] == 1
    clock.advance(2)
    assert http.post("calls/1/hold").json()["stateId"] == 64
    assert http.post("calls/1/hold").status_code == 409
    assert http.post("calls/1/resume").json()["stateId"] == 8
    assert http.post("calls/1/mute").json()["muted"] is True
    assert http.post("calls/1/unmute").json()["muted"] is False
    assert http.post("calls/1/dtmf", {"digits": "1#"}).status_code == 200
    assert http.post("calls/1/dtmf", {"digits": "x"}).status_code == 400
    far.incoming("201")
    assert http.post("calls/2/reject").json()["reason"] == "declined"
    clock.advance(1)
    far.incoming("202")
    assert http.post("calls/2/answer").json()["stateId"] == 8
    assert len(http.post("conference", {"sessions": [1, 2]}).json()) == 2
    assert http.post("calls/1/hold").status_code == 200
    assert len(http.post("calls/2/attended", {"partner": 1}).json()) == 2
    clock.advance(6)
    far.incoming("203")
    assert http.post("calls/1/transfer", {"number": "200"}).status_code == 409
    assert http.post("calls/1/deflect", {"number": "200"}).status_code == 200
    clock.advance(6)
    far.incoming("204")
    http.post("calls/1/answer")
    assert http.post("calls/1/transfer", {"number": "200"}).status_code == 200
    assert http.post("calls/1/hangup").json()["reason"] == "hangup"


def test_reading_what_the_vendor_does_not_tell(
    http: Http, far: Simulator, clock: ManualClock
) -> None:
    health = http.get("/ext/v1/health").json()
    assert health["status"] == "ok"
    assert {"if-match", "idempotency-key", "events", "simulate"} < set(health["features"])
    far.incoming("200")
    assert http.get("/ext/v1/calls").json()[0]["allowed"] == [
        "answer",
        "reject",
        "deflect",
        "hangup",
    ]
    assert http.get("/ext/v1/status").json() == {"status": "ready"}
    assert http.post("status", {"status": "pause"}).json() == {"status": "pause"}
    assert http.post("status", {"status": "gone"}).status_code == 400
    http.post("calls/1/reject", Idempotency_Key="k7")
    (ended,) = http.get("/ext/v1/history").json()
    assert (ended["number"], ended["direction"], ended["reason"]) == ("200", "incoming", "declined")
    log = http.get("/ext/v1/log").json()
    assert [entry["what"] for entry in log if entry["key"] == "k7"] == ["reject"]
    assert http.get(f"/ext/v1/log?since={log[-2]['seq']}").json() == log[-1:]
    assert http.get("/ext/v1/log?since=x").status_code == 400


def test_the_far_end_is_played_over_http(http: Http) -> None:
    assert http.post("simulate/incoming", {"number": "201"}).json()["stateId"] == 32
    assert http.post("simulate/hangup", {"session": 1}).json()["reason"] == "missed"
    assert http.post("simulate/advance", {"seconds": 5}).json() == []
    http.get("/api/originate/5550102")
    assert http.post("simulate/ring", {"session": 1}).json()["stateId"] == 4
    assert http.post("simulate/answer", {"session": 1}).json()["stateId"] == 8
    moved = http.post("simulate/transfer", {"session": 1, "number": "300"}).json()
    assert moved["callingNumber"] == "300"
    assert http.post("simulate/vanish", {"session": 1}).status_code == 200
    assert http.states() == []
    http.get("/api/originate/200")
    assert http.post("simulate/busy", {"session": 1}).json()["reason"] == "busy"
    assert http.post("simulate/answer", {"session": 2}).status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'"200"',
        b"{}",
        b'{"number": 200}',
        b'{"number": "200", "more": 1}',
        b'{"number": NaN}',
        b"\xff\xfe",
        b"[" * 16000,
    ],
)
def test_a_bad_body_is_refused(http: Http, line: Line, body: bytes) -> None:
    token = http.get("/ext/v1/session").json()["token"]
    answer = http.session.post(
        http.url + "/ext/v1/calls",
        data=body,
        headers={"X-Phonebar-Token": token, "Content-Type": "application/json"},
        timeout=10,
    )
    assert answer.status_code == 400
    assert not line.calls()


def test_a_body_must_be_json_and_small(http: Http) -> None:
    form = http.post("calls", {"number": "200"}, Content_Type="application/x-www-form-urlencoded")
    assert form.status_code == 415
    assert http.post("calls", {"number": "2" * 20_000}).status_code == 413
    token = http.get("/ext/v1/session").json()["token"]
    chunked = http.session.post(
        http.url + "/ext/v1/calls",
        data=iter([b"[" * 9000, b"[" * 9000]),
        headers={"X-Phonebar-Token": token, "Content-Type": "application/json"},
        timeout=10,
    )
    assert chunked.status_code == 413


def test_a_taken_port_is_named_with_what_to_do(server: Server, line: Line) -> None:
    with pytest.raises(PortTaken, match=f"Port {server.port} .* in use.*--port"):
        Server(line, port=server.port).start()


def test_the_port_is_free_again_after_a_stop(line: Line) -> None:
    with Server(line) as first:
        Http(first).get("/api/calls")
        port = first.port
    with Server(line, port=port) as second:
        assert Http(second).get("/api/calls").status_code == 200


def test_quirks_say_yes_and_do_nothing(line: Line, far: Simulator, clock: ManualClock) -> None:
    with Server(line, quirks=True) as server:
        http = Http(server)
        placed = http.get("/api/originate/200")
        assert session_from_answer(placed.json()) is None
        assert http.get("/api/originate/201").status_code == 200
        clock.advance(2)
        (call,) = http.get("/api/calls").json()
        assert set(call) == {"sessionId", "callingNumber", "duration", "stateId", "incoming"}
        http.get("/api/hold/1")
        before = line.entries()
        for path in (
            "/api/transfer/1?number=201",
            "/api/transfer/attendant/1/1",
            "/api/conference",
        ):
            assert http.get(path).status_code == 200
        assert line.entries() == before
        assert http.get("/api/transfer/1").status_code == 400
        assert http.get("/api/hangup/9").status_code == 404
        assert http.get("/ext/v1/health").status_code == 404
        stale = http.get("/api/hangup/1", If_Match='"nobody"', X_Request_Deadline="1")
        assert stale.status_code == 200
        assert http.get("/api/originate/200", Origin="http://evil.example").status_code == 403


def test_a_silent_phonebar_has_no_page_but_says_so_and_links_to_the_interface() -> None:
    with Server(Line(Simulator(), clock=ManualClock()), quirks=True) as silent:
        http = Http(silent)
        page = http.get("/")
        assert page.headers["Content-Type"].startswith("text/html")
        assert '<html lang="en">' in page.text
        assert "<script" not in page.text
        for path in ("/api/calls", "/openapi.json"):
            assert f'href="{path}"' in page.text
            assert http.get(path).status_code == 200
