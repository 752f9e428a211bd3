"""One sitting of the switch surface: what is pressed, what is offered, on a thread of its own."""

from __future__ import annotations

import contextlib
import logging
import queue
import sys
import threading
import time
from collections.abc import Callable
from typing import cast

from adapters.feedback.announcer import Announcer
from adapters.feedback.feedback import Feedback
from adapters.feedback.news import News
from adapters.input.names import canonical, covers, nearest
from adapters.input.press import Listening, OnPress
from adapters.input.words import remarks
from adapters.switch.chooser import SURFACE, Chooser, Heard, Manner
from adapters.switch.menu import Menu
from adapters.switch.pace import Method, Pace
from adapters.switch.terminal import TerminalKeys
from adapters.switch.trouble import KeyUnknown, NeedsRelease, NoTerminal, SameKey
from adapters.switch.whom import Whom
from assistant.assistant import Assistant
from assistant.config import Config
from assistant.phonebar import PhonebarError
from assistant.settings import SwitchSection
from assistant.wording import Wording

_log = logging.getLogger(__name__)

LETTERS_A_WORD = 6
"""With the space after it: what a rate in words a minute is meant to count."""


Opener = Callable[[OnPress, Callable[[], None]], Listening]
"""Begins to listen: who is told of presses, and who when the user leaves."""


class Session:
    """Offers and listens until it is closed, or the user leaves.

    Args:
        config: everything that can be set.
        assistant: started already.
        feedback: sounds and speaks.
        out: takes each line.
        opener: listens; None is what the configuration says.
        news: what other surfaces of the same person tell; None when there are none.
        talk: has the voice surface listen; None without one.

    Raises:
        SwitchTrouble: the configuration does not go together.
        InputTrouble: keys cannot be heard.
    """

    def __init__(
        self,
        config: Config,
        assistant: Assistant,
        feedback: Feedback,
        out: Callable[[str], None],
        *,
        opener: Opener | None = None,
        news: News | None = None,
        talk: Callable[[], None] | None = None,
    ) -> None:
        section, self._words = config.switch, assistant.wording()
        self._keys = switches(section)
        if opener is None:
            self._check_terminal(section)
        self._announcer = Announcer(out, feedback, self._words, news)
        self._chooser = Chooser(
            assistant,
            Menu(
                self._words, _whom(section, assistant, self._words), _status(assistant), talk=talk
            ),
            self._announcer,
            out=out,
            feedback=feedback,
            pace=pace(section),
            manner=_manner(config, self._keys),
            clock=time.monotonic,
        )
        self._assistant, self._section = assistant, section
        self._todo: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._failed: Exception | None = None
        self._ended = threading.Event()
        self._listening = (opener or self._open)(
            lambda press: self._todo.put(lambda: self._chooser.press(press)), self._ended.set
        )
        self._subscription = assistant.subscribe(
            lambda event: self._todo.put(lambda: self._chooser.happened(event)),
            "local",
            *(news.surfaces if news else (SURFACE,)),
        )
        self._thread = threading.Thread(target=self._run, name="switch", daemon=True)
        self._thread.start()

    @property
    def error(self) -> Exception | None:
        """What ended it before its time; None while it is up."""
        return self._failed or self._listening.error

    def wait(self, seconds: float) -> bool:
        """Whether the user has left, or it cannot go on; waits so long at most."""
        return self._ended.wait(seconds) or self.error is not None

    def close(self) -> None:
        """End it."""
        self._subscription.close()
        self._listening.close()
        self._todo.put(None)
        self._thread.join()

    def _check_terminal(self, section: SwitchSection) -> None:
        if section.listen != "terminal":
            return
        if not sys.stdin.isatty():
            raise NoTerminal
        if needs_release(section):
            raise NeedsRelease(method=section.method)

    def _open(self, on_press: OnPress, leave: Callable[[], None]) -> Listening:
        if self._section.listen == "terminal":
            return TerminalKeys(on_press, self._section.repeat, leave)
        from adapters.input.listening import listen

        wanted = {key: self._words.say("switch_on_wayland")[0] for key in self._keys}
        listening = listen(on_press, wanted, grab=True)
        # A mouse button stays the mouse's as well: somebody else may need it.
        listening.claim([key for key in self._keys if not key.startswith(("mouse_", "joy_"))])
        return listening

    def _greet(self) -> None:
        names = " / ".join(dict.fromkeys((self._section.key, *self._second())))
        self._announcer.say("switch_welcome", keys=names)
        if self._section.listen == "terminal" and self._section.acceptance > 0:
            self._announcer.say("switch_no_acceptance")
        for told in (*remarks(self._listening, self._words), *self._assistant.notices()):
            self._announcer.tell(told)
        if self._assistant.watcher.lost:
            self._announcer.say("event_phonebar_lost", "failed")

    def _second(self) -> tuple[str, ...]:
        return (self._section.step_key,) if self._section.method == "two" else ()

    def _run(self) -> None:
        try:
            with contextlib.suppress(PhonebarError):  # told just below
                self._assistant.calls()
            self._greet()
            self._chooser.start()
            while (job := self._next()) is not None:
                try:
                    job()
                except Exception:  # noqa: BLE001 - one failing action must not deafen it
                    _log.exception("a press or an event could not be handled")
                    self._announcer.say("internal_error", "failed")
                    self._chooser.start()
        except Exception as error:  # noqa: BLE001 - told by whoever started it
            self._failed = error
        finally:
            self._ended.set()

    def _next(self) -> Callable[[], None] | None:
        """What is to be done next: presses and events before time, for they happened before."""
        due = self._chooser.due()
        try:
            if due is None:
                return self._todo.get()
            left = due - time.monotonic()
            return self._todo.get(timeout=left) if left > 0 else self._todo.get_nowait()
        except queue.Empty:
            return self._tick

    def _tick(self) -> None:
        now = time.monotonic()
        self._chooser.check(self._listening.let_go, now)
        self._chooser.tick(now)


