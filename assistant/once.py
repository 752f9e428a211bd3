"""Each command once.

One at a time; a duplicate gets the first one's reply; what a crash interrupted is looked up, never
repeated.

Source: the design, "Doing it exactly once", point 3.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from filelock import FileLock, Timeout

from assistant.contract import Reply, Status
from assistant.dispatcher import Dispatcher
from assistant.journal import RECEIVED, SENT, Entry, Journal
from assistant.phonebar import PhonebarError
from assistant.wording import Wording, Words

POLL_SECONDS = 0.05
"""Between looks for the reply that another is making."""


class Once:
    """Keeps the commands of one user's processes apart. Safe to use from several threads.

    Args:
        journal: the record that all of them share.
        dispatcher: looks up what became of a command.
        wording: the messages of a language, None for the first one.
        clock: Unix time in seconds.
        patience: seconds that a duplicate waits for the first one's reply.
    """

    def __init__(
        self,
        journal: Journal,
        dispatcher: Dispatcher,
        wording: Callable[[str | None], Wording],
        clock: Callable[[], float],
        patience: float,
    ) -> None:
        self._journal, self._dispatcher, self._wording = journal, dispatcher, wording
        self._clock, self._patience = clock, patience
        self._turn = threading.Lock()
        self._lock = FileLock(str(journal.path) + ".lock")
        self._notices: list[Words] = []

    @contextmanager
    def alone(self, deadline: float) -> Iterator[None]:
        """Nobody else, in this process or another of this user's, sends a command meanwhile.

        Args:
            deadline: Unix time in seconds.

        Raises:
            filelock.Timeout: others were at work until the deadline.
        """
        if not self._turn.acquire(timeout=max(0.0, deadline - self._clock())):
            raise Timeout(self._lock.lock_file)
        try:
            with self._lock.acquire(timeout=max(0.0, deadline - self._clock())):
                yield
        finally:
            self._turn.release()

    def recover(self, besides: str = "") -> None:
        """Look up what became of commands that a crash interrupted; only while `alone`.

        Args:
            besides: the command that is being carried out, which nothing has interrupted.

        Raises:
            PhonebarError: the phonebar cannot be asked, and a command was about to be sent to it.
        """
        for entry in self._journal.in_flight():
            waiting = entry.state == RECEIVED and entry.deadline >= self._clock()
            if entry.id == besides or waiting:
                continue
            try:
                outcome = self._dispatcher.recover(entry)
            except PhonebarError:
                if entry.state == SENT:
                    continue  # the phonebar is away: it is looked up when it is back
                raise
            words = self._wording(None).say(outcome.message, {"what": entry.text})
            reply = Reply(outcome.status, words[0], words[1], id=entry.id)
            self._journal.finish(entry.id, outcome.status, reply.to_json(), self._clock())
            self._notices.append(words)

    def notices(self) -> tuple[Words, ...]:
        """What became of interrupted commands; told once."""
        told, self._notices = tuple(self._notices), []
        return told

    def duplicate(self, earlier: Entry, language: str) -> Reply:
        """The first one's reply, waited for if it is still being made."""
        patience = threading.Event()
        until = self._clock() + self._patience
        found: Entry | None = earlier
        while found is not None and found.reply is None and self._clock() < until:
            patience.wait(POLL_SECONDS)
            found = self._journal.entry(earlier.id)
        if found is not None and found.reply is None:
            # Whoever began it may have died over it: if nobody is at work, that is looked up.
            with suppress(Timeout, PhonebarError), self.alone(self._clock()):
                self.recover()
            found = self._journal.entry(earlier.id)
        if found is not None and found.reply is not None:
            return Reply.from_json(found.reply)
        text, speech = self._wording(language).say("duplicate_running")
        return Reply(Status.UNKNOWN, text, speech, id=earlier.id)
