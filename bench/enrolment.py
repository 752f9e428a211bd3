"""What teaching the voice helps: errors before and after, on speech that general engines get wrong.

    python -m bench.enrolment digits FOLDER [--engine NAME]... [--rounds N]
    python -m bench.enrolment untaught FOLDER [--rounds N]
    python -m bench.enrolment commands [--engine NAME]...

`digits`: FOLDER holds digit strings of several people, as 16 kHz WAV, and `manifest.tsv` with the
columns file, kind, text and source; a file begins with its speaker's name. Each string is heard
with three samples of each digit taught, by the same person and from other strings; samples that
occur in the string itself, or are copies of one that does, are left out. Each round takes others.

`untaught`: only some of the digits are taught, and single ones heard: what was never taught must
not be taken for what was.

`commands`: people who speak otherwise than most, made by espeak-ng: consonants are dropped or
replaced as in common patterns of dysarthria and of children's speech, and pace and pitch vary each
time. Three samples of each command and name are taught, two others heard.

An error is a string or a command that was not understood right, `sure` an error of which the engine
was sure enough to act at once (0.8).
"""

from __future__ import annotations

import argparse
import csv
import functools
import io
import random
import re
import statistics
import subprocess
import tempfile
import time
import wave
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from adapters.voice.engines import open_recogniser
from adapters.voice.enrolment import items
from adapters.voice.enrolment.beside import fused
from adapters.voice.enrolment.features import cepstra
from adapters.voice.enrolment.sounding import trimmed
from adapters.voice.enrolment.taught import Sample, Taught, save
from adapters.voice.enrolment.templates import Templates
from adapters.voice.meaning import NOTHING, expected, meanings, meant
from adapters.voice.recogniser import RATE, Expected, Hearing, Recogniser, RecogniserError
from adapters.voice.recording import read_recording, resampled
from assistant.contact import Contact, Number
from assistant.directory import Directory
from assistant.settings import VoiceSection
from assistant.understanding import ACT, ASK, Understanding

SAMPLES = 3
DIGITS = [item.label for item in items.digits("en")[:10]]
SAID = "taught"


@dataclass(slots=True)
class Count:
    """How it went."""

    heard: int = 0
    wrong: int = 0
    sure: int = 0
    """Wrong, and sure enough to be acted on."""

    def add(self, *, right: bool, sure: bool) -> None:
        """Count one more."""
        self.heard += 1
        self.wrong += not right
        self.sure += sure and not right

    def shown(self) -> str:
        """As it stands in the table."""
        return f"{100 * self.wrong / max(1, self.heard):.0f} % ({self.sure})"


def hearing_of(engine: Recogniser, sound: Any, now: Expected) -> Hearing:
    listener = engine.listen(now)
    listener.feed(sound)
    return listener.finish()


def engines(names: Sequence[str]) -> dict[str, Recogniser]:
    found = {}
    for name in names:
        try:
            found[name] = open_recogniser(replace(VoiceSection(), engine=name, templates="off"))
        except RecogniserError as error:
            print(f"{name}: not here ({error.message}: {error.details})")
    return found


def table(rows: dict[str, dict[str, Count]]) -> None:
    columns = list(next(iter(rows.values())))
    print("| | " + " | ".join(columns) + " |")
    print("| --- |" + " --- |" * len(columns))
    for name, counts in rows.items():
        print(f"| {name} | " + " | ".join(counts[column].shown() for column in columns) + " |")
    totals = {column: Count() for column in columns}
    for counts in rows.values():
        for column, count in counts.items():
            total = totals[column]
            total.heard += count.heard
            total.wrong += count.wrong
            total.sure += count.sure
    print("| all | " + " | ".join(total.shown() for total in totals.values()) + " |")


# Digits


@dataclass(frozen=True, slots=True, eq=False)
class String:
    """One recording of digits, and where in it each digit is."""

    name: str
    speaker: str
    text: str
    sound: Any
    digits: tuple[Any, ...]


