"""Replies and events, told: a line each, with its earcon and its speech."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from adapters.feedback.feedback import Cue, Feedback
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


class Announcer:
    """Writes and sounds replies and events.

    Args:
        out: takes each line.
        feedback: sounds and speaks.
        wording: the user's language.
    """

    def __init__(self, out: Callable[[str], None], feedback: Feedback, wording: Wording) -> None:
        self._out, self._feedback, self._wording = out, feedback, wording

    def tell(self, words: Words, cue: Cue | None = None, *, urgent: bool = False) -> None:
        """Write and speak something, after its earcon if it has one."""
        text, speech = words
        self._out(text)
        if cue is not None:
            self._feedback.cue(cue)
        self._feedback.say(speech, urgent=urgent)

    def say(self, message: str, cue: Cue | None = None, **details: object) -> None:
        """Write and speak a message of the language file."""
        self.tell(self._wording.say(message, details), cue)

    def reply(self, reply: Reply) -> None:
        """Tell what a command came to; it takes the place of what is being spoken."""
        self.tell((reply.text, reply.speech), cue_of(reply), urgent=True)

    def event(self, event: CallEvent) -> None:
        """Tell what happened to a call; nothing is said of what the user has just done."""
        if event.quiet:
            return
        self.tell(self._wording.event(event), cue_of(event))
