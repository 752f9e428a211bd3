"""How well sentences are understood under noise, and what happens to rubbish.

    python bench/robustness.py [--rows 24000] [--fuzz 1000000] [--seed 1] [--jobs 2]

First the corpus: templates × parties × fillers × typos in every language (tests/understanding/
corpus.py), with the share understood as meant, understood as another act (`wrong act`), and, of the
sentences that are no command, taken for one (`false act`). Then rubbish: bytes, emoji, long lines,
control characters, right-to-left and mixed scripts, command words thrown together. None of it may
crash or hang, and no call may go to a number that is not in the text. Exit status 1 if one does.
"""

from __future__ import annotations

import argparse
import collections
import multiprocessing
import re
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Any

from assistant.config import starter
from assistant.contract import ACTS, Command
from assistant.directory import Directory
from assistant.language import languages
from assistant.text import fold
from assistant.understanding import Understanding
from assistant.understanding.lexicon import lexicon
from tests.understanding.corpus import NOISES, Corpus

SENTENCES = Path(__file__).resolve().parents[1] / "tests" / "understanding" / "sentences"
SLOW = 1.0
"""Seconds of processor time: a sentence that takes more hangs, however busy the machine is."""


def asks(command: Command) -> bool:
    """Whether it leads to a question: whom is meant is not settled."""
    return any(
        isinstance(value, dict) and ("ambiguous" in value or "unknown" in value)
        for value in command.slots.values()
    )


def corpus(code: str, rows: int, seed: int) -> dict[str, collections.Counter[str]]:
    """The measures of one language, by kind of noise."""
    directory = Directory.load(starter("contacts.csv"))
    understanding, random = Understanding((code,), directory), Random(f"{seed} {code}")
    made = Corpus(code, directory, random)
    tally: dict[str, collections.Counter[str]] = collections.defaultdict(collections.Counter)
    for row in made.rows(rows):
        found = understanding.parse(row.text)
        readings = [found.command]
        readings += [g.command for g in found.alternatives if g.confidence >= found.confidence]
        right = row.command in readings
        acts = found.command.intent in ACTS and not asks(found.command)
        tally[row.noise] += collections.Counter(
            {"rows": 1, "right": int(right), "wrong act": int(acts and not right)}
        )
    for text in chatter(code, made, random):
        command = understanding.parse(text).command
        acts = command.intent in ACTS and not asks(command)
        tally["no command"] += collections.Counter(
            {"rows": 1, "right": int(command.intent not in ACTS), "false act": int(acts)}
        )
    return tally


def chatter(code: str, made: Corpus, random: Random) -> Iterator[str]:
    """What is no command, as it is and with a typo."""
    lines = (SENTENCES / f"{code}.tsv").read_text(encoding="utf-8").splitlines()
    for line in lines:
        text, _, rest = line.partition("\t")
        if rest.startswith("none\t"):
            yield text
            for _ in range(5):
                yield made.misspelled(text)
    openings = [line.removeprefix("# never ") for line in lines if line.startswith("# never ")]
    for row in made.rows(2000 if openings else 0, ("clean",)):
        yield f"{random.choice(openings)} {row.text}"


def rubbish(random: Random, words: Sequence[str]) -> str:
    """One line of it."""
    kind = random.randrange(7)
    if kind == 0:
        return random.randbytes(random.randint(0, 80)).decode("utf-8", "replace")
    if kind == 1:
        return "".join(chr(random.randint(0x1F300, 0x1FAFF)) for _ in range(random.randint(1, 20)))
    if kind == 2:
        return "".join(chr(random.randint(0, 0x9F)) for _ in range(random.randint(0, 60)))
    if kind == 3:
        ranges = [(0x590, 0x6FF), (0x400, 0x4FF), (0x4E00, 0x4FFF), (0x41, 0x7A), (0x660, 0x669)]
        limits = [random.choice(ranges) for _ in range(random.randint(1, 40))]
        return "".join(chr(random.randint(*each)) for each in limits)
    if kind == 4 and random.random() < 0.01:
        return random.choice(words) * 2000 + " " + "1" * 5000
    if kind == 5:
        junk = "".join(chr(random.randint(33, 0x24F)) for _ in range(random.randint(1, 6)))
        chosen = [*random.choices(words, k=random.randint(1, 6)), junk]
        random.shuffle(chosen)
        return " ".join(chosen)
    return " ".join(random.choices(words, k=random.randint(1, 9)))


def fuzz(seed: int, count: int) -> collections.Counter[str]:
    """What became of `count` lines of rubbish."""
    random = Random(seed)
    codes = languages()
    understanding = Understanding(codes, Directory.load(starter("contacts.csv")))
    vocabulary = sorted({word for code in codes for word in lexicon(code).sentences.vocabulary})
    spoken = frozenset().union(*(lexicon(code).numbers.words for code in codes))
    words = [*vocabulary, "maria", "john smith", "2025550143", "+39 06 555", "7", "ext 12"]
    result: collections.Counter[str] = collections.Counter()
    for _ in range(count):
        text = rubbish(random, words)
        start = time.thread_time()
        try:
            command = understanding.parse(text).command
        except Exception as error:  # noqa: BLE001 - that is what is looked for
            print(f"crash: {text!r}: {error!r}")
            result["crashes"] += 1
            continue
        result["hangs"] += time.thread_time() - start > SLOW
        result["acts" if command.intent in ACTS else "others"] += 1
        if foreign_number(text, command, spoken):
            print(f"number not in the text: {text!r}: {command}")
            result["foreign numbers"] += 1
    return result


def fuzz_part(part: tuple[int, int]) -> collections.Counter[str]:
    return fuzz(*part)


def foreign_number(text: str, command: Command, spoken: frozenset[str]) -> bool:
    """Whether a number would be called that the text does not have.

    Texts with number words are left out: what they come to is tested elsewhere.
    """
    targets: list[Any] = [command.slots.get("target"), command.slots.get("to")]
    numbers = [item["number"] for item in targets if isinstance(item, dict) and "number" in item]
    if not numbers or set(re.findall(r"\w+", fold(text))) & spoken:
        return False
    there = re.sub(r"[^0-9*#]", "", text)
    return any(number.removeprefix("+") not in there for number in numbers)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rows", type=int, default=24_000)
    parser.add_argument("--fuzz", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    asked = parser.parse_args()
    codes = languages()
    with multiprocessing.get_context("spawn").Pool(asked.jobs) as pool:
        each = [(code, asked.rows // len(codes), asked.seed) for code in codes]
        for code, tally in zip(codes, pool.starmap(corpus, each, chunksize=1), strict=True):
            for noise in (*NOISES, "no command"):
                show(code, noise, tally[noise])
        parts = [(asked.seed * 1000 + n, asked.fuzz // 50) for n in range(50)]
        total: collections.Counter[str] = collections.Counter()
        for done, part in enumerate(pool.imap_unordered(fuzz_part, parts), 1):
            total += part
            print(f"{done} of {len(parts)} parts: {dict(total)}", file=sys.stderr, flush=True)
    print(f"rubbish: {asked.fuzz // 50 * 50} lines, {dict(total)}")
    sys.exit(bool(total["crashes"] or total["hangs"] or total["foreign numbers"]))


def show(code: str, noise: str, tally: collections.Counter[str]) -> None:
    rows = max(1, tally["rows"])
    shares = "  ".join(
        f"{name} {tally[name] / rows:7.2%}" for name in ("right", "wrong act", "false act")
    )
    print(f"{code}  {noise:<11} {tally['rows']:>6} rows  {shares}")


if __name__ == "__main__":
    main()
