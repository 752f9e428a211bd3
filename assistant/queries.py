"""What changes nothing at the phonebar: which calls there are, what can be said, once more."""

from __future__ import annotations

import logging
from collections.abc import Callable

from assistant.contract import LiveCall, Status
from assistant.dialogue import Answer, Turn
from assistant.entry import EDITS
from assistant.phonebar import PhonebarError, Unreachable
from assistant.plan import Situation
from assistant.possible import has_effect, possible
from assistant.understanding import Understanding
from assistant.wording import Wording
from phonebar.protocol import CallState

log = logging.getLogger(__name__)


class Queries:
    """Answers them.

    Args:
        wording: the messages of a language.
        understanding: reads the examples that are offered as help.
        calls: looks at the live calls; raises `PhonebarError` when it cannot.
        situation: what a turn meets with, given those calls.
    """

    def __init__(
        self,
        wording: Callable[[str], Wording],
        understanding: Understanding,
        calls: Callable[[], tuple[LiveCall, ...]],
        situation: Callable[[Turn, tuple[LiveCall, ...]], Situation],
    ) -> None:
        self._wording, self._understanding = wording, understanding
        self._calls, self._situation = calls, situation

    def answer(self, turn: Turn) -> Answer:
        """Something that changes nothing at the phonebar."""
        messages, talk, intent = self._wording(turn.language), turn.talk, turn.command.intent
        if intent == "repeat":
            if not talk.last_text:
                return Answer(Status.REFUSED, messages.say("nothing_to_repeat"), talk)
            return Answer(Status.DONE, (talk.last_text, talk.last_speech), talk)
        try:
            calls = self._calls()
        except PhonebarError as error:
            if intent != "help":
                return unreachable(turn, error, messages)
            calls = ()
        if intent == "help":
            phrases = self._sayable(turn, calls)
            words = tuple(
                messages.say("help_now", {"phrases": between.join(phrases)})[form]
                for form, between in enumerate(("\n" if len(phrases) > 1 else "", ". "))
            )
            text = "\n".join([messages.say("help_now", {"phrases": ""})[0], *phrases])
            return Answer(Status.DONE, (text, words[1]), talk)
        if intent == "who":
            ringing = tuple(call for call in calls if call.state is CallState.INCOMING)
            calls = ringing or calls
        message = "calls_some" if calls else ("who_none" if intent == "who" else "calls_none")
        return Answer(Status.DONE, messages.say(message, {"calls": calls}), talk)

    def _sayable(self, turn: Turn, calls: tuple[LiveCall, ...]) -> tuple[str, ...]:
        """Examples of what can be said now."""
        if turn.talk.entry is not None:
            cancel = self._wording(turn.language).say("say_cancel")[0]
            return (*self._understanding.phrases(EDITS, turn.language), cancel)
        situation = self._situation(turn, calls)
        language = turn.language
        return tuple(
            phrase
            for phrase in self._understanding.phrases(possible(calls), language)
            if has_effect(self._understanding.parse(phrase, language=language).command, situation)
        )


def unreachable(turn: Turn, error: PhonebarError, messages: Wording) -> Answer:
    """That the phonebar did not say what calls there are, so that nothing was done."""
    log.info("phonebar: %s", error)
    message = "unreachable" if isinstance(error, Unreachable) else "unreadable"
    return Answer(Status.FAILED, messages.say(message), turn.talk)
