"""Two engines side by side: what one doubts the other weighs, and what either doubts is asked.

A command that the grammar's engine is sure of is not kept waiting for Whisper, which is several
times slower. Of a number both judge every digit.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from functools import cache, partial
from typing import TYPE_CHECKING

import numpy as np

from adapters.voice.digit_sounds import DigitSounds
from adapters.voice.digits import confidence, digits, judged, signs
from adapters.voice.pausing import Pausing
from adapters.voice.recogniser import RATE, Expected, Heard, Hearing, Listener, Missing, Recogniser
from adapters.voice.weighing import Way, gaps, long_number, spellings, unlike, ways, weighed
from adapters.voice.whisper import (
    BEAM,
    LONGEST,
    SHORTEST,
    Whisper,
    bursts,
    open_whisper,
    padded,
    without_digits,
)
from assistant.directory import Directory
from assistant.text import fold
from assistant.understanding import Understanding

if TYPE_CHECKING:
    from adapters.voice.recogniser import Samples
    from assistant.settings import VoiceSection

log = logging.getLogger(__name__)

NAME = "both"
SURE = 0.7
"""What the grammar's engine hears with this score is not asked of Whisper."""
SURE_OF_A_WORD = 0.95
"""The same for a word alone: in noise "help" is heard as "hold"."""
PAUSE = 0.24
"""Seconds of quiet after which a command may be over, so that it is judged meanwhile."""
PAUSE_DIGITS = 0.5
"""The same for numbers, in which people pause."""
ALONE = 0.65
"""What counts a hearing that the other engine has not: enough to be asked about, not to act on."""
AGREED = 0.6
"""The mean probability of Whisper's digits from which on it is enough that they are those that the
model of sounds finds by itself: of 60 such numbers, clean and noisy, none was wrong."""


class Both:
    """Two engines.

    Args:
        grammar: knows what can be said, and is quick; None when it cannot be used here.
        whisper: knows every word.
        sounds: tells how likely strings of digits are.
    """

    name = NAME

    def __init__(self, grammar: Recogniser | None, whisper: Whisper, sounds: DigitSounds) -> None:
        self._grammar, self._whisper, self._sounds = grammar, whisper, sounds
        self._beside = ThreadPoolExecutor(1, "voice-beside")
        self._ahead = ThreadPoolExecutor(1, "voice-ahead")
        self._meaning = cache(meaning_in)

    def supports(self, language: str) -> bool:
        """Only English is heard by both."""
        return language == "en" and self._whisper.supports(language)

    def prepare(self, expected: Expected) -> None:
        """Get both ready."""
        if self._grammar is not None:
            self._grammar.prepare(expected)
        self._whisper.prepare(expected)

    def listen(self, expected: Expected) -> Listener:
        """Begin to hear."""
        if self._grammar is None:
            return _Listener(self, None, expected)
        return _Listener(self, self._grammar.listen(expected), expected)

    def early(self, judge: Callable[[], Hearing]) -> Future[Hearing]:
        """Begin to judge, beside whoever listens."""
        return self._ahead.submit(judge)

    def judged(self, quick: Hearing | None, samples: Samples, expected: Expected) -> Hearing:
        """What was said.

        Args:
            quick: what the grammar's engine heard.
            samples: all of it.
            expected: what can be said.
        """
        if not expected.digits:
            return self.command(quick, samples, expected)
        number = self.number(samples, expected)
        if number.candidates or quick is None:
            return number
        return replace(without_digits(quick), engine=NAME)

    def number(self, samples: Samples, expected: Expected) -> Hearing:
        """What number was said; nothing when that is not clear.

        Args:
            samples: all of it; of more than `LONGEST` seconds the last.
            expected: what can be said.
        """
        samples = samples[-LONGEST * RATE :]
        if len(samples) < SHORTEST * RATE or not np.any(samples):
            return Hearing((), 1.0, NAME)
        evidence = self._beside.submit(self._sounds.evidence, padded(samples))
        least = bursts(samples)
        with self._whisper.heard(samples, expected.language) as ears:
            written = ears.digits(least)
            said, sounds = signs(written.text.split()), evidence.result()
            number = digits(said)
            if written.sure >= AGREED and number and number == digits(sounds.best()):
                return Hearing((Heard(number, written.sure),), 1 - written.sure, NAME)
            found = judged(said, sounds, ears.fits, least)
        sure = confidence(found)
        if sure < 0.5:
            return Hearing((), 1 - sure, NAME)
        return Hearing((Heard(found[0].digits, sure),), 1 - sure, NAME)

    def command(self, quick: Hearing | None, samples: Samples, expected: Expected) -> Hearing:
        """What was said, Whisper asked only where the quick engine is in doubt."""
        if quick is not None and certain(quick):
            return Hearing(quick.candidates, quick.none, NAME)
        if quick is None:
            return self._whisper.hear(samples, expected)
        samples = samples[-LONGEST * RATE :]
        if len(samples) < SHORTEST * RATE or not np.any(samples):
            return Hearing((), 1.0, NAME)
        return self._weighed(quick, samples, expected)

    def _weighed(self, quick: Hearing, samples: Samples, expected: Expected) -> Hearing:
        """What both make of it."""
        language, meaning = expected.language, self._meaning(expected.language)
        with self._whisper.heard(samples, language) as ears:
            written = ears.free(BEAM)
            if not written[0].text:
                return alone(quick)
            found = ways(quick, self._whisper.read(written, expected), meaning)
            texts = [text for text, _ in found]
            spelt = list(dict.fromkeys(way for text in texts for way in spellings(text, language)))
            first, *fits = ears.quick_fits([written[0].text, *spelt])
        apart = gaps(texts, dict(zip(spelt, fits, strict=True)), first, language)
        own = [one.text for one in written]
        sentences = [
            Way(text, share, gap, unlike(text, own, language))
            for (text, share), gap in zip(found, apart, strict=True)
        ]
        heard, none = weighed(sentences, quick.none, written[0].sure, meaning)
        return Hearing(heard, none, NAME)


