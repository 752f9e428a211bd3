"""Sentences made by the thousand, each with the command that it means.

Templates, parties, calls, fillers and typos are put together at random. What is made is known by
construction: the template says the intent, its slots say what they were filled with. So the whole
grammar of every language can be tried under noise.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from assistant.contract import ACTS, Command
from assistant.directory import Directory
from assistant.language import load_language
from assistant.names import name_words
from assistant.text import bare_word, fold
from assistant.understanding.grammar import Meaning
from assistant.understanding.lexicon import lexicon
from assistant.understanding.parser import command_of
from assistant.understanding.reading import CURRENT
from assistant.understanding.template import Choice, Expression, Slot, Word, parse

NOISES = ("clean", "polite", "hesitating", "typo", "two typos", "space", "shouted", "plain")
MADE = ACTS | {"list_calls", "help"}
"""Intents whose sentences are made: those that stand by themselves."""
_NEIGHBOURS = {
    "a": "sq",
    "e": "wr",
    "i": "uo",
    "o": "ip",
    "u": "yi",
    "l": "k",
    "n": "bm",
    "r": "et",
}


@dataclass(frozen=True, slots=True)
class Row:
    """A sentence and what it means."""

    text: str
    command: Command
    noise: str


class Corpus:
    """Makes sentences of one language.

    Args:
        code: the language.
        directory: whose people are named.
        random: makes it repeatable.
    """

    def __init__(self, code: str, directory: Directory, random: Random) -> None:
        self._data = load_language(code).data
        self._lexicon = lexicon(code)
        self._directory, self._random = directory, random
        self._rules = self._data["rules"]
        self._templates: list[tuple[str, Mapping[str, Any], Expression]] = []
        for intent, entry in self._data["intents"].items():
            if intent not in MADE:
                continue
            for item in entry["say"]:
                say, fixed = (item, {}) if isinstance(item, str) else (item["say"], item["slots"])
                self._templates.append((intent, fixed, parse(say, self._rules)))

    def rows(self, count: int, noises: Sequence[str] = NOISES) -> Iterator[Row]:
        """That many sentences."""
        for _ in range(count):
            intent, fixed, expression = self._random.choice(self._templates)
            filled: list[tuple[str, Any]] = []
            text = self._say(expression, filled)
            command = command_of(Meaning(intent, fixed), filled)
            noise = self._random.choice(noises)
            yield Row(self._noisy(text, noise), command, noise)

    def _say(self, expression: Expression, filled: list[tuple[str, Any]]) -> str:
        if isinstance(expression, Word):
            return expression.text
        if isinstance(expression, Slot):
            text, value = self._slot(expression.name)
            filled.append((expression.name, value))
            return text
        if isinstance(expression, Choice):
            return self._say(self._random.choice(expression.items), filled)
        return " ".join(filter(None, [self._say(item, filled) for item in expression.items]))

    def _slot(self, name: str) -> tuple[str, Any]:
        if name in {"target", "to", "known", "to_known", "party", "named"}:
            return self._party()
        if name in {"which", "whom"}:
            return self._reference(("other", "held", "ringing", "all", "number", CURRENT, "party"))
        if name in {"a", "b", "call"}:
            return self._reference(("other", "held", "number"))
        if name == "n":
            n = self._random.randint(1, 9)
            return str(n), n
        if name == "ordinal":
            word = self._random.choice([w for w, n in self._lexicon.ordinals.items() if n > 0])
            return word, self._lexicon.ordinals[word]
        if name == "owner":
            text, value = self._party(people_only=True)
            return f"{text}{self._lexicon.owner_endings[0]}", value
        if name in {"parties", "members"}:
            text, value = self._party()
            return text, [value]
        raise ValueError(name)

    def _reference(self, kinds: Sequence[str]) -> tuple[str, Any]:
        kind = self._random.choice(kinds)
        if kind == "party":
            return self._party(people_only=True)
        filled: list[tuple[str, Any]] = []
        template = self._random.choice(self._data["references"][kind])
        text = self._say(parse(template, self._rules), filled)
        return text, filled[0][1] if filled else kind

    def _party(self, *, people_only: bool = False) -> tuple[str, Any]:
        if not people_only and self._random.random() < 0.3:
            digits = "".join(self._random.choices("0123456789", k=self._random.randint(3, 12)))
            return digits, {"number": digits}
        contact = self._random.choice(self._directory.contacts)
        name = self._random.choice([contact.name, contact.name, *contact.aliases])
        found = self._directory.exact(name_words(name))
        if len(found) != 1 or bare_word(name) in self._lexicon.not_a_party:
            return contact.name, {"contact": contact.name}
        return name, {"contact": found[0].name}

    def _noisy(self, text: str, noise: str) -> str:
        if noise == "polite":
            return f"{self._phrase('before')} {text} {self._phrase('after')}"
        if noise == "hesitating":
            return self._hesitating(text)
        if noise == "typo":
            return self.misspelled(text)
        if noise == "two typos":
            return self.misspelled(self.misspelled(text))
        if noise == "space":
            return self._respaced(text)
        if noise == "shouted":
            return text.upper()
        return fold(text) if noise == "plain" else text

    def _phrase(self, part: str) -> str:
        return self._say(parse(self._random.choice(self._data[part]), self._rules), [])

    def _hesitating(self, text: str) -> str:
        words = text.split()
        place = self._random.randint(0, len(words))
        hesitation = self._random.choice(sorted(self._lexicon.hesitations))
        return " ".join([*words[:place], hesitation, *words[place:]])

    def misspelled(self, text: str) -> str:
        """A letter of a longer word changed, so that it is no other real word or name."""
        words = text.split()
        places = [n for n, word in enumerate(words) if len(word) > 3 and word.isalpha()]
        if not places:
            return text
        place = self._random.choice(places)
        for _ in range(10):
            changed = self._typo(words[place])
            folded = bare_word(changed)
            if folded not in self._lexicon.real_words and not self._directory.exact([folded]):
                return " ".join([*words[:place], changed, *words[place + 1 :]])
        return text

    def _typo(self, word: str) -> str:
        at = self._random.randrange(1, len(word) - 1)
        kind = self._random.choice(("swap", "drop", "double", "neighbour"))
        if kind == "swap":
            return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
        if kind == "drop":
            return word[:at] + word[at + 1 :]
        if kind == "double":
            return word[:at] + word[at] + word[at:]
        letter = self._random.choice(_NEIGHBOURS.get(word[at].lower(), "x"))
        return word[:at] + letter + word[at + 1 :]

    def _respaced(self, text: str) -> str:
        places = [n for n, char in enumerate(text) if char == " " and 1 < n < len(text) - 2]
        places = [n for n in places if text[n - 1].isalpha() and text[n + 1].isalpha()]
        if not places:
            return text
        at = self._random.choice(places)
        if self._random.random() < 0.5:
            return text[: at - 1] + " " + text[at - 1] + text[at + 1 :]
        return text[:at] + text[at + 1] + " " + text[at + 2 :]
