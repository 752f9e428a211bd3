"""How well numbers are heard: exact, asked for again, wrong; for each speaker.

    python bench/voice_digits.py DIRECTORY [--engine both|ctc|whisper]

DIRECTORY holds `manifest.tsv` (file, kind, text, source) and the recordings; of these the kind
`digits`. A file's name begins with its speaker.
"""

from __future__ import annotations

import argparse
import collections
import csv
import statistics
import time
from dataclasses import replace
from pathlib import Path

from adapters.voice.engines import open_recogniser
from adapters.voice.recogniser import Expected
from adapters.voice.recording import read_recording
from assistant.settings import VoiceSection


def main() -> None:
    """Hear every number, and count."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("directory", type=Path)
    parser.add_argument("--engine", default="both")
    options = parser.parse_args()
    section = replace(VoiceSection(), engine=options.engine, templates="off")
    recogniser = open_recogniser(section)
    expected = Expected(digits=True)
    recogniser.prepare(expected)
    counted: dict[str, collections.Counter[str]] = collections.defaultdict(collections.Counter)
    took: list[float] = []
    with (options.directory / "manifest.tsv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file, delimiter="\t") if row["kind"] == "digits"]
    for row in rows:
        path = options.directory / row["file"]
        samples = read_recording(path if path.exists() else path.with_suffix(".flac"))
        listener = recogniser.listen(expected)
        listener.feed(samples)
        before = time.process_time()
        heard = listener.finish().candidates
        took.append(time.process_time() - before)
        came = "asked again" if not heard else "exact" if heard[0].text == row["text"] else "wrong"
        person = row["source"].split(",")[0]
        counted[row["file"].split("_")[0] if person == "human" else person][came] += 1
        counted[f"all {person.split(':')[0]}"][came] += 1
    for who, count in sorted(counted.items()):
        total = sum(count.values())
        shares = ", ".join(f"{kind} {count[kind] / total:.1%}" for kind in sorted(count))
        print(f"{who:<28} n {total:>4}  {shares}")
    print(f"processor time for one, median: {1000 * statistics.median(took):.0f} ms")


if __name__ == "__main__":
    main()
