"""What listening through hooks of the system is like, on Windows and on macOS."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from adapters.input.claims import Claim, Claims
from adapters.input.press import OnPress
from adapters.input.relay import Relay
from adapters.input.trouble import InputTrouble, Lost


class Hooks:
    """Hears every key of this session, and shares it with every other program.

    Args:
        on_press: is told of each press.
        wanted: what is bound.
        known: the keys and buttons that the system tells of.
        grab: whether what is claimed is kept from the focused program.
    """

    def __init__(
        self,
        on_press: OnPress,
        wanted: Collection[str],
        known: Collection[str],
        *,
        grab: bool,
    ) -> None:
        self._closed, self._grab = False, grab
        self._unheard = frozenset(text for text in wanted if Claim.read(text).key not in known)
        self._relay = Relay(on_press)
        self._claims = Claims()
        self._listeners: list[Any] = []

    def _take(self, key: str, *, down: bool) -> bool:
        """Hand a press on; whether it is kept from the focused program."""
        self._relay.put(key, down)
        return self._grab and self._claims.swallow(key, down=down)

    @property
    def error(self) -> InputTrouble | None:
        """Why nothing is heard any more."""
        alive = all(listener.is_alive() for listener in self._listeners)
        return None if self._closed or alive else Lost()

    @property
    def everything(self) -> bool:
        """Every key is heard."""
        return True

    @property
    def unheard(self) -> frozenset[str]:
        """Keys that the system does not tell of."""
        return self._unheard

    @property
    def taken(self) -> frozenset[str]:
        """Nothing: hooks share every key."""
        return frozenset()

    def claim(self, keys: Collection[str]) -> None:
        """Keep these keys from the focused program, and no others."""
        self._claims.set(keys)

    def close(self) -> None:
        """Listen no more."""
        self._closed = True
        for listener in self._listeners:
            listener.stop()
        self._relay.close()
