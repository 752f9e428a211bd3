"""The forms (Slack calls them modals): whom to call, whom to transfer a call to."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from adapters.slack.markup import shortened
from adapters.slack.message import Block, option, plain_text, section
from assistant.contact import Contact
from assistant.contract import Command, LiveCall
from assistant.numbers import written
from assistant.wording import Wording

DIAL, TRANSFER = "dial", "transfer"
"""The `callback_id` of each form."""
PEOPLE = "people"
"""The `action_id` of the field in which names are found as they are typed."""
MOST_OFFERED = 100
VALUE = 150
"""The longest value of an option, in characters."""

_OTHER = "other"
"""Chosen instead of a number of the message: Slack lets nobody take a choice back."""
_PERSON, _NUMBER, _HOW, _FOUND = "person", "number", "how", "found"


class FormError(Exception):
    """Something in a form must be mended first.

    Args:
        block: the field that it is about.
        message: names the message that says what to do.
    """

    def __init__(self, block: str, message: str) -> None:
        super().__init__(message)
        self.block, self.message = block, message


@dataclass(frozen=True, slots=True)
class Filled:
    """A form that was filled in, by its `callback_id`, its hidden data and its fields."""

    kind: str
    hidden: Mapping[str, Any]
    values: Mapping[str, Any]

    @classmethod
    def of(cls, view: Mapping[str, Any]) -> Filled:
        """What Slack delivers as `view` when the form is sent."""
        fields = view["state"]["values"]
        first: dict[str, Any] = {
            name: next(iter(field.values()), {}) for name, field in fields.items()
        }
        hidden = json.loads(view.get("private_metadata") or "{}")
        return cls(str(view["callback_id"]), hidden, first)

    def command(self) -> Command:
        """What the form asks for.

        Raises:
            FormError: nobody is named, two are, or the number is none.
        """
        target = self._target()
        if self.kind == DIAL:
            return Command("call", {"target": target})
        which = {"key": self.hidden["key"]}
        attended = self._chosen(_HOW) == "attended"
        intent = "attended_transfer" if attended else "transfer"
        rings = {"while": self.hidden["while"]} if "while" in self.hidden else {}
        return Command(intent, {"to": target, "which": which, **rings})

    def _target(self) -> dict[str, Any]:
        person = self._chosen(_PERSON)
        typed = (self.values.get(_NUMBER, {}).get("value") or "").strip()
        found = self._chosen(_FOUND)
        found = "" if found == _OTHER else found
        given = [item for item in (person, typed, found) if item]
        if not given:
            if _FOUND in self.values:
                raise FormError(_FOUND, "slack_form_which")
            raise FormError(_NUMBER, "slack_form_nobody")
        if len(given) > 1:
            raise FormError(_NUMBER, "slack_form_two")
        if person:
            target: dict[str, Any] = json.loads(person)
            return target
        number = written(typed or found)
        if number is None:
            raise FormError(_NUMBER, "slack_form_no_number")
        return {"number": number}

    def _chosen(self, block: str) -> str:
        chosen = self.values.get(block, {}).get("selected_option")
        return str(chosen["value"]) if chosen else ""


def dial_form(words: Wording, numbers: Iterable[str] = ()) -> Block:
    """Whom to call.

    Args:
        words: the user's language.
        numbers: numbers that stood in the message it was opened on.
    """
    found = tuple(numbers)[:10]
    blocks = [_person(words), _number(words)]
    if found:
        options = [option(number, number) for number in found]
        options.append(option(words.say("slack_form_other")[0], _OTHER))
        field: Block = {"type": "radio_buttons", "action_id": _FOUND, "options": options}
        if len(found) == 1:
            field["initial_option"] = options[0]
        blocks.insert(0, _input(_FOUND, words.say("slack_form_found")[0], field))
    title, submit = words.say("slack_form_dial")[0], words.say("slack_form_call")[0]
    return {**_form(title, submit, blocks, words), "callback_id": DIAL}


def transfer_form(call: LiveCall, words: Wording, *, ringing: bool) -> Block:
    """Whom to transfer a call to.

    Args:
        call: the call.
        words: the user's language.
        ringing: it has not been answered, so it can only be sent on at once.
    """
    blocks = [
        section(words.say("slack_form_whose", {"who": call})[0]),
        _person(words),
        _number(words),
    ]
    if not ringing:
        ways = [
            option(words.say("slack_form_blind")[0], "blind"),
            option(words.say("slack_form_attended")[0], "attended"),
        ]
        field = {
            "type": "radio_buttons",
            "action_id": _HOW,
            "options": ways,
            "initial_option": ways[0],
        }
        blocks.append(_input(_HOW, words.say("slack_form_how")[0], field))
    title = words.say("action_transfer")[0].rstrip("…")
    hidden = json.dumps({"key": call.key, **({"while": "incoming"} if ringing else {})})
    form = _form(title, title, blocks, words)
    return {**form, "callback_id": TRANSFER, "private_metadata": hidden}


def offered(people: Iterable[Contact], typed: str, words: Wording) -> list[Block]:
    """The people, a line for each of their numbers; a typed number is offered itself."""
    lines = []
    number = written(typed) if typed else None
    if number and any(char.isdigit() for char in number):
        label, _ = words.say("slack_form_this_number", {"to": number})
        lines.append(option(label, json.dumps({"number": number})))
    for person in people:
        for each in person.numbers:
            kind = words.messages.get(f"label_{each.label}", each.label) if each.label else ""
            label = f"{person.name}, {each.number}" + (f" ({kind})" if kind else "")
            lines.append(option(label, _value(person.name, each.number)))
    return lines[:MOST_OFFERED]


def _value(name: str, number: str) -> str:
    """Somebody as an option carries them; a long name is cut, for it is only shown."""
    for longest in (60, 30, 10):
        made = json.dumps({"number": number, "name": shortened(name, longest)}, ensure_ascii=False)
        if len(made) <= VALUE:
            return made
    return json.dumps({"number": number})


def _person(words: Wording) -> Block:
    field = {
        "type": "external_select",
        "action_id": PEOPLE,
        "min_query_length": 1,
        "placeholder": plain_text(words.say("slack_form_person_hint")[0], 150),
    }
    return _input(_PERSON, words.say("slack_form_person")[0], field)


def _number(words: Wording) -> Block:
    field = {"type": "plain_text_input", "action_id": _NUMBER, "max_length": 40}
    return _input(_NUMBER, words.say("slack_form_number")[0], field)


def _input(block: str, label: str, field: Block) -> Block:
    return {
        "type": "input",
        "block_id": block,
        "optional": True,
        "label": plain_text(label, 2000),
        "element": field,
    }


def _form(title: str, submit: str, blocks: list[Block], words: Wording) -> Block:
    return {
        "type": "modal",
        "title": plain_text(title, 24),
        "submit": plain_text(submit, 24),
        "close": plain_text(words.say("choice_cancel")[0], 24),
        "blocks": blocks,
    }
