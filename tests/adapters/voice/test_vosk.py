"""Vosk: what its library writes, and what is said when its model is not there."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.voice.matching import Matcher
from adapters.voice.recogniser import Expected, Missing
from adapters.voice.vosk import Taking, open_vosk, written
from assistant.settings import VoiceSection


class Library:
    """Answers as the library does, of which there is no model here."""

    def __init__(self, *sentences: list[tuple[str, float]]) -> None:
        self.sentences = list(sentences)
        self.taken = 0

    def AcceptWaveform(self, samples: bytes) -> bool:  # noqa: N802 - the library's name
        self.taken += len(samples)
        return len(self.sentences) > 1

    def Result(self) -> str:  # noqa: N802
        texts = self.sentences.pop(0)
        return json.dumps({"alternatives": [{"text": t, "confidence": c} for t, c in texts]})

    FinalResult = Result


EXPECTED = Expected(intents=("hangup", "hold"))


def test_what_the_library_writes_is_what_can_be_meant() -> None:
    library = Library([("hang up", 210.0), ("hang on", 201.0)])
    taking = Taking(library, Matcher(EXPECTED))

    taking.feed(np.ones(1600, np.float32))

    assert taking.finish().candidates[0].text == "hang up"
    assert library.taken == 3200


def test_a_pause_within_a_sentence_loses_nothing() -> None:
    taking = Taking(Library([("hang", 10.0)], [("up", 10.0)]), Matcher(EXPECTED))

    taking.feed(np.ones(1600, np.float32))

    assert taking.finish().candidates[0].text == "hang up"


def test_a_pause_at_the_end_loses_nothing() -> None:
    taking = Taking(Library([("hang up", 10.0)], [("", 0.0)]), Matcher(EXPECTED))

    taking.feed(np.ones(1600, np.float32))

    assert taking.finish().candidates[0].text == "hang up"


def test_silence_is_nothing() -> None:
    taking = Taking(Library([("", 0.0)]), Matcher(EXPECTED))

    assert taking.finish().none == 1.0


@given(st.text() | st.recursive(st.none() | st.text(), st.lists).map(json.dumps))
def test_whatever_the_library_answers_is_read(answer: str) -> None:
    assert all(0 <= one.sure <= 1 for one in written(answer))


def test_the_library_without_a_model_says_what_to_do(tmp_path: Path) -> None:
    pytest.importorskip("vosk", reason="pip install vosk")
    for model in ("", str(tmp_path / "nowhere"), str(tmp_path)):
        with pytest.raises(Missing) as told:
            open_vosk(VoiceSection(model=model))
        assert told.value.message == "voice_no_vosk_model"
