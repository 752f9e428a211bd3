"""What speaking costs: the wait after a command, the processor, the memory; for each engine.

    python -m bench.voice [--engines ctc whisper both] [--names 10 100 1000] [--sayings 24]

Commands spoken by espeak-ng are heard beside faster-whisper alone (tiny.en, beam 5, the same
recordings), whose wait is 1.00. They come as from a microphone, 32 ms at a time and as fast as
they are taken; the wait is what is left to do when the speech has ended. Then the whole way in
real time: a key is let go at the end of the speech, until the phonebar has the request or the
question is asked; 0.3 s of that is listened on, since people let go early. And the processor at
rest, the process of the microphone apart. Each engine has a process of its own.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import psutil

from adapters.voice.activity import Silero
from adapters.voice.engines import open_recogniser
from adapters.voice.microphone import CHUNK, State
from adapters.voice.models import find_model
from adapters.voice.recogniser import RATE, Expected, Name, Recogniser
from assistant.contract import ACTS, QUERIES
from assistant.settings import PolicySection, VoiceSection
from bench.understanding import people
from tests.adapters.voice.speech import silence, spoken

COMMANDS = (
    "hang up", "hold the call", "answer", "call {}", "transfer him to {}", "resume the first call",
    "dial two zero two five five five", "put {} on hold",
)  # fmt: skip
VOICES = ("en-us", "en-gb", "en-us+f3")
ENDS = ("?", "not understand", "heard nothing")
"""What is told where there was no request."""
SETTLES = 8.0
"""Seconds until the assistant looks at the calls as seldom as when nothing happens."""
REST = 5.0
"""Seconds for which the processor is watched at rest."""


def main() -> None:
    """Run each engine in a process of its own, and print what they found."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--engines", nargs="+", default=["ctc", "whisper", "both"])
    parser.add_argument("--names", nargs="+", type=int, default=[10, 100, 1000, 10_000])
    parser.add_argument("--sayings", type=int, default=24)
    parser.add_argument("--one", choices=("growth", "whole", "peer"), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.one:
        found = {"growth": growth, "whole": whole, "peer": peer}[asked.one](asked)
        print(json.dumps(found))
        return
    alone = _apart(asked, "peer", "-", asked.names[0])
    print(
        f"faster-whisper alone: wait p50 {alone['p50']:.0f} ms, p99 {alone['p99']:.0f} ms, "
        f"{alone['factor']:.2f} of real time, {alone['memory']:.0f} MB\n"
    )
    print(
        "| engine | names | ready, the first time | later | wait p50 (of faster-whisper) | p99 "
        "| of real time | memory |"
    )
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    for engine in asked.engines:
        for count in asked.names:
            one = _apart(asked, "growth", engine, count)
            print(
                f"| {engine} | {count:,} | {one['first']:.1f} s | {one['ready']:.1f} s | "
                f"{one['p50']:.0f} ms "
                f"({one['p50'] / alone['p50']:.2f}) | {one['p99']:.0f} ms | {one['factor']:.2f} | "
                f"{one['memory']:.0f} MB |",
                flush=True,
            )
    print(
        "\n| engine | key up to request or question p50 | p99 | processor waiting | wake word on |"
    )
    print("| --- | --- | --- | --- | --- |")
    for engine in asked.engines:
        one = _apart(asked, "whole", engine, asked.names[0])
        print(
            f"| {engine} | {one['p50']:.0f} ms | {one['p99']:.0f} ms | {one['rest']:.1%} | "
            f"{one['wake']:.1%} |",
            flush=True,
        )


def _apart(asked: argparse.Namespace, what: str, engine: str, names: int) -> dict[str, float]:
    # Nothing is known of how names are spoken, as at the first start.
    with tempfile.TemporaryDirectory() as folder:
        return _in(folder, asked, what, engine, names)


def _in(
    folder: str, asked: argparse.Namespace, what: str, engine: str, names: int
) -> dict[str, float]:
    command = [sys.executable, "-m", "bench.voice", "--one", what, "--engines", engine]
    command += ["--names", str(names), "--sayings", str(asked.sayings)]
    own = {**os.environ, "PHONEBAR_STATE": folder}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=own)
    if done.returncode:
        sys.exit(f"{what} of {engine} with {names} names: {done.stderr[-1500:]}")
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def sayings(count: int, names: list[str]) -> list[np.ndarray[Any, np.dtype[np.float32]]]:
    """So many spoken commands, each with the quiet around it that a stretch of speech has."""
    random = Random(7)
    made = []
    for n in range(count):
        text = COMMANDS[n % len(COMMANDS)].format(random.choice(names))
        said = spoken(text, VOICES[n % len(VOICES)])
        made.append(np.concatenate([silence(0.2), said, silence(0.3)]))
    return made


def _expected(count: int) -> tuple[Expected, list[str]]:
    names = [contact.name for contact in people(count).contacts]
    intents = tuple(sorted(ACTS | QUERIES))
    return Expected(intents=intents, names=tuple(map(Name, names))), names


def _figures(waits: list[float], worked: float, spoke: float) -> dict[str, float]:
    return {
        "p50": 1000 * statistics.median(waits),
        "p99": 1000 * float(np.percentile(waits, 99)),
        "factor": worked / spoke,
        "memory": psutil.Process().memory_info().rss / 2**20,
    }


