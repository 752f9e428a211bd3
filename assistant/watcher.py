"""Watches the phonebar: one poll of `/api/calls`, whoever and however many want to know.

It polls fast while a call moves or a command is under way, slowly when all is quiet, and ever more
rarely when the phonebar is gone. Where the phonebar has an event stream (ours has), the stream is a
doorbell: it says when to look, and polling all but stops.
"""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator

from assistant.contract import CallEvent, EventKind, LiveCall
from assistant.phonebar import EventStream, Phonebar, PhonebarError, Unreachable
from assistant.tracker import Tracker
from phonebar.protocol import CallState

log = logging.getLogger(__name__)

QUEUE_LENGTH = 1000
"""Events a slow subscriber may lag behind before the oldest are dropped."""

LONGEST_BACKOFF = 15.0
WITH_STREAM = 15.0
"""Seconds between looks while the event stream is open: only in case it is silently dead."""

_MOVING = frozenset(
    {
        CallState.IDLE,
        CallState.CONNECTING,
        CallState.ALERTING,
        CallState.INCOMING,
        CallState.RELEASED,
        CallState.TERMINATED,
    }
)

Callback = Callable[[CallEvent], None]


class Subscription:
    """One subscriber, served in order by a thread of its own, so that none delays another."""

    def __init__(self, callback: Callback, forget: Callable[[Subscription], None]) -> None:
        self._callback = callback
        self._forget = forget
        self._queue: deque[CallEvent] = deque(maxlen=QUEUE_LENGTH)
        self._ready = threading.Condition()
        self._open = True
        self._idle = True
        self._thread = threading.Thread(target=self._serve, name="subscriber", daemon=True)
        self._thread.start()

    def put(self, event: CallEvent) -> None:
        """Hand over an event; returns at once."""
        with self._ready:
            if len(self._queue) == QUEUE_LENGTH:
                log.warning("a subscriber is too slow: an event was dropped")
            self._queue.append(event)
            self._ready.notify_all()

    def drain(self, seconds: float) -> bool:
        """Wait until every event handed over has been served; whether that came in time."""
        with self._ready:
            return self._ready.wait_for(lambda: self._idle and not self._queue, seconds)

    def close(self) -> None:
        """Take no more events; those handed over are dropped."""
        self._forget(self)
        with self._ready:
            self._open = False
            self._ready.notify_all()

    def _serve(self) -> None:
        while True:
            with self._ready:
                self._idle = True
                self._ready.notify_all()
                self._ready.wait_for(lambda: self._queue or not self._open)
                if not self._open:
                    return
                event = self._queue.popleft()
                self._idle = False
            try:
                self._callback(event)
            except Exception:  # whatever a subscriber does, the others must hear the next event
                log.exception("a subscriber failed on %s", event.kind)


