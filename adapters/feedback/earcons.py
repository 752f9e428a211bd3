"""Earcons: short sounds that say in what way something went, made here from a table of notes.

They differ in rhythm and in the direction of the pitch, not in pitch alone, so that they are told
apart by ears that do not hear high tones well: no fundamental is above 1,400 Hz.

- listening: slides up, as a door that opens; back: slides down; stopped: slides down and shuts.
- done: two notes, rising; failed: two notes, falling, low and slow.
- asked: high, low, high; ringing: the same note four times.
- step: one tick; select: two ticks; paused: one long low note.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from adapters.feedback.feedback import Cue
from adapters.feedback.mixer import RATE, Sound

PEAK = 0.5
"""The loudest sample of each, of 1: speech has its peaks there too."""
RISE, FALL = 0.005, 0.012
"""Seconds in which a note begins and ends; less would click."""
OVERTONES = (1.0, 0.28, 0.1)
"""How loud the note, its octave and its twelfth are: a soft, wooden sound."""


@dataclass(frozen=True, slots=True)
class Note:
    """One note of an earcon."""

    hertz: float
    seconds: float
    rest: float = 0.0
    """Seconds of silence after it."""
    to: float | None = None
    """The pitch to which it slides, in hertz; None when it does not."""
    fade: float = 3.0
    """How much of it dies away while it sounds, as the exponent of e."""


NOTES: Mapping[Cue, tuple[Note, ...]] = {
    "listening": (Note(440, 0.13, to=880, fade=0.5),),
    "done": (Note(587, 0.075), Note(880, 0.125)),
    "asked": (Note(880, 0.06, 0.01), Note(622, 0.06, 0.01), Note(880, 0.1)),
    "failed": (Note(440, 0.095, 0.015), Note(294, 0.14)),
    "ringing": tuple(Note(1047, 0.045, rest) for rest in (0.02, 0.02, 0.02, 0.0)),
    "step": (Note(1319, 0.06, fade=6),),
    "select": (Note(1175, 0.05, 0.02, fade=5), Note(1175, 0.06, fade=5)),
    "back": (Note(880, 0.13, to=440, fade=0.5),),
    "paused": (Note(330, 0.23, fade=1),),
    "stopped": (Note(740, 0.07, 0.015, to=392, fade=0.5), Note(392, 0.05, fade=6)),
}


@functools.cache
def sound(cue: Cue) -> Sound:
    """The samples of an earcon, mono at 48 kHz; the same array each time, not to be written."""
    made = np.concatenate([_note(note) for note in NOTES[cue]])
    scaled: Sound = (made * (PEAK / np.abs(made).max())).astype(np.float32)
    scaled.setflags(write=False)
    return scaled


def _note(note: Note) -> NDArray[np.float64]:
    n = round(note.seconds * RATE)
    along = np.linspace(0.0, 1.0, n)
    pitch = note.hertz * ((note.to or note.hertz) / note.hertz) ** along
    phase = 2 * np.pi * np.cumsum(pitch) / RATE
    wave = sum(loud * np.sin(times * phase) for times, loud in enumerate(OVERTONES, 1))
    shape = np.exp(-note.fade * along) * _ends(n)
    # What little stands to one side of zero is taken off in the note's own shape, so that its ends
    # stay at zero.
    heard = shape * (wave - (shape * wave).sum() / shape.sum())
    return np.concatenate([heard, np.zeros(round(note.rest * RATE))])


def _ends(n: int) -> NDArray[np.float64]:
    """Half a cosine up at the start, and down at the end."""
    shape = np.ones(n)
    rise, fall = round(RISE * RATE), round(FALL * RATE)
    shape[:rise] = 0.5 - 0.5 * np.cos(np.linspace(0, np.pi, rise))
    shape[-fall:] = 0.5 + 0.5 * np.cos(np.linspace(0, np.pi, fall))
    return shape
