"""People who do one random thing after the other, and remember how it could be told."""

from __future__ import annotations

import contextlib
import json
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from adapters.slack.words import words_in
from tests.adapters.slack.delivery import Delivery
from tests.adapters.slack.elements import NotPossible, interactive
from tests.adapters.slack.fault_judge import Case
from tests.adapters.slack.person import Person
from tests.adapters.slack.surface import Surface, View
from tests.desk import Desk
from tests.fault_judge import DEEDS

ANYTHING = frozenset(deed for deeds in DEEDS.values() for deed in deeds)
EVERYTHING = ("call", "hold", "resume", "answer", "hangup", "transfer", "who")
LETTERS = "ABCDEFGHJKMNPQRSTVWXYZ23456789"
LINKS = 0.15
"""How often somebody does something about their link, if they do at all."""
AWAY_WORDS = "cannot be reached"
TRANSFER = "form:transfer"
TRANSFERS = frozenset({"transfer", "deflect", "resume"})
LATELY = 12
"""So many of the latest messages are looked at for something to press."""


@dataclass(frozen=True, slots=True)
class Doing:
    """What somebody meant."""

    what: str
    deeds: frozenset[str]
    number: str = ""
    told: tuple[str, ...] = ()
    """What they may be told, if it is not for the workstation to answer."""


