"""The sentences that keys stand for, read as if somebody had typed them."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from assistant.contract import ACTS, DIALOGUE, QUERIES, Command
from assistant.directory import Directory
from assistant.understanding import ACT, Understanding

SHIPPED = "en"
"""The language of the bindings that the product comes with; whatever else is spoken, it counts."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """What a sentence means."""

    command: Command
    nobody: str = ""
    """Whom it names without their being in the contacts; it is asked about then."""


class Phrases:
    """Reads sentences in the user's languages, and in English.

    A key does what is written for it or nothing: no misspelled or doubtful sentence counts.

    Args:
        languages: the user's, the first one before the others.
        directory: the people who may be named.
        understanding: reads these languages.
    """

    def __init__(
        self, languages: Sequence[str], directory: Directory, understanding: Understanding
    ) -> None:
        self._languages, self._directory = tuple(languages), directory
        self._own = understanding

    def read(self, sentence: str) -> Phrase | None:
        """What a sentence means; None when it is no command."""
        both = (self._own, self._english) if SHIPPED not in self._languages else (self._own,)
        readings = [understanding.parse(sentence) for understanding in both]
        for how in ("exact", "unknown party"):
            for found in readings:
                if found.how == how and found.command.intent != "none" and found.confidence >= ACT:
                    return Phrase(found.command, _nobody(found.command))
        return None

    def shown(self, sentence: str) -> str:
        """The sentence, in the user's own language where it is one of the shipped ones."""
        shipped = self._english.parse(sentence)
        if SHIPPED in self._languages or shipped.how != "exact":
            return sentence
        for example in self._own.phrases([shipped.command.intent]):
            if self._own.parse(example).command == shipped.command:
                return example
        return sentence

    def nearest(self, sentence: str) -> str | None:
        """Something that can be said and is spelled much like it."""
        intents = sorted(ACTS | QUERIES | DIALOGUE)
        known = (*self._own.phrases(intents), *self._english.phrases(intents))
        found = difflib.get_close_matches(sentence.casefold(), known, n=1)
        return found[0] if found else None

    @cached_property
    def _english(self) -> Understanding:
        if SHIPPED in self._languages:
            return self._own
        return Understanding((SHIPPED,), self._directory)


def _nobody(command: Command) -> str:
    for name in ("target", "to"):
        party = command.slots.get(name)
        if isinstance(party, dict) and "unknown" in party:
            return str(party["unknown"])
    return ""
