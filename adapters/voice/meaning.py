"""What a hearing comes to: what was meant, how sure that is, and what else it may be."""

from __future__ import annotations

from dataclasses import dataclass

from adapters.voice.recogniser import Expected, Hearing, Name
from assistant.contract import ACTS, QUERIES, Command
from assistant.directory import Directory
from assistant.understanding import ASK, Understanding

NOTHING = Command("none")


@dataclass(frozen=True, slots=True)
class Meant:
    """One thing that may have been meant."""

    text: str
    command: Command
    confidence: float
    """From 0 to 1: how sure it is that it was said, and that it means this."""


def meanings(hearing: Hearing, understanding: Understanding, language: str) -> tuple[Meant, ...]:
    """Each command that may have been meant, the likeliest first.

    Texts that mean the same add up: "hang up" and "hang up please" are no doubt about a command.
    """
    found: list[Meant] = []
    for heard in hearing.candidates:
        understood = understanding.parse(heard.text, language=language)
        sure = heard.score * understood.confidence
        for place, other in enumerate(found):
            if other.command == understood.command:
                total = min(1.0, other.confidence + sure)
                found[place] = Meant(other.text, other.command, total)
                break
        else:
            found.append(Meant(heard.text, understood.command, sure))
    return tuple(sorted(found, key=lambda meant: -meant.confidence))


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
    said = dict.fromkeys(
        name for person in directory.contacts for name in (person.name, *person.aliases)
    )
    return Expected(
        language=language,
        intents=intents or tuple(sorted(ACTS | QUERIES)),
        names=() if digits else tuple(map(Name, said)),
        digits=digits,
    )
