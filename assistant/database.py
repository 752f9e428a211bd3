"""SQLite as the journal and the surfaces use it: one file, several threads and processes."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

PATIENCE = 10.0
"""Seconds to wait while another process writes."""


def connect(path: Path) -> sqlite3.Connection:
    """The database, without transactions of the module's own; what is deleted is overwritten.

    `synchronous=NORMAL` with a write-ahead log survives the end of any process; only a power cut
    can lose the last entries.

    Raises:
        sqlite3.Error: it cannot be opened, or is none.
    """
    database = sqlite3.connect(
        path, timeout=PATIENCE, isolation_level=None, check_same_thread=False
    )
    database.row_factory = sqlite3.Row
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "secure_delete=ON"):
        database.execute(f"PRAGMA {pragma}")
    return database


@contextlib.contextmanager
def transaction(database: sqlite3.Connection) -> Iterator[None]:
    """All of what is done inside, or nothing; no other process writes meanwhile."""
    database.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        database.execute("ROLLBACK")
        raise
    database.execute("COMMIT")
