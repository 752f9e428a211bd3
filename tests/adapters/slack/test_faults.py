"""A short run of `bench/slack_faults.py`; and the judge, who must object to what is wrong."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from phonebar.log import Entry
from tests.adapters.slack import fault_run
from tests.adapters.slack.delivery import Answer, Attempt, Delivery
from tests.adapters.slack.fake import Slack
from tests.adapters.slack.fault_judge import Case, Facts, Report, Seen, judge, unmatched
from tests.adapters.slack.house import House, conversation

SAID = 1000.0


@pytest.mark.timeout(300)
@pytest.mark.parametrize("http", [False, True], ids=["socket", "http"])
def test_nothing_is_done_or_told_wrongly(http: bool) -> None:
    """Two replicas, four people, random faults, replicas killed."""
    report = fault_run.run(60, seed=7, http=http, havoc=0.7)
    assert report.wrongs == []
    assert min(report.counts[name] for name in ("duplicates", "stale", "executed")) > 0
    assert bool(report.counts["forged"]) == http


@pytest.mark.timeout(300)
def test_nothing_goes_wrong_when_the_system_kills_a_replica() -> None:
    """Each replica is a process of its own."""
    report = fault_run.run(50, seed=11, havoc=0.6, real=True)
    assert report.wrongs == []
    assert report.counts["kills"] > 0


@pytest.mark.parametrize(
    "how", ["everybody has the first one's phone", "any code links with the first one's phone"]
)
def test_a_broken_surface_is_seen(how: str) -> None:
    """Somebody reaches a phone that is not theirs."""
    report = fault_run.run(60, seed=9, havoc=100.0, broken=how)
    assert [wrong for wrong in report.wrongs if wrong.startswith("wrong user")]


def test_slack_has_no_time_to_say_who_we_are(tmp_path: Path) -> None:
    """Neither the beginning nor a command comes to grief over it."""
    slack = Slack()
    slack.limits.storm(1, "auth.test")

    async def talk(here: House) -> None:
        slack.limits.storm(100, "auth.test")
        ann = await here.linked()
        await ann.says("call 200")
        await ann.sees("Calling Sales (200)")

    conversation(talk, tmp_path, slack=slack)


@pytest.fixture
def case() -> Iterator[Case]:
    """Somebody says "call 8001", and it is acknowledged."""
    loop = asyncio.new_event_loop()
    answered: asyncio.Future[Answer] = loop.create_future()
    answered.set_result(Answer(SAID, {}))
    delivery = Delivery("events_api", {}, attempts=[Attempt(0, "", "e", SAID, answered)])
    yield Case("U1", "pc1", "call 8001", frozenset({"originate"}), "", delivery, "1.2", SAID,
               number="8001")  # fmt: skip
    loop.close()


DIALLED = Entry(1, SAID + 1, "command", "originate", "a", 1, "8001", "slack:T1:DU1:1.2:0")
TOLD = Seen("Calling 8001.", frozenset({"U1"}), SAID + 2)


def wrongs(cases: Sequence[Case], log: Sequence[Entry], *seen: Seen, agent: str = "pc1") -> str:
    report = Report(0)
    facts = Facts({agent: log}, {"1.2": ["Calling 8001."]}, ["No."], seen)
    judge(cases, facts, report)
    return "\n".join(report.wrongs)


def test_the_judge_is_content(case: Case) -> None:
    assert wrongs([case], [DIALLED], TOLD) == ""
    assert wrongs([replace(case, number="", what="hold")], [], TOLD) == ""


def test_the_judge_sees_what_is_wrong(case: Case) -> None:
    again = replace(DIALLED, seq=2, call_id="b", key="slack:else:0")
    assert wrongs([case], [DIALLED, again], TOLD).startswith("twice")
    assert wrongs([case], [replace(DIALLED, at=SAID + 11)], TOLD).startswith("late")
    assert wrongs([case], [DIALLED], TOLD, agent="pc2").startswith("wrong user")
    assert wrongs([replace(case, forged=True)], [DIALLED], TOLD).startswith("forged")
    assert wrongs([case], [replace(DIALLED, number="8002")], TOLD).startswith("unasked")
    assert wrongs([case], [replace(DIALLED, what="hangup")], TOLD).startswith("unasked")
    assert wrongs([], [DIALLED]).startswith("unasked")
    assert wrongs([case], [DIALLED]).startswith("unanswered")
    assert wrongs([case], [DIALLED], replace(TOLD, readers=frozenset({"U2"}))).count("overheard")
    assert wrongs([case], [DIALLED], TOLD, replace(TOLD, readers=frozenset({"U1", "U2"})))


def test_the_judge_sees_what_was_done_after_what_was_said_later(case: Case) -> None:
    later = replace(case, name="1.3", said=SAID + 1, number="8003", what="call 8003")
    first = replace(DIALLED, at=SAID - 1, number="8003", key="slack:T1:DU1:1.3:0")
    told = (TOLD, replace(TOLD, text="No."))
    assert wrongs([case, later], [first, DIALLED], *told).startswith("late")


def test_the_judge_gives_each_the_answer_that_no_other_needs() -> None:
    wanted = [["a", "b"], ["a", "c"], ["a"]]
    assert list(unmatched(wanted, {"a": 1, "b": 1, "c": 1})) == []
    assert list(unmatched(wanted, {"a": 1, "b": 1})) == [2]
