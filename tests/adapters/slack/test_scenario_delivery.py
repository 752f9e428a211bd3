"""What Slack's deliveries do to commands: once, in order, in time, for whoever asked."""

from __future__ import annotations

import asyncio
import logging
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.slack import service
from adapters.slack.reception import SET_STATUS
from adapters.slack.request import Place, Request
from assistant import database
from assistant.build import _set_up_log
from assistant.config import Config
from assistant.settings import LogSection, SlackSection
from tests.adapters.slack.house import AGENT, House, conversation, running, service_for

JOHN = "+12025550101"
ROSSI = "+390655501104"


def test_what_is_delivered_again_is_done_once(tmp_path: Path) -> None:
    async def talk(here: House) -> None:
        ann = await here.linked()
        said = await ann.says("call 200")
        await here.until(here.phone.states)
        before = here.deeds()
        await here.slack.deliveries.again(said)
        await here.slack.deliveries.again(said, new_envelope=True)
        slash = await ann.slash("/phonebar", "hold")
        await here.until(lambda: here.phone.states() == {"200": "holding"})
        await here.slack.deliveries.again(slash)
        await here.slack.deliveries.again(slash, new_envelope=True)
        await ann.says("calls")
        await here.until(lambda: "on hold" in ann.last.said)
        assert len(here.deeds()) == len(before) + 1

    conversation(talk, tmp_path)


@pytest.mark.parametrize("way", ["message", "mention", "slash"])
def test_what_cannot_be_kept_is_not_acknowledged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    """Slack sends an event again; a slash command it tells to have failed."""
    monkeypatch.setattr(database, "PATIENCE", 0.1)

    async def talk(here: House) -> None:
        ann = await here.linked()
        here.slack.channel("C1", "general", [ann])
        does = {
            "message": lambda: ann.says("call 200"),
            "mention": lambda: ann.mentions("call 200", "C1"),
            "slash": lambda: ann.slash("/phonebar", "call 200"),
        }
        with closing(database.connect(here.phone.config.journal_path)) as other:
            other.execute("BEGIN IMMEDIATE")
            saying = asyncio.ensure_future(does[way]())
            sent = here.slack.delivered
            await here.until(lambda: sent() and sent()[-1].attempts[0].answered.cancelled())
            other.execute("ROLLBACK")
        await saying
        if way == "slash":
            await ann.sees("/phonebar failed with the error")
            await ann.slash("/phonebar", "call 200")
        await here.until(lambda: here.phone.states() == {"200": "active"})
        await ann.sees("Calling Sales (200)")
        assert len(here.deeds()) == 1

    conversation(talk, tmp_path, http=True)


def test_an_old_event_does_nothing_and_is_told(tmp_path: Path) -> None:
    async def talk(here: House) -> None:
        ann = await here.linked()
        with here.slack.earlier(11):
            await ann.says("call 200")
        await ann.sees('"call 200" came too late')
        assert here.deeds() == []

    conversation(talk, tmp_path)


def test_of_messages_in_the_wrong_order_the_older_does_nothing(tmp_path: Path) -> None:
    async def talk(here: House) -> None:
        ann = await here.linked()
        here.slack.deliveries.holding = True
        await ann.says("call 201")
        await ann.says("call 200")
        await here.slack.deliveries.release()
        await ann.sees('"call 201" came too late')
        assert here.phone.states() == {"200": "active"}

    conversation(talk, tmp_path)


