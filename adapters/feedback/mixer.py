"""Earcons and speech made one sound: at once, in one ear or both, never too loud.

It knows no device: the player asks it for the next samples, from the sound system's own thread.
"""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

RATE = 48_000
"""Samples a second."""
Sound = NDArray[np.float32]
"""Mono samples between -1 and 1."""
Ear = Literal["left", "right", "both"]

DUCKED = 0.25
"""How much of speech is left under an earcon, and of the ring under either: 12 dB less."""
RAMP = round(0.008 * RATE)
"""Samples in which loudness changes, and in which sound ends when hushed; less would click."""


@dataclass(slots=True)
class _Cue:
    name: str
    sound: Sound
    at: int = 0


class Mixer:
    """Mixes what is to be heard.

    Args:
        ear: where it is heard.
        volume: of speech, 0 to 1.
        cue_volume: of earcons, 0 to 1.
    """

    def __init__(self, ear: Ear = "both", volume: float = 1.0, cue_volume: float = 1.0) -> None:
        self._volume, self._cue_volume = volume, cue_volume
        self._sides = np.array([ear != "right", ear != "left"], np.float32)
        self._lock = threading.Lock()
        self._cues: list[_Cue] = []
        self._speech: deque[Sound] = deque()
        self._begun = False
        self._loud = 1.0
        self._ring: Sound | None = None
        self._ring_at = self._ring_period = 0
        self._ring_loud = 1.0
        self._other = False
        self._tail = np.zeros(0, np.float32)
        self._empty = threading.Event()
        self._empty.set()

    def cue(self, name: str, sound: Sound) -> None:
        """Play an earcon at once; one that is still sounding is not begun again."""
        with self._lock:
            if all(cue.name != name for cue in self._cues):
                self._cues.append(_Cue(name, sound))
                self._empty.clear()

    def speak(self, sound: Sound) -> None:
        """Add to what is being spoken; an utterance begins when no earcon sounds any more."""
        if len(sound):
            with self._lock:
                self._speech.append(sound)
                self._empty.clear()

    def ring(self, sound: Sound | None, period: float = 0.0) -> None:
        """Play a sound again and again, softer while anything else is heard; None ends it.

        It begins with a pause, for the earcon that tells of the call is the first ring.

        Args:
            sound: the ring.
            period: seconds from one to the next.
        """
        with self._lock:
            if sound is None and self._ring is not None:
                rest = self._rung(RAMP, self._ring) * np.linspace(1, 0, RAMP, dtype=np.float32)
                rest[: len(self._tail)] += self._tail
                self._tail, self._ring = rest, None
                self._empty.clear()
            elif sound is not None and self._ring is None:
                self._ring, self._ring_at = sound, len(sound)
                self._ring_period = max(round(period * RATE), len(sound))

    def give_way(self, on: bool) -> None:
        """Whether something is spoken that is not played here; the ring is softer meanwhile."""
        self._other = on

    @property
    def rings(self) -> bool:
        """Whether it rings, or will again."""
        return self._ring is not None

    def hush(self, *, cues: bool = True) -> None:
        """Forget what is being spoken and, unless told otherwise, the earcons; a ring pauses."""
        with self._lock:
            if not self._begun:
                self._speech.clear()
            tail = self._next(RAMP, cues=cues) * np.linspace(1, 0, RAMP, dtype=np.float32)
            tail[: len(self._tail)] += self._tail
            self._tail = tail
            self._speech.clear()
            self._begun = False
            if cues:
                self._cues.clear()
                self._ring_at = len(self._ring) if self._ring is not None else 0

    def clear(self) -> None:
        """Forget everything, when there is nobody to hear its end."""
        with self._lock:
            self._cues.clear()
            self._speech.clear()
            self._tail = self._tail[:0]
            self._begun = False
            self._empty.set()

    def wait(self, seconds: float) -> bool:
        """Wait until there is nothing left to be heard; False when that takes longer."""
        return self._empty.wait(seconds)

    def fill(self, frames: int, channels: int = 2) -> bytes:
        """The next samples, 16 bits each, the channels side by side."""
        with self._lock:
            if self._empty.is_set() and self._ring is None:
                return bytes(frames * channels * 2)
            mixed = self._next(frames, cues=True)
            n = min(frames, len(self._tail))
            mixed[:n] += self._tail[:n]
            self._tail = self._tail[n:]
            if not (self._cues or self._speech or len(self._tail)):
                self._begun = False
                self._empty.set()
        np.clip(mixed, -1, 1, out=mixed)
        sides = self._sides if channels == 2 else np.ones(channels, np.float32)
        whole: NDArray[np.int16] = np.rint(np.outer(mixed, sides) * 32767).astype(np.int16)
        return whole.tobytes()

    def _next(self, frames: int, *, cues: bool) -> Sound:
        mixed = np.zeros(frames, np.float32)
        sounding = bool(self._cues)
        if cues and self._ring is not None:
            mixed += self._rung(frames, self._ring)
        if cues:
            for cue in self._cues:
                part = cue.sound[cue.at : cue.at + frames]
                mixed[: len(part)] += part * np.float32(self._cue_volume)
                cue.at += frames
            self._cues = [cue for cue in self._cues if cue.at < len(cue.sound)]
        if self._speech and (self._begun or not sounding):
            self._begun = True
            mixed += self._spoken(frames) * self._loudness(frames, sounding=sounding)
        return mixed

    def _rung(self, frames: int, ring: Sound) -> Sound:
        """The ring's next samples, at the loudness that leaves the word to what else is heard."""
        places = (self._ring_at + np.arange(frames)) % self._ring_period
        self._ring_at = (self._ring_at + frames) % self._ring_period
        whole = np.zeros(frames, np.float32)
        sounds = places < len(ring)
        whole[sounds] = ring[places[sounds]]
        busy = bool(self._cues or self._speech or self._other)
        loud, self._ring_loud = _eased(self._ring_loud, DUCKED if busy else 1.0, frames)
        return (whole * loud * np.float32(self._cue_volume)).astype(np.float32)

    def _spoken(self, frames: int) -> Sound:
        out = np.zeros(frames, np.float32)
        at = 0
        while at < frames and self._speech:
            block = self._speech.popleft()
            n = min(len(block), frames - at)
            out[at : at + n] = block[:n]
            if n < len(block):
                self._speech.appendleft(block[n:])
            at += n
        return out

    def _loudness(self, frames: int, *, sounding: bool) -> Sound:
        way, self._loud = _eased(self._loud, DUCKED if sounding else 1.0, frames)
        return (way * np.float32(self._volume)).astype(np.float32)


def _eased(loud: float, aim: float, frames: int) -> tuple[Sound, float]:
    """Loudness on its way to what it is to be, sample by sample, and what it comes to."""
    step = np.arange(1, frames + 1, dtype=np.float32) / RAMP
    way = np.maximum(loud - step, aim) if aim < loud else np.minimum(loud + step, aim)
    return way.astype(np.float32), float(way[-1])
