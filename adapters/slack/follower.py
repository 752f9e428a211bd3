"""Follows one user's calls: a card for each in their direct messages, and the App Home."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from adapters.slack.cards import ENDS, live_card, over_card
from adapters.slack.home import Scene, view
from adapters.slack.message import Message, section
from adapters.slack.outbox import RESPONSE_URL, NotTaken, Outbox, Priority, Sending
from adapters.slack.posts import RESPONSE_LIFE, post_notice
from adapters.slack.store import CardRow, Link, Store
from adapters.slack.words import words_of
from assistant.contract import CallEvent, EventKind, LiveCall
from assistant.desk import Desk, DeskError
from assistant.plan import INCOMING

log = logging.getLogger(__name__)

SURFACE = "slack"
USES = 3
"""How often one response URL updates a card; the other two are for answers."""
PAST = 50
"""How many past calls are looked through for the end of one that was missed."""
AGAIN_AFTER = 5.0
"""Seconds before events that broke off are asked for again."""


@dataclass(slots=True)
class Card:
    """One call's message, from the first ring to the end."""

    follower: Follower
    call: LiveCall
    row: CardRow
    end: CallEvent | None = None
    lasted: float | None = None
    left: bool = False
    """It is not followed any more, for its user has no workstation here now."""
    _final: bool = False
    """What was sent last is the last there is to say."""
    _url: str = ""
    _uses: int = 0
    _until: float = 0.0

    def lend(self, url: str) -> None:
        """A response URL of a button on this card: it updates the card at no cost."""
        self._url, self._uses = url, USES
        self._until = asyncio.get_running_loop().time() + RESPONSE_LIFE

    @property
    def priority(self) -> Priority:
        """Ringing comes first, what is new before what changed."""
        if self.call.state is INCOMING and self.end is None:
            return Priority.URGENT
        return Priority.PROGRESS

    @property
    def route(self) -> tuple[str, str]:
        """Posted once, then updated."""
        if self.row.ts is None:
            return "chat.postMessage", self.follower.link.user
        if self._uses > 0 and asyncio.get_running_loop().time() < self._until:
            return RESPONSE_URL, self._url
        return "chat.update", str(self.row.channel)

    def message(self) -> Message:
        """What it shows now."""
        words = words_of(self.follower.link, self.follower.language)
        if self.left:
            said, _ = words.say("slack_card_left", {"who": self.call})
            return Message(said, (section(said),))
        if self.end is not None:
            return over_card(self.end, words, self.lasted)
        return live_card(self.call, self.follower.calls, words)

    async def content(self) -> Sending | None:
        """The latest state, unless Slack shows it already."""
        if self.left and self.row.ts is None:
            return None
        self._final = self.left or self.end is not None
        body = self.message().body()
        if _digest(body) == self.row.shown:
            return None
        method, to = self.route
        if method == RESPONSE_URL:
            self._uses -= 1
            return Sending(method, {**body, "replace_original": True}, to)
        body["channel"] = to
        if method == "chat.update":
            body["ts"] = self.row.ts
        return Sending(method, body, to)

    async def sent(self, sending: Sending, answer: Mapping[str, Any]) -> None:
        """Keep where it is and what it shows."""
        shown = {name: sending.body[name] for name in ("text", "blocks", "unfurl_links")}
        self.row = replace(self.row, shown=_digest(shown), over=self._final)
        if sending.method == "chat.postMessage":
            self.row = replace(self.row, channel=str(answer["channel"]), ts=str(answer["ts"]))
        await self.follower.keep(self)

    async def lost(self, error: Exception) -> None:
        """A response URL ran out, or the user removed the card: another way, or a new card."""
        if not isinstance(error, NotTaken):
            return
        if self._uses or "response_url" in str(error):
            self._uses = 0
            self.follower.show(self)
        elif "message_not_found" in str(error) and self.end is None:
            self.row = replace(self.row, channel=None, ts=None, shown=None)
            self.follower.show(self)


@dataclass(slots=True)
class Home:
    """The App Home of one user, drawn when its turn comes."""

    follower: Follower

    @property
    def priority(self) -> Priority:
        """The cards say it already."""
        return Priority.QUIET

    @property
    def route(self) -> tuple[str, str]:
        """Published whole."""
        return "views.publish", self.follower.link.user

    async def content(self) -> Sending:
        """As things are now."""
        return await home_of(self.follower.desk, self.follower.link, self.follower.language)

    async def sent(self, sending: Sending, answer: Mapping[str, Any]) -> None:
        """Nothing to keep."""

    async def lost(self, error: Exception) -> None:
        """It is drawn again at the next change."""


async def home_of(desk: Desk, link: Link, language: str) -> Sending:
    """The App Home of a linked user, as things are now."""
    calls: tuple[LiveCall, ...] | None = None
    status = None
    with contextlib.suppress(DeskError):
        calls = await desk.calls(link.agent)
        status = await desk.status(link.agent)
    habits = await desk.habits(link.agent)
    # What came before the link may have been somebody else's.
    past = [c for c in await desk.past_calls(link.agent, 20) if float(str(c["at"])) >= link.at]
    made = view(Scene(link, habits, calls, status, past), words_of(link, language))
    return Sending("views.publish", {"user_id": link.user, "view": made}, link.user)


