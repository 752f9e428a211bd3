"""Somebody at the microphone, whose every word the recogniser was told beforehand."""

from __future__ import annotations

import queue
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy as np

from adapters.feedback.feedback import Cue
from adapters.feedback.mixer import Sound
from adapters.voice.microphone import CHUNK, State
from adapters.voice.recogniser import Expected, Heard, Hearing
from adapters.voice.session import Session
from adapters.voice.telling import Telling
from assistant.settings import VoiceSection
from tests.desk import Desk, eventually


class Microphone:
    """Gives what it is given."""

    def __init__(self, on_state: Callable[[State], None]) -> None:
        self.on_state = on_state
        self.silent = False
        self._given: queue.SimpleQueue[Sound | None] = queue.SimpleQueue()
        on_state("open")

    def give(self, loud: float, chunks: int) -> None:
        for _ in range(chunks):
            self._given.put(np.full(CHUNK, loud, np.float32))

    def chunks(self, seconds: float) -> Iterator[Sound]:
        try:
            came = self._given.get(timeout=min(seconds, 0.02))
            while came is not None:
                yield came
                came = self._given.get_nowait()
        except queue.Empty:
            return

    def wake(self) -> None:
        self._given.put(None)

    def close(self) -> None:
        pass


class Loudness:
    """Takes what is loud for speech."""

    def likely(self, chunk: Sound) -> float:
        return float(chunk.max() > 0.1)

    def forget(self) -> None:
        pass


class Script:
    """A recogniser that hears what the test has written down."""

    name = "script"

    def __init__(self) -> None:
        self.next: deque[Hearing] = deque()
        self.expected: list[Expected] = []
        self.lengths: list[int] = []

    def prepare(self, expected: Expected) -> None:
        pass

    def listen(self, expected: Expected) -> _Listener:
        self.expected.append(expected)
        return _Listener(self)


class _Listener:
    def __init__(self, script: Script) -> None:
        self._script = script
        self._n = 0

    def feed(self, samples: Sound) -> None:
        self._n += len(samples)

    def finish(self) -> Hearing:
        self._script.lengths.append(self._n)
        return self._script.next.popleft() if self._script.next else Hearing()


class Ears:
    """What was sounded and spoken; `speaks` while something is."""

    def __init__(self) -> None:
        self.cues: list[Cue] = []
        self.said: list[str] = []
        self.hushed = 0
        self.speaks = False

    def cue(self, cue: Cue) -> None:
        self.cues.append(cue)

    def say(self, text: str, *, urgent: bool = False) -> None:
        self.said.append(text)

    def hush(self) -> None:
        self.hushed += 1
        self.speaks = False

    def sounding(self) -> bool:
        return self.speaks

    def close(self, *, finish: bool = False) -> None:
        pass


class Person:
    """Who speaks."""

    session: Session

    def __init__(self, phone: Desk) -> None:
        self.phone = phone
        self.lines: list[str] = []
        self.script, self.ears = Script(), Ears()
        self.overs = 0
        self.microphone: Microphone

    def opened(self, on_state: Callable[[State], None]) -> Microphone:
        self.microphone = Microphone(on_state)
        return self.microphone

    def over(self) -> None:
        self.overs += 1

    def says(self, text: str, *, score: float = 1.0, none: float = 0.0, also: str = "") -> None:
        """Be silent for a moment, speak for half a second, be silent for a second."""
        self.quiet(8)
        others = (Heard(also, 1 - score),) if also else ()
        self.script.next.append(Hearing((Heard(text, score), *others), none, "script"))
        self.speaks(16)
        self.microphone.give(0.0, 32)

    def speaks(self, chunks: int) -> None:
        self.microphone.give(0.5, chunks)

    def quiet(self, chunks: int = 32) -> None:
        self.microphone.give(0.0, chunks)

    def all_heard(self) -> None:
        eventually(self.microphone._given.empty)

    def reads(self, text: str, times: int = 1) -> None:
        eventually(
            lambda: sum(text in line for line in self.lines) >= times,
        )

    def is_(self, mode: str) -> None:
        eventually(lambda: self.session.mode == mode)


@contextmanager
def speaking(phone: Desk, **voice: Any) -> Iterator[Person]:
    """A sitting; `voice` are settings of `[voice]`."""
    person = Person(phone)
    section = replace(VoiceSection(), **{"patience": 2.0, **voice})
    phone.assistant.config = replace(phone.assistant.config, voice=section)
    telling = Telling(person.lines.append, person.ears, phone.assistant.wording())
    person.session = Session(
        phone.assistant,
        person.opened,
        Loudness(),
        person.script,
        telling=telling,
        feedback=person.ears,
        on_over=person.over,
    )
    try:
        person.is_("waiting")
        yield person
    finally:
        person.session.close()
