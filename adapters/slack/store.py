"""What the Slack surface must remember: links, what was taken in, cards, who is at work.

Tables of its own in the journal's database, shared by every replica on this PC. No text of a
message and no telephone number stays here: a request is kept only until it is answered.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import secrets
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.database import connect, transaction

_SCHEMA = """
CREATE TABLE IF NOT EXISTS slack_codes (
    digest TEXT PRIMARY KEY, agent TEXT NOT NULL, expires REAL NOT NULL);
CREATE TABLE IF NOT EXISTS slack_tries (person TEXT NOT NULL, at REAL NOT NULL);
CREATE TABLE IF NOT EXISTS slack_links (
    team TEXT NOT NULL, user TEXT NOT NULL, agent TEXT NOT NULL UNIQUE, at REAL NOT NULL,
    language TEXT, confirm TEXT NOT NULL DEFAULT '[]', home INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (team, user));
CREATE TABLE IF NOT EXISTS slack_order (person TEXT PRIMARY KEY, at REAL NOT NULL);
CREATE TABLE IF NOT EXISTS slack_inbox (
    key TEXT PRIMARY KEY, at REAL NOT NULL, owner TEXT, request TEXT);
CREATE INDEX IF NOT EXISTS slack_inbox_open ON slack_inbox(owner) WHERE request IS NOT NULL;
CREATE TABLE IF NOT EXISTS slack_cards (
    call TEXT NOT NULL, team TEXT NOT NULL, user TEXT NOT NULL, channel TEXT, ts TEXT,
    shown TEXT, over INTEGER NOT NULL DEFAULT 0, at REAL NOT NULL, PRIMARY KEY (call, team, user));
CREATE TABLE IF NOT EXISTS slack_replicas (owner TEXT PRIMARY KEY, beat REAL NOT NULL);
CREATE TABLE IF NOT EXISTS slack_lease (
    name TEXT PRIMARY KEY, owner TEXT NOT NULL, until REAL NOT NULL);
"""

CODE_LIFE = 600.0
"""Seconds in which a code must be used."""
TRIES, TRIES_WITHIN = 5, 600.0
"""So many wrong codes in so many seconds, then no more are looked at."""
DEAD_AFTER = 6.0
"""Seconds without a beat after which a replica counts as gone."""
KEPT = 86400.0
"""Seconds for which it is remembered that something was taken in; Slack redelivers for minutes."""

_LETTERS = "ABCDEFGHJKMNPQRSTVWXYZ23456789"
_GROUP = 4


@dataclass(frozen=True, slots=True)
class Link:
    """One Slack user and the workstation that is theirs."""

    team: str
    user: str
    agent: str
    language: str | None = None
    """The language they chose; None is any that the workstation is set to."""
    confirm: tuple[str, ...] = ()
    """What they want asked back besides what the workstation demands."""
    at: float = 0.0
    """Since when, Unix time in seconds."""
    home: bool = False
    """They have opened the App Home, so it is kept up to date."""

    @property
    def person(self) -> str:
        """How this user is called among the assistant's users."""
        return person(self.team, self.user)


@dataclass(frozen=True, slots=True)
class CardRow:
    """Where a call's card is, and what it last showed."""

    call: str
    channel: str | None
    ts: str | None
    shown: str | None
    over: bool


def person(team: str, user: str) -> str:
    """How a Slack user is called among the assistant's users."""
    return f"slack:{team}:{user}"


