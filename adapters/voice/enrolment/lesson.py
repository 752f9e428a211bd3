"""The lesson: what to say is shown and spoken, then it listens, judges and keeps; by ear alone.

Who does nothing but speak gets through it: silence is asked about once and then leaves the word
out, and three words left out in silence end the lesson. Orders only make it quicker.
"""

from __future__ import annotations

import queue
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

from adapters.voice.enrolment.features import cepstra
from adapters.voice.enrolment.matcher import Matcher
from adapters.voice.enrolment.sounding import Trimmed, Utterance, trimmed
from adapters.voice.enrolment.taught import Sample, Taught

if TYPE_CHECKING:
    from adapters.feedback.feedback import Cue
    from adapters.voice.enrolment.items import Item
    from adapters.voice.recogniser import Samples

Order = Literal["go", "again", "skip", "play", "stop"]
ORDERS: tuple[Order, ...] = ("go", "again", "skip", "play", "stop")
End = Literal["done", "stopped", "deserted", "deaf"]
"""How a lesson ended: all was taught; it was told to; nobody spoke; nothing can be heard."""

SAMPLES = 3
"""Samples of each word, if nothing else is said."""
UNLIKE = 0.72
"""How far a sample may be from the nearest other one of its word: two in a hundred are farther."""
FAULTS = 3
"""Samples of no use in a row after which the next word comes."""
DESERTED = 3
"""Words left out in silence, one after the other, after which the lesson ends."""
LOOKS = 0.2
"""Seconds after which orders are looked for while nothing is heard."""
DEAF = 6.0
"""Seconds without a sound from the microphone, not even silence, after which it is given up."""


class Source(Protocol):
    """A microphone: `adapters.voice.microphone.Microphone` is one."""

    def chunks(self, seconds: float) -> Iterator[Samples]:
        """What was heard since the last call; nothing after so many seconds without any."""


class Teller(Protocol):
    """Shows and speaks."""

    def tell(self, message: str, **details: object) -> None:
        """Say a message of the language files, shown at once, spoken after what is being spoken."""

    def cue(self, cue: Cue) -> None:
        """Play an earcon."""

    def play(self, sound: Samples) -> None:
        """Play what was recorded."""

    def settle(self) -> None:
        """Wait until all has been heard, or was silenced."""


@dataclass(slots=True)
class Patience:
    """How long it waits; see `Utterance`."""

    patience: float = 8.0
    pause: float = 1.0


