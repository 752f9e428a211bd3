"""The child process that has the telephone stack: started, watched, started again.

PJSIP aborts its process on misuse, so it has one of its own; this one only loses its calls then.
"""

from __future__ import annotations

import contextlib
import logging
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import asdict

from phonebar.sip.account import Account, Devices
from phonebar.sip.ending import without_secrets
from phonebar.sip.messages import Event, MessageError, Request, Start, Stop, from_line, to_line

log = logging.getLogger(__name__)

FIRST_PAUSE = 0.2
"""Seconds before it is started again."""
LONGEST_PAUSE = 10.0
PATIENCE = 30
"""Seconds without a sign of life after which it hangs: looking up a name may hold it up for 20."""
LOOK_SECONDS = 1.0
STOP_SECONDS = 5.0
"""How long it may take to end its calls when told to stop."""


class Telephone:
    """Keeps a telephone process running.

    Args:
        account: whom it is to be; it gets the password through its standard input, so that no list
            of processes shows it.
        devices: where its sound goes.
        on_event: takes what the process tells, on a thread of this object's own.
        on_death: called on the same thread when the process has ended by itself, before another is
            started; takes its exit status.
        command: what to run.
        patience: see PATIENCE.
    """

    def __init__(
        self,
        account: Account,
        devices: Devices,
        on_event: Callable[[Event], None],
        on_death: Callable[[int], None],
        command: tuple[str, ...] = (sys.executable, "-m", "phonebar.sip.child"),
        *,
        patience: int = PATIENCE,
    ) -> None:
        self._start = Start(asdict(account), asdict(devices))
        self._command = command
        self._on_event, self._on_death = on_event, on_death
        self._requests: queue.SimpleQueue[Request | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._patience = patience
        self._told = threading.Event()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="sip", daemon=True)

    def start(self) -> None:
        """Start the process, and keep it running until `close`."""
        self._thread.start()

    @property
    def pid(self) -> int | None:
        """The process's number, None between two of them."""
        with self._lock:
            return None if self._process is None else self._process.pid

    def send(self, request: Request) -> bool:
        """Hand a request over; returns at once.

        Returns:
            False when there is no process now that could take it.
        """
        with self._lock:
            if self._process is None:
                return False
            self._requests.put(request)
            return True

    def close(self) -> None:
        """Have it end its calls and leave."""
        self._closing.set()
        self.send(Stop())
        with self._lock:
            process = self._process
        if process is not None:
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
        if self._thread.is_alive():
            self._thread.join(STOP_SECONDS)

    def _keep(self) -> None:
        pause = FIRST_PAUSE
        while not self._closing.is_set():
            heard = self._run_one()
            if self._closing.is_set():
                return
            pause = FIRST_PAUSE if heard else min(2 * pause, LONGEST_PAUSE)
            self._closing.wait(pause)

    def _run_one(self) -> bool:
        """Run a process to its end; True when it told anything."""
        # The command is ours; what a user has chosen goes to its standard input.
        process = subprocess.Popen(  # noqa: S603
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=without_secrets(os.environ),
        )
        assert process.stdin is not None  # noqa: S101 - for the type checker
        assert process.stdout is not None  # noqa: S101
        with self._lock:
            self._requests = queue.SimpleQueue()
            self._requests.put(self._start)
            self._process = process
            requests = self._requests
        writer = threading.Thread(
            target=_write, args=(requests, process), name="sip-requests", daemon=True
        )
        writer.start()
        threading.Thread(target=self._watch, args=(process,), name="sip-watch", daemon=True).start()
        heard = False
        for line in process.stdout:
            self._told.set()
            try:
                event = from_line(line)
            except MessageError:
                log.warning("the telephone process told something that is not understood")
                continue
            heard = True
            try:
                self._on_event(event)
            except Exception:
                log.exception("while taking what the telephone process told")
        with self._lock:
            self._process = None
            requests.put(None)
        status = process.wait()
        writer.join()
        process.stdout.close()
        with contextlib.suppress(OSError):
            process.stdin.close()
        if not self._closing.is_set():
            log.warning("the telephone process ended with %s; it is started again", status)
            self._on_death(status)
        return heard

    def _watch(self, process: subprocess.Popen[bytes]) -> None:
        """End a process that hangs, so that its calls are told as lost and another is started.

        It counts its own turns and no clock: a PC that was asleep has not been silent.
        """
        silent = 0
        while process.poll() is None and not self._closing.wait(LOOK_SECONDS):
            silent = 0 if self._told.is_set() else silent + 1
            self._told.clear()
            if silent * LOOK_SECONDS >= self._patience:
                log.warning("the telephone process hangs, and is ended")
                process.kill()
                return


def _write(requests: queue.SimpleQueue[Request | None], process: subprocess.Popen[bytes]) -> None:
    assert process.stdin is not None  # noqa: S101
    while (request := requests.get()) is not None:
        try:
            process.stdin.write(to_line(request))
            process.stdin.flush()
        except OSError:
            return  # it has died: its calls are told as ended by whoever reads
