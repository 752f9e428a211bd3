"""The lesson for real: a program, a microphone and a loudspeaker of air, and somebody at them."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from adapters.feedback.earcons import sound
from adapters.voice.enrolment.taught import load, path_for
from tests.adapters.feedback.card import Card, Ears, plugged_in
from tests.adapters.voice.enrolment.speaker import needs_espeak, said
from tests.desk import eventually

pytestmark = [pytest.mark.alone, needs_espeak]


@pytest.fixture
def card(monkeypatch: pytest.MonkeyPatch) -> Iterator[Card]:
    with plugged_in(monkeypatch, microphone=True) as made:
        yield made


class Program:
    """`phonebar voice train`, its lines and its standard input."""

    def __init__(self, *arguments: str) -> None:
        self.lines: list[str] = []
        self.process = subprocess.Popen(
            [sys.executable, "-m", "assistant.cli", "voice", "train", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={**os.environ, "PYTHONUNBUFFERED": "1", "PHONEBAR_SOUND_RATE": "450"},
            text=True,
            encoding="utf-8",
        )
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        self.lines += iter(self.process.stdout.readline, "")

    def says(self, text: str) -> bool:
        return any(text in line for line in self.lines)

    def type(self, line: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def close(self) -> None:
        self.process.kill()
        self.process.wait(10)


def test_a_word_is_taught_by_ear_and_the_lesson_is_left_by_a_line(card: Card) -> None:
    lesson = ("hold", "resume", "--samples", "1")
    with closing(Ears(card)) as ears, closing(Program(*lesson)) as program:
        eventually(lambda: ears.hears(sound("listening")), 30)
        assert program.says("Say: hold")
        assert not path_for("en").exists()
        card.say(said("hold"))
        eventually(lambda: program.says("Say: resume"), 20)
        program.type("stop")
        assert program.process.wait(30) == 0
        eventually(lambda: program.says("Stopped: 1 of 2 are taught"), 5)
    assert load(path_for("en"), "en").labels() == {"hold": 1}


def test_the_microphone_of_the_configuration_is_heard_and_no_other(
    card: Card, tmp_path: Path
) -> None:
    settings = tmp_path / "assistant.toml"
    settings.write_text('[voice]\nmicrophone = "one that is not there"\n', encoding="utf-8")
    lesson = ("--config", str(settings), "hold", "--samples", "1")
    with closing(Program(*lesson)) as program:
        assert program.process.wait(60) == 1
        eventually(lambda: program.says("microphone"), 5)
