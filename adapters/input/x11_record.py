"""Keys and buttons as an X server records them, through pynput.

pynput tells which letter a key writes; which key it is, it leaves unsaid, and under a Russian
layout `a` is then not to be had. So the keycode is read where pynput reads it: `_EVENTS` and
`_handle_message` are pynput's own names, and its version is bounded for them.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from pynput.keyboard import Listener
from Xlib import X

from adapters.input.positions import X_BUTTONS, X_KEYCODES

_log = logging.getLogger(__name__)


class RecordListener(Listener):  # type: ignore[misc]  # pynput has no types
    """Tells of each key and button that goes down or up, by its place.

    Args:
        put: takes the name, and whether it went down.
    """

    _EVENTS = (X.KeyPress, X.ButtonRelease)  # from the first to the last, and what is between

    def __init__(self, put: Callable[[str, bool], None]) -> None:
        super().__init__()
        self._put = put

    def run(self) -> None:
        """Listen; that the X server goes away is no crash."""
        try:
            super().run()
        except Exception:  # noqa: BLE001 - pynput's own clearing up fails too
            _log.debug("the X server tells of keys no more", exc_info=True)

    def _handle_message(self, _display: object, event: Any, _injected: bool) -> None:
        key = event.type in {X.KeyPress, X.KeyRelease}
        name = (X_KEYCODES if key else X_BUTTONS).get(event.detail)
        if name is not None:
            self._put(name, event.type in {X.KeyPress, X.ButtonPress})
