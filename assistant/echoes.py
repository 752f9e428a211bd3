"""Keeps a surface from hearing twice what its user has just done.

"John Smith is on hold." is the reply to "hold"; the same as an event, a moment later, is noise on
the surface where it was said and news on every other one.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace

from assistant.contract import CallEvent, EventKind
from assistant.numbers import bare
from assistant.plan import Plan, Step

_KINDS = {
    "originate": (EventKind.DIALING,),
    "answer": (EventKind.CONNECTED,),
    "hangup": (EventKind.ENDED, EventKind.RELEASED),
    "hold": (EventKind.HELD,),
    "resume": (EventKind.RESUMED,),
    "transfer": (EventKind.RELEASED, EventKind.ENDED),
    "attended_transfer": (EventKind.RELEASED, EventKind.ENDED),
    "conference": (EventKind.RESUMED,),
}

Origin = tuple[str, str]
"""A user and a surface."""


@dataclass(slots=True)
class Echoes:
    """Which events are about to follow from whose command."""

    _expected: dict[tuple[str, EventKind], Origin] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def expect(self, plan: Plan, origin: Origin) -> None:
        """Note what will be seen of a plan that `origin` asked for."""
        with self._lock:
            for name in _names(plan):
                self._expected[name] = origin

    def forget(self, plan: Plan) -> None:
        """What comes later of a plan that did not work out is news for everybody."""
        with self._lock:
            for name in _names(plan):
                self._expected.pop(name, None)

    def marking(
        self, callback: Callable[[CallEvent], None], origins: Collection[Origin]
    ) -> Callable[[CallEvent], None]:
        """`callback`, with `quiet` set on the events that one of `origins` caused."""

        def marked(event: CallEvent) -> None:
            callback(replace(event, quiet=True) if self._is_echo(event, origins) else event)

        return marked

    def _is_echo(self, event: CallEvent, origins: Collection[Origin]) -> bool:
        if event.call is None:
            return False
        number = bare(event.call.number) if event.kind is EventKind.DIALING else ""
        with self._lock:
            expected = {
                self._expected.get((event.call.key, event.kind)),
                self._expected.get((number, event.kind)),
            }
        return any(origin in expected for origin in origins)


def _names(plan: Plan) -> list[tuple[str, EventKind]]:
    return [(name, kind) for step in plan.steps for name, kind in _of(step)]


def _of(step: Step) -> list[tuple[str, EventKind]]:
    names = [call.key for call in (step.call, step.partner) if call is not None]
    if step.action == "originate" and step.party is not None:
        names = [bare(step.party.number)]
    return [(name, kind) for name in names for kind in _KINDS[step.action]]
