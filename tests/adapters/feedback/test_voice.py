"""Voices: a program for each utterance, its sound as it comes, silent at once when stopped."""

from __future__ import annotations

import base64
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.feedback import espeak, piper, system_voice
from adapters.feedback.mixer import RATE, Sound
from adapters.feedback.voice import FILE, Program, Recipe, Spoken, VoiceError, Way

needs_espeak = pytest.mark.skipif(
    espeak.found() is None, reason="needs espeak-ng (Debian: apt install espeak-ng)"
)

SPEAKS = """
import io, sys, wave
text = sys.stdin.read()
made = io.BytesIO()
with wave.open(made, "wb") as sound:
    sound.setnchannels({channels})
    sound.setsampwidth(2)
    sound.setframerate(24000)
    sound.writeframes(len(text).to_bytes(2, "little") * 24000 * {channels})
(open({file}, "wb") if {file} else sys.stdout.buffer).write(made.getvalue())
"""
SPEAKS_FOR_EVER = """
import sys, wave
sys.stdin.read()
sound = wave.open(sys.stdout.buffer, "wb")
sound.setparams((1, 2, 24000, 1 << 28, "NONE", ""))
while True:
    sound.writeframesraw(bytes(4800))
"""


def python(code: str, way: Way = "pipe", *, slow: bool = False) -> Program:
    """A voice that is a few lines of Python."""
    command = (sys.executable, "-c", code, *([FILE] if way == "file" else []))
    return Program(Recipe("python", command, way, slow))


def all_of(spoken: Spoken) -> Sound:
    return np.concatenate([np.zeros(0, np.float32), *spoken.blocks()])


@pytest.mark.parametrize("channels", [1, 2])
def test_what_a_program_writes_is_heard_at_our_rate(channels: int) -> None:
    voice = python(SPEAKS.format(channels=channels, file="0"))
    made = all_of(voice.begin("x" * 8000))
    assert len(made) == pytest.approx(RATE, abs=60)
    assert made[1000:-1000] == pytest.approx(8000 / 32768, abs=1e-3)


def test_what_a_program_writes_to_a_file_is_heard_and_the_file_is_gone() -> None:
    code = SPEAKS.format(channels=1, file="sys.argv[1]")
    voice = python(code, "file")
    spoken = voice.begin("x" * 8000)
    folder = Path(spoken._folder.name)  # type: ignore[attr-defined]
    assert folder.exists()
    assert len(all_of(spoken)) == pytest.approx(RATE, abs=60)
    assert not folder.exists()


def test_a_program_that_starts_slowly_is_started_before_it_is_needed() -> None:
    voice = python(SPEAKS.format(channels=1, file="0"), slow=True)
    ahead = voice._next
    assert ahead is not None
    assert ahead._process.poll() is None
    spoken = voice.begin("one")
    assert spoken is ahead
    assert voice._next not in {None, ahead}
    assert len(all_of(spoken)) == pytest.approx(RATE, abs=60)
    waiting = voice._next
    voice.close()
    assert waiting is not None
    assert waiting._process.poll() is not None


def test_it_stops_at_once_whatever_it_is_doing() -> None:
    spoken = python(SPEAKS_FOR_EVER).begin("one")
    heard: list[Sound] = []
    thread = threading.Thread(target=lambda: heard.extend(spoken.blocks()))
    thread.start()
    spoken.stop()
    thread.join(10)
    assert not thread.is_alive()
    assert spoken._process.poll() is not None  # type: ignore[attr-defined]


def test_whoever_hears_no_more_leaves_no_process_behind() -> None:
    spoken = python(SPEAKS_FOR_EVER).begin("one")
    blocks = spoken.blocks()
    assert len(next(blocks))
    blocks.close()  # type: ignore[attr-defined]
    assert spoken._process.poll() is not None  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("raise SystemExit('no such voice')", "no such voice"),
        ("raise SystemExit(7)", "exit status 7"),
        ("import sys; sys.stdout.write('no WAV'); raise SystemExit('sorry')", "sorry"),
    ],
)
def test_a_program_that_fails_says_why(code: str, why: str) -> None:
    with pytest.raises(VoiceError, match=why):
        all_of(python(code).begin("one"))


