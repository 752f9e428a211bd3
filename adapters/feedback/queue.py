"""The one queue of what is heard: an answer before news, one thing after the other, silent at once.

Text is the surface's own affair; what is dropped here has been written.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from adapters.feedback.feedback import Cue
from adapters.feedback.voice import Spoken, Voice, VoiceError

if TYPE_CHECKING:
    from adapters.feedback.mixer import Sound

LOOKS = 0.2
"""Seconds after which a wait for the end of an utterance looks whether it is still wanted."""
_log = logging.getLogger(__name__)


class Output(Protocol):
    """What plays: `player.Player`."""

    def cue(self, cue: Cue) -> None:
        """Play an earcon at once."""

    def speak(self, sound: Sound) -> None:
        """Add to what is being spoken."""

    def ring(self, every: float) -> None:
        """Ring, each time so many seconds after the last; with 0 no more."""

    def give_way(self, on: bool) -> None:
        """Whether a voice that plays by itself speaks."""

    def hush(self, *, cues: bool = True) -> None:
        """Be silent at once; with `cues` false earcons still sound."""

    def wait(self, seconds: float) -> bool:
        """Wait until all has been heard; False when that takes longer."""

    def close(self, *, finish: bool = False) -> None:
        """Stop for good."""


class Dumb:
    """Plays nothing."""

    def cue(self, cue: Cue) -> None:
        """Do nothing."""

    def speak(self, sound: Sound) -> None:
        """Do nothing."""

    def ring(self, every: float) -> None:
        """Do nothing."""

    def give_way(self, on: bool) -> None:
        """Do nothing."""

    def hush(self, *, cues: bool = True) -> None:
        """Do nothing."""

    def wait(self, seconds: float) -> bool:  # noqa: ARG002 - nothing is ever to come
        """Nothing is left."""
        return True

    def close(self, *, finish: bool = False) -> None:
        """Do nothing."""


@dataclass(slots=True, eq=False)
class _Now:
    """What is being spoken."""

    text: str
    spoken: Spoken | None = None
    stopped: bool = False


class Queue:
    """Earcons and speech; a `Feedback`. Any thread may use it, and none waits.

    Args:
        output: plays.
        voice: speaks; None when nothing is to be spoken.
        earcons: those that are heard.
        ring_every: seconds from one ring to the next.
        may_speak: asked before each utterance; it may take some milliseconds.
        on_trouble: called with the reason, once, when the voice fails.
    """

    def __init__(
        self,
        output: Output,
        voice: Voice | None = None,
        *,
        earcons: Collection[Cue] = (),
        ring_every: float = 0.0,
        may_speak: Callable[[], bool] = lambda: True,
        on_trouble: Callable[[str], None] = lambda _why: None,
    ) -> None:
        self._output, self._voice = output, voice
        self._earcons = frozenset(earcons)
        self._ring_every = ring_every if "ringing" in self._earcons else 0.0
        self._may_speak = may_speak
        self._on_trouble: Callable[[str], None] | None = on_trouble
        self._changed = threading.Condition()
        self._urgent: str | None = None
        self._waiting: deque[str] = deque()
        self._now: _Now | None = None
        self._closed = False
        self._thread = threading.Thread(target=self._work, name="speech", daemon=True)
        if voice is not None:
            self._thread.start()

    def cue(self, cue: Cue) -> None:
        """Play an earcon at once, beside what is being spoken, unless it is turned off."""
        if cue in self._earcons:
            self._output.cue(cue)

    def ring(self, on: bool) -> None:
        """Ring again and again, softer while something is spoken, or no more."""
        self._output.ring(self._ring_every if on else 0.0)

    def say(self, text: str, *, urgent: bool = False) -> None:
        """Speak after what is being spoken; with `urgent` instead of it.

        What waits keeps its place behind an urgent text, and a text that would follow itself is
        said once.
        """
        if self._voice is None or not text.strip():
            return
        with self._changed:
            if self._closed:
                return
            if urgent:
                self._urgent = text
                self._stop(cues=False)
            elif text != self._last():
                self._waiting.append(text)
            self._changed.notify_all()

    def play(self, sound: Sound) -> None:
        """Play a sound, mono at 48 kHz, after what is being spoken."""
        self._output.speak(sound)

    def hush(self) -> None:
        """Be silent at once, and forget what was still to be said."""
        with self._changed:
            self._urgent = None
            self._waiting.clear()
            self._stop(cues=True)
            self._changed.notify_all()

    def sounding(self) -> bool:
        """Whether anything is heard now, or about to be."""
        with self._changed:
            speaking = self._urgent or self._waiting or (self._now and not self._now.stopped)
        return bool(speaking) or not self._output.wait(0)

    def wait(self) -> None:
        """Wait until everything has been said and played."""
        with self._changed:
            self._changed.wait_for(lambda: not (self._urgent or self._waiting or self._now))
        while not self._output.wait(LOOKS):
            pass

    def close(self, *, finish: bool = False) -> None:
        """Stop for good; with `finish` only after everything has been said."""
        if self._closed:
            return
        if finish:
            self.wait()
        else:
            self.hush()
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        if self._voice is not None:
            self._thread.join()
            self._voice.close()
        self._output.close(finish=finish)

    def _last(self) -> str | None:
        if self._waiting:
            return self._waiting[-1]
        return self._urgent or (self._now.text if self._now and not self._now.stopped else None)

    def _stop(self, *, cues: bool) -> None:
        if self._now is not None and not self._now.stopped:
            self._now.stopped = True
            if self._now.spoken is not None:
                self._now.spoken.stop()
        self._output.hush(cues=cues)

    def _work(self) -> None:
        while True:
            with self._changed:
                self._now = None
                self._changed.notify_all()
                self._changed.wait_for(lambda: self._closed or self._urgent or self._waiting)
                if self._closed:
                    return
                text, self._urgent = self._urgent, None
                now = self._now = _Now(text if text is not None else self._waiting.popleft())
            try:
                if self._may_speak():
                    self._speak(now)
            except VoiceError as error:
                _log.warning("the voice: %s", error)
                if self._on_trouble is not None:
                    self._on_trouble(str(error))
                    self._on_trouble = None

    def _speak(self, now: _Now) -> None:
        assert self._voice is not None  # noqa: S101 - the thread runs only with a voice
        spoken = self._voice.begin(now.text)
        with self._changed:
            now.spoken = spoken
            if now.stopped:
                spoken.stop()
        if self._voice.by_itself:
            self._output.give_way(True)
        try:
            for sound in spoken.blocks():
                with self._changed:
                    if not now.stopped:
                        self._output.speak(sound)
        finally:
            if self._voice.by_itself:
                self._output.give_way(False)
        while not (now.stopped or self._output.wait(LOOKS)):
            pass
