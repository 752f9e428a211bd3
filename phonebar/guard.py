"""Conditions under which a command may still be carried out.

They protect against what happened between reading `/api/calls` and the command's arrival: the
session was used again for another call, the call changed its state, or too much time went by.
The vendor's API has nothing of the kind; ours takes them as optional headers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from phonebar.errors import Late, Stale, WrongState
from phonebar.leg import Leg
from phonebar.protocol import CallState
from phonebar.rules import says


@dataclass(frozen=True, slots=True)
class Guard:
    """What must hold when a command is carried out."""

    call_ids: tuple[str, ...] = ()
    """The calls that are meant, in the order of the sessions named (`If-Match`)."""
    states: frozenset[int] = frozenset()
    """The state ids that the call must be in one of (`X-Expected-State`)."""
    deadline: float | None = None
    """Unix time in seconds after which it is too late (`X-Request-Deadline`)."""
    key: str | None = None
    """The command's identity, for the log (`Idempotency-Key`)."""

    def check_time(self, now: float) -> None:
        """Check the deadline against Unix time `now`.

        Raises:
            Late: it has passed.
        """
        if self.deadline is not None and now > self.deadline:
            late = now - self.deadline
            raise Late(f"The command came {late:.1f} seconds after its deadline; ask again.")

    def check_calls(self, legs: Sequence[Leg], *, ordered: bool = True) -> None:
        """Check that these are the calls that were meant.

        Args:
            legs: the calls that the command would act on.
            ordered: the first id means the first call, the second the second.

        Raises:
            Stale: they are not.
        """
        if not self.call_ids:
            return
        ids = [leg.call_id for leg in legs]
        meant = list(self.call_ids)
        if (ids != meant) if ordered else (sorted(ids) != sorted(meant)):
            if not legs:
                raise Stale("If-Match was given, but there is no call that it could match.")
            which = " and ".join(str(leg.session) for leg in legs)
            raise Stale(
                f"Session {which} is not the call that was meant: it ended, and the session was "
                "used again. Read the calls again."
            )

    def check_states(self, legs: Sequence[Leg]) -> None:
        """Check that each call is in one of the expected states.

        Raises:
            WrongState: one is not, or there is no call.
        """
        if not self.states:
            return
        if not legs:
            raise WrongState("X-Expected-State was given, but there is no call to have a state.")
        for leg in legs:
            if leg.state not in self.states:
                meant = ", ".join(_name(state) for state in sorted(self.states))
                raise WrongState(f"{says(leg)}, and the command expected {meant}.")


def _name(state: int) -> str:
    try:
        return CallState(state).name
    except ValueError:
        return str(state)


UNGUARDED = Guard()
