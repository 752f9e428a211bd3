"""What can be taught: digits, commands, names, sentences; and what each is in a sentence.

A role is `digit`, `repeat` (double), `before:INTENT` (what stands before a name or a number),
`alone:INTENT` (a whole sentence), or `name`.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable
from dataclasses import dataclass

from assistant.language import load_language
from assistant.text import fold
from assistant.understanding.digits import NumberWords

FIGURES = "0123456789"
DIGIT, REPEAT, NAME = "digit", "repeat", "name"
BEFORE, ALONE = "before:", "alone:"


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to be taught."""

    label: str
    """What is said, as it would be typed."""
    role: str


@functools.cache
def digits(language: str) -> tuple[Item, ...]:
    """The ten digits, and what else is said in numbers.

    Raises:
        LanguageError: there is no such language.
    """
    data = load_language(language).data
    numbers = data["numbers"]
    first: dict[str, str] = {}
    for word, digit in numbers["digits"].items():
        first.setdefault(str(digit), str(word))
    ten = [Item(first[figure], DIGIT) for figure in "0123456789"]
    more = [
        Item(str(word), REPEAT if word in numbers["repeats"] else DIGIT)
        for word in data["taught"]["numbers"]
    ]
    return (*ten, *more)


@functools.cache
def commands(language: str) -> tuple[Item, ...]:
    """The common commands and answers.

    Raises:
        LanguageError: there is no such language.
    """
    taught = load_language(language).data["taught"]
    return (
        *(Item(str(text), f"{ALONE}{intent}") for intent, text in taught["alone"].items()),
        *(Item(str(text), f"{BEFORE}{intent}") for intent, text in taught["before"].items()),
    )


def known(label: str, language: str) -> Item | None:
    """The item of a label, however it is written; None when it is none of the usual ones.

    Raises:
        LanguageError: there is no such language.
    """
    folded = _folded(label)
    if len(folded) == 1 and folded in FIGURES:
        return digits(language)[FIGURES.index(folded)]
    for item in (*digits(language), *commands(language)):
        if _folded(item.label) == folded:
            return item
    return None


def as_typed(words: Iterable[tuple[str, str]], language: str) -> str:
    """A sentence of words that were found, as it would be typed: digits together, in figures.

    Args:
        words: label and role of each.
        language: theirs.
    """
    numbers = _numbers(language)
    parts: list[str] = []
    in_digits, times = False, 1
    for label, role in words:
        if role == REPEAT:
            times = numbers.repeats.get(fold(label), 1)
            continue
        if role == DIGIT:
            figures = numbers.digits.get(fold(label), label) * times
            if in_digits:
                parts[-1] += figures
            else:
                parts.append(figures)
        else:
            parts.append(label)
        in_digits, times = role == DIGIT, 1
    return " ".join(parts)


@functools.cache
def _numbers(language: str) -> NumberWords:
    return NumberWords.read(language, load_language(language).data["numbers"])


def _folded(label: str) -> str:
    return " ".join(fold(label).split())
