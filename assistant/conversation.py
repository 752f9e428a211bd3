"""What one user is in the middle of on one surface.

That is the pending question, a number or a name that is being given, the consultation under way
and the last reply. It is kept with the
journal, so that one-shot commands and a restarted service go on where the person was. A question's
answers are complete commands, resolved when the question was asked: a "yes" does exactly what was
spoken back, or nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from assistant.contract import Command
from assistant.entry import Entry, read_entry
from assistant.journal import Journal

CONFIRM, CHOOSE = "confirm", "choose"


@dataclass(frozen=True, slots=True)
class Option:
    """One answer, and the command that it stands for."""

    label: str
    intent: str
    slots: Mapping[str, Any]
    sure: bool = False
    """Choosing it is as good as a yes: nothing more is asked."""

    @property
    def command(self) -> Command:
        """What is done when this is chosen."""
        return Command(self.intent, self.slots)


@dataclass(frozen=True, slots=True)
class Question:
    """Something that was asked and not yet answered."""

    kind: str
    """`confirm` (its one option is the yes) or `choose`."""
    text: str
    speech: str
    options: tuple[Option, ...]
    expires: float
    """Unix time in seconds."""
    again: bool = False
    """It has been asked a second time; it is not asked a third."""
    reply: str = ""
    """The id of the Reply that asked it."""


@dataclass(frozen=True, slots=True)
class Consultation:
    """An attended transfer or a conference under way: who waits, and whom we called about it."""

    held_key: str
    number: str
    """The number that was dialled for the consultation."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """The state between two utterances."""

    question: Question | None = None
    consultation: Consultation | None = None
    last_text: str = ""
    last_speech: str = ""
    entry: Entry | None = None
    lapsed: str = ""
    """`number` or `name` when an entry has just expired; the next reply says so or forgets it."""

    def to_json(self) -> dict[str, Any]:
        """As kept in the journal."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Conversations:
    """Everybody's, kept in the journal."""

    journal: Journal

    def load(self, user: str, surface: str, now: float) -> Conversation:
        """The conversation of this user on this surface, without what has expired."""
        found = self.journal.noted(_name(user, surface))
        conversation = _read(found) if isinstance(found, dict) else Conversation()
        question = conversation.question
        if question is not None and question.expires <= now:
            conversation = replace(conversation, question=None)
        entry = conversation.entry
        if entry is not None and entry.expires <= now:
            conversation = replace(conversation, entry=None, lapsed=entry.kind)
        return conversation

    def save(self, user: str, surface: str, conversation: Conversation) -> None:
        """Keep it for the next utterance."""
        self.journal.note(_name(user, surface), conversation.to_json())


def _name(user: str, surface: str) -> str:
    return f"conversation:{user}:{surface}"


def _read(found: Mapping[str, Any]) -> Conversation:
    """The kept state; what an older version wrote differently is dropped, never guessed."""
    try:
        question = found.get("question")
        consultation = found.get("consultation")
        entry = found.get("entry")
        return Conversation(
            question=Question(
                **{
                    **question,
                    "options": tuple(Option(**item) for item in question["options"]),
                    "expires": float(question["expires"]),
                }
            )
            if question
            else None,
            consultation=Consultation(**consultation) if consultation else None,
            entry=read_entry(entry) if entry else None,
            last_text=str(found.get("last_text", "")),
            last_speech=str(found.get("last_speech", "")),
        )
    except (KeyError, TypeError, ValueError):
        return Conversation()
