"""Who is at the far ends of a simulated telephone: a TOML file, and numbers known to everyone.

`config/scenario.toml` explains every key. A number's behaviour is the first of: its entry in the
scenario file, the magic numbers below, the file's `[default]`.

    5550100  answers at once          5550104  unknown number
    5550101  is busy                  5550105  cannot be reached
    5550102  rings, never answers     5550106  answers at once, hangs up after 5 s
    5550103  rings, then rejects      55502NN  answers after NN seconds

Source: 555-01XX is the range kept for fiction in the North American Numbering Plan.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from phonebar.protocol import is_number

EMERGENCY = frozenset({"112", "911", "999"})
EMERGENCY_NOTE = "Simulated call: this reaches nobody. In an emergency use a real telephone."


class ScenarioError(ValueError):
    """A scenario that cannot be played; the message names the file, the key and what is allowed."""


class Outcome(StrEnum):
    """What becomes of a call to a number."""

    ANSWERS = "answers"
    BUSY = "busy"
    REJECTS = "rejects"
    NEVER_ANSWERS = "never_answers"
    UNKNOWN = "unknown"
    UNREACHABLE = "unreachable"


_AFTER = {
    Outcome.ANSWERS: 2.0,
    Outcome.BUSY: 0.5,
    Outcome.REJECTS: 1.5,
    Outcome.NEVER_ANSWERS: 0.0,
    Outcome.UNKNOWN: 0.3,
    Outcome.UNREACHABLE: 1.0,
}


@dataclass(frozen=True, slots=True)
class FarEnd:
    """How a number behaves when it is dialled; all times in seconds."""

    outcome: Outcome = Outcome.ANSWERS
    after: float | None = None
    """From dialling to the outcome; None means what is usual for it."""
    rings_after: float = 0.3
    """From dialling to the ringing; nothing rings when the outcome comes first."""
    hangs_up_after: float | None = None
    """From answering to hanging up; None means never."""

    @property
    def seconds(self) -> float:
        """From dialling to the outcome."""
        return _AFTER[self.outcome] if self.after is None else self.after


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody who calls in; all times in seconds."""

    number: str
    at: float
    """From the simulator's start."""
    every: float | None = None
    """Calls again that much later, and so on; None means once."""
    gives_up_after: float | None = None
    """Unanswered for that long; None means the line's own 60 s."""
    hangs_up_after: float | None = None
    """After being answered; None means never."""


MAGIC: Mapping[str, FarEnd] = {
    "5550100": FarEnd(after=0.0),
    "5550101": FarEnd(Outcome.BUSY),
    "5550102": FarEnd(Outcome.NEVER_ANSWERS),
    "5550103": FarEnd(Outcome.REJECTS),
    "5550104": FarEnd(Outcome.UNKNOWN),
    "5550105": FarEnd(Outcome.UNREACHABLE),
    "5550106": FarEnd(after=0.0, hangs_up_after=5.0),
    **{f"55502{seconds:02}": FarEnd(after=float(seconds)) for seconds in range(100)},
}


@dataclass(frozen=True, slots=True)
class Scenario:
    """Everything scripted about the far ends; all times in seconds."""

    default: FarEnd = FarEnd()
    numbers: tuple[tuple[str, FarEnd], ...] = ()
    """Patterns and behaviours, first match first: `X` is any digit, a final `.` anything."""
    incoming: tuple[Caller, ...] = ()
    latency: float = 0.0
    """Until an answer, a hold, a retrieval or a conference is confirmed."""
    ends_after: float = 0.5
    """Until a hang-up from this side is confirmed."""
    transfer_after: float = 0.5
    """Until a transfer's outcome is known."""

    def far_end(self, number: str) -> FarEnd:
        """How `number` behaves when it is dialled."""
        for pattern, far_end in self.numbers:
            if _matches(pattern, number):
                return far_end
        return MAGIC.get(number, self.default)