def test_one_that_plays_by_itself_and_finds_no_device_says_so() -> None:
    """As espeak-ng 1.51 does: a complaint, and an end as if all were well."""
    voice = python("import sys; print('error: no device', file=sys.stderr)", "itself")
    with pytest.raises(VoiceError, match="no device"):
        all_of(voice.begin("one"))
    assert len(all_of(python("pass", "itself").begin("one"))) == 0


def test_a_program_that_is_not_there_says_so(tmp_path: Path) -> None:
    voice = Program(Recipe("nothing", (str(tmp_path / "nothing"),)))
    with pytest.raises(VoiceError):
        voice.begin("one")


@settings(deadline=None)
@given(junk=st.binary(max_size=80))
def test_no_sound_file_is_too_broken(junk: bytes) -> None:
    import io

    from adapters.feedback.voice import _from_wav

    for head in (b"", b"RIFF\xff\xff\xff\xffWAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00"):
        list(_from_wav(io.BytesIO(head + junk)))


# espeak-ng


@needs_espeak
@pytest.mark.parametrize("language", ["", "en", "it", "es", "fr", "de", "pt"])
def test_espeak_speaks_every_language(language: str) -> None:
    program = espeak.found()
    assert program is not None
    made = all_of(Program(espeak.recipe(program, voice=language)).begin("plus 3 9, 0 6 5"))
    assert len(made) / RATE > 1
    assert np.abs(made).max() > 0.1


@needs_espeak
def test_espeak_is_faster_and_higher_if_asked() -> None:
    program = espeak.found()
    assert program is not None

    def length(**how: int) -> int:
        return len(
            all_of(Program(espeak.recipe(program, voice="en", **how)).begin("one two three"))
        )  # type: ignore[arg-type]

    assert length(rate=300) < 0.8 * length(rate=150)
    low, high = (
        all_of(Program(espeak.recipe(program, voice="en", pitch=pitch)).begin("one two three"))
        for pitch in (0, 100)
    )
    assert melody(high) > 1.2 * melody(low)


def melody(made: Sound) -> float:
    """The voice's own pitch in hertz: of its voiced stretches of 50 ms, the one in the middle."""
    n, shortest, longest = RATE // 20, RATE // 400, RATE // 60
    pitches = []
    for at in range(0, len(made) - n, n):
        part = made[at : at + n]
        alike = np.correlate(part, part, "full")[n - 1 :]
        best = shortest + int(alike[shortest:longest].argmax())
        if alike[best] > 0.5 * alike[0] > 0:
            pitches.append(RATE / best)
    return float(np.median(pitches))


@needs_espeak
def test_espeak_says_when_it_does_not_know_the_voice() -> None:
    program = espeak.found()
    assert program is not None
    with pytest.raises(VoiceError):
        all_of(Program(espeak.recipe(program, voice="nobody")).begin("one"))


def test_how_espeak_is_called() -> None:
    piped = espeak.recipe("espeak-ng", voice="it", rate=220, pitch=50)
    assert piped.command == (
        "espeak-ng",
        "-s",
        "220",
        "-p",
        "50",
        "-v",
        "it",
        "--stdin",
        "--stdout",
    )
    alone = espeak.recipe("espeak-ng", pitch=100, alone=True)
    assert alone.command == ("espeak-ng", "-s", "175", "-p", "99", "--stdin")
    assert (piped.way, alone.way) == ("pipe", "itself")


# Windows and macOS: what the programs are given


def script(recipe: Recipe) -> str:
    return base64.b64decode(recipe.command[-1]).decode("utf-16-le")


def test_how_windows_is_called() -> None:
    recipe = system_voice.windows("powershell", "", "it", 175, 50)
    assert recipe.command[:-1] == (
        "powershell",
        "-NoLogo",
        "-NoProfile",
        "-NonInteractive",
        "-EncodedCommand",
    )
    assert (recipe.way, recipe.slow) == ("pipe", True)
    assert "[System.Globalization.CultureInfo]'it'" in script(recipe)
    assert "$speaker.Rate = 0" in script(recipe)
    assert 'pitch="+0%"' in script(recipe)
    assert len(" ".join(recipe.command)) < 8191, "the longest command line of Windows' shell"


