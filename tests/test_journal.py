"""The journal: one owner for each id, what survives, and what is forgotten."""

from __future__ import annotations

import sqlite3
import stat
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.contract import CallEvent, EventKind, LiveCall, Utterance
from assistant.journal import Journal

NOW = time.time()
WHO = Utterance("call 200", surface="cli")


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    made = Journal(tmp_path / "state" / "journal.sqlite3")
    yield made
    made.close()


def claim(journal: Journal, command_id: str, now: float = NOW) -> object:
    return journal.claim(command_id, WHO, WHO.text, now=now, deadline=now + 10)


def event(kind: EventKind, number: str = "+390655501104", key: str = "k1") -> CallEvent:
    call = LiveCall(key, 1, "1", number, 8, True, 0, True, name="Maria Rossi")
    return CallEvent(kind, call, NOW)


def test_an_id_has_one_owner_across_processes(journal: Journal) -> None:
    other = Journal(journal.path)
    assert claim(journal, "a") is None
    found = claim(other, "a")
    assert found is not None
    other.close()


def test_what_is_in_flight_is_found_by_the_next_process(journal: Journal) -> None:
    claim(journal, "a")
    journal.sending("a", {"action": "originate"}, NOW, dial=True)
    claim(journal, "b")
    journal.finish("b", "done", {"text": "Done."}, NOW)
    other = Journal(journal.path)
    (entry,) = other.in_flight()
    assert (entry.id, entry.state, entry.step) == ("a", "sent", {"action": "originate"})
    other.close()


def test_dials_are_counted_within_their_minute(journal: Journal) -> None:
    for command_id, at in (("a", NOW - 90), ("b", NOW - 30)):
        claim(journal, command_id, at)
        journal.sending(command_id, {}, at, dial=True)
    claim(journal, "c")
    journal.sending("c", {}, NOW, dial=False)
    assert journal.dialled_since(NOW - 60) == 1


def test_a_calls_life_becomes_one_entry(journal: Journal) -> None:
    journal.record([event(EventKind.INCOMING), event(EventKind.CONNECTED)])
    journal.record([event(EventKind.RELEASED), event(EventKind.ENDED)])
    (call,) = journal.calls()
    assert (call.name, call.incoming, call.how) == ("Maria Rossi", True, "released")
    assert call.answered_at == NOW
    assert journal.calls(incoming=False) == ()


def test_entries_older_than_the_retention_are_dropped(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite3"
    journal = Journal(path)
    claim(journal, "old", NOW - 91 * 86400)
    journal.finish("old", "done", {}, NOW)
    claim(journal, "new")
    journal.note("tidied", NOW - 2 * 86400)
    journal.close()
    journal = Journal(path, retention_days=90)
    assert [entry.id for entry in journal.commands()] == ["new"]
    journal.close()


def test_forgetting_removes_the_number_from_the_file_itself(journal: Journal) -> None:
    claim(journal, "a")
    journal.understood("a", "call", {"target": {"number": "+390655501104"}})
    journal.finish("a", "done", {"text": "Calling +390655501104."}, NOW)
    claim(journal, "b")
    journal.finish("b", "done", {"text": "Held."}, NOW)
    journal.record([event(EventKind.INCOMING), event(EventKind.INCOMING, "200", "k2")])
    assert journal.forget("+390655501104") == 2
    assert [entry.id for entry in journal.commands()] == ["b"]
    assert [call.number for call in journal.calls()] == ["200"]
    files = journal.path.parent.glob("journal.sqlite3*")
    assert not any(b"390655501104" in path.read_bytes() for path in files)


@pytest.mark.parametrize("spelling", ["00390655501104", "+39 06 5550-1104", "0655501104"])
def test_a_number_is_forgotten_however_it_is_spelled(journal: Journal, spelling: str) -> None:
    claim(journal, "a")
    journal.understood("a", "call", {"target": {"number": "+390655501104"}})
    journal.finish("a", "done", {"text": "Calling Maria Rossi (+390655501104)."}, NOW)
    journal.record([event(EventKind.INCOMING), event(EventKind.INCOMING, "+390655501105", "k2")])
    assert journal.forget(spelling) == 2
    assert [call.number for call in journal.calls()] == ["+390655501105"]


def test_an_extension_is_no_part_of_a_longer_number(journal: Journal) -> None:
    claim(journal, "a")
    journal.finish("a", "done", {"text": "Calling 13005550101."}, NOW)
    assert journal.forget("300") == 0


def test_the_calls_as_last_seen_are_forgotten_too(journal: Journal) -> None:
    journal.note("calls", [{"number": "+390655501104"}])
    claim(journal, "a")
    journal.forget()
    assert journal.noted("calls") is not None  # they tell what became of "a", which is in flight
    journal.finish("a", "done", {}, NOW)
    journal.forget()
    assert journal.noted("calls") is None
    files = journal.path.parent.glob("journal.sqlite3*")
    assert not any(b"390655501104" in path.read_bytes() for path in files)


def test_forgetting_everything_leaves_what_is_in_flight(journal: Journal) -> None:
    for command_id in ("a", "b"):
        claim(journal, command_id)
    journal.finish("a", "done", {}, NOW)
    assert journal.forget() == 1
    assert [entry.id for entry in journal.commands()] == ["b"]


def test_history_is_newest_first_and_of_both_kinds(journal: Journal) -> None:
    claim(journal, "a", NOW - 5)
    journal.record([event(EventKind.INCOMING)])
    assert [entry["type"] for entry in journal.history()] == ["call", "command"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps it by the profile's folder")
def test_the_file_is_its_users_alone(journal: Journal) -> None:
    assert stat.S_IMODE(journal.path.stat().st_mode) == 0o600


def test_a_file_that_is_no_journal_is_an_error_not_a_loss(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite3"
    path.write_bytes(b"this is a text, and a long one at that" * 100)
    with pytest.raises(sqlite3.DatabaseError):
        Journal(path)
    assert path.read_bytes().startswith(b"this is a text")
