"""The grammar as JSGF, for recognisers that listen for nothing else than what can be said now.

The same templates as the chat parser reads, in the JSpeech Grammar Format (W3C Note of 5 June
2000); what stands in slots becomes rules of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from assistant.directory import Directory
from assistant.language import load_language
from assistant.names import name_words
from assistant.understanding.letters import LetterWords
from assistant.understanding.reading import CALLS_ONLY
from assistant.understanding.template import Choice, Expression, Slot, Word, parse

_PARTIES = frozenset({"target", "to", "known", "to_known", "named", "party"})
_REFERENCES = frozenset({"which", "whom"})
_CALLS = frozenset({"call", "a", "b"})
_RESERVED = re.compile(r"""[;=|*+<>()\[\]{}/\\"\s]+""")


def jsgf(code: str, intents: Iterable[str], directory: Directory) -> str:
    """A language's grammar in JSGF.

    Args:
        code: the language.
        intents: those that can be said now, e.g. what `actions.possible` gives.
        directory: the people who can be named.

    Raises:
        LanguageError: there is no such language.
    """
    data = load_language(code).data
    chosen = [intent for intent in dict.fromkeys(intents) if intent in data["intents"]]
    lines = [
        "#JSGF V1.0 UTF-8;",
        "grammar phonebar;",
        "",
        f"public <command> = [<before>] ({' | '.join(f'<{name}>' for name in chosen)}) [<after>];",
    ]
    parts = {intent: _sentences(data["intents"][intent]["say"]) for intent in chosen}
    parts |= {name: data[name] for name in ("before", "after")}
    kinds = data["references"]
    some_call = [item for kind in CALLS_ONLY for item in kinds[kind]]
    others = [item for kind in kinds if kind not in CALLS_ONLY for item in kinds[kind]]
    parts |= {"some_call": some_call, "reference": ["{call}", *others]}
    lines += [_rule(name, templates, data["rules"]) for name, templates in parts.items()]
    # Recognisers take no rule that contains itself, so "the number of ..." ends with somebody.
    form = _rule("party_form", data["party_forms"], data["rules"])
    lines.append(form.replace("<party>", "<someone>"))
    lines += _word_rules(data, directory)
    return "\n".join(lines) + "\n"


def _sentences(items: Sequence[Any]) -> list[str]:
    return [item if isinstance(item, str) else item["say"] for item in items]


def _rule(name: str, templates: Iterable[str], rules: Mapping[str, str]) -> str:
    ways = [_text(parse(template, rules)) for template in templates]
    return f"<{name}> = " + "\n  | ".join(ways) + ";"


def _word_rules(data: Mapping[str, Any], directory: Directory) -> Iterator[str]:
    """People, numbers and what else stands in slots."""
    names = [name for person in directory.contacts for name in (person.name, *person.aliases)]
    pronouns = set(data["not_a_party"].split())
    people = dict.fromkeys(" ".join(name_words(name)) for name in names)
    people = {name: None for name in people if name not in pronouns}
    yield "<person> = " + (" | ".join(_spoken(name) for name in people) or "<VOID>") + ";"
    articles = " | ".join(_spoken(word) for word in data["articles"]) or "<NULL>"
    yield f"<someone> = [{articles}] <person> | <number>;"
    yield "<party> = <someone> | <party_form>;"
    yield "<parties> = <reference> (<between> <reference>)*;"
    yield f"<between> = {' | '.join(map(_spoken, data['between_parties']))};"
    endings = [ending for ending in data["owner_endings"] if ending.startswith("'")]
    owners = [_spoken(name + endings[0]) for name in people] if endings else []
    yield "<owner> = " + (" | ".join(owners) or "<VOID>") + ";"
    numbers = data["numbers"]
    plus = [word for word, digit in numbers["digits"].items() if digit == "+"]
    digits = [word for word, digit in numbers["digits"].items() if digit != "+" and len(word) > 1]
    single = [word for word in digits if len(numbers["digits"][word]) == 1]
    several = [word for word in digits if word not in single]
    yield f"<digit> = {' | '.join(map(_spoken, single))};"
    yield f"<digits> = {' | '.join(map(_spoken, several)) or '<VOID>'};"
    repeats = " | ".join(map(_spoken, numbers["repeats"])) or "<VOID>"
    start = " | ".join(map(_spoken, plus)) or "<VOID>"
    yield f"<number> = [{start}] ([{repeats}] <digit> | <digits>)+;"
    spelling = LetterWords.read(data["spelling"], {}).words
    yield f"<letters> = ({' | '.join(filter(None, map(_spoken, spelling)))})+;"
    small = [word for word, digit in numbers["digits"].items() if digit in {*"123456789"}]
    yield f"<n> = {' | '.join(map(_spoken, small))};"
    yield f"<ordinal> = {' | '.join(map(_spoken, numbers['ordinals']))};"


def _text(expression: Expression) -> str:
    if isinstance(expression, Word):
        return _spoken(expression.text)
    if isinstance(expression, Slot):
        if expression.name in _PARTIES:
            return "<party>"
        if expression.name in _REFERENCES:
            return "<reference>"
        if expression.name in _CALLS:
            return "<some_call>"
        return "<parties>" if expression.name in {"parties", "members"} else f"<{expression.name}>"
    parts = [_text(item) for item in expression.items]
    if isinstance(expression, Choice):
        if not parts[0]:
            return f"[{' | '.join(parts[1:])}]"
        return f"({' | '.join(parts)})"
    return " ".join(parts)


def _spoken(words: str) -> str:
    """As it stands; what nobody can say, such as a question mark, is said by nobody."""
    said = _RESERVED.sub(" ", words).strip()
    return said if any(char.isalnum() for char in said) else "<VOID>"
