"""A far end that sends us on, real telephones: where the settings allow it, and nowhere else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("pjsua2", reason="needs the sip extra: pip install phonebar-assistant[sip]")

from assistant.language import languages, load_language
from assistant.tracker import Tracker
from assistant.wording import Wording
from phonebar.protocol import Call
from tests.phonebar.sip.baresip import Baresip, baresip
from tests.phonebar.sip.phones import Phone, eventually, phones


@pytest.fixture
def far(tmp_path: Path) -> Iterator[Baresip]:
    with baresip(tmp_path / "far", "201", 440, options="regint=0;answermode=auto") as found:
        yield found


@pytest.fixture
def both(far: Baresip) -> Iterator[tuple[Phone, Phone]]:
    """One that may be sent on to 300, and who has that number."""
    codecs = ("PCMA/8000",)
    here = {"calls": 1, "refer_to": ("300",), "codecs": codecs}
    there = {"user": "300", "domain": "127.0.0.1:9", "codecs": codecs}
    with phones(here, there) as (one, other):
        yield one, other


def talking(one: Phone, far: Baresip) -> None:
    far.command("dial", f"sip:100@127.0.0.1:{one.backend.standing.port}")
    one.until("incoming")
    one.line.answer()
    one.until("active")


def test_whoever_talks_to_us_may_send_us_on(both: tuple[Phone, Phone], far: Baresip) -> None:
    one, other = both
    talking(one, far)
    (first,) = one.calls
    far.command("transfer", f"sip:300@127.0.0.1:{other.backend.standing.port}")
    other.until("incoming")
    new = next(call for call in one.calls if call.session_id != first.session_id)
    assert (new.number, new.incoming, new.extra["referred"]) == ("300", False, True)
    assert "is sending you on to 300" in told_first(one.calls)
    other.line.answer()
    other.until("active")
    eventually(lambda: "active" in one.states() and far_gone(one, first.extra["callId"]))
    assert one.talks_to() == ["300"]


def told_first(calls: tuple[Call, ...]) -> str:
    """What the assistant says when it sees these calls, after there were none."""
    tracker, wording = Tracker(), Wording(load_language("en").messages)
    tracker.feed((), 0.0)
    return " ".join(wording.event(event)[0] for event in tracker.feed(calls, 1.0))


def far_gone(one: Phone, call_id: str) -> bool:
    """Baresip hangs up once it is told that we reached whom it named."""
    states = {call.extra["callId"]: call.extra["state"] for call in one.calls}
    return states.get(call_id, "gone") in {"released", "gone"}


def test_to_another_number_nobody_is_sent(both: tuple[Phone, Phone], far: Baresip) -> None:
    one, other = both
    talking(one, far)
    far.command("transfer", f"sip:301@127.0.0.1:{other.backend.standing.port}")
    eventually(lambda: "603" in far.log, lambda: far.log)
    assert (len(one.calls), other.calls) == (1, ())


def test_nobody_is_sent_on_while_another_call_is_being_dialled(
    both: tuple[Phone, Phone], far: Baresip
) -> None:
    one, other = both
    talking(one, far)
    one.line.originate("300")
    eventually(other.states)
    far.command("transfer", f"sip:300@127.0.0.1:{other.backend.standing.port}")
    eventually(lambda: "603" in far.log, lambda: far.log)
    assert len(other.states()) == 1


def test_every_language_says_that_one_is_sent_on() -> None:
    for code in languages():
        language = load_language(code)
        assert "{who}" in language.messages["event_referred"]
        assert "{who}" in language.brief["event_referred"]
