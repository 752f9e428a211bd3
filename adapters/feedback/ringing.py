"""The ring goes on while a call rings, if that is set; who is calling is announced over it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from adapters.feedback.queue import Queue
from assistant.assistant import Assistant
from assistant.contract import CallEvent, EventKind


class Ringing:
    """Follows the events, and has the ring sound while any call rings.

    Args:
        feedback: rings.
    """

    def __init__(self, feedback: Queue) -> None:
        self._feedback = feedback
        self._calls: set[str] = set()

    def __call__(self, event: CallEvent) -> None:
        """Take an event, whoever caused it."""
        if event.kind is EventKind.PHONEBAR_LOST:
            self._calls.clear()
        elif event.call is not None and event.kind is EventKind.INCOMING:
            self._calls.add(event.call.key)
        elif event.call is not None:
            self._calls.discard(event.call.key)
        self._feedback.ring(bool(self._calls))


@contextlib.contextmanager
def ringing(assistant: Assistant, feedback: Queue) -> Iterator[None]:
    """Have calls ring as the configuration says, as long as the context lasts.

    Args:
        assistant: tells of the calls.
        feedback: rings.
    """
    if assistant.config.sound.ring_every <= 0:
        yield
        return
    subscription = assistant.subscribe(Ringing(feedback))
    try:
        yield
    finally:
        subscription.close()
        feedback.ring(False)
