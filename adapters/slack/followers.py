"""Everybody's followers; only the replica that leads has them, so that there is one card a call."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial

from adapters.slack.follower import Follower, home_of
from adapters.slack.home import unlinked_view
from adapters.slack.outbox import Outbox, Priority, Sending
from adapters.slack.store import Link, Store, person
from adapters.slack.words import words_in
from adapters.slack.workspace import refusal
from assistant.contract import LiveCall
from assistant.desk import Desk
from assistant.settings import SlackSection


@dataclass(slots=True)
class Page:
    """An App Home that is drawn once, for whoever opened it."""

    desk: Desk
    store: Store
    team: str
    user: str
    language: str
    command: str
    refusal: str = ""
    """Names the message that says why nobody of this workspace is served."""

    priority = Priority.REPLY

    @property
    def route(self) -> tuple[str, str]:
        """Published whole."""
        return "views.publish", self.user

    async def content(self) -> Sending:
        """As things are now."""
        link = await asyncio.to_thread(self.store.linked, self.team, self.user)
        if link is not None and not self.refusal:
            return await home_of(self.desk, link, self.language)
        message = self.refusal or "slack_not_linked"
        text, _ = words_in(self.language).say(message, {"command": self.command})
        body = {"user_id": self.user, "view": unlinked_view(text)}
        return Sending("views.publish", body, self.user)

    async def sent(self, sending: Sending, answer: object) -> None:
        """Nothing to keep."""

    async def lost(self, error: Exception) -> None:
        """It is drawn again when it is opened again."""


@dataclass(slots=True)
class Followers:
    """One for each linked user.

    Args:
        desk: reaches the agents.
        store: who is linked.
        outbox: what goes to Slack.
        settings: the command's name, and whose workspaces may.
        language: for users who chose none.
        team: the workspace that this app is installed in.
        busy: told of a user who is or is no longer on a call.
    """

    desk: Desk
    store: Store
    outbox: Outbox
    settings: SlackSection
    language: str
    team: str
    busy: Callable[[Link, bool], None] = lambda _link, _busy: None
    _looking: set[str] = field(default_factory=set)
    """Who has opened the App Home, perhaps before they were linked."""
    _running: dict[str, tuple[Follower, asyncio.Task[None]]] = field(default_factory=dict)

    async def attend(self, *, leading: bool) -> None:
        """Follow whoever is linked now, if this replica leads; else nobody."""
        links = await asyncio.to_thread(self.store.links) if leading else ()
        # A link may be older than what the tokens and the configuration say now.
        links = tuple(link for link in links if not refusal(link.team, self.team, self.settings))
        wanted = {(link.person, link.agent): link for link in links}
        for key, (follower, task) in tuple(self._running.items()):
            if (follower.link.person, follower.link.agent) not in wanted:
                del self._running[key]
                task.cancel()
                if leading:
                    follower.leave()
                    await self.redraw(follower.link.team, follower.link.user)
        self._looking.update(link.person for link in links if link.home)
        for link in links:
            if link.person in self._running:
                self._running[link.person][0].link = link
                continue
            busy = partial(self.busy, link)
            follower = Follower(link, self.desk, self.store, self.outbox, self.language, busy)
            self._running[link.person] = (follower, asyncio.ensure_future(follower.run()))

    async def stop(self) -> None:
        """Follow nobody any more."""
        tasks = [task for _, task in self._running.values()]
        self._running.clear()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def lend(self, team: str, user: str, key: str, url: str) -> None:
        """A response URL of a call's card, to update it with."""
        found = self._running.get(person(team, user))
        card = found[0].cards.get(key) if found else None
        if card is not None:
            card.lend(url)

    def calls(self, team: str, user: str) -> tuple[LiveCall, ...]:
        """A user's calls as they were last heard of."""
        found = self._running.get(person(team, user))
        return found[0].calls if found else ()

    async def redraw(self, team: str, user: str, *, opened: bool = False) -> None:
        """Draw a user's App Home, if they have ever looked at it.

        Args:
            team: the workspace.
            user: the user's id.
            opened: they look at it now, so it is kept up to date from here on.
        """
        if opened:
            self._looking.add(person(team, user))
        if person(team, user) not in self._looking:
            return
        link = await asyncio.to_thread(self.store.linked, team, user)
        if link is not None and not link.home:
            link = replace(link, home=True)
            await asyncio.to_thread(self.store.opened_home, team, user)
        found = self._running.get(person(team, user))
        if found is not None and link is not None:
            found[0].link = link
            for card in tuple(found[0].cards.values()):
                found[0].show(card)
        command, unserved = self.settings.command, refusal(team, self.team, self.settings)
        page = Page(self.desk, self.store, team, user, self.language, command, unserved)
        self.outbox.put(f"home:{person(team, user)}", page)
