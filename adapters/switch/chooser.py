"""Offers what can be done now, one item after the other, and does what is chosen.

It has no thread and no clock of its own: whoever runs it hands over presses, events and time, one
at a time, and calls `tick` when `due` says.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from adapters.feedback.announcer import Announcer
from adapters.feedback.feedback import Feedback
from adapters.input.press import Press
from adapters.switch.item import Answer, Back, Deed, Item, Open, Read, Run, Serve, Speed, Talk
from adapters.switch.menu import Menu, Question, shape
from adapters.switch.pace import Pace
from adapters.switch.scanner import Scanner, Sign
from assistant.actions import INCOMING
from assistant.assistant import Assistant
from assistant.contract import CallEvent, Command, LiveCall, Reply, Status, Utterance
from assistant.phonebar import PhonebarError
from assistant.wording import Words

SURFACE = "switch"

Heard = Literal["speech", "earcon", "both", "none"]
"""What tells that an item is lit, besides its line."""

FASTEST, SLOWEST = 0.3, 10.0
"""Seconds that an item may stay lit."""


UNHURRIED = 1.0
"""Seconds that an item stays lit at least where a yes may be chosen, however fast the rest is: the
simulated user of `bench/scanning.py` for whom the pace is too fast says no wrong yes then."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How the choosing goes, besides its pace."""

    keys: Mapping[str, bool]
    """The switches: each key's name, and whether it is the one that moves the light."""
    cue: Heard = "both"
    rest: float = 0.0
    """Seconds after a selection in which no press can count: the next list is lit after them."""
    dial_delay: float = 3.0
    """Seconds before a call is placed, in which any press cancels it."""
    confirm: tuple[str, ...] = ()
    """What is asked back, from `settings.CONFIRMABLE`, besides what the policy demands."""
    spoken: Callable[[str], float] = lambda _text: 0.0
    """How many seconds a text takes to be heard; the scan waits for it."""


@dataclass(frozen=True, slots=True)
class _Soon:
    """A call that is placed unless a press cancels it."""

    utterance: Utterance
    at: float


@dataclass(frozen=True, slots=True)
class _Gap:
    """A time in which nothing is lit, so that nobody presses in vain."""

    until: float
    cut: bool
    """A press ends it: what is being told has been understood."""


