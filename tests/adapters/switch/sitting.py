"""Somebody at the switch: the real Chooser, Menu and Assistant, and a clock that a test moves."""

from __future__ import annotations

import queue
from typing import Any

from adapters.feedback.announcer import Announcer
from adapters.feedback.feedback import Cue
from adapters.input.press import Press
from adapters.switch.chooser import SURFACE, Chooser, Manner
from adapters.switch.item import Item
from adapters.switch.menu import Menu, Order, likely
from adapters.switch.pace import Pace
from adapters.switch.whom import Whom
from assistant.contract import CallEvent
from assistant.settings import SwitchSection
from tests.desk import Desk

SWITCH, MOVER = "space", "enter"


class Heard:
    """A Feedback that remembers."""

    def __init__(self) -> None:
        self.cues: list[Cue] = []
        self.said: list[str] = []
        self.hushed = 0

    def cue(self, cue: Cue) -> None:
        self.cues.append(cue)

    def say(self, text: str, *, urgent: bool = False) -> None:
        self.said.append(text)

    def hush(self) -> None:
        self.hushed += 1

    def close(self, *, finish: bool = False) -> None:
        pass


class Watched(Chooser):
    """A Chooser that keeps what was chosen."""

    chosen: tuple[str, ...] = ()

    def _choose(self, item: Item) -> None:
        self.chosen += (item.words[0],)
        super()._choose(item)


class Sitting:
    """One person's sitting in a time of its own; `now` is its clock.

    Args:
        desk: the phone and the Assistant.
        pace: of the scan.
        favourites: as configured.
        order: of what can be done with a call.
        manner: whatever of it is to be otherwise.
    """

    def __init__(
        self,
        desk: Desk,
        pace: Pace | None = None,
        favourites: tuple[str, ...] = (),
        order: Order = likely,
        **manner: Any,
    ) -> None:
        self.desk, self.now = desk, 0.0
        self.lines: list[str] = []
        self.heard = Heard()
        self._events: queue.SimpleQueue[CallEvent] = queue.SimpleQueue()
        assistant = desk.assistant
        self._subscription = assistant.subscribe(self._events.put, "local", SURFACE)
        words = assistant.wording()
        whom = Whom(assistant.directory, assistant.journal, words, favourites)
        given = {"confirm": SwitchSection().confirm, "dial_delay": 0.0, **manner}
        self.chooser = Watched(
            assistant,
            Menu(words, whom, assistant.client.status, order),
            Announcer(self.lines.append, self.heard, words),
            out=self.lines.append,
            feedback=self.heard,
            pace=pace or Pace(),
            manner=Manner({SWITCH: False, MOVER: True}, **given),
            clock=lambda: self.now,
        )
        self.chooser.start()

    @property
    def labels(self) -> list[str]:
        """The list that is scanned."""
        return [item.words[0] for item in self.chooser.items]

    @property
    def lit(self) -> str | None:
        """The item that is lit."""
        return None if self.chooser.lit is None else self.labels[self.chooser.lit]

    def events(self) -> None:
        """Hand over what has happened at the phone, at this moment."""
        self.desk.assistant.watcher.drain()
        while not self._events.empty():
            self.chooser.happened(self._events.get())

    def pass_time(self, seconds: float) -> None:
        """Let time pass."""
        until = self.now + seconds
        while (due := self.chooser.due()) is not None and due <= until:
            self.now = max(self.now, due)
            self.chooser.tick(self.now)
        self.now = until

    def down(self, key: str = SWITCH) -> None:
        self.chooser.press(Press(key, True, self.now))

    def up(self, key: str = SWITCH) -> None:
        self.chooser.press(Press(key, False, self.now))

    def tap(self, key: str = SWITCH, seconds: float = 0.1) -> None:
        """Press for so long."""
        self.down(key)
        self.pass_time(seconds)
        self.up(key)

    def choose(self, *beginnings: str) -> None:
        """Wait for the item that begins so, and press; then for the next one."""
        for beginning in beginnings:
            assert any(label.startswith(beginning) for label in self.labels), self.labels
            until = self.now + 60
            while self.lit is None or not self.lit.startswith(beginning):
                due = self.chooser.due()
                assert due is not None, (beginning, self.labels)
                assert due < until, (beginning, self.labels)
                self.pass_time(due - self.now)
            self.pass_time(min(0.9, self.chooser.due() - self.now - 0.05))  # type: ignore[operator]
            self.tap()

    def close(self) -> None:
        self._subscription.close()
