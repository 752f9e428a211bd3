"""The fake reads manifests as Slack does, and then knows only what stands in them."""

from __future__ import annotations

import asyncio
import copy
from collections.abc import Callable
from typing import Any

import pytest

from tests.adapters.slack.elements import NotPossible
from tests.adapters.slack.fake import Slack
from tests.adapters.slack.manifest import problems_of

Json = dict[str, Any]

GOOD: Json = {
    "display_information": {"name": "Phonebar", "description": "Your telephone"},
    "features": {
        "bot_user": {"display_name": "phonebar", "always_online": True},
        "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True},
        "slash_commands": [
            {"command": "/phonebar", "description": "Your telephone", "should_escape": True}
        ],
        "shortcuts": [
            {
                "name": "Call this number",
                "type": "message",
                "callback_id": "call_number",
                "description": "Calls a number in a message",
            }
        ],
    },
    "oauth_config": {"scopes": {"bot": ["chat:write", "commands", "im:history"]}},
    "settings": {
        "event_subscriptions": {"bot_events": ["message.im", "app_home_opened"]},
        "interactivity": {"is_enabled": True},
        "socket_mode_enabled": True,
    },
}


def changed(change: Callable[[Json], object]) -> list[str]:
    manifest = copy.deepcopy(GOOD)
    change(manifest)
    return problems_of(manifest)


def test_a_good_one_has_nothing_wrong() -> None:
    assert problems_of(GOOD) == []


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("/status", "Slack's own"),
        ("/Phone", "lower case"),
        ("phone", "a slash"),
        (f"/{'x' * 32}", "at most 32"),
    ],
)
def test_commands_have_names_of_their_own(name: str, why: str) -> None:
    command = {"command": name, "description": "x"}
    (problem,) = changed(lambda one: one["features"]["slash_commands"].append(command))
    assert why in problem


def test_what_is_missing_or_too_long_is_said() -> None:
    def change(manifest: Json) -> None:
        manifest["display_information"] = {"name": "x" * 36, "description": "y" * 141}
        manifest["features"]["shortcuts"][0]["name"] = "z" * 25
        manifest["oauth_config"]["scopes"]["bot"] = ["chat:write", "phone:call"]
        manifest["settings"]["interactivity"] = {}
        manifest["settings"]["event_subscriptions"]["bot_events"].append("message.dm")

    problems = "\n".join(changed(change))
    for expected in (
        "display_information/name",
        "display_information/description",
        "slash_commands: need the bot scope commands",
        "shortcuts: need settings/interactivity",
        "call_number/name",
        "unknown scope phone:call",
        "message.im needs the bot scope im:history",
        "unknown event message.dm",
    ):
        assert expected in problems


def test_over_http_every_request_needs_an_address() -> None:
    problems = changed(lambda one: one["settings"].update(socket_mode_enabled=False))
    assert len(problems) == 3
    assert all("https" in one for one in problems)


def test_an_app_that_slack_would_refuse_is_refused() -> None:
    bad = copy.deepcopy(GOOD)
    bad["features"]["slash_commands"][0]["command"] = "/who"
    with pytest.raises(AssertionError, match="Slack's own"):
        Slack(manifest=bad)


def test_there_is_only_what_the_manifest_has() -> None:
    async def run() -> None:
        async with Slack(manifest=GOOD) as slack:
            john = slack.person("U1", "john")
            slack.channel("C1", "sales", [john])
            with pytest.raises(NotPossible, match="not a valid command"):
                await john.slash("/call", "200")
            with pytest.raises(NotPossible, match="no global shortcut"):
                await john.shortcut("call_number")
            with pytest.raises(NotPossible, match="not subscribed"):
                await john.mentions("call 200", "C1")
            assert await john.says("hello", "C1") is None
            assert slack.web.scopes(slack.bot_token) == "chat:write,commands,im:history"

    asyncio.run(run())
