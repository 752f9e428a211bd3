"""The reception: takes each request once, asks the user's Assistant, and sees to the answer.

taken in      before Slack is told that it was received, so that no crash loses it
let in        one's own workstation only
in its turn   one after the other for each user; what comes too late or out of order does nothing
answered      kept until Slack has the answer; another replica answers if this one ends
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
import sqlite3
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace

from adapters.slack.markup import plain, undecorated, users_in
from adapters.slack.message import Message
from adapters.slack.outbox import Outbox, Priority
from adapters.slack.people import People
from adapters.slack.posts import Post, post_notice
from adapters.slack.replies import answer
from adapters.slack.request import Request
from adapters.slack.sender import SlackTime
from adapters.slack.store import Link, Store
from adapters.slack.words import words_of
from adapters.slack.workspace import refusal
from assistant.contract import Command, Status, Utterance
from assistant.desk import Desk, DeskError
from assistant.settings import SlackSection

log = logging.getLogger(__name__)

SURFACE = "slack"
STALE_AFTER = 10.0
"""Seconds after which a command that was said is not carried out any more."""

CLOCKS_APART = 2.0
"""Seconds by which this PC's clock and Slack's may differ, as far as that can be known."""

SLEPT = 3.0
"""Seconds without a sign of the event loop after which what comes in may be old."""

SET_STATUS = "set_status"
"""The intent of the button in the App Home that makes ready or pauses; only this surface has it."""

_TRIES = 5
_LINK = re.compile(r"\s*link(?:\s+(?P<code>[A-Za-z0-9]{4}-[A-Za-z0-9]{4}))?\s*", re.ASCII)
_UNLINK = re.compile(r"\s*unlink\s*", re.ASCII)


@dataclass(slots=True)
class Reception:
    """Takes requests. Used from one event loop.

    Args:
        desk: reaches the agents' Assistants.
        store: what is remembered.
        outbox: what goes to Slack.
        people: who is mentioned.
        clock: Slack's time and ours.
        settings: who may, and where.
        owner: this replica's name.
        language: spoken with whoever chose none.
        team: the workspace that this app is installed in.
        bot: the app's own user there.
        redraw: draws the App Home of a user, by workspace and id, who linked or unlinked.
    """

    desk: Desk
    store: Store
    outbox: Outbox
    people: People
    clock: SlackTime
    settings: SlackSection
    owner: str
    language: str
    team: str
    bot: str = ""
    redraw: Callable[[str, str], Awaitable[None]] | None = None
    _turns: defaultdict[str, asyncio.Lock] = field(
        default_factory=lambda: defaultdict(asyncio.Lock)
    )
    _running: set[asyncio.Task[None]] = field(default_factory=set)
    _ticked: float = 0.0
    _woke: float = 0.0

    def tick(self) -> None:
        """Called twice a second; where it was not, this PC slept, or was stopped."""
        now = time.time()
        if self._ticked and now - self._ticked > SLEPT:
            self._woke = now
        self._ticked = now

    def dated(self, request: Request) -> Request:
        """The request, with what waited while this PC slept counted as old.

        Over Socket Mode Slack does not say when a slash command or a form was sent.
        """
        now = time.time()
        untimed = request.said_at is None and request.sent_at is None
        slept = now - self._ticked > SLEPT or now - self._woke < SLEPT
        if untimed and self._ticked and slept:
            return replace(request, received=request.received - 2 * STALE_AFTER)
        return request

    async def take(self, request: Request) -> bool:
        """Take a request in; whether it is new, and so to be served here."""
        return await asyncio.to_thread(self.store.take, request.keys, request.dump(), self.owner)

    def serve(self, request: Request) -> asyncio.Task[None]:
        """Carry out and answer, in the background."""
        task = asyncio.ensure_future(self._serve(request))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return task

    async def adopt(self) -> None:
        """Answer what replicas that are gone left unanswered; their commands are not repeated."""
        for text in await asyncio.to_thread(self.store.abandoned, self.owner):
            log.info("answering for a replica that is gone")
            self.serve(Request.load(text))

    async def finish(self, seconds: float) -> None:
        """Let what is under way come to its end, so many seconds at most."""
        if self._running:
            await asyncio.wait(tuple(self._running), timeout=seconds)
        for task in tuple(self._running):
            task.cancel()

    async def admit(self, request: Request) -> Link | str:
        """The user's link; or the name of the message that says why there is none."""
        if request.stranger:
            return "slack_stranger"
        if unserved := refusal(request.team, self.team, self.settings):
            return unserved
        allowed = self.settings.channels
        if allowed and not request.place.private and request.place.channel not in allowed:
            return "slack_wrong_channel"
        link = await asyncio.to_thread(self.store.linked, request.team, request.user)
        return link or "slack_not_linked"

    async def tell(self, request: Request, message: str, **details: object) -> bool:
        """Say something to whoever asked, by the name of its message."""
        link = await asyncio.to_thread(self.store.linked, request.team, request.user)
        words = words_of(link, self.language)
        text, _ = words.say(message, {"command": self.settings.command, **details})
        return await self._deliver(request, Message(text))

    async def _serve(self, request: Request) -> None:
        try:
            async with self._turns[request.person]:
                message, urgent = await self._answer(request)
        except DeskError:
            log.exception("the agent's workstation cannot be asked")
            message, urgent = self._words(None, "slack_desk_away"), True
        except Exception:  # whatever it is, the user must hear of it
            log.exception("while serving a request")
            message, urgent = self._words(None, "internal_error"), True
        if request.answering and request.place.response_url:
            said = self._words(None, "slack_chosen", what=request.label or request.text)
            post = Post(said, request.place, request.user, replaces=True)
            self.outbox.put(f"chosen:{request.id}", post)
        if not await self._deliver(request, message, urgent=urgent):
            log.warning("a user could not be answered: Slack did not take it")
        for _ in range(_TRIES):
            with contextlib.suppress(sqlite3.Error):  # locked; else it would be told twice
                await asyncio.to_thread(self.store.answered, request.id)
                break

    async def _answer(self, request: Request) -> tuple[Message, bool]:
        """What to say, and whether it is urgent."""
        linking = None if request.command else _LINK.fullmatch(plain(request.text))
        link = await self.admit(request)
        if linking and link not in {"slack_stranger", "slack_wrong_team"}:
            said = await self._link(request, linking["code"])
            await self._drawn(request)
            return said, False
        if isinstance(link, str):
            return self._words(None, link), True
        if not request.command and _UNLINK.fullmatch(plain(request.text)):
            if self._began(request) + CLOCKS_APART < link.at:
                return self._words(link, "too_late"), False  # the link came after it was said
            await asyncio.to_thread(self.store.unlink, request.team, request.user)
            await self._drawn(request)
            return self._words(link, "slack_unlinked", agent=link.agent), False
        if request.intent == SET_STATUS:
            return await self._set_status(request, link), False
        mentioned = set(users_in(request.text)) - {self.bot}
        names = await self.people.names(mentioned)
        if mentioned - names.keys():
            # Left out, "hang up @john" would be "hang up": somebody else's call.
            return self._words(link, "slack_unknown_mention"), True
        reply = await self.desk.ask(link.agent, await self._utterance(request, link, names))
        hide = not request.place.private and not self.settings.full_numbers_in_channels
        words = words_of(link, self.language)
        return answer(reply, words, hide_numbers=hide), reply.status in {
            Status.FAILED,
            Status.UNKNOWN,
        }

    async def _utterance(self, request: Request, link: Link, names: dict[str, str]) -> Utterance:
        text = undecorated(plain(request.text, names))
        return Utterance(
            text or (request.label if request.command else ""),
            request.person,
            SURFACE,
            link.language,
            command=request.command or (None if text else Command("help")),
            id=request.id,
            deadline=await self._deadline(request),
            answering=request.answering,
            confirm=link.confirm,
            since=link.at,
        )

    async def _set_status(self, request: Request, link: Link) -> Message:
        """Ready, or a pause; setting it twice is no different from setting it once."""
        status = str((request.slots or {})["status"])
        late = time.time() > await self._deadline(request)
        why, seen = "", None
        try:
            if not late:
                await self.desk.set_status(link.agent, status)
        except DeskError as error:
            why = str(error)
        with contextlib.suppress(DeskError):
            seen = await self.desk.status(link.agent)
        if seen == status:
            # Of a late one too: a replica that is gone may have set it.
            return self._words(link, f"slack_home_{status}")
        if late:
            return self._words(link, "too_late")
        if why and seen is not None:
            return self._words(link, "slack_status_failed", why=why)
        return self._words(link, "slack_status_unseen")

    async def _deadline(self, request: Request) -> float:
        """When it is too late by this PC's clock; long ago if something later was served before."""
        deadline = self._began(request) + STALE_AFTER
        if request.said_at is None:
            return deadline
        ordered = await asyncio.to_thread(
            self.store.in_order, request.team, request.user, request.said_at
        )
        return deadline if ordered else 1.0

    def _began(self, request: Request) -> float:
        """When it was said, as early as is known, by this PC's clock."""
        told = [at for at in (request.said_at, request.sent_at) if at is not None]
        return min([request.received, *map(self.clock.here, told)])

    async def _link(self, request: Request, code: str | None) -> Message:
        if not code:
            return self._words(None, "slack_not_linked")
        who = (request.team, request.user)
        if not await asyncio.to_thread(self.store.may_try, *who):
            return self._words(None, "slack_too_many_codes")
        link, replaced = await asyncio.to_thread(self.store.link, *who, code)
        if link is None:
            made = await asyncio.to_thread(self.store.linked, *who)
            if made is not None and made.at >= request.received:
                # By this very request, at a replica that ended before it could say so.
                return self._words(made, "slack_linked", agent=made.agent)
            return self._words(None, "slack_wrong_code")
        if replaced is not None:
            said = self._words(replaced, "slack_replaced", agent=link.agent)
            post_notice(self.outbox, replaced.user, said)
        return self._words(link, "slack_linked", agent=link.agent)

    async def _drawn(self, request: Request) -> None:
        if self.redraw is not None:
            await self.redraw(request.team, request.user)

    async def _deliver(self, request: Request, message: Message, *, urgent: bool = False) -> bool:
        """Have it told, by another way if the first one is closed; whether Slack took it."""
        priority = Priority.URGENT if urgent else Priority.REPLY
        post = Post(message, request.place, request.user, priority)
        self.outbox.put(f"answer:{request.id}", post)
        if await post.done:
            return True
        if not request.place.response_url and request.place.private:
            return False
        private = replace(request.place, channel=request.user, private=True, response_url=None)
        post = Post(message, replace(private, thread=None), request.user, priority)
        self.outbox.put(f"answer:{request.id}", post)
        return await post.done

    def _words(self, link: Link | None, message: str, **details: object) -> Message:
        words = words_of(link, self.language)
        text, _ = words.say(message, {"command": self.settings.command, **details})
        return Message(text)
