"""From a key to what is heard, at a sound card of air (PulseAudio's null sink and its monitor).

    python -m bench.feedback --presses 200

Needs the extra `test`, espeak-ng and pulseaudio (Debian: pulseaudio pulseaudio-utils
libasound2-plugins libportaudio2 espeak-ng); with speech-dispatcher and speech-dispatcher-espeak-ng
its voice is measured too. Measured is from the call of `Feedback.cue`, or `.say`,
until the first sample above -60 dB has come out of the monitor. The monitor itself is read in
pieces of some milliseconds, which count against everybody alike. Peers in the same run: the same
samples written to a bare `sounddevice` stream that is open already, and `paplay` of the same
samples.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import tempfile
import time
import wave
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import numpy as np

from adapters.feedback import device, earcons
from adapters.feedback.player import BLOCK, LATENCY
from adapters.feedback.queue import Dumb, Queue
from adapters.feedback.session import open_feedback
from adapters.feedback.speech_dispatcher import Manner, SpeechDispatcher
from assistant.config import Config
from assistant.language import load_language
from assistant.settings import SoundSection
from assistant.wording import Wording
from tests.adapters.feedback.card import Card, Ears
from tests.adapters.feedback.dispatcher import MODULE, Dispatcher

LOUD = 0.001
GAP = 0.12
"""Seconds of silence before each press; and up to as much again, so that presses fall anywhere."""


def first_sound(ears: Ears, press: Callable[[], object]) -> float:
    """Seconds from the press until the first sound has come out of the monitor."""
    since, seen = len(ears), len(ears.times)
    at = time.perf_counter()
    press()
    while True:
        heard = np.flatnonzero(np.abs(ears.heard(since)).max(axis=1, initial=0) > LOUD)
        if len(heard):
            n = since + int(heard[0])
            return next(t for t, many in ears.times[seen:] if many > n) - at
        time.sleep(0.001)
        if time.perf_counter() - at > 5:
            return float("nan")


def silence(ears: Ears, spare: float) -> None:
    while not ears.is_silent(GAP):
        time.sleep(0.005)
    time.sleep(spare)


def last_sound(ears: Ears, hush: Callable[[], object]) -> float:
    """Seconds from the hush until the last sound has come out of the monitor."""
    since, seen = len(ears), len(ears.times)
    at = time.perf_counter()
    hush()
    while not ears.is_silent(0.3, since):
        time.sleep(0.005)
    heard = np.flatnonzero(np.abs(ears.heard(since)).max(axis=1) > LOUD)
    if not len(heard):
        return 0.0
    n = since + int(heard[-1])
    return next(t for t, many in ears.times[seen:] if many > n) - at


def row(name: str, seconds: list[float]) -> None:
    took = np.array(seconds) * 1000
    lost = int(np.isnan(took).sum())
    (p50, p95), worst = np.nanpercentile(took, [50, 95]).tolist(), np.nanmax(took)
    print(f"| {name} | {p50:.1f} | {p95:.1f} | {worst:.1f} |" + (f" lost {lost}" if lost else ""))


def dispatcher(stack: ExitStack, card: Card) -> Queue | None:
    """Speech by a speech-dispatcher of one's own; None where there is none."""
    if shutil.which("speech-dispatcher") is None or not MODULE.exists():
        return None
    server = Dispatcher(Path(stack.enter_context(tempfile.TemporaryDirectory())) / "server", card)
    stack.callback(server.stop)
    os.environ["SPEECHD_ADDRESS"] = f"unix_socket:{server.socket}"
    queue = Queue(Dumb(), SpeechDispatcher(Manner()))
    stack.callback(queue.close)
    return queue


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--presses", type=int, default=200)
    presses = options.parse_args().presses
    spare = np.random.default_rng(1).uniform(0, GAP, presses)
    tick = earcons.sound("done")
    with ExitStack() as stack:
        card = Card()
        stack.callback(card.close)
        os.environ.update(card.environment)
        device.look_again()
        ears = Ears(card)
        stack.callback(ears.close)
        file = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "tick.wav"
        stereo = np.repeat((tick * 0.7 * 32767).astype("<i2"), 2).tobytes()
        with wave.open(str(file), "wb") as sound:
            sound.setparams((2, 2, 48000, 0, "NONE", ""))
            sound.writeframes(stereo)
        words = Wording(load_language("en").messages)
        feedback = open_feedback(Config(sound=SoundSection()), words)
        stack.callback(feedback.close)
        sd = device.library()
        bare = sd.RawOutputStream(48000, BLOCK, channels=2, dtype="int16", latency=LATENCY)
        bare.start()
        stack.callback(bare.abort)
        bare.write(bytes(48000))
        took: dict[str, list[float]] = {}
        quiet = []
        other = dispatcher(stack, card)
        other_quiet = []
        begun = time.perf_counter()

        def paplay() -> None:
            stack.callback(subprocess.Popen(["paplay", "--latency-msec=20", str(file)]).wait)

        for n in range(presses):
            ways: dict[str, Callable[[], object]] = {
                "earcon": lambda: feedback.cue("done"),
                "speech": partial(feedback.say, f"{n} is calling"),
                "bare `sounddevice` write, stream open": lambda: bare.write(stereo),
                "`paplay`": paplay,
            }
            if other is not None:
                ways["speech by speech-dispatcher"] = partial(other.say, f"{n} is calling")
            for name, press in ways.items():
                silence(ears, float(spare[n]))
                took.setdefault(name, []).append(first_sound(ears, press))
                if name == "speech":
                    time.sleep(0.3)
                    quiet.append(last_sound(ears, feedback.hush))
                if other is not None and name == "speech by speech-dispatcher":
                    time.sleep(0.3)
                    other_quiet.append(last_sound(ears, other.hush))
        print(f"{presses} presses of each in {time.perf_counter() - begun:.0f} s\n")
        print("| milliseconds | p50 | p95 | worst |\n| --- | --- | --- | --- |")
        for name, seconds in took.items():
            row(name, seconds)
        row("hush in speech, to the last sound", quiet)
        if other_quiet:
            row("hush in speech by speech-dispatcher", other_quiet)


if __name__ == "__main__":
    main()