def test_forged_and_replayed_requests_are_refused(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def talk(here: House) -> None:
        ann = await here.linked()
        slash = await ann.slash("/phonebar", "help")
        await ann.sees("You can say now")
        slash.payload["text"] = "call 200"
        slash.payload["trigger_id"] = "never.seen"
        assert await here.slack.http.forged(slash) == 401
        assert await here.slack.http.replayed(slash, 301) == 401
        assert caplog.text.count("it is not signed with SLACK_SIGNING_SECRET") == 1
        await ann.slash("/phonebar", "calls")
        await ann.sees("no calls")
        assert here.deeds() == []

    conversation(talk, tmp_path, http=True)


def test_a_storm_of_refusals_delays_and_loses_nothing(tmp_path: Path) -> None:
    async def talk(here: House) -> None:
        ann = await here.linked()
        here.slack.web.limits.storm(2, "chat.postMessage")
        await here.ring(JOHN)
        await ann.says("help")
        await ann.sees("Incoming call: ringing", 10)
        await ann.sees("You can say now", 10)

    conversation(talk, tmp_path)


@pytest.mark.parametrize("fault", ["abort", "black_hole", "disconnect"])
def test_after_a_broken_connection_the_next_command_works(tmp_path: Path, fault: str) -> None:
    async def talk(here: House) -> None:
        ann = await here.linked()
        found = getattr(here.slack.sockets, fault)()
        if found is not None:
            await found
        opened = here.slack.sockets.opened
        await here.slack.until(lambda: here.slack.sockets.opened > opened, 15)
        await here.slack.connected(1, 15)
        await ann.slash("/phonebar", "call 200")
        await here.until(lambda: here.phone.states() == {"200": "active"})

    conversation(talk, tmp_path)


def test_what_waited_on_a_connection_that_stood_still_never_arrives(tmp_path: Path) -> None:
    """A slash command has no time of its own, so it must not be old: 0.75 s here, 6 s otherwise."""

    async def talk(here: House) -> None:
        ann = await here.linked()
        (link,) = here.slack.sockets.links
        link.flows.clear()
        await ann.slash("/phonebar", "call 201")
        await ann.sees("failed with the error 'operation_timeout'")
        assert here.slack.sockets.opened == 2
        await link.flow()
        await here.until(lambda: link not in here.slack.sockets.links)
        await ann.slash("/phonebar", "call 200")
        await here.until(lambda: here.phone.states() == {"200": "active"})
        assert len(here.deeds()) == 1

    conversation(talk, tmp_path)


def test_a_call_that_rang_at_the_start_and_was_missed_before_slack_took_it_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "LAST_WORDS", 0.3)

    async def talk(here: House) -> None:
        ann = here.slack.person("U1", "ann")
        here.store.link("T1", "U1", here.store.new_code(AGENT))
        await here.ring(JOHN)
        here.slack.limits.storm(1000, "chat.postMessage")
        async with running(here, service_for(here, SlackSection())):
            await here.until(lambda: here.store.cards("T1", "U1"))
        (call,) = here.phone.line.calls()
        await here.far(lambda: here.phone.far.hangup_far(int(call.session_id)))
        here.slack.limits.calm()
        async with running(here, service_for(here, SlackSection())):
            await ann.sees("Missed call from John Smith", 15)

    conversation(talk, tmp_path, replicas=0)


def test_slack_in_trouble_gets_the_latest_state_afterwards(tmp_path: Path) -> None:
    async def talk(here: House) -> None:
        ann = await here.linked()
        await here.far(lambda: here.phone.call("200"))
        card = await ann.sees_message("Outgoing call: connected")
        here.slack.fail("chat.update", "internal_error", "internal_error")
        await here.far(lambda: here.phone.do("hold"))
        await here.far(lambda: here.phone.do("resume"))
        await here.far(lambda: here.phone.do("hold"))
        assert await ann.sees("Outgoing call: on hold", 10) is card

    conversation(talk, tmp_path)


def test_after_a_restart_the_same_cards_go_on(tmp_path: Path) -> None:
    async def talk(here: House) -> None:
        ann = here.slack.person("U1", "ann")
        async with running(here, service_for(here, SlackSection())):
            await ann.says(f"link {here.store.new_code('pc')}")
            await ann.sees("Linked with")
            await here.far(lambda: here.phone.call("200"))
            await ann.sees("Outgoing call: connected")
            await here.far(lambda: here.phone.call("201"))
            await here.until(lambda: len([o for o in ann.dm if "connected" in o.said]) == 1)
            await here.until(lambda: len([o for o in ann.dm if "Outgoing" in o.said]) == 2)
        await here.far(lambda: here.phone.do("hangup", which={"number": "201"}))
        before = len(ann.dm)
        async with running(here, service_for(here, SlackSection())):
            await here.until(lambda: any(o.buttons == ["Call back"] for o in ann.dm))
            assert len(ann.dm) == before

    conversation(talk, tmp_path, replicas=0)


def test_of_two_replicas_one_keeps_the_card_and_one_acts(tmp_path: Path) -> None:
    async def talk(here: House) -> None:
        ann = await here.linked()
        said = await ann.says("call 200")
        await here.slack.deliveries.again(said, new_envelope=True)
        await here.slack.deliveries.again(said, new_envelope=True)
        await ann.sees("Outgoing call: connected")
        await ann.slash("/phonebar", "hold")
        await ann.sees("Outgoing call: on hold")
        assert len([one for one in ann.dm if "Outgoing call" in one.said]) == 1
        assert here.phone.states() == {"200": "holding"}
        assert len(here.deeds()) == 2

    conversation(talk, tmp_path, replicas=2)


def test_what_a_replica_that_is_gone_left_is_answered_and_not_done(tmp_path: Path) -> None:
    async def talk(here: House) -> None:
        ann = await here.linked()
        key = "slack:T1:trigger:1"
        place = Place("DU1", private=True)
        asked = Request(key, (key,), "T1", "U1", place, time.time(), "call 200")
        late = replace(asked, received=time.time() - 20)
        assert here.store.take(late.keys, late.dump(), "a replica that is gone")
        await ann.sees('"call 200" came too late')
        assert here.deeds() == []

    conversation(talk, tmp_path)