class Watcher:
    """The one who looks at `/api/calls`.

    Args:
        client: the phonebar.
        tracker: keeps the identities; owned by this watcher from now on.
        fast: seconds between looks while something moves.
        slow: seconds between looks when nothing does.
        events: use the phonebar's event stream if it has one.
        on_change: called after each look that changed something, before its events are handed out.
    """

    def __init__(
        self,
        client: Phonebar,
        tracker: Tracker,
        *,
        fast: float = 0.1,
        slow: float = 1.0,
        events: bool = True,
        on_change: Callable[[Tracker, tuple[CallEvent, ...]], None] = lambda _t, _e: None,
    ) -> None:
        self._client = client
        self._tracker = tracker
        self._fast, self._slow, self._use_stream = fast, slow, events
        self._on_change = on_change
        self._look = threading.RLock()
        self._subscribers: list[Subscription] = []
        self._wake = threading.Event()
        self._back = threading.Event()
        self._stopping = threading.Event()
        self._stream: EventStream | None = None
        self._hurrying = 0
        self._failures = 0
        self._lost: bool | None = None
        """None before the first look; then whether the phonebar counts as gone."""
        self._threads: list[threading.Thread] = []

    @property
    def calls(self) -> tuple[LiveCall, ...]:
        """The calls as of the last look."""
        return self._tracker.calls

    @property
    def lost(self) -> bool:
        """Whether the phonebar counts as gone."""
        return bool(self._lost)

    def start(self) -> None:
        """Begin to watch in the background."""
        jobs = [self._poll, self._listen] if self._use_stream else [self._poll]
        for job in jobs:
            thread = threading.Thread(target=job, name=f"watcher-{job.__name__}", daemon=True)
            self._threads.append(thread)
            thread.start()

    def stop(self) -> None:
        """Stop watching; every subscription is closed."""
        self._stopping.set()
        self._wake.set()
        self._back.set()
        stream = self._stream
        if stream is not None:
            stream.close()
        for thread in self._threads:
            thread.join(timeout=5)
        for subscription in tuple(self._subscribers):
            subscription.close()

    def subscribe(self, callback: Callback) -> Subscription:
        """Have `callback` called with every event from now on, on a thread of its own."""
        subscription = Subscription(callback, self._unsubscribe)
        self._subscribers.append(subscription)
        return subscription

    def drain(self, seconds: float = 5.0) -> bool:
        """Wait until every subscriber has been served what happened so far."""
        until = time.monotonic() + seconds
        return all(s.drain(max(0.0, until - time.monotonic())) for s in tuple(self._subscribers))

    @contextlib.contextmanager
    def hurry(self) -> Iterator[None]:
        """Look fast while a command is under way."""
        with self._look:
            self._hurrying += 1
        try:
            yield
        finally:
            with self._look:
                self._hurrying -= 1
            # Only now: whoever gives the command looks for itself, and before its request goes out
            # a second look would only be in its way.
            self._wake.set()

    def refresh(self) -> tuple[LiveCall, ...]:
        """Look now, and return what is seen; events go to the subscribers.

        Raises:
            PhonebarError: the phonebar could not be asked.
        """
        with self._look:
            at = time.time()
            try:
                listed = self._client.calls()
            except PhonebarError as error:
                self._failed(error)
                raise
            before = _shape(self._tracker.calls)
            events = self._tracker.feed(listed, at)
            if self._lost:
                events = (CallEvent(EventKind.PHONEBAR_BACK, None, at), *events)
            self._failures, self._lost = 0, False
            self._back.set()
            if events or _shape(self._tracker.calls) != before:
                self._hand_out(events)
            return self._tracker.calls

    def ended_here(self, key: str) -> None:
        """This side asks for the call's end: it will not count as missed."""
        with self._look:
            self._tracker.ended_here(key)

    def rename(self) -> None:
        """Look every name up again, after the directory changed."""
        with self._look:
            self._tracker.rename()

    def _failed(self, error: PhonebarError) -> None:
        self._failures += 1
        certain = isinstance(error, Unreachable) or self._failures > 1
        if certain and not self._lost:
            self._lost = True
            self._back.clear()
            self._hand_out((CallEvent(EventKind.PHONEBAR_LOST, None, time.time()),))

    def _hand_out(self, events: tuple[CallEvent, ...]) -> None:
        try:
            self._on_change(self._tracker, events)
        except Exception:  # the journal may be full or locked; the calls go on all the same
            log.exception("a change could not be recorded")
        for event in events:
            for subscription in tuple(self._subscribers):
                subscription.put(event)

    def _unsubscribe(self, subscription: Subscription) -> None:
        with contextlib.suppress(ValueError):
            self._subscribers.remove(subscription)

    def _delay(self) -> float:
        if self._failures:
            return min(self._fast * float(2 ** min(self._failures, 12)), LONGEST_BACKOFF)
        if self._stream is not None:
            return WITH_STREAM
        moving = self._hurrying or any(call.state in _MOVING for call in self._tracker.calls)
        return self._fast if moving else self._slow

    def _poll(self) -> None:
        while True:
            self._wake.clear()
            if self._stopping.is_set():  # after the clear, else the wake-up to stop could be lost
                break
            with contextlib.suppress(PhonebarError):
                self.refresh()
            self._wake.wait(self._delay())
        self._client.close()

    def _listen(self) -> None:
        """Keep the event stream open whenever the phonebar is there and has one."""
        pause = self._slow
        while not self._stopping.is_set():
            self._back.wait()
            if self._stopping.is_set():
                return
            try:
                if "events" not in self._client.features():
                    self._stopping.wait(60)  # another phonebar may take this one's place
                    continue
                self._stream = self._client.events()
                if self._stopping.is_set():  # `stop` came before it could see this stream
                    return
                pause = self._slow
                for _ring in self._stream:
                    self._wake.set()
            except PhonebarError as error:
                log.info("event stream: %s", error)
            finally:
                stream, self._stream = self._stream, None
                if stream is not None:
                    stream.close()
                self._wake.set()
            self._stopping.wait(pause)
            pause = min(pause * 2, LONGEST_BACKOFF)


def _shape(calls: tuple[LiveCall, ...]) -> tuple[tuple[str, int], ...]:
    return tuple((call.key, call.state_id) for call in calls)
