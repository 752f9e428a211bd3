"""Listens: what the microphone hears, what is pressed and what happens, to stretches of speech.

One thread has it all in order, and does nothing that takes long: what is made of the speech is
another's business.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Protocol

from adapters.voice.activity import LASTS, OFF, Detector, Stretches
from adapters.voice.microphone import State
from adapters.voice.modes import Begin, Drop, Effect, Finish, Modes, Way
from adapters.voice.pre_roll import BEFORE, PreRoll

if TYPE_CHECKING:
    from adapters.voice.recogniser import Samples

LOOKS = 0.1
"""Seconds between looks at what is due when the microphone gives nothing."""
ECHO = 0.4
"""Seconds after this PC has spoken in which a room, or the system, may still give it back."""
APART = 0.2
"""Seconds of silence that part what is said from what was being said when nobody listened."""
log = logging.getLogger(__name__)

Opening = Callable[[Callable[[State], None]], "Source"]
"""Opens the microphone: who is told of its state."""


class Source(Protocol):
    """What is listened to: a `microphone.Microphone`."""

    @property
    def silent(self) -> bool:
        """Whether nothing but zeros was ever heard."""

    def chunks(self, seconds: float) -> Iterator[Samples]:
        """What was heard since the last call."""

    def wake(self) -> None:
        """Have `chunks` return at once."""

    def close(self) -> None:
        """Stop."""


class Hearer(Protocol):
    """What makes words of speech; no method waits."""

    def begin(self, way: Way | None) -> None:
        """A stretch begins."""

    def feed(self, samples: Samples) -> None:
        """What was spoken since the last call."""

    def finish(self) -> None:
        """The stretch is over: find out what it was."""

    def drop(self) -> None:
        """Forget the stretch."""


class Ear:
    """Listens until it is closed.

    Args:
        opening: opens the microphone.
        detector: tells speech from silence.
        modes: decides.
        hearer: gets the speech.
        tell: gets every other effect.
        sounding: whether this PC speaks or sounds just now.
        silence: seconds of silence that end what is said, asked when it begins.
        longest: seconds after which a stretch ends in any case.
        pre_roll: seconds of speech before a press that still count.
    """

    def __init__(
        self,
        opening: Opening,
        detector: Detector,
        modes: Modes,
        hearer: Hearer,
        tell: Callable[[Effect], None],
        *,
        sounding: Callable[[], bool] = lambda: False,
        silence: Callable[[], float] = lambda: 0.6,
        longest: float = 15.0,
        pre_roll: float = 0.5,
    ) -> None:
        self._detector, self._modes, self._hearer, self._tell = detector, modes, hearer, tell
        self._sounding, self._silence = sounding, silence
        self._stretches = Stretches(longest=longest)
        self._pre_roll = PreRoll(pre_roll)
        self._open = False
        """A stretch is being handed on."""
        self._heard_until = 0.0
        self._stale: int | None = None
        """What is being said began before it was listened to; its chunks of silence so far."""
        self.loudest = 0.0
        """The loudest sample of the stretch, from 0 to 1."""
        self._inbox: queue.SimpleQueue[Callable[[], tuple[Effect, ...]]] = queue.SimpleQueue()
        self._closing = threading.Event()
        self._source = opening(self._microphone)
        self._thread = threading.Thread(target=self._run, name="ear", daemon=True)
        self._thread.start()

    def post(self, happened: Callable[[Modes, float], tuple[Effect, ...]]) -> None:
        """Have something happen to the modes, in its turn; any thread may call it."""
        self._inbox.put(lambda: happened(self._modes, time.monotonic()))
        self._source.wake()

    @property
    def silent(self) -> bool:
        """Whether the microphone gave nothing but zeros."""
        return self._source.silent

    def close(self) -> None:
        """Listen no more."""
        self._closing.set()
        self._source.wake()
        self._thread.join()
        self._source.close()

    def _microphone(self, state: State) -> None:
        there = state == "open"
        self._inbox.put(lambda: self._modes.microphone(there, time.monotonic()))

    def _run(self) -> None:
        while not self._closing.is_set():
            try:
                for chunk in self._source.chunks(LOOKS):
                    self._happen()
                    self._chunk(chunk)
                self._happen()
            except Exception:
                log.exception("while listening")

    def _happen(self) -> None:
        """What was pressed, and what is due."""
        while True:
            try:
                happened = self._inbox.get_nowait()
            except queue.Empty:
                break
            self._do(happened())
        now = time.monotonic()
        if self._sounding():
            self._heard_until = now + ECHO
        self._do(self._modes.sounds(now < self._heard_until, now))
        self._do(self._modes.tick(now))

    def _chunk(self, chunk: Samples) -> None:
        if not self._modes.attends:
            self._stretches.forget()
            self._pre_roll.add(chunk)
            self._stale = 0
            return
        if self._open:
            self._hand_on(chunk)
        else:
            self._pre_roll.add(chunk)
        self._listen(self._detector.likely(chunk))

    def _listen(self, likely: float) -> None:
        if self._stale is not None:
            self._stale = self._stale + 1 if likely < OFF else 0
            if self._stale * LASTS < APART:
                return
            self._stale = None
        change = self._stretches.feed(likely)
        if change is not None:
            self._do(self._modes.speech(change, time.monotonic()))

    def _hand_on(self, chunk: Samples) -> None:
        self.loudest = max(self.loudest, float(abs(chunk).max()))
        self._hearer.feed(chunk)

    def _do(self, effects: tuple[Effect, ...]) -> None:
        for effect in effects:
            if isinstance(effect, Begin):
                self._begin(effect.way)
            elif isinstance(effect, Finish):
                self._end()
                self._hearer.finish()
            elif isinstance(effect, Drop):
                self._end()
                self._hearer.drop()
            self._tell(effect)

    def _end(self) -> None:
        self._open, self._stale = False, 0
        self._stretches.forget()
        self._pre_roll.clear()

    def _begin(self, way: Way | None) -> None:
        self._open, self.loudest = True, 0.0
        self._hearer.begin(way)
        self._stretches.silence = self._silence()
        if way is None:  # a stretch that is under way
            for chunk in self._pre_roll.last(BEFORE + 0.1):
                self._hand_on(chunk)
            self._pre_roll.clear()
            return
        speaking = self._stretches.speaking
        self._stretches.forget()
        if way in {"held", "once"}:
            self._stale = None
            looked = self._pre_roll.take(self._detector)
            for chunk, likely in zip(looked.chunks, looked.likely, strict=True):
                self._hand_on(chunk)
                self._listen(likely)
        else:  # what is being said already was meant for somebody else
            self._stale = 0 if speaking else self._stale
            self._pre_roll.clear()