class Lesson:
    """One sitting.

    Args:
        taught: what was taught before.
        keep: called with everything that is taught, after each sample.
        source: hears.
        teller: shows and speaks.
        orders: what the user tells it to do; any thread may put something in.
        samples: of each word.
        timing: how long it waits.
    """

    def __init__(
        self,
        taught: Taught,
        keep: Callable[[Taught], None],
        source: Source,
        teller: Teller,
        orders: queue.SimpleQueue[Order],
        *,
        samples: int = SAMPLES,
        timing: Patience | None = None,
    ) -> None:
        self.taught = taught
        self._keep, self._source, self._teller, self._orders = keep, source, teller, orders
        self._samples, self._timing = samples, timing or Patience()
        self._last: Samples | None = None

    def run(self, items: Sequence[Item]) -> End:
        """Teach what is still missing of some items.

        Args:
            items: in the order in which they are taught.
        """
        missing = self.missing(items)
        whole, silent = len(items), 0
        try:
            at = 0
            while at < len(missing):
                try:
                    heard = self._teach(missing[at])
                except _Back:
                    at = max(0, at - 1)
                    self._forget(missing[at])
                    continue
                at += 1
                silent = 0 if heard else silent + 1
                if silent >= DESERTED:
                    return "deserted"
                if heard and at < len(missing):
                    done = whole - len(self.missing(items))
                    self._teller.tell("train_progress", done=done, whole=whole)
        except _Stop:
            return "stopped"
        except _Deaf:
            return "deaf"
        return "done"

    def missing(self, items: Iterable[Item]) -> list[Item]:
        """The items that have too few samples."""
        return [item for item in items if self._count(item.label) < self._samples]

    def _count(self, label: str) -> int:
        return len(self.taught.of(label))

    def _teach(self, item: Item) -> bool:
        """Teach one word; whether anything was heard."""
        faults, heard, asked = 0, False, False
        while (have := self._count(item.label)) < self._samples:
            message = "train_once_more" if have else "train_say"
            self._teller.tell(message, word=item.label, n=have + 1, of=self._samples)
            try:
                sound = self._hear()
            except _Skip:
                self._teller.tell("train_skipped", word=item.label)
                return True
            except _Again:
                if not have:
                    raise _Back from None  # the sample that was not good was the last word's
                self._forget(item)
                asked = False
                continue
            if sound.fault is not None:
                faults += 1
                self._teller.cue("failed")
                self._teller.tell(f"train_{sound.fault}", word=item.label)
                heard = heard or sound.fault != "silent"
                if faults >= (FAULTS if heard else 2):
                    self._teller.tell("train_skipped", word=item.label)
                    return heard
                continue
            faults, heard = 0, True
            sample = Sample(item.label, item.role, cepstra(sound.sound))
            if not asked and unlike(sample, self.taught):
                asked = True
                self._teller.cue("asked")
                self._teller.tell("train_unlike", word=item.label)
                continue
            self._last, asked = sound.sound, False
            self.taught = self.taught.plus(sample)
            self._keep(self.taught)
            self._teller.cue("done")
        other = Matcher(self.taught.samples).alike(item.label)
        if other:
            self._teller.tell("train_alike", word=item.label, other=other)
        return True

    def _forget(self, item: Item) -> None:
        """The last sample of a word was not good."""
        if self._count(item.label):
            self.taught = self.taught.without_last(item.label)
            self._keep(self.taught)
            self._teller.tell("train_forgotten", word=item.label)

    def _hear(self) -> Trimmed:
        """One utterance, once all that was to be told has been heard."""
        self._obey(self._settled())
        for _ in self._source.chunks(0):
            pass  # what the loudspeaker said is no sample
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
                raise _Deaf
            order = self._order()
            if order == "go":
                utterance.end()
            self._obey(order)
        return trimmed(utterance.sound())

    def _settled(self) -> Order | None:
        self._teller.settle()
        order = self._order()
        while order == "play":
            if self._last is None:
                self._teller.tell("train_nothing_to_play")
            else:
                self._teller.play(self._last)
            self._teller.settle()
            order = self._order()
        if order is None or order == "go":
            self._open()
            self._teller.cue("listening")
            self._teller.settle()
        return order

    def _open(self) -> None:
        """A microphone takes a while to open; nobody is to speak before it has."""
        for _ in range(round(DEAF / LOOKS)):
            for _ in self._source.chunks(LOOKS):
                return
        raise _Deaf

    def _order(self) -> Order | None:
        try:
            return self._orders.get_nowait()
        except queue.Empty:
            return None

    def _obey(self, order: Order | None) -> None:
        if order == "stop":
            raise _Stop
        if order == "skip":
            raise _Skip
        if order == "again":
            raise _Again


def unlike(sample: Sample, taught: Taught) -> bool:
    """Whether a sample is unlike all others of its label, or there are none it could be like."""
    others = [at for at, one in enumerate(taught.samples) if one.label == sample.label]
    if not others:
        return False
    samples = (*taught.samples, sample)
    return Matcher(samples).near(len(samples) - 1, others) > UNLIKE


class _Told(Exception):
    """The user gave an order."""


class _Stop(_Told):
    pass


class _Skip(_Told):
    pass


class _Again(_Told):
    pass


class _Back(_Told):
    pass


class _Deaf(Exception):
    """The microphone gives nothing."""
