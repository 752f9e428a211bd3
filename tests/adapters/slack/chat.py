"""The Web API's `chat.*` methods."""

from __future__ import annotations

import json
from typing import Any

from tests.adapters.slack.blocks import check_message
from tests.adapters.slack.errors import ApiError, invalid
from tests.adapters.slack.surface import Message
from tests.adapters.slack.tokens import Token
from tests.adapters.slack.world import Channel, World

Json = dict[str, Any]

LONGEST_POST = 40_000
LONGEST_UPDATE = 4_000
LONGEST_BLOCKS = 13_200
"""Characters of text in all blocks of a message together."""


def _texts(blocks: Any) -> int:
    if isinstance(blocks, dict):
        own = blocks["text"] if isinstance(blocks.get("text"), str) else ""
        return len(own) + sum(_texts(one) for one in blocks.values())
    return sum(_texts(one) for one in blocks) if isinstance(blocks, list) else 0


def content(world: World, given: Json, longest: int, where: str) -> tuple[str, list[Json]]:
    """The text and the blocks of a message, checked."""
    text, blocks = given.get("text") or "", given.get("blocks") or []
    if isinstance(blocks, str):
        try:
            blocks = json.loads(blocks)
        except ValueError:
            raise ApiError("invalid_blocks_format") from None
    if not text and not blocks and not given.get("attachments"):
        raise ApiError("no_text")
    if len(text) > longest:
        raise ApiError("msg_too_long")
    problems = check_message(blocks)
    if problems:
        raise invalid("invalid_blocks", problems)
    if _texts(blocks) > LONGEST_BLOCKS:
        raise ApiError("msg_blocks_too_long")
    if not text.strip():
        world.problem(f"{where}: blocks without a text, so that notifications say nothing")
    return text, blocks


def _target(world: World, token: Token, name: str | None) -> Channel:
    """Where to post: a channel, or a person, who gets it in the conversation with the bot."""
    user = world.users.get(name or "")
    if user is not None and user.team.id == token.team:
        found = world.dm(user)
    else:
        found = world.channels.get(name or "")
    if found is None or token.team not in {found.team.id, *found.shared_with}:
        raise ApiError("channel_not_found")
    if token.user not in found.members and "chat:write.public" not in token.scopes:
        raise ApiError("channel_not_found" if found.kind != "channel" else "not_in_channel")
    return found


def _own(world: World, token: Token, given: Json, error: str) -> Message:
    """A message that the app may change, because it is its own."""
    channel, ts = given.get("channel") or "", given.get("ts") or ""
    if any(one.channel == channel and one.ts == ts for one in world.ephemeral):
        # Slack does not find it either; a person who reads the problems is told why.
        raise ApiError("message_not_found", hint="it is ephemeral: only response_url reaches it")
    message = world.message(channel, ts)
    if message.user != token.user:
        raise ApiError(error)
    return message


def post_message(world: World, token: Token, given: Json) -> Json:
    """`chat.postMessage`."""
    channel = _target(world, token, given.get("channel"))
    text, blocks = content(world, given, LONGEST_POST, "chat.postMessage")
    author = world.users[token.user]
    message = world.post(channel, author, text, blocks, thread_ts=given.get("thread_ts"))
    return {"channel": channel.id, "ts": message.ts, "message": message.as_json()}


def post_ephemeral(world: World, token: Token, given: Json) -> Json:
    """`chat.postEphemeral`."""
    channel = _target(world, token, given.get("channel"))
    user = given.get("user")
    if user not in channel.members:
        raise ApiError("user_not_in_channel")
    text, blocks = content(world, given, LONGEST_POST, "chat.postEphemeral")
    thread, author = given.get("thread_ts"), world.users[token.user]
    message = world.post(channel, author, text, blocks, only_for=user, thread_ts=thread)
    return {"message_ts": message.ts}


def update(world: World, token: Token, given: Json) -> Json:
    """`chat.update`."""
    message = _own(world, token, given, "cant_update_message")
    text, blocks = content(world, given, LONGEST_UPDATE, "chat.update")
    message.edited = True
    message.write(text, blocks, world.clock.now())
    world.changes.made()
    world.tell(message, "changed")
    return {
        "channel": message.channel,
        "ts": message.ts,
        "text": text,
        "message": message.as_json(),
    }


def delete(world: World, token: Token, given: Json) -> Json:
    """`chat.delete`."""
    message = _own(world, token, given, "cant_delete_message")
    message.deleted = True
    world.changes.made()
    world.tell(message, "deleted")
    return {"channel": message.channel, "ts": message.ts}


def permalink(world: World, token: Token, given: Json) -> Json:
    """`chat.getPermalink`."""
    channel, ts = given.get("channel") or "", given.get("message_ts") or ""
    world.message(channel, ts)
    domain = world.teams[token.team].domain
    link = f"https://{domain}.slack.com/archives/{channel}/p{ts.replace('.', '')}"
    return {"channel": channel, "permalink": link}
