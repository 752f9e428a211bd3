"""What can be done now, as the list that is scanned: the likeliest first.

The order is a matter of what agents do mostly, not of taste: `bench/scanning.py` measures what it
saves. Within one list it never changes while it is scanned.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from adapters.switch.item import Answer, Back, Item, Open, Read, Run, Serve, Speed, Talk
from adapters.switch.whom import Purpose, Whom
from assistant.actions import ACTIVE, HOLDING, INCOMING, Action, actions
from assistant.contract import Choice, Command, LiveCall
from assistant.wording import Wording, Words

LIKELY: Mapping[object, tuple[str, ...]] = {
    INCOMING: ("answer", "decline", "transfer"),
    ACTIVE: ("hold", "hangup", "transfer", "connect", "conference"),
    HOLDING: ("resume", "connect", "transfer", "conference", "hangup"),
}
"""What is done with a call in such a state, the likeliest first; but never first what ends it."""

FASTER = 0.8
"""What one choice of `Faster` makes of the time that an item stays lit."""

Order = Callable[[LiveCall], tuple[str, ...]]


def likely(call: LiveCall) -> tuple[str, ...]:
    """The order of what can be done with a call."""
    return LIKELY.get(call.state, ()) if call.state is not None else ()


@dataclass(frozen=True, slots=True)
class Question:
    """A question that waits for its answer."""

    reply: str | None
    """The id of the Reply that asked it."""
    choices: tuple[Choice, ...]
    dials: bool
    """An answer may dial at once."""


class Menu:
    """Makes the lists.

    Args:
        wording: the user's language.
        whom: whom to call.
        status: `ready` or `pause` now; None where the phonebar has no such, or cannot tell.
        order: of what can be done with a call.
        talk: has the voice surface listen; None without one.
    """

    def __init__(
        self,
        wording: Wording,
        whom: Whom,
        status: Callable[[], str | None] = lambda: None,
        order: Order = likely,
        talk: Callable[[], None] | None = None,
    ) -> None:
        self._talk = talk
        self._words, self._whom, self._status, self._order = wording, whom, status, order

    def top(self, calls: tuple[LiveCall, ...]) -> tuple[Item, ...]:
        """The first list.

        Args:
            calls: the live calls.
        """
        spoken = [Item(self._say("switch_talk"), Talk(self._talk))] if self._talk else []
        return (*self._about(calls), *self._new_call(calls), *spoken, self._more(calls))

    def answers(self, question: Question) -> tuple[Item, ...]:
        """The list that a question brings.

        What is harmless stands on both sides of a yes, so that a press that comes too early or
        too late does nothing that was not meant.
        """
        cancel = Item(self._say("choice_cancel"), Answer(self._say("say_cancel")[0]))
        again = Item(self._say("switch_again"), Run(Command("repeat")))
        given = tuple(
            Item((choice.label, choice.label), Answer(choice.say))
            for choice in question.choices
            if choice.say != self._say("say_cancel")[0]
        )
        if self.is_yes_or_no(question):
            return (cancel, again, *given)
        return (*given, again, cancel)

    def is_yes_or_no(self, question: Question) -> bool:
        """Whether the question wants a yes or nothing."""
        return any(choice.say == self._say("say_yes")[0] for choice in question.choices)

    def _say(self, message: str, **details: object) -> Words:
        return self._words.say(message, details)

    def _about(self, calls: tuple[LiveCall, ...]) -> tuple[Item, ...]:
        """What can be done with the calls there are."""
        if len(calls) == 1:
            return self._actions(calls[0], calls)
        ringing = [call for call in calls if call.state is INCOMING]
        others = sorted(
            (call for call in calls if call not in ringing),
            key=lambda call: call.state is not ACTIVE,
        )
        first = [item for call in ringing for item in self._actions(call, calls)[:1]]
        groups = [self._group(call, calls) for call in (*others, *ringing)]
        together = self._together(calls)
        every: list[Item] = []
        if len(calls) > 1:
            every_call = Command("hangup", {"which": "all"})
            every = [Item(self._say("switch_hangup_all", n=len(calls)), Run(every_call))]
        return (*first, *groups[:1], *together, *groups[1:], *every)

    def _group(self, call: LiveCall, calls: tuple[LiveCall, ...]) -> Item:
        words = self._say("switch_call_group", **self._words.facts(call))
        items = self._actions(call, calls)
        return Item(words, Open(lambda: (*items, self._whom.back())))

    def _together(self, calls: tuple[LiveCall, ...]) -> tuple[Item, ...]:
        """What is done with two calls at once; they have it in common, so it is offered once."""
        for call in sorted(calls, key=lambda call: call.state is not ACTIVE):
            found = [action for action in actions(call, calls) if action.other is not None]
            if found:
                return tuple(self._act(call, action) for action in found[::-1])
        return ()

    def _actions(self, call: LiveCall, calls: tuple[LiveCall, ...]) -> tuple[Item, ...]:
        order = self._order(call)
        alone = [action for action in actions(call, calls) if action.other is None]
        alone.sort(key=lambda action: order.index(action.name) if action.name in order else 99)
        return tuple(self._act(call, action) for action in alone)

    def _act(self, call: LiveCall, action: Action) -> Item:
        details: dict[str, Any] = {"who": call, "to": action.other or ""}
        own = {"answer": "switch_answer", "connect": "switch_connect"}
        words = self._say(own.get(action.name, f"action_{action.name}"), **details)
        if action.needs_party:
            purpose = Purpose(action.command, "to")
            return Item(words, Open(lambda: self._whom.items(purpose)))
        return Item(words, Run(action.command))

    def _new_call(self, calls: tuple[LiveCall, ...]) -> tuple[Item, ...]:
        """A call to somebody, unless one is being dialled: then the phonebar allows no other."""
        if any(call.dialling for call in calls):
            return ()
        purpose = Purpose(Command("call"), "target")
        words = self._say("switch_call_other" if calls else "switch_call")
        return (Item(words, Open(lambda: self._whom.items(purpose))),)

    def _more(self, calls: tuple[LiveCall, ...]) -> Item:
        def items() -> tuple[Item, ...]:
            asked = [("switch_who", "who"), ("switch_calls", "list_calls")] if calls else []
            asked.append(("switch_repeat", "repeat"))
            status = self._status()
            other = {"ready": "pause", "pause": "ready"}.get(status or "")
            served = [Item(self._say(f"slack_set_{other}"), Serve(other))] if other else []
            return (
                *(Item(self._say(message), Run(Command(intent))) for message, intent in asked),
                Item(self._say("switch_now"), Read()),
                *served,
                Item(self._say("switch_slower"), Speed(1 / FASTER)),
                Item(self._say("switch_faster"), Speed(FASTER)),
                Item(self._say("switch_back"), Back()),
            )

        return Item(self._say("switch_more"), Open(items))


def shape(calls: tuple[LiveCall, ...]) -> object:
    """What the lists depend on: while it stays the same, so do they."""
    return tuple(
        (call.key, call.name, call.number, tuple(action.name for action in actions(call, calls)))
        for call in calls
    )
