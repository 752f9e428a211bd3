"""Whisper, through CTranslate2: hears free wording and long numbers, in every language.

It knows no grammar: it writes down what it heard, and `matching` finds what of that can be meant.
When nothing but digits is expected it may write nothing but digits.
"""

from __future__ import annotations

import importlib.util
import math
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from adapters.voice.matching import Matcher
from adapters.voice.models import choice, find_model, hears
from adapters.voice.recogniser import RATE, Expected, Heard, Hearing, Listener, Missing
from assistant.understanding import digit_words

if TYPE_CHECKING:
    from adapters.voice.recogniser import Samples
    from assistant.settings import VoiceSection

NAME = "whisper"
BEAM = 5
LONGEST = 30
"""Seconds that Whisper hears at once; what was spoken before is dropped."""
SHORTEST = 0.1
"""Seconds below which nothing can have been said."""
TOKENS_A_SECOND = 8
"""Nobody says more: what goes on longer is a loop."""
THREADS = 2


@dataclass(frozen=True, slots=True)
class Written:
    """What Whisper wrote."""

    text: str
    sure: float
    """The mean probability of its tokens."""
    silence: float
    """How likely nobody spoke, from 0 to 1."""


class Model:
    """A loaded model. Only one thread may use it at a time."""

    def __init__(self, folder: Path) -> None:
        from faster_whisper import WhisperModel

        whole = WhisperModel(
            str(folder),
            device="cpu",
            compute_type="int8",
            cpu_threads=THREADS,
            local_files_only=True,
        )
        self._model, self._features = whole.model, whole.feature_extractor
        self._tokens = whole.hf_tokenizer
        self._multilingual = whole.model.is_multilingual
        self._end = self._id("<|endoftext|>")
        self._allowed: dict[str, dict[int, str]] = {}

    def encode(self, samples: Samples) -> Any:
        """What the encoder makes of up to `LONGEST` seconds."""
        import ctranslate2

        features = self._features(samples, padding=0)
        whole = np.zeros((1, features.shape[0], 100 * LONGEST), np.float32)
        part = features[:, : whole.shape[2]]
        whole[0, :, : part.shape[1]] = part
        return self._model.encode(ctranslate2.StorageView.from_array(whole))

    def free(self, encoded: Any, language: str, seconds: float, hypotheses: int) -> list[Written]:
        """What was said, in any words; the likeliest first."""
        prompt = self._prompt(language)
        result = self._model.generate(
            encoded,
            [prompt],
            beam_size=BEAM,
            num_hypotheses=hypotheses,
            max_length=len(prompt) + _cap(seconds),
            return_scores=True,
            return_no_speech_prob=True,
        )[0]
        return [
            Written(self._tokens.decode(ids).strip(), math.exp(score), result.no_speech_prob)
            for ids, score in zip(result.sequences_ids, result.scores, strict=True)
        ]

    def digits(self, encoded: Any, language: str, seconds: float) -> Written:
        """What was said, if it was nothing but digits."""
        allowed = self._digits(language)
        prompt = self._prompt(language)
        others = [token for token in range(self._all) if token not in allowed and token != self._end]
        result = self._model.generate(
            encoded,
            [prompt],
            beam_size=1,
            suppress_tokens=others,
            suppress_blank=False,
            max_length=len(prompt) + _cap(seconds),
            return_scores=True,
            return_no_speech_prob=True,
        )[0]
        text = "".join(allowed.get(token, "") for token in result.sequences_ids[0])
        return Written(text, math.exp(result.scores[0]), result.no_speech_prob)

    @cached_property
    def _all(self) -> int:
        return int(self._tokens.get_vocab_size())

    def _id(self, token: str) -> int:
        return int(self._tokens.token_to_id(token))

    def _prompt(self, language: str) -> list[int]:
        special = ["<|startoftranscript|>"]
        if self._multilingual:
            special += [f"<|{language}|>", "<|transcribe|>"]
        return [self._id(token) for token in (*special, "<|notimestamps|>")]

    def _digits(self, language: str) -> dict[int, str]:
        """The tokens of digits, and of words for digits that are one token."""
        if language not in self._allowed:
            words = digit_words(language)
            allowed = {}
            for written, digit in (*words.items(), *((str(d), str(d)) for d in range(10))):
                for spelt in (written, f" {written}"):
                    ids = self._tokens.encode(spelt, add_special_tokens=False).ids
                    if len(ids) == 1:
                        allowed[ids[0]] = digit
            self._allowed[language] = allowed
        return self._allowed[language]


def _cap(seconds: float) -> int:
    return int(seconds * TOKENS_A_SECOND) + 4
