"""The real Bolt app, run against the fake as it runs against Slack."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.app.async_server import AsyncSlackAppServer
from slack_sdk.web.async_client import AsyncWebClient

from tests.adapters.slack.fake import Slack


def client_for(slack: Slack, token: str = "") -> AsyncWebClient:
    """The SDK's client of this Slack."""
    return AsyncWebClient(token=token or slack.bot_token, base_url=slack.api)


def app_for(slack: Slack) -> AsyncApp:
    """An empty app."""
    return AsyncApp(client=client_for(slack), signing_secret=slack.signing_secret)


@asynccontextmanager
async def socket_mode(
    slack: Slack, app: AsyncApp, ping_interval: float = 1
) -> AsyncIterator[AsyncSocketModeHandler]:
    """The app over Socket Mode, connected."""
    handler = AsyncSocketModeHandler(app, slack.app_token, ping_interval=ping_interval)
    links = len(slack.sockets.links)
    await handler.connect_async()  # type: ignore[no-untyped-call]
    await slack.connected(links + 1)
    try:
        yield handler
    finally:
        await handler.close_async()  # type: ignore[no-untyped-call]


@asynccontextmanager
async def http_mode(slack: Slack, app: AsyncApp) -> AsyncIterator[str]:
    """The app over HTTP; its address, which the fake uses from now on."""
    server = AsyncSlackAppServer(0, "/slack/events", app, host="127.0.0.1")
    runner = web.AppRunner(server.web_app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
    slack.use_http(url)
    try:
        yield url
    finally:
        await runner.cleanup()
