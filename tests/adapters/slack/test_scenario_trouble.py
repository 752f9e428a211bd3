"""Conversations when something is wrong: the phonebar away, an organisation's installation."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.adapters.slack.fake import Slack
from tests.adapters.slack.house import AGENT, House, conversation


def test_a_phonebar_that_goes_away_and_comes_back_is_told(
    tmp_path: Path,
) -> None:
    async def talk(here: House) -> None:
        ann = await here.linked()
        await ann.says("call 200")
        await ann.sees("Outgoing call: connected")
        client = here.phone.assistant.client
        url, client.url = client.url, "http://127.0.0.1:9"
        await here.far(here.phone.assistant.watcher._stream.close)
        await ann.sees("I say when it is back")
        before = len(here.deeds())
        await ann.says("hang up")
        await ann.sees("so nothing was done")
        assert len(here.deeds()) == before
        client.url = url
        await ann.sees("The phonebar is back")
        await ann.says("hang up")
        await here.until(lambda: not here.phone.states())

    conversation(talk, tmp_path)


@pytest.mark.parametrize("goes_on", [True, False], ids=["the call goes on", "the call is gone"])
def test_the_phonebar_is_stopped_in_mid_call_and_started_again(
    tmp_path: Path, goes_on: bool
) -> None:
    async def talk(here: House) -> None:
        ann = await here.linked()
        await ann.says("call 200")
        card = await ann.sees_message("Outgoing call: connected")
        session = int(here.phone.line.calls()[0].session_id)
        await here.far(here.phone.server.stop)
        await ann.sees("The phonebar cannot be reached. Calls may go on there")
        before = len(here.deeds())
        await ann.presses(card, "Hang up", confirm=True)
        await ann.sees("so nothing was done")
        if not goes_on:
            await here.far(lambda: here.phone.far.vanish(session))
        await here.far(here.phone.server.start)
        await ann.sees("The phonebar is back", 10)
        assert len(here.deeds()) == before
        if goes_on:
            assert "Outgoing call: connected" in card.said
            await ann.presses(card, "Hang up", confirm=True)
        await here.until(lambda: card.buttons == ["Call back"])
        assert "Sales (200)" in card.text
        assert len([one for one in ann.dm if "Sales (200)" in one.said and one.blocks]) == 1
        await ann.presses(card, "Call back")
        await here.until(lambda: here.phone.states() == {"200": "active"})

    conversation(talk, tmp_path)


def test_nobody_of_an_organisation_wide_installation_is_served(tmp_path: Path) -> None:
    async def talk(here: House) -> None:
        ann = here.slack.person("U1", "ann")
        await ann.says(f"link {here.store.new_code(AGENT)}")
        await ann.sees("only the people of its own workspace")
        await ann.slash("/phonebar", "call 200")
        await here.until(lambda: sum("only the people" in one.said for one in ann.dm) == 2)
        assert here.store.linked_to(AGENT) is None
        assert here.deeds() == []

    conversation(talk, tmp_path, slack=Slack(org_wide=True))
