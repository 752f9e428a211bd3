"""Presses become what they mean; pure, so that every order of them can be tried.

Each physical press does one thing at most. A key that repeats while it is held is one press. A
release that never comes, because the screen was locked, say, wedges nothing: a key that has been
silent for some seconds counts as up.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from adapters.input.names import KEYS, MODIFIERS, SIDED
from adapters.keyboard.binding import Action, Binding, Layout, Number, Say, Stroke, Strokes, Talk
from adapters.keyboard.effect import Act, Effects, Entry, Over, Talking, Waiting

STALE = 3.0
"""Seconds after which a key that is down and does not repeat is taken to have come up. Repeating
begins within 2 s at the slowest setting of Windows, and goes on at least every 2 s."""
MODIFIER_LIFE = 10.0
"""The same for a modifier, which does not repeat while another key is used with it."""
LATE = 0.5
"""Seconds by which a held key may act too late. Beyond, this PC was too busy for anybody to be sure
that it was held, so it does nothing."""
LONGEST = 32
"""Digits of a number."""

_NAME_OF = {side: name for name, sides in SIDED.items() for side in sides}


@dataclass(frozen=True, slots=True)
class Timing:
    """How long things take, in seconds."""

    debounce: float = 0.5
    """A key that comes again sooner after it was let go, with no other between, has bounced."""
    digits_debounce: float = 0.0
    """The same while a number is entered: `00` is no slip, and must not be dialled as `0`."""
    acceptance: float = 0.0
    """How long a key must be down to count."""
    timeout: float = 0.0
    """After how long a sequence, or a number, that does not go on is over; 0 means never."""
    hold: float = 0.8
    """How long a key is held to do what holding it does."""
    talk: float = 60.0
    """How long push-to-talk lasts at most, since a release may never come."""


@dataclass(frozen=True, slots=True)
class _Holding:
    key: str
    keys: Strokes
    binding: Binding
    due: float


@dataclass(frozen=True, slots=True)
class _Entering:
    sentence: str
    keys: Strokes
    number: str = ""


class Engine:
    """Takes presses in the order of their time, and tells what they mean.

    Args:
        layout: what is bound.
        timing: how long things take.
    """

    def __init__(self, layout: Layout, timing: Timing | None = None) -> None:
        self._timing = timing or Timing()
        self._bind(layout)
        self._now = float("-inf")
        self._down: dict[str, float] = {}
        """The keys that are down, each with when it last told."""
        self._latest = ""
        """What went down last: nothing else repeats."""
        self._accepting: dict[str, float] = {}
        """Keys that are not accepted yet, each with when it will be."""
        self._bouncing = ("", 0.0)
        """The key that was accepted last, and when it was last touched."""
        self._prefix: Strokes = ()
        self._entering: _Entering | None = None
        self._holding: _Holding | None = None
        self._lapse: float | None = None
        self._guarded: tuple[str, float] | None = None
        """The key that ended a sequence or a number, and until when it may bounce: whoever hits
        Enter twice must not send off the form that they are in."""
        self._talk: tuple[str, float] | None = None
        """The key that made us talk, and until when."""

    def _bind(self, layout: Layout) -> None:
        self._layout = layout
        self._prefixes = {keys[:n] for keys in layout.bindings for n in range(1, len(keys))}

    # What the world sees

    def feed(self, key: str, down: bool, t: float) -> Effects:
        """Take a press or a release.

        Args:
            key: as a press reports it.
            down: whether it went down.
            t: when, in seconds of one clock; what goes back in time is taken for now.
        """
        now, before = self._at(t)
        busy = self._busy
        effects = self._went_down(key, now) if down else self._came_up(key, now)
        bounces = key in KEYS and ((busy and not self._busy) or self._guarded_is(key))
        if bounces and self._timing.debounce:
            self._guarded = (key, now + self._timing.debounce)
        return before + effects

    def tick(self, t: float) -> Effects:
        """Do what is due by now. Everything that was pressed before must have been fed first."""
        return self._at(t)[1]

    def due(self) -> float | None:
        """When `tick` is needed next; None while nothing waits."""
        waiting = [*self._accepting.values()]
        if self._holding is not None:
            waiting.append(self._holding.due)
        if self._lapse is not None:
            waiting.append(self._lapse)
        waiting += [until for _, until in filter(None, (self._talk, self._guarded))]
        return min(waiting, default=None)

    def talked(self) -> None:
        """The voice surface listens no more, by itself; the next press begins to talk again."""
        if self._talk is not None and not self._talk[0]:
            self._talk = None

    @property
    def claims(self) -> Collection[str]:
        """The keys that are ours now, as `Listening.claim` takes them.

        At rest it is what a binding begins with, and for a moment the key that has just ended a
        sequence; amid a sequence or a number, every key.
        """
        first = {str(keys[0]) for keys in self._layout.bindings if keys[0].key not in MODIFIERS}
        if self._busy:
            return first | KEYS
        return first | {self._guarded[0]} if self._guarded else first

    @property
    def _busy(self) -> bool:
        return bool(self._prefix or self._entering or self._holding)

    def change(self, layout: Layout) -> Effects:
        """Have other bindings from now on; what is under way is dropped.

        Keys that are down are still down, so that one which repeats is not pressed anew.
        """
        down, latest = dict(self._down), self._latest
        effects = self.release_all()
        self._down, self._latest = down, latest
        self._bind(layout)
        return effects

    def release_all(self) -> Effects:
        """Every key is up, and nothing is under way: what listened has ended."""
        self._down.clear()
        self._accepting.clear()
        keys = self._prefix or (self._entering.keys if self._entering else ())
        keys = self._holding.keys if self._holding else keys
        self._prefix, self._entering, self._holding, self._lapse = (), None, None, None
        self._guarded = None
        effects: Effects = (Over(keys, "dropped"),) if keys else ()
        if self._talk is not None:
            self._talk = None
            effects += (Talking(on=False),)
        return effects

    # Time

    def _at(self, t: float) -> tuple[float, Effects]:
        """Let time go on to `t`."""
        now = max(t, self._now)
        effects: Effects = ()
        while (due := self.due()) is not None and due <= now:
            self._now = max(self._now, due)
            effects += self._happen(due, now)
        self._now = now
        return now, effects

    def _happen(self, due: float, now: float) -> Effects:
        for key, accepted in self._accepting.items():
            if accepted == due:
                del self._accepting[key]
                return self._accept(key, due)
        if self._guarded is not None and self._guarded[1] == due:
            self._guarded = None
            return ()
        if self._holding is not None and self._holding.due == due:
            held, self._holding = self._holding, None
            if now - due > LATE:
                return (Over(held.keys, "unsure"),)
            return self._act(held.binding.hold, held.keys, due, held.key)
        if self._talk is not None and self._talk[1] == due:
            self._talk = None
            return (Talking(on=False),)
        self._lapse = None
        if self._entering is not None:
            number, self._entering = self._entering.number, None
            return (Entry("lapsed", number),)
        keys, self._prefix = self._prefix, ()
        return (Over(keys, "lapsed"),)

    # Keys

    def _went_down(self, key: str, t: float) -> Effects:
        since = self._down.get(key)
        repeats = since is not None and self._latest == key and t - since < STALE
        self._down[key], self._latest = t, key
        if repeats:
            return ()
        self._accepting.pop(key, None)
        last, touched = self._bouncing
        if key == last and t - touched < self._debounce(key):
            self._bouncing = (key, t)
            if self._entering is not None and self._layout.digits.get(key, "").isdigit():
                return (Entry("bounced", self._entering.number),)
            return ()
        if self._timing.acceptance:
            self._accepting[key] = t + self._timing.acceptance
            return ()
        return self._accept(key, t)

    def _came_up(self, key: str, t: float) -> Effects:
        self._down.pop(key, None)
        if key == self._bouncing[0]:
            self._bouncing = (key, t)
        if self._accepting.pop(key, None) is not None:
            return ()
        if self._talk is not None and self._talk[0] == key:
            self._talk = None
            return (Talking(on=False),)
        if self._holding is not None and self._holding.key == key:
            held, self._holding = self._holding, None
            if held.binding.tap is None:
                return (Over(held.keys, "short"),)
            return self._act(held.binding.tap, held.keys, t)
        return ()

    def _debounce(self, key: str) -> float:
        if self._entering is not None and key in self._layout.digits:
            return self._timing.digits_debounce
        found = self._find((), key)
        binding = self._layout.bindings.get(found) if found else None
        # Who stops for breath while they talk begins again at once.
        talks = binding is not None and binding.tap == Talk("hold")
        return 0.0 if talks else self._timing.debounce

    def _accept(self, key: str, t: float) -> Effects:
        """A key was pressed, in earnest."""
        self._bouncing = (key, self._now)
        effects: Effects = ()
        if self._holding is not None:
            effects = (Over(self._holding.keys, "dropped"),)
            self._holding = None
        meant = self._layout.digits.get(key)
        if self._entering is not None and meant is not None:
            return effects + self._enter(self._entering, meant, t)
        found = self._find(self._prefix, key) or self._find((), key)
        if found is not None:
            return effects + self._go_on(found, key, t)
        if key in MODIFIERS:
            return effects
        if self._prefix:
            keys, self._prefix, self._lapse = self._prefix, (), None
            why: Literal["dropped", "unbound"] = "dropped" if key == "escape" else "unbound"
            return (*effects, Over(keys if why == "dropped" else (*keys, Stroke(key)), why))
        if self._entering is not None:
            return (*effects, Entry("no_digit", self._entering.number))
        return effects

    def _find(self, prefix: Strokes, key: str) -> Strokes | None:
        """The sequence that a key makes of what was pressed before, if there is one.

        After a leader a modifier that happens to be held does no harm. Without one it makes the
        key another program's shortcut.
        """
        held = frozenset(
            _NAME_OF[name]
            for name, since in self._down.items()
            if name in _NAME_OF and name != key and self._now - since < MODIFIER_LIFE
        )
        for modifiers in (held, frozenset[str]()) if prefix else (held,):
            keys = (*prefix, Stroke(key, modifiers))
            if keys in self._layout.bindings or keys in self._prefixes:
                return keys
        return None

    def _go_on(self, keys: Strokes, key: str, t: float) -> Effects:
        """What a sequence comes to: more of it, or what is bound there."""
        binding = self._layout.bindings.get(keys)
        if binding is None:
            gone = self._entering
            self._prefix, self._entering = keys, None
            self._wait(t)
            dropped: Effects = (Entry("cancelled", gone.number),) if gone else ()
            return (*dropped, Waiting(keys))
        self._prefix = ()
        if self._entering is None:
            self._lapse = None
        if binding.hold is not None:
            seconds = binding.seconds or self._timing.hold
            due = t + max(0.0, seconds - self._timing.acceptance)
            self._holding = _Holding(key, keys, binding, due)
            return ()
        if isinstance(binding.tap, Talk):
            return self._talk_or_not(binding.tap, key, t)
        return self._act(binding.tap, keys, t)

    def _talk_or_not(self, talk: Talk, key: str, t: float) -> Effects:
        talked, self._talk = self._talk, None
        if talk.mode == "toggle" and talked is not None:
            return (Talking(on=False),)
        # What is told to listen from one press to the next is ended by no release.
        held = talk.mode == "hold"
        self._talk = (key if held else "", t + self._timing.talk)
        return (Talking(on=True, held=held),) if talked is None else ()

    def _act(self, action: Action | None, keys: Strokes, t: float, held: str = "") -> Effects:
        if action is None:
            return ()
        if isinstance(action, Number):
            self._entering = _Entering(action.sentence, keys)
            self._wait(t)
            return (Entry("begun", ""),)
        return (Act(action, keys, held),)

    def _guarded_is(self, key: str) -> bool:
        return self._guarded is not None and self._guarded[0] == key

    def _wait(self, t: float) -> None:
        self._lapse = t + self._timing.timeout if self._timing.timeout else None

    # Numbers

    def _enter(self, entering: _Entering, meant: str, t: float) -> Effects:
        number = entering.number
        if meant == "enter" and number:
            self._entering, self._lapse = None, None
            said = entering.sentence.replace("{number}", number)
            return (Act(Say((said,)), entering.keys),)
        if meant == "cancel":
            self._entering, self._lapse = None, None
            return (Entry("cancelled", number),)
        self._wait(t)
        if meant == "enter":
            return (Entry("empty", ""),)
        if meant == "read":
            return (Entry("read", number),)
        if meant == "backspace":
            self._entering = _Entering(entering.sentence, entering.keys, number[:-1])
            return (Entry("removed", number[:-1], number[-1:]) if number else Entry("empty", ""),)
        if len(number) == LONGEST:
            return (Entry("full", number),)
        self._entering = _Entering(entering.sentence, entering.keys, number + meant)
        return (Entry("digit", number + meant, meant),)
