"""Stretches of speech become commands, on a thread of its own: an engine may take its time.

What was heard goes to the assistant as any typed sentence does. Whatever was not asked for by a
press is looked at twice: never during a call, and nothing but what begins with the wake word.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from adapters.voice.meaning import Meant, expected, meanings
from adapters.voice.modes import PRESSED, Way
from adapters.voice.recogniser import Expected, Heard, Hearing, Listener, Recogniser
from adapters.voice.telling import Telling
from assistant.assistant import Assistant
from assistant.contract import LiveCall, Status, Utterance
from assistant.phonebar import PhonebarError
from assistant.possible import Expectation
from assistant.text import tokens
from assistant.understanding import ACT, ASK
from assistant.wording import Wording

if TYPE_CHECKING:
    from adapters.voice.recogniser import Samples

USER, SURFACE = "local", "voice"
NONE = 0.5
"""How likely none of what can be said may have been said, for anything to be done."""
EXAMPLES = 3
"""Of what can be said, when something was not understood."""
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Over:
    """What became of a stretch of speech."""

    way: Way | None
    kind: str
    """`command`, `sleep`, `wake`, `woken` (the wake word alone), or `nothing`."""
    asked: bool = False
    """The answer is a question."""


@dataclass(slots=True)
class _Stretch:
    way: Way | None
    asleep: bool
    listener: Listener
    can: Expectation
    begun: float | None = None
    """Unix time in seconds."""
    known: frozenset[str] | None = None
    """The calls that there were then."""


class _Nothing:
    """Listens to nothing."""

    def feed(self, samples: Samples) -> None:
        """Do nothing."""

    def finish(self) -> Hearing:
        """Nothing was heard."""
        return Hearing()


class Work:
    """Hears and does, one stretch after the other.

    Args:
        assistant: who does it; started already.
        recogniser: makes words of speech.
        telling: tells.
        over: told what became of each stretch, in the order of their ends.
        wake: the wake word; empty for none.
        asleep: whether nothing but "wake up" is to be understood.
    """

    def __init__(
        self,
        assistant: Assistant,
        recogniser: Recogniser,
        telling: Telling,
        over: Callable[[Over], None],
        *,
        wake: str = "",
        asleep: Callable[[], bool] = lambda: False,
    ) -> None:
        self._assistant, self._recogniser, self._telling = assistant, recogniser, telling
        self._over, self._wake, self._asleep = over, wake, asleep
        self._language = assistant.config.assistant.languages[0]
        self._stretch: _Stretch | None = None
        self._way: Way | None = None
        """What began the latest stretch, whatever became of it."""
        self._can = assistant.expectation(USER, SURFACE)
        self._idle = threading.Event()
        self._idle.set()
        self._prepare()
        self._jobs: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="hearing", daemon=True)
        self._thread.start()

    # What the ear asks for

    def begin(self, way: Way | None) -> None:
        """A stretch begins."""
        at, calls = time.time(), self._assistant.watcher.calls
        known = frozenset(call.key for call in calls if not call.ended)
        self._jobs.put(lambda: self._begin(way, at, known))

    def feed(self, samples: Samples) -> None:
        """What was spoken since the last call."""
        self._jobs.put(lambda: self._feed(samples))

    def finish(self) -> None:
        """The stretch is over."""
        at = time.time()
        self._idle.clear()
        self._jobs.put(lambda: self._finish(at))

    def settled(self, seconds: float) -> None:
        """Wait until no command is under way, though not longer than so many seconds."""
        self._idle.wait(seconds)

    def caught_up(self, seconds: float) -> bool:
        """Wait until all that was asked for so far is done, though not longer than that."""
        done = threading.Event()
        self._jobs.put(done.set)
        return done.wait(seconds)

    def drop(self) -> None:
        """Forget the stretch."""
        self._jobs.put(self._drop)

    def say(self, text: str) -> None:
        """Take a text as if it had been heard well after a press."""
        at = time.time()
        self._jobs.put(lambda: self._typed(text, at))

    def prepare(self) -> None:
        """Get ready for what can be said now; the calls have changed."""
        self._jobs.put(self._prepare)

    def close(self) -> None:
        """Finish what is under way, and take nothing more."""
        self._jobs.put(None)
        self._thread.join(timeout=self._assistant.config.phonebar.verify_seconds + 1)

    @property
    def digits(self) -> bool:
        """Whether nothing but digits is expected now."""
        return bool(self._can.entry)

    # The thread

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            try:
                job()
            except Exception:
                log.exception("while making words of speech")
                self._stretch = None
                self._broken()

    def _broken(self) -> None:
        """Tell that something went wrong; whatever happens, the next command is heard."""
        try:
            self._telling.say("internal_error", "failed")
        except Exception:
            log.exception("while telling that something went wrong")

    def _begin(self, way: Way | None, at: float, known: frozenset[str]) -> None:
        self._way = way
        self._can = self._assistant.expectation(USER, SURFACE)
        listener = self._recogniser.listen(self._expected(way))
        self._stretch = _Stretch(way, self._asleep(), listener, self._can, at, known)

    def _feed(self, samples: Samples) -> None:
        if self._stretch is not None:
            self._stretch.listener.feed(samples)

    def _drop(self) -> None:
        self._stretch = None

    def _prepare(self) -> None:
        if self._stretch is None:
            self._can = self._assistant.expectation(USER, SURFACE)
            self._recogniser.prepare(self._expected("once"))

    def _finish(self, at: float) -> None:
        stretch, self._stretch = self._stretch, None
        over = Over(self._way, "nothing")
        try:
            if stretch is not None:
                hearing = stretch.listener.finish()
                log.debug("heard %s", hearing)
                over = self._became(stretch, hearing, at)
        finally:
            self._idle.set()
            self._over(over)

    def _typed(self, text: str, at: float) -> None:
        can = self._assistant.expectation(USER, SURFACE)
        stretch = _Stretch("once", self._asleep(), _Nothing(), can)
        hearing = Hearing((Heard(text, 1.0),), none=0.0)
        over = self._became(stretch, hearing, at)
        self._over(replace(over, way=None))

    # What can be said

    def _expected(self, way: Way | None) -> Expected:
        asleep = self._asleep()
        if way is None or asleep:
            wanted = self._phrases("voice_say_wake") if asleep else (self._wake,)
            return Expected(self._language, choices=wanted)
        can = self._can
        choices = tuple(label.split(",")[0] for label in can.choices)
        choices += self._phrases("voice_say_sleep") + self._phrases("voice_say_wake")
        known = expected(
            self._assistant.directory,
            self._language,
            can.intents,
            digits=can.entry == "number" and not can.question,
        )
        letters = self._assistant.understanding.letters(self._language)
        return replace(known, choices=choices, letters=letters if can.entry == "name" else ())

    def _phrases(self, message: str) -> tuple[str, ...]:
        return phrases(self._assistant.wording(), message)

    # What was said

    def _became(self, stretch: _Stretch, hearing: Hearing, at: float) -> Over:
        way = stretch.way
        text = hearing.candidates[0].text if hearing.candidates else ""
        sure = bool(hearing.candidates) and hearing.none < NONE
        if sure and is_one_of(text, self._phrases("voice_say_wake")):
            return Over(way, "wake")
        if way is None:
            woken = sure and is_one_of(text, (self._wake,)) and not stretch.asleep
            return Over(way, "woken" if woken and not self._talking() else "nothing")
        if stretch.asleep:
            self._telling.say("voice_asleep_still", "failed")
            return Over(way, "nothing")
        if sure and is_one_of(text, self._phrases("voice_say_sleep")):
            return Over(way, "sleep")
        found = meanings(hearing, self._assistant.understanding, self._language, stretch.can)
        best = next((item for item in found if item.command.intent != "none"), None)
        if not sure or best is None or best.confidence < ASK:
            self._not_understood()
            return Over(way, "nothing")
        if way not in PRESSED and self._talking():
            self._telling.say("voice_in_call", "failed")
            return Over(way, "nothing")
        return Over(way, "command", asked=self._do(best, found, stretch, at))

    def _do(self, best: Meant, found: tuple[Meant, ...], stretch: _Stretch, at: float) -> bool:
        """Have it done, and tell what became of it; whether that is a question."""
        self._telling.heard(best.text)
        reply = self._assistant.handle(
            Utterance(
                best.text,
                USER,
                SURFACE,
                language=self._language,
                alternatives=tuple(item.text for item in found if item is not best),
                deadline=at + self._assistant.config.assistant.command_life,
                sure=best.confidence >= ACT,
                begun=stretch.begun,
                known=stretch.known,
            )
        )
        self._telling.reply(reply)
        self.prepare()
        return reply.status is Status.ASKED or bool(reply.expects)

    def _talking(self) -> bool:
        """Whether somebody may be talked to on a call; asked afresh, and yes when in doubt."""
        try:
            return talking(self._assistant.calls())
        except PhonebarError:
            return True

    def _not_understood(self) -> None:
        examples = self._assistant.understanding.phrases(self._can.intents, self._language)
        log.debug("not understood")
        said = ", ".join(f'"{phrase}"' for phrase in examples[:EXAMPLES])
        self._telling.say("voice_not_understood", "failed", phrases=said)


def talking(calls: tuple[LiveCall, ...]) -> bool:
    """Whether on one of these calls somebody may be talked to: any but one that only rings here."""
    return any(
        not call.ended and (call.state is None or call.state.name != "INCOMING") for call in calls
    )


def phrases(wording: Wording, message: str) -> tuple[str, ...]:
    """The texts that a message lists, with | between them."""
    return tuple(part.strip() for part in wording.say(message)[0].split("|"))


def is_one_of(text: str, wanted: Iterable[str]) -> bool:
    """Whether a text is one of these, whole; case, accents and punctuation do not matter."""

    def words(said: str) -> list[str]:
        return [token.text for token in tokens(said)]

    return words(text) in map(words, wanted)
