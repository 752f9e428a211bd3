"""Speech: one thing after the other, silent at once when asked, and never in the way."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
import wave
from pathlib import Path

import pytest

from adapters.headless.speech import Espeak, Silence
from tests.desk import eventually

FAKE = """#!{python}
import sys, threading
text = sys.stdin.read()
log = open({log!r}, "a", encoding="utf-8")
print("args", *sys.argv[1:], file=log, flush=True)
print("begin", text, file=log, flush=True)
if "mute" in text:
    print("error: No such file or directory", file=sys.stderr)
if "long" in text:
    threading.Event().wait()
print("end", text, file=log, flush=True)
"""


class Program:
    """A stand-in for espeak-ng that notes what it is given; what is `long` it speaks for ever."""

    def __init__(self, folder: Path) -> None:
        self._log = folder / "spoken.txt"
        self.path = folder / "espeak-ng"
        self.path.write_text(FAKE.format(python=sys.executable, log=str(self._log)))
        self.path.chmod(0o755)

    def lines(self) -> list[str]:
        return self._log.read_text(encoding="utf-8").splitlines() if self._log.exists() else []

    def spoken(self) -> list[str]:
        """What was begun and what was ended, in that order."""
        return [text for text in self.lines() if not text.startswith("args")]


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Program:
    if sys.platform == "win32":
        pytest.skip("a script is no program on Windows; the test with the real espeak-ng runs")
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder), prepend=os.pathsep)
    return Program(folder)


def voice(name: str = "", rate: int = 175) -> Espeak:
    found = Espeak.find(name, rate)
    assert found is not None
    return found


def test_one_thing_is_said_after_the_other_and_all_of_it_before_the_end(program: Program) -> None:
    speaker = voice()
    for text in ("one", "two", "drei, große"):
        speaker.say(text)
    speaker.close(finish=True)
    assert program.spoken() == [
        "begin one",
        "end one",
        "begin two",
        "end two",
        "begin drei, große",
        "end drei, große",
    ]


def test_voice_and_rate_are_passed_on(program: Program) -> None:
    speaker = voice("it", 220)
    speaker.say("ciao")
    speaker.close(finish=True)
    assert program.lines()[0] == "args -s 220 -v it --stdin"


def test_saying_something_keeps_nobody_waiting(program: Program) -> None:
    speaker = voice()
    began = time.monotonic()
    for _ in range(20):
        speaker.say("something long")
    assert time.monotonic() - began < 0.5
    speaker.close()


def test_a_hush_is_silence_at_once_and_drops_what_was_to_come(program: Program) -> None:
    speaker = voice()
    speaker.say("something long")
    speaker.say("something later")
    eventually(lambda: program.spoken() == ["begin something long"])
    spoken = speaker._process
    assert spoken is not None
    began = time.monotonic()
    speaker.hush()
    spoken.wait(5)
    assert time.monotonic() - began < 0.5
    speaker.say("afterwards")
    speaker.close(finish=True)
    assert program.spoken() == ["begin something long", "begin afterwards", "end afterwards"]


def test_all_that_is_said_after_a_hush_is_heard(program: Program) -> None:
    """Also when it comes faster than the voice can begin."""
    speaker = voice()
    for _ in range(5):
        speaker.hush()
    for text in ("one", "two", "three"):
        speaker.say(text)
    speaker.close(finish=True)
    assert [text for text in program.spoken() if text.startswith("end")] == [
        "end one",
        "end two",
        "end three",
    ]


def test_what_was_said_before_a_hush_is_never_begun_after_it(program: Program) -> None:
    speaker = voice()
    for _ in range(20):
        speaker.say("something long")
        speaker.hush()
    speaker.say("at last")
    speaker.close(finish=True)
    assert program.spoken()[-2:] == ["begin at last", "end at last"]
    assert "end something long" not in program.spoken()


def test_leaving_does_not_wait_for_the_voice(program: Program) -> None:
    speaker = voice()
    speaker.say("something long")
    eventually(program.spoken)
    began = time.monotonic()
    speaker.close()
    assert time.monotonic() - began < 2


def test_a_voice_that_cannot_be_started_is_no_harm(tmp_path: Path) -> None:
    speaker = Espeak(str(tmp_path / "nothing"))
    speaker.say("one")
    speaker.hush()
    speaker.say("two")
    speaker.close(finish=True)


def test_a_voice_that_nobody_can_hear_says_so_once(program: Program) -> None:
    told: list[str] = []
    found = Espeak.find(on_mute=lambda: told.append("mute"))
    assert found is not None
    for text in ("heard", "mute", "mute again"):
        found.say(text)
    found.close(finish=True)
    assert told == ["mute"]


def test_without_the_program_there_is_no_voice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert Espeak.find() is None


def test_silence_does_nothing() -> None:
    silent = Silence()
    silent.say("anything")
    silent.hush()
    silent.close(finish=True)


@pytest.mark.skipif(
    shutil.which("espeak-ng") is None, reason="needs espeak-ng (Debian: apt install espeak-ng)"
)
@pytest.mark.parametrize("language", ["", "en", "it", "es", "fr", "de", "pt"])
def test_the_real_espeak_ng_understands_what_it_is_given(tmp_path: Path, language: str) -> None:
    speaker = voice(language, 200)
    speaker.close()
    sound = tmp_path / "said.wav"
    subprocess.run(
        [*speaker._command, "-w", str(sound)],
        input="plus 3 9, 0 6 5",
        text=True,
        capture_output=True,
        check=True,
        timeout=20,
    )
    with wave.open(str(sound)) as said:
        assert said.getnframes() / said.getframerate() > 1.0
