"""Trying the voice by ear: a sentence is said back, and what is told is how well that went.

Nothing that is heard here is done. Who does nothing but speak gets through it, and who cannot speak
too: silence ends it with what may be wrong.
"""

from __future__ import annotations

import queue
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from adapters.voice.enrolment.lesson import DEAF, LOOKS, Order, Patience, Source, Teller
from adapters.voice.enrolment.sounding import Trimmed, Utterance, trimmed
from adapters.voice.meaning import meanings
from adapters.voice.recogniser import Expected, Recogniser
from assistant.understanding import ACT, ASK, Understanding

if TYPE_CHECKING:
    from adapters.voice.recogniser import Samples

TRIES = 3
"""How often the sentence is asked for, if it does not come in well."""
End = Literal["well", "badly", "stopped"]
Found = Callable[[str, str, str, dict[str, object]], None]
"""Takes what was looked at (`microphone` or `voice`), `ok`, `note` or `problem`, the message that
says what was found, and what fills it."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The sentence, and how it is understood."""

    sentence: str
    language: str
    expected: Expected
    understanding: Understanding


class Trial:
    """One go.

    Args:
        source: hears.
        teller: shows and speaks.
        orders: what the user tells it to do; any thread may put something in.
        asked: what is to be said.
        recogniser: makes words of speech.
        found: told each result.
        timing: how long it waits.
    """

    def __init__(
        self,
        source: Source,
        teller: Teller,
        orders: queue.SimpleQueue[Order],
        *,
        asked: Asked,
        recogniser: Recogniser,
        found: Found,
        timing: Patience | None = None,
    ) -> None:
        self._source, self._teller, self._orders, self._asked = source, teller, orders, asked
        self._recogniser, self._found, self._timing = recogniser, found, timing or Patience()

    def run(self) -> End:
        """Ask for the sentence, and tell what came of it; again, if another try may help."""
        try:
            self._recogniser.prepare(self._asked.expected)
            for left in reversed(range(TRIES)):
                self._teller.tell("trial_say", sentence=self._asked.sentence)
                sound = self._hear()
                if sound is None:
                    self._found("microphone", "problem", "voice_no_microphone", {})
                    return "badly"
                bad = "note" if left else "problem"
                if self._good(sound, bad) and self._understood(sound.sound, bad):
                    return "well"
        except _Stopped:
            return "stopped"
        return "badly"

    def _good(self, sound: Trimmed, bad: str) -> bool:
        """Whether it is loud and clear enough; says so, or what to do."""
        if sound.fault is None:
            self._found("microphone", "ok", "trial_level", {"decibels": level(sound.sound)})
            return True
        self._teller.cue("failed")
        self._found("microphone", bad, f"train_{sound.fault}", {"word": self._asked.sentence})
        return False

    def _understood(self, sound: Samples, bad: str) -> bool:
        asked = self._asked
        began = time.perf_counter()
        listener = self._recogniser.listen(asked.expected)
        listener.feed(np.concatenate([sound, np.zeros(4000, np.float32)]))
        hearing = listener.finish()
        took = f"{time.perf_counter() - began:.1f}"
        meant = meanings(hearing, asked.understanding, asked.language)
        wanted = asked.understanding.parse(asked.sentence, language=asked.language).command
        sure = meant[0].confidence if meant and hearing.none < ASK else 0.0
        if sure < ASK:
            self._found("voice", bad, "trial_not_heard", {"seconds": took})
            return False
        details: dict[str, object] = {
            "what": meant[0].text,
            "percent": round(100 * sure),
            "seconds": took,
        }
        if meant[0].command != wanted:
            self._found("voice", bad, "trial_heard_other", details)
            return False
        if sure < ACT:
            self._found("voice", "ok", "trial_heard_unsure", details)
        else:
            self._found("voice", "ok", "trial_heard", details)
        return True

    def _hear(self) -> Trimmed | None:
        """What was said after the sound; None when the microphone gives nothing."""
        self._teller.settle()
        while self._obey():
            pass
        if not self._open():
            return None
        self._teller.cue("listening")
        self._teller.settle()
        for _ in self._source.chunks(0):
            pass  # what the loudspeaker said is nobody's sentence
        utterance = Utterance(self._timing.patience, self._timing.pause)
        deaf = 0.0
        while utterance.progress != "ended":
            came = False
            for chunk in self._source.chunks(LOOKS):
                came = True
                if utterance.feed(chunk) == "ended":
                    break
            deaf = 0.0 if came else deaf + LOOKS
            if deaf >= DEAF:
                return None
            if self._obey():
                utterance.end()
        self._teller.cue("stopped")
        return trimmed(utterance.sound())

    def _open(self) -> bool:
        """A microphone takes a while to open; nobody is to speak before it has."""
        for _ in range(round(DEAF / LOOKS)):
            for _ in self._source.chunks(LOOKS):
                return True
            self._obey()
        return False

    def _obey(self) -> bool:
        """Whether Enter, or what counts as much, was pressed."""
        try:
            order = self._orders.get_nowait()
        except queue.Empty:
            return False
        if order == "stop":
            raise _Stopped
        return True


class _Stopped(Exception):
    """The user wants no more of it."""


def level(sound: Samples) -> int:
    """How loud speech is where it is loud, in decibels below full scale."""
    blocks = sound[: len(sound) // 160 * 160].reshape(-1, 160).astype(np.float64)
    if not len(blocks):
        return 100
    loud = 10 * np.log10((blocks**2).mean(1) + 1e-10)
    return -round(float(np.quantile(loud, 0.9)))
