"""What a hearing comes to: what was meant, how sure that is, and what else it may be."""

from __future__ import annotations

from dataclasses import dataclass

from adapters.voice.recogniser import Expected, Hearing, Name
from assistant.contract import ACTS, QUERIES, Command
from assistant.directory import Directory
from assistant.possible import Expectation
from assistant.understanding import ASK, Understanding

NOTHING = Command("none")


@dataclass(frozen=True, slots=True)
class Meant:
    """One thing that may have been meant."""

    text: str
    command: Command
    confidence: float
    """From 0 to 1: how sure it is that it was said, and that it means this."""


def meanings(
    hearing: Hearing,
    understanding: Understanding,
    language: str,
    can: Expectation | None = None,
) -> tuple[Meant, ...]:
    """Each command that may have been meant, the likeliest first.

    Texts that mean the same add up: "hang up" and "hang up please" are no doubt about a command.

    Args:
        hearing: what an engine made of it.
        understanding: reads texts.
        language: a two-letter code.
        can: what can be said now, if a question is open or something is given piece by piece.
    """
    found: list[Meant] = []
    for heard in hearing.candidates:
        command, confidence = _read(heard.text, understanding, language, can)
        sure = heard.score * confidence
        for place, other in enumerate(found):
            if other.command == command:
                total = min(1.0, other.confidence + sure)
                found[place] = Meant(other.text, other.command, total)
                break
        else:
            found.append(Meant(heard.text, command, sure))
    return tuple(sorted(found, key=lambda meant: -meant.confidence))


def _read(
    text: str, understanding: Understanding, language: str, can: Expectation | None
) -> tuple[Command, float]:
    if can is not None and can.entry:
        edit = understanding.parse_edits(text, can.entry, language=language)
        if edit.intent == "edit":
            return edit, 1.0
    if can is not None and can.question:
        answer = understanding.parse_answer(text, can.choices, language=language)
        if answer.intent != "none":
            return answer, 1.0
    understood = understanding.parse(text, language=language)
    return understood.command, understood.confidence


def meant(found: tuple[Meant, ...]) -> Meant:
    """What it comes to: nothing when no command stands out."""
    if not found:
        return Meant("", NOTHING, 1.0)
    first = found[0]
    return first if first.confidence >= ASK else Meant(first.text, NOTHING, first.confidence)


def expected(
    directory: Directory, language: str, intents: tuple[str, ...] = (), *, digits: bool = False
) -> Expected:
    """What can be said, with everybody of a directory.

    Args:
        directory: the people.
        language: what is spoken.
        intents: what makes sense now; without any, every command and question.
        digits: nothing but digits.
    """
    said: dict[str, str] = {}
    for person in directory.contacts:
        for name, sounds in person.sayings:
            said.setdefault(name, sounds)
    return Expected(
        language=language,
        intents=intents or tuple(sorted(ACTS | QUERIES)),
        names=() if digits else tuple(Name(*saying) for saying in said.items()),
        digits=digits,
    )
