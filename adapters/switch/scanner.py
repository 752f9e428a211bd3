"""The scan of a list with one switch or two: presses and time in, what is lit and selected out.

Pure: it knows no clock, no key and no telephone. Whoever runs it hands over each press with its
time, calls `tick` when `due` says, and shows what comes back. `tests/adapters/switch/traces.json`
holds its behaviour as data, for the scanner of the page is held to the same.

What it promises: a selection needs a press of its own, which began while the selected item was lit;
time alone moves the light and ends in a pause, nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from adapters.switch.pace import Pace

Kind = Literal["lit", "selected", "paused", "woken", "pressed"]


@dataclass(frozen=True, slots=True)
class Sign:
    """What the scan shows: an item was lit or selected, the scan paused or woke."""

    kind: Kind
    """`pressed` is the press that was waited for, see `Scanner.wait`."""
    item: int
    """Its place in the list, from 0; -1 where it is about none."""
    at: float
    """Seconds, of the clock that the presses are timed by."""


@dataclass(slots=True)
class _Switch:
    """One switch, as it is pressed now."""

    down: bool = False
    up_at: float = float("-inf")
    doing: Literal["", "select", "step", "wake", "either", "begin", "carry"] = ""
    """What the press will do when it has lasted long enough; `carry` while it moves the light."""
    item: int = -1
    since: float = 0.0
    ripe: float = 0.0
    """When the press has lasted long enough."""

    @property
    def pending(self) -> bool:
        return self.doing not in {"", "carry"}


class Scanner:
    """Scans one list after the other.

    Args:
        pace: method and timing.
    """

    def __init__(self, pace: Pace) -> None:
        self.pace = pace
        self._state: Literal["idle", "scanning", "paused", "waiting"] = "idle"
        self._count = 0
        self._lit: int | None = None
        self._before: int | None = None
        self._before_at = self._lit_at = self._open_at = float("-inf")
        self._moves_at: float | None = None
        self._loop = 0
        self._switches = {False: _Switch(), True: _Switch()}

    @property
    def lit(self) -> int | None:
        """The item that is lit; None when none is."""
        return self._lit

    @property
    def paused(self) -> bool:
        """Whether it waits to be woken by a press."""
        return self._state == "paused"

    def show(
        self, count: int, t: float, *, grace: float = 0.0, wake: bool = True
    ) -> tuple[Sign, ...]:
        """Scan a new list from its top; a press that is under way is forgotten.

        Args:
            count: how many items it has, at least one.
            t: now, in seconds.
            grace: presses do nothing for so many seconds; the first item is lit that much longer.
            wake: begin even if the scan was paused; else the list waits for the press that wakes.

        Raises:
            ValueError: the list is empty.
        """
        if count < 1:
            raise ValueError("nothing to scan")
        self._forget_presses()
        self._count, self._open_at = count, t + grace
        if self._state == "paused" and not wake:
            self._before = None
            return ()
        self._state, self._loop = "scanning", 0
        return self._light(0, t, before=None, longer=grace)

    def wait(self, t: float) -> None:
        """Light nothing; the next press is told as `pressed`, at once and however short."""
        self._forget_presses()
        self._state, self._open_at = "waiting", t
        self._lit = self._before = self._moves_at = None

    def press(self, down: bool, t: float, *, moves: bool = False) -> tuple[Sign, ...]:
        """Take a switch that went down or up; a key's repeats may be handed over too.

        Args:
            down: whether it went down.
            t: when, in seconds. A time before the latest `tick` is right for a press that had to
                wait: it counts for what was lit then.
            moves: with the method `two`, it is the switch that moves the light.
        """
        moves = moves and self.pace.method == "two"
        switch = self._switches[moves]
        if down == switch.down:
            return ()
        switch.down = down
        if not down:
            switch.up_at = t
            return self._released(switch, t)
        if t - switch.up_at < self.pace.release:
            return ()
        return self._pressed(switch, t, moves=moves)

    def held(self, *, moves: bool) -> bool:
        """Whether a press is under way that has not come to anything yet."""
        return bool(self._switches[moves].doing)

    def lose(self, t: float, *, moves: bool) -> None:
        """A switch is up, though nobody told when: what its press was for is forgotten."""
        switch = self._switches[moves]
        switch.down, switch.up_at, switch.doing = False, t, ""
        if self._lit is not None and self._moves_at is not None:
            self._moves_at = t + self._duration(self._lit)

    def due(self) -> float | None:
        """When `tick` is to be called next, in seconds; None while nothing moves by itself."""
        ripe = [switch.ripe for switch in self._switches.values() if switch.pending]
        return min(ripe) if ripe else self._moves_at

    def tick(self, t: float) -> tuple[Sign, ...]:
        """Let time pass: the light moves on by one item at most, for each must have been shown."""
        for switch in self._switches.values():
            if switch.pending and switch.ripe <= t:
                return self._ripen(switch, t)
        if any(switch.pending for switch in self._switches.values()):
            return ()
        if self._moves_at is None or t < self._moves_at:
            return ()
        return self._move(t)

    def _pressed(self, switch: _Switch, t: float, *, moves: bool) -> tuple[Sign, ...]:
        pace, state = self.pace, self._state
        if t < self._open_at or state == "idle":
            return ()
        if state == "waiting":
            self._state = "idle"
            return (Sign("pressed", -1, t),)
        item = self._item_at(t)
        if item is None and state == "scanning":
            return ()
        switch.since, switch.ripe = t, t + pace.acceptance
        if item is None:
            switch.doing = "wake"
        elif moves:
            switch.doing = "step"
        elif pace.method == "step":
            switch.doing, switch.item = "either", item
            switch.ripe = t + max(pace.long, pace.acceptance)
        elif pace.method == "inverse":
            switch.doing = "begin"
        else:
            switch.doing, switch.item = "select", item
        return self.tick(t)

    def _released(self, switch: _Switch, t: float) -> tuple[Sign, ...]:
        if switch.pending and switch.ripe <= t:
            signs = self._ripen(switch, t)
            return signs + (self._let_go(t) if switch.doing == "carry" else ())
        doing, switch.doing = switch.doing, ""
        if doing == "carry":
            return self._let_go(t)
        if doing == "either" and t - switch.since >= self.pace.acceptance:
            return self._step(t)
        if doing and self._lit is not None and self._moves_at is not None:
            self._moves_at = t + self._duration(self._lit)
        return ()

    def _ripen(self, switch: _Switch, t: float) -> tuple[Sign, ...]:
        """The press has lasted long enough: do what it stands for."""
        doing, switch.doing = switch.doing, ""
        if doing == "wake":
            self._state, self._loop = "scanning", 0
            return (Sign("woken", -1, t), *self._light(0, t, before=None))
        if doing == "step":
            return self._step(t)
        if doing == "begin":
            switch.doing = "carry"
            self._loop, self._moves_at = 0, t + self._duration(0)
            return ()
        return self._select(switch.item, t)

    def _let_go(self, t: float) -> tuple[Sign, ...]:
        """Inverse scanning: what is lit when the switch is let go is selected."""
        item = self._item_at(t)
        return self._light(0, t, before=None) if item is None else self._select(item, t)

    def _select(self, item: int, t: float) -> tuple[Sign, ...]:
        self._forget_presses()
        self._state = "idle"
        self._lit = self._before = self._moves_at = None
        return (Sign("selected", item, t),)

    def _step(self, t: float) -> tuple[Sign, ...]:
        """Move on because a press says so; there is no end to it."""
        self._forget_presses()
        return self._light(((self._lit or 0) + 1) % self._count, t, before=self._lit)

    def _move(self, t: float) -> tuple[Sign, ...]:
        """Move on because it is time."""
        item = (self._lit or 0) + 1
        if item < self._count:
            return self._light(item, t, before=self._lit)
        self._loop += 1
        if self._loop < self.pace.loops:
            return self._light(0, t, before=self._lit)
        self._before, self._before_at = self._lit, self._lit_at
        self._state, self._lit, self._lit_at, self._moves_at = "paused", None, t, None
        for switch in self._switches.values():
            switch.doing = ""
        return (Sign("paused", -1, t),)

    def _light(
        self, item: int, t: float, *, before: int | None, longer: float = 0.0
    ) -> tuple[Sign, ...]:
        self._before, self._before_at = before, self._lit_at
        self._lit, self._lit_at = item, t
        carried = any(switch.doing == "carry" for switch in self._switches.values())
        alone = self.pace.method == "automatic" or carried
        self._moves_at = t + longer + self._duration(item) if alone else None
        return (Sign("lit", item, t),)

    def _duration(self, item: int) -> float:
        return self.pace.step * (self.pace.first if item == 0 else 1.0)

    def _item_at(self, t: float) -> int | None:
        """What a press at `t` is for: the item lit then, or the one before if it comes late."""
        if t >= self._lit_at + self.pace.tolerance:
            return self._lit
        return self._before if t >= self._before_at else None

    def _forget_presses(self) -> None:
        for switch in self._switches.values():
            switch.doing = ""