class Chooser:
    """One person's choosing.

    Args:
        assistant: who answers; started already.
        menu: makes the lists.
        announcer: tells replies and events.
        out: takes a line for each item that is lit.
        feedback: sounds and speaks.
        pace: method and timing of the scan.
        manner: the rest of how it goes.
        clock: seconds, by the clock that presses are timed by.
    """

    def __init__(
        self,
        assistant: Assistant,
        menu: Menu,
        announcer: Announcer,
        *,
        out: Callable[[str], None],
        feedback: Feedback,
        pace: Pace,
        manner: Manner,
        clock: Callable[[], float],
    ) -> None:
        self._assistant, self._menu, self._announcer = assistant, menu, announcer
        self._out, self._feedback, self._manner, self._clock = out, feedback, manner, clock
        self._words = assistant.wording()
        self._pace, self._scanner = pace, Scanner(pace)
        self._path: list[Open] = []
        """The lists that are open, the innermost last; empty at the first one."""
        self._items: tuple[Item, ...] = ()
        self._shape: object = None
        self._ringing: frozenset[str] = frozenset()
        self._question: tuple[Question, float] | None = None
        """The open question, and until when it waits."""
        self._soon: _Soon | None = None
        self._gap: _Gap | None = None

    @property
    def items(self) -> tuple[Item, ...]:
        """The list that is scanned."""
        return self._items

    @property
    def lit(self) -> int | None:
        """The place of the item that is lit; None when none is."""
        return self._scanner.lit

    def start(self) -> None:
        """Begin with what can be done now, whatever was going on."""
        calls = self._calls()
        self._shape, self._ringing = shape(calls), _ringing(calls)
        self._path, self._question, self._soon, self._gap = [], None, None, None
        self._show(self._clock())

    def press(self, press: Press) -> None:
        """Take a key that went down or up; other keys than the switches do nothing."""
        moves = self._manner.keys.get(press.key)
        if moves is None:
            return
        if press.down:
            self._feedback.hush()
        self._take(self._scanner.press(press.down, press.at, moves=moves))

    def check(self, is_up: Callable[[str], bool], t: float) -> None:
        """Forget a press whose release was lost: without it, time alone would choose.

        Args:
            is_up: whether the key of that name is up now, as far as the system knows.
            t: now, in seconds.
        """
        for key, moves in self._manner.keys.items():
            if self._scanner.held(moves=moves) and is_up(key):
                self._scanner.lose(t, moves=moves)

    def due(self) -> float | None:
        """When `tick` is to be called next; None while nothing happens by itself."""
        times = [
            self._scanner.due(),
            self._soon.at if self._soon else None,
            self._question[1] if self._question else None,
            self._gap.until if self._gap else None,
        ]
        return min((time for time in times if time is not None), default=None)

    def tick(self, t: float) -> None:
        """Let time pass."""
        if self._soon is not None and t >= self._soon.at:
            soon, self._soon = self._soon, None
            self._handle(soon.utterance)
        elif self._question is not None and t >= self._question[1]:
            self._question = None
            self._announcer.say("question_over")
            self._restart(t, wake=False)
        elif self._gap is not None and t >= self._gap.until:
            self._show(t)
        else:
            self._take(self._scanner.tick(t))

    def happened(self, event: CallEvent) -> None:
        """Tell an event, and begin anew if what can be done has changed."""
        self._announcer.event(event)
        t, calls = self._clock(), self._calls()
        now, ringing = shape(calls), _ringing(calls)
        if now == self._shape:
            return
        rings = bool(ringing - self._ringing)
        self._shape, self._ringing, self._question = now, ringing, None
        told = "" if event.quiet else self._words.event(event)[1]
        if self._soon is not None:
            self._soon = None
            dropped = self._words.say("switch_dropped")
            self._announcer.tell(dropped, cue="failed")
            told = f"{told} {dropped[1]}"
        self._restart(t, wake=rings, after=told)

    def _calls(self) -> tuple[LiveCall, ...]:
        """The live calls; none while the phonebar is gone, for nothing can be done with them."""
        if self._assistant.watcher.lost:
            return ()
        return tuple(call for call in self._assistant.watcher.calls if not call.ended)

    # The scan

    def _take(self, signs: tuple[Sign, ...]) -> None:
        for sign in signs:
            if sign.kind == "lit":
                self._light(sign.item)
            elif sign.kind == "selected":
                self._choose(self._items[sign.item])
            elif sign.kind == "paused":
                self._announcer.say("switch_paused", "paused")
            elif sign.kind == "pressed":
                self._interrupted()

    def _light(self, place: int) -> None:
        words = self._items[place].words
        details = {"n": place + 1, "count": len(self._items), "what": words[0]}
        self._out(self._words.say("switch_item", details)[0])
        if self._manner.cue in {"earcon", "both"}:
            self._feedback.cue("step")
        if self._manner.cue in {"speech", "both"}:
            self._feedback.say(words[1], urgent=True)

    def _show(self, t: float) -> None:
        """Scan the list that is open."""
        self._gap = None
        self._items = self._list()
        asked = None if self._question is None or self._path else self._question[0]
        deciding = asked is not None and self._menu.is_yes_or_no(asked)
        step = max(self._pace.step, UNHURRIED) if deciding else self._pace.step
        self._scanner.pace = replace(self._pace, step=step)
        self._take(self._scanner.show(len(self._items), t))

    def _list(self) -> tuple[Item, ...]:
        if self._path:
            return self._path[-1].items()
        if self._question is not None:
            return self._menu.answers(self._question[0])
        return self._menu.top(self._calls())

    def _restart(self, t: float, *, wake: bool, after: str = "") -> None:
        """Begin at the top with a list that nobody has chosen: presses were meant for the old."""
        self._path, self._gap = [], None
        if wake or not self._scanner.paused:
            self._show_after(after, self._pace.grace)
            return
        self._items = self._list()
        self._take(self._scanner.show(len(self._items), t, wake=False))

    def _show_after(self, speech: str, seconds: float) -> None:
        """Light the list when what is being said has been heard, and not before some time."""
        t, spoken = self._clock(), self._manner.spoken(speech)
        if max(spoken, seconds) <= 0:
            self._show(t)
            return
        self._scanner.wait(t)
        self._gap = _Gap(t + max(spoken, seconds), cut=spoken > seconds)

    def _interrupted(self) -> None:
        """A press while nothing was lit."""
        if self._soon is not None:
            self._soon = None
            cancelled = self._words.say("cancelled")
            self._announcer.tell(cancelled, cue="done", urgent=True)
            self._show_after(cancelled[1], self._manner.rest)
        elif self._gap is not None and self._gap.cut:
            self._show(self._clock())
        else:
            self._scanner.wait(self._clock())

    # What is chosen

    def _choose(self, item: Item) -> None:
        deed, t = item.deed, self._clock()
        self._feedback.cue("back" if isinstance(deed, Back) else "select")
        if isinstance(deed, Open):
            del self._path[len(self._path) - deed.instead :]
            self._path.append(deed)
            self._show_after("", self._manner.rest)
        elif isinstance(deed, Back):
            self._path.pop()
            self._show_after("", self._manner.rest)
        elif isinstance(deed, Run | Answer):
            self._run(item.words, deed, t)
        else:
            self._serve(deed)

    def _run(self, words: Words, deed: Run | Answer, t: float) -> None:
        """Give the command now, or after the delay if it would dial."""
        question = self._question[0] if self._question else None
        if isinstance(deed, Answer):
            said = self._utterance(deed.say, answering=question.reply if question else None)
        else:
            said = self._utterance(words[0], command=deed.command)
        if self._manner.dial_delay <= 0 or not self._dials(deed, question):
            self._handle(said)
            return
        self._scanner.wait(t)
        self._soon = _Soon(said, t + self._manner.dial_delay)
        seconds = f"{self._manner.dial_delay:g}"
        soon = self._words.say("switch_soon", {"what": words[0], "n": seconds})
        heard = self._words.say("switch_soon", {"what": words[1], "n": seconds})
        self._announcer.tell((soon[0], heard[1]), urgent=True)

    def _utterance(
        self, text: str, *, command: Command | None = None, answering: str | None = None
    ) -> Utterance:
        return Utterance(
            text,
            surface=SURFACE,
            command=command,
            answering=answering,
            confirm=self._manner.confirm,
        )

    def _dials(self, deed: Run | Answer, question: Question | None) -> bool:
        """Whether it may place a call at once: what is asked about first needs no delay."""
        if isinstance(deed, Answer):
            if question is None or self._menu.is_yes_or_no(question):
                return False
            return question.dials and any(item.say == deed.say for item in question.choices)
        if deed.command.intent != "call":
            return False
        target = deed.command.slots["target"]
        contact = self._assistant.directory.get(str(target.get("contact", "")))
        if contact is not None and len(contact.numbers) != 1:
            return False
        asked = {*self._manner.confirm, *self._assistant.policy.confirmed(SURFACE)}
        unnamed = contact is None and "name" not in target
        return "call" not in asked and not (unnamed and "call_number" in asked)

    def _handle(self, utterance: Utterance) -> None:
        """Give a command, tell what it came to, and offer what can be done after it."""
        reply = self._assistant.handle(utterance)
        self._announcer.reply(reply)
        self._path = []
        self._question = self._asked(reply)
        calls = self._calls()
        self._shape, self._ringing = shape(calls), _ringing(calls)
        self._show_after(reply.speech, self._manner.rest)

    def _asked(self, reply: Reply) -> tuple[Question, float] | None:
        """The question that is open after a reply."""
        if reply.command is not None and reply.command.intent == "repeat":
            return self._question
        if reply.status is not Status.ASKED:
            return None
        dials = reply.command is not None and reply.command.intent == "call"
        until = self._clock() + self._assistant.config.assistant.question_life
        return Question(reply.id, reply.choices, dials), until

    def _serve(self, deed: Deed) -> None:
        """What is the surface's own affair; the list stays open."""
        if isinstance(deed, Read):
            names = [item.words for item in self._menu.top(self._calls())]
            text, speech = (", ".join(name[form].rstrip("…") for name in names) for form in (0, 1))
            words = (
                self._words.say("switch_now_are", {"what": text})[0],
                self._words.say("switch_now_are", {"what": speech})[1],
            )
        elif isinstance(deed, Speed):
            step = self._pace.step * deed.factor
            step = round(min(max(step, FASTEST), SLOWEST), 2)
            self._pace = replace(self._pace, step=step)
            words = self._words.say("switch_speed", {"n": f"{step:g}"})
        elif isinstance(deed, Serve):
            words = self._set_status(deed.status)
        elif isinstance(deed, Talk):
            deed.begin()
            self._show_after("", self._manner.rest)
            return
        else:
            return
        self._announcer.tell(words, urgent=True)
        self._show_after(words[1], self._manner.rest)

    def _set_status(self, status: str) -> Words:
        try:
            self._assistant.client.set_status(status)
        except PhonebarError:
            return self._words.say("unreachable")
        return self._words.say(f"slack_home_{status}")


def _ringing(calls: tuple[LiveCall, ...]) -> frozenset[str]:
    return frozenset(call.key for call in calls if call.state is INCOMING)
