"""Which keys are ours for now, and are kept from the program that has the focus."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass

from adapters.input.names import KEYS, SIDED

WHOLE_KEYBOARD_SECONDS = 30.0
"""How long after the latest key the whole keyboard may be ours: somebody who begins a sequence and
goes away must not leave the keyboard dead for ever."""

_MODIFIER = {side: name for name, sides in SIDED.items() for side in sides}


@dataclass(frozen=True, slots=True)
class Claim:
    """A key with exactly the modifiers that are held with it."""

    key: str
    modifiers: frozenset[str] = frozenset()
    """`shift`, `ctrl`, `alt`, `super`: either side."""

    @classmethod
    def read(cls, text: str) -> Claim:
        """A claim as it is written: `f8`, `ctrl+alt+h`."""
        *modifiers, key = text.split("+")
        return cls(key, frozenset(modifiers))


def whole_keyboard(keys: Collection[str]) -> bool:
    """Whether every key is claimed."""
    return set(keys) >= KEYS


class Claims:
    """What is claimed, for a hook that is asked at each press whether to swallow it.

    A press that was swallowed takes its repeats and its release with it, whatever is claimed by
    then; a key that the focused program has seen go down, it sees come up.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._claims: frozenset[Claim] = frozenset()
        self._whole_until = 0.0
        self._held: set[str] = set()
        self._swallowed: set[str] = set()

    def set(self, keys: Collection[str]) -> None:
        """Claim these, and no others."""
        whole = whole_keyboard(keys)
        claims = frozenset(Claim.read(key) for key in keys if not (whole and key in KEYS))
        with self._lock:
            self._claims = claims
            self._whole_until = self._now() + WHOLE_KEYBOARD_SECONDS if whole else 0.0

    def swallowed(self, key: str) -> bool:
        """Whether a key is down that was kept from the focused program."""
        with self._lock:
            return key in self._swallowed

    def swallow(self, key: str, *, down: bool) -> bool:
        """Whether a press is kept from the focused program; to be asked of each in turn."""
        with self._lock:
            held = frozenset(_MODIFIER[name] for name in self._held if name != key)
            if key in _MODIFIER:
                (self._held.add if down else self._held.discard)(key)
            if not down:
                ours = key in self._swallowed
                self._swallowed.discard(key)
                return ours
            ours = key in self._swallowed or Claim(key, held) in self._claims
            if key in KEYS and self._now() < self._whole_until:
                ours = True
                self._whole_until = self._now() + WHOLE_KEYBOARD_SECONDS
            if ours:
                self._swallowed.add(key)
            return ours
