"""What a surface understands by itself, wherever it is said: "go to sleep" is for the microphone.

The core knows no microphone; it asks those who do, before it makes a command of a text.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from assistant.contract import Status
from assistant.wording import Words


@dataclass(frozen=True, slots=True)
class AsideReply:
    """What became of it, and what is told."""

    status: Status
    words: Words


Aside = Callable[[str, str], AsideReply | None]
"""Takes a text and its language; None when it is not meant."""


class Asides:
    """Whom to ask."""

    def __init__(self) -> None:
        self._asides: list[Aside] = []

    def add(self, aside: Aside) -> Callable[[], None]:
        """Ask this one too; gives what ends that."""
        self._asides.append(aside)
        return lambda: self._asides.remove(aside)

    def ask(self, text: str, language: str) -> AsideReply | None:
        """The first answer there is."""
        answers = (aside(text, language) for aside in tuple(self._asides))
        return next((answer for answer in answers if answer is not None), None)