def test_an_unlink_that_is_delivered_after_a_newer_link_undoes_nothing(tmp_path: Path) -> None:
    async def talk(here: House) -> None:
        ann = await here.linked()
        key, place = "slack:T1:trigger:1", Place("DU1", private=True)
        late = Request(key, (key,), "T1", "U1", place, time.time() - 20, "unlink")
        assert here.store.take(late.keys, late.dump(), "a replica that is gone")
        await ann.sees("That came too late")
        assert here.store.linked_to(AGENT) is not None

    conversation(talk, tmp_path)


@pytest.mark.parametrize(
    ("status", "told"), [("ready", "You are ready"), ("pause", "That came too late")]
)
def test_of_a_status_that_a_replica_may_have_set_before_it_was_gone_what_is_seen_is_told(
    tmp_path: Path, status: str, told: str
) -> None:
    async def talk(here: House) -> None:
        ann = await here.linked()
        place, key = Place("DU1", private=True), "slack:T1:trigger:1"
        late = Request(key, (key,), "T1", "U1", place, time.time() - 20, intent=SET_STATUS)
        late = replace(late, slots={"status": status})
        assert here.store.take(late.keys, late.dump(), "a replica that is gone")
        await ann.sees(told)
        assert str(here.phone.line.status) == "ready"

    conversation(talk, tmp_path)


def test_at_the_end_what_was_asked_before_is_answered(tmp_path: Path) -> None:
    async def talk(here: House) -> None:
        ann = here.slack.person("U1", "ann")
        here.store.link("T1", "U1", here.store.new_code(AGENT))
        async with running(here, service_for(here, SlackSection())):
            await ann.slash("/phonebar", "call 200")
        assert ann.find("Calling Sales (200)")
        assert here.phone.states() == {"200": "active"}

    conversation(talk, tmp_path, replicas=0)


def test_what_slack_would_not_take_before_the_end_is_told_after_the_next_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(service, "LAST_WORDS", 0.3)

    async def talk(here: House) -> None:
        ann = here.slack.person("U1", "ann")
        here.store.link("T1", "U1", here.store.new_code(AGENT))
        async with running(here, service_for(here, SlackSection())):
            here.slack.limits.storm(1000, "chat.postMessage")
            await ann.says("call 200")
            await here.until(here.phone.states)
            await here.ring(JOHN)
            await here.until(lambda: len(here.store.cards("T1", "U1")) == 2)
        assert "did not reach Slack before the end" in caplog.text
        assert not [one for one in ann.dm if one.bot_id]
        (session,) = [c.session_id for c in here.phone.line.calls() if c.number == JOHN]
        await here.far(lambda: here.phone.far.hangup_far(int(session)))
        here.slack.limits.calm()
        async with running(here, service_for(here, SlackSection())):
            await ann.sees("Calling Sales (200)", 15)
            await ann.sees("Outgoing call: connected", 15)
            missed = await ann.sees_message("Missed call", 15)
            assert "John Smith" in missed.text
        assert len(here.deeds()) == 1

    conversation(talk, tmp_path, replicas=0)


@pytest.mark.parametrize("http", [False, True], ids=["socket", "http"])
def test_the_log_file_holds_no_secret_and_no_full_number_however_much_is_logged(
    tmp_path: Path, *, http: bool
) -> None:
    path, codes = tmp_path / "phonebar.log", list[str]()
    noisy = [logging.getLogger(name) for name in ("slack_sdk", "slack_bolt", "aiohttp")]

    async def talk(here: House) -> None:
        log = LogSection(file=str(path), level="DEBUG")
        _set_up_log(replace(here.phone.config, log=log))
        async with running(here, service_for(here, SlackSection(), http=http)):
            ann = here.slack.person("U1", "ann")
            codes.append(here.store.new_code(AGENT))
            await ann.says(f"link {codes[0]}")
            await ann.sees("Linked with")
            await ann.slash("/phonebar", f"call {JOHN}")
            card = await ann.sees_message("Outgoing call: connected")
            await ann.presses(card, "Transfer…")
            form = await ann.sees_view("Transfer")
            await ann.submits(form, {"number": ROSSI})
            await here.until(lambda: not here.phone.states())
            await ann.opens_home()
            await here.until(lambda: ann.home is not None)

    try:
        for one in noisy:
            one.setLevel(logging.DEBUG)
        conversation(talk, tmp_path, replicas=0)
    finally:
        for one in noisy:
            one.setLevel(logging.NOTSET)
        _set_up_log(Config())
    written = path.read_text(encoding="utf-8")
    assert "DEBUG" in written
    assert "views.open" in written
    for secret in (f"xoxb-{'T1'}", "xapp-1", "only-tests-know", *codes):
        assert secret not in written
    for number in (JOHN, ROSSI, JOHN[1:], ROSSI[1:]):
        assert number not in written
