"""Whisper, through CTranslate2: hears free wording and long numbers, in every language.

It knows no grammar: it writes down what it heard, and `matching` finds what of that can be meant.
When nothing but digits is expected it may write nothing but digits.
"""

from __future__ import annotations

import contextlib
import importlib.util
import math
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from adapters.voice.matching import Matcher
from adapters.voice.models import choice, find_model, hears
from adapters.voice.recogniser import RATE, Expected, Heard, Hearing, Listener, Missing
from assistant.text import tokens
from assistant.understanding.lexicon import lexicon

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
AROUND = 0.3
"""Seconds of silence that speech is put into."""
THREADS = 2
SURE = 0.6
"""Below this, the mean probability of its digits, a number is asked for again."""
FEW = 100
FRAMES = 50
"""A second, of what is encoded."""
AFTER = 1.0
"""Seconds of silence after what was said that are enough to tell texts apart."""
LEAST = 1e-12
FRAME = RATE // 50
PAUSE = 9
"""Frames of silence that no word has within it."""
BURST = 5
"""Frames of sound that are more than a click."""


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
            max_length=_length(_cap(seconds), prompt),
            return_scores=True,
            return_no_speech_prob=True,
        )[0]
        return [
            Written(self._tokens.decode(ids).strip(), math.exp(score), result.no_speech_prob)
            for ids, score in zip(result.sequences_ids, result.scores, strict=True)
        ]

    def digits(self, encoded: Any, language: str, seconds: float, least: int = 1) -> Written:
        """What was said, if it was nothing but digits: their words and figures.

        Args:
            encoded: what `encode` gave.
            language: what is spoken.
            seconds: how long that took.
            least: how many words were said at least; Whisper may end after the first of ten.
        """
        allowed = self._digits(language)
        begun = self._prompt(language)
        at_most = max(_cap(seconds), least)
        found = self._greedy(encoded, begun, {*allowed, self._end}, at_most)
        if len(found.sequences_ids[0]) < least:
            found = self._greedy(encoded, begun, {*allowed}, least)
        words = [allowed[token] for token in found.sequences_ids[0] if token in allowed]
        return Written(" ".join(words), math.exp(found.scores[0]), found.no_speech_prob)

    def fits(
        self, encoded: Any, language: str, texts: Sequence[str], seconds: float = LONGEST
    ) -> list[float]:
        """How well each text fits what was said: the logarithm of its probability, its end apart.

        Args:
            encoded: what `encode` gave.
            language: what is spoken.
            texts: what may have been said.
            seconds: how much of it is looked at; the silence that fills it up takes most time.
        """
        import ctranslate2

        one = np.asarray(encoded)[:, : math.ceil(seconds * FRAMES)]
        each = ctranslate2.StorageView.from_array(np.repeat(one, len(texts), axis=0))
        ids = [self._tokens.encode(f" {text}", add_special_tokens=False).ids for text in texts]
        # Where in the speech each word is does not matter here, so few frames are searched for it.
        aligned = self._model.align(each, self._prompt(language)[:-1], ids, [FEW] * len(texts))
        return [float(np.log(np.maximum(way.text_token_probs, LEAST)).sum()) for way in aligned]

    def _greedy(self, encoded: Any, begun: list[int], kept: set[int], at_most: int) -> Any:
        return self._model.generate(
            encoded,
            [begun],
            beam_size=1,
            suppress_tokens=[token for token in range(self._all) if token not in kept],
            suppress_blank=False,
            max_length=_length(at_most, begun),
            return_scores=True,
            return_no_speech_prob=True,
        )[0]

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
        """The tokens of digits, and of words for digits that are one token, with their words."""
        if language not in self._allowed:
            numbers = lexicon(language).numbers
            spoken = {word for word, digit in numbers.digits.items() if digit.isdecimal()}
            allowed = {}
            for word in (*map(str, range(10)), *sorted(spoken | set(numbers.repeats))):
                for spelt in (word, f" {word}"):
                    ids = self._tokens.encode(spelt, add_special_tokens=False).ids
                    if len(ids) == 1 and len(word) + word.isdigit() > 1:
                        allowed[ids[0]] = word
            self._allowed[language] = allowed
        return self._allowed[language]


class Ears:
    """One stretch of speech, as a model heard it."""

    def __init__(self, model: Model, encoded: Any, language: str, seconds: float) -> None:
        self._model, self._encoded = model, encoded
        self._language, self._seconds = language, seconds

    def digits(self, least: int) -> Written:
        """What was said, if it was nothing but digits, and so many words at least."""
        return self._model.digits(self._encoded, self._language, self._seconds, least)

    def free(self, hypotheses: int) -> list[Written]:
        """What was said, in any words; the likeliest first."""
        return self._model.free(self._encoded, self._language, self._seconds, hypotheses)

    def fits(self, texts: Sequence[str]) -> list[float]:
        """How well each text fits."""
        return self._model.fits(self._encoded, self._language, texts)

    def quick_fits(self, texts: Sequence[str]) -> list[float]:
        """Nearly the same, for many texts."""
        seconds = self._seconds + 2 * AROUND + AFTER
        return self._model.fits(self._encoded, self._language, texts, seconds)


def _length(count: int, prompt: list[int]) -> int:
    """The `max_length` for so many tokens: CTranslate2 allows half of it, and less the prompt."""
    return max(2 * count, count + len(prompt))


