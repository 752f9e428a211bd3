"""What a person at the keys reads and hears: replies, events, and what keys come to."""

from __future__ import annotations

from collections.abc import Mapping

from adapters.feedback.announcer import Announcer, cue_of
from adapters.feedback.feedback import Cue, Feedback
from adapters.keyboard.binding import Strokes, written
from adapters.keyboard.effect import Entry, Over, Waiting
from assistant.contract import CallEvent, Reply
from assistant.plan import Party
from assistant.wording import Words

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
    """Tells what the keys come to, and keeps what can be told again; any thread may use it.

    Args:
        announcer: writes, sounds and speaks it.
        feedback: what the announcer sounds with.
    """

    def __init__(self, announcer: Announcer, feedback: Feedback) -> None:
        self._announcer, self._feedback = announcer, feedback
        self.wording, self.news = announcer.wording, announcer.news
        self._last: Words | None = None

    def say(self, message: str, cue: Cue | None = None, **details: object) -> None:
        """Tell a message of the language file."""
        self._announcer.say(message, cue, urgent=True, **details)

    def remark(self, words: Words, cue: Cue | None = None) -> None:
        """Tell something that is in words already, after what is being spoken."""
        self._announcer.tell(words, cue)

    def lasting(self, words: Words, cue: Cue | None = None) -> None:
        """Tell something that can be asked for again."""
        self._last = words
        self._announcer.tell(words, cue, urgent=True)

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
        self._announcer.event(event)

    def repeat(self) -> bool:
        """Tell the last thing again; False when there was none."""
        if self._last is not None:
            self._announcer.tell(self._last, urgent=True)
        return self._last is not None

    def hush(self) -> None:
        """Silence what is being spoken."""
        self._feedback.hush()

    # What the keys come to

    def waiting(self, effect: Waiting) -> None:
        """A sequence goes on; the sound says so, for words would only hold it up."""
        self._feedback.hush()
        self._feedback.cue("listening")
        self._announcer.write(self.wording.say("keys_waiting", {"keys": written(effect.keys)})[0])

    def over(self, effect: Over) -> None:
        """A press came to nothing."""
        message, cue = _OVER[effect.why]
        self._announcer.tell(self.about(message, effect.keys), cue, urgent=True)

    def entry(self, effect: Entry) -> None:
        """A number grows, or is given up."""
        message, cue = _ENTRY[effect.change]
        words = self.wording.say(message, {"number": Party(effect.number)})
        if effect.change == "digit":
            words = words[0], self.wording.say(message, {"number": Party(effect.typed)})[1]
        elif not effect.number and effect.change in {"removed", "read"}:
            words = self.wording.say("keys_number_empty")
        self._announcer.tell(words, cue, urgent=True)

    def about(self, message: str, keys: Strokes) -> Words:
        """A message about keys: as the file writes them, and for the ear without underscores."""
        shown = written(keys)
        text, _ = self.wording.say(message, {"keys": shown})
        return text, self.wording.say(message, {"keys": shown.replace("_", " ")})[1]
