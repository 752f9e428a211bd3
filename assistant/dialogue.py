"""Questions and their answers: one question at a time for each user and surface.

A question's answers are complete commands. What is no answer is asked again once, then the question
is dropped with nothing done.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from assistant.contract import Choice, Command, Status, Utterance
from assistant.conversation import CHOOSE, CONFIRM, Conversation, Option, Question
from assistant.names import name_words
from assistant.plan import Asking
from assistant.wording import Wording, Words

ENOUGH_FOR_A_NUMBER = 3
"""Digits; fewer of them, as the correction of a number, are its last ones."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One utterance on its way to a reply."""

    id: str
    utterance: Utterance
    deadline: float
    language: str
    command: Command
    talk: Conversation
    confirmed: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What a turn comes to: words, and what to remember."""

    status: Status
    words: Words
    talk: Conversation
    choices: tuple[Choice, ...] = ()
    command: Command | None = None


class Dialogue:
    """Asks, and takes answers.

    Args:
        wording: the messages of a language.
        question_life: how long a question waits for its answer, in seconds.
        clock: Unix time in seconds.
    """

    def __init__(
        self,
        wording: Callable[[str], Wording],
        question_life: float,
        clock: Callable[[], float],
    ) -> None:
        self._wording, self._question_life, self._clock = wording, question_life, clock

    def take(self, turn: Turn, question: Question) -> Answer | Turn | None:
        """Take what was said as an answer to `question`.

        Returns:
            What it comes to; or the command that was chosen, to be carried out; or None when it is
            something else altogether.
        """
        command, intent = turn.command, turn.command.intent
        open_talk = replace(turn.talk, question=None)
        messages = self._wording(turn.language)
        if intent in {"no", "cancel"}:
            return Answer(Status.DONE, messages.say("cancelled"), open_talk)
        if intent == "correct":
            corrected = _corrected(question, command.slots["target"])
            if corrected is not None:
                return replace(turn, command=corrected, talk=open_talk, confirmed=False)
        chosen: list[Option] = []
        if intent == "yes" and len(question.options) == 1:
            chosen = list(question.options)
        elif intent == "choose" and question.kind == CHOOSE:
            chosen = _chosen(question, command)
        if len(chosen) == 1:
            sure = question.kind == CONFIRM or chosen[0].sure
            return replace(turn, command=chosen[0].command, talk=open_talk, confirmed=sure)
        if len(chosen) > 1:
            return self._ask_again(turn, replace(question, options=tuple(chosen)))
        if intent in {"yes", "choose", "correct", "none"}:
            if question.again:
                return Answer(Status.REFUSED, messages.say("question_dropped"), open_talk)
            return self._ask_again(turn, replace(question, again=True))
        return None

    def is_early(self, turn: Turn, question: Question) -> bool:
        """Whether it was said before the question was asked, and so is no answer to it."""
        begun, asked = turn.utterance.begun, question.expires - self._question_life
        answers = turn.command.intent in {"yes", "choose", "correct"}
        return answers and begun is not None and begun < asked

    def repeat(self, turn: Turn, question: Question) -> Answer:
        """Ask it once more, since nobody can have answered it yet."""
        return self._ask_again(turn, question)

    def ask_meaning(self, turn: Turn) -> Answer:
        """Ask whether a command that was understood with some doubt is meant."""
        messages = self._wording(turn.language)
        what = messages.describe(turn.command)
        asked = tuple(
            f"{messages.say('confirm_meaning', {'what': what[form]})[form]}"
            f" {messages.say('confirm_hint')[form]}"
            for form in (0, 1)
        )
        option = Option(what[0], turn.command.intent, turn.command.slots)
        return self._ask(turn, CONFIRM, (asked[0], asked[1]), (option,))

    def ask(self, turn: Turn, asking: Asking) -> Answer:
        """Ask what a command needs to have decided."""
        messages = self._wording(turn.language)
        asked = messages.say(asking.message, asking.details)
        labels = messages.choices(item.subject for item in asking.alternatives)
        if asking.kind == CONFIRM:
            words = messages.both(asked, messages.say("confirm_hint"))
        else:
            words = messages.question(asked, labels)
        options = tuple(
            Option(label[0], item.command.intent, item.command.slots, item.sure)
            for label, item in zip(labels, asking.alternatives, strict=True)
        )
        return self._ask(turn, asking.kind, words, options)

    def _ask_again(self, turn: Turn, question: Question) -> Answer:
        labels = [(option.label, option.label) for option in question.options]
        messages = self._wording(turn.language)
        again = messages.say("ask_again", {"question": question.text})
        heard = messages.say("ask_again", {"question": question.speech})
        words = (again[0], heard[1])
        if turn.talk.question and len(labels) < len(turn.talk.question.options):
            words = messages.question(messages.say("ask_which_party"), labels)
            question = replace(question, text=words[0], speech=words[1])
        question = replace(question, reply=turn.id)
        talk = replace(turn.talk, question=question)
        command = question.options[0].command
        return Answer(Status.ASKED, words, talk, self._choices(question, turn), command)

    def _ask(self, turn: Turn, kind: str, words: Words, options: tuple[Option, ...]) -> Answer:
        expires = self._clock() + self._question_life
        question = Question(kind, words[0], words[1], options, expires, reply=turn.id)
        talk = replace(turn.talk, question=question)
        return Answer(Status.ASKED, words, talk, self._choices(question, turn), turn.command)

    def _choices(self, question: Question, turn: Turn) -> tuple[Choice, ...]:
        """The answers, each with what to say for it."""
        if question.kind == CHOOSE:
            return tuple(Choice(item.label, str(n)) for n, item in enumerate(question.options, 1))
        words = self._wording(turn.language)
        return tuple(
            Choice(words.say(f"choice_{name}")[0], words.say(f"say_{name}")[0])
            for name in ("yes", "cancel")
        )


def _chosen(question: Question, command: Command) -> list[Option]:
    """The options that an answer names: one by its place, or those whose label has the words."""
    options = list(question.options)
    if "index" in command.slots:
        index = int(command.slots["index"])
        return options[index : index + 1] if index >= 0 else options[-1:]
    words = set(name_words(str(command.slots.get("text", ""))))
    return [item for item in options if words and words <= set(name_words(item.label))]


def _corrected(question: Question, target: Mapping[str, Any]) -> Command | None:
    """The command that was asked about, with another party.

    "No, five" to a long number corrects its last digit; it is asked about again.
    """
    command = question.options[0].command
    slot = next((name for name in ("target", "to") if name in command.slots), None)
    asked = command.slots[slot] if slot and question.kind == CONFIRM else {}
    right, whole = str(target.get("number", "")), str(asked.get("number", ""))
    if right and "name" not in asked and len(right) < ENOUGH_FOR_A_NUMBER <= len(whole):
        target = {"number": whole[: -len(right)] + right}
    return replace(command, slots={**command.slots, slot: target}) if slot else None
