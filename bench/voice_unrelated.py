"""What is done when nobody commands: unrelated speech and noise, counted in acts; the aim is none.

    python -m bench.voice_unrelated [FOLDER] [--minutes 60] [--paths wake pressed call missed]

Sentences of an office and of telephone calls, spoken by espeak-ng and flite in many voices, half of
them under noise, with silence in between; with FOLDER its recordings too (WAV, FLAC), such as
people's; of a folder with a `manifest.tsv` those whose kind is `none`. It is heard as from a
microphone, as fast as it is taken, by the engine of the configuration, in front of a simulated
phonebar with calls to spoil:

    wake     a wake word is set, and nobody says it
    pressed  a key is held for 3 to 6 seconds, every quarter of a minute, whatever is said
    call     a wake word is set, somebody is on a call, and nobody presses anything
    missed   how often the wake word is heard when it is said, alone among unrelated speech

"Asked" are questions, such as "Did you mean: hang up?"; what follows may be taken for their answer.
"""

from __future__ import annotations

import argparse
import itertools
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

from adapters.voice.activity import Silero
from adapters.voice.engines import open_recogniser
from adapters.voice.microphone import CHUNK, State
from adapters.voice.recogniser import RATE
from adapters.voice.recording import read_recording
from adapters.voice.session import Session
from adapters.voice.telling import Telling
from assistant.settings import VoiceSection

WAKE, SAID = "phonebar", "phone bar"
"""As it is set, and as the voices have to be given it to say it like people."""
PATHS = ("wake", "pressed", "call", "missed")
SUFFIXES = {".wav", ".flac"}
ESPEAK = tuple(
    f"{language}{variant}"
    for language in ("en-us", "en-gb", "en-gb-scotland", "en-gb-x-rp", "en-029")
    for variant in ("", "+f2", "+m4")
)
FLITE = ("slt", "rms", "awb", "kal16")
BEGINNINGS = (
    "I told her on Monday that", "As far as we know,", "He called me this morning and said",
    "Nobody in the office believes that", "The customer kept asking why", "Yes, and after lunch",
    "She was on hold for an hour because", "According to the weather report,", "Well, you see,",
    "They hung up before we heard that", "My sister thinks that", "In the second quarter",
    "If you can hold on for a moment,", "No, I do not think that", "Thank you for waiting,",
    "Before the transfer window closes,", "The answer is no, although", "By the way,",
)  # fmt: skip
MIDDLES = (
    "the invoice for the printer", "our new colleague from sales", "the train to Manchester",
    "the meeting about holidays", "a parcel for Mister Carter", "the second call of the day",
    "the whole support team", "the coffee machine downstairs", "the price of the contract",
    "the number on the letter", "the woman from accounts", "everybody at the conference",
    "the last update of the system", "his dog", "the old building across the street",
    "the person who called yesterday", "the doctor's appointment", "one of the three options",
)  # fmt: skip
ENDINGS = (
    "was never really finished.", "will be ready at half past four.", "is still on the table.",
    "costs about two hundred pounds.", "needs to be signed again.", "made us all laugh.",
    "could not be found anywhere.", "has nothing to do with it.", "is better than last year.",
    "went straight to the wrong department.", "ended up in the car park.", "should call us back.",
    "was transferred to another bank.", "is muted most of the time.", "holds twelve people.",
    "took the call for me.", "is going to be answered tomorrow.", "is fine, thanks.",
)  # fmt: skip


Part = Any
"""A piece of sound, or something that is done at this moment."""


