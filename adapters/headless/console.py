"""The text console: a line in, lines out, for people, screen readers and scripts.

One thing a line, in plain words, no colour and no cursor movement; with JSON, one object a line
both ways. On a terminal, what happens to the calls appears above the line that is being typed.
"""

from __future__ import annotations

import contextlib
import json
import math
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any, TextIO

from adapters.feedback.announcer import cue_of, tell_event
from adapters.feedback.feedback import Cue, Feedback, Quiet
from adapters.feedback.news import News
from assistant.assistant import Assistant
from assistant.contract import INTENTS, CallEvent, Command, Reply, Utterance

SURFACE = "headless"
LEAVE = frozenset({"quit", "exit", "bye", ":q"})

REPLY_FIRST = 0.5
"""Seconds that an event waits for the reply that is being made: mostly it follows from it."""


class Console:
    """Runs the conversation of one person.

    Args:
        assistant: who answers.
        lines: what the person types, a line each.
        out: where answers and events go.
        json_lines: JSON Lines both ways instead of text.
        feedback: says everything aloud as well, with earcons; None for silence.
        news: what other surfaces of the same person tell; None when there are none.
        before_line: called before each line is taken, e.g. to let a script's calls settle.
    """

    def __init__(
        self,
        assistant: Assistant,
        lines: Iterator[str],
        out: Callable[[str], None],
        *,
        json_lines: bool = False,
        feedback: Feedback | None = None,
        news: News | None = None,
        language: str | None = None,
        before_line: Callable[[], None] = lambda: None,
    ) -> None:
        self._assistant = assistant
        self._lines, self._out = lines, out
        self._json = json_lines
        self._feedback = feedback or Quiet()
        self._heard, self._news = feedback, news
        self._language = language
        self._before_line = before_line
        self._words = assistant.wording(language)
        self._writing = threading.Lock()
        self._replied = threading.Event()
        self._replied.set()

    def run(self, welcome: str = "welcome") -> None:
        """Talk until the person leaves or the input ends."""
        surfaces = self._news.surfaces if self._news else (SURFACE,)
        subscription = self._assistant.subscribe(self._show_event, "local", *surfaces)
        try:
            self._tell(*self._words.say(welcome), kind="ready")
            for notice in self._assistant.notices():
                self._tell(*notice, kind="notice")
            self._before_line()
            for line in self._lines:
                self._feedback.hush()
                if line.strip().casefold() in LEAVE:
                    break
                if line.strip():
                    self._take(line)
                self._before_line()
            self._assistant.watcher.drain(1.0)
        finally:
            subscription.close()
            self._tell(*self._words.say("goodbye"), kind="bye")

    def _take(self, line: str) -> None:
        utterance = self._utterance(line)
        if utterance is None:
            return
        self._replied.clear()
        try:
            self._show_reply(self._assistant.handle(utterance))
        finally:
            self._replied.set()

    def _utterance(self, line: str) -> Utterance | None:
        if not self._json:
            text = line.rstrip("\r\n")
            return Utterance(text, "local", SURFACE, self._language)
        utterance = _from_json(line, self._language)
        if utterance is None:
            self._write({"type": "error", **_words(*self._words.say("bad_json_line"))})
        return utterance

    def _show_reply(self, reply: Reply) -> None:
        if self._json:
            self._write({"type": "reply", **reply.to_json()})
        else:
            self._print(reply.text)
        self._sound(reply.speech, cue_of(reply), urgent=True)

    def _show_event(self, event: CallEvent) -> None:
        self._replied.wait(REPLY_FIRST)
        with contextlib.suppress(BrokenPipeError):  # nobody reads any more; the next reply ends it
            self._tell_event(event)

    def _tell_event(self, event: CallEvent) -> None:
        if self._json:
            words = {} if event.quiet else _words(*self._words.event(event))
            self._write({"type": "event", **event.to_json(), **words})
        elif not event.quiet:
            tell_event(event, self._words.event(event), self._print, self._heard, self._news)

    def _tell(self, text: str, speech: str, *, kind: str) -> None:
        if self._json:
            self._write({"type": kind, **_words(text, speech)})
        else:
            self._print(text)
        self._sound(speech)

    def _sound(self, speech: str, cue: Cue | None = None, *, urgent: bool = False) -> None:
        if cue is not None:
            self._feedback.cue(cue)
        self._feedback.say(speech, urgent=urgent)

    def _write(self, item: dict[str, Any]) -> None:
        self._print(json.dumps(item, ensure_ascii=False))

    def _print(self, text: str) -> None:
        with self._writing:
            self._out(text)


def _from_json(line: str, language: str | None) -> Utterance | None:
    """The utterance that a line of JSON stands for; None when it stands for none."""
    try:
        found = json.loads(line)
        command = found.get("command")
        text, deadline = found.get("text", ""), found.get("deadline")
        names = [found.get(name) or "" for name in ("id", "language")]
        if command is not None:
            command = Command(command["intent"], command.get("slots", {}))
            good = command.intent in INTENTS and isinstance(command.slots, dict)
        else:
            good = isinstance(text, str) and bool(text.strip())
        if deadline is not None:
            deadline = float(deadline)
            good = good and math.isfinite(deadline)
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
        return None
    if not good or not all(isinstance(name, str) for name in (text, *names)):
        return None
    return Utterance(
        text,
        surface=SURFACE,
        language=names[1] or language,
        command=command,
        id=names[0] or None,
        deadline=deadline,
    )


def _words(text: str, speech: str) -> dict[str, str]:
    return {"text": text, "speech": speech}


def plain_lines(source: TextIO) -> Iterator[str]:
    """The lines of a pipe, or of a terminal without any editing."""
    with contextlib.suppress(KeyboardInterrupt):
        yield from source


def plain_out(text: str) -> None:
    """Write a line to standard output at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


@contextlib.contextmanager
def terminal(on_key: Callable[[], None] = lambda: None) -> Iterator[Iterator[str]]:
    """Lines typed at a terminal, with editing and recall; output meanwhile goes above the line.

    Args:
        on_key: called at each key that is pressed; it must be quick.
    """
    from prompt_toolkit import PromptSession
    from prompt_toolkit.patch_stdout import patch_stdout

    session: PromptSession[str] = PromptSession("> ")
    session.app.key_processor.before_key_press += lambda _: on_key()

    def lines() -> Iterator[str]:
        while True:
            try:
                yield session.prompt()
            except (EOFError, KeyboardInterrupt):
                return

    with patch_stdout():
        yield lines()
