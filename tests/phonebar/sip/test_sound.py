"""A real call with a microphone, a loudspeaker and a bell: what is heard at each end of it."""

from __future__ import annotations

import os
import subprocess
from array import array
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf

pytest.importorskip("pjsua2", reason="needs the sip extra: pip install phonebar-assistant[sip]")

from adapters.feedback.mixer import RATE as CARD_RATE
from phonebar.line import Line
from phonebar.sip.account import Account, Devices
from phonebar.sip.backend import SipBackend
from tests.adapters.feedback.card import Card, Ears, plugged_in
from tests.phonebar.sip.exchange import Remote, exchange, hertz_of
from tests.phonebar.sip.hearing import read, strength
from tests.phonebar.sip.phones import eventually, free_port
from tests.phonebar.sip.test_hearing import whole

pytestmark = pytest.mark.alone
SPOKEN = 700
"""Hertz: what the microphone hears, all the time."""
BELL = 480
"""One of the two of the ring."""
WAITING = 440
LEAST = 1.0
"""Seconds of a recording that are judged, at its end."""
BEEP = 1400
SILENCE = 8
"""The quietest sound that A-law has, of 32768."""


class Desk:
    """A telephone with sound, somebody who talks into it, and an exchange."""

    def __init__(self, card: Card, line: Line, far: Remote, folder: Path) -> None:
        self.card, self.line, self.far, self._folder = card, line, far, folder
        self._records = 0
        self.taped = folder / "taped"

    def until(self, *states: str) -> None:
        def met() -> bool:
            return [call.state.name.lower() for call in self.line.calls() if call.state] == list(
                states
            )

        eventually(met, self.line.calls)

    def there(self) -> tuple[array[int], int]:
        """What the far end hears now."""
        self._records += 1
        path = self._folder / str(self._records)
        self.far.record(path)
        file = path.with_name(f"{path.name}-201.wav")
        enough = int((LEAST + 0.5) * 16000 * 2)
        eventually(lambda: file.exists() and file.stat().st_size > enough)
        self.far.still()
        # The file may be whole before its header says so.
        eventually(lambda: whole(file) and len(read(file, -LEAST)[0]) > 0)
        return read(file, -LEAST)

    def is_heard(self) -> bool:
        """Whether the far end hears the microphone."""
        return strength(*self.there(), SPOKEN) > 0.02

    def is_silent(self) -> bool:
        """Whether it hears nothing at all."""
        samples, _ = self.there()
        return max(map(abs, samples)) <= SILENCE


def loud(ears: Ears, hertz: int, seconds: float = 0.3) -> bool:
    """Whether a tone has been heard at a loudspeaker just now."""
    last = ears.heard(max(0, len(ears) - round(seconds * CARD_RATE)))[:, 0]
    return strength(array("h", (last * 32767).astype("<i2").tobytes()), CARD_RATE, hertz) > 0.02


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Desk]:
    with sitting(monkeypatch, tmp_path, Devices(ringer="bell")) as found:
        yield found


@pytest.fixture
def taped(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Desk]:
    devices = Devices(record=str(tmp_path / "taped"), record_beep=1)
    with sitting(monkeypatch, tmp_path, devices) as found:
        yield found


@contextmanager
def sitting(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, devices: Devices) -> Iterator[Desk]:
    """Somebody at a desk, until the end of the block."""
    with ExitStack() as stack:
        card = stack.enter_context(plugged_in(monkeypatch, microphone=True))
        card.control("set-default-source", "mic")
        card.control("load-module", "module-null-sink", "sink_name=bell", "rate=48000")
        with (card.place / "asoundrc").open("a") as rules:
            rules.write("pcm.bell { type pulse device bell }\n")
        talk(card, stack, tmp_path)
        scenario = tmp_path / "scenario.toml"
        scenario.write_text("[default]\nrings_after = 0.0\nafter = 0.0\n")
        port, ours = free_port(), free_port()
        account = Account(
            domain=f"127.0.0.1:{port}",
            user="100",
            register=False,
            bind="127.0.0.1",
            port=ours,
            codecs=("PCMA/8000",),
        )
        backend = SipBackend(account, devices)
        line = stack.enter_context(closing(Line(backend)))
        assert backend.wait(lambda standing: standing.up, 15)
        far = stack.enter_context(exchange(scenario, port, ours))
        yield Desk(card, line, far, tmp_path)


