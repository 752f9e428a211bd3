"""Trigger ids: each opens one modal, within three seconds."""

from __future__ import annotations

from dataclasses import dataclass

from tests.adapters.slack.clock import Clock
from tests.adapters.slack.errors import ApiError

VALID_FOR = 3.0


@dataclass
class Trigger:
    """What somebody did that may be answered with a modal."""

    user: str
    team: str
    made: float
    used: bool = False


class Triggers:
    """All of them."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._known: dict[str, Trigger] = {}

    def new(self, user: str, team: str) -> str:
        """One for what this person does now."""
        # Not those of an earlier run: an app remembers for a day what it has had.
        name = f"{len(self._known) + 1}.{int(self._clock.now() * 1000)}.{user.lower()}"
        self._known[name] = Trigger(user, team, self._clock.now())
        return name

    def take(self, name: str | None) -> Trigger:
        """Use one up."""
        trigger = self._known.get(name or "")
        if trigger is None:
            raise ApiError("invalid_trigger_id")
        if trigger.used:
            raise ApiError("exchanged_trigger_id")
        if self._clock.now() - trigger.made > VALID_FOR:
            raise ApiError("expired_trigger_id")
        trigger.used = True
        return trigger
