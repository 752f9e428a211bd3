"""Ways to break the surface on purpose: a judge who never objects is worth nothing."""

from __future__ import annotations

import asyncio
import contextlib
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any
from unittest.mock import patch

from slack_bolt.async_app import AsyncApp

from adapters.slack import reception, service
from adapters.slack.app import Listeners
from adapters.slack.outbox import Limited, Outbox
from adapters.slack.posts import Post
from adapters.slack.reception import Reception
from adapters.slack.request import Request
from adapters.slack.store import Link, Store
from assistant.contract import Utterance


def _renamed(asked: Utterance) -> Utterance:
    """Another command to the Assistant; the judge still finds what it was made of."""
    return replace(asked, id=f"{uuid.uuid4().hex}:{asked.id}")


def _no_memory() -> AbstractContextManager[Any]:
    def take(self: Store, keys: tuple[str, ...], request: str, owner: str) -> bool:
        real(self, keys, request, owner)
        return True

    real = Store.take
    return patch.object(Store, "take", take)


@contextlib.contextmanager
def _ids_of_our_own() -> Iterator[None]:
    real = Reception._utterance

    async def utterance(self: Reception, request: Request, link: Link) -> Any:
        return _renamed(await real(self, request, link))

    with _no_memory(), patch.object(Reception, "_utterance", utterance):
        yield


def _never_stale() -> AbstractContextManager[Any]:
    return patch.object(reception, "STALE_AFTER", 1e6)


def _received_is_said() -> AbstractContextManager[Any]:
    real = Reception._deadline

    async def deadline(self: Reception, request: Request) -> float:
        return await real(self, replace(request, said_at=None))

    return patch.object(Reception, "_deadline", deadline)


def _no_order() -> AbstractContextManager[Any]:
    return patch.object(Store, "in_order", lambda *_: True)


@contextlib.contextmanager
def _never_stale_nor_out_of_order() -> Iterator[None]:
    with _never_stale(), _no_order():
        yield


def _no_inbox() -> AbstractContextManager[Any]:
    return patch.object(Store, "abandoned", lambda *_: ())


@contextlib.contextmanager
def _adopted_anew() -> Iterator[None]:
    real = Store.abandoned
    asked = Reception._utterance
    again: set[str] = set()

    def abandoned(self: Store, owner: str) -> tuple[str, ...]:
        found = real(self, owner)
        again.update(Request.load(text).id for text in found)
        return found

    async def utterance(self: Reception, request: Request, link: Link) -> Any:
        made = await asked(self, request, link)
        return _renamed(made) if request.id in again else made

    with (
        patch.object(Store, "abandoned", abandoned),
        patch.object(Reception, "_utterance", utterance),
    ):
        yield


def _ack_first() -> AbstractContextManager[Any]:
    async def take(self: Listeners, asked: Request, ack: Any) -> None:
        await ack()
        await asyncio.sleep(0.05)
        if await self.reception.take(asked):
            self.reception.serve(asked)

    return patch.object(Listeners, "_take", take)


def _forgotten_at_once() -> AbstractContextManager[Any]:
    real = Reception.take

    async def take(self: Reception, request: Request) -> bool:
        new = await real(self, request)
        self.store.answered(request.id)
        return new

    return patch.object(Reception, "take", take)


def _unsigned() -> AbstractContextManager[Any]:
    def app(**more: Any) -> AsyncApp:
        return AsyncApp(**more, request_verification_enabled=False)

    return patch.object(service, "AsyncApp", app)


def _lost_when_limited() -> AbstractContextManager[Any]:
    real = Outbox._later

    async def later(self: Outbox, slot: str, waiting: Any, error: Exception) -> None:
        if isinstance(error, Limited):
            await waiting.item.lost(error)
        else:
            await real(self, slot, waiting, error)

    return patch.object(Outbox, "_later", later)


def _lost_when_down() -> AbstractContextManager[Any]:
    real = Outbox._later

    async def later(self: Outbox, slot: str, waiting: Any, error: Exception) -> None:
        if isinstance(error, Limited):
            await real(self, slot, waiting, error)
        else:
            await waiting.item.lost(error)

    return patch.object(Outbox, "_later", later)


def _anybodys_phone() -> AbstractContextManager[Any]:
    def linked(self: Store, team: str, user: str) -> Link | None:
        found = self.links()
        return found[0] if found else None

    return patch.object(Store, "linked", linked)


def _any_code() -> AbstractContextManager[Any]:
    real = Store.link

    def link(self: Store, team: str, user: str, _code: str) -> Any:
        return real(self, team, user, self.new_code("pc1"))

    return patch.object(Store, "link", link)


def _said_aloud() -> AbstractContextManager[Any]:
    real = Post.content

    async def content(self: Post) -> Any:
        sending = await real(self)
        if sending.method != "chat.postEphemeral":
            return sending
        return replace(sending, method="chat.postMessage")

    return patch.object(Post, "content", content)


BREAKS: dict[str, Callable[[], AbstractContextManager[Any]]] = {
    "what was taken in before is taken in again": _no_memory,
    "the same, and each time as another command": _ids_of_our_own,
    "nothing is ever too old": _never_stale,
    "it counts when it was received, not when it was said": _received_is_said,
    "what was said later may have been done before": _no_order,
    "nothing is ever too old, nor too late for its turn": _never_stale_nor_out_of_order,
    "nobody answers for a replica that is gone": _no_inbox,
    "whoever answers for it carries the command out anew": _adopted_anew,
    "acknowledged a twentieth of a second before it is kept": _ack_first,
    "forgotten before it is answered": _forgotten_at_once,
    "signatures are not looked at (HTTP)": _unsigned,
    "what comes too often for Slack is dropped": _lost_when_limited,
    "what Slack is not well enough to take is dropped": _lost_when_down,
    "everybody has the first one's phone": _anybodys_phone,
    "any code links with the first one's phone": _any_code,
    "answers in a channel are for everybody": _said_aloud,
}
"""What is done wrongly, in words."""
