"""`phonebar hear`, with speech made here."""

from __future__ import annotations

import json
import shutil
import subprocess
import wave
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from assistant.cli import main

CONTACTS = "name,number,aliases\nJohn Smith,+12025550101,Johnny\nMaria Rossi,+390655501104,\n"


@pytest.fixture
def spoken(tmp_path: Path):
    pytest.importorskip("hama", reason="hama is missing: pip install -e '.[test]'")
    if shutil.which("espeak-ng") is None:
        pytest.skip("espeak-ng is missing: apt install espeak-ng")

    def speak(text: str) -> Path:
        path = tmp_path / f"{text.replace(' ', '_')}.wav"
        subprocess.run(["espeak-ng", "-v", "en-us", "-s", "140", "-w", path, text], check=True)
        return path

    return speak


@pytest.fixture
def hear(tmp_path: Path):
    contacts = tmp_path / "people.csv"
    contacts.write_text(CONTACTS, encoding="utf-8")

    def run(*args: object):
        given = ["hear", "--contacts", str(contacts), *map(str, args)]
        return CliRunner().invoke(main, given)

    return run


def test_commands_are_heard_and_other_speech_is_not(spoken, hear) -> None:
    files = [
        spoken("call John Smith"),
        spoken("transfer the call to Maria Rossi"),
        spoken("hang up the call"),
        spoken("the weather will be nice tomorrow"),
    ]
    result = hear("--json", "--engine", "ctc", *files)
    assert result.exit_code == 0, result.output
    found = [json.loads(line) for line in result.output.splitlines()]
    assert [item["file"] for item in found] == list(map(str, files))
    assert [item["intent"] for item in found] == ["call", "transfer", "hangup", "none"]
    assert found[0]["slots"] == {"target": {"contact": "John Smith"}}
    assert found[1]["slots"] == {"to": {"contact": "Maria Rossi"}, "which": "current"} or found[1][
        "slots"
    ]["to"] == {"contact": "Maria Rossi"}


def test_digits_are_heard(spoken, hear) -> None:
    result = hear("--json", "--digits", "--engine", "ctc", spoken("three two five"))
    assert json.loads(result.output)["text"] == "325"


def test_a_stereo_recording_of_another_rate_is_heard(spoken, hear, tmp_path: Path) -> None:
    with wave.open(str(spoken("call Maria Rossi"))) as file:
        sound = np.frombuffer(file.readframes(file.getnframes()), np.int16)
        rate = file.getframerate()
    path = tmp_path / "stereo.wav"
    twice = np.interp(np.arange(0, len(sound), 0.5), np.arange(len(sound)), sound)
    with wave.open(str(path), "wb") as file:
        file.setparams((2, 2, 2 * rate, 0, "NONE", ""))
        file.writeframes(np.stack([twice, twice], axis=1).astype("<i2").tobytes())
    result = hear("--json", "--engine", "ctc", path)
    assert json.loads(result.output)["slots"] == {"target": {"contact": "Maria Rossi"}}


def test_silence_is_nothing(hear, tmp_path: Path) -> None:
    path = tmp_path / "silence.wav"
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 16000, 0, "NONE", ""))
        file.writeframes(bytes(32000))
    result = hear("--json", path)
    assert json.loads(result.output)["intent"] == "none"


@pytest.mark.parametrize("content", [b"", b"RIFF", b"RIFF\x24\0\0\0WAVEfmt ", b"hello, world"])
def test_what_is_no_recording_is_told_so(hear, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "broken.wav"
    path.write_bytes(content)
    result = hear(path)
    assert result.exit_code == 1
    assert "broken.wav" in result.output
    assert "Traceback" not in result.output


def test_an_engine_that_is_not_there_is_told_with_those_that_are(hear, tmp_path: Path) -> None:
    result = hear("--engine", "nonesuch", tmp_path / "any.wav")
    assert result.exit_code == 1
    assert "ctc" in result.output
