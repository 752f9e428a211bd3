"""Random commands under random faults, and kills in mid-command: a short run of `bench/faults.py`.

The judge is tested too: one that never objects would be worth nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from assistant.contract import Command, Reply, Status
from phonebar.log import Entry
from tests import fault_run, kill_run
from tests.fault_judge import Case, Facts, judge

DIAL = Command("call", {"target": {"number": "200"}})
HOLD = Command("hold", {"which": 1})


def test_our_own_server_under_faults() -> None:
    """Nothing is done twice, wrongly, late or told untruthfully."""
    report = fault_run.run(60, seed=11)
    assert report.wrongs == []
    assert report.commands == 60
    assert set(report.by_outcome()) >= {"done", "failed", "unknown"}
    assert len(report.by_fault()) > 10


def test_the_vendors_phonebar_under_faults() -> None:
    """The same against a phonebar that checks nothing and says little."""
    report = fault_run.run(40, seed=12, vendor=True)
    assert report.wrongs == []
    assert set(report.by_outcome()) >= {"done", "failed", "unknown"}


def test_with_the_event_stream() -> None:
    """The same while the calls are watched by the event stream."""
    report = fault_run.run(20, seed=13, events=True)
    assert report.wrongs == []


def test_killed_in_mid_command() -> None:
    """After a kill it is found out what became of the command, and nothing is repeated."""
    report = kill_run.run(6, seed=3)
    assert report.wrongs == []
    assert len(report.by_fault()) > 2
    assert "failed" in report.by_outcome()


def entry(what: str, **more: object) -> Entry:
    made = Entry(1, 50.0, "command", what, "a", 1, "200", "key:0")
    return replace(made, **more)  # type: ignore[arg-type]


def reply(status: Status) -> Reply:
    return Reply(status, "text", "speech")


def case(command: Command, status: Status, **more: object) -> Case:
    meant = () if command is DIAL else ("a",)
    told = reply(status)
    made = Case(command, meant, 100.0, "none", told, told)
    return replace(made, **more)  # type: ignore[arg-type]


ACTIVE = {"a": "active"}
BAD: list[tuple[str, Case, list[Entry]]] = [
    ("twice", case(DIAL, Status.DONE), [entry("originate"), entry("originate", call_id="b")]),
    ("twice", case(HOLD, Status.UNKNOWN), [entry("hold"), entry("hold")]),
    ("wrong deed", case(HOLD, Status.UNKNOWN), [entry("hold"), entry("resume")]),
    ("wrong call", case(HOLD, Status.UNKNOWN), [entry("hold", call_id="b")]),
    ("wrong number", case(DIAL, Status.DONE), [entry("originate", number="300")]),
    ("late", case(DIAL, Status.DONE, deadline=49.0), [entry("originate")]),
    ("untruthful", case(DIAL, Status.FAILED), [entry("originate")]),
    ("untruthful", case(DIAL, Status.REFUSED), [entry("originate")]),
    ("untruthful", case(DIAL, Status.DONE), []),
    ("untruthful", case(HOLD, Status.DONE), [entry("hold")]),
    ("untruthful", case(HOLD, Status.FAILED), [entry("hold")]),
    ("untruthful", case(Command("hangup"), Status.DONE), [entry("hangup")]),
    ("untruthful when", case(DIAL, Status.UNKNOWN, again=reply(Status.DONE)), []),
]


@pytest.mark.parametrize(("wrong", "bad", "actions"), BAD)
def test_the_judge_objects(wrong: str, bad: Case, actions: list[Entry]) -> None:
    """Each kind of wrong is seen."""
    found = list(judge(bad, Facts(tuple(actions), (), ACTIVE)))
    assert [item for item in found if item.startswith(wrong)]


@pytest.mark.parametrize(
    ("good", "facts"),
    [
        (case(DIAL, Status.DONE), lambda: Facts((entry("originate"),), (), {})),
        (case(DIAL, Status.FAILED), lambda: Facts((), (), {})),
        (case(HOLD, Status.DONE), lambda: Facts((entry("hold"),), (), {"a": "holding"})),
        (case(HOLD, Status.UNKNOWN), lambda: Facts((entry("hold"),), (), ACTIVE)),
        (case(HOLD, Status.FAILED), lambda: Facts((entry("hold"),), (), {})),
    ],
)
def test_the_judge_is_content(good: Case, facts: Callable[[], Facts]) -> None:
    """What is in order is not objected to."""
    assert list(judge(good, facts())) == []
