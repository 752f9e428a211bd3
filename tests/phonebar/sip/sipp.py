"""SIPp as the far end: it answers as a scenario of ours says, also as no telephone would.

Debian: sip-tester.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.phonebar.sip.phones import eventually, free_port

_HEAD = "[last_Via:]\n"
_TO = """\
[last_From:]
[last_To:];tag=[pid]SIPpTag01[call_number]
[last_Call-ID:]
[last_CSeq:]
Contact: <sip:sipp@[local_ip]:[local_port];transport=[transport]>
"""
_SDP = """\
Content-Type: application/sdp
Content-Length: [len]

v=0
o=user1 53655765 2353687637 IN IP[local_ip_type] [local_ip]
s=-
c=IN IP[media_ip_type] [media_ip]
t=0 0
m=audio [media_port] RTP/AVP 8
a=rtpmap:8 PCMA/8000
"""


def answer(status: str, *, sdp: bool = False, more: str = "", tag: bool = True) -> str:
    """A step that answers the last request.

    Args:
        status: such as `486 Busy Here`.
        sdp: with a session description.
        more: further header lines.
        tag: with a tag of ours in To; False for requests within a dialogue.
    """
    to = _TO if tag else _TO.replace(";tag=[pid]SIPpTag01[call_number]", "")
    body = _SDP if sdp else "Content-Length: 0\n\n"
    head = "".join(f"{line}\n" for line in more.splitlines())
    return f"<send><![CDATA[\n\nSIP/2.0 {status}\n{_HEAD}{to}{head}{body}\n]]></send>"


def receive(request: str) -> str:
    """A step that waits for a request."""
    return f'<recv request="{request}" crlf="true"/>'


def scenario(*steps: str) -> str:
    """A SIPp scenario of these steps."""
    return (
        '<?xml version="1.0" encoding="ISO-8859-1" ?>\n<scenario name="far end">\n'
        + "\n".join(steps)
        + "\n</scenario>\n"
    )


class Sipp:
    """A SIPp that plays a scenario for each call that comes in."""

    def __init__(self, folder: Path, *steps: str, calls: int = 1) -> None:
        self.port = free_port()
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "scenario.xml").write_text(scenario(*steps), encoding="ascii")
        self._log = (folder / "log.txt").open("wb")
        self._process = subprocess.Popen(
            [
                *("sipp", "-sf", "scenario.xml", "-i", "127.0.0.1", "-p", str(self.port)),
                *("-m", str(calls), "-nostdin", "-trace_err"),
            ],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=subprocess.STDOUT,
        )
        listens = f":{self.port:04X} "
        eventually(lambda: listens in Path("/proc/net/udp").read_text())

    def close(self) -> None:
        self._process.terminate()
        self._process.wait(10)
        self._log.close()


@contextmanager
def sipp(folder: Path, *steps: str, calls: int = 1) -> Iterator[Sipp]:
    """A far end until the end of the block; skips where SIPp is not installed."""
    if shutil.which("sipp") is None:
        pytest.skip("needs SIPp: apt-get install sip-tester")
    found = Sipp(folder, *steps, calls=calls)
    try:
        yield found
    finally:
        found.close()