@dataclass(slots=True)
class Follower:
    """One linked user's calls.

    Args:
        link: the user, and the workstation.
        desk: reaches it.
        store: where the cards are.
        outbox: what goes to Slack.
        language: for a user who chose none.
        busy: told whether the user is on a call, whenever that may have changed.
    """

    link: Link
    desk: Desk
    store: Store
    outbox: Outbox
    language: str
    busy: Callable[[bool], None] = lambda _busy: None
    cards: dict[str, Card] = field(default_factory=dict)

    @property
    def calls(self) -> tuple[LiveCall, ...]:
        """The calls that are up, by line."""
        live = [card.call for card in self.cards.values() if card.end is None]
        return tuple(sorted(live, key=lambda call: call.line))

    async def run(self) -> None:
        """Follow until cancelled."""
        while True:
            try:
                await self._follow()
            except DeskError as error:
                log.warning("the workstation cannot be followed: %s", error)
            except Exception:  # the other users, and this one later, must not suffer
                log.exception("while following a user's calls")
            await asyncio.sleep(AGAIN_AFTER)

    def show(self, card: Card) -> None:
        """Have a card shown as it is when its turn comes."""
        self.outbox.put(f"card:{self.link.person}:{card.call.key}", card)

    def leave(self) -> None:
        """The user is no longer linked: the cards say so, and have no buttons any more.

        What still waits to be posted is not posted.
        """
        for card in tuple(self.cards.values()):
            if card.end is None:
                card.left = True
                self.show(card)

    async def keep(self, card: Card) -> None:
        """Remember where a card is."""
        await asyncio.to_thread(self.store.keep_card, self.link.team, self.link.user, card.row)
        if card.row.over:
            self.cards.pop(card.call.key, None)

    async def _follow(self) -> None:
        events = self.desk.events(self.link.agent, self.link.person, SURFACE)
        coming = asyncio.ensure_future(anext(events))
        try:
            await asyncio.sleep(0)  # from here on nothing that happens is missed
            await self._catch_up()
            while True:
                event = await coming
                coming = asyncio.ensure_future(anext(events))
                await self._on(event)
        finally:
            coming.cancel()
            with contextlib.suppress(asyncio.CancelledError, StopAsyncIteration):
                await coming
            await events.aclose()  # type: ignore[attr-defined]

    async def _on(self, event: CallEvent) -> None:
        if event.call is None:
            words = words_of(self.link, self.language)
            said = Message(words.event(event)[0])
            post_notice(self.outbox, self.link.user, said, Priority.URGENT)
            if event.kind is EventKind.PHONEBAR_BACK:
                await self._catch_up()
        else:
            new = event.call.key not in self.cards
            card = self._card(event.call)
            card.call = event.call
            if new:
                # A missed call is told even if this ends before Slack has heard of it.
                await self.keep(card)
            if event.kind in ENDS and card.end is None:
                card.end = event
                card.lasted = float(event.call.duration) if event.call.answered else None
        self._refresh()

    def _refresh(self) -> None:
        """What can be done with one call depends on the others, so all are looked at."""
        for card in tuple(self.cards.values()):
            self.show(card)
        self.redraw()
        self.busy(any(call.answered for call in self.calls))

    def redraw(self) -> None:
        """Bring the App Home up to date, if this user looks at it."""
        if self.link.home:
            self.outbox.put(f"home:{self.link.person}", Home(self))

    def _card(self, call: LiveCall, row: CardRow | None = None) -> Card:
        if call.key not in self.cards:
            row = row or CardRow(call.key, None, None, None, over=False)
            self.cards[call.key] = Card(self, call, row)
        return self.cards[call.key]

    async def _catch_up(self) -> None:
        """Compare the cards that Slack shows with the calls that there are."""
        rows = await asyncio.to_thread(self.store.cards, self.link.team, self.link.user)
        known = {row.call: row for row in rows}
        try:
            calls = await self.desk.calls(self.link.agent)
        except DeskError as error:
            log.info("the calls cannot be compared yet: %s", error)
            return
        live = {call.key for call in calls}
        for call in calls:
            card = self._card(call, known.get(call.key))
            card.call = call
            if call.key not in known:
                await self.keep(card)
        gone = [row for row in rows if row.call not in live]
        gone += [card.row for key, card in self.cards.items() if key not in live]
        if gone:
            past = await self.desk.past_calls(self.link.agent, PAST)
            for row in gone:
                ended = next((item for item in past if item["key"] == row.call), None)
                if row.ts is not None or ended is not None:
                    self._end(row, ended)
        self._refresh()

    def _end(self, row: CardRow, past: Mapping[str, Any] | None) -> None:
        """A call that ended while nobody looked."""
        card = self.cards.get(row.call)
        if card is not None and card.end is not None:
            return
        how = EventKind(past["how"]) if past and past["how"] else EventKind.ENDED
        answered = past["answeredAt"] if past else None
        call = LiveCall(
            key=row.call,
            line=0,
            session_id="",
            number=str(past["number"]) if past else "",
            state_id=0,
            incoming=bool(past and past["incoming"]),
            duration=0,
            answered=answered is not None,
            name=past["name"] if past else None,
        )
        card = self._card(call, row)
        card.call = replace(card.call, state_id=0) if past is None else call
        card.end = CallEvent(how, card.call, float(past["endedAt"] or 0) if past else 0.0)
        if past and answered and past["endedAt"]:
            card.lasted = float(past["endedAt"]) - float(answered)


def _digest(body: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
