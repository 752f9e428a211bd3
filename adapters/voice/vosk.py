"""Vosk, with a model that the user brings: writes down what is said, while it is said.

A model is an unpacked one of https://alphacephei.com/vosk/models, named in `[voice] model`.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from adapters.voice.matching import Matcher
from adapters.voice.recogniser import RATE, Expected, Hearing, Listener, Missing
from adapters.voice.whisper import Written

if TYPE_CHECKING:
    from adapters.voice.recogniser import Samples
    from assistant.settings import VoiceSection

NAME = "vosk"
ALTERNATIVES = 5


class Vosk:
    """The engine.

    Args:
        model: of the library, loaded.
    """

    name = NAME

    def __init__(self, model: Any) -> None:
        self._model = model
        self._matcher: Matcher | None = None

    def prepare(self, expected: Expected) -> None:
        """Make ready what is matched."""
        self._matching(expected)

    def listen(self, expected: Expected) -> Listener:
        """Begin to hear."""
        from vosk import KaldiRecognizer

        recogniser = KaldiRecognizer(self._model, RATE)
        recogniser.SetMaxAlternatives(ALTERNATIVES)
        return Taking(recogniser, self._matching(expected))

    def _matching(self, expected: Expected) -> Matcher:
        if self._matcher is None or self._matcher.expected != expected:
            self._matcher = Matcher(expected)
        return self._matcher


class Taking:
    """Speech given to the library as it comes.

    Args:
        recogniser: of the library.
        matcher: finds what can be meant.
    """

    def __init__(self, recogniser: Any, matcher: Matcher) -> None:
        self._recogniser, self._matcher = recogniser, matcher
        self._before = ""

    def feed(self, samples: Samples) -> None:
        """Take what was spoken since the last call."""
        whole = (np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes()
        # At a pause the library takes what was said for a sentence of its own.
        if self._recogniser.AcceptWaveform(whole):
            ended = written(self._recogniser.Result(), self._before)
            self._before = ended[0].text if ended else self._before

    def finish(self) -> Hearing:
        """Say what it was."""
        ended = written(self._recogniser.FinalResult(), self._before)
        if not ended:
            ended = [Written(self._before, 1.0, 0.0)] if self._before else []
        return self._matcher.hearing(ended)


def written(result: str, before: str = "") -> list[Written]:
    """What the library wrote, the likeliest first.

    Args:
        result: its answer: JSON.
        before: what was written before the last pause.
    """
    try:
        answer = json.loads(result)
    except ValueError:
        return []
    found = answer.get("alternatives", [answer]) if isinstance(answer, dict) else []
    texts: list[tuple[str, float]] = []
    for each in found if isinstance(found, list) else ():
        text = each.get("text") if isinstance(each, dict) else None
        if isinstance(text, str) and text.strip():
            score = each.get("confidence")
            good = isinstance(score, int | float) and math.isfinite(score)
            texts.append((text.strip(), float(score) if good else 0.0))
    best = max((score for _, score in texts), default=0.0)
    return [
        Written(f"{before} {text}".strip(), math.exp(max(-50.0, score - best)), 0.0)
        for text, score in texts
    ]


def open_vosk(section: VoiceSection) -> Vosk:
    """The engine.

    Raises:
        Missing: the library is not installed, or `[voice] model` is none of its models.
    """
    try:
        import vosk
    except (ImportError, OSError) as error:
        raise Missing("voice_no_vosk", why=str(error)) from error
    folder = Path(section.model).expanduser()
    if not section.model or not folder.is_dir():
        raise Missing("voice_no_vosk_model", model=section.model or '""')
    vosk.SetLogLevel(-1)
    try:
        return Vosk(vosk.Model(str(folder)))
    except Exception as error:  # the library raises nothing narrower
        raise Missing("voice_no_vosk_model", model=section.model) from error
