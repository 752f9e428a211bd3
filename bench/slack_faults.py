"""Thousands of random doings in Slack under random faults: is anything done or told wrongly?

    python -m bench.slack_faults [--events 5000] [--seed 1] [--processes 2] [--broken]

Four people and two replicas of the surface against a fake Slack on loopback, in worlds of 250
events; every third one in HTTP mode, and in every fourth the replicas are processes of their own,
which the system kills. Each world's seed is printed, then the counts, then everything
that was wrong; the exit status is 1 if anything was. With `--broken` the surface is broken on
purpose, one way at a time, and the table of what the judge then finds is printed instead.
"""

from __future__ import annotations

import argparse
import logging
import multiprocessing
import os
import sys
import time
from collections import Counter
from dataclasses import dataclass

from tests.adapters.slack import fault_run
from tests.adapters.slack.fault_breaks import BREAKS
from tests.adapters.slack.fault_judge import Report

EACH = 250
HAVOC = 1.0
COUNTS = (
    "events",
    "forms",
    "statuses",
    "links",
    "duplicates",
    "stale",
    "forged",
    "kills",
    "kills of processes",
    "adopted",
    "taken in",
    "executed",
    "not executed",
    "turned away",
    "unanswered",
)
KINDS = ("twice", "late", "wrong user", "forged", "unasked", "unanswered", "overheard", "crashed")


@dataclass(frozen=True, slots=True)
class Job:
    """One world."""

    events: int
    seed: int
    http: bool
    broken: str = ""
    real: bool = False
    """The replicas are processes of their own."""


def do(job: Job) -> tuple[Job, Report]:
    for noisy in ("adapters.slack", "slack_bolt"):
        logging.getLogger(noisy).propagate = False
    report = fault_run.run(
        job.events, job.seed, http=job.http, havoc=HAVOC, broken=job.broken, real=job.real
    )
    return job, report


def sound(events: int, seed: int) -> list[Job]:
    return [
        Job(
            min(EACH, events - begin),
            seed + number,
            http=number % 3 == 2,
            real=number % 4 == 1,
        )
        for number, begin in enumerate(range(0, events, EACH))
    ]


def broken(seed: int) -> list[Job]:
    return [
        Job(2 * EACH, seed + number, http="HTTP" in how, broken=how)
        for number, how in enumerate(BREAKS)
    ]


def told(wrongs: list[str]) -> str:
    found = Counter(wrong.split(":", 1)[0].split(" by ", 1)[0] for wrong in wrongs)
    return ", ".join(f"{found[kind]} {kind}" for kind in KINDS if found[kind]) or "none"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--events", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=1, help="of the first world; they count up")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--broken", action="store_true", help="break the surface on purpose")
    options = parser.parse_args()
    todo = broken(options.seed) if options.broken else sound(options.events, options.seed)
    whole = Report(options.seed)
    began = time.monotonic()
    with multiprocessing.get_context("spawn").Pool(options.processes, maxtasksperchild=1) as pool:
        for job, report in pool.imap(do, todo):
            if job.broken:
                print(f"| {job.broken} | {told(report.wrongs)} |", flush=True)
                continue
            way = "HTTP" if job.http else "Socket Mode"
            way += ", processes" if job.real else ""
            whole.counts["kills of processes"] += report.counts["kills"] * job.real
            print(f"seed {job.seed}: {job.events}, {way}: {told(report.wrongs)}", flush=True)
            whole.add(report)
    if options.broken:
        return
    print(f"\nSeed {options.seed}, {time.monotonic() - began:.0f} s")
    for name in COUNTS:
        print(f"{name:18}{whole.counts[name]:>7}")
    print(f"{'wrong':18}{len(whole.wrongs):>7}")
    print("\nFaults:", ", ".join(f"{name} {count}" for name, count in whole.faults.most_common()))
    print(*whole.wrongs, sep="\n")
    sys.exit(1 if whole.wrongs else 0)


if __name__ == "__main__":
    main()