class _Listener:
    """Hears one stretch; in a pause it is judged as if all had been said, and often it has been."""

    def __init__(self, engine: Both, grammar: Listener | None, expected: Expected) -> None:
        self._engine, self._grammar, self._expected = engine, grammar, expected
        self._parts: list[Samples] = []
        self._pausing = Pausing(PAUSE_DIGITS if expected.digits else PAUSE)
        self._early: Future[Hearing] | None = None

    def feed(self, samples: Samples) -> None:
        self._parts.append(samples)
        if self._grammar is not None:
            self._grammar.feed(samples)
        self._pausing.feed(samples)
        if self._early is not None and not self._pausing.now:
            self._early.cancel()
            self._early = None
        elif self._early is None and self._pausing.now:
            self._early = self._engine.early(self._judge())

    def finish(self) -> Hearing:
        return self._judge()() if self._early is None else self._early.result()

    def _judge(self) -> Callable[[], Hearing]:
        """What makes of it what it is: all that has been said until now."""
        # The grammar's listener is `ctc`, which may be asked in between and fed on afterwards.
        samples = np.concatenate(self._parts) if self._parts else np.zeros(0, np.float32)
        quick = None if self._grammar is None else self._grammar.finish()
        return partial(self._engine.judged, quick, samples, self._expected)


def certain(quick: Hearing) -> bool:
    """Whether a hearing needs no second one."""
    if not quick.candidates:
        return True
    first = quick.candidates[0]
    enough = SURE if len(first.text.split()) > 1 else SURE_OF_A_WORD
    return first.score >= enough and not long_number(first.text)


def alone(hearing: Hearing) -> Hearing:
    """What only one engine heard."""
    heard = tuple(Heard(each.text, ALONE * each.score) for each in hearing.candidates)
    return Hearing(heard, 1 - ALONE * (1 - hearing.none), NAME)


def meaning_in(language: str) -> Callable[[str], str]:
    """What tells whether texts mean the same, whoever is in the directory."""
    understanding = Understanding((language,), Directory())

    def meaning(text: str) -> str:
        command = understanding.parse(text).command
        said = fold(text) if command.intent == "none" else command.to_json()
        return json.dumps(said, sort_keys=True)

    return meaning


def open_both(section: VoiceSection) -> Both:
    """The two engines.

    Raises:
        Missing: one of them cannot be used; says what to install or to fetch.
    """
    from adapters.voice.ctc import open_ctc

    sounds = DigitSounds()
    whisper = open_whisper(section)
    whisper.supports("en")
    grammar: Recogniser | None = None
    try:
        grammar = open_ctc(section)
    except Missing as error:
        log.info("whisper alone hears commands: %s", error)
    return Both(grammar, whisper, sounds)
