"""piper: neural voices that run on this PC, if the user has installed piper-tts and has a voice.

The voice is a file, `NAME.onnx`, with `NAME.onnx.json` beside it; see huggingface.co/rhasspy.
"""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path

from adapters.feedback.voice import Recipe, VoiceError

NORMAL = 175
"""Words a minute at piper's own speed, about."""


def is_voice(voice: str) -> bool:
    """Whether the name of a voice is that of a file of piper's."""
    return voice.endswith(".onnx")


def installed() -> bool:
    """Whether piper-tts is there."""
    return importlib.util.find_spec("piper") is not None


def recipe(voice: str, rate: int = NORMAL) -> Recipe:
    """How piper is called; its process loads the voice while it waits for its text.

    Args:
        voice: the file of the voice.
        rate: words a minute.

    Raises:
        VoiceError: the voice cannot be used.
    """
    path = Path(voice).expanduser()
    try:
        about = json.loads(path.with_name(f"{path.name}.json").read_text(encoding="utf-8"))
        hertz = int(about["audio"]["sample_rate"])
        size = path.stat().st_size
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise VoiceError(f"{voice}: {error}") from error
    if not size:
        raise VoiceError(f"{voice}: the file is empty")
    command = [sys.executable, "-X", "utf8", "-m", "piper", "-m", str(path), "--output-raw"]
    command += ["--length-scale", f"{NORMAL / rate:.3f}"]
    return Recipe("piper", tuple(command), slow=True, raw=hertz)