def growth(asked: argparse.Namespace) -> dict[str, float]:
    """One engine with one directory."""
    engine = open_recogniser(replace(VoiceSection(), engine=asked.engines[0], templates="off"))
    expected, names = _expected(asked.names[0])
    before = time.perf_counter()
    engine.prepare(expected)
    first = time.perf_counter() - before
    engine = open_recogniser(replace(VoiceSection(), engine=asked.engines[0], templates="off"))
    before = time.perf_counter()
    engine.prepare(expected)
    ready = time.perf_counter() - before
    said = sayings(asked.sayings, names)
    _hear(engine, expected, said[0])
    waits, worked = [], 0.0
    for one in said:
        all_of_it, wait = _hear(engine, expected, one)
        waits.append(wait)
        worked += all_of_it
    return {"first": first, "ready": ready, **_figures(waits, worked, sum(map(len, said)) / RATE)}


def _hear(engine: Recogniser, expected: Expected, said: Any) -> tuple[float, float]:
    """How long all the work took, and what was left of it at the end; seconds."""
    began = time.perf_counter()
    listener = engine.listen(expected)
    for start in range(0, len(said), CHUNK):
        listener.feed(said[start : start + CHUNK])
    ended = time.perf_counter()
    listener.finish()
    now = time.perf_counter()
    return now - began, now - ended


def peer(asked: argparse.Namespace) -> dict[str, float]:
    """faster-whisper by itself, writing down what is said."""
    from faster_whisper import WhisperModel

    model = WhisperModel(str(find_model("tiny.en")), device="cpu", compute_type="int8")
    said = sayings(asked.sayings, _expected(asked.names[0])[1])

    def hear(one: Any) -> float:
        began = time.perf_counter()
        list(model.transcribe(one, language="en", beam_size=5)[0])
        return time.perf_counter() - began

    hear(said[0])
    waits = [hear(one) for one in said]
    return _figures(waits, sum(waits), sum(map(len, said)) / RATE)


class Spoken:
    """A microphone in real time, into which somebody speaks."""

    def __init__(self, on_state: Callable[[State], None]) -> None:
        self.silent, self._closed = False, False
        self._next: list[Any] = []
        self._due = time.monotonic()
        on_state("open")

    def say(self, sound: Any) -> None:
        """Begin to speak; silence follows."""
        self._next = [sound[start : start + CHUNK] for start in range(0, len(sound), CHUNK)]

    @property
    def speaks(self) -> bool:
        """Whether there is more to come."""
        return bool(self._next)

    def chunks(self, seconds: float) -> Iterator[Any]:
        """What was heard since the last call."""
        until = time.monotonic() + seconds
        while not self._closed and self._due < until:
            time.sleep(max(0.0, self._due - time.monotonic()))
            self._due += CHUNK / RATE
            chunk = self._next.pop(0) if self._next else np.zeros(CHUNK, np.float32)
            yield np.pad(chunk, (0, CHUNK - len(chunk)))

    def wake(self) -> None:
        """The next chunk is soon enough."""

    def close(self) -> None:
        """Stop."""
        self._closed = True


def whole(asked: argparse.Namespace) -> dict[str, float]:
    """A sitting with an engine: from the key to the phonebar, and at rest."""
    from tests.desk import desk

    policy = PolicySection(max_calls_per_minute=1000)
    with tempfile.TemporaryDirectory() as folder, desk(Path(folder), policy=policy) as phone:
        waits, rest = _sitting(phone, asked, VoiceSection())
        _, wake = _sitting(phone, asked, replace(VoiceSection(), wake="phonebar"), speak=False)
    return {
        "p50": 1000 * statistics.median(waits),
        "p99": 1000 * float(np.percentile(waits, 99)),
        "rest": rest,
        "wake": wake,
    }


def _sitting(
    phone: Any, asked: argparse.Namespace, section: VoiceSection, *, speak: bool = True
) -> tuple[list[float], float]:
    from adapters.voice.session import Session
    from adapters.voice.telling import Telling
    from tests.adapters.voice.person import Ears
    from tests.desk import eventually

    section = replace(section, engine=asked.engines[0], templates="off", answers=False)
    phone.assistant.config = replace(phone.assistant.config, voice=section)
    lines: list[str] = []
    opened: list[Spoken] = []

    def opening(on_state: Callable[[State], None]) -> Spoken:
        opened.append(Spoken(on_state))
        return opened[0]

    ears = Ears()
    telling = Telling(lines.append, ears, phone.assistant.wording())
    session = Session(
        phone.assistant, opening, Silero(), open_recogniser(section), telling=telling, feedback=ears
    )
    waits: list[float] = []
    try:
        eventually(lambda: session.mode == "waiting", 30)
        for _ in range(asked.sayings if speak else 0):
            deeds = len(phone.deeds())
            session.talk(True, True)
            eventually(lambda: session.mode == "listening", 30)
            opened[0].say(np.concatenate([silence(0.2), spoken("call Maria Rossi", "en-gb")]))
            eventually(lambda: not opened[0].speaks, 30)
            session.talk(False, False)
            began, seen = time.monotonic(), len(lines)
            until = began + 10
            while len(phone.deeds()) == deeds and time.monotonic() < until:
                if any(word in line for line in lines[seen:] for word in ENDS):
                    break
                time.sleep(0.001)
            waits.append(time.monotonic() - began)
            eventually(lambda: session.mode == "waiting", 30)
            phone.line.hangup_all()
            eventually(lambda: not phone.assistant.calls(), 30)
            phone.do("cancel")
        time.sleep(SETTLES)
        process = psutil.Process()
        process.cpu_percent()
        time.sleep(REST)
        rest = process.cpu_percent() / 100
    finally:
        session.close()
    return waits, rest


if __name__ == "__main__":
    main()
