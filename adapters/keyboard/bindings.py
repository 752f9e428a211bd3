"""The file of bindings: read, checked line by line, made a layout."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from adapters.keyboard.binding import (
    ENTRY_KEYS,
    Action,
    Binding,
    Hush,
    Layout,
    Number,
    Say,
    Stroke,
    Strokes,
    Talk,
    written,
)
from adapters.keyboard.phrases import Phrases
from adapters.keyboard.problem import BindingsError, Problem, problem
from adapters.keyboard.strokes import is_modifier, is_written_with, sequences, strokes
from adapters.keyboard.toml_lines import lines_of

PARTS = ("leader", "keys", "speed_dial", "digits", "layers")
LAYER_PARTS = ("leader", "keys", "digits")
FORMS = ({"press", "hold", "seconds"}, {"number"}, {"speed_dial"}, {"talk"}, {"hush"})
"""What a binding in braces may have."""
SLOTS = tuple("0123456789")
MEANINGS = (*SLOTS, "*", "#", "+", *ENTRY_KEYS)
SHORTEST, LONGEST = 0.1, 10.0
"""Seconds that a key may have to be held."""


@dataclass(frozen=True, slots=True)
class Bindings:
    """A file of bindings that can be used."""

    path: Path
    layout: Layout
    notes: tuple[Problem, ...]
    """What is worth knowing, though nothing is wrong."""


def load(
    path: Path, layer: str, phrases: Phrases, switches: AbstractSet[str] = frozenset()
) -> Bindings:
    """Read a file of bindings.

    Args:
        path: the file.
        layer: which of its layers counts; all are checked.
        phrases: reads its sentences.
        switches: keys that choose what a scan has lit meanwhile: Enter would dial and also choose.

    Raises:
        BindingsError: something in it is wrong; has all of it, by line.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
        table = tomllib.loads(text)
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else error.reason
        raise BindingsError(path, [problem(None, "keys_unreadable", why=why)]) from error
    except tomllib.TOMLDecodeError as error:
        raise BindingsError(path, [_bad_toml(error, text)]) from error
    file = _File(table, lines_of(text), phrases)
    layouts = file.layouts()
    if not file.problems and layer not in layouts:
        there = ", ".join(layouts)
        file.problems.append(problem(None, "keys_no_layer", name=layer, there=there))
    if not file.problems:
        twice = sorted(layouts[layer].keys & switches)
        file.problems += [problem(None, "switch_key_bound", key=key) for key in twice]
    if file.problems:
        raise BindingsError(path, file.problems)
    return Bindings(path, layouts[layer], tuple(file.notes))


def _bad_toml(error: tomllib.TOMLDecodeError, text: str) -> Problem:
    why, _, place = str(error).partition(" (at ")
    line = re.match(r"line (\d+)", place)
    return problem(int(line[1]) if line else len(text.splitlines()) or 1, "keys_bad_toml", why=why)


@dataclass(frozen=True, slots=True)
class _Bound:
    binding: Binding
    line: int


_Table = dict[Strokes, _Bound]