def talk(card: Card, stack: ExitStack, folder: Path) -> None:
    """Have somebody whistle into the microphone until the stack ends."""
    times = np.arange(60 * 16000) / 16000
    sound = folder / "spoken.raw"
    sound.write_bytes((0.3 * np.sin(2 * np.pi * SPOKEN * times)).astype("<f4").tobytes())
    command = ["pacat", "--playback", "--raw", "-d", "mic_in", "--rate=16000", "--channels=1"]
    player = subprocess.Popen(
        [*command, "--format=float32le", str(sound)], env={**os.environ, **card.environment}
    )
    stack.callback(player.wait)
    stack.callback(player.kill)


def test_both_ends_hear_each_other_and_nothing_is_heard_of_who_is_muted_or_hushed(
    desk: Desk,
) -> None:
    desk.line.originate("201")
    desk.until("active")
    with closing(Ears(desk.card)) as ears:
        eventually(lambda: loud(ears, hertz_of("201")))
        assert desk.is_heard()
        eventually(lambda: desk.line.calls()[0].extra.get("quality", {}).get("spoken", 0) > 0.1)
        assert desk.line.calls()[0].extra["quality"]["heard"] > 0.1
        desk.line.mute(1)
        assert desk.is_silent()
        desk.line.mute(1, False)
        assert desk.is_heard()
        desk.line.keep_microphone(30)
        assert desk.is_silent()
        assert loud(ears, hertz_of("201")), "who is hushed goes on hearing"
        desk.line.keep_microphone(0.2)
        eventually(lambda: not desk.line.hush.on)
        assert desk.is_heard()
        desk.line.mute(1)
        desk.line.keep_microphone(30)
        desk.line.keep_microphone(0)
        assert desk.is_silent(), "the end of a hush does not end a mute"


def test_it_rings_at_the_bell_and_a_second_call_beeps_in_the_headset(desk: Desk) -> None:
    with closing(Ears(desk.card)) as headset, closing(Ears(desk.card, "bell")) as bell:
        desk.far.call("201")
        desk.until("incoming")
        eventually(lambda: loud(bell, BELL))
        assert not loud(headset, BELL, 1.0)
        desk.line.answer()
        desk.until("active")
        eventually(lambda: not loud(bell, BELL))
        desk.far.call("202")
        desk.until("active", "incoming")
        eventually(lambda: loud(headset, WAITING, 0.12))
        assert not loud(bell, WAITING, 1.0)


def test_a_call_is_taped_with_both_sides_and_the_far_end_hears_that_it_is(taped: Desk) -> None:
    desk = taped
    desk.line.originate("201")
    desk.until("active")
    eventually(lambda: desk.line.calls()[0].extra.get("recorded"))
    samples, rate = desk.there()
    beeps = [
        strength(samples[at : at + rate // 10], rate, BEEP) > 0.02
        for at in range(0, len(samples) - rate // 10, rate // 10)
    ]
    assert 1 <= sum(beeps) <= 3
    eventually(desk.is_heard)  # a microphone takes its time to open
    assert desk.is_heard()
    desk.line.hangup(1)
    desk.until()
    (file,) = desk.taped.iterdir()
    eventually(lambda: file.stat().st_size > 10_000)
    desk.line.close()
    sound, rate = sf.read(file, dtype="int16")
    # A busy machine may leave a gap in either: some second must have both.
    pieces = [array("h", sound[at : at + rate].tobytes()) for at in range(0, len(sound), rate)]
    assert any(
        min(strength(piece, rate, SPOKEN), strength(piece, rate, hertz_of("201"))) > 0.02
        for piece in pieces
    )
    assert "201" not in file.name.partition(" ")[2].partition(" ")[0]
    if os.name == "posix":
        assert (file.stat().st_mode & 0o777, desk.taped.stat().st_mode & 0o777) == (0o600, 0o700)