def load(path: Path) -> Scenario:
    """Read a scenario file.

    Raises:
        ScenarioError: it cannot be read, or something in it is not allowed.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ScenarioError(f"{path}: cannot be read: {error.strerror}.") from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ScenarioError(f"{path}: is not TOML: {error}.") from error
    return from_table(table, str(path))


def from_table(table: Mapping[str, Any], name: str = "scenario") -> Scenario:
    """Make a scenario of decoded TOML.

    Args:
        table: what `tomllib` read.
        name: the file's name, for messages.

    Raises:
        ScenarioError: something in it is not allowed.
    """
    top = _Table(table, name)
    top.only("default", "number", "incoming", "latency", "ends_after", "transfer_after")
    base = Scenario()
    default = _far_end(top.table("default"), base.default)
    numbers = []
    for entry in top.tables("number"):
        entry.only("match", *_FAR_END_KEYS)
        numbers.append((entry.pattern("match"), _far_end(entry, default)))
    callers = []
    for entry in top.tables("incoming"):
        entry.only(*(key.name for key in fields(Caller)))
        callers.append(
            Caller(
                number=entry.number("number"),
                at=entry.seconds("at", required=True) or 0.0,
                every=entry.seconds("every", least=1.0),
                gives_up_after=entry.seconds("gives_up_after"),
                hangs_up_after=entry.seconds("hangs_up_after"),
            )
        )
    return Scenario(
        default=default,
        numbers=tuple(numbers),
        incoming=tuple(callers),
        latency=top.seconds("latency", base.latency) or 0.0,
        ends_after=top.seconds("ends_after", base.ends_after) or 0.0,
        transfer_after=top.seconds("transfer_after", base.transfer_after) or 0.0,
    )


_FAR_END_KEYS = tuple(key.name for key in fields(FarEnd))
_PATTERN = re.compile(r"\+?[0-9*#X]*\.?", re.ASCII)


def _far_end(table: _Table, base: FarEnd) -> FarEnd:
    if table.where.endswith("[default]"):
        table.only(*_FAR_END_KEYS)
    outcome = table.outcome("outcome", base.outcome)
    if outcome is not base.outcome:
        base = replace(base, outcome=outcome, after=None, hangs_up_after=None)
    return FarEnd(
        outcome=outcome,
        after=table.seconds("after", base.after),
        rings_after=table.seconds("rings_after", base.rings_after) or 0.0,
        hangs_up_after=table.seconds("hangs_up_after", base.hangs_up_after),
    )


def _matches(pattern: str, number: str) -> bool:
    body, rest = (pattern[:-1], True) if pattern.endswith(".") else (pattern, False)
    if len(number) < len(body) or (len(number) > len(body) and not rest):
        return False
    return all(
        want == got or (want == "X" and got.isdigit())
        for want, got in zip(body, number, strict=False)
    )


class _Table:
    """A TOML table whose every complaint names the file, the key and what is allowed."""

    def __init__(self, table: Mapping[str, Any], where: str) -> None:
        self._table = table
        self.where = where

    def only(self, *keys: str) -> None:
        for key in self._table:
            if key not in keys:
                raise self._error(key, f"is not known; allowed are {', '.join(keys)}")

    def table(self, key: str) -> _Table:
        value = self._table.get(key, {})
        if not isinstance(value, dict):
            raise self._error(key, f"must be a table: write [{key}]")
        return _Table(value, f"{self.where}: [{key}]")

    def tables(self, key: str) -> list[_Table]:
        value = self._table.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            raise self._error(key, f"must be a list of tables: write [[{key}]] above each")
        return [
            _Table(item, f"{self.where}: [[{key}]] number {place}")
            for place, item in enumerate(value, 1)
        ]

    def seconds(
        self,
        key: str,
        default: float | None = None,
        *,
        required: bool = False,
        least: float = 0.0,
    ) -> float | None:
        if key not in self._table:
            if required:
                raise self._error(key, "is missing; it must be a number of seconds")
            return default
        value = self._table[key]
        if (
            isinstance(value, bool)
            or not isinstance(value, int | float)
            or not least <= value <= 86_400
        ):
            raise self._error(key, f"must be a number of seconds from {least:g} to 86400")
        return float(value)

    def outcome(self, key: str, default: Outcome) -> Outcome:
        value = self._table.get(key, default)
        if value not in set(Outcome):
            raise self._error(key, f"must be one of {', '.join(Outcome)}")
        return Outcome(value)

    def number(self, key: str) -> str:
        value = self._table.get(key)
        if not isinstance(value, str) or not is_number(value):
            raise self._error(
                key, 'must be a number in quotes: digits, * and #, perhaps a leading +, like "200"'
            )
        return value

    def pattern(self, key: str) -> str:
        value = self._table.get(key)
        if not isinstance(value, str) or not value.strip("+") or not _PATTERN.fullmatch(value):
            raise self._error(
                key,
                "must be a number in quotes, in which X is any digit and a final . is anything, "
                'like "2XX" or "0039."',
            )
        return value

    def _error(self, key: str, what: str) -> ScenarioError:
        return ScenarioError(f"{self.where}: key {key!r} {what}.")
