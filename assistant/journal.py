"""The journal: each command and each call, what was asked and what became of it.

One SQLite file, shared by every process of this user. It is written before a request is sent, so
that after a crash a command in flight is looked up and never repeated. Only a power cut can lose
the last entries, and that ends the phonebar's calls too.

Numbers stand here in full (they are needed to call back), so the file is its user's alone, entries
are dropped after the retention, and `forget` removes them from the file itself.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import sqlite3
import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.contract import CallEvent, EventKind, Utterance
from assistant.database import connect, transaction
from assistant.numbers import same_number

_SCHEMA = """
CREATE TABLE IF NOT EXISTS commands (
    id TEXT PRIMARY KEY, user TEXT NOT NULL, surface TEXT NOT NULL, text TEXT NOT NULL,
    asked_at REAL NOT NULL, deadline REAL NOT NULL, intent TEXT, slots TEXT,
    state TEXT NOT NULL, step TEXT, reply TEXT, done_at REAL, dialled_at REAL);
CREATE INDEX IF NOT EXISTS commands_open ON commands(state) WHERE state IN ('received', 'sent');
CREATE INDEX IF NOT EXISTS commands_asked ON commands(asked_at);
CREATE TABLE IF NOT EXISTS calls (
    key TEXT PRIMARY KEY, number TEXT NOT NULL, name TEXT, incoming INTEGER NOT NULL,
    started_at REAL NOT NULL, answered_at REAL, ended_at REAL, how TEXT);
