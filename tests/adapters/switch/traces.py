"""Runs the scan through what `traces.json` says of presses and time; the format stands there."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from adapters.switch.pace import Pace
from adapters.switch.scanner import Scanner, Sign

FILE = Path(__file__).with_name("traces.json")


def traces() -> list[dict[str, Any]]:
    """Every trace of the file."""
    found: list[dict[str, Any]] = json.loads(FILE.read_text(encoding="utf-8"))["traces"]
    return found


def run(settings: dict[str, Any], steps: Sequence[Sequence[Any]], until: float) -> list[list[Any]]:
    """What is seen when a scanner with these settings goes through these steps."""
    scanner = Scanner(Pace(**settings))
    signs: list[Sign] = []

    def pass_time(t: float) -> None:
        while (due := scanner.due()) is not None and due <= t + 1e-9:
            signs.extend(scanner.tick(due))

    for t, what, *more in steps:
        pass_time(t)
        if what == "show":
            signs.extend(scanner.show(*more, t))
        elif what == "change":
            signs.extend(scanner.show(more[0], t, grace=scanner.pace.grace, wake=more[1]))
        elif what == "wait":
            scanner.wait(t)
        else:
            signs.extend(scanner.press(what == "down", t, moves=more == ["moves"]))
    pass_time(until)
    return [[round(sign.at, 6), sign.kind, sign.item] for sign in signs]
