"""Who may call without a gate: strangers and floods are turned away, calls that are up stay up."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

pytest.importorskip("pjsua2", reason="needs the sip extra: pip install phonebar-assistant[sip]")

from phonebar.line import Line
from phonebar.sip.account import Account
from phonebar.sip.backend import SipBackend
from tests.phonebar.sip.phones import eventually, free_port, phones
from tests.phonebar.sip.sipp import scenario

_HEAD = """\
{method} sip:100@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=z9hG4bK-[pid]-[call_number]
From: <sip:flood@[local_ip]:[local_port]>;tag=[pid]f[call_number]
To: <sip:100@[remote_ip]:[remote_port]>
Call-ID: [call_id]
CSeq: 1 {method}
Contact: <sip:flood@[local_ip]:[local_port]>
Max-Forwards: 70
"""
_SDP = """\
Content-Type: application/sdp
Content-Length: [len]

v=0
o=u 1 1 IN IP4 [local_ip]
s=-
c=IN IP4 [local_ip]
t=0 0
m=audio 9 RTP/AVP 8
a=rtpmap:8 PCMA/8000
"""


def flood(folder: Path, port: int, rate: int, seconds: int) -> None:
    """Call and give up at once, that many times a second; ends when all is sent."""
    if shutil.which("sipp") is None:
        pytest.skip("needs SIPp: apt-get install sip-tester")
    steps = (
        f"<send><![CDATA[\n\n{_HEAD.format(method='INVITE')}{_SDP}\n]]></send>",
        f"<send><![CDATA[\n\n{_HEAD.format(method='CANCEL')}Content-Length: 0\n\n]]></send>",
    )
    (folder / "flood.xml").write_text(scenario(*steps), encoding="ascii")
    subprocess.run(
        [
            *("sipp", f"127.0.0.1:{port}", "-sf", "flood.xml", "-i", "127.0.0.1", "-nostdin"),
            *("-r", str(rate), "-m", str(rate * seconds), "-nd", "-default_behaviors", "none"),
        ],
        cwd=folder,
        capture_output=True,
        check=False,
        timeout=30 * seconds,
    )


def test_a_flood_of_calls_that_are_given_up_at_once_ends_no_call_that_is_up(tmp_path: Path) -> None:
    turned_away: list[tuple[str, str]] = []
    accounts = {"user": "100", "calls": 1, "gate": False}, {"user": "200", "calls": 0}
    with phones(*accounts) as (one, two):
        one.backend._on_turned_away = lambda why, host: turned_away.append((why, host))
        one.line.originate("200")
        two.until("incoming")
        two.line.answer()
        one.until("active")
        flood(tmp_path, one.backend.standing.port, rate=200, seconds=2)
        assert turned_away == [("flood", "127.0.0.1")]

        def living() -> list[str]:
            return [
                call.number
                for call in one.calls
                if call.state is not None and call.state not in {16, 128}
            ]

        eventually(lambda: living() == ["200"], living)
        assert one.backend.standing.restarts == 0
        # Those few that came in were given up, and are told as missed.
        assert 1 <= one.reasons().count("missed") <= 20
        one.line.hold(1)
        eventually(lambda: one.states()[0] == "holding", one.states)


@pytest.mark.parametrize(
    ("sources", "comes_in"),
    [((), False), (("127.0.0.0/8",), True), (("any",), True), (("192.0.2.1",), False)],
)
def test_only_the_servers_of_the_account_and_configured_sources_may_call(
    sources: tuple[str, ...], comes_in: bool
) -> None:
    port = free_port()
    ours = SipBackend(
        # Where its numbers are dialled is another address than the caller's.
        replace(
            Account("127.0.0.2", "100", register=False, bind="127.0.0.1", port=port),
            sources=sources,
            gate=False,
        )
    )
    line = Line(ours)
    try:
        assert ours.wait(lambda standing: standing.up, 15)
        with phones({"user": "200", "domain": f"127.0.0.1:{port}"}) as (far,):
            far.line.originate("100")
            if comes_in:
                eventually(lambda: [call.number for call in line.calls()] == ["200"])
            else:
                far.until("released")
                assert far.reasons() == ["unreachable"]
                assert line.calls() == ()
    finally:
        line.close()
