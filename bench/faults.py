"""Thousands of random commands under random faults, and kills: is anything done or told wrongly?

    python -m bench.faults [--commands 2000] [--kills 100] [--sip 0] [--seed 1] [--processes 2]

The commands run in worlds of 100: half of them against our own server, watched by polling; a
quarter against it, watched by its event stream; a quarter against a phonebar that is as silent as
the vendor's. With `--sip` so many more run over real calls, the telephone killed among the faults
(needs the extra `sip`). Each world's seed is printed. Prints how often each fault led to each
outcome, then everything that was wrong; the exit status is 1 if anything was.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import time
from collections import Counter
from dataclasses import dataclass

from tests import fault_run, kill_run
from tests.fault_judge import Report

COMMANDS_EACH, KILLS_EACH = 100, 20
KINDS = ("own", "own, event stream", "own", "vendor")
OUTCOMES = ("done", "refused", "failed", "unknown", "never begun")


@dataclass(frozen=True, slots=True)
class Job:
    """One world."""

    kind: str
    count: int
    seed: int


def do(job: Job) -> tuple[Job, Report]:
    if job.kind == "sip":
        from tests import sip_fault_run

        return job, sip_fault_run.run(job.count, job.seed)
    if job.kind == "kills":
        return job, kill_run.run(job.count, job.seed)
    vendor, events = job.kind == "vendor", job.kind.endswith("event stream")
    return job, fault_run.run(job.count, job.seed, vendor=vendor, events=events)


def jobs(commands: int, kills: int, sip: int, seed: int) -> list[Job]:
    found: list[Job] = []
    for total, each, kinds in (
        (commands, COMMANDS_EACH, KINDS),
        (kills, KILLS_EACH, ("kills",)),
        (sip, COMMANDS_EACH, ("sip",)),
    ):
        for number, begin in enumerate(range(0, total, each)):
            kind = kinds[number % len(kinds)]
            found.append(Job(kind, min(each, total - begin), seed + len(found)))
    return found


def table(title: str, counts: Counter[tuple[str, str]]) -> None:
    columns = [name for name in OUTCOMES if any(outcome == name for _, outcome in counts)]
    width = max([len(title), *(len(fault) for fault, _ in counts)])
    print(f"\n{title:{width}}", *(f"{name:>11}" for name in columns), f"{'all':>7}")
    for fault in [*sorted({fault for fault, _ in counts}), ""]:
        row = [
            sum(n for (f, o), n in counts.items() if o == name and fault in {f, ""})
            for name in columns
        ]
        print(f"{fault or 'all':{width}}", *(f"{n:>11}" for n in row), f"{sum(row):>7}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--commands", type=int, default=2000)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--sip", type=int, default=0, help="commands over real calls")
    parser.add_argument("--seed", type=int, default=1, help="of the first world; they count up")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()
    outcomes: dict[str, Counter[tuple[str, str]]] = {}
    commands: Counter[str] = Counter()
    wrongs = []
    began = time.monotonic()
    context = multiprocessing.get_context("spawn")
    with context.Pool(options.processes, maxtasksperchild=1) as pool:
        todo = jobs(options.commands, options.kills, options.sip, options.seed)
        for job, report in pool.imap_unordered(do, todo):
            print(
                f"seed {job.seed}: {job.count}, {job.kind}: {len(report.wrongs)} wrong", flush=True
            )
            commands[job.kind] += report.commands
            outcomes.setdefault(job.kind, Counter()).update(report.outcomes)
            wrongs += [f"seed {job.seed}, {job.kind}: {wrong}" for wrong in report.wrongs]
    for kind in sorted(outcomes):
        table(f"{kind}: {commands[kind]}", outcomes[kind])
    print(f"\n{sum(commands.values())} commands in {time.monotonic() - began:.0f} s.")
    print(f"Wrong: {len(wrongs)}", *wrongs, sep="\n  ")
    sys.exit(1 if wrongs else 0)


if __name__ == "__main__":
    main()