def switches(section: SwitchSection) -> dict[str, bool]:
    """The keys that are switches, as presses name them, and whether each moves the light.

    Raises:
        SwitchTrouble: there is no such key, or both are one.
    """
    found: dict[str, bool] = {}
    texts = {False: section.key, **({True: section.step_key} if section.method == "two" else {})}
    for moves, text in texts.items():
        name = canonical(text)
        if name is None:
            raise KeyUnknown(key=text, nearest=nearest(text) or "space")
        for key in covers(name):
            if key in found:
                raise SameKey(key=text)
            found[key] = moves
    return found


def needs_release(section: SwitchSection) -> bool:
    """Whether it must be told when the switch is let go, which a terminal does not."""
    return section.listen == "terminal" and section.method in {"step", "inverse"}


def pace(section: SwitchSection) -> Pace:
    """Method and timing, as configured and as far as what is listened to allows."""
    no_release = section.listen == "terminal"
    return Pace(
        method=cast("Method", section.method),
        step=section.step,
        first=section.first,
        loops=section.loops,
        acceptance=0.0 if no_release else section.acceptance,
        release=0.0 if no_release else section.release,
        long=section.long,
        grace=section.grace,
        late=section.late,
    )


def _whom(section: SwitchSection, assistant: Assistant, words: Wording) -> Whom:
    return Whom(assistant.directory, assistant.journal, words, section.favourites)


def _status(assistant: Assistant) -> Callable[[], str | None]:
    def status() -> str | None:
        try:
            return assistant.client.status()
        except PhonebarError:
            return None

    return status


def _manner(config: Config, keys: dict[str, bool]) -> Manner:
    section = config.switch
    spoken = section.cue in {"speech", "both"} and config.sound.speech != "off"
    letters_a_second = config.sound.rate * LETTERS_A_WORD / 60
    return Manner(
        keys=keys,
        rest=section.repeat if section.listen == "terminal" else section.release,
        cue=cast("Heard", section.cue),
        dial_delay=section.dial_delay,
        confirm=section.confirm,
        spoken=lambda text: len(text) / letters_a_second if spoken else 0.0,
    )
