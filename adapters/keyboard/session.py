"""A sitting at the keys: what is pressed becomes what is done, and what happens is told.

Three threads, so that no key ever waits: the listener only hands over; one reads what the presses
mean, and at once silences or lets talk; `Orders` carries out commands, one at a time.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress

from adapters.input.press import Listening, OnPress, Press
from adapters.input.trouble import InputTrouble
from adapters.input.words import remarks
from adapters.keyboard.binding import Layout, Say
from adapters.keyboard.bindings import Bindings
from adapters.keyboard.effect import Act, Effect, Entry, Over, Talking, Waiting
from adapters.keyboard.engine import Engine, Timing
from adapters.keyboard.help import KeyHelp, entries
from adapters.keyboard.orders import SURFACE, USER, Orders
from adapters.keyboard.phrases import Phrases
from adapters.keyboard.problem import BindingsError
from adapters.keyboard.telling import Telling
from assistant.assistant import Assistant
from assistant.contract import CallEvent

log = logging.getLogger(__name__)

REPLY_FIRST = 0.5
"""Seconds that an event waits for the reply that is being made: mostly it follows from it."""
LOOK = 1.0
"""Seconds between looks at the file of bindings, and at whether keys are still heard."""

Open = Callable[[OnPress, Mapping[str, str]], Listening]
"""Begins to listen: who is told of presses, and what is wanted, as `adapters.input.listening`."""


class Session:
    """Runs until it is closed.

    Args:
        assistant: who does it; started already.
        opening: begins to listen.
        load: reads the bindings; raises BindingsError.
        phrases: what their sentences mean.
        telling: writes and sounds.
        timing: how long things take.
        on_talk: lets the voice surface listen, or no more, and says whether a key is held for it;
            None without one.
        any_key_hushes: whether every key that is pressed silences what is being spoken.

    Raises:
        BindingsError: the bindings cannot be used.
        InputTrouble: keys cannot be heard here.
    """

    def __init__(
        self,
        assistant: Assistant,
        opening: Open,
        load: Callable[[], Bindings],
        phrases: Phrases,
        *,
        telling: Telling,
        timing: Timing,
        on_talk: Callable[[bool, bool], None] | None = None,
        any_key_hushes: bool = False,
    ) -> None:
        self._load, self._phrases, self._telling = load, phrases, telling
        self._opening, self._on_talk = opening, on_talk
        self._any_key_hushes = any_key_hushes
        self.error: Exception | None = None
        """What ended it before its time; None while it is up."""
        bindings = load()
        self._path = bindings.path
        self._stamp = self._stamped()
        self._layout = bindings.layout
        self._engine = Engine(bindings.layout, timing)
        self._presses: queue.SimpleQueue[Press | Bindings | Talking | None] = queue.SimpleQueue()
        self._claimed: Collection[str] = ()
        self._listening = self._listen()
        self._orders = Orders(assistant, phrases, telling, bindings.layout)
        self._closing = threading.Event()
        self._subscription = assistant.subscribe(
            self._event, USER, *(telling.news.surfaces if telling.news else (SURFACE,))
        )
        self._remark(bindings)
        for notice in assistant.notices():
            telling.remark(notice)
        self._threads = [
            threading.Thread(target=self._read, name="keys", daemon=True),
            threading.Thread(target=self._watch, name="key bindings", daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    def close(self) -> None:
        """Listen no more; what is under way is finished and told."""
        self._closing.set()
        self._presses.put(None)
        for thread in self._threads:
            thread.join(timeout=5)
        self._listening.close()
        self._orders.close()
        self._subscription.close()

    def talked(self) -> None:
        """The voice surface listens no more, by itself; any thread may tell."""
        self._presses.put(Talking(on=False))

    # Reading the presses

    def _read(self) -> None:
        self._claim()
        self._others_have()
        while not self._closing.is_set():
            try:
                effects = self._next()
                self._claim()  # first of all: the next key may be on its way
                for effect in effects:
                    self._safely(effect)
            except Exception:
                log.exception("while reading the keys")

    def _next(self) -> tuple[Effect, ...]:
        """Wait for a press, or for what is due."""
        due = self._engine.due()
        wait = LOOK if due is None else min(LOOK, max(0.0, due - time.monotonic()))
        try:
            came = self._presses.get(timeout=wait)
        except queue.Empty:
            return self._engine.tick(time.monotonic()) + self._lost()
        return self._took(came)

    def _took(self, came: Press | Bindings | Talking | None) -> tuple[Effect, ...]:
        if came is None:
            return self._engine.release_all()
        if isinstance(came, Talking):
            self._engine.talked()
            return ()
        if isinstance(came, Bindings):
            return self._changed(came)
        if came.down and self._any_key_hushes:
            self._telling.hush()
        return self._engine.feed(came.key, came.down, came.at)

    def _safely(self, effect: Effect) -> None:
        """Whatever goes wrong with one key, the next one is heard."""
        try:
            self._happened(effect)
        except Exception:
            log.exception("while doing what a key asked for")
            with suppress(Exception):
                self._telling.say("keys_failed", "failed")

    def _happened(self, effect: Effect) -> None:
        if isinstance(effect, Waiting):
            self._telling.waiting(effect)
        elif isinstance(effect, Over):
            self._telling.over(effect)
        elif isinstance(effect, Entry):
            self._telling.entry(effect)
        elif isinstance(effect, Talking):
            self._talk(effect)
        elif isinstance(effect, Act):
            self._telling.hush()
            if effect.held and self._listening.let_go(effect.held):
                self._telling.over(Over(effect.keys, "let_go"))
            elif isinstance(effect.action, Say):
                self._orders.give(effect.action)

    def _talk(self, effect: Talking) -> None:
        self._telling.hush()
        if self._on_talk is not None:
            self._on_talk(effect.on, effect.held)
        elif effect.on:
            self._telling.say("keys_no_voice", "failed")

    # Listening

    def _listen(self) -> Listening:
        return self._opening(self._presses.put, wanted(self._layout, self._help()))

    def _help(self) -> KeyHelp:
        return KeyHelp(self._phrases, self._telling.wording)

    def _claim(self) -> None:
        claims = self._engine.claims
        if claims == self._claimed:
            return
        try:
            self._listening.claim(claims)
        except Exception:
            log.exception("keys could not be claimed")  # they are heard all the same
        self._claimed = claims

    def _others_have(self) -> None:
        """Tell which keys are not ours alone, or are not told of at all."""
        for words in remarks(self._listening, self._telling.wording):
            self._telling.remark(words, "failed")

    def _lost(self) -> tuple[Effect, ...]:
        """When nothing is heard any more, every key counts as up."""
        if self._listening.error is None or self.error is not None:
            return ()
        self.error = self._listening.error
        return self._engine.release_all()

    # The file of bindings

    def _watch(self) -> None:
        while not self._closing.wait(LOOK):
            stamp = self._stamped()
            if stamp == self._stamp:
                continue
            self._stamp = stamp
            try:
                self._presses.put(self._load())
            except BindingsError as error:
                why = error.told(self._telling.wording)
                self._telling.say("keys_kept", "failed", why=why)
            except Exception:
                log.exception("while reading the bindings")
                self._telling.say("keys_failed", "failed")

    def _stamped(self) -> object:
        try:
            status = self._path.stat()
        except OSError:
            return None
        return status.st_mtime_ns, status.st_size

    def _changed(self, bindings: Bindings) -> tuple[Effect, ...]:
        before = set(wanted(self._layout, self._help()))
        self._layout = self._orders.layout = bindings.layout
        effects = self._engine.change(bindings.layout)
        if set(wanted(bindings.layout, self._help())) != before:
            effects += self._listen_anew()
            self._claim()
            self._others_have()
        self._telling.say("keys_changed", "done")
        self._remark(bindings)
        return effects

    def _listen_anew(self) -> tuple[Effect, ...]:
        """Where the system tells only of what was asked for, other keys must be asked for."""
        self._listening.close()
        self._claimed = ()
        try:
            self._listening = self._listen()
        except InputTrouble as trouble:
            self.error = trouble
        return self._engine.release_all()

    def _remark(self, bindings: Bindings) -> None:
        wording = self._telling.wording
        for note in bindings.notes:
            told = note.told(bindings.path, wording)
            self._telling.remark((told, told))

    # Events

    def _event(self, event: CallEvent) -> None:
        self._orders.settled(REPLY_FIRST)
        self._telling.event(event)


def wanted(layout: Layout, help_: KeyHelp) -> dict[str, str]:
    """What must be listened to, each with what it does, in words."""
    found: dict[str, str] = {}
    for entry in entries(layout):
        for keys in entry.keys:
            words = help_.what(entry.action) if len(keys) == 1 else help_.leads()
            found.setdefault(str(keys[0]), words)
    return found
