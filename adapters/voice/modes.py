"""Whether the microphone is listened to, and what for; pure, so that every order can be tried.

asleep      nothing but "wake up" is understood
waiting     nothing acts until the key is pressed, or the wake word is said
listening   what is said next is a command
hearing     somebody speaks it
thinking    it is made words of, and done
deaf        there is no microphone

Three rules are above all others. What was being said when listening began without a press belongs
to somebody else, and is not heard. During a call nothing but a press begins to listen. What is
heard while this PC speaks by itself is not heard either.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from adapters.feedback.feedback import Cue
from adapters.voice.activity import Change

Mode = Literal["deaf", "asleep", "waiting", "listening", "hearing", "thinking"]
Way = Literal["held", "once", "woken", "answer"]
"""What began the listening: a key that is held, or was pressed; the wake word; a question."""
PRESSED: frozenset[Way] = frozenset({"held", "once"})


@dataclass(frozen=True, slots=True)
class Rules:
    """How long things take, in seconds, and what is wanted."""

    patience: float = 8.0
    """How long nobody need speak after listening began."""
    longest: float = 15.0
    """How long a key that is held is listened to; other speech has its own end."""
    tail: float = 0.3
    """How long is listened on after a key was let go: people let go early, and sound comes late."""
    sleep_after: float = 0.0
    """Without a command so long, it goes to sleep; 0 means never."""
    wake: bool = False
    """A wake word begins to listen."""
    answers: bool = True
    """A question begins to listen for its answer, except after a key that is held."""


@dataclass(frozen=True, slots=True)
class Begin:
    """A stretch of speech is to be heard from now on, or from a moment ago."""

    way: Way | None
    """None when nobody asked to be listened to: it may be the wake word."""


@dataclass(frozen=True, slots=True)
class Finish:
    """It is over: find out what it was, and do it."""

    way: Way | None


@dataclass(frozen=True, slots=True)
class Drop:
    """It is not to be heard after all."""


@dataclass(frozen=True, slots=True)
class Show:
    """The mode is another one."""

    mode: Mode


@dataclass(frozen=True, slots=True)
class Sound:
    """An earcon."""

    cue: Cue


@dataclass(frozen=True, slots=True)
class Tell:
    """A message of the language file."""

    message: str


Effect = Begin | Finish | Drop | Show | Sound | Tell


class Modes:
    """Takes what happens in the order of its time, and tells what is to be done.

    Args:
        rules: how long things take.
    """

    def __init__(self, rules: Rules | None = None) -> None:
        self._rules = rules or Rules()
        self._effects: list[Effect] = []
        self._shown: Mode = "deaf"
        self._deaf = True
        self._asleep = False
        self._way: Way | None = None
        self._spotting = False
        """Somebody speaks though nobody asked them to."""
        self._speaking = self._spoke = False
        self._since = self._used = 0.0
        self._released: float | None = None
        self._pending = 0
        """Commands that are under way."""
        self._asked: Way | None = None
        """A question wants its answer, as soon as it has been spoken."""
        self._in_call = self._sounding = False

    @property
    def mode(self) -> Mode:
        """What the microphone is doing."""
        if self._deaf:
            return "deaf"
        if self._way is not None:
            return "hearing" if self._speaking else "listening"
        if self._pending:
            return "thinking"
        return "asleep" if self._asleep else "waiting"

    @property
    def way(self) -> Way | None:
        """What began the listening; None when nobody is listened to."""
        return self._way

    @property
    def in_call(self) -> bool:
        """Whether somebody may be talked to on a call."""
        return self._in_call

    @property
    def attends(self) -> bool:
        """Whether it matters if somebody speaks."""
        wanted = self._way is not None or self._asked is not None
        return not self._deaf and (wanted or self._may_spot())

    # What happens

    def microphone(self, there: bool, t: float) -> tuple[Effect, ...]:
        """There is one, or none any more."""
        if there == (not self._deaf):
            return ()
        if not there:
            self._stop()
        self._deaf, self._used = not there, t
        self._effects.append(Tell("voice_microphone" if there else "voice_no_microphone"))
        return self._all()

    def press(self, t: float, *, held: bool) -> tuple[Effect, ...]:
        """The key went down, or what stands for it was chosen."""
        self._used = t
        if self._deaf:
            return (Tell("voice_no_microphone"), Sound("failed"))
        if self._way in PRESSED and not held:
            if self._spoke:
                self._conclude()
            else:
                self._stop()
            return self._all()
        if self._way in PRESSED:
            self._released = None
            return ()
        self._stop(quietly=True)
        self._begin("held" if held else "once", t)
        return self._all()

    def release(self, t: float) -> tuple[Effect, ...]:
        """The key that was held came up."""
        if self._way == "held" and self._released is None:
            self._released = t
        return self.tick(t)

    def speech(self, change: Change, t: float) -> tuple[Effect, ...]:
        """A stretch of speech began or ended."""
        if self._deaf:
            return ()
        if self._way is not None:
            self._speaking = change == "begun"
            self._spoke = self._spoke or self._speaking
            if change == "ended" and self._way != "held":
                self._conclude()
        elif change == "begun" and self._may_spot() and not self._spotting:
            self._spotting = True
            self._effects.append(Begin(None))
        elif change == "ended" and self._spotting:
            self._spotting = False
            self._effects.append(Finish(None))
        return self._all() if self._way is None else self._all() + self.tick(t)

    def woken(self, t: float) -> tuple[Effect, ...]:
        """The wake word was said, and nothing after it."""
        if self._deaf or self._in_call or self._asleep or self._way is not None:
            return ()
        self._used = t
        self._begin("woken", t)
        return self._all()

    def done(self, t: float, way: Way | None, *, asked: bool = False) -> tuple[Effect, ...]:
        """What was heard has been answered.

        Args:
            t: when.
            way: what had begun the listening.
            asked: the answer is a question.
        """
        self._used = t
        self._pending = max(0, self._pending - 1)
        wanted = asked and self._rules.answers and way != "held"
        listens = wanted and not (self._asleep or self._in_call)
        self._asked = (way or "woken") if listens else None
        return self._all() + self.tick(t)

    def sleep(self, t: float) -> tuple[Effect, ...]:
        """Somebody wants to speak without being heard."""
        if self._asleep:
            return (Tell("voice_asleep_already"),)
        self._asleep, self._used, self._asked = True, t, None
        if self._way not in PRESSED:
            self._stop()
        self._effects.append(Tell("voice_asleep"))
        return self._all()

    def wake(self, t: float) -> tuple[Effect, ...]:
        """Somebody wants to be heard again; what they are saying just now is not."""
        self._used = t
        if not self._asleep:
            return (Tell("voice_awake_already"),)
        self._asleep = False
        self._stop(quietly=True)
        self._effects.append(Tell("voice_awake"))
        return self._all()

    @property
    def asleep(self) -> bool:
        """Whether nothing but "wake up" is understood."""
        return self._asleep

    def calls(self, talking: bool) -> tuple[Effect, ...]:
        """Whether there is a call on which somebody may be talked to."""
        self._in_call = talking
        if talking:
            self._asked = None
            if self._way not in PRESSED:
                self._stop()
        return self._all()

    def sounds(self, on: bool, t: float) -> tuple[Effect, ...]:
        """Whether this PC speaks or sounds by itself."""
        if on == self._sounding:
            return ()
        self._sounding = on
        if on and self._spotting:
            self._stop(quietly=True)
        if on and self._way in {"woken", "answer"} and self._spoke:
            self._effects.append(Drop())
            self._begin(self._way, t, again=True)
        return self._all() + self.tick(t)

    def tick(self, t: float) -> tuple[Effect, ...]:
        """Do what is due by now."""
        rules = self._rules
        if self._way is not None:
            late = t - self._since
            if self._released is not None:
                if t >= self._released + rules.tail:
                    self._conclude()
            elif self._way == "held":
                if late >= rules.longest:
                    self._conclude()
            elif not self._spoke and self._sounding and self._way not in PRESSED:
                self._since = t
            elif late >= rules.patience + (2 * rules.longest if self._spoke else 0):
                # While somebody speaks, only a microphone that has gone still lets it last so long.
                self._nothing()
        elif self._asked is not None and not (self._sounding or self._pending or self._deaf):
            self._asked = None
            if not self._in_call:
                self._begin("answer", t)
        elif 0 < rules.sleep_after <= t - self._used and not (self._asleep or self._pending):
            return self._all() + self.sleep(t)
        return self._all()

    # What it comes to

    def _may_spot(self) -> bool:
        return self._rules.wake and not (
            self._in_call or self._sounding or self._pending or self._way is not None
        )

    def _begin(self, way: Way, t: float, *, again: bool = False) -> None:
        if self._spotting:
            self._spotting = False
            self._effects.append(Drop())
        self._way, self._since = way, t
        self._speaking = self._spoke = False
        self._released = self._asked = None
        self._effects.append(Begin(way))
        if not again:
            self._effects.append(Sound("listening"))

    def _conclude(self) -> None:
        """What was said is a command."""
        if not self._spoke:
            self._nothing()
            return
        way, self._way = self._way, None
        self._speaking, self._released = False, None
        self._pending += 1
        self._effects += [Finish(way), Sound("stopped")]

    def _nothing(self) -> None:
        """Nobody spoke."""
        self._stop()
        self._effects.append(Tell("voice_heard_nothing"))

    def _stop(self, *, quietly: bool = False) -> None:
        """Listen no more, whatever was being said."""
        if self._way is None and not self._spotting:
            return
        listened = self._way is not None
        self._way, self._spotting, self._released = None, False, None
        self._speaking = self._spoke = False
        self._effects.append(Drop())
        if listened and not quietly:
            self._effects.append(Sound("stopped"))

    def _all(self) -> tuple[Effect, ...]:
        if self.mode != self._shown:
            self._shown = self.mode
            self._effects.append(Show(self._shown))
        found, self._effects = tuple(self._effects), []
        return found
