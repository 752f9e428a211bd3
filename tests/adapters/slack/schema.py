"""Small checks that are put together into the shape of a block; each appends what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Problems = list[str]
Check = Callable[[Any, str, Problems], None]


def wrong(problems: Problems, at: str, what: str) -> None:
    """Note a problem in the words that Slack uses."""
    problems.append(f"[ERROR] {what} [json-pointer:{at}]")


def string(longest: int, shortest: int = 1) -> Check:
    """A string of so many characters."""

    def check(value: Any, at: str, problems: Problems) -> None:
        if not isinstance(value, str):
            wrong(problems, at, "must provide a string")
        elif len(value) > longest:
            wrong(problems, at, f"must be less than {longest + 1} characters")
        elif len(value) < shortest:
            wrong(problems, at, f"must be more than {shortest - 1} characters")

    return check


def one_of(*allowed: str) -> Check:
    """One of these words."""

    def check(value: Any, at: str, problems: Problems) -> None:
        if value not in allowed:
            wrong(problems, at, f"must be one of: {', '.join(allowed)}")

    return check


def boolean(value: Any, at: str, problems: Problems) -> None:
    """True or false."""
    if not isinstance(value, bool):
        wrong(problems, at, "must provide a boolean")


def integer(value: Any, at: str, problems: Problems) -> None:
    """A whole number."""
    if not isinstance(value, int) or isinstance(value, bool):
        wrong(problems, at, "must provide an integer")


def anything(value: Any, at: str, problems: Problems) -> None:
    """What this tool does not look into."""


def array(item: Check, most: int, fewest: int = 1) -> Check:
    """A list of so many items, each of which passes the check."""

    def check(value: Any, at: str, problems: Problems) -> None:
        if not isinstance(value, list):
            wrong(problems, at, "must provide an array")
            return
        if len(value) > most:
            wrong(problems, at, f"no more than {most} items allowed")
        if len(value) < fewest:
            wrong(problems, at, f"no fewer than {fewest} items allowed")
        for number, one in enumerate(value):
            item(one, f"{at}/{number}", problems)

    return check


def fields(required: Mapping[str, Check], optional: Mapping[str, Check]) -> Check:
    """An object with these fields and no others."""

    def check(value: Any, at: str, problems: Problems) -> None:
        if not isinstance(value, dict):
            wrong(problems, at, "must provide an object")
            return
        for name in required:
            if value.get(name) is None:
                wrong(problems, at, f"missing required field: {name}")
        for name, one in value.items():
            inner = required.get(name) or optional.get(name)
            if inner is None:
                wrong(problems, at, f"invalid additional property: {name}")
            elif one is not None:
                inner(one, f"{at}/{name}", problems)

    return check


def by_type(kinds: Mapping[str, Check], *allowed: str) -> Check:
    """An object whose `type` says which check it must pass; only these types, if any are named."""

    def check(value: Any, at: str, problems: Problems) -> None:
        kind = value.get("type") if isinstance(value, dict) else None
        if kind is None:
            wrong(problems, at, "missing required field: type")
        elif kind not in kinds or (allowed and kind not in allowed):
            wrong(problems, f"{at}/type", f"unsupported type: {kind}")
        else:
            kinds[kind](value, at, problems)

    return check


def also(first: Check, *more: Check) -> Check:
    """Pass all of these; the later ones are asked only if the first found nothing."""

    def check(value: Any, at: str, problems: Problems) -> None:
        found: Problems = []
        first(value, at, found)
        problems += found
        if not found:
            for one in more:
                one(value, at, problems)

    return check