CREATE INDEX IF NOT EXISTS calls_started ON calls(started_at);
CREATE TABLE IF NOT EXISTS notes (name TEXT PRIMARY KEY, value TEXT NOT NULL, at REAL NOT NULL);
"""

RECEIVED, SENT = "received", "sent"
_DAY = 86400.0
_NUMBERS = re.compile(r"[0-9*#](?:[0-9*#]|[ ().\-/]+(?=[0-9*#]))*")


@dataclass(frozen=True, slots=True)
class Entry:
    """One command in the journal."""

    id: str
    user: str
    surface: str
    text: str
    asked_at: float
    deadline: float
    state: str
    """`received`, `sent`, or the final status."""
    intent: str | None
    slots: Mapping[str, Any]
    step: Mapping[str, Any] | None
    """The request that was about to be sent, with what was to be seen after it."""
    reply: Mapping[str, Any] | None

    def to_json(self) -> dict[str, Any]:
        """As `phonebar history --json` prints it."""
        return {
            "type": "command",
            "id": self.id,
            "at": self.asked_at,
            "user": self.user,
            "surface": self.surface,
            "text": self.text,
            "intent": self.intent,
            "slots": dict(self.slots),
            "status": self.state,
            "reply": self.reply.get("text") if self.reply else None,
        }


@dataclass(frozen=True, slots=True)
class PastCall:
    """One call in the journal."""

    key: str
    number: str
    name: str | None
    incoming: bool
    started_at: float
    answered_at: float | None
    ended_at: float | None
    how: str | None
    """`missed`, `released` or `ended` once it is over."""

    def to_json(self) -> dict[str, Any]:
        """As `phonebar history --json` prints it."""
        return {
            "type": "call",
            "key": self.key,
            "at": self.started_at,
            "number": self.number,
            "name": self.name,
            "incoming": self.incoming,
            "answeredAt": self.answered_at,
            "endedAt": self.ended_at,
            "how": self.how,
        }


class Journal:
    """The journal's database. Safe to use from several threads and processes.

    Args:
        path: the file; made with its folder when absent, for this user alone.
        retention_days: entries older than this are dropped, at most once a day.
    """

    def __init__(self, path: Path, retention_days: int = 90) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        # Windows keeps the profile's folders for their user; elsewhere the mode does.
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        self._lock = threading.RLock()
        self._db = connect(path)
        self._db.create_function("mentions", 2, _mentions, deterministic=True)
        self._db.executescript(_SCHEMA)
        now = time.time()
        if now - float(self.noted("tidied") or 0) > _DAY or retention_days == 0:
            self._drop_before(now - retention_days * _DAY)
            self.note("tidied", now)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._db.close()

    def claim(
        self, command_id: str, utterance: Utterance, text: str, *, now: float, deadline: float
    ) -> Entry | None:
        """Enter a command; the first to do so owns it.

        Args:
            command_id: its id.
            utterance: who asked, and where.
            text: what is kept of the words.
            now: when, Unix time in seconds.
            deadline: Unix time in seconds after which nothing may be sent.

        Returns:
            None when it is ours now, else the entry that was there before.
        """
        with self._lock:
            made = self._db.execute(
                "INSERT OR IGNORE INTO commands(id, user, surface, text, asked_at, deadline, state)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (command_id, utterance.user, utterance.surface, text, now, deadline, RECEIVED),
            ).rowcount
        return None if made else self.entry(command_id)

    def entry(self, command_id: str) -> Entry | None:
        """The command of that id."""
        rows = self._rows("SELECT * FROM commands WHERE id = ?", (command_id,))
        return _entry(rows[0]) if rows else None

    def understood(self, command_id: str, intent: str, slots: Mapping[str, Any]) -> None:
        """Note what a command was understood as."""
        self._run(
            "UPDATE commands SET intent = ?, slots = ? WHERE id = ?",
            (intent, json.dumps(dict(slots)), command_id),
        )

    def sending(self, command_id: str, step: Mapping[str, Any], now: float, *, dial: bool) -> None:
        """Note, before it happens, that a request is sent."""
        self._run(
            "UPDATE commands SET state = ?, step = ?, dialled_at = coalesce(?, dialled_at)"
            " WHERE id = ?",
            (SENT, json.dumps(dict(step)), now if dial else None, command_id),
        )

    def finish(self, command_id: str, status: str, reply: Mapping[str, Any], now: float) -> None:
        """Note what became of a command."""
        self._run(
            "UPDATE commands SET state = ?, reply = ?, done_at = ? WHERE id = ?",
            (status, json.dumps(reply), now, command_id),
        )

    def in_flight(self) -> tuple[Entry, ...]:
        """Commands that were begun and of which nobody knows what became."""
        rows = self._rows(
            "SELECT * FROM commands WHERE state IN (?, ?) ORDER BY asked_at", (RECEIVED, SENT)
        )
        return tuple(map(_entry, rows))

    def dialled_since(self, since: float) -> int:
        """How many numbers were dialled after `since` (Unix time in seconds)."""
        rows = self._rows("SELECT count(*) FROM commands WHERE dialled_at > ?", (since,))
        return int(rows[0][0])

    def record(self, events: Iterable[CallEvent]) -> None:
        """Take call events into the calls' history."""
        with self._lock, transaction(self._db):
            for event in events:
                if event.call is not None:
                    self._record(event)

    def commands(self, limit: int = 50) -> tuple[Entry, ...]:
        """The latest commands, newest first."""
        rows = self._rows("SELECT * FROM commands ORDER BY asked_at DESC LIMIT ?", (limit,))
        return tuple(map(_entry, rows))

    def calls(self, limit: int = 50, *, incoming: bool | None = None) -> tuple[PastCall, ...]:
        """The latest calls, newest first; of one direction only, if asked."""
        rows = self._rows(
            "SELECT * FROM calls WHERE ? IS NULL OR incoming = ? ORDER BY started_at DESC LIMIT ?",
            (incoming, incoming, limit),
        )
        return tuple(PastCall(**{**dict(row), "incoming": bool(row["incoming"])}) for row in rows)

    def history(self, limit: int = 50) -> list[dict[str, Any]]:
        """The latest commands and calls together, newest first, as JSON."""
        entries = [
            *(entry.to_json() for entry in self.commands(limit)),
            *(call.to_json() for call in self.calls(limit)),
        ]
        entries.sort(key=lambda entry: float(entry["at"]), reverse=True)
        return entries[:limit]

    def note(self, name: str, value: object) -> None:
        """Keep a JSON value under a name; None removes it."""
        if value is None:
            self._run("DELETE FROM notes WHERE name = ?", (name,))
        else:
            self._run(
                "INSERT INTO notes(name, value, at) VALUES (?, ?, ?)"
                " ON CONFLICT(name) DO UPDATE SET value = excluded.value, at = excluded.at",
                (name, json.dumps(value), time.time()),
            )

    def noted(self, name: str) -> Any:
        """The JSON value under a name, or None."""
        rows = self._rows("SELECT value FROM notes WHERE name = ?", (name,))
        return json.loads(rows[0][0]) if rows else None

    def forget(self, number: str | None = None) -> int:
        """Remove entries for good, from the file too; commands in flight stay.

        Args:
            number: only what mentions this number, however it is spelled; None removes all.

        Returns:
            How many entries are gone.
        """
        everything = number is None
        with self._lock:
            with transaction(self._db):
                calls = self._db.execute(
                    "DELETE FROM calls WHERE ? OR mentions(number, ?)", (everything, number)
                ).rowcount
                commands = self._db.execute(
                    "DELETE FROM commands WHERE state NOT IN (?, ?) AND (? OR mentions(text || ' '"
                    " || ifnull(slots, '') || ifnull(step, '') || ifnull(reply, ''), ?))",
                    (RECEIVED, SENT, everything, number),
                ).rowcount
                # The calls as last seen tell what became of a command in flight: then they stay.
                self._db.execute(
                    "DELETE FROM notes WHERE name LIKE 'conversation:%' OR (name = 'calls'"
                    " AND NOT EXISTS (SELECT 1 FROM commands WHERE state IN (?, ?)))",
                    (RECEIVED, SENT),
                )
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            with contextlib.suppress(sqlite3.OperationalError):  # another process may be reading
                self._db.execute("VACUUM")
        return calls + commands

    def _record(self, event: CallEvent) -> None:
        call = event.call
        if call is None:
            return
        self._db.execute(
            "INSERT INTO calls(key, number, name, incoming, started_at) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT(key) DO UPDATE SET number = excluded.number, name = excluded.name",
            (call.key, call.number, call.name, call.incoming, event.at),
        )
        if event.kind is EventKind.CONNECTED:
            self._db.execute(
                "UPDATE calls SET answered_at = coalesce(answered_at, ?) WHERE key = ?",
                (event.at, call.key),
            )
        if event.kind in {EventKind.MISSED, EventKind.RELEASED, EventKind.ENDED}:
            self._db.execute(
                "UPDATE calls SET ended_at = coalesce(ended_at, ?), how = coalesce(how, ?)"
                " WHERE key = ?",
                (event.at, str(event.kind), call.key),
            )

    def _drop_before(self, when: float) -> None:
        with self._lock, transaction(self._db):
            self._db.execute(
                "DELETE FROM commands WHERE asked_at < ? AND state NOT IN (?, ?)",
                (when, RECEIVED, SENT),
            )
            self._db.execute("DELETE FROM calls WHERE started_at < ?", (when,))
            self._db.execute(
                "DELETE FROM notes WHERE at < ? AND name LIKE 'conversation:%'", (when,)
            )

    def _run(self, sql: str, values: tuple[Any, ...]) -> None:
        with self._lock:
            self._db.execute(sql, values)

    def _rows(self, sql: str, values: tuple[Any, ...]) -> list[sqlite3.Row]:
        with self._lock:
            return self._db.execute(sql, values).fetchall()


def _mentions(text: str, number: str) -> bool:
    """Whether a number in `text` reaches the same party as `number`."""
    return any(same_number(found, number) for found in _NUMBERS.findall(text))


def _entry(row: sqlite3.Row) -> Entry:
    def read(name: str) -> Any:
        return json.loads(row[name]) if row[name] else None

    return Entry(
        id=row["id"],
        user=row["user"],
        surface=row["surface"],
        text=row["text"],
        asked_at=row["asked_at"],
        deadline=row["deadline"],
        state=row["state"],
        intent=row["intent"],
        slots=read("slots") or {},
        step=read("step"),
        reply=read("reply"),
    )
