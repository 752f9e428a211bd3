"""What was taught beside a general engine: one hearing made of two.

Where both heard the same, it is surer than either. Where they differ, the one that is surer leads,
and leads by less the surer the other is, so that a difference between two sure engines is asked
about and never acted on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.voice.recogniser import Heard, Hearing
from assistant.text import fold

if TYPE_CHECKING:
    from adapters.voice.recogniser import Expected, Listener, Recogniser, Samples

LEAD = 1.5
"""How much more what was taught counts than a general engine that is as sure."""


class Beside:
    """Two engines that hear the same.

    Args:
        general: knows everything that can be said.
        taught: knows what the user has taught.
    """

    def __init__(self, general: Recogniser, taught: Recogniser) -> None:
        self._general, self._taught = general, taught
        self.name = f"{general.name}+{taught.name}"

    def supports(self, language: str) -> bool:
        """Whether the general engine hears a language."""
        hears = getattr(self._general, "supports", None)
        return hears is None or bool(hears(language))

    def prepare(self, expected: Expected) -> None:
        """Get both ready."""
        self._general.prepare(expected)
        self._taught.prepare(expected)

    def listen(self, expected: Expected) -> Listener:
        """Begin to hear."""
        return _Both(self._general.listen(expected), self._taught.listen(expected), self.name)


class _Both:
    def __init__(self, general: Listener, taught: Listener, name: str) -> None:
        self._general, self._taught, self._name = general, taught, name

    def feed(self, samples: Samples) -> None:
        self._general.feed(samples)
        self._taught.feed(samples)

    def finish(self) -> Hearing:
        return fused(self._general.finish(), self._taught.finish(), self._name)


def fused(general: Hearing, taught: Hearing, name: str) -> Hearing:
    """What two engines heard, as one.

    Args:
        general: knows everything that can be said.
        taught: knows what the user has taught.
        name: of the two together.

    Returns:
        What one of them heard, as it was, where the other heard nothing.
    """
    if not taught.candidates:
        return general
    if not general.candidates:
        return taught
    a, b = general.candidates[0], taught.candidates[0]
    if fold(a.text) == fold(b.text):
        agreed = Heard(a.text, 1 - (1 - a.score) * (1 - b.score))
        others = _shared(general.candidates[1:], taught.candidates[1:], 1 - agreed.score)
        return Hearing((agreed, *others), min(general.none, taught.none), name)
    lead = LEAD * b.score / max(1e-9, a.score + LEAD * b.score)
    mixed = _mixed(
        [(heard, 1 - lead) for heard in general.candidates]
        + [(heard, lead) for heard in taught.candidates]
    )
    return Hearing(mixed, min(general.none, taught.none), name)


def _shared(
    general: tuple[Heard, ...], taught: tuple[Heard, ...], left: float
) -> tuple[Heard, ...]:
    """What neither took for the likeliest shares what is left."""
    mixed = _mixed([(heard, 0.5) for heard in (*general, *taught)])
    total = max(1.0, sum(heard.score for heard in mixed))
    return tuple(Heard(heard.text, heard.score * left / total) for heard in mixed)


def _mixed(weighed: list[tuple[Heard, float]]) -> tuple[Heard, ...]:
    texts: dict[str, str] = {}
    scores: dict[str, float] = {}
    for heard, weight in weighed:
        key = fold(heard.text)
        texts.setdefault(key, heard.text)
        scores[key] = min(1.0, scores.get(key, 0.0) + heard.score * weight)
    ordered = sorted(scores.items(), key=lambda item: -item[1])
    return tuple(Heard(texts[key], score) for key, score in ordered)
