"""Two engines side by side: what both hear is sure, what only one hears is asked about.

A command that the grammar's engine is sure of is not kept waiting for Whisper, which is several
times slower. Of a number both judge every digit.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from adapters.voice.digit_sounds import DigitSounds
from adapters.voice.digits import confidence, digits, judged, signs
from adapters.voice.recogniser import RATE, Expected, Heard, Hearing, Listener, Missing, Recogniser
from adapters.voice.whisper import LONGEST, SHORTEST, Whisper, bursts, open_whisper, padded
from assistant.directory import Directory
from assistant.text import fold, tokens
from assistant.understanding import Understanding

if TYPE_CHECKING:
    from adapters.voice.recogniser import Samples
    from assistant.settings import VoiceSection

log = logging.getLogger(__name__)

NAME = "both"
SURE = 0.85
"""What the grammar's engine hears with this score is not asked of Whisper."""
NONE = 0.9
"""What it takes for no command with this certainty, Whisper is not asked about either."""
ALONE = 0.65
"""What counts a hearing that the other engine has not: enough to be asked about, not to act on."""
AGREED = 0.6
"""The mean probability of Whisper's digits from which on it is enough that they are those that the
model of sounds finds by itself: of 60 such numbers, clean and noisy, none was wrong."""
LONG_NUMBER = 3
"""Digits from which on a number in a command is heard twice."""


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
        self._meaning = cache(meaning_in)

    def supports(self, language: str) -> bool:
        """Only English is heard by both."""
        return language == "en" and self._whisper.supports(language)

    def prepare(self, expected: Expected) -> None:
        """Get both ready."""
        if self._grammar is not None and not expected.digits:
            self._grammar.prepare(expected)
        self._whisper.prepare(expected)

    def listen(self, expected: Expected) -> Listener:
        """Begin to hear."""
        if self._grammar is None or expected.digits:
            return _Listener(self, None, expected)
        return _Listener(self, self._grammar.listen(expected), expected)

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
        slow = self._whisper.hear(samples, expected)
        return slow if quick is None else agreed(quick, slow, self._meaning(expected.language))


class _Listener:
    def __init__(self, engine: Both, grammar: Listener | None, expected: Expected) -> None:
        self._engine, self._grammar, self._expected = engine, grammar, expected
        self._parts: list[Samples] = []

    def feed(self, samples: Samples) -> None:
        self._parts.append(samples)
        if self._grammar is not None:
            self._grammar.feed(samples)

    def finish(self) -> Hearing:
        samples = np.concatenate(self._parts) if self._parts else np.zeros(0, np.float32)
        if self._expected.digits:
            return self._engine.number(samples, self._expected)
        quick = None if self._grammar is None else self._grammar.finish()
        return self._engine.command(quick, samples, self._expected)


def certain(quick: Hearing) -> bool:
    """Whether a hearing needs no second one."""
    if quick.none >= NONE:
        return True
    first = quick.candidates[0] if quick.candidates else None
    return first is not None and first.score >= SURE and not _long_number(first.text)


def agreed(one: Hearing, other: Hearing, meaning: Callable[[str], object]) -> Hearing:
    """What two engines heard, as one.

    Args:
        one: the grammar's.
        other: Whisper's.
        meaning: the same for texts that mean the same, such as "hang up" and "hang it up".
    """
    if not one.candidates or not other.candidates:
        only = one if one.candidates else other
        weighed = tuple(Heard(each.text, ALONE * each.score) for each in only.candidates)
        return Hearing(weighed, max(one.none, other.none), NAME)
    here, there = _grouped(one, meaning), _grouped(other, meaning)
    first = max(here, key=lambda key: here[key].score)
    if first == max(there, key=lambda key: there[key].score):
        sure = 1 - (1 - here[first].score) * (1 - there[first].score)
        both = Heard(here[first].text, min(1.0, sure))
        others = _mixed(here, there, 1 - both.score, without=first)
        return Hearing((both, *others), min(one.none, other.none), NAME)
    return Hearing(_mixed(here, there, 1.0), (one.none + other.none) / 2, NAME)


def _grouped(hearing: Hearing, meaning: Callable[[str], object]) -> dict[object, Heard]:
    """The texts of one meaning as one, the likeliest for all."""
    found: dict[object, Heard] = {}
    for heard in hearing.candidates:
        key = meaning(heard.text)
        before = found.get(key)
        text = before.text if before else heard.text
        score = heard.score + (before.score if before else 0.0)
        found[key] = Heard(text, min(1.0, score))
    return found


def _mixed(
    one: dict[object, Heard],
    other: dict[object, Heard],
    whole: float,
    without: object = None,
) -> tuple[Heard, ...]:
    """What two engines heard, each counted half, with no more than `whole` in all."""
    found: dict[object, Heard] = {}
    for key, heard in (*one.items(), *other.items()):
        if key == without:
            continue
        before = found.get(key)
        text = before.text if before else heard.text
        found[key] = Heard(text, heard.score / 2 + (before.score if before else 0.0))
    scale = min(1.0, whole / (sum(heard.score for heard in found.values()) or 1.0))
    ordered = sorted(found.values(), key=lambda heard: -heard.score)
    return tuple(Heard(heard.text, scale * heard.score) for heard in ordered)


def meaning_in(language: str) -> Callable[[str], object]:
    """What tells whether texts mean the same, whoever is in the directory."""
    understanding = Understanding((language,), Directory())

    def meaning(text: str) -> object:
        command = understanding.parse(text).command
        said = fold(text) if command.intent == "none" else command.to_json()
        return json.dumps(said, sort_keys=True)

    return meaning


def _long_number(text: str) -> bool:
    return any(token.number and len(token.text) >= LONG_NUMBER for token in tokens(text))


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
