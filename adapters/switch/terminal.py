"""The terminal's own keyboard as the switch: no display is needed, and it works over SSH.

A terminal tells that a key was pressed, and again for each of its repeats, but never that it was
let go. So a key counts as held until nothing has come for a while, see `Unreleased`.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable, Mapping

from adapters.input.press import OnPress, Press

NAMES: Mapping[str, str] = {
    " ": "space",
    "c-m": "enter",
    "c-j": "enter",
    "c-i": "tab",
    "c-h": "backspace",
    "pageup": "page_up",
    "pagedown": "page_down",
}
"""Keys that prompt_toolkit calls otherwise."""

LEAVING = frozenset({"c-c", "c-d"})


class Unreleased:
    """Presses without releases become whole ones.

    Args:
        gap: a key that comes again sooner than this, in seconds, is the same press: it repeats.
    """

    def __init__(self, gap: float) -> None:
        self._gap = gap
        self._held: dict[str, float] = {}
        """When each key that counts as held came last."""

    def key(self, name: str, at: float) -> tuple[Press, ...]:
        """What a key that came means: nothing, or that it went down, having come up before."""
        before = self._held.get(name)
        self._held[name] = at
        if before is None:
            return (Press(name, True, at),)
        if at - before < self._gap:
            return ()
        return (Press(name, False, before + self._gap), Press(name, True, at))


class TerminalKeys:
    """Listens to the terminal until it is closed.

    Args:
        on_press: is told of each press, on a thread of the listener's own.
        gap: see `Unreleased`.
        leave: called when the user presses Ctrl+C or Ctrl+D, or the terminal is gone.
    """

    everything: bool = True
    unheard: frozenset[str] = frozenset()
    taken: frozenset[str] = frozenset()

    def __init__(self, on_press: OnPress, gap: float, leave: Callable[[], None]) -> None:
        self.error: Exception | None = None
        """What ended it before its time; None while it listens."""
        self._on_press, self._leave = on_press, leave
        self._unreleased = Unreleased(gap)
        self._stop: Callable[[], None] = lambda: None
        self._begun = threading.Event()
        self._thread = threading.Thread(target=self._run, name="terminal-keys", daemon=True)
        self._thread.start()
        self._begun.wait()

    def claim(self, keys: object) -> None:
        """Do nothing: what is typed here goes nowhere else."""

    def let_go(self, key: str) -> bool:  # noqa: ARG002 - a terminal knows nothing of it
        """Nothing is known besides what was told."""
        return False

    def close(self) -> None:
        """Listen no more; the terminal is as it was before."""
        self._stop()
        self._thread.join(timeout=2.0)

    def _run(self) -> None:
        try:
            asyncio.run(self._listen())
        except (OSError, EOFError) as error:
            self.error = error
            self._leave()
        finally:
            self._begun.set()

    async def _listen(self) -> None:
        from prompt_toolkit.input import create_input

        stop = asyncio.Event()
        loop = asyncio.get_running_loop()

        def end() -> None:
            with contextlib.suppress(RuntimeError):  # it has ended by itself
                loop.call_soon_threadsafe(stop.set)

        self._stop = end
        keys = create_input()

        def ready() -> None:
            for pressed in keys.read_keys():
                self._take(getattr(pressed.key, "value", pressed.key))
            if keys.closed:
                self._leave()

        with keys.raw_mode(), keys.attach(ready):
            self._begun.set()
            await stop.wait()

    def _take(self, key: str) -> None:
        if key in LEAVING:
            self._leave()
            return
        name = NAMES.get(key, key.lower())
        for press in self._unreleased.key(name, time.monotonic()):
            self._on_press(press)
