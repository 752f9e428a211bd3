"""Text to commands: what somebody said becomes a Command with its slots, or `none`.

text        letters folded, words and numbers            assistant/text.py
template    the syntax of the language files' sentences
grammar     sentences as one network of words
lexicon     a language, made ready
spelling    words misspelled
digits      numbers in figures and words
letters     letters as they are spelled aloud
reading     what a slot may take: parties, numbers, calls
parser      one language's ways of reading a sentence
answers     the answer to a question that was asked
edits       what is said while a number or a name is given piece by piece
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from assistant.contract import Command
from assistant.directory import Directory
from assistant.understanding.answers import answer_to
from assistant.understanding.lexicon import Lexicon, lexicon
from assistant.understanding.parser import Guess, Parser

ACT, ASK = 0.8, 0.5
"""Confidence from which on a command is carried out, and from which on it is asked about."""

_ALTERNATIVES = 3


@dataclass(frozen=True, slots=True)
class Understood:
    """What a text was taken to mean."""

    text: str
    command: Command
    confidence: float
    """From 0 to 1."""
    language: str
    alternatives: tuple[Guess, ...] = ()
    """What else it may have meant, the likeliest first."""
    how: str = ""
    """Which way of reading found it."""
    template: str = ""
    """The sentence of the language file that it was taken for."""

    def to_json(self) -> dict[str, Any]:
        """As `phonebar parse` prints it."""
        return {
            "text": self.text,
            **self.command.to_json(),
            "confidence": round(self.confidence, 2),
            "language": self.language,
            "alternatives": [
                {**guess.command.to_json(), "confidence": round(guess.confidence, 2)}
                for guess in self.alternatives
            ],
        }

    def explained(self) -> dict[str, Any]:
        """The same with why: the way of reading, the template, and what is done with it."""
        act = self.confidence >= ACT
        ignored = self.confidence < ASK or self.command.intent == "none"
        return {
            **self.to_json(),
            "how": self.how or "no reading fits",
            "template": self.template,
            "then": "ignored" if ignored else "acted upon" if act else "asked about",
        }


class Understanding:
    """Reads what people say in any of several languages.

    Args:
        languages: their codes; of two readings as good, the earlier language's counts.
        directory: the people who may be named.
        spelling: the user's own words for letters; each stands for its first one.

    Raises:
        LanguageError: there is no such language.
    """

    def __init__(
        self, languages: Sequence[str], directory: Directory, spelling: Sequence[str] = ()
    ) -> None:
        made = {code: _with_letters(lexicon(code), spelling) for code in languages}
        words = frozenset().union(*(item.shared_words for item in made.values()))
        pronouns = frozenset().union(*(item.not_a_party | item.things for item in made.values()))
        self._letters = {code: item.letters for code, item in made.items()}
        self._parsers = {
            code: Parser(item, directory, words, pronouns) for code, item in made.items()
        }

    def parse(self, text: str, *, language: str | None = None) -> Understood:
        """What `text` means.

        Args:
            text: what was said or typed.
            language: try this one only, if it is among the languages.
        """
        best = Understood(text, Command("none"), 1.0, self._first(language))
        sure = 0.0
        for code, parser in self._asked(language):
            guesses = parser.parse(parser.tokens(text))
            if guesses and guesses[0].confidence > sure:
                first, *others = guesses
                sure = first.confidence
                alternatives = tuple(others[:_ALTERNATIVES])
                best = Understood(
                    text, first.command, sure, code, alternatives, first.how, first.template
                )
        return best

    def parse_answer(
        self, text: str, labels: Sequence[str], *, language: str | None = None
    ) -> Command:
        """What `text` means as the answer to a question.

        Returns:
            `yes`, `no`, `cancel`; `choose` with `index` (from 0; -1 is the last) or `text`;
            `correct` with the `target` that was meant; a whole command; or `none`.
        """
        for _, parser in self._asked(language):
            command = answer_to(parser, text, labels)
            if command.intent != "none":
                return command
        return Command("none")

    def parse_edits(self, text: str, kind: str, *, language: str | None = None) -> Command:
        """What `text` does to a number or a name that is being given piece by piece.

        Args:
            text: what was said or typed.
            kind: `number` or `name`.
            language: try this one only, if it is among the languages.

        Returns:
            `edit` with the `edits`, each a pair of what is done and the digits or letters; or
            `none` when the sentence is anything else.
        """
        for _, parser in self._asked(language):
            edits = parser.edits(parser.tokens(text), kind)
            if edits:
                return Command("edit", {"edits": [list(edit) for edit in edits]})
        return Command("none")

    def letters(self, language: str | None = None) -> tuple[str, ...]:
        """The words that stand for letters."""
        return tuple(self._letters[self._first(language)].words)

    def phrases(self, intents: Iterable[str], language: str | None = None) -> tuple[str, ...]:
        """What can be said for each of these intents, an example or more each."""
        examples = lexicon(self._first(language)).examples
        return tuple(phrase for intent in intents for phrase in examples.get(intent, ()))

    def _first(self, language: str | None) -> str:
        return language if language in self._parsers else next(iter(self._parsers))

    def _asked(self, language: str | None) -> list[tuple[str, Parser]]:
        if language in self._parsers:
            return [(language, self._parsers[language])]
        return list(self._parsers.items())


def _with_letters(made: Lexicon, spelling: Sequence[str]) -> Lexicon:
    return replace(made, letters=made.letters.with_words(spelling)) if spelling else made
