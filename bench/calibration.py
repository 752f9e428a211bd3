"""What confidence means: the share of readings that are right, by the confidence they come with.

    python bench/calibration.py [--rows 30000] [--seed 2] [--file LABELLED.tsv]

Reads noisy sentences of every language (tests/understanding/corpus.py), the labelled ones of
tests/understanding/sentences, and with --file further ones in the same form. For each step of
confidence it prints how many readings had it, how many were right, and how many were acts that
would have been wrong: the thresholds for acting and for asking are chosen from this table.
"""

from __future__ import annotations

import argparse
import collections
import json
from collections.abc import Iterator
from pathlib import Path
from random import Random

from assistant.config import starter
from assistant.contract import ACTS, Command
from assistant.directory import Directory
from assistant.language import languages
from assistant.understanding import ACT, ASK, Understanding
from bench.robustness import SENTENCES, asks
from tests.understanding.corpus import Corpus

COUNTED = ACTS | {"list_calls", "help"}
STEP = 0.05


def labelled(path: Path) -> Iterator[tuple[str, Command]]:
    for line in path.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            text, intent, slots = line.split("\t")
            yield text, Command(intent, json.loads(slots))


def sentences(
    code: str, directory: Directory, rows: int, seed: int
) -> Iterator[tuple[str, Command]]:
    yield from labelled(SENTENCES / f"{code}.tsv")
    for row in Corpus(code, directory, Random(f"{seed} {code}")).rows(rows):
        yield row.text, row.command


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rows", type=int, default=30_000)
    parser.add_argument("--seed", type=int, default=2)
    parser.add_argument("--file", type=Path, help="further English sentences")
    asked = parser.parse_args()
    directory, codes = Directory.load(starter("contacts.csv")), languages()
    table: dict[int, collections.Counter[str]] = collections.defaultdict(collections.Counter)
    for code in codes:
        understanding = Understanding((code,), directory)
        rows = sentences(code, directory, asked.rows // len(codes), asked.seed)
        extra = labelled(asked.file) if asked.file and code == "en" else ()
        for text, meant in (*rows, *extra):
            found = understanding.parse(text)
            if found.command.intent not in COUNTED:
                table[-1] += collections.Counter({"rows": 1, "right": int(meant.intent == "none")})
                continue
            right = found.command == meant
            wrong = not right and found.command.intent in ACTS and not asks(found.command)
            table[int(found.confidence / STEP + 1e-9)] += collections.Counter(
                {"rows": 1, "right": int(right), "wrong act": int(wrong)}
            )
    print(f"{'confidence':<12} {'rows':>7} {'right':>8} {'wrong act':>10}  then")
    for step, tally in sorted(table.items(), reverse=True):
        low = step * STEP
        then = "acted upon" if low >= ACT else "asked about" if low >= ASK else "ignored"
        name = f"{low:.2f}" if step >= 0 else "not read"
        shares = (
            f"{tally['right'] / tally['rows']:>8.2%} {tally['wrong act'] / tally['rows']:>10.2%}"
        )
        print(f"{name:<12} {tally['rows']:>7} {shares}  {then}")


if __name__ == "__main__":
    main()
