"""Conversations when something is wrong: the phonebar away, an organisation's installation."""

from __future__ import annotations

from pathlib import Path

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
