"""Programs on this computer may use the phone; pages from elsewhere may not."""

from __future__ import annotations

import socket

import pytest

from phonebar.line import Line
from phonebar.server import Server
from phonebar.simulator import Simulator
from tests.phonebar.conftest import Http


def raw(server: Server, request: str) -> bytes:
    """Send exactly this, byte for byte, and return the whole answer."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        connection.sendall(request.encode("latin-1"))
        answer = b""
        while chunk := connection.recv(65536):
            answer += chunk
        return answer


def status_of(server: Server, target: str, *headers: str, method: str = "GET") -> int:
    """The status of a request with exactly this target, and these headers."""
    if not any(header.lower().startswith("host:") for header in headers):
        headers = (f"Host: 127.0.0.1:{server.port}", *headers)
    lines = [f"{method} {target} HTTP/1.1", *headers, "Connection: close", "", ""]
    return int(raw(server, "\r\n".join(lines)).split(b" ")[1])


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "LocalHost", "[::1]"])
def test_our_own_names_are_answered(server: Server, name: str) -> None:
    assert status_of(server, "/api/calls", f"Host: {name}:{server.port}") == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example:{port}",
        "127.0.0.1",
        "localhost",
        "127.0.0.1:1",
        "127.0.0.1.evil.example:{port}",
        "localhost.:{port}",
        "0.0.0.0:{port}",
        "127.1:{port}",
        "user@127.0.0.1:{port}",
        "",
    ],
)
def test_another_host_is_refused(server: Server, line: Line, host: str) -> None:
    """DNS rebinding: the page's own name, resolved to this computer."""
    header = "Host: " + host.format(port=server.port)
    assert status_of(server, "/api/originate/200", header) == 403
    assert not line.calls()


def test_two_hosts_are_refused(server: Server, line: Line) -> None:
    own = f"Host: 127.0.0.1:{server.port}"
    assert status_of(server, "/api/originate/200", own, "Host: evil.example") in (400, 403)
    assert not line.calls()


@pytest.mark.parametrize(
    "origin",
    [
        "null",
        "http://evil.example",
        "https://127.0.0.1:{port}",
        "http://127.0.0.1",
        "http://127.0.0.1:1",
        "http://localhost:{port}",
        "http://127.0.0.1:{port}.evil.example",
        "file://",
    ],
)
def test_a_foreign_origin_is_refused(http: Http, server: Server, line: Line, origin: str) -> None:
    answer = http.get("/api/originate/200", Origin=origin.format(port=server.port))
    assert answer.status_code == 403
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert not line.calls()


def test_our_own_origin_is_served(http: Http, server: Server) -> None:
    answer = http.get("/api/calls", Origin=server.url, Sec_Fetch_Site="same-origin")
    assert answer.status_code == 200
    assert "Access-Control-Allow-Origin" not in answer.headers


@pytest.mark.parametrize("site", ["cross-site", "same-site", "CROSS-SITE", "something-new", ""])
@pytest.mark.parametrize("mode", ["navigate", "no-cors"])
def test_what_another_site_causes_is_refused_navigations_included(
    http: Http, line: Line, site: str, mode: str
) -> None:
    answer = http.get("/api/originate/200", Sec_Fetch_Site=site, Sec_Fetch_Mode=mode)
    assert answer.status_code == 403
    assert not line.calls()


def test_an_address_typed_by_the_person_is_served(http: Http) -> None:
    assert http.get("/", Sec_Fetch_Site="none", Sec_Fetch_Mode="navigate").status_code == 200


def test_no_preflight_is_granted(server: Server) -> None:
    assert status_of(server, "/ext/v1/calls", method="OPTIONS") == 405


