"""Sentence templates: `[optional] (this|that) {slot} <rule>`, after hassil's syntax.

A template is read into an expression.

    TemplateError(ValueError)   a template that cannot be read; names it and the place
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

_TOKEN = re.compile(r"\s*([\[\]()|]|\{[a-z_]+\}|<[a-z_]+>|[^\s\[\](){}<>|]+)")


class TemplateError(ValueError):
    """A template that cannot be read."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word that is said as it stands."""

    text: str


@dataclass(frozen=True, slots=True)
class Slot:
    """A place for a party, a call or a number."""

    name: str


@dataclass(frozen=True, slots=True)
class Sequence:
    """One after the other."""

    items: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """One of these."""

    items: tuple[Expression, ...]


Expression = Word | Slot | Sequence | Choice
NOTHING = Sequence(())


def parse(
    template: str, rules: Mapping[str, str], parsed: dict[str, Expression] | None = None
) -> Expression:
    """Read a template.

    Args:
        template: the text.
        rules: named templates, for `<name>`.
        parsed: keeps the rules that have been read.

    Raises:
        TemplateError: it cannot be read.
    """
    return _Reader(template, rules, (), {} if parsed is None else parsed).whole()


class _Reader:
    def __init__(
        self,
        template: str,
        rules: Mapping[str, str],
        inside: tuple[str, ...],
        parsed: dict[str, Expression],
    ) -> None:
        self._template, self._rules, self._inside = template, rules, inside
        self._parsed = parsed
        self._pieces = self._split()
        self._at = 0

    def whole(self) -> Expression:
        found = self._choice()
        if self._at != len(self._pieces):
            raise self._error(f"unexpected {self._pieces[self._at]!r}")
        return found

    def _split(self) -> list[str]:
        tokens, at = [], 0
        text = self._template.rstrip()
        while at < len(text):
            found = _TOKEN.match(text, at)
            if found is None:
                raise self._error(f"cannot be read from {text[at:]!r} on")
            tokens.append(found[1])
            at = found.end()
        return tokens

    def _choice(self) -> Expression:
        items = [self._sequence()]
        while self._peek() == "|":
            self._at += 1
            items.append(self._sequence())
        return items[0] if len(items) == 1 else Choice(tuple(items))

    def _sequence(self) -> Expression:
        items = []
        while self._peek() not in {"|", ")", "]", ""}:
            items.append(self._item())
        return items[0] if len(items) == 1 else Sequence(tuple(items))

    def _item(self) -> Expression:
        piece = self._pieces[self._at]
        self._at += 1
        if piece in "([":
            inner = self._choice()
            wanted = ")" if piece == "(" else "]"
            if self._peek() != wanted:
                raise self._error(f"{wanted!r} is missing")
            self._at += 1
            return inner if piece == "(" else Choice((NOTHING, inner))
        if piece[0] == "{":
            return Slot(piece[1:-1])
        if piece[0] == "<":
            return self._rule(piece[1:-1])
        return Word(piece)

    def _rule(self, name: str) -> Expression:
        if name not in self._rules:
            raise self._error(f"there is no rule <{name}>")
        if name in self._inside:
            raise self._error(f"rule <{name}> contains itself")
        if name not in self._parsed:
            inside = (*self._inside, name)
            reader = _Reader(self._rules[name], self._rules, inside, self._parsed)
            self._parsed[name] = reader.whole()
        return self._parsed[name]

    def _peek(self) -> str:
        return self._pieces[self._at] if self._at < len(self._pieces) else ""

    def _error(self, problem: str) -> TemplateError:
        return TemplateError(f"template {self._template!r}: {problem}")