def _cap(seconds: float) -> int:
    return int(seconds * TOKENS_A_SECOND) + 4


class Whisper:
    """The engine.

    Args:
        configured: `[voice] model`.
    """

    name = NAME

    def __init__(self, configured: str = "") -> None:
        self._configured = configured
        self._models: dict[str, Model] = {}
        self._lock = threading.Lock()
        self._matcher: Matcher | None = None

    def supports(self, language: str) -> bool:
        """Whether a model for it is on this PC.

        Raises:
            Missing: there is none; says how to get it.
        """
        wanted = choice(self._configured, language)
        if not hears(wanted, language):
            return False
        find_model(wanted)
        return True

    def prepare(self, expected: Expected) -> None:
        """Load the model, and have it hear silence, which is what takes long the first time."""
        with self._lock:
            model = self._model(expected.language)
            model.free(model.encode(np.zeros(RATE // 2, np.float32)), expected.language, 0.0, 1)
            self._matching(expected)

    def listen(self, expected: Expected) -> Listener:
        """Begin to hear."""
        return _Listener(self, expected)

    def hear(self, samples: Samples, expected: Expected) -> Hearing:
        """What was said.

        Args:
            samples: all of it; of more than `LONGEST` seconds the last.
            expected: what can be said.
        """
        samples = samples[-LONGEST * RATE :]
        seconds = len(samples) / RATE
        if seconds < SHORTEST or not np.any(samples):
            return Hearing((), 1.0, NAME)
        with self._lock:
            model = self._model(expected.language)
            encoded = model.encode(level(padded(samples)))
            if expected.digits:
                least = bursts(samples)
                digits = model.digits(encoded, expected.language, seconds, least)
                number = _number(digits, expected.language)
                if number.candidates:
                    return number
            written = model.free(encoded, expected.language, seconds, BEAM)
            read = self.read(written, expected)
            return without_digits(read) if expected.digits else read

    def read(self, written: Sequence[Written], expected: Expected) -> Hearing:
        """What of all that can be said is like what was written."""
        return self._matching(expected).hearing(written)

    @contextlib.contextmanager
    def heard(self, samples: Samples, language: str) -> Iterator[Ears]:
        """What was said, to ask several things about; nobody else is heard meanwhile."""
        with self._lock:
            model = self._model(language)
            yield Ears(model, model.encode(level(padded(samples))), language, len(samples) / RATE)

    def _model(self, language: str) -> Model:
        wanted = choice(self._configured, language)
        if wanted not in self._models:
            self._models[wanted] = Model(find_model(wanted))
        return self._models[wanted]

    def _matching(self, expected: Expected) -> Matcher:
        if self._matcher is None or self._matcher.expected != expected:
            self._matcher = Matcher(expected)
        return self._matcher


class _Listener:
    def __init__(self, engine: Whisper, expected: Expected) -> None:
        self._engine, self._expected = engine, expected
        self._parts: list[Samples] = []

    def feed(self, samples: Samples) -> None:
        self._parts.append(samples)

    def finish(self) -> Hearing:
        if not self._parts:
            return Hearing((), 1.0, NAME)
        return self._engine.hear(np.concatenate(self._parts), self._expected)


def _number(written: Written, language: str) -> Hearing:
    number = lexicon(language).numbers.read_at(tokens(written.text), 0)
    if number is None or written.sure < SURE:
        return Hearing((), 1.0, NAME)
    return Hearing((Heard(number[1], written.sure),), 1 - written.sure, NAME)


def without_digits(hearing: Hearing) -> Hearing:
    """What was said beside digits while a number is given, such as "finished" or "cancel"."""
    first = hearing.candidates[:1]
    if not first or any(map(str.isdecimal, first[0].text)):
        return Hearing((), 1.0, hearing.engine)
    found = tuple(one for one in hearing.candidates if not any(map(str.isdecimal, one.text)))
    return Hearing(found, hearing.none, hearing.engine)


def bursts(samples: Samples) -> int:
    """How many stretches of sound there are between pauses: no more than words were said."""
    frames = samples[: len(samples) // FRAME * FRAME].reshape(-1, FRAME)
    loud = np.sqrt((frames**2).mean(axis=1))
    if not len(loud):
        return 0
    quiet = loud < max(0.12 * float(np.percentile(loud, 95)), 2.5 * float(np.percentile(loud, 10)))
    count = gap = sounding = 0
    for still in quiet:
        if still:
            gap += 1
            sounding = sounding if gap < PAUSE else 0
        else:
            gap = 0
            sounding += 1
            count += sounding == BURST
    return count


def padded(samples: Samples) -> Samples:
    """With silence around it, without which models take the first and the last sound for others."""
    around = np.zeros(round(AROUND * RATE), np.float32)
    return np.concatenate([around, samples, around])


def level(samples: Samples) -> Samples:
    """As loud as Whisper was trained on, whatever the microphone's gain."""
    loudest = float(np.abs(samples).max())
    return samples * np.float32(0.7 / loudest) if loudest > 0 else samples


def open_whisper(section: VoiceSection) -> Whisper:
    """The engine.

    Raises:
        Missing: faster-whisper is not installed, or `[voice] model` is not there.
    """
    if importlib.util.find_spec("faster_whisper") is None:
        raise Missing("voice_no_whisper")
    if section.model:
        find_model(section.model)
    return Whisper(section.model)
