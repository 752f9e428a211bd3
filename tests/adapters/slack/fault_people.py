"""People who do one random thing after the other, and remember how it could be told."""

from __future__ import annotations

import contextlib
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.adapters.slack.delivery import Delivery
from tests.adapters.slack.elements import NotPossible, interactive
from tests.adapters.slack.fault_judge import Case
from tests.adapters.slack.person import Person
from tests.adapters.slack.surface import Message, View
from tests.desk import Desk
from tests.fault_judge import DEEDS

ANYTHING = frozenset(deed for deeds in DEEDS.values() for deed in deeds)
EVERYTHING = ("call", "hold", "resume", "answer", "hangup", "transfer", "who")
LATELY = 12
"""So many of the latest messages are looked at for something to press."""


@dataclass(frozen=True, slots=True)
class Doing:
    """What somebody meant."""

    what: str
    deeds: frozenset[str]
    number: str = ""


@dataclass(slots=True)
class Human:
    """Somebody, and the workstation that is theirs.

    Args:
        person: in Slack.
        agent: their workstation, if they have one.
        phone: what stands there.
        random: what decides.
        numbers: to be dialled; each but once.
    """

    person: Person
    agent: str | None
    phone: Desk | None
    random: random.Random
    numbers: Iterator[int]
    _sent: set[str] = field(default_factory=set)
    """The forms that were filled in."""

    async def opens_form(self) -> None:
        """Wait for the form that asks whom to call; it may not come."""
        form = self.person.view
        if form is not None:
            await self.person.closes(form)  # Slack has told them that it did not work
        with contextlib.suppress(AssertionError):
            await self.person.shortcut("dial")
            await self.person.sees_view(timeout=2)

    async def does_something(self) -> Doing:
        """One random thing."""
        form = self.person.view
        if form is not None and form.id not in self._sent:
            return await self._fills_in(form)
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
        )

    def _command(self) -> Doing:
        intent = self.random.choice(["call", "call", *EVERYTHING, *self._fitting()])
        if intent == "call":
            number = f"8{next(self.numbers):07}"
            return Doing(f"call {number}", frozenset({"originate"}), number)
        if intent == "transfer":
            number = f"8{next(self.numbers):07}"
            deeds = frozenset({"transfer", "deflect", "resume"})
            return Doing(f"transfer to {number}", deeds)
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
        await self.person.submits(form, {"number": number})
        return Doing(f"[form: {number}]", frozenset({"originate"}), number)

    async def _presses(self) -> Doing | None:
        """One of the buttons on the latest messages: a card's, or a question's."""
        found = [
            (message, element)
            for message in self.person.messages[-LATELY:]
            for block in message.blocks
            for element in interactive(block)
            if element["action_id"].startswith(("act:", "choose:"))
        ]
        if not found:
            return None
        message, element = self.random.choice(found)
        return await self._press(message, element["action_id"])

    async def _press(self, message: Message, action: str) -> Doing | None:
        try:
            asked = bool(self.person.asks(message, action))
            await self.person.presses(message, action, confirm=True if asked else None)
        except NotPossible:
            return None
        return Doing(f"[{action}]", ANYTHING)


def _when(delivery: Delivery) -> tuple[float | None, str]:
    """When Slack says that it was said, and what it calls it."""
    payload = delivery.payload
    if delivery.kind == "events_api":
        return float(payload["event"]["ts"]), str(payload["event"]["ts"])
    if payload.get("type") == "view_submission":
        return None, str(payload["view"]["id"])
    actions = payload.get("actions")
    return (float(actions[0]["action_ts"]) if actions else None), str(payload["trigger_id"])
