"""`phonebar voice test`, by a sound card of air: what is said back is heard, and told how well."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import numpy as np
import pytest

from adapters.feedback.earcons import sound
from adapters.voice.enrolment.sounding import trimmed
from adapters.voice.recogniser import RATE
from adapters.voice.trial import level
from assistant.directory import Directory
from assistant.language import languages, load_language
from assistant.understanding import ACT, Understanding
from tests.adapters.feedback.card import Card, Ears, plugged_in
from tests.adapters.voice.enrolment.speaker import needs_espeak, said
from tests.desk import eventually

pytestmark = pytest.mark.alone


@pytest.fixture
def card(monkeypatch: pytest.MonkeyPatch) -> Iterator[Card]:
    with plugged_in(monkeypatch, microphone=True) as made:
        yield made


class Program:
    """`phonebar voice test --json`, its lines and its standard input."""

    def __init__(self, *arguments: str) -> None:
        self.shown: list[dict[str, Any]] = []
        self.process = subprocess.Popen(
            [sys.executable, "-m", "assistant.cli", "voice", "test", "--json", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONUNBUFFERED": "1", "PHONEBAR_SOUND_RATE": "450"},
            text=True,
            encoding="utf-8",
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        self.shown += map(json.loads, self.process.stdout)

    def ended(self) -> int:
        status = self.process.wait(60)
        self._reader.join(10)
        return status

    def found(self, check: str) -> list[dict[str, Any]]:
        return [one for one in self.shown if one.get("check") == check]

    def close(self) -> None:
        self.process.kill()
        self.process.wait(10)
        assert self.process.stdin is not None
        self.process.stdin.close()


@needs_espeak
def test_a_sentence_that_is_too_quiet_is_asked_for_again_and_then_heard(card: Card) -> None:
    with closing(Ears(card)) as ears, closing(Program()) as program:
        eventually(lambda: ears.hears(sound("listening")), 40)
        since = len(ears)
        card.say(said("put the call on hold") * np.float32(0.011))
        eventually(lambda: ears.hears(sound("listening"), since=since), 40)
        card.say(said("put the call on hold"))
        status = program.ended()
    levels = program.found("microphone")
    assert [one["verdict"] for one in levels] == ["note", "ok"], program.shown
    assert "Come nearer" in levels[0]["found"]
    heard = program.found("voice")[-1]
    assert heard["verdict"] == "ok"
    assert heard["what"] == "put the call on hold"
    assert heard["percent"] > 50
    assert status == 0, program.shown
    assert "All is well" in program.shown[-1]["told"]


@needs_espeak
def test_something_else_is_told_and_stop_ends_it(card: Card) -> None:
    with closing(Ears(card)) as ears, closing(Program()) as program:
        eventually(lambda: ears.hears(sound("listening")), 40)
        since = len(ears)
        card.say(said("hang up"))
        eventually(lambda: ears.hears(sound("listening"), since=since), 40)
        assert program.process.stdin is not None
        program.process.stdin.write("stop\n")
        program.process.stdin.flush()
        status = program.ended()
    heard = program.found("voice")[-1]
    assert heard["what"] == "hang up"
    assert "voice train" in heard["found"]
    assert "Stopped" in program.shown[-1]["told"]
    assert status == 0


def test_a_microphone_that_is_not_there_is_told_with_what_to_do(card: Card) -> None:
    with closing(Program("--microphone", "one that is not there")) as program:
        status = program.ended()
    found = program.found("microphone")[-1]
    assert found["verdict"] == "problem"
    assert "[voice] microphone" in found["found"]
    assert status == 1


@pytest.mark.parametrize("code", languages())
def test_the_sentence_is_a_command_in_every_language(code: str) -> None:
    sentence = load_language(code).messages["trial_sentence"]
    assert isinstance(sentence, str)
    understood = Understanding((code,), Directory()).parse(sentence, language=code)
    assert understood.command.intent == "hold"
    assert understood.confidence >= ACT


@needs_espeak
def test_the_level_is_that_of_the_loud_parts() -> None:
    speech = trimmed(said("put the call on hold")).sound
    assert level(speech * np.float32(0.1)) == pytest.approx(level(speech) + 20, abs=1)
    assert level(np.zeros(RATE // 200, np.float32)) == 100
