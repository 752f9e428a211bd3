"""The engine `templates`: what the user has taught, and nothing else."""

from __future__ import annotations

import functools
from collections.abc import Callable
from math import exp
from typing import TYPE_CHECKING

import numpy as np

from adapters.voice.enrolment import items
from adapters.voice.enrolment.chain import Rules
from adapters.voice.enrolment.features import cepstra
from adapters.voice.enrolment.matcher import Found, Matcher
from adapters.voice.enrolment.taught import Sample, load, path_for
from adapters.voice.recogniser import Expected, Heard, Hearing, Missing
from assistant.text import fold

if TYPE_CHECKING:
    from pathlib import Path

    from adapters.voice.recogniser import Recogniser, Samples
    from assistant.settings import VoiceSection

NAME = "templates"
OF_MARGIN, OF_COST, OF_ANY = 7.5, -14.3, 14.7
"""How sure a word is: the logistic of its margin, its cost and a constant, weighted by these.

Fitted to words said by six people, of which half had been taught by them; see docs/benchmarks.md.
"""
WIDEST = 0.6
"""More margin than this makes no word surer."""
DIGIT_MARGIN, MARGIN_STEP = 0.04, 0.03
"""At what margin a digit within a number is as likely wrong as right, and in what steps."""
FARTHEST, FAR_STEP = 1.38, 0.06
"""At what cost a digit within a number is as likely none as one."""
LEFT, LEFT_STEP = 0.25, 0.05
"""How much of what was spoken may belong to no word."""
CANDIDATES = 4

_DIGIT, _REPEAT, _BEFORE, _NAME, _ALONE = range(5)
_FOLLOW = (
    (_DIGIT, _DIGIT),
    (_DIGIT, _REPEAT),
    (_REPEAT, _DIGIT),
    (_BEFORE, _DIGIT),
    (_BEFORE, _REPEAT),
    (_BEFORE, _NAME),
)


def open_templates(section: VoiceSection) -> Recogniser:
    """The engine.

    Args:
        section: `[voice]`.

    Raises:
        Missing: nothing was taught yet, in any language.
    """
    del section
    engine = Templates()
    if not any(engine.path(language).exists() for language in _languages()):
        raise Missing("taught_nothing")
    return engine


class Templates:
    """Hears what was taught; takes it anew whenever the file has changed.

    Args:
        path: of the file of each language.
    """

    name = NAME

    def __init__(self, path: Callable[[str], Path] = path_for) -> None:
        self.path = path

    def supports(self, language: str) -> bool:
        """Whether anything was taught in a language."""
        return self.path(language).exists()

    def prepare(self, expected: Expected) -> None:
        """Read what was taught.

        Raises:
            Damaged: the file cannot be used.
        """
        self._matcher(expected.language)

    def listen(self, expected: Expected) -> Listening:
        """Begin to hear.

        Raises:
            Damaged: the file cannot be used.
        """
        return Listening(self._matcher(expected.language), expected)

    def _matcher(self, language: str) -> Matcher | None:
        path = self.path(language)
        try:
            stat = path.stat()
        except OSError:
            return None
        return _made(path, language, stat.st_mtime_ns, stat.st_size)


class Listening:
    """One stretch of speech."""

    def __init__(self, matcher: Matcher | None, expected: Expected) -> None:
        self._matcher, self._expected = matcher, expected
        self._sound: list[Samples] = []

    def feed(self, samples: Samples) -> None:
        """Take what was spoken since the last call."""
        self._sound.append(samples)

    def finish(self) -> Hearing:
        """Say what it was."""
        if self._matcher is None or not self._sound:
            return Hearing(engine=NAME)
        kind_of, rules = grammar(self._expected)
        found = self._matcher.find(cepstra(np.concatenate(self._sound)), kind_of, rules)
        return Hearing(engine=NAME) if found is None else judged(found, self._expected.language)


def grammar(expected: Expected) -> tuple[Callable[[Sample], int | None], Rules]:
    """What can be said now of what was taught: the kind of each sample, and what may follow."""
    anything = not (expected.intents or expected.names or expected.choices or expected.digits)
    intents = set(expected.intents)
    names = {fold(name.said) for name in expected.names}
    choices = {fold(choice) for choice in expected.choices}
    bare_digits = anything or expected.digits or "choose" in intents

    def kind_of(sample: Sample) -> int | None:
        role, said = sample.role, fold(sample.label)
        if role == items.DIGIT:
            return _DIGIT
        if role == items.REPEAT:
            return _REPEAT
        if role == items.NAME:
            return _NAME if anything or said in names or said in choices else None
        kind, _, intent = role.partition(":")
        if not anything and intent not in intents and said not in choices:
            return None
        if kind == "before":
            return None if expected.digits else _BEFORE
        return _ALONE

    first = {_ALONE, _BEFORE}
    if bare_digits:
        first |= {_DIGIT, _REPEAT}
    if anything or choices:
        first.add(_NAME)
    return kind_of, Rules(frozenset(first), _FOLLOW, frozenset({_DIGIT, _BEFORE, _NAME, _ALONE}))


def judged(found: Found, language: str) -> Hearing:
    """What was found as candidates, with the likeliest slips, each with how sure it is.

    Args:
        found: by the matcher.
        language: of what was said.
    """
    words = [(spoken.word.label, spoken.word.role) for spoken in found.words]
    within = len(words) > 1
    any_of_it = _logistic((LEFT - found.left) / LEFT_STEP)
    nearest, which = 1.0, 1.0
    for spoken in found.words:
        if within and spoken.word.role in {items.DIGIT, items.REPEAT}:
            nearest = min(nearest, _logistic((FARTHEST - spoken.cost) / FAR_STEP))
            which *= _logistic((spoken.margin - DIGIT_MARGIN) / MARGIN_STEP)
        else:
            margin = min(WIDEST, spoken.margin)
            any_of_it *= _logistic(OF_MARGIN * margin + OF_COST * spoken.cost + OF_ANY)
            which *= _logistic(spoken.margin / MARGIN_STEP)
    any_of_it *= nearest
    best = any_of_it * which
    candidates = [Heard(items.as_typed(words, language), best)]
    doubtful = sorted(range(len(words)), key=lambda at: found.words[at].margin)
    for at in doubtful[: CANDIDATES - 1]:
        spoken = found.words[at]
        if spoken.rival is not None:
            slip = [*words[:at], (spoken.rival.label, spoken.rival.role), *words[at + 1 :]]
            odds = min(0.99, exp(-spoken.margin / MARGIN_STEP))
            candidates.append(Heard(items.as_typed(slip, language), best * odds))
    return Hearing(_different(candidates), 1 - any_of_it, NAME)


def _different(candidates: list[Heard]) -> tuple[Heard, ...]:
    """Each text once: "zero" and "oh" are the same digit."""
    scores: dict[str, float] = {}
    for heard in candidates:
        scores[heard.text] = min(1.0, scores.get(heard.text, 0.0) + heard.score)
    ordered = sorted(scores.items(), key=lambda item: -item[1])
    return tuple(Heard(text, score) for text, score in ordered)


def _logistic(x: float) -> float:
    return 1 / (1 + exp(-max(-50.0, min(50.0, x))))


@functools.lru_cache(maxsize=8)
def _made(path: Path, language: str, _changed: int, _size: int) -> Matcher | None:
    taught = load(path, language)
    return Matcher(taught.samples) if taught.samples else None


def _languages() -> tuple[str, ...]:
    from assistant.language import languages

    return languages()
