"""The desk: an agent's Assistant for surfaces that are asynchronous."""

from __future__ import annotations

import asyncio

import pytest

from assistant.contract import Command, Utterance
from assistant.desk import DeskError, LocalDesk
from tests.desk import Desk


def test_a_command_its_events_and_the_calls(phone: Desk) -> None:
    async def converse() -> None:
        desk = LocalDesk(phone.assistant)
        events = desk.events("pc", "U1", "slack")
        first = asyncio.ensure_future(anext(events))
        await asyncio.sleep(0)
        command = Command("call", {"target": {"number": "200"}})
        reply = await desk.ask("pc", Utterance("", "U1", "slack", command=command))
        assert reply.status == "done"
        event = await asyncio.wait_for(first, 5)
        assert (event.kind, event.quiet) == ("dialing", True)
        assert [call.number for call in await desk.calls("pc")] == ["200"]
        assert [entry["type"] for entry in await desk.history("pc", 5)]
        await events.aclose()  # type: ignore[attr-defined]

    asyncio.run(converse())


def test_a_phonebar_that_is_away_is_an_error_of_its_own(phone: Desk) -> None:
    phone.assistant.client.url = "http://127.0.0.1:9"
    with pytest.raises(DeskError):
        asyncio.run(LocalDesk(phone.assistant).calls("pc"))


def test_people_by_the_beginning_of_a_word_of_their_name(phone: Desk) -> None:
    desk = LocalDesk(phone.assistant)

    def people(text: str, limit: int = 5) -> list[str]:
        return [person.name for person in asyncio.run(desk.people("pc", text, limit))]

    assert people("mar") == [
        "Claire Martin",
        "Marc Tyler",
        "Maria Rossi",
        "Mark Taylor",
        "Martin Clair",
    ]
    assert people("ross mar") == ["Maria Rossi"]
    assert people("zoe") == ["Zoë Müller"]
    assert people("jonh smiht") == ["John Smith"]
    assert len(people("", 3)) == 3


def test_ready_and_pause_are_set_and_read(phone: Desk) -> None:
    async def converse() -> None:
        desk = LocalDesk(phone.assistant)
        assert await desk.status("pc") == "ready"
        await desk.set_status("pc", "pause")
        assert await desk.status("pc") == "pause"
        phone.assistant.client.url = "http://127.0.0.1:9"
        for ask in (desk.status("pc"), desk.set_status("pc", "ready")):
            with pytest.raises(DeskError):
                await ask

    asyncio.run(converse())


def test_habits_are_what_is_configured(phone: Desk) -> None:
    habits = asyncio.run(LocalDesk(phone.assistant).habits("pc"))
    assert habits.languages == phone.config.assistant.languages
    assert habits.confirm == phone.config.policy.confirm


def test_past_calls_are_calls_alone_the_newest_first(phone: Desk) -> None:
    for number in ("200", "201"):
        phone.call(number)
        phone.do("hangup_all")
        phone.say("yes")
    past = asyncio.run(LocalDesk(phone.assistant).past_calls("pc", 5))
    assert [(entry["type"], entry["number"]) for entry in past] == [
        ("call", "201"),
        ("call", "200"),
    ]
    assert len(asyncio.run(LocalDesk(phone.assistant).past_calls("pc", 1))) == 1
