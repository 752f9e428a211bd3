"""What a person at the keys reads and hears: replies, events, and what keys come to."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping

from adapters.feedback.announcer import cue_of, tell_event
from adapters.feedback.feedback import Cue, Feedback
from adapters.feedback.news import News
from adapters.keyboard.binding import Strokes, written
from adapters.keyboard.effect import Entry, Over, Waiting
from assistant.contract import CallEvent, Reply
from assistant.plan import Party
from assistant.wording import Wording, Words

_OVER: Mapping[str, tuple[str, Cue]] = {
    "unbound": ("keys_unbound", "failed"),
    "lapsed": ("keys_lapsed", "failed"),
    "dropped": ("keys_dropped", "back"),
    "short": ("keys_short", "failed"),
    "unsure": ("keys_unsure", "failed"),
    "let_go": ("keys_let_go", "failed"),
}
_ENTRY: Mapping[str, tuple[str, Cue | None]] = {
    "begun": ("keys_number_begun", "listening"),
    "digit": ("keys_number_now", None),
    "removed": ("keys_number_now", "back"),
    "read": ("keys_number_now", None),
    "empty": ("keys_number_empty", "failed"),
    "full": ("keys_number_full", "failed"),
    "bounced": ("keys_number_bounced", "failed"),
    "no_digit": ("keys_number_no_digit", "failed"),
    "lapsed": ("keys_number_lapsed", "failed"),
    "cancelled": ("keys_number_cancelled", "back"),
}


class Telling:
    """Writes everything, and sounds it; any thread may use it.

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
        self._last: Words | None = None

    def say(self, message: str, cue: Cue | None = None, **details: object) -> None:
        """Tell a message of the language file."""
        self._tell(self.wording.say(message, details), cue)

    def remark(self, words: Words, cue: Cue | None = None) -> None:
        """Tell something that is in words already, after what is being spoken."""
        self._tell(words, cue, urgent=False)

    def lasting(self, words: Words, cue: Cue | None = None) -> None:
        """Tell something that can be asked for again."""
        self._last = words
        self._tell(words, cue)

    def reply(self, reply: Reply, keys: Words | None = None) -> None:
        """Tell what a command came to, and of a question the keys that answer it."""
        words = (reply.text, reply.speech)
        if keys is not None:
            words = f"{reply.text}\n{keys[0]}", f"{reply.speech} {keys[1]}"
        self.lasting(words, cue_of(reply))

    def event(self, event: CallEvent) -> None:
        """Tell what happened to a call; nothing is said of what the user has just done."""
        if not event.quiet:
            self._last = self.wording.event(event)
            tell_event(event, self._last, self._write, self._feedback, self.news)

    def repeat(self) -> bool:
        """Tell the last thing again; False when there was none."""
        if self._last is not None:
            self._tell(self._last)
        return self._last is not None

    def hush(self) -> None:
        """Silence what is being spoken."""
        self._feedback.hush()

    # What the keys come to

    def waiting(self, effect: Waiting) -> None:
        """A sequence goes on; the sound says so, for words would only hold it up."""
        self._feedback.hush()
        self._feedback.cue("listening")
        self._write(self.wording.say("keys_waiting", {"keys": written(effect.keys)})[0])

    def over(self, effect: Over) -> None:
        """A press came to nothing."""
        message, cue = _OVER[effect.why]
        self._tell(self.about(message, effect.keys), cue)

    def entry(self, effect: Entry) -> None:
        """A number grows, or is given up."""
        message, cue = _ENTRY[effect.change]
        words = self.wording.say(message, {"number": Party(effect.number)})
        if effect.change == "digit":
            words = words[0], self.wording.say(message, {"number": Party(effect.typed)})[1]
        elif not effect.number and effect.change in {"removed", "read"}:
            words = self.wording.say("keys_number_empty")
        self._tell(words, cue)

    def about(self, message: str, keys: Strokes) -> Words:
        """A message about keys: as the file writes them, and for the ear without underscores."""
        shown = written(keys)
        text, _ = self.wording.say(message, {"keys": shown})
        return text, self.wording.say(message, {"keys": shown.replace("_", " ")})[1]

    def _tell(self, words: Words, cue: Cue | None = None, *, urgent: bool = True) -> None:
        text, speech = words
        self._write(text)
        if cue is not None:
            self._feedback.cue(cue)
        self._feedback.say(speech, urgent=urgent)

    def _write(self, text: str) -> None:
        with self._lock:
            self._out(text)
