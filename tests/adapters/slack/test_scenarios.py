"""Conversations in Slack, with everything behind it real but the far ends."""

from __future__ import annotations

from pathlib import Path

from tests.adapters.slack.house import House, conversation


def test_a_call_from_dialling_to_its_end(tmp_path: Path) -> None:
    async def talk(here: House) -> None:
        ann = await here.linked()
        assert (await ann.slash("/phonebar", "call 200")).acked
        await ann.sees("Calling Sales (200)")
        card = await ann.sees_message("Outgoing call: connected")
        print(card.text, card.buttons)
        await ann.presses(card, "Hold")
        await ann.sees("Sales (200) is on hold")
        card = await ann.sees_message("Outgoing call: on hold")
        print(card.text, card.buttons, card.versions)
        await ann.presses(card, "Hang up", confirm=True)
        await ann.sees("It lasted")
        print(here.deeds())

    conversation(talk, tmp_path)
