"""Which line of a TOML file each of its keys is on; the standard library's reader does not tell."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

Path = tuple[str, ...]
"""A key with the tables that it is in."""


def lines_of(text: str) -> dict[Path, int]:
    """The line, from 1, on which each key and each table begins.

    Args:
        text: valid TOML. It is read a statement at a time: the shortest run of lines that is valid
            by itself.
    """
    found: dict[Path, int] = {}
    table: Path = ()
    begun, first = "", 1
    for number, line in enumerate(text.splitlines(keepends=True), 1):
        begun += line
        try:
            statement = tomllib.loads(begun)
        except tomllib.TOMLDecodeError:
            continue  # it goes on: a list or a text of several lines
        paths = list(_paths(statement))
        if begun.lstrip().startswith("["):
            table, paths = paths[-1], [paths[-1][:n] for n in range(1, len(paths[-1]))] + paths[-1:]
            found |= {path: first for path in paths if path not in found}
        else:
            found |= {table + path: first for path in paths}
        begun, first = "", number + 1
    return found


def _paths(statement: Mapping[str, Any]) -> Iterator[Path]:
    for name, value in statement.items():
        yield (name,)
        inner = value[-1] if isinstance(value, list) and value else value
        if isinstance(inner, dict):
            yield from ((name, *path) for path in _paths(inner))
