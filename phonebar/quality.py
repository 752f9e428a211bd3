"""How well a call can be heard: what RTCP tells, and an estimate of what people would say of it.

Sources: RFC 3550 section 6.4 (loss, jitter, round trip); ITU-T G.107 (06/2015), the E-model with
every value but delay and loss at its default; G.113 appendix I for what loss does to G.711 with
concealment (Ie 0, Bpl 25.1), which serves as an estimate for every codec here.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

BASIC = 93.2
"""R of a call that nothing disturbs."""
ROBUSTNESS = 25.1
"""Bpl: the higher, the less loss is heard."""


@dataclass(frozen=True, slots=True)
class Quality:
    """One call's sound, from its beginning until now."""

    codec: str = ""
    received: int = 0
    """Packets from the far end."""
    lost: float = 0.0
    """Per cent of the far end's packets that did not come, or too late to be played."""
    jitter: float = 0.0
    """Milliseconds, of what comes in."""
    buffer: float = 0.0
    """Milliseconds that sound waits in the jitter buffer."""
    sent: int = 0
    lost_there: float = 0.0
    """Per cent of our packets that the far end missed, as it told last."""
    jitter_there: float = 0.0
    round_trip: float = 0.0
    """Milliseconds; 0 until the far end has reported."""
    heard: float = 0.0
    """How loud the far end is now, 0 to 1."""
    spoken: float = 0.0
    """How loud what we send is now, 0 to 1."""

    @property
    def mos(self) -> float:
        """The mean opinion to be expected of what is heard here, 1 (bad) to 4.4 (excellent)."""
        delay = self.round_trip / 2 + self.buffer
        late = 0.024 * delay + (0.11 * (delay - 177.3) if delay > 177.3 else 0.0)
        loss = 95 * self.lost / (self.lost + ROBUSTNESS)
        return opinion(BASIC - late - loss)

    def to_json(self) -> dict[str, Any]:
        """As `/ext/v1/calls` and `/ext/v1/history` show it."""
        names = {
            "lost_there": "lostThere",
            "jitter_there": "jitterThere",
            "round_trip": "roundTrip",
        }
        found = {names.get(name, name): value for name, value in asdict(self).items()}
        return {**found, "mos": self.mos}


def opinion(r: float) -> float:
    """The mean opinion score for a rating R (G.107 annex B)."""
    if r <= 0:
        return 1.0
    r = min(r, 100.0)
    return round(max(1.0, 1 + 0.035 * r + r * (r - 60) * (100 - r) * 7e-6), 2)
