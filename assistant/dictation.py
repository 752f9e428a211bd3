"""A number or a name given piece by piece: begun, told back, corrected, ended by a question.

Nothing is ever done with what was given but to ask about all of it at the end. While that question
is open, the pieces are still there: a "no" leads back to them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from assistant.contract import Choice, Command, Status
from assistant.conversation import Question
from assistant.dialogue import Answer, Turn
from assistant.directory import Directory
from assistant.entry import (
    ADD,
    FINISH,
    LONGEST_NAME,
    NAME,
    NUMBER,
    READ_BACK,
    START_OVER,
    Entry,
    EntryError,
)
from assistant.names import name_words
from assistant.references import MOST_CHOICES
from assistant.wording import Given, Wording, Words

ASKED_ABOUT = ("call", "call_number", "transfer")
"""What is asked back whatever the configuration says, once a number or a name has been given."""
BEFORE_THAT = frozenset({"yes", "no", "choose", "correct", "cancel", "none"})
"""What says nothing that is complete without what was asked."""


class Dictation:
    """Takes what is given piece by piece.

    Args:
        wording: the messages of a language.
        directory: the people who may be spelled.
        life: how long it waits for the next piece, in seconds.
        clock: Unix time in seconds.
    """

    def __init__(
        self,
        wording: Callable[[str], Wording],
        directory: Directory,
        life: float,
        clock: Callable[[], float],
    ) -> None:
        self._wording, self._directory = wording, directory
        self._life, self._clock = life, clock

    def begin(self, turn: Turn) -> Answer | Turn:
        """Begin with `enter_number` or `spell_name`.

        Returns:
            What it comes to; or the command that a name spelled in the same breath makes.
        """
        slots = turn.command.slots
        kind = NUMBER if turn.command.intent == "enter_number" else NAME
        action = "transfer" if slots.get("for") == "transfer" else "call"
        entry = Entry(kind, action, slots.get("which"))
        given = str(slots.get("letters", ""))[:LONGEST_NAME]
        letters = "".join(char for char in given if char.isalpha() or char in " -'")
        if not letters or kind == NUMBER:
            return self._told(turn, entry, self._say(turn, f"entry_begin_{kind}"))
        entry = replace(entry, pieces=(letters,))
        if self._people(letters):
            return self._finished(turn, entry)
        return self._told(turn, entry, self._so_far(turn, entry, "entry_so_far"))

    def take(self, turn: Turn, entry: Entry) -> Answer | Turn | None:
        """Take what was said while `entry` is given.

        Returns:
            What it comes to; or the command that was completed, to be asked about; or None when it
            is something else altogether, such as the answer to the question that ended it.
        """
        intent = turn.command.intent
        question = turn.talk.question
        if intent == "edit":
            return self._edited(turn, entry, again=question is not None)
        if intent == "cancel":
            talk = replace(turn.talk, entry=None, question=None)
            return Answer(Status.DONE, self._say(turn, "cancelled"), talk)
        if intent == "no" and (question is None or _is_about(question, entry)):
            if question is None and entry.pieces:
                taken = replace(entry, pieces=entry.pieces[:-1])
                return self._told(turn, taken, self._so_far(turn, taken, "entry_now"))
            return self._told(turn, entry, self._so_far(turn, entry, "entry_wrong"))
        if question is not None or intent not in BEFORE_THAT:
            return None
        message = "entry_so_far" if intent == "yes" else f"entry_not_understood_{entry.kind}"
        return self._told(turn, entry, self._so_far(turn, entry, message))

    def lapsed(self, turn: Turn, kind: str) -> Answer:
        """Say that what was being given was not completed in time."""
        return Answer(Status.REFUSED, self._say(turn, f"entry_lapsed_{kind}"), turn.talk)

    def _edited(self, turn: Turn, entry: Entry, *, again: bool) -> Answer | Turn:
        """Change the entry; tell the new piece, or all of it where more than that has changed."""
        edits = [(str(kind), str(text)) for kind, text in turn.command.slots["edits"]]
        try:
            changed = entry.edited(edits)
        except EntryError as error:
            return self._told(turn, entry, self._so_far(turn, entry, error.message))
        kinds = [kind for kind, _ in edits]
        if kinds[-1] in {FINISH, READ_BACK} and not changed.text.strip("+ "):
            said = self._so_far(turn, changed, f"entry_nothing_{entry.kind}")
            return self._told(turn, changed, said)
        if kinds[-1] == FINISH:
            return self._finished(turn, changed)
        if kinds == [ADD] and not again:
            said = self._say(
                turn, "entry_heard", piece=_given(changed, changed.pieces[-1:]), all=_given(changed)
            )
        elif kinds[-1] == START_OVER:
            said = self._say(turn, f"entry_begun_anew_{entry.kind}")
        else:
            message = "entry_so_far" if kinds[-1] == READ_BACK else "entry_now"
            said = self._so_far(turn, changed, message)
        return self._told(turn, changed, said)

    def _finished(self, turn: Turn, entry: Entry) -> Turn:
        """The command that the entry makes; it is asked about, whoever asks and wherever."""
        target: dict[str, Any] = {"number": entry.text}
        if entry.kind == NAME:
            people = self._people(entry.text)
            target = {"contact": people[0]} if len(people) == 1 else {"ambiguous": people}
            target = target if people else {"unknown": entry.text.strip()}
        slots: dict[str, Any] = {"target" if entry.action == "call" else "to": target}
        if entry.action == "transfer" and entry.which is not None:
            slots["which"] = entry.which
        confirm = tuple(dict.fromkeys((*turn.utterance.confirm, *ASKED_ABOUT)))
        return replace(
            turn,
            utterance=replace(turn.utterance, confirm=confirm),
            command=Command(entry.action, slots),
            talk=replace(turn.talk, question=None, entry=self._kept(turn, entry)),
            confirmed=False,
        )

    def _people(self, letters: str) -> list[str]:
        """Whom the letters name: somebody's whole name or a word of it, else how one begins."""
        words = name_words(letters)
        found = self._directory.exact(words) if words else ()
        if words and not found:
            begun = self._directory.beginning(letters, MOST_CHOICES + 1)
            found = begun if len(begun) <= MOST_CHOICES else ()
        return [contact.name for contact in found]

    def _told(self, turn: Turn, entry: Entry, words: Words) -> Answer:
        talk = replace(turn.talk, question=None, entry=self._kept(turn, entry))
        return Answer(Status.ASKED, words, talk, self._choices(turn, entry), turn.command)

    def _kept(self, turn: Turn, entry: Entry) -> Entry:
        return replace(entry, expires=self._clock() + self._life, reply=turn.id)

    def _choices(self, turn: Turn, entry: Entry) -> tuple[Choice, ...]:
        """What can be said beside more of it."""
        messages = self._wording(turn.language)
        names: Iterable[str] = ("finish", "take_back", "cancel") if entry.pieces else ("cancel",)
        return tuple(
            Choice(messages.say(f"choice_{name}")[0], messages.say(f"say_{name}")[0])
            for name in names
        )

    def _so_far(self, turn: Turn, entry: Entry, message: str) -> Words:
        return self._say(turn, message, all=_given(entry))

    def _say(self, turn: Turn, message: str, **details: Any) -> Words:
        return self._wording(turn.language).say(message, details)


def _is_about(question: Question, entry: Entry) -> bool:
    """Whether it is the yes-or-no question that ended the entry."""
    return question.reply == entry.reply and len(question.options) == 1


def _given(entry: Entry, pieces: tuple[str, ...] | None = None) -> Given:
    return Given(entry.pieces if pieces is None else pieces, letters=entry.kind == NAME)
