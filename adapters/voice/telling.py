"""What a person who speaks reads and hears: the microphone's state, replies, events."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from typing import Any

from adapters.feedback.announcer import cue_of, tell_event
from adapters.feedback.feedback import Cue, Feedback
from adapters.feedback.news import News
from adapters.voice.modes import Effect, Mode, Show, Sound, Tell
from assistant.contract import CallEvent, Reply
from assistant.wording import Wording, Words


class Telling:
    """Writes everything, and sounds it; any thread may use it.

    Args:
        out: takes each line.
        feedback: sounds and speaks.
        wording: the user's language.
        news: what other surfaces of the same person have told; None when there are none.
        data: a JSON object for each event instead of a line.
        title: shows the microphone's state where it takes no line, in a window's title; None where
            there is no such place: then each state has a line.
    """

    def __init__(
        self,
        out: Callable[[str], None],
        feedback: Feedback,
        wording: Wording,
        news: News | None = None,
        *,
        data: bool = False,
        title: Callable[[str], None] | None = None,
    ) -> None:
        self._out, self._feedback, self.wording, self.news = out, feedback, wording, news
        self._data, self._title = data, title
        self._lock = threading.Lock()

    def say(self, message: str, cue: Cue | None = None, **details: object) -> None:
        """Tell a message of the language file."""
        self.remark(self.wording.say(message, details), cue, name=message)

    def remark(self, words: Words, cue: Cue | None = None, *, name: str = "") -> None:
        """Tell something that is in words already, after what is being spoken."""
        self._write(words[0], {"event": "message", "name": name, "text": words[0]})
        self._sound(cue)
        self._feedback.say(words[1])

    def heard(self, text: str) -> None:
        """Write what was heard; the answer follows."""
        words = self.wording.say("voice_heard", {"what": text})
        self._write(words[0], {"event": "heard", "text": text})

    def reply(self, reply: Reply) -> None:
        """Tell what a command came to; it takes the place of what is being spoken."""
        self._write(reply.text, {"event": "reply", **reply.to_json()})
        self._sound(cue_of(reply))
        self._feedback.say(reply.speech, urgent=True)

    def event(self, event: CallEvent) -> None:
        """Tell what happened to a call; nothing is said of what the user has just done."""
        if event.quiet:
            return
        words = self.wording.event(event)
        tell_event(
            event,
            words,
            lambda text: self._write(text, {**event.to_json(), "event": "call", "text": text}),
            self._feedback,
            self.news,
        )

    def effect(self, effect: Effect) -> None:
        """Tell what the modes came to."""
        if isinstance(effect, Show):
            self._show(effect.mode)
        elif isinstance(effect, Sound):
            self._sound(effect.cue)
        elif isinstance(effect, Tell):
            self.say(effect.message)

    def hush(self) -> None:
        """Silence what is being spoken."""
        self._feedback.hush()

    def _show(self, mode: Mode) -> None:
        text = self.wording.say(f"voice_mode_{mode}")[0]
        if self._title is not None:
            self._title(text)
        if self._title is None or self._data or mode in {"deaf", "asleep"}:
            self._write(text, {"event": "microphone", "state": mode, "text": text})

    def _sound(self, cue: Cue | None) -> None:
        if cue is not None:
            self._feedback.cue(cue)

    def _write(self, text: str, data: dict[str, Any]) -> None:
        with self._lock:
            self._out(json.dumps(data, ensure_ascii=False) if self._data else text)
