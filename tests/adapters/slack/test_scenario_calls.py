"""Conversations about calls: followed from the first ring to the end, in one card each."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.adapters.slack.house import House, conversation
from tests.adapters.slack.person import Person
from tests.adapters.slack.surface import Message
from tests.desk import SLOW

JOHN = "+12025550101"
ROSSI = "+390655501104"


def texts(found: Any) -> list[dict[str, str]]:
    """Every text object in there."""
    if isinstance(found, list):
        return [one for item in found for one in texts(item)]
    if not isinstance(found, dict):
        return []
    mine = [found] if isinstance(found.get("text"), str) else []
    return mine + [one for item in found.values() for one in texts(item)]


async def connected(ann: Person, number: str = "200") -> Message:
    """Call somebody, and wait for the card."""
    await ann.slash("/phonebar", f"call {number}")
    await ann.sees("Outgoing call: connected")
    return next(one for one in reversed(ann.dm) if "Outgoing call: connected" in one.said)


def test_an_outgoing_call_rings_is_held_resumed_and_transferred_to_a_typed_number(
    tmp_path: Path,
) -> None:
    async def talk(here: House) -> None:
        ann = await here.linked()
        await ann.slash("/phonebar", f"call {SLOW}")
        card = await ann.sees_message("Outgoing call: ringing")
        session = int(here.phone.line.calls()[0].session_id)
        await here.far(lambda: here.phone.far.answer_far(session))
        assert await ann.sees("Outgoing call: connected") is card
        await ann.presses(card, "Hold")
        assert await ann.sees("Outgoing call: on hold") is card
        await ann.presses(card, "Resume")
        await ann.sees("Outgoing call: connected")
        await ann.presses(card, "Transfer…")
        form = await ann.sees_view(f"({SLOW})")
        await ann.submits(form, {"number": "(200)"})
        await here.until(lambda: not here.phone.states())
        await ann.no_longer_sees("Outgoing call:")
        assert card.buttons == ["Call back"]
        asked = [one for one in here.phone.assistant.journal.history(9) if one["type"] == "command"]
        pressed = ["Transfer", "Resume", "Hold", f"call {SLOW}"]
        assert [one["text"] for one in asked] == pressed

    conversation(talk, tmp_path)


def test_the_one_to_transfer_to_is_found_while_the_name_is_typed(tmp_path: Path) -> None:
    async def talk(here: House) -> None:
        ann = await here.linked()
        card = await connected(ann)
        await ann.presses(card, "Transfer…")
        form = await ann.sees_view("Transfer")
        offered = await ann.types_into(form, "people", "ross")
        assert any("Maria Rossi" in one for one in offered.texts)
        first = next(one for one in offered.texts if "Maria Rossi" in one)
        await ann.submits(form, {"people": first})
        await ann.sees("Transferred Sales (200) to Maria Rossi")
        assert not here.phone.states()

    conversation(talk, tmp_path)


def test_an_attended_transfer_speaks_first_and_connects_by_button(tmp_path: Path) -> None:
    async def talk(here: House) -> None:
        ann = await here.linked()
        card = await connected(ann)
        await ann.presses(card, "Transfer…")
        form = await ann.sees_view("Transfer")
        await ann.submits(form, {"number": "201", "how": "attended"})
        await here.until(lambda: here.phone.states() == {"200": "holding", "201": "active"})
        await here.until(lambda: any(b.startswith("Connect with") for b in card.buttons))
        (name,) = (b for b in card.buttons if b.startswith("Connect with"))
        await ann.presses(card, name, confirm=True)
        await here.until(lambda: not here.phone.states())
        await ann.no_longer_sees("Outgoing call:")

    conversation(talk, tmp_path)


def test_two_calls_become_a_conference_by_button(tmp_path: Path) -> None:
    async def talk(here: House) -> None:
        ann = await here.linked()
        card = await connected(ann)
        await ann.slash("/phonebar", "call 201")
        await here.until(lambda: "Conference" in card.buttons)
        assert "conference" in " ".join(ann.asks(card, "Conference"))
        await ann.presses(card, "Conference", confirm=True)
        await here.until(lambda: any("conference" in deed for deed in here.deeds()))
        await ann.slash("/phonebar", "hang up everything")
        await ann.sees("Hang up these 2 calls?")
        await ann.slash("/phonebar", "yes")
        await here.until(lambda: not here.phone.states())

    conversation(talk, tmp_path)


def test_an_incoming_call_is_answered_by_button(tmp_path: Path) -> None:
    async def talk(here: House) -> None:
        ann = await here.linked()
        await connected(ann)
        await ann.slash("/phonebar", "hang up")
        await here.until(lambda: not here.phone.states())
        await here.ring(JOHN)
        card = await ann.sees_message("Incoming call: ringing")
        assert "John Smith" in card.text
        assert card.buttons == ["Answer", "Transfer…", "Decline"]
        await ann.presses(card, "Answer")
        assert await ann.sees("Incoming call: connected") is card
        assert here.phone.states() == {JOHN: "active"}

    conversation(talk, tmp_path)


def test_declining_asks_first_and_no_means_no(tmp_path: Path) -> None:
    async def talk(here: House) -> None:
        ann = await here.linked()
        await here.ring(JOHN)
        card = await ann.sees_message("Incoming call: ringing")
        assert "John Smith" in " ".join(ann.asks(card, "Decline"))
        assert await ann.presses(card, "Decline", confirm=False) is None
        assert here.phone.states() == {JOHN: "incoming"}
        await ann.presses(card, "Decline", confirm=True)
        await here.until(lambda: not here.phone.states())
        await here.until(lambda: card.buttons == ["Call back"])

    conversation(talk, tmp_path)


def test_a_missed_call_says_so_and_can_be_called_back(tmp_path: Path) -> None:
    async def talk(here: House) -> None:
        ann = await here.linked()
        await here.ring(ROSSI)
        card = await ann.sees_message("Incoming call: ringing")
        session = int(here.phone.line.calls()[0].session_id)
        await here.far(lambda: here.phone.far.hangup_far(session))
        await here.until(lambda: "issed" in card.text)
        assert "Maria Rossi" in card.text
        assert "Maria Rossi" in json.dumps(card.blocks, ensure_ascii=False)
        await ann.presses(card, "Call back")
        await here.until(lambda: here.phone.states() == {ROSSI: "active"})

    conversation(talk, tmp_path)


def test_a_caller_with_a_dangerous_name_and_a_very_long_one_are_harmless(tmp_path: Path) -> None:
    rows = [
        "name,number,aliases",
        "<!channel> *x* <@U1>,+12025550155,",
        f"{'Wolfeschlegelstein ' * 40},+12025550156,",
    ]
    (tmp_path / "contacts.csv").write_text("\n".join(rows), encoding="utf-8")

    async def talk(here: House) -> None:
        ann = await here.linked()
        for number in ("+12025550155", "+12025550156"):
            await here.ring(number)
            await ann.sees("Incoming call: ringing")
            await ann.opens_home()
            await here.until(lambda: ann.home is not None)
            await ann.says("hang up")
            await here.until(lambda: not here.phone.states())
        marked = [one for one in texts([one.blocks for one in ann.dm]) if one["type"] == "mrkdwn"]
        assert marked
        assert all("<!" not in one["text"] and "<@" not in one["text"] for one in marked)
        assert all("<!channel>" not in one.text for one in ann.dm if one.bot_id)

    conversation(talk, tmp_path)


def test_the_text_of_a_card_says_all_that_its_blocks_say(tmp_path: Path) -> None:
    async def talk(here: House) -> None:
        ann = await here.linked()
        card = await connected(ann)
        assert "Sales (200)" in card.text
        assert "connected" in card.text
        await ann.presses(card, "Hang up", confirm=True)
        await here.until(lambda: "It lasted" in card.text)
        assert "Sales (200)" in card.text

    conversation(talk, tmp_path)


def test_a_whole_conversation_over_http(tmp_path: Path) -> None:
    async def talk(here: House) -> None:
        ann = await here.linked()
        card = await connected(ann)
        await ann.presses(card, "Hold")
        await ann.sees("Outgoing call: on hold")
        await ann.says("hang up")
        await here.until(lambda: card.buttons == ["Call back"])

    conversation(talk, tmp_path, http=True)