def cut_apart(sound: Any, count: int) -> list[Any]:
    """The digits of a string, which have silence between them; none when they do not come out."""
    block = RATE // 200
    level = (sound[: len(sound) // block * block].reshape(-1, block) ** 2).mean(1)
    loud = 10 * np.log10(level + 1e-12) > -56.5
    edges = np.flatnonzero(np.diff(np.concatenate([[0], loud.astype(int), [0]])))
    runs = [[int(a), int(b)] for a, b in zip(edges[::2], edges[1::2], strict=True)]
    joined: list[list[int]] = []
    for run in runs:
        if joined and run[0] - joined[-1][1] < 12:
            joined[-1][1] = run[1]
        else:
            joined.append(run)
    whole = [run for run in joined if run[1] - run[0] >= 8 and level[run[0] : run[1]].max() > 1e-4]
    if len(whole) != count:
        return []
    return [sound[max(0, a * block - 80) : b * block] for a, b in whole]


def strings(folder: Path) -> Iterator[String]:
    with (folder / "manifest.tsv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            if row["kind"] == "digits" and row["source"].startswith("human"):
                sound = read_recording(folder / row["file"])
                digits = tuple(cut_apart(sound, len(row["text"])))
                speaker = row["file"].split("_")[0]
                yield String(row["file"], speaker, row["text"], sound, digits)


def same(a: Any, b: Any) -> bool:
    """Whether two recordings are copies of one."""
    if abs(len(a) - len(b)) > RATE // 40:
        return False
    size = 1 << (len(a) + len(b)).bit_length()
    both = np.fft.irfft(np.fft.rfft(a, size) * np.fft.rfft(b, size).conj(), size)
    return bool(both.max() > 0.95 * np.sqrt((a**2).sum() * (b**2).sum()))


def lessons(string: String, others: Sequence[String], order: random.Random) -> list[Sample]:
    """Three samples of each digit, by the same person, none of which is in the string."""
    found = []
    for figure, label in enumerate(DIGITS):
        pool = [
            other.digits[at]
            for other in others
            if other.speaker == string.speaker and other is not string and other.digits
            for at, digit in enumerate(other.text)
            if digit == str(figure)
        ]
        order.shuffle(pool)
        chosen: list[Any] = []
        for sound in pool:
            if len(chosen) < SAMPLES and not any(
                same(sound, own) for own in (*chosen, *string.digits)
            ):
                chosen.append(sound)
        found += [Sample(label, items.DIGIT, cepstra(sound)) for sound in chosen]
    return found


def judge(count: Count, hearing: Hearing, text: str) -> None:
    best = hearing.candidates[0] if hearing.candidates else None
    right = best is not None and best.text.replace(" ", "") == text
    count.add(right=right, sure=best is not None and best.score >= ACT)


def digits(arguments: argparse.Namespace) -> None:
    everything = list(strings(arguments.folder))
    now = Expected(digits=True)
    general = engines(arguments.engine)
    columns = [*general, SAID, *(f"{name} + {SAID}" for name in general)]
    rows: dict[str, dict[str, Count]] = {
        string.speaker: {column: Count() for column in columns} for string in everything
    }
    took = []
    order = random.Random(1)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "en.npz"
        for string in everything:
            row = rows[string.speaker]
            heard = {
                name: hearing_of(engine, string.sound, now) for name, engine in general.items()
            }
            for name, hearing in heard.items():
                for _ in range(arguments.rounds):
                    judge(row[name], hearing, string.text)
            for _ in range(arguments.rounds):
                save(place, Taught("en", tuple(lessons(string, everything, order))))
                engine = Templates(lambda _language: place)
                engine.prepare(now)
                began = time.perf_counter()
                taught = hearing_of(engine, string.sound, now)
                took.append(time.perf_counter() - began)
                judge(row[SAID], taught, string.text)
                for name, hearing in heard.items():
                    judge(row[f"{name} + {SAID}"], fused(hearing, taught, ""), string.text)
    n = len(everything)
    print(f"\n{n} strings, {arguments.rounds} rounds; wrong, and in brackets how many surely so\n")
    table(rows)
    print(f"\n{SAID}: {1000 * statistics.median(took):.0f} ms a string, median")


def alone(sound: Any) -> Any:
    """A digit with a quarter of a second around it, of noise as the strings have."""
    made = np.random.default_rng(len(sound)).normal(0, 0.001, len(sound) + RATE // 2)
    made[RATE // 4 : RATE // 4 + len(sound)] = sound
    return made.astype(np.float32)


def untaught(arguments: argparse.Namespace) -> None:
    """Single digits, of which only some were taught: what becomes of the others."""
    by: dict[tuple[str, str], list[Any]] = {}
    for string in strings(arguments.folder):
        for figure, sound in zip(string.text, string.digits, strict=False):
            own = by.setdefault((string.speaker, figure), [])
            if not any(same(sound, other) for other in own):
                own.append(sound)
    order = random.Random(1)
    now = Expected(digits=True)
    print("| taught | others: acted on | asked | taught: acted on | asked | wrongly | heard |")
    print("| --- |" + " --- |" * 6)
    with tempfile.TemporaryDirectory() as folder:
        for known in (1, 2, 4, 6, 9):
            place = Path(folder) / f"{known}.npz"
            engine = Templates(functools.partial(_at, place))
            others, own, wrongly = [0, 0, 0], [0, 0, 0], 0
            for speaker in sorted({speaker for speaker, _ in by}) * arguments.rounds:
                figures = order.sample("0123456789", 10)
                lesson: list[Sample] = []
                for figure in figures:
                    order.shuffle(by[speaker, figure])
                for figure in figures[:known]:
                    label = DIGITS[int(figure)]
                    lesson += [
                        Sample(label, items.DIGIT, cepstra(trimmed(alone(sound)).sound))
                        for sound in by[speaker, figure][:SAMPLES]
                    ]
                save(place, Taught("en", tuple(lesson)))
                for at, figure in enumerate(figures):
                    first = SAMPLES if at < known else 0
                    for sound in by[speaker, figure][first : first + 2]:
                        best = hearing_of(engine, alone(sound), now).candidates[0]
                        right = best.text == figure
                        counts = own if at < known else others
                        counts[0] += 1
                        counts[1] += best.score >= ACT and (right or at >= known)
                        counts[2] += ASK <= best.score < ACT
                        wrongly += at < known and best.score >= ACT and not right
            shares = [f"{100 * n / max(1, c[0]):.1f} %" for c in (others, own) for n in c[1:]]
            print(f"| {known} | " + " | ".join(shares) + f" | {wrongly} | {others[0]} + {own[0]} |")


# Commands


NAMES = ("John Smith", "Maria Rossi", "Hannah Lee", "Peter Novak", "Sales")
PEOPLE: dict[str, tuple[str, tuple[tuple[str, str], ...]]] = {
    # Each voice, and what it makes of espeak-ng's phonemes: patterns and what stands for them.
    "no final consonants": ("en-us", ((r"[bdfgklmnNprstTvzSZD](?=[ ']*$|[ ])", ""),)),
    "stops for fricatives": ("en-gb+m3", ((r"[szS]", "t"), (r"[fT]", "p"), (r"[vD]", "b"))),
    "front for back, w for r and l": (
        "en-us+f3",
        ((r"[kg]", "d"), (r"N", "n"), (r"[rl]", "w"), (r"h", "")),
    ),
    "vowels almost alone": ("en-gb-scotland+m1", ((r"[bdfgkpstTvzSZDhrl]", ""),)),
}
TAUGHT_TIMES = ((150, 50), (120, 62), (175, 44))
HEARD_TIMES = ((135, 40), (165, 58))


@functools.cache
def phonemes(text: str, voice: str) -> str:
    command = ["espeak-ng", "-q", "-x", "-v", voice.split("+", maxsplit=1)[0], text]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=True)
    return done.stdout.strip()


@functools.cache
def spoken(text: str, person: str, pace: int, pitch: int) -> Any:
    """A text as somebody says it, with a third of a second and a little noise around it."""
    voice, changes = PEOPLE[person]
    sounds = phonemes(text, voice)
    for pattern, instead in changes:
        sounds = re.sub(pattern, instead, sounds)
    command = ["espeak-ng", "-v", voice, "-s", str(pace), "-p", str(pitch), "--stdout"]
    done = subprocess.run([*command, f"[[{sounds}]]"], capture_output=True, check=True)
    with wave.open(io.BytesIO(done.stdout)) as file:
        rate = file.getframerate()
    sound = np.frombuffer(done.stdout[44:], "<i2").astype(np.float32) / np.float32(32768)
    whole = resampled(sound, rate)
    around = np.zeros(RATE // 3, np.float32)
    made = np.concatenate([around, whole, around])
    noise = np.random.default_rng(pace).normal(0, 0.0005, len(made))
    return (made + noise).astype(np.float32)


def sentences() -> Iterator[str]:
    for item in items.commands("en"):
        if item.role.startswith(items.ALONE):
            yield item.label
        else:
            for name in NAMES:
                yield f"{item.label} {name}"


def taught_by(person: str) -> Taught:
    wanted = [*items.commands("en"), *(items.Item(name, items.NAME) for name in NAMES)]
    return Taught(
        "en",
        tuple(
            Sample(item.label, item.role, cepstra(trimmed(spoken(item.label, person, *how)).sound))
            for item in wanted
            for how in TAUGHT_TIMES
        ),
    )


def commands(arguments: argparse.Namespace) -> None:
    people = [Contact(name, (Number(f"+1202555010{at}"),)) for at, name in enumerate(NAMES)]
    directory = Directory(people)
    understanding = Understanding(("en",), directory)
    everything = expected(directory, "en")
    now = replace(everything, intents=(*everything.intents, "yes", "no", "cancel"))
    general = engines(arguments.engine)
    columns = [*general, SAID, *(f"{name} + {SAID}" for name in general)]
    rows = {person: {column: Count() for column in columns} for person in PEOPLE}

    def judged(count: Count, hearing: Hearing, text: str) -> None:
        best = meant(meanings(hearing, understanding, "en"))
        wanted = understanding.parse(text, language="en").command
        right = best.command == wanted != NOTHING
        count.add(right=right, sure=best.command.intent != "none" and best.confidence >= ACT)

    with tempfile.TemporaryDirectory() as folder:
        for at, person in enumerate(PEOPLE):
            place = Path(folder) / f"{at}.npz"
            save(place, taught_by(person))
            engine = Templates(functools.partial(_at, place))
            for text in sentences():
                for how in HEARD_TIMES:
                    sound = spoken(text, person, *how)
                    heard = {name: hearing_of(one, sound, now) for name, one in general.items()}
                    taught = hearing_of(engine, sound, now)
                    for name, hearing in heard.items():
                        judged(rows[person][name], hearing, text)
                        both = fused(hearing, taught, "")
                        judged(rows[person][f"{name} + {SAID}"], both, text)
                    judged(rows[person][SAID], taught, text)
    print("\nCommands, wrong, and in brackets how many surely so\n")
    table(rows)


def _at(place: Path, _language: str) -> Path:
    return place


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parts = parser.add_subparsers(required=True)
    what: tuple[tuple[str, Callable[[argparse.Namespace], None]], ...] = (
        ("digits", digits),
        ("untaught", untaught),
        ("commands", commands),
    )
    for name, run in what:
        part = parts.add_parser(name)
        part.set_defaults(run=run)
        part.add_argument("--engine", action="append", default=[])
        if name != "commands":
            part.add_argument("folder", type=Path)
            part.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    arguments.run(arguments)


if __name__ == "__main__":
    main()
