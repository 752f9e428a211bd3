"""The fake's Web API refuses what Slack refuses, by Slack's names, to the real SDK."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from tests.adapters.slack.clock import DrivenClock
from tests.adapters.slack.fake import Slack
from tests.adapters.slack.running import client_for

Json = dict[str, Any]
VIEW: Json = {"type": "modal", "title": {"type": "plain_text", "text": "T"}, "blocks": []}
LONG = [{"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3001}}]


async def refused(call: Awaitable[Any]) -> Any:
    with pytest.raises(SlackApiError) as caught:
        await call
    return caught.value.response


def with_slack(scenario: Callable[[Slack, AsyncWebClient], Awaitable[None]]) -> Slack:
    async def run() -> Slack:
        async with Slack(DrivenClock()) as slack:
            slack.person("U1", "john")
            slack.channel("C1", "sales", bot=False)
            await scenario(slack, client_for(slack))
            return slack

    return asyncio.run(run())


def test_tokens_are_looked_at() -> None:
    async def scenario(slack: Slack, client: AsyncWebClient) -> None:
        stranger = client_for(slack, "xoxb-nobody")
        assert (await refused(stranger.auth_test()))["error"] == "invalid_auth"
        async with aiohttp.ClientSession() as web, web.post(slack.api + "auth.test") as answer:
            assert (await answer.json())["error"] == "not_authed"
        unknown = await refused(client.api_call("chat.shout"))
        assert unknown["error"] == "unknown_method"
        wrong = await refused(client.apps_connections_open(app_token=slack.bot_token))
        assert wrong["error"] == "not_allowed_token_type"
        assert (await client.auth_test())["bot_id"] == "BT1"

    assert len(with_slack(scenario).problems) == 4


def test_scopes_are_looked_at() -> None:
    async def scenario(slack: Slack, client: AsyncWebClient) -> None:
        answer = await client.auth_test()
        assert "chat:write" in answer.headers["x-oauth-scopes"].split(",")
        john = slack.person("U2", "mary")
        token = slack.allow(john, "users.profile:read")
        missing = await refused(
            client_for(slack, token).users_profile_set(profile={"status_text": "On a call"})
        )
        assert missing["error"] == "missing_scope"
        assert missing["needed"] == "users.profile:write"
        assert missing["provided"] == "users.profile:read"

    with_slack(scenario)


@pytest.mark.filterwarnings("ignore:The top-level `text`")
def test_messages_that_slack_would_not_take() -> None:
    async def scenario(slack: Slack, client: AsyncWebClient) -> None:
        post = client.chat_postMessage
        assert (await refused(post(channel="C9", text="x")))["error"] == "channel_not_found"
        assert (await refused(post(channel="C1", text="x")))["error"] == "not_in_channel"
        assert (await refused(post(channel="U1")))["error"] == "no_text"
        assert (await refused(post(channel="U1", text="x" * 40_001)))["error"] == "msg_too_long"
        invalid = await refused(post(channel="U1", text="x", blocks=LONG))
        assert invalid["error"] == "invalid_blocks"
        assert invalid["response_metadata"]["messages"] == [
            "[ERROR] must be less than 3001 characters [json-pointer:/blocks/0/text/text]"
        ]

    assert len(with_slack(scenario).problems) == 5


def test_only_own_messages_are_changed_and_ephemeral_ones_never() -> None:
    async def scenario(slack: Slack, client: AsyncWebClient) -> None:
        john = slack.person("U1", "john")
        await client.chat_postMessage(channel="U1", text="x")
        own = john.last
        await client.chat_update(channel=own.channel, ts=own.ts, text="y")
        assert own.said == "y"
        by_user = await refused(client.chat_update(channel="U1", ts=own.ts, text="z"))
        assert by_user["error"] == "channel_not_found"
        await asyncio.gather(john.says("mine"), _pass(slack))
        his = john.dm[-1]
        theirs = await refused(client.chat_update(channel=his.channel, ts=his.ts, text="z"))
        assert theirs["error"] == "cant_update_message"
        posted = await client.chat_postEphemeral(channel=own.channel, user="U1", text="psst")
        ts = posted["message_ts"]
        ephemeral = await refused(client.chat_update(channel=own.channel, ts=ts, text="z"))
        assert ephemeral["error"] == "message_not_found"
        link = await client.chat_getPermalink(channel=own.channel, message_ts=own.ts)
        assert own.ts.replace(".", "") in link["permalink"]
        await client.chat_delete(channel=own.channel, ts=own.ts)
        gone = await refused(client.chat_delete(channel=own.channel, ts=own.ts))
        assert gone["error"] == "message_not_found"

    with_slack(scenario)


async def _pass(slack: Slack) -> None:
    """Nobody listens, so nothing is waited for; let the event fail."""
    await asyncio.sleep(0)
    assert isinstance(slack.clock, DrivenClock)
    await slack.clock.advance(3)


@pytest.mark.filterwarnings("ignore:The top-level `text`")
def test_blocks_without_a_text_are_a_problem_although_slack_takes_them() -> None:
    async def scenario(slack: Slack, client: AsyncWebClient) -> None:
        await client.chat_postMessage(channel="U1", blocks=[{"type": "divider"}], text="")

    (problem,) = with_slack(scenario).problems
    assert "blocks without a text" in problem


def test_a_trigger_opens_one_modal_within_three_seconds() -> None:
    async def scenario(slack: Slack, client: AsyncWebClient) -> None:
        assert isinstance(slack.clock, DrivenClock)
        triggers = slack.world.triggers
        late = triggers.new("U1", "T1")
        await slack.clock.advance(3.1)
        expired = await refused(client.views_open(trigger_id=late, view=VIEW))
        assert expired["error"] == "expired_trigger_id"
        soon = triggers.new("U1", "T1")
        opened = await client.views_open(trigger_id=soon, view=VIEW)
        twice = await refused(client.views_open(trigger_id=soon, view=VIEW))
        assert twice["error"] == "exchanged_trigger_id"
        made_up = await refused(client.views_open(trigger_id="1.2.x", view=VIEW))
        assert made_up["error"] == "invalid_trigger_id"
        bad = {**VIEW, "title": {"type": "plain_text", "text": "t" * 25}}
        invalid = await refused(client.views_open(trigger_id=triggers.new("U1", "T1"), view=bad))
        assert invalid["error"] == "invalid_arguments"
        view = opened["view"]
        await client.views_update(view_id=view["id"], hash=view["hash"], view=VIEW)
        stale = await refused(client.views_update(view_id=view["id"], hash=view["hash"], view=VIEW))
        assert stale["error"] == "hash_conflict"
        for _ in range(2):
            await client.views_push(trigger_id=triggers.new("U1", "T1"), view=VIEW)
        deep = await refused(client.views_push(trigger_id=triggers.new("U1", "T1"), view=VIEW))
        assert deep["error"] == "push_limit_reached"

    with_slack(scenario)


def test_updates_are_limited_and_the_sdk_waits_as_long_as_it_is_told() -> None:
    async def scenario(slack: Slack, client: AsyncWebClient) -> None:
        assert isinstance(slack.clock, DrivenClock)
        posted = await client.chat_postMessage(channel="U1", text="0")
        where = {"channel": posted["channel"], "ts": posted["ts"]}
        for number in range(50):
            await client.chat_update(**where, text=str(number))
        often = await refused(client.chat_update(**where, text="51"))
        assert often["error"] == "ratelimited"
        assert often.status_code == 429
        assert int(often.headers["Retry-After"]) == 60
        await slack.clock.advance(60)
        await client.chat_update(**where, text="52")
        slack.limits.storm(1, retry_after=1)
        client.retry_handlers.append(AsyncRateLimitErrorRetryHandler(max_retry_count=1))
        await client.chat_update(**where, text="53")
        assert [one.error for one in slack.calls("chat.update")[-3:]] == ["", "ratelimited", ""]
        assert len(slack.limits.refused) == 2

    assert with_slack(scenario).problems == []


def test_one_channel_takes_about_one_message_a_second() -> None:
    async def scenario(slack: Slack, client: AsyncWebClient) -> None:
        assert isinstance(slack.clock, DrivenClock)
        for _ in range(4):
            await client.chat_postMessage(channel="U1", text="x")
        often = await refused(client.chat_postMessage(channel="U1", text="x"))
        assert often.headers["Retry-After"] == "1"
        slack.person("U2", "mary")
        await client.chat_postMessage(channel="U2", text="x")
        await slack.clock.advance(1)
        await client.chat_postMessage(channel="U1", text="x")

    with_slack(scenario)


def test_a_status_is_set_by_a_person_s_own_token_and_ends_by_itself() -> None:
    async def scenario(slack: Slack, client: AsyncWebClient) -> None:
        assert isinstance(slack.clock, DrivenClock)
        john = slack.person("U1", "john")
        status = {"status_text": "On a call", "status_emoji": ":telephone_receiver:"}
        bot = await refused(client.users_profile_set(profile=status))
        assert bot["error"] == "not_allowed_token_type"
        token = slack.allow(john)
        own = client_for(slack, token)
        until = int(slack.clock.now()) + 60
        await own.users_profile_set(profile={**status, "status_expiration": until})
        assert john.user.status_text == "On a call"
        await slack.clock.advance(61)
        profile = (await own.users_profile_get())["profile"]
        assert profile["status_text"] == ""
        slack.revoke(token)
        assert (await refused(own.users_profile_get()))["error"] == "token_revoked"

    with_slack(scenario)


def test_a_response_url_takes_five_answers_within_half_an_hour() -> None:
    async def scenario(slack: Slack, client: AsyncWebClient) -> None:
        assert isinstance(slack.clock, DrivenClock)
        john = slack.person("U1", "john")
        dm = slack.world.channels["DU1"]
        url = AsyncWebhookClient(slack._answers.urls.new("U1", slack.home_team, dm))
        assert (await url.send(text="first")).status_code == 200
        first = john.last
        assert first.only_for == "U1"
        await url.send(text="changed", replace_original=True)
        assert first.text == "changed"
        await url.send(text="for all", response_type="in_channel")
        assert john.last.only_for is None
        assert (await url.send(text="x", blocks=LONG)).status_code == 400
        await url.send(delete_original=True)
        assert first.deleted
        sixth = await url.send(text="too many")
        assert sixth.status_code == 404
        assert "used_url" in sixth.body
        old = AsyncWebhookClient(slack._answers.urls.new("U1", slack.home_team, dm))
        await slack.clock.advance(30 * 60 + 1)
        assert "expired_url" in (await old.send(text="late")).body

    with_slack(scenario)


def test_people_channels_and_teams_are_looked_up() -> None:
    async def scenario(slack: Slack, client: AsyncWebClient) -> None:
        john = slack.person("U1", "john", locale="it-IT")
        slack.channel("C2", "support", [john])
        user = (await client.users_info(user="U1", include_locale=True))["user"]
        assert (user["name"], user["locale"], user["is_stranger"]) == ("john", "it-IT", False)
        assert (await client.conversations_info(channel="C2"))["channel"]["name"] == "support"
        assert (await client.conversations_members(channel="C2"))["members"] == ["U1", "UBOTT1"]
        assert (await client.conversations_open(users="U1"))["channel"]["id"] == "DU1"
        assert (await client.team_info())["team"]["domain"] == "acme"
        assert (await refused(client.users_info(user="U7")))["error"] == "user_not_found"

    with_slack(scenario)


def test_errors_can_be_ordered() -> None:
    async def scenario(slack: Slack, client: AsyncWebClient) -> None:
        slack.fail("chat.postMessage", "internal_error")
        broken = await refused(client.chat_postMessage(channel="U1", text="x"))
        assert broken["error"] == "internal_error"
        await client.chat_postMessage(channel="U1", text="x")

    assert with_slack(scenario).problems == []
