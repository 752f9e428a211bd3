"""The fake says of blocks and views what Slack would say."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.adapters.slack.blocks import check_message, check_options, check_view
from tests.adapters.slack.elements import NotPossible
from tests.adapters.slack.fake import Slack
from tests.adapters.slack.running import client_for

Json = dict[str, Any]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def button(**more: Any) -> Json:
    return {"type": "button", "text": plain("Answer"), **more}


def actions(*elements: Json) -> list[Json]:
    return [{"type": "actions", "elements": list(elements)}]


def section(text: str = "x", **more: Any) -> Json:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **more}


CONFIRM = {
    "title": plain("Sure?"),
    "text": plain("Sure?"),
    "confirm": plain("Yes"),
    "deny": plain("No"),
}
OPTIONS = [{"text": plain("One"), "value": "1"}]


@pytest.mark.parametrize(
    "blocks",
    [
        [{"type": "divider"}, {"type": "header", "text": plain("x" * 150)}],
        actions(button(value="v" * 2000, style="danger", confirm=CONFIRM, action_id="a" * 255)),
        [section("x" * 3000, accessory=button(accessibility_label="Answer the call"))],
        [{"type": "section", "fields": [plain("x" * 2000)] * 10}],
        [{"type": "context", "elements": [plain("x"), {"type": "mrkdwn", "text": "*y*"}]}],
        actions({"type": "static_select", "placeholder": plain("Who?"), "options": OPTIONS}),
        actions({"type": "external_select", "action_id": "who", "min_query_length": 0}),
        [section()] * 50,
    ],
)
def test_these_are_taken(blocks: list[Json]) -> None:
    assert check_message(blocks) == []


@pytest.mark.parametrize(
    ("blocks", "problem"),
    [
        ([section()] * 51, "no more than 50 items allowed [json-pointer:/blocks]"),
        ([section("")], "must be more than 0 characters [json-pointer:/blocks/0/text/text]"),
        ([{"type": "section"}], "missing required field: text or fields"),
        (
            [{"type": "header", "text": plain("x" * 151)}],
            "must be less than 151 characters [json-pointer:/blocks/0/text/text]",
        ),
        ([{"type": "header", "text": {"type": "mrkdwn", "text": "x"}}], "unsupported type: mrkdwn"),
        (actions(), "no fewer than 1 items allowed [json-pointer:/blocks/0/elements]"),
        (actions(*[button()] * 26), "no more than 25 items allowed"),
        (actions(button(value="v" * 2001)), "must be less than 2001 characters"),
        (actions(button(style="green")), "must be one of: primary, danger"),
        (actions(button(colour="green")), "invalid additional property: colour"),
        (actions(button(confirm={"title": plain("Sure?")})), "missing required field: text"),
        (actions({"type": "button"}), "missing required field: text"),
        (actions(button(action_id="a"), button(action_id="a")), "action_id 'a' already exists"),
        ([section(block_id="b"), section(block_id="b")], "block_id 'b' already exists"),
        (actions({"type": "plain_text_input"}), "unsupported type: plain_text_input"),
        (actions({"type": "static_select"}), "must define either options or option_groups"),
        ([{"type": "call"}], "unsupported type: call"),
        ([{"text": plain("x")}], "missing required field: type"),
    ],
)
def test_these_are_refused(blocks: list[Json], problem: str) -> None:
    assert problem in "\n".join(check_message(blocks))


def test_a_modal_that_asks_needs_a_button_to_submit_it() -> None:
    asking = {
        "type": "input",
        "label": plain("Number"),
        "element": {"type": "plain_text_input", "action_id": "number"},
    }
    modal: Json = {"type": "modal", "title": plain("Dial"), "blocks": [asking]}
    assert check_view(modal) == [
        "[ERROR] missing required field: submit [json-pointer:/view]",
    ]
    assert check_view({**modal, "submit": plain("Call")}) == []
    assert check_view({**modal, "submit": plain("Call"), "blocks": [asking] * 101}) != []


def test_options_are_at_most_a_hundred() -> None:
    assert check_options({"options": OPTIONS}) == []
    assert check_options({"options": []}) == []
    assert check_options({}) != []
    assert check_options({"options": OPTIONS * 101}) != []
    assert check_options({"options": [{"text": plain("x" * 76), "value": "1"}]}) != []


def test_a_menu_takes_what_it_offers_and_shows_what_was_chosen() -> None:
    async def run() -> None:
        async with Slack() as slack:
            john = slack.person("U1", "john")
            menu = {
                "type": "static_select",
                "action_id": "state",
                "options": [
                    {"text": plain("Ready"), "value": "ready"},
                    {"text": plain("Pause"), "value": "pause"},
                ],
            }
            blocks = actions(menu, {"type": "overflow", "action_id": "more", "options": OPTIONS})
            await client_for(slack).chat_postMessage(channel="U1", text="State", blocks=blocks)
            with pytest.raises(NotPossible):
                await john.chooses(john.last, "state", "Lunch")
            chosen = await john.chooses(john.last, "state", "Pause")
            assert chosen is not None
            (action,) = chosen.payload["actions"]
            assert action["selected_option"]["value"] == "pause"
            (values,) = chosen.payload["state"]["values"].values()
            assert values["state"]["selected_option"]["value"] == "pause"
            overflow = await john.chooses(john.last, "more", "One")
            assert overflow is not None
            assert overflow.payload["actions"][0]["type"] == "overflow"

    asyncio.run(run())