class Microphone:
    """Gives what a script has, no faster than it is taken; then nothing."""

    def __init__(self, parts: Iterator[Part], caught_up: Callable[[], object]) -> None:
        self.silent = False
        self.ended = threading.Event()
        self.seconds = 0.0
        """How much has been heard."""
        self._parts, self._caught_up = parts, caught_up
        self._left: Any = np.zeros(0, np.float32)

    def chunks(self, seconds: float) -> Iterator[Any]:
        """The next piece."""
        self._caught_up()
        while len(self._left) < CHUNK:
            part = next(self._parts, None)
            if part is None:
                self.ended.set()
                time.sleep(seconds)
                return
            if callable(part):
                part()
                return  # it counts before what is heard after it
            self._left = np.concatenate([self._left, part])
        chunk, self._left = self._left[:CHUNK], self._left[CHUNK:]
        self.seconds += CHUNK / RATE
        yield chunk

    def wake(self) -> None:
        """The next chunk is soon enough."""

    def close(self) -> None:
        """Nothing is kept open."""


def voices(random: Random) -> Iterator[Any]:
    """Unrelated sentences without an end."""
    from tests.adapters.voice.speech import spoken

    while True:
        text = " ".join(map(random.choice, (BEGINNINGS, MIDDLES, ENDINGS)))
        if random.random() < 0.25 and shutil.which("flite"):
            yield flite(text, random.choice(FLITE))
        else:
            yield spoken.__wrapped__(text, random.choice(ESPEAK), random.randrange(130, 210))


def flite(text: str, voice: str) -> Any:
    """A text as flite says it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "said.wav"
        subprocess.run(["flite", "-voice", voice, "-t", text, "-o", str(path)], check=True)
        return read_recording(path)


def recordings(folder: Path) -> list[Path]:
    """A folder's recordings; where a `manifest.tsv` says of which kind each is, those of `none`."""
    manifest = folder / "manifest.tsv"
    if not manifest.exists():
        return sorted(path for path in folder.rglob("*") if path.suffix in SUFFIXES)
    rows = [line.split("\t") for line in manifest.read_text(encoding="utf-8").splitlines()]
    return [folder / row[0] for row in rows if row[1:2] == ["none"] and (folder / row[0]).exists()]


def unrelated(folder: Path | None, minutes: float, seed: int) -> Iterator[Any]:
    """So many minutes of speech and noise, in pieces."""
    random, numbers = Random(seed), np.random.default_rng(seed)
    files = [] if folder is None else recordings(folder)
    random.shuffle(files)
    made, recorded, left = voices(random), itertools.cycle(files), minutes * 60
    while left > 0:
        own = files and random.random() < 0.5
        speech = read_recording(next(recorded)) if own else next(made)
        loud = float(np.sqrt((speech**2).mean()))
        quiet = 0.001 if random.random() < 0.5 else loud * 10 ** -random.uniform(0.5, 1.5)
        gap = random.choice((0.2, 0.5, 1.0, 2.0)) if random.random() < 0.9 else 8.0
        around = np.zeros(int(gap * RATE), np.float32)
        piece = np.concatenate([speech, around])
        piece = piece + numbers.normal(0, quiet, len(piece))
        left -= len(piece) / RATE
        yield piece.clip(-1, 1).astype(np.float32)


def pressing(session: Session, sound: Iterator[Any], random: Random) -> Iterator[Part]:
    """The same, a key held for some seconds every quarter of a minute."""
    until, down = random.uniform(5, 15), False
    for piece in sound:
        left = piece
        while len(left):
            part, left = left[: max(1, int(until * RATE))], left[max(1, int(until * RATE)) :]
            yield part
            until -= len(part) / RATE
            if until <= 0:
                yield (
                    (lambda: session.talk(False, False))
                    if down
                    else lambda: session.talk(True, True)
                )
                down = not down
                until = random.uniform(3, 6) if down else random.uniform(8, 13)


def calling(sound: Iterator[Any], each: list[Any], random: Random) -> Iterator[Part]:
    """Each way of saying the wake word, after something unrelated and before a pause."""
    for word in each:
        yield next(sound)
        yield np.zeros(RATE, np.float32)
        yield word
        yield np.zeros(int(random.uniform(2, 3) * RATE), np.float32)