class Store:
    """The tables. Safe to use from several threads, and several processes at once.

    Args:
        path: the journal's database.
        clock: Unix time in seconds.
    """

    def __init__(self, path: Path, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._lock = threading.RLock()
        self._db = connect(path)
        self._db.executescript(_SCHEMA)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._db.close()

    # Links

    def new_code(self, agent: str) -> str:
        """A code that links whoever tells it first to this workstation; earlier ones are void."""
        letters = [secrets.choice(_LETTERS) for _ in range(2 * _GROUP)]
        code = "".join(letters[:_GROUP]) + "-" + "".join(letters[_GROUP:])
        with self._transaction():
            self._db.execute("DELETE FROM slack_codes WHERE agent = ?", (agent,))
            self._db.execute(
                "INSERT INTO slack_codes VALUES (?, ?, ?)",
                (_digest(code), agent, self._clock() + CODE_LIFE),
            )
        return code

    def may_try(self, team: str, user: str) -> bool:
        """Whether this user has not told too many wrong codes lately."""
        since = self._clock() - TRIES_WITHIN
        sql = "SELECT count(*) FROM slack_tries WHERE person = ? AND at > ?"
        return int(self._rows(sql, person(team, user), since)[0][0]) < TRIES

    def link(self, team: str, user: str, code: str) -> tuple[Link | None, Link | None]:
        """Link a user by a code.

        Returns:
            The link, or None when the code is not valid; and the link of the user whom this one
            replaces at the workstation, if any.
        """
        now = self._clock()
        with self._transaction():
            found = self._db.execute(
                "DELETE FROM slack_codes WHERE digest = ? AND expires > ? RETURNING agent",
                (_digest(code), now),
            ).fetchall()
            if not found:
                self._db.execute("DELETE FROM slack_tries WHERE at < ?", (now - TRIES_WITHIN,))
                self._db.execute("INSERT INTO slack_tries VALUES (?, ?)", (person(team, user), now))
                return None, None
            agent = str(found[0]["agent"])
            # What Slack was not told of before this link is not told after it.
            self._db.execute(
                "DELETE FROM slack_cards WHERE team = ? AND user = ? AND ts IS NULL", (team, user)
            )
            before = self.linked_to(agent)
            self._db.execute(
                "DELETE FROM slack_links WHERE agent = ? OR (team = ? AND user = ?)",
                (agent, team, user),
            )
            self._db.execute(
                "INSERT INTO slack_links(team, user, agent, at) VALUES (?, ?, ?, ?)",
                (team, user, agent, now),
            )
        other = before if before and (before.team, before.user) != (team, user) else None
        return self.linked(team, user), other

    def unlink(self, team: str, user: str) -> bool:
        """Forget a user's link; whether there was one."""
        with self._transaction():
            self._db.execute("DELETE FROM slack_cards WHERE team = ? AND user = ?", (team, user))
            gone = self._db.execute(
                "DELETE FROM slack_links WHERE team = ? AND user = ?", (team, user)
            )
            return bool(gone.rowcount)

    def linked(self, team: str, user: str) -> Link | None:
        """This user's link."""
        rows = self._rows("SELECT * FROM slack_links WHERE team = ? AND user = ?", team, user)
        return _link(rows[0]) if rows else None

    def linked_to(self, agent: str) -> Link | None:
        """Whose workstation this is."""
        rows = self._rows("SELECT * FROM slack_links WHERE agent = ?", agent)
        return _link(rows[0]) if rows else None

    def links(self) -> tuple[Link, ...]:
        """Everybody's."""
        return tuple(map(_link, self._rows("SELECT * FROM slack_links ORDER BY at")))

    # Each by itself: two settings made at once are both kept.

    def choose_language(self, team: str, user: str, language: str | None) -> None:
        """Keep the language that a user chose; None is any that the workstation is set to."""
        sql = "UPDATE slack_links SET language = ? WHERE team = ? AND user = ?"
        self._run(sql, language, team, user)

    def choose_confirm(self, team: str, user: str, confirm: tuple[str, ...]) -> None:
        """Keep what a user wants asked back."""
        sql = "UPDATE slack_links SET confirm = ? WHERE team = ? AND user = ?"
        self._run(sql, json.dumps(confirm), team, user)

    def opened_home(self, team: str, user: str) -> None:
        """Keep that a user looks at the App Home."""
        self._run("UPDATE slack_links SET home = 1 WHERE team = ? AND user = ?", team, user)

    # What was taken in

    def take(self, keys: tuple[str, ...], request: str, owner: str) -> bool:
        """Take a request in, once, whichever replica it is delivered to and however often.

        Args:
            keys: everything that Slack names it by.
            request: all that is needed to answer it, should this replica end before.
            owner: this replica.

        Returns:
            Whether it is new; then it is this replica's to answer.
        """
        now = self._clock()
        marks = ", ".join("?" * len(keys))
        with self._transaction():
            known = self._db.execute(
                f"SELECT 1 FROM slack_inbox WHERE key IN ({marks})",  # noqa: S608 - marks alone
                keys,
            ).fetchone()
            for number, key in enumerate(keys):
                mine = number == 0 and known is None
                self._db.execute(
                    "INSERT OR IGNORE INTO slack_inbox VALUES (?, ?, ?, ?)",
                    (key, now, owner if mine else None, request if mine else None),
                )
        return known is None

    def answered(self, key: str) -> None:
        """The user has been told; nothing of the request stays but that it was taken in."""
        self._run("UPDATE slack_inbox SET request = NULL WHERE key = ?", key)

    def abandoned(self, owner: str) -> tuple[str, ...]:
        """The requests that replicas which are gone took in and did not answer; now `owner`'s."""
        since = self._clock() - DEAD_AFTER
        with self._transaction():
            rows = self._db.execute(
                "UPDATE slack_inbox SET owner = ? WHERE request IS NOT NULL AND owner NOT IN"
                " (SELECT owner FROM slack_replicas WHERE beat > ?) AND owner != ?"
                " RETURNING request, at",
                (owner, since, owner),
            ).fetchall()
        return tuple(row["request"] for row in sorted(rows, key=lambda row: float(row["at"])))

    def in_order(self, team: str, user: str, at: float) -> bool:
        """Note when a user said something (Unix seconds); whether nothing later came before."""
        who = person(team, user)
        with self._transaction():
            row = self._db.execute("SELECT at FROM slack_order WHERE person = ?", (who,)).fetchone()
            if row is not None and float(row["at"]) > at:
                return False
            self._db.execute(
                "INSERT INTO slack_order VALUES (?, ?)"
                " ON CONFLICT(person) DO UPDATE SET at = excluded.at",
                (who, at),
            )
        return True

    # Cards

    def cards(self, team: str, user: str) -> tuple[CardRow, ...]:
        """The cards of calls that were not over when they were last shown."""
        sql = "SELECT * FROM slack_cards WHERE team = ? AND user = ? AND NOT over ORDER BY at"
        return tuple(
            CardRow(row["call"], row["channel"], row["ts"], row["shown"], bool(row["over"]))
            for row in self._rows(sql, team, user)
        )

    def keep_card(self, team: str, user: str, card: CardRow) -> None:
        """Keep where a card is and what it shows."""
        self._run(
            "INSERT INTO slack_cards VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT(call, team, user) DO UPDATE SET channel = excluded.channel,"
            " ts = excluded.ts, shown = excluded.shown, over = excluded.over",
            card.call,
            team,
            user,
            card.channel,
            card.ts,
            card.shown,
            card.over,
            self._clock(),
        )

    # Replicas

    def beat(self, owner: str) -> None:
        """This replica is alive."""
        self._run(
            "INSERT INTO slack_replicas VALUES (?, ?)"
            " ON CONFLICT(owner) DO UPDATE SET beat = excluded.beat",
            owner,
            self._clock(),
        )

    def lead(self, owner: str, name: str = "cards") -> bool:
        """Whether `owner` is the one who keeps the cards; held by asking again in time."""
        now = self._clock()
        with self._transaction():
            self._db.execute(
                "INSERT INTO slack_lease VALUES (?, ?, ?) ON CONFLICT(name) DO UPDATE SET"
                " owner = excluded.owner, until = excluded.until"
                " WHERE slack_lease.owner = excluded.owner OR slack_lease.until < ?",
                (name, owner, now + DEAD_AFTER, now),
            )
            row = self._db.execute(
                "SELECT owner FROM slack_lease WHERE name = ?", (name,)
            ).fetchone()
        return bool(row["owner"] == owner)

    def leave(self, owner: str) -> None:
        """This replica ends: another may take over at once."""
        with self._transaction():
            self._db.execute("DELETE FROM slack_replicas WHERE owner = ?", (owner,))
            self._db.execute("DELETE FROM slack_lease WHERE owner = ?", (owner,))

    def tidy(self) -> None:
        """Drop what is too old to matter."""
        now = self._clock()
        with self._transaction():
            self._db.execute(
                "DELETE FROM slack_inbox WHERE at < ? AND request IS NULL", (now - KEPT,)
            )
            self._db.execute(
                "DELETE FROM slack_cards WHERE (over OR ts IS NULL) AND at < ?", (now - KEPT,)
            )
            self._db.execute("DELETE FROM slack_codes WHERE expires < ?", (now,))
            self._db.execute("DELETE FROM slack_replicas WHERE beat < ?", (now - KEPT,))

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._lock, transaction(self._db):
            yield

    def _run(self, sql: str, *values: Any) -> None:
        with self._lock:
            self._db.execute(sql, values)

    def _rows(self, sql: str, *values: Any) -> list[sqlite3.Row]:
        with self._lock:
            return self._db.execute(sql, values).fetchall()


def _digest(code: str) -> str:
    """Of a code as people retype it: without regard to case, spaces and the dash."""
    bare = "".join(char for char in code.upper() if char.isalnum())
    return hashlib.sha256(bare.encode()).hexdigest()


def _link(row: sqlite3.Row) -> Link:
    return Link(
        row["team"],
        row["user"],
        row["agent"],
        row["language"],
        tuple(json.loads(row["confirm"])),
        float(row["at"]),
        bool(row["home"]),
    )
