"""The headers that make a command safe to send, and safe to send again."""

from __future__ import annotations

import threading
import time

import pytest
import requests

from phonebar.clock import ManualClock
from phonebar.line import Line
from phonebar.simulator import Simulator
from tests.phonebar.conftest import Http


def test_if_match_protects_a_session_that_was_used_again(
    http: Http, far: Simulator, clock: ManualClock
) -> None:
    old = far.incoming("200").extra["callId"]
    far.vanish(1)
    far.incoming("201")
    stale = http.get("/api/hangup/1", If_Match=f'"{old}"')
    assert stale.status_code == 412
    assert http.states() == [(1, 32)]
    new = http.get("/api/calls").json()[0]["callId"]
    assert http.get("/api/hangup/1", If_Match=f'"{new}"').status_code == 200


def test_two_ids_protect_an_attended_transfer(http: Http, clock: ManualClock) -> None:
    for number in ("200", "201"):
        http.get(f"/api/originate/{number}")
        clock.advance(2)
    one, two = (call["callId"] for call in http.get("/api/calls").json())
    path = "/api/transfer/attendant/2/1"
    assert http.get(path, If_Match=f'"{one}", "{two}"').status_code == 412
    assert http.get(path, If_Match=f'"{two}", "{one}"').status_code == 200


def test_an_expected_state_protects_the_hold_toggle(http: Http, clock: ManualClock) -> None:
    http.get("/api/originate/5550100")
    clock.advance(0)
    assert http.get("/api/hold/1", X_Expected_State="8").json()["stateId"] == 64
    assert http.get("/api/hold/1", X_Expected_State="8").status_code == 409
    assert http.get("/api/hold/1", X_Expected_State="8, 64").json()["stateId"] == 8


def test_a_late_request_does_nothing(http: Http, line: Line) -> None:
    late = http.get("/api/originate/200", X_Request_Deadline=str(time.time() - 1))
    assert late.status_code == 410
    assert not line.calls()
    in_time = http.get("/api/originate/200", X_Request_Deadline=str(time.time() + 60))
    assert in_time.status_code == 200


def test_a_key_is_carried_out_once_and_answers_the_same(http: Http, line: Line) -> None:
    first = http.get("/api/originate/200", Idempotency_Key="k1")
    again = http.get("/api/originate/200", Idempotency_Key="k1")
    assert again.json() == first.json()
    assert again.headers["Idempotency-Replayed"] == "true"
    assert [entry.key for entry in line.entries() if entry.kind == "command"] == ["k1"]
    assert http.get("/api/originate/201", Idempotency_Key="k1").status_code == 422


def test_a_key_sent_many_times_at_once_is_carried_out_once(http: Http, line: Line) -> None:
    answers: list[str] = []

    def ask() -> None:
        answer = requests.get(
            http.url + "/api/originate/200", headers={"Idempotency-Key": "k1"}, timeout=10
        )
        answers.append(answer.text)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 8
    assert len(set(answers)) == 1
    assert sum(entry.kind == "command" for entry in line.entries()) == 1


def test_a_refusal_is_kept_for_its_key_too(http: Http, clock: ManualClock) -> None:
    http.get("/api/originate/200")
    assert http.get("/api/originate/201", Idempotency_Key="k").status_code == 409
    clock.advance(2)
    assert http.get("/api/originate/201", Idempotency_Key="k").status_code == 409
    assert len(http.states()) == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("If-Match", "no-quotes"),
        ("If-Match", "*"),
        ("X-Expected-State", "active"),
        ("X-Expected-State", "3"),
        ("X-Request-Deadline", "soon"),
        ("X-Request-Deadline", "nan"),
        ("Idempotency-Key", "a b"),
        ("Idempotency-Key", "x" * 201),
    ],
)
def test_a_malformed_condition_is_refused_rather_than_ignored(
    http: Http, line: Line, name: str, value: str
) -> None:
    assert http.get("/api/originate/200", **{name: value}).status_code == 400
    assert not line.calls()