def wake_words(seed: int) -> dict[str, list[Any]]:
    """The wake word in every voice: clean and under noise."""
    from tests.adapters.voice.speech import spoken

    numbers = np.random.default_rng(seed)
    clean = [spoken(SAID, voice) for voice in ESPEAK]
    clean += [flite(SAID, voice) for voice in FLITE if shutil.which("flite")]
    found = {"clean": clean}
    for decibels in (20, 10):
        found[f"{decibels} dB"] = [
            (one + numbers.normal(0, np.sqrt((one**2).mean() / 10 ** (decibels / 10)), len(one)))
            .clip(-1, 1)
            .astype(np.float32)
            for one in clean
        ]
    return found


def heard(script: Callable[[Session], Iterator[Part]], *, wake: bool, call: bool) -> dict[str, Any]:
    """A sitting in which a script is heard: what was done, asked, and listened to."""
    from tests.adapters.voice.person import Ears
    from tests.desk import desk

    lines: list[str] = []
    with tempfile.TemporaryDirectory() as folder, desk(Path(folder)) as phone:
        section = replace(VoiceSection(), templates="off", wake=WAKE if wake else "")
        phone.assistant.config = replace(phone.assistant.config, voice=section)
        if call:
            phone.call("+390655501104")
        before = len(phone.deeds())
        sitting: list[Session] = []
        ready = threading.Event()

        def parts() -> Iterator[Part]:
            yield from script(sitting[0])

        def caught_up() -> None:
            ready.wait()
            sitting[0].caught_up(60)

        microphone = Microphone(parts(), caught_up)

        def opening(on_state: Callable[[State], None]) -> Microphone:
            on_state("open")
            return microphone

        ears = Ears()
        telling = Telling(lines.append, ears, phone.assistant.wording())
        engine = open_recogniser(section)
        session = Session(
            phone.assistant, opening, Silero(), engine, telling=telling, feedback=ears
        )
        sitting.append(session)
        began = time.monotonic()
        ready.set()
        microphone.ended.wait()
        session.caught_up(60)
        took = time.monotonic() - began
        done = phone.deeds()[before:]
        session.close()
    for deed in done:
        print("done:", deed.what, deed.number)
    return {
        "minutes": microphone.seconds / 60,
        "took": took / 60,
        "done": len(done),
        "asked": sum("?" in line for line in lines),
        "heard": sum(line.startswith("Heard") for line in lines),
        "listened": begun(lines),
        "engine": engine.name,
    }


def begun(lines: list[str]) -> int:
    """How often it began to listen: not how often it went on to after a pause."""
    states = [line for line in lines if line.startswith("Microphone: ")]
    return [*itertools.pairwise(states)].count(("Microphone: waiting", "Microphone: listening"))


def main() -> None:
    """Hear it, and print what came of it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--paths", nargs="+", choices=PATHS, default=list(PATHS))
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    print("| path | minutes | listened | heard | asked | done |")
    print("| --- | --- | --- | --- | --- | --- |")
    for place, path in enumerate(PATHS):
        if path not in asked.paths:
            continue
        random = Random(asked.seed + place)
        if path == "missed":
            missed(asked, random)
            continue
        sound = unrelated(asked.folder, asked.minutes, asked.seed + place)

        def script(session: Session) -> Iterator[Part]:
            return pressing(session, sound, random) if path == "pressed" else sound  # noqa: B023

        came = heard(script, wake=path != "pressed", call=path != "wake")
        print(
            f"| {path} | {came['minutes']:.0f} | {came['listened']} | {came['heard']} "
            f"| {came['asked']} | {came['done']} |",
            flush=True,
        )


def missed(asked: argparse.Namespace, random: Random) -> None:
    """How often the wake word is missed."""
    for kind, words in wake_words(asked.seed).items():
        sound = unrelated(asked.folder, 1000, asked.seed + 10)
        came = heard(lambda _: calling(sound, words, random), wake=True, call=False)  # noqa: B023
        print(
            f"wake word, {kind}: heard {came['listened']} of {len(words)}; "
            f"{came['asked']} questions, {came['done']} done",
            flush=True,
        )


if __name__ == "__main__":
    main()
