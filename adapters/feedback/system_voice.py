"""The voices that Windows and macOS bring.

Written by their documentation; they have never run there. What is tested is what the programs are
given.
"""

from __future__ import annotations

import base64
import shutil
import subprocess
import sys

from adapters.feedback.voice import FILE, Recipe

RATE, FASTER = 175, 1.1
"""Words a minute at SAPI's speed 0, about; each step to 10 is a tenth faster, 3 times at last."""

_WINDOWS = """
$ErrorActionPreference = 'Stop'
Add-Type -AssemblyName System.Speech
$speaker = New-Object System.Speech.Synthesis.SpeechSynthesizer
{choose}
$speaker.Rate = {rate}
$sound = New-Object System.IO.MemoryStream
$speaker.SetOutputToWaveStream($sound)
$reader = New-Object System.IO.StreamReader(
  [Console]::OpenStandardInput(), (New-Object System.Text.UTF8Encoding($false)))
$text = [System.Security.SecurityElement]::Escape($reader.ReadToEnd())
$speaker.SpeakSsml('<speak version="1.0" xmlns="http://www.w3.org/2001/10/synthesis" xml:lang="' +
  $speaker.Voice.Culture.Name + '"><prosody pitch="{pitch}">' + $text + '</prosody></speak>')
$speaker.SetOutputToNull()
$out = [Console]::OpenStandardOutput()
$sound.WriteTo($out)
$out.Flush()
"""
"""System.Speech's SpeechSynthesizer, of the .NET Framework that is part of Windows. It writes to
memory first, because a wave stream must be able to go back to its header."""


def recipe(
    *, voice: str = "", language: str = "en", rate: int = 175, pitch: int = 50
) -> Recipe | None:
    """The system's voice, or None where the system has none.

    Args:
        voice: its name; empty for one that speaks the language.
        language: a two-letter code.
        rate: words a minute.
        pitch: 0 to 100, 50 in the middle; macOS keeps its own.
    """
    if sys.platform == "win32":
        program = shutil.which("powershell")
        return windows(program, voice, language, rate, pitch) if program else None
    if sys.platform == "darwin":
        program = shutil.which("say")
        if not program:
            return None
        return macos(program, voice or macos_voice(_listed(program), language), rate)
    return None


def windows(program: str, voice: str, language: str, rate: int, pitch: int) -> Recipe:
    """How Windows PowerShell is called to speak through System.Speech."""
    if voice:
        quoted = voice.replace("'", "''")
        choose = f"$speaker.SelectVoice('{quoted}')"
    else:
        choose = (
            "try { $speaker.SelectVoiceByHints('NotSet', 'NotSet', 0, "
            f"[System.Globalization.CultureInfo]'{language}') }} catch {{ }}"
        )
    script = _WINDOWS.format(choose=choose, rate=windows_rate(rate), pitch=f"{pitch - 50:+d}%")
    encoded = base64.b64encode(script.encode("utf-16-le")).decode()
    command = (program, "-NoLogo", "-NoProfile", "-NonInteractive", "-EncodedCommand", encoded)
    return Recipe("Windows", command, slow=True)


def windows_rate(rate: int) -> int:
    """SAPI's speed, -10 to 10, for words a minute."""
    import math

    return max(-10, min(10, round(math.log(rate / RATE) / math.log(FASTER))))


def macos(program: str, voice: str, rate: int) -> Recipe:
    """How `say` is called; see its manual page: without a message it reads standard input."""
    chosen = ["-v", voice] if voice else []
    shape = ["--file-format=WAVE", "--data-format=LEI16@22050", "-o", FILE]
    return Recipe("macOS", (program, *chosen, "-r", str(rate), *shape), "file")


def macos_voice(listed: str, language: str) -> str:
    """The first voice of a language in what `say -v ?` lists; empty if there is none.

    A line is a name, which may have spaces, a locale as in `it_IT`, and after # an example.
    """
    for line in listed.splitlines():
        words = line.partition("#")[0].split()
        if len(words) > 1 and words[-1].lower().startswith(language):
            return " ".join(words[:-1])
    return ""


def _listed(program: str) -> str:
    try:
        # The program was found on this PC's own path.
        told = subprocess.run([program, "-v", "?"], capture_output=True, timeout=10, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return told.stdout.decode(errors="replace")
