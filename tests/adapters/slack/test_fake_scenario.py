"""The fake as people use it: a small Bolt app answers, updates, opens a modal, offers names."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.adapters.slack.elements import NotPossible
from tests.adapters.slack.fake import Slack
from tests.adapters.slack.running import app_for, http_mode, socket_mode
from tests.adapters.slack.surface import Message

Json = dict[str, Any]
NAMES = ["John Doe", "John Smith", "Mary Jones"]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def button(text: str, action: str, **more: Any) -> Json:
    return {"type": "button", "text": plain(text), "action_id": action, **more}


def card(text: str, *buttons: Json) -> list[Json]:
    blocks: list[Json] = [{"type": "section", "text": {"type": "mrkdwn", "text": text}}]
    return [*blocks, {"type": "actions", "elements": list(buttons)}] if buttons else blocks


CONFIRM = {
    "title": plain("Hang up?"),
    "text": plain("The call with 200 ends."),
    "confirm": plain("Hang up"),
    "deny": plain("Keep it"),
}
DIAL = {
    "type": "modal",
    "callback_id": "dial",
    "title": plain("Dial"),
    "submit": plain("Call"),
    "blocks": [
        {
            "type": "input",
            "block_id": "who",
            "label": plain("Whom?"),
            "element": {"type": "external_select", "action_id": "name", "min_query_length": 2},
        }
    ],
}


def make(slack: Slack) -> Any:
    """A telephone of a few lines."""
    app = app_for(slack)

    @app.command("/phonebar")
    async def command(ack: Any, command: Json, client: Any) -> None:
        await ack()
        if command["text"] == "dial":
            await client.views_open(trigger_id=command["trigger_id"], view=DIAL)
            return
        blocks = card("Ringing 200", button("Answer", "answer"))
        await client.chat_postMessage(channel=command["user_id"], text="Ringing 200", blocks=blocks)

    @app.action("answer")
    async def answer(ack: Any, body: Json, client: Any) -> None:
        await ack()
        blocks = card("Connected to 200", button("Hang up", "hangup", confirm=CONFIRM))
        await client.chat_update(
            channel=body["channel"]["id"],
            ts=body["message"]["ts"],
            text="Connected to 200",
            blocks=blocks,
        )

    @app.action("hangup")
    async def hang_up(ack: Any, respond: Any) -> None:
        await ack()
        await respond("The call has ended", replace_original=True)

    @app.options("name")
    async def names(ack: Any, payload: Json) -> None:
        found = [one for one in NAMES if payload["value"].lower() in one.lower()]
        await ack(options=[{"text": plain(one), "value": one} for one in found])

    @app.view("dial")
    async def submitted(ack: Any, view: Json, body: Json, client: Any) -> None:
        chosen = view["state"]["values"]["who"]["name"]["selected_option"]["value"]
        if chosen == "Mary Jones":
            await ack(response_action="errors", errors={"who": "Mary has no number"})
            return
        await ack()
        await client.chat_postMessage(channel=body["user"]["id"], text=f"Calling {chosen}")

    @app.event("message")
    async def message(say: Any, event: Json) -> None:
        await say(f"You said: {event['text']}")

    @app.event("app_mention")
    async def mention(say: Any) -> None:
        await say("Hello, channel")

    @app.event("app_home_opened")
    async def home(client: Any, event: Json) -> None:
        view = {"type": "home", "blocks": card("No calls")}
        await client.views_publish(user_id=event["user"], view=view)

    @app.shortcut("call_number")
    async def shortcut(ack: Any, body: Json, respond: Any) -> None:
        await ack()
        await respond(f"Calling what stands in: {body['message']['text']}")

    @app.shortcut("dial")
    async def everywhere(ack: Any, body: Json, client: Any) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=DIAL)

    return app


async def conversation(slack: Slack) -> None:
    john, eve = slack.person("U1", "john"), slack.person("U2", "eve")
    slack.channel("C1", "sales", [john, eve])

    assert (await john.slash("/phonebar", "call 200")).acked
    ringing = await john.sees_message("Ringing 200")
    assert ringing.buttons == ["Answer"]
    await john.presses(ringing, "Answer")
    connected = await john.sees_message("Connected to 200")
    assert connected is ringing
    assert [one.text for one in ringing.versions] == ["Ringing 200", "Connected to 200"]
    with pytest.raises(NotPossible):
        await john.presses(connected, "Answer")
    with pytest.raises(NotPossible, match="asks"):
        await john.presses(connected, "Hang up")
    assert john.asks(connected, "Hang up")[:2] == ["Hang up?", "The call with 200 ends."]
    assert await john.presses(connected, "Hang up", confirm=False) is None
    await john.presses(connected, "Hang up", confirm=True)
    await john.sees("The call has ended")

    assert eve.find("The call has ended") is None
    with pytest.raises(NotPossible):
        await eve.presses(connected, "Hang up", confirm=True)

    said = await john.says("hang up & go")
    assert said is not None
    assert said.acked
    await john.sees("You said: hang up &amp; go")
    await eve.mentions("call @john", "C1")
    greeting = await john.sees_message("Hello, channel")
    assert greeting.channel == "C1"
    assert slack.delivered("events_api")[-1].payload["event"]["text"] == "<@UBOTT1> call <@U1>"

    await john.says("call 020 7946 0958", links=True)
    await john.sees("You said: call <tel:02079460958|020 7946 0958>")

    await john.opens_home()
    await john.sees("No calls")
    assert john.home is not None

    await eve.says("ring me: 200", "C1")
    written = await john.sees_message("ring me: 200")
    await john.shortcut("call_number", written)
    answer = await john.sees_message("Calling what stands in: ring me: 200")
    assert answer.only_for == "U1"
    assert eve.find("Calling what stands in") is None

    await john.slash("/phonebar", "dial", "C1")
    view = await john.sees_view("Whom?")
    with pytest.raises(NotPossible, match="filled in"):
        await john.submits(view)
    offered = await john.types_into(view, "name", "jo")
    assert offered.texts == ["John Doe", "John Smith", "Mary Jones"]
    assert offered.took < 3
    await john.submits(view, {"name": "Mary Jones"})
    assert view.errors == {"who": "Mary has no number"}
    assert john.view is view
    await john.submits(view, {"name": "John Smith"})
    await john.sees("Calling John Smith")
    assert john.view is None
    await eve.shortcut("dial")
    await eve.closes(await eve.sees_view())
    assert slack.problems == []


def test_a_conversation_over_socket_mode() -> None:
    async def run() -> None:
        async with Slack() as slack, socket_mode(slack, make(slack)):
            await conversation(slack)
            assert {one.attempts[0].via for one in slack.delivered()} == {"link1"}

    asyncio.run(run())


def test_a_conversation_over_http() -> None:
    async def run() -> None:
        async with Slack() as slack, http_mode(slack, make(slack)):
            assert await slack.http.verify()
            await conversation(slack)

    asyncio.run(run())


def test_with_an_organisation_wide_installation() -> None:
    async def run() -> None:
        async with Slack(org_wide=True) as slack, socket_mode(slack, make(slack)):
            john = slack.person("U1", "john")
            await john.slash("/phonebar", "call 200")
            ringing = await john.sees("Ringing 200")
            await john.presses(ringing, "Answer")
            await john.sees("Connected to 200")
            (first,) = slack.delivered("slash_commands")
            assert first.payload["enterprise_id"] == "E1"
            assert first.payload["is_enterprise_install"] == "true"
            assert slack.delivered("interactive")[0].payload["team"] is None

    asyncio.run(run())


def test_a_stranger_from_another_company() -> None:
    async def run() -> None:
        async with Slack() as slack, socket_mode(slack, make(slack)):
            john = slack.person("U1", "john")
            other = slack.team("T9", "Globex", installed=False)
            stranger = slack.person("U9", "stranger", team=other)
            slack.channel("C1", "shared", [john, stranger])
            with pytest.raises(NotPossible, match="stranger"):
                await stranger.slash("/phonebar", "call 200", "C1")
            delivery = await stranger.mentions("call 200", "C1")
            payload = delivery.payload
            assert payload["is_ext_shared_channel"] is True
            assert payload["context_team_id"] == "T1"
            assert payload["event"]["user_team"] == "T9"
            hello = await stranger.sees("Hello, channel")
            assert isinstance(hello, Message)
            assert slack.problems == []

    asyncio.run(run())


def test_what_an_app_must_be_able_to_ignore() -> None:
    async def run() -> None:
        async with Slack() as slack, socket_mode(slack, make(slack)):
            slack.echoes = True
            john = slack.person("U1", "john")
            slack.channel("C1", "sales", [john])
            await john.says("hello")
            await john.sees("You said: hello")
            edited = await john.edits(john.dm[0], "hello again")
            assert edited is not None
            assert edited.payload["event"]["subtype"] == "message_changed"
            noise = await slack.bot_says("deploy finished", "C1")
            assert noise.payload["event"]["bot_id"] == "BOTHER"
            await slack.until(
                lambda: any(
                    one.payload["event"].get("bot_profile") for one in slack.delivered("events_api")
                )
            )

    asyncio.run(run())
