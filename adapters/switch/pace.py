"""How fast the scan goes, and which presses count: everything that a person can be fitted with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Method = Literal["automatic", "step", "two", "inverse"]
"""How one or two switches choose from a list.

`automatic`: the light moves on by itself, a press selects. `step`: a short press moves on, a long
one selects. `two`: one switch moves on, the other selects. `inverse`: the light moves while the
switch is held, letting go selects.
"""


@dataclass(frozen=True, slots=True)
class Pace:
    """The timing of a scan; every time is in seconds."""

    method: Method = "automatic"
    step: float = 1.0
    """How long an item stays lit."""
    first: float = 1.5
    """How many times as long the first item of each loop stays lit."""
    loops: int = 3
    """After so many loops without a press the scan pauses."""
    acceptance: float = 0.0
    """A press that does not last so long is no press."""
    release: float = 0.3
    """A press that begins sooner than this after the last one was let go is no press."""
    long: float = 0.8
    """With `step`, a press that lasts so long selects."""
    grace: float = 0.8
    """Presses do nothing for so long after the list has changed by itself."""
    late: float = 0.0
    """A press that begins so soon after the light moved by itself counts for the item before."""

    @property
    def tolerance(self) -> float:
        """`late` as it counts: at most half a step, and only where the light moves by itself."""
        moving = self.method in {"automatic", "inverse"}
        return min(self.late, self.step / 2) if moving else 0.0
