"""May this be dialled, does it need a yes, and who may ask.

Emergency numbers come first: no prefix, quiet hour or limit ever blocks one. Whoever sits at this
PC may dial one after an explicit yes; somebody in a remote chat may not, because the call would
bring help to this PC's place and not to the writer's.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time

from assistant.settings import LOCAL_SURFACES, PolicySection
from phonebar.protocol import is_number

EMERGENCY = frozenset({"112", "911", "999"})
SPOKEN = frozenset({"voice", "switch"})
"""Surfaces that may have misheard, or on which a slip is likely."""
HEARD = frozenset({"voice"})
"""Surfaces that hear: a number from there is always read back before it is dialled."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the policy says: `allow`, `ask` or `refuse`, and the message that explains it."""

    ruling: str
    message: str = ""
    detail: str = ""


ALLOW = Verdict("allow")


class Policy:
    """The rules of one configuration.

    Args:
        rules: the configuration's section.
        dialled_since: how many numbers were dialled after a Unix time in seconds.
    """

    def __init__(self, rules: PolicySection, dialled_since: Callable[[float], int]) -> None:
        self._rules = rules
        self._dialled_since = dialled_since

    def is_emergency(self, number: str) -> bool:
        """Whether `number` reaches the emergency services."""
        known = EMERGENCY | {item.removeprefix("+") for item in self._rules.emergency}
        return number.removeprefix("+") in known

    def dial(
        self, number: str, surface: str, *, now: float, confirmed: bool, transfer: bool = False
    ) -> Verdict:
        """May `number` be dialled, or a call be transferred to it?

        Args:
            number: as it would be sent to the phonebar.
            surface: where it was asked.
            now: Unix time in seconds.
            confirmed: the user said yes to exactly this.
            transfer: a call that exists goes there, so hours and limits for new ones do not count.
        """
        if not is_number(number):
            return Verdict("refuse", "bad_number")
        if self.is_emergency(number):
            if surface not in LOCAL_SURFACES:
                return Verdict("refuse", "emergency_remote")
            return ALLOW if confirmed else Verdict("ask", "confirm_emergency")
        if _starts(number, self._rules.forbid):
            return Verdict("refuse", "forbidden_number")
        if self._rules.allow and not _starts(number, self._rules.allow):
            return Verdict("refuse", "not_allowed_number")
        if transfer:
            return ALLOW
        if self._quiet(now):
            return Verdict("refuse", "quiet_hours", self._rules.quiet_hours)
        if self._dialled_since(now - 60) >= self._rules.max_calls_per_minute:
            return Verdict("refuse", "too_many_calls", str(self._rules.max_calls_per_minute))
        return ALLOW

    def forbids(self, number: str) -> bool:
        """Whether a rule forbids `number`, e.g. as the dial plan makes it; never an emergency."""
        return not self.is_emergency(number) and _starts(number, self._rules.forbid)

    def needs_yes(self, action: str, surface: str) -> bool:
        """Whether `action` (one of `config.CONFIRMABLE`) is asked back on this surface."""
        return action in self.confirmed(surface)

    def confirmed(self, surface: str) -> tuple[str, ...]:
        """What is always asked back on this surface, whoever asks."""
        return self._rules.confirm_spoken if surface in SPOKEN else self._rules.confirm

    def mishears(self, surface: str) -> bool:
        """Whether a number from this surface is asked back, whatever the configuration says."""
        return surface in HEARD

    def _quiet(self, now: float) -> bool:
        if not self._rules.quiet_hours:
            return False
        begin, end = map(time.fromisoformat, self._rules.quiet_hours.split("-"))
        # The agent's own wall clock is what quiet hours are about.
        clock = datetime.fromtimestamp(now).time()  # noqa: DTZ006
        return begin <= clock < end if begin <= end else clock >= begin or clock < end


def _starts(number: str, prefixes: tuple[str, ...]) -> bool:
    """Whether a prefix fits, `+39` and `0039` being the same."""
    forms = {number, re.sub(r"^00", "+", number)}
    wanted = {re.sub(r"^00", "+", prefix) for prefix in prefixes}
    return any(form.startswith(prefix) for form in forms for prefix in wanted)
