"""The reference of commands, for `docs/commands.md`: made from the same data that is understood.

python -m assistant.understanding.reference > docs/commands.md
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

from assistant.language import languages, load_language
from assistant.understanding.template import Choice, Expression, Sequence, Slot, Word, parse

_SHOWN = 12
"""Phrases shown for each command and language."""


def reference() -> str:
    """The whole page, in Markdown."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield "# What can be said"
    yield ""
    yield "Made from the language files by `python -m assistant.understanding.reference`; a test"
    yield "keeps it true. Round brackets hold alternatives, square ones what may be left out, and"
    yield "words in braces stand for somebody or for a call: `{to}` is a name or a number,"
    yield "`{which}` a call (`call 2`, `the other one`, `the held call`, a name). Politeness before"
    yield "and after, hesitations and misspelled words are understood everywhere. These are the"
    yield "first phrases of each; the language files have all of them."
    for code in languages():
        data = load_language(code).data
        yield ""
        yield f"## {data['name']}"
        for intent, entry in data["intents"].items():
            yield ""
            yield f"**{intent}**"
            yield ""
            phrases = [item if isinstance(item, str) else item["say"] for item in entry["say"]]
            shown = [_short(parse(phrase, data["rules"])) for phrase in phrases[:_SHOWN]]
            yield from (f"- `{phrase}`" for phrase in dict.fromkeys(shown))


def _short(expression: Expression) -> str:
    """A template with its rules written out, and of many alternatives the first four."""
    if isinstance(expression, Word):
        return expression.text
    if isinstance(expression, Slot):
        return f"{{{expression.name}}}"
    if isinstance(expression, Sequence):
        return " ".join(_short(item) for item in expression.items)
    if isinstance(expression, Choice):
        parts = [_short(item) for item in expression.items]
        optional = not parts[0]
        parts = [part for part in parts if part]
        text = "|".join(parts[:4]) + ("|…" if len(parts) > 4 else "")
        return f"[{text}]" if optional else f"({text})"
    raise TypeError(expression)


if __name__ == "__main__":
    reconfigure = getattr(sys.stdout, "reconfigure", None)
    if reconfigure is not None:  # Windows' consoles and pipes are not UTF-8 by themselves
        reconfigure(encoding="utf-8", newline="\n")
    sys.stdout.write(reference())
