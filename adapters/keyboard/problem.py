"""What is wrong with a file of bindings, and where.

BindingsError(Exception)   a file that cannot be used, with everything that is wrong in it
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from assistant.wording import Wording


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, or worth knowing."""

    line: int | None
    message: str
    """Its name in the language files."""
    details: dict[str, Any] = field(default_factory=dict)

    def told(self, path: Path, wording: Wording) -> str:
        """In words: the file, the line, and what."""
        what = wording.say(self.message, self.details)[0]
        if self.line is None:
            return wording.say("keys_in", {"path": path, "what": what})[0]
        return wording.say("keys_at", {"path": path, "line": self.line, "what": what})[0]


def problem(line: int | None, message: str, **details: object) -> Problem:
    """A problem, with what fills its message."""
    return Problem(line, message, details)


class BindingsError(Exception):
    """A file that cannot be used.

    Args:
        path: the file.
        problems: what is wrong, by line.
    """

    def __init__(self, path: Path, problems: Iterable[Problem]) -> None:
        self.path = path
        self.problems = tuple(sorted(problems, key=lambda item: item.line or 0))
        super().__init__(f"{path}: {len(self.problems)} problems")

    def told(self, wording: Wording) -> str:
        """All of it in words, a line each."""
        return "\n".join(item.told(self.path, wording) for item in self.problems)
