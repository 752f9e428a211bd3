"""How long understanding takes: against hassil, and with directories of different sizes.

    python bench/understanding.py [--sentences 400] [--sizes 100,10000,100000]

Both read the same sentences with the same English templates, references and directory, in turns in
one process, and only sentences that both match count. Prints JSON lines: p50 and p99 in
milliseconds, and their ratio (ours divided by hassil's). Then, for each directory size, the time
for a sentence that is spelled right and for one that is not, the time to load, and the memory. Each
sentence is timed thrice and the least counts: on a busy machine the rest is other programs' time.
"""

from __future__ import annotations

import argparse
import gc
import json
import time
import tracemalloc
from collections.abc import Callable, Sequence
from random import Random
from typing import Any

from hassil import Intents, recognize_best
from hassil.intents import RangeSlotList, TextSlotList

from assistant.contact import Contact, Number
from assistant.directory import Directory
from assistant.language import load_language
from assistant.text import fold
from assistant.understanding import Understanding
from tests.understanding.corpus import Corpus

PARTY_SLOTS = ("target", "to", "known", "to_known", "party", "named", "parties", "members")
REFERENCE_SLOTS = ("which", "whom", "call", "a", "b")


def people(count: int) -> Directory:
    """A directory of invented people, pronounceable and mostly different."""
    random = Random(count)
    onsets = "b br c ch d f g gr h j k l m n p r s st t v w z".split()
    vowels, codas = "a e i o u ai ea io".split(), ["", "", "n", "r", "s", "l", "ck", "ng"]

    def word(syllables: int) -> str:
        parts = [
            random.choice(onsets) + random.choice(vowels) + random.choice(codas)
            for _ in range(syllables)
        ]
        return "".join(parts).capitalize()

    firsts = [word(random.choice((1, 2))) for _ in range(max(20, min(2000, count // 10)))]
    names = {f"{random.choice(firsts)} {word(random.choice((2, 3)))}" for _ in range(count)}
    return Directory(
        Contact(name, (Number(f"555{place:07}"),)) for place, name in enumerate(sorted(names))
    )


def hassil_for(directory: Directory) -> Callable[[str], bool]:
    """The same grammar for hassil."""
    data = load_language("en").data

    def as_hassil(template: str) -> str:
        for name in REFERENCE_SLOTS:
            template = template.replace(f"{{{name}}}", "<any_reference>")
        return template

    references = "|".join(item for items in data["references"].values() for item in items)
    rules = {name: as_hassil(rule) for name, rule in data["rules"].items()}
    rules["any_reference"] = f"({references})"
    intents = {
        intent: {
            "data": [
                {
                    "sentences": [
                        as_hassil(item if isinstance(item, str) else item["say"])
                        for item in entry["say"]
                    ]
                }
            ]
        }
        for intent, entry in data["intents"].items()
    }
    made = Intents.from_dict(
        {
            "language": "en",
            "intents": intents,
            "expansion_rules": rules,
            "skip_words": ["please", "hey", "thanks", "now", "um", "uh"],
        }
    )
    names = [name for contact in directory.contacts for name in (contact.name, *contact.aliases)]
    parties = TextSlotList.from_strings([fold(name) for name in names])
    ordinals = list(data["numbers"]["ordinals"])
    lists: dict[str, Any] = {
        **dict.fromkeys(PARTY_SLOTS, parties),
        "owner": TextSlotList.from_strings([f"{fold(name)}'s" for name in names]),
        "n": RangeSlotList(name="n", start=1, stop=99, step=1),
        "ordinal": TextSlotList.from_strings(ordinals),
    }
    return lambda text: recognize_best(text, made, slot_lists=lists) is not None


def measured(function: Callable[[], object]) -> float:
    """Milliseconds."""
    start = time.perf_counter()
    function()
    return (time.perf_counter() - start) * 1000


def percentiles(times: Sequence[float]) -> dict[str, float]:
    ordered = sorted(times)
    return {"p50": ordered[len(ordered) // 2], "p99": ordered[int(len(ordered) * 0.99)]}


def against_hassil(sentences: int) -> dict[str, Any]:
    directory = people(100)
    ours, theirs = Understanding(("en",), directory), hassil_for(directory)
    rows = Corpus("en", directory, Random(3)).rows(sentences, ("clean",))
    texts = [fold(row.text) for row in rows]
    times: dict[str, list[float]] = {"ours": [], "hassil": []}
    for text in texts:
        if ours.parse(text).command.intent == "none" or not theirs(text):
            continue
        times["ours"].append(min(measured(lambda: ours.parse(text)) for _ in range(3)))  # noqa: B023
        times["hassil"].append(min(measured(lambda: theirs(text)) for _ in range(3)))  # noqa: B023
    found = {name: percentiles(values) for name, values in times.items()}
    return {
        "measure": "against hassil",
        "sentences": len(texts),
        "both match": len(times["ours"]),
        **{name: rounded(values) for name, values in found.items()},
        "ratio": rounded({p: found["ours"][p] / found["hassil"][p] for p in ("p50", "p99")}),
    }


def with_size(size: int) -> dict[str, Any]:
    gc.collect()
    tracemalloc.start()
    directory = people(size)
    contacts = directory.contacts
    memory = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    load = measured(lambda: Directory(contacts))
    understanding = Understanding(("en",), directory)
    first_typo = measured(lambda: understanding.parse("call jonh smtih"))
    times: dict[str, list[float]] = {"spelled right": [], "misspelled": []}
    for noise, name in (("clean", "spelled right"), ("typo", "misspelled")):
        for row in Corpus("en", directory, Random(9)).rows(2000, (noise,)):
            if "{" in row.text or not row.command.slots:
                continue
            taken = (measured(lambda: understanding.parse(row.text)) for _ in range(3))  # noqa: B023
            times[name].append(min(taken))
    return {
        "measure": "directory",
        "people": len(directory),
        "load ms": round(load, 1),
        "first misspelled sentence ms": round(first_typo, 1),
        "MB": round(memory / 1e6, 1),
        **{name: rounded(percentiles(values)) for name, values in times.items()},
    }


def rounded(values: dict[str, float]) -> dict[str, float]:
    return {name: round(value, 3) for name, value in values.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--sentences", type=int, default=400)
    parser.add_argument("--sizes", default="100,10000,100000")
    asked = parser.parse_args()
    print(json.dumps(against_hassil(asked.sentences)), flush=True)
    for size in asked.sizes.split(","):
        print(json.dumps(with_size(int(size))), flush=True)


if __name__ == "__main__":
    main()