def test_a_voice_of_windows_can_have_any_name() -> None:
    made = script(system_voice.windows("powershell", "L'Oca'); rm", "it", 175, 20))
    assert "$speaker.SelectVoice('L''Oca''); rm')" in made
    assert 'pitch="-30%"' in made


@pytest.mark.parametrize(("words", "speed"), [(80, -8), (175, 0), (350, 7), (450, 10)])
def test_the_speed_of_windows_is_about_as_many_words(words: int, speed: int) -> None:
    assert system_voice.windows_rate(words) == speed


def test_how_macos_is_called() -> None:
    recipe = system_voice.macos("say", "Alice (Enhanced)", 200)
    assert recipe.command == (
        "say",
        "-v",
        "Alice (Enhanced)",
        "-r",
        "200",
        "--file-format=WAVE",
        "--data-format=LEI16@22050",
        "-o",
        FILE,
    )
    assert recipe.way == "file"
    assert "-v" not in system_voice.macos("say", "", 200).command


def test_a_voice_of_macos_is_found_by_language() -> None:
    listed = (
        "Alex                en_US    # Most people recognize me by my voice.\n"
        "Alice (Enhanced)    it_IT    # Salve, mi chiamo Alice.\n"
        "Fred                en_US    # I sure like being inside this fancy computer\n"
        "\n"
    )
    assert system_voice.macos_voice(listed, "it") == "Alice (Enhanced)"
    assert system_voice.macos_voice(listed, "en") == "Alex"
    assert system_voice.macos_voice(listed, "pt") == ""
    assert system_voice.macos_voice("", "en") == ""


def test_the_systems_own_voice_speaks_where_there_is_one() -> None:
    recipe = system_voice.recipe()
    if sys.platform in {"win32", "darwin"}:
        assert recipe is not None
        assert len(all_of(Program(recipe).begin("one two three"))) > RATE / 2
    else:
        assert recipe is None


# piper


RAW = """
import sys
text = sys.stdin.read()
sys.stdout.buffer.write(len(text).to_bytes(2, "little") * 22050 + b"!")
"""


def test_sound_without_a_header_is_heard_at_our_rate() -> None:
    recipe = Recipe("python", (sys.executable, "-c", RAW), slow=True, raw=22050)
    voice = Program(recipe)
    made = all_of(voice.begin("x" * 8000))
    voice.close()
    assert len(made) == pytest.approx(RATE, abs=60)
    assert made[1000:-1000] == pytest.approx(8000 / 32768, abs=1e-3)


def voice_file(folder: Path, about: str) -> str:
    (folder / "ada.onnx").write_bytes(b"a voice")
    (folder / "ada.onnx.json").write_text(about, encoding="utf-8")
    return str(folder / "ada.onnx")


def test_piper_is_called_with_the_users_voice(tmp_path: Path) -> None:
    voice = voice_file(tmp_path, '{"audio": {"sample_rate": 16000}}')
    recipe = piper.recipe(voice, rate=350)
    assert (recipe.way, recipe.slow, recipe.raw) == ("pipe", True, 16000)
    assert recipe.command[recipe.command.index("-m", 5) + 1] == voice
    assert recipe.command[-2:] == ("--length-scale", "0.500")
    assert piper.is_voice(voice)
    assert not piper.is_voice("en-gb")


@pytest.mark.parametrize(
    "about", ["", "[]", "{}", '{"audio": {}}', '{"audio": {"sample_rate": ""}}']
)
def test_a_voice_of_pipers_that_is_broken_says_so(tmp_path: Path, about: str) -> None:
    with pytest.raises(VoiceError, match=r"ada\.onnx"):
        piper.recipe(voice_file(tmp_path, about))
    with pytest.raises(VoiceError, match="nobody"):
        piper.recipe(str(tmp_path / "nobody.onnx"))