@dataclass(slots=True)
class Human:
    """Somebody, and the workstation that is theirs.

    Args:
        person: in Slack.
        agent: their workstation, if they have one.
        phone: what stands there.
        random: what decides.
        numbers: to be dialled; each but once.
        code: shows a code at their PC; only for somebody who links and unlinks it now and then.
    """

    person: Person
    agent: str | None
    phone: Desk | None
    random: random.Random
    numbers: Iterator[int]
    code: Callable[[], str] | None = None
    _sent: set[str] = field(default_factory=set)
    """The forms that were filled in."""

    async def opens_form(self) -> None:
        """Wait for the form that asks whom to call, or to transfer to; it may not come."""
        form = self.person.view
        if form is not None:
            await self.person.closes(form)  # Slack has told them that it did not work
        cards = [card for card, name in self._pressable() if name == TRANSFER]
        with contextlib.suppress(AssertionError, NotPossible):
            if cards and self.random.random() < 0.6:
                await self.person.presses(self.random.choice(cards), TRANSFER)
            else:
                await self.person.shortcut("dial")
            await self.person.sees_view(timeout=2)

    async def opens_home(self) -> None:
        """Look at the App Home; it is drawn when its turn comes."""
        await self.person.opens_home()

    async def does_something(self) -> Doing:
        """One random thing."""
        form = self.person.view
        if form is not None and form.id not in self._sent:
            return await self._fills_in(form)
        if self.random.random() < (LINKS if self.code else LINKS / 5):
            return await self._links()
        if self.random.random() < 0.35:
            pressed = await self._presses()
            if pressed is not None:
                return pressed
        doing = self._command()
        way = self.random.random()
        if way < 0.45:
            await self.person.slash("/phonebar", doing.what)
        elif way < 0.85:
            await self.person.says(doing.what)
        else:
            await self.person.mentions(doing.what, "C1")
        return doing

    def case(self, doing: Doing, fault: str, delivery: Delivery) -> Case:
        """What is to be judged."""
        said, name = _when(delivery)
        return Case(
            self.person.id,
            self.agent,
            doing.what,
            doing.deeds if self.agent else frozenset(),
            fault,
            delivery,
            name,
            said or time.time(),
            said is not None,
            doing.number,
            told=doing.told,
            unlinks=self.code is not None,
        )

    async def _links(self) -> Doing:
        """With a code that is shown to them, or that they made up; or the link is to go."""
        way = self.random.random() if self.code else 1.0
        if self.code and way < 0.5:
            says = f"link {self.code()}"
        elif way < 0.8:
            says = "unlink"
        else:
            says = "link " + "-".join("".join(self.random.choices(LETTERS, k=4)) for _ in range(2))
        await (self.person.slash("/phonebar", says) if way < 0.6 else self.person.says(says))
        return Doing(says, frozenset(), told=told_of(says.split()[0], self.agent))

    def _command(self) -> Doing:
        intent = self.random.choice(["call", "call", *EVERYTHING, *self._fitting()])
        if intent == "call":
            number = f"8{next(self.numbers):07}"
            return Doing(f"call {number}", frozenset({"originate"}), number)
        if intent == "transfer":
            number = f"8{next(self.numbers):07}"
            return Doing(f"transfer to {number}", TRANSFERS)
        says = {"hangup": "hang up", "who": "who is calling"}.get(intent, intent)
        return Doing(says, frozenset(DEEDS.get(intent, ())))

    def _fitting(self) -> list[str]:
        """What fits the calls, several times, so that it happens more often than what does not."""
        fits = {"incoming": "answer", "active": "hold", "holding": "resume"}
        states = self.phone.states().values() if self.phone else ()
        return 3 * [fits[state] for state in states if state in fits]

    async def _fills_in(self, form: View) -> Doing:
        self._sent.add(form.id)
        number = f"8{next(self.numbers):07}"
        if form.given["callback_id"] == "dial":
            await self.person.submits(form, {"number": number})
            return Doing(f"[form: {number}]", frozenset({"originate"}), number)
        asks_how = any(block.get("block_id") == "how" for block in form.blocks)
        way = self.random.choice(["blind", "attended"]) if asks_how else ""
        await self.person.submits(form, {"number": number, **({"how": way} if way else {})})
        deeds = {"originate", "hold", "resume"} if way == "attended" else TRANSFERS
        return Doing(f"[form: transfer to {number}, {way}]", frozenset(deeds))

    async def _presses(self) -> Doing | None:
        """One of the buttons on a card, on a question, or in the App Home."""
        often = 0.15 if self.person.home else 0.0
        names = ("home:status",) if self.random.random() < often else ("act:", "choose:")
        found = [one for one in self._pressable() if one[1].startswith(names)]
        if not found:
            return None
        return await self._press(*self.random.choice(found))

    def _pressable(self) -> list[tuple[Surface, str]]:
        """What can be pressed on the latest messages and in the App Home."""
        where: list[Surface] = list(self.person.messages[-LATELY:])
        where += [self.person.home] if self.person.home else []
        return [
            (surface, element["action_id"])
            for surface in where
            for block in surface.blocks
            for element in interactive(block)
        ]

    async def _press(self, where: Surface, action: str) -> Doing | None:
        try:
            asked = bool(self.person.asks(where, action))
            sent = await self.person.presses(where, action, confirm=True if asked else None)
        except NotPossible:
            return None
        if action == "home:status" and sent is not None:
            status = json.loads(sent.payload["actions"][0]["value"])["status"]
            return Doing(f"status {status}", frozenset(), told=told_of("status", self.agent))
        return Doing(f"[{action}]", ANYTHING)


def told_of(what: str, agent: str | None) -> tuple[str, ...]:
    """What a link, an unlinking or a new status may be answered with."""
    names = {
        "link": ("slack_linked", "slack_wrong_code", "slack_too_many_codes"),
        "unlink": ("slack_unlinked", "slack_not_linked"),
        "status": (
            "slack_home_ready",
            "slack_home_pause",
            "slack_status_failed",
            "slack_status_unseen",
            "too_late",
            "slack_not_linked",
        ),
    }[what]
    details = {"agent": agent, "command": "/phonebar", "why": AWAY_WORDS}
    return tuple(words_in("en").say(name, details)[0] for name in names)


def _when(delivery: Delivery) -> tuple[float | None, str]:
    """When Slack says that it was said, and what it calls it."""
    payload = delivery.payload
    if delivery.kind == "events_api":
        return float(payload["event"]["ts"]), str(payload["event"]["ts"])
    if payload.get("type") == "view_submission":
        return None, str(payload["view"]["id"])
    actions = payload.get("actions")
    return (float(actions[0]["action_ts"]) if actions else None), str(payload["trigger_id"])
