"""What the far ends of real calls hear: each other in a conference, nothing on hold."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("pjsua2", reason="needs the sip extra: pip install phonebar-assistant[sip]")

from tests.phonebar.sip.exchange import Remote, exchange, hertz_of
from tests.phonebar.sip.hearing import read, strength
from tests.phonebar.sip.phones import Phone, eventually, free_port, phones

pytestmark = pytest.mark.alone
NUMBERS = ("201", "202")
LEAST = 1.5
"""Seconds of a recording that are judged, at its end."""


@pytest.fixture
def far(tmp_path: Path) -> Iterator[tuple[Phone, Remote]]:
    """A telephone whose numbers are at an exchange."""
    scenario = tmp_path / "scenario.toml"
    scenario.write_text("[default]\nrings_after = 0.0\nafter = 0.0\n")
    port = free_port()
    with (
        phones({"domain": f"127.0.0.1:{port}", "codecs": ("PCMA/8000",)}) as (phone,),
        exchange(scenario, port, phone.backend.standing.port) as remote,
    ):
        yield phone, remote


def whole(file: Path) -> bool:
    """Whether a recording has been closed."""
    head = file.read_bytes()[:8]
    return head[:4] == b"RIFF" and int.from_bytes(head[4:], "little") == file.stat().st_size - 8


def heard(remote: Remote, path: Path) -> dict[str, list[str]]:
    """Whose tones each far end hears now."""
    remote.record(path)
    files = {number: path.with_name(f"{path.name}-{number}.wav") for number in NUMBERS}
    enough = int((LEAST + 0.5) * 16000 * 2)
    eventually(lambda: all(f.exists() and f.stat().st_size > enough for f in files.values()))
    remote.still()
    # PJSIP closes a recording, and writes its head, at its bridge's next turn.
    eventually(lambda: all(whole(f) for f in files.values()))
    found = {}
    for number, file in files.items():
        samples, rate = read(file, -LEAST)
        found[number] = [n for n in NUMBERS if strength(samples, rate, hertz_of(n)) > 0.02]
    return found


def test_in_a_conference_each_hears_the_other_and_not_itself_and_before_it_nobody(
    far: tuple[Phone, Remote], tmp_path: Path
) -> None:
    phone, remote = far
    for number in NUMBERS:
        phone.line.originate(number)
        eventually(
            lambda number=number: (phone.calls[-1].number, phone.states()[-1]) == (number, "active")
        )
    phone.until("holding", "active")
    assert heard(remote, tmp_path / "held") == {"201": [], "202": []}
    phone.line.conference()
    phone.until("active", "active")
    assert heard(remote, tmp_path / "conference") == {"201": ["202"], "202": ["201"]}
    phone.line.hold(1)
    phone.until("holding", "active")
    assert heard(remote, tmp_path / "again") == {"201": [], "202": []}
