"""Replies and events, told: a line each, with its earcon and its speech."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping

from adapters.feedback.feedback import Cue, Feedback
from adapters.feedback.news import News
from assistant.contract import CallEvent, Reply, Status
from assistant.wording import Wording, Words

_CUES: Mapping[Status, Cue] = {
    Status.DONE: "done",
    Status.ASKED: "asked",
    Status.REFUSED: "failed",
    Status.FAILED: "failed",
    Status.UNKNOWN: "failed",
}


def cue_of(told: Reply | CallEvent) -> Cue | None:
    """The earcon of what is told; most events have none."""
    if isinstance(told, Reply):
        return _CUES[told.status]
    return "ringing" if told.kind == "incoming" else None


def tell_event(
    event: CallEvent,
    words: Words,
    out: Callable[[str], None],
    feedback: Feedback | None,
    news: News | None,
) -> None:
    """Write and sound an event, unless another surface of the same person has done so.

    Args:
        event: what happened.
        words: the same, for the eye and for the ear.
        out: takes the line.
        feedback: sounds and speaks; None for a surface that is not heard.
        news: what has been told; None for a surface that is alone.
    """
    if news is None or news.first(event, "written"):
        out(words[0])
    if feedback is None or not (news is None or news.first(event, "heard")):
        return
    cue = cue_of(event)
    if cue is not None:
        feedback.cue(cue)
    feedback.say(words[1])


class Announcer:
    """Writes and sounds replies and events; any thread may use it.

    Args:
        out: takes each line.
        feedback: sounds and speaks.
        wording: the user's language.
        news: what other surfaces of the same person have told; None when there are none.
    """

    def __init__(
        self,
        out: Callable[[str], None],
        feedback: Feedback,
        wording: Wording,
        news: News | None = None,
    ) -> None:
        self._out, self._feedback, self.wording = out, feedback, wording
        self.news = news
        self._lock = threading.Lock()

    def tell(self, words: Words, cue: Cue | None = None, *, urgent: bool = False) -> None:
        """Write and speak something, after its earcon if it has one."""
        text, speech = words
        self.write(text)
        if cue is not None:
            self._feedback.cue(cue)
        self._feedback.say(speech, urgent=urgent)

    def say(
        self, message: str, cue: Cue | None = None, *, urgent: bool = False, **details: object
    ) -> None:
        """Write and speak a message of the language file."""
        self.tell(self.wording.say(message, details), cue, urgent=urgent)

    def reply(self, reply: Reply) -> None:
        """Tell what a command came to; it takes the place of what is being spoken."""
        self.tell((reply.text, reply.speech), cue_of(reply), urgent=True)

    def event(self, event: CallEvent) -> None:
        """Tell what happened to a call; nothing is said of what the user has just done."""
        if not event.quiet:
            tell_event(event, self.wording.event(event), self.write, self._feedback, self.news)

    def write(self, text: str) -> None:
        """Write a line, and sound nothing."""
        with self._lock:
            self._out(text)
