"""What one person at this PC is told of the calls, by whichever of their surfaces is first."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Collection
from typing import Literal

from assistant.contract import CallEvent

Medium = Literal["written", "heard"]

REMEMBERED = 256
"""Events: more than surfaces can lag behind each other."""


class News:
    """Shared by the surfaces that have one terminal and one pair of ears; any thread may use it.

    Args:
        surfaces: their names; what one of them does is no news on the others.
    """

    def __init__(self, surfaces: Collection[str]) -> None:
        self.surfaces = tuple(surfaces)
        self._lock = threading.Lock()
        self._told: deque[tuple[object, ...]] = deque(maxlen=REMEMBERED)

    def first(self, event: CallEvent, medium: Medium) -> bool:
        """Whether nobody has told the event there yet; whoever asks first tells it."""
        key = (medium, event.kind, event.at, event.call.key if event.call else None)
        with self._lock:
            if key in self._told:
                return False
            self._told.append(key)
            return True
