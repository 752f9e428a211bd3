"""Text to commands: what somebody said becomes a Command with its slots, or `none`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from assistant.contract import Command
from assistant.directory import Directory

ACT, ASK = 0.8, 0.5
"""Confidence from which on a command is carried out, and from which on it is asked about."""


@dataclass(frozen=True, slots=True)
class Understood:
    """What a text was taken to mean."""

    text: str
    command: Command
    confidence: float
    language: str

    def to_json(self) -> dict[str, Any]:
        return {}


class Understanding:
    def __init__(self, languages: Sequence[str], directory: Directory) -> None:
        self._languages = tuple(languages)

    def parse(self, text: str, *, language: str | None = None) -> Understood:
        return Understood(text, Command("none"), 0.0, self._languages[0])

    def parse_answer(
        self, text: str, labels: Sequence[str], *, language: str | None = None
    ) -> Command:
        return Command("none")

    def phrases(self, intents: Iterable[str], language: str | None = None) -> tuple[str, ...]:
        return ()