@pytest.mark.parametrize(
    "number",
    [
        "../hangup",
        "..%2fhangup",
        "%2e%2e/hangup",
        "%2e%2e%2fhangup",
        "..%5Changup",
        "sip:x@y",
        "sip%3Ax%40y",
        "200%0d%0aX-Evil:%201",
        "200%00",
        "%32%30%30%0A",
        "%2532%2530",
        "%D9%A1%D9%A2",
        "\u0662",
        "%EF%BC%91",
        "%FF",
        "1" * 33,
        "1" * 5000,
        "%20200",
        "200%20",
        "20-0",
        "",
        "+",
        "++39",
        "3+9",
        "200/",
        "200;ext=1",
        "200,300",
    ],
)
def test_hostile_numbers_are_refused(server: Server, line: Line, number: str) -> None:
    line.backend.line.incoming("201")  # type: ignore[attr-defined]
    before = line.calls()
    target = f"/api/originate/{number}".encode().decode("latin-1")
    assert status_of(server, target) in (400, 404)
    assert line.calls() == before


@pytest.mark.parametrize(
    "number", ["../hangup", "sip:x@y", "1%0d%0a2", "%252B1", "", "++1", "%D9%A1"]
)
def test_hostile_transfer_targets_are_refused(
    server: Server, line: Line, far: Simulator, number: str
) -> None:
    far.incoming("201")
    line.answer()
    before = line.entries()
    assert status_of(server, f"/api/transfer?number={number}") == 400
    assert status_of(server, "/api/transfer?number=1&number=2") == 400
    assert line.entries() == before


def test_a_number_may_be_percent_encoded_once(server: Server, line: Line) -> None:
    assert status_of(server, "/api/originate/%2B39%30%23") == 200
    assert line.calls()[0].number == "+390#"


def test_a_hidden_slash_leads_nowhere(server: Server, line: Line, far: Simulator) -> None:
    far.incoming("200")
    assert status_of(server, "/api/hangup%2F1") == 400
    assert status_of(server, "/api%5Changup") == 400
    assert status_of(server, "//api/hangup") == 404
    assert line.calls()[0].extra["reason"] is None


@pytest.mark.parametrize("method", ["HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"])
@pytest.mark.parametrize("path", ["/api/hangup", "/api/originate/200", "/api/answer/1"])
def test_only_get_acts(server: Server, line: Line, far: Simulator, method: str, path: str) -> None:
    far.incoming("200")
    assert status_of(server, path, "Content-Length: 0", method=method) == 405
    assert [call.extra["state"] for call in line.calls()] == ["incoming"]


def test_post_needs_the_token_that_only_our_own_pages_can_read(http: Http, line: Line) -> None:
    url = f"{http.url}/ext/v1/calls"
    for headers in ({}, {"X-Phonebar-Token": "guess"}, {"Authorization": "Bearer guess"}):
        answer = http.session.post(url, json={"number": "200"}, headers=headers, timeout=10)
        assert answer.status_code == 403
    assert http.get("/ext/v1/session", Origin="http://evil.example").status_code == 403
    assert not line.calls()
    assert http.post("calls", {"number": "200"}).status_code == 200


def test_strict_mode_needs_its_token_everywhere_and_tells_it_nobody(line: Line) -> None:
    with Server(line, token="correct horse") as strict:  # noqa: S106 - a test's own
        http = Http(strict)
        for path in ("/api/calls", "/api/originate/200", "/ext/v1/health", "/ext/v1/session"):
            refused = http.get(path)
            assert refused.status_code == 401
            assert refused.headers["WWW-Authenticate"] == "Bearer"
            assert http.get(path, Authorization="Bearer wrong").status_code == 401
        assert not line.calls()
        assert http.get("/").status_code == 200
        bearer = "Bearer correct horse"
        assert http.get("/ext/v1/session", Authorization=bearer).status_code == 403
        assert http.get("/api/originate/200", Authorization=bearer).status_code == 200
        status = http.session.post(
            f"{http.url}/ext/v1/status",
            json={"status": "pause"},
            headers={"Authorization": bearer},
            timeout=10,
        )
        assert status.status_code == 200


def test_every_answer_is_safe_to_show(http: Http) -> None:
    for path in ("/", "/api/calls", "/openapi.json", "/nothing", "/api/hangup/7"):
        headers = http.get(path).headers
        assert headers["Cache-Control"] == "no-store"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Content-Security-Policy"].startswith("default-src 'none'")
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
