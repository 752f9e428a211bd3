"""Keys and buttons of an X server taken for ourselves: the focused program gets none of them.

A grab swallows; hearing is the business of `x11_record`. X lets go of everything by itself when
our connection ends, in whatever way.
"""

from __future__ import annotations

import contextlib
import itertools
import logging
import os
import queue
import select
import threading
import time
from collections.abc import Collection, Iterator
from concurrent.futures import Future
from concurrent.futures import TimeoutError as TooLong
from typing import Any

from Xlib import X, error
from Xlib.display import Display

from adapters.input.claims import WHOLE_KEYBOARD_SECONDS, Claim, whole_keyboard
from adapters.input.names import KEYS, covers
from adapters.input.positions import X_BUTTONS, X_KEYCODES

_log = logging.getLogger(__name__)

_BUTTONS = {name: button for button, name in X_BUTTONS.items()}

TRIES, PAUSE = 20, 0.01
"""How often the whole keyboard is asked for while another program has it; seconds in between."""

_Grab = tuple[str, int, int]
"""A key or a button, its code, the modifiers."""


class X11Grab:
    """Holds the keys that are claimed, on a connection and a thread of its own."""

    def __init__(self) -> None:
        self._display = Display()
        self._root = self._display.screen().root
        self._wake, self._waker = os.pipe()
        self._asked: queue.SimpleQueue[tuple[frozenset[str], Future[frozenset[str]]] | None] = (
            queue.SimpleQueue()
        )
        self._claimed: frozenset[str] = frozenset()
        self._single: frozenset[str] = frozenset()
        """What was claimed when it was last not the whole keyboard."""
        self._held: dict[_Grab, str] = {}
        """What is grabbed, for which claim."""
        self._whole = False
        """Whether the whole keyboard is ours, be it only until the last key is up."""
        self._whole_until = 0.0
        self._down: set[int] = set()
        """Keys that went down while they were ours."""
        self._thread = threading.Thread(target=self._run, name="x11-grab", daemon=True)
        self._thread.start()

    def claim(self, keys: Collection[str], within: float = 2.0) -> frozenset[str]:
        """Hold these keys and no others.

        Args:
            keys: as in `Listening.claim`.
            within: seconds for the X server to do it.

        Returns:
            Those that another program holds already.
        """
        if not self._thread.is_alive():
            return frozenset()
        answer: Future[frozenset[str]] = Future()
        self._asked.put((frozenset(keys), answer))
        self._rouse()
        try:
            return answer.result(within)
        except TooLong:
            _log.warning("the X server did not grab %s in time", sorted(keys)[:8])
            return frozenset()

    def close(self) -> None:
        """Let go of everything."""
        self._asked.put(None)
        self._rouse()
        self._thread.join(timeout=2)

    def _rouse(self) -> None:
        try:
            os.write(self._waker, b".")
        except OSError:  # its thread has ended
            _log.debug("nobody holds keys any more")

    # Its own thread

    def _run(self) -> None:
        try:
            while self._turn():
                pass
        except (error.ConnectionClosedError, OSError):
            _log.debug("the X server has gone, and with it every grab", exc_info=True)
        finally:
            while not self._asked.empty():
                asked = self._asked.get()
                if asked is not None:
                    asked[1].set_result(frozenset())
            for end in (self._wake, self._waker):
                os.close(end)
            with contextlib.suppress(error.ConnectionClosedError, OSError):
                self._display.close()

    def _turn(self) -> bool:
        while self._display.pending_events():
            self._event(self._display.next_event())
        while not self._asked.empty():
            asked = self._asked.get()
            if asked is None:
                return False
            keys, answer = asked
            answer.set_result(self._apply(keys))
        if self._whole and time.monotonic() >= self._whole_until:
            self._give_back()
        if self._display.pending_events():
            return True
        timeout = max(0.0, self._whole_until - time.monotonic()) if self._whole else None
        ready, _, _ = select.select([self._display.fileno(), self._wake], [], [], timeout)
        if self._wake in ready:
            os.read(self._wake, 4096)
        return True

    def _event(self, event: Any) -> None:
        if event.type == X.KeyPress:
            self._down.add(event.detail)
            self._whole_until = time.monotonic() + WHOLE_KEYBOARD_SECONDS
        elif event.type == X.KeyRelease:
            self._ended()
        elif event.type == X.MappingNotify and event.request == X.MappingModifier:
            # It comes also when another keyboard is used than before; then nothing changes, and
            # nothing must be let go of meanwhile.
            self._hold(self._single)

    def _ended(self) -> None:
        """A key came up, or seems so: while one is held, X tells of releases that are repeats."""
        if self._down:
            keymap = self._display.query_keymap()
            self._down = {code for code in self._down if keymap[code // 8] >> (code % 8) & 1}
        if self._whole and not whole_keyboard(self._claimed) and not self._down:
            self._give_back()

    def _give_back(self) -> None:
        self._whole = False
        self._down.clear()
        self._display.ungrab_keyboard(X.CurrentTime)
        self._display.sync()

    def _apply(self, keys: frozenset[str]) -> frozenset[str]:
        self._claimed = keys
        if not whole_keyboard(keys):
            self._single = keys
            taken = self._hold(keys)
            if self._whole:
                self._ended()
            return taken
        # What was held before stays so: it will be wanted again.
        self._whole_until = time.monotonic() + WHOLE_KEYBOARD_SECONDS
        if not self._whole and not self._take_keyboard():
            _log.warning("another program holds the whole keyboard")
        return frozenset()

    def _hold(self, keys: frozenset[str]) -> frozenset[str]:
        """Grab these and let go of the others; gives those that another program has."""
        wanted = self._wanted(keys)
        for grab in [grab for grab in self._held if grab not in wanted]:
            self._ungrab(grab)
        taken = {
            claim
            for grab, claim in wanted.items()
            if grab not in self._held and not self._grab(grab, claim)
        }
        self._display.sync()
        return frozenset(taken)

    def _take_keyboard(self) -> bool:
        for _ in range(TRIES):
            status = self._root.grab_keyboard(
                False, X.GrabModeAsync, X.GrabModeAsync, X.CurrentTime
            )
            if status == X.GrabSuccess:
                self._whole = True
                return True
            time.sleep(PAUSE)
        return False

    def _grab(self, grab: _Grab, claim: str) -> bool:
        kind, code, modifiers = grab
        refused = error.CatchError(error.BadAccess)
        if kind == "key":
            self._root.grab_key(
                code, modifiers, False, X.GrabModeAsync, X.GrabModeAsync, onerror=refused
            )
        else:
            mask = X.ButtonPressMask | X.ButtonReleaseMask
            self._root.grab_button(
                code,
                modifiers,
                False,
                mask,
                X.GrabModeAsync,
                X.GrabModeAsync,
                X.NONE,
                X.NONE,
                onerror=refused,
            )
        self._display.sync()
        if refused.get_error() is not None:
            return False
        self._held[grab] = claim
        return True

    def _ungrab(self, grab: _Grab) -> None:
        kind, code, modifiers = grab
        (self._root.ungrab_key if kind == "key" else self._root.ungrab_button)(code, modifiers)
        del self._held[grab]

    def _wanted(self, keys: Collection[str]) -> dict[_Grab, str]:
        """Every grab that the claims need: for X, a key with Num Lock on is another one."""
        masks = self._modifier_masks()
        locks = [masks.get(lock, 0) for lock in ("caps_lock", "num_lock", "scroll_lock")]
        locked = {
            sum(some) for n in range(len(locks) + 1) for some in itertools.combinations(locks, n)
        }
        wanted: dict[_Grab, str] = {}
        for text in sorted(keys):
            claim = Claim.read(text)
            for held, lock in itertools.product(self._held_masks(claim, masks), locked):
                if claim.key in KEYS:
                    for code in (c for c, name in X_KEYCODES.items() if name == claim.key):
                        wanted["key", code, held | lock] = text
                elif claim.key in _BUTTONS:
                    wanted["button", _BUTTONS[claim.key], held | lock] = text
        return wanted

    @staticmethod
    def _held_masks(claim: Claim, masks: dict[str, int]) -> Iterator[int]:
        """The modifiers that a claim needs, with either side of each: Alt Gr is not X's Alt."""
        sides = [
            {masks[side] for side in covers(name) if side in masks}
            for name in sorted(claim.modifiers)
        ]
        return (sum(set(chosen)) for chosen in itertools.product(*sides))

    def _modifier_masks(self) -> dict[str, int]:
        return {
            X_KEYCODES[code]: 1 << index
            for index, codes in enumerate(self._display.get_modifier_mapping())
            for code in codes
            if code in X_KEYCODES
        }
