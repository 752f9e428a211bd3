"""Plays on the sound device: one stream that stays open, and is opened again when it is lost.

PortAudio's own thread takes the samples; a second thread looks after the stream. Nobody who plays
something waits for either.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Any, Literal

from adapters.feedback import device, earcons
from adapters.feedback.feedback import Cue
from adapters.feedback.mixer import RATE, Mixer, Sound

BLOCK = RATE // 100
"""Samples that PortAudio asks for at once: 10 ms."""
LATENCY = 0.02
"""Seconds that PortAudio holds ready, unless told otherwise; the rest is the system's."""
LOOKS = 0.25
"""Seconds between looks at whether the stream is still alive."""
HELD = 0.12
"""Seconds of sound that the system may hold beyond PortAudio, after the last sample was taken."""
BEGINNING = 0.05
"""Seconds of silence with which a stream begins, because systems lose the first of it."""
STUCK = 4.0
"""Seconds without a request for samples after which a stream counts as lost."""
AGAIN = 1.0
"""Seconds between attempts to open a device when there is none."""

State = Literal["opening", "open", "resting", "lost", "closed"]
_log = logging.getLogger(__name__)


class Player:
    """Plays earcons and speech.

    Args:
        mixer: makes them one sound.
        name: of the device, or a part of it; empty for the system's default.
        release_after: seconds of silence after which the device is let go; 0 for never.
        latency: seconds of sound that are held ready; with more, sound comes later and does not
            crackle where the PC is busy.
        on_lost: called when nothing can be heard any more, once until something can be again; with
            True if there never was a device.

    Raises:
        device.NoLibrary: nothing can be played for want of a library.
    """

    def __init__(
        self,
        mixer: Mixer,
        name: str = "",
        release_after: float = 0.0,
        latency: float = LATENCY,
        on_lost: Callable[[bool], None] = lambda _first: None,
    ) -> None:
        self._sd = device.library()
        self._mixer, self._name, self._release_after = mixer, name, release_after
        self._latency, self._on_lost = latency, on_lost
        self._lock = threading.Lock()
        self._stream: Any = None
        self._state: State = "opening"
        self._wanted = threading.Event()
        self._asked_at = self._busy_at = time.monotonic()
        self._beginning = 0
        self._thread = threading.Thread(target=self._look_after, name="player", daemon=True)
        self._thread.start()

    @property
    def state(self) -> State:
        """What the stream is doing."""
        return self._state

    def cue(self, cue: Cue) -> None:
        """Play an earcon at once."""
        if self._can():
            self._mixer.cue(cue, earcons.sound(cue))
            self._wake()

    def speak(self, sound: Sound) -> None:
        """Add to what is being spoken."""
        if self._can():
            self._mixer.speak(sound)
            self._wake()

    def ring(self, every: float) -> None:
        """Ring, each time so many seconds after the last; with 0 no more."""
        if every > 0 and self._can():
            self._mixer.ring(earcons.sound("ringing"), every)
            self._wake()
        else:
            self._mixer.ring(None)

    def give_way(self, on: bool) -> None:
        """Whether a voice that plays by itself speaks; the ring is softer meanwhile."""
        self._mixer.give_way(on)

    def hush(self, *, cues: bool = True) -> None:
        """Be silent at once; with `cues` false earcons still sound."""
        self._mixer.hush(cues=cues)

    def wait(self, seconds: float) -> bool:
        """Wait until all has been heard, or cannot be; False when that takes longer."""
        return self._mixer.wait(seconds) or not self._can()

    def close(self, *, finish: bool = False) -> None:
        """Stop, and let the device go; with `finish` after what the device itself still holds."""
        if finish and self._state == "open":
            time.sleep(HELD + self._latency)
        with self._lock:
            self._state = "closed"
        self._wanted.set()
        self._thread.join()

    def _can(self) -> bool:
        return self._state not in {"lost", "closed"}

    def _wake(self) -> None:
        self._busy_at = time.monotonic()
        if self._state == "resting":
            self._wanted.set()

    def _look_after(self) -> None:
        told, never = False, True
        while self._state != "closed":
            stream = self._stream
            if stream is None and (self._state != "resting" or self._wanted.is_set()):
                self._wanted.clear()
                if self._open(anew=self._state == "lost"):
                    told, never = False, False
                elif not told:
                    told = True
                    self._on_lost(never)
            elif stream is not None and self._is_lost(stream):
                _log.warning("the sound device is lost")
                if time.monotonic() - self._asked_at > STUCK:  # what was said meanwhile is old
                    self._mixer.clear()
                self._drop(stream)
                continue
            elif stream is not None and self._may_rest():
                self._drop(stream, "resting")
                if not self._mixer.wait(0):  # something came just now
                    self._wanted.set()
            self._wanted.wait(AGAIN if self._state == "lost" else LOOKS)
        if self._stream is not None:
            self._drop(self._stream, "closed")

    def _open(self, *, anew: bool) -> bool:
        try:
            if anew:
                device.look_again()
            number, found = device.output(self._name)
            self._asked_at = self._busy_at = time.monotonic()
            self._beginning = round((BEGINNING + self._latency) * RATE)
            stream = self._sd.RawOutputStream(
                samplerate=RATE,
                blocksize=BLOCK,
                device=number,
                channels=min(2, found["max_output_channels"]),
                dtype="int16",
                latency=self._latency,
                extra_settings=device.settings(found),
                callback=self._fill,
                finished_callback=self._wanted.set,
            )
            stream.start()
        except (self._sd.PortAudioError, device.NoDevice) as error:
            _log.info("no sound device: %s", error)
            self._become("lost")
            self._mixer.clear()
            return False
        self._stream = stream
        self._become("open")
        return True

    def _become(self, state: State) -> None:
        with self._lock:
            if self._state != "closed":
                self._state = state

    def _drop(self, stream: Any, state: State = "opening") -> None:
        self._stream = None
        self._become(state)
        try:
            stream.abort()
            stream.close()
        except self._sd.PortAudioError as error:
            _log.info("closing the sound device: %s", error)
        self._wanted.clear()

    def _is_lost(self, stream: Any) -> bool:
        try:
            return not stream.active or time.monotonic() - self._asked_at > STUCK
        except self._sd.PortAudioError:  # PortAudio itself was begun anew by somebody
            return True

    def _may_rest(self) -> bool:
        quiet = time.monotonic() - self._busy_at - HELD - self._latency
        return 0 < self._release_after < quiet and self._mixer.wait(0) and not self._mixer.rings

    def _fill(self, out: Any, frames: int, _when: Any, status: Any) -> None:
        self._asked_at = time.monotonic()
        if status:
            _log.debug("the sound device: %s", status)
        if self._beginning > 0:
            self._beginning -= frames
            out[:] = bytes(len(out))
        else:
            out[:] = self._mixer.fill(frames, len(out) // (2 * frames))
            if not self._mixer.wait(0):
                self._busy_at = self._asked_at