class _File:
    """One file while it is read; what is wrong gathers in `problems`."""

    def __init__(
        self, table: Mapping[str, Any], lines: Mapping[tuple[str, ...], int], phrases: Phrases
    ) -> None:
        self._table, self._lines, self._phrases = table, lines, phrases
        self._known: dict[str, bool] = {}
        self.problems: list[Problem] = []
        self.notes: list[Problem] = []

    def layouts(self) -> dict[str, Layout]:
        """Every layer that can be made, by its name."""
        self._allow(self._table, PARTS, ())
        slots = self._slots()
        digits = self._digits(("digits",))
        found = {}
        for name, layer in self._section(("layers",)).items():
            where = ("layers", name)
            if not isinstance(layer, dict):
                self._wrong(where, "keys_bad_section", name=name)
                continue
            self._allow(layer, LAYER_PARTS, where)
            at = (*where, "leader") if "leader" in layer else ("leader",)
            leader = self._leader(layer.get("leader", self._table.get("leader")), at)
            common = self._keys(("keys",), leader, slots)
            bound = common | self._keys((*where, "keys"), leader, slots)
            self._check_prefixes(bound)
            merged = {**digits, **self._digits((*where, "digits"))}
            self._check_digits(bound, merged)
            bindings = {keys: item.binding for keys, item in bound.items()}
            found[name] = Layout(bindings, merged)
        self.problems = list({(item.line, repr(item)): item for item in self.problems}.values())
        self.notes = list({(item.line, repr(item)): item for item in self.notes}.values())
        return found

    # Sections

    def _section(self, where: tuple[str, ...]) -> Mapping[str, Any]:
        found: Any = self._table
        for name in where:
            found = found.get(name, {})
        if isinstance(found, dict):
            return found
        self._wrong(where, "keys_bad_section", name=where[-1])
        return {}

    def _allow(
        self, table: Mapping[str, Any], allowed: Iterable[str], where: tuple[str, ...]
    ) -> None:
        for name in table:
            if name not in allowed:
                self._unknown(name, allowed, (*where, name))

    def _unknown(self, name: str, allowed: Iterable[str], where: tuple[str, ...]) -> None:
        near = difflib.get_close_matches(name, allowed, n=1)
        if near:
            self._wrong(where, "keys_unknown_part_near", name=name, near=near[0])
        else:
            self._wrong(where, "keys_unknown_part", name=name, allowed=", ".join(allowed))

    def _leader(self, text: Any, where: tuple[str, ...]) -> tuple[Stroke, ...]:
        if text is None:
            return ()
        if not isinstance(text, str):
            self._wrong(where, "keys_bad_leader")
            return ()
        found = strokes(text.strip(), self._line(where))
        if isinstance(found, Problem):
            self.problems.append(found)
            return ()
        if any(map(is_modifier, found)):
            self._wrong(where, "keys_modifier_alone", keys=text)
            return ()
        return found

    def _slots(self) -> dict[str, str]:
        found = {}
        for slot, whom in self._section(("speed_dial",)).items():
            if slot not in SLOTS or not isinstance(whom, str) or not whom.strip():
                self._wrong(("speed_dial", slot), "keys_bad_slot", name=slot)
            else:
                found[slot] = whom.strip()
        return found

    def _digits(self, where: tuple[str, ...]) -> dict[str, str]:
        found: dict[str, str] = {}
        for meaning, keys in self._section(where).items():
            at = (*where, meaning)
            if meaning not in MEANINGS:
                self._unknown(meaning, MEANINGS, at)
                continue
            if not isinstance(keys, list) or not all(isinstance(key, str) for key in keys):
                self._wrong(at, "keys_bad_digit", name=meaning)
                continue
            for key in keys:
                stroke = strokes(key, self._line(at))
                if isinstance(stroke, Problem):
                    self.problems.append(stroke)
                elif stroke[0].modifiers or is_modifier(stroke[0]):
                    self._wrong(at, "keys_bad_digit", name=meaning)
                elif stroke[0].key in found:
                    other = self._line((*where, found[stroke[0].key]))
                    self._wrong(at, "keys_conflict", keys=key, other=other)
                else:
                    found[stroke[0].key] = meaning
        return found

    # Bindings

    def _keys(
        self, where: tuple[str, ...], leader: tuple[Stroke, ...], slots: Mapping[str, str]
    ) -> _Table:
        found: _Table = {}
        for text, value in self._section(where).items():
            line = self._line((*where, text))
            every, trouble = sequences(text, leader, line)
            if trouble is not None:
                self.problems.append(trouble)
            for keys in every:
                for more, binding in self._bound(value, slots, (*where, text)):
                    self._add(found, (*keys, *more), binding, line)
        return found

    def _add(self, found: _Table, keys: Strokes, binding: Binding, line: int) -> None:
        if keys in found:
            other = found[keys].line
            self.problems.append(problem(line, "keys_conflict", keys=written(keys), other=other))
            return
        if any(map(is_modifier, keys)) and (len(keys) > 1 or binding.tap != Talk("hold")):
            self.problems.append(problem(line, "keys_modifier_alone", keys=written(keys)))
            return
        if is_written_with(keys[0]):
            self.notes.append(problem(line, "keys_typing", keys=str(keys[0])))
        found[keys] = _Bound(binding, line)

    def _bound(
        self, value: Any, slots: Mapping[str, str], where: tuple[str, ...]
    ) -> list[tuple[Strokes, Binding]]:
        """What a value binds, each with the keys that follow."""
        if not isinstance(value, dict):
            said = self._say(value, where)
            return [((), Binding(said))] if said else []
        parts = set(value)
        if not parts or not any(parts <= form for form in FORMS) or parts == {"seconds"}:
            self._wrong(where, "keys_bad_form")
            return []
        if "speed_dial" in value:
            return self._speed_dial(value["speed_dial"], slots, where)
        binding = self._in_braces(value, where)
        return [((), binding)] if binding else []

    def _in_braces(self, value: Mapping[str, Any], where: tuple[str, ...]) -> Binding | None:
        if "talk" in value:
            if value["talk"] not in {"hold", "toggle"}:
                self._wrong(where, "keys_bad_talk")
                return None
            return Binding(Talk(value["talk"]))
        if "hush" in value:
            if value["hush"] is not True:
                self._wrong(where, "keys_bad_form")
                return None
            return Binding(Hush())
        if "number" in value:
            template = self._template(value["number"], "{number}", where)
            if template and self._understood(template.replace("{number}", "200"), where):
                return Binding(Number(template))
            return None
        seconds = value.get("seconds")
        number = isinstance(seconds, int | float) and not isinstance(seconds, bool)
        if seconds is not None and not (
            number and "hold" in value and SHORTEST <= seconds <= LONGEST
        ):
            self._wrong(where, "keys_bad_seconds", low=SHORTEST, high=LONGEST)
            return None
        ways = [name for name in ("press", "hold") if name in value]
        actions = {name: self._say(value[name], where) for name in ways}
        if None in actions.values():
            return None
        tap: Action | None = actions.get("press")
        return Binding(tap, actions.get("hold"), float(seconds) if seconds else None)

    def _speed_dial(
        self, template: Any, slots: Mapping[str, str], where: tuple[str, ...]
    ) -> list[tuple[Strokes, Binding]]:
        wanted = self._template(template, "{who}", where)
        if not wanted or not self._understood(wanted.replace("{who}", "200"), where):
            return []
        found: list[tuple[Strokes, Binding]] = []
        for slot, whom in slots.items():
            said = wanted.replace("{who}", whom)
            if self._understood(said, ("speed_dial", slot)):
                binding = Binding(Say((said,)))
                found += [((Stroke(key),), binding) for key in (slot, f"kp_{slot}")]
        return found

    def _say(self, value: Any, where: tuple[str, ...]) -> Say | None:
        said = [value] if isinstance(value, str) else value
        if not isinstance(said, list) or not said or not all(isinstance(s, str) for s in said):
            self._wrong(where, "keys_bad_value")
            return None
        good = [self._understood(sentence, where) for sentence in said]
        return Say(tuple(said)) if all(good) else None

    def _template(self, value: Any, blank: str, where: tuple[str, ...]) -> str | None:
        if not isinstance(value, str) or value.count(blank) != 1:
            self._wrong(where, "keys_no_blank", blank=blank)
            return None
        return value

    def _understood(self, sentence: str, where: tuple[str, ...]) -> bool:
        phrase = self._phrases.read(sentence)
        if phrase is None:
            near = self._phrases.nearest(sentence)
            if near:
                self._wrong(where, "keys_not_understood_near", what=sentence, near=near)
            else:
                self._wrong(where, "keys_not_understood", what=sentence)
            return False
        if phrase.nobody:
            self.notes.append(problem(self._line(where), "keys_nobody", who=phrase.nobody))
        return True

    # Whole layers

    def _check_prefixes(self, bound: _Table) -> None:
        for keys, item in bound.items():
            for n in range(1, len(keys)):
                first = bound.get(keys[:n])
                if first is not None:
                    line, other = item.line, first.line
                    self.problems.append(
                        problem(
                            line,
                            "keys_never",
                            keys=written(keys),
                            first=written(keys[:n]),
                            other=other,
                        )
                    )

    def _check_digits(self, bound: _Table, digits: Mapping[str, str]) -> None:
        entering = [item.line for item in bound.values() if isinstance(item.binding.tap, Number)]
        missing = [name for name in (*SLOTS, "enter", "cancel") if name not in set(digits.values())]
        if entering and missing:
            self.problems.append(
                problem(entering[0], "keys_digits_missing", missing=", ".join(missing))
            )

    def _wrong(self, where: tuple[str, ...], message: str, **details: object) -> None:
        self.problems.append(problem(self._line(where), message, **details))

    def _line(self, where: tuple[str, ...]) -> int:
        while where and where not in self._lines:
            where = where[:-1]
        return self._lines.get(where, 1)
