"""Outcomes and events in words: to read, and to hear.

The words are the language file's; here they are filled. To read, a party is a name and a number; to
hear, it is the name alone, and a number without a name digit by digit in groups.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from assistant.contact import Number
from assistant.contract import CallEvent, Command, LiveCall
from assistant.numbers import grouped
from assistant.plan import Party

_NUMBER = re.compile(r"[+*#]?\d(?:[ ()./-]?[\d*#]){2,}", re.ASCII)
Words = tuple[str, str]
"""The same thing to read and to hear."""


@dataclass(frozen=True, slots=True)
class Wording:
    """The messages of one language."""

    messages: Mapping[str, Any]
    aloud_name: Callable[[str], str] = str
    """A name as it is spoken."""
    brief: Mapping[str, str] = field(default_factory=dict)
    """What is spoken instead of these messages."""
    full: bool = False
    """A voice says the number too where there is a name."""

    def say(self, message: str, details: Mapping[str, Any] | None = None) -> Words:
        """The message of that name, filled.

        Args:
            message: its name in the language file.
            details: what fills it: calls, parties, texts and numbers by name.
        """
        found = self.messages[message]
        text, speech = (
            (found["text"], found["speech"]) if isinstance(found, Mapping) else (found, found)
        )
        speech = self.brief.get(message, speech)
        details = details or {}
        if "action" in details:
            inner = {name: value for name, value in details.items() if name != "action"}
            details = {**inner, "doing": _Named(f"doing_{details['action']}", inner)}
        read = {name: self._value(value, aloud=False) for name, value in details.items()}
        heard = {name: self._value(value, aloud=True) for name, value in details.items()}
        return _fill(text, read), _fill(speech, heard)

    def event(self, event: CallEvent) -> Words:
        """What to tell of an event."""
        details: dict[str, Any] = {"who": event.call, "why": ""}
        reason = event.call.reason if event.call else None
        if reason and f"why_{reason}" in self.messages:
            details["why"] = self.messages[f"why_{reason}"]
        sent_on = event.call is not None and event.call.referred and event.call.dialling
        return self.say("event_referred" if sent_on else f"event_{event.kind}", details)

    def choices(self, subjects: Iterable[LiveCall | Party | Number | str]) -> tuple[Words, ...]:
        """How each of a question's alternatives is called."""
        return tuple(self._choice(subject) for subject in subjects)

    def question(self, asked: Words, labels: Iterable[Words]) -> Words:
        """A question with its numbered choices, a line each, and how to answer it."""
        hint = self.say("choose_hint")
        numbered = [(f"{n}: {text}", f"{n}: {heard}.") for n, (text, heard) in enumerate(labels, 1)]
        text = "\n".join([asked[0], *(line for line, _ in numbered), hint[0]])
        return text, " ".join([asked[1], *(line for _, line in numbered), hint[1]]).strip()

    def describe(self, command: Command) -> Words:
        """A command in words, to be confirmed."""
        slots = command.slots
        message = f"do_{command.intent}"
        if command.intent == "attended_transfer" and "to" not in slots:
            message += "_connect" if "a" in slots else "_complete"
        if slots.get("parties"):
            message += "_with"
        named = [self._which(item) for item in slots.get("parties", ())]
        details = {
            "to": self._target(slots.get("target") or slots.get("to")),
            "who": self._which(slots.get("which")),
            "a": self._which(slots.get("a")),
            "b": self._which(slots.get("b")),
            "parties": _Listed(tuple(named), self.messages["and"]),
        }
        return self.say(message, details)

    def both(self, one: Words, two: Words) -> Words:
        """One message after the other, on a line of its own after a list."""
        between = "\n" if "\n" in one[0] else " "
        return f"{one[0]}{between}{two[0]}", f"{one[1]} {two[1]}".strip()

    def aloud(self, text: str) -> str:
        """A text for a voice: each longer number in it digit by digit, in groups."""
        return _NUMBER.sub(lambda found: self._spoken(re.sub(r"[ ()./-]", "", found[0])), text)

    def _which(self, which: Any) -> Any:
        if which is None:
            return self.messages["which_current"]
        if isinstance(which, Mapping):
            return self._target(which)
        if which == -1:
            return self.messages["which_last"]
        if isinstance(which, int):
            return self.messages["which_number"].format(n=which)
        return self.messages[f"which_{which}"]

    def _target(self, target: Any) -> Any:
        if not isinstance(target, Mapping):
            return ""
        if "number" in target:
            return Party(str(target["number"]), target.get("name"))
        for name in ("key", "keys", "recent"):
            if name in target:
                return self.messages[f"which_{name.removesuffix('s')}"]
        if "ambiguous" in target:
            return self.messages["or"].join(target["ambiguous"])
        return str(target.get("contact") or target.get("unknown") or "")

    def _choice(self, subject: LiveCall | Party | Number | str) -> Words:
        if isinstance(subject, LiveCall):
            return self.say("call_choice", self.facts(subject))
        if isinstance(subject, Party):
            return self.say("party_choice", {"to": subject})
        if isinstance(subject, Number):
            label = self.messages.get(f"label_{subject.label}", subject.label)
            message = "number_choice" if label else "party_choice"
            return self.say(message, {"to": Party(subject.number), "label": label})
        found = self.messages.get(subject, subject)
        return found, found

    def facts(self, call: LiveCall) -> dict[str, Any]:
        """What a message may say of a call: `line who direction state time`."""
        state = call.state
        minutes, seconds = divmod(call.duration, 60)
        timed = call.answered and not call.ended
        return {
            "line": call.line,
            "who": call,
            "direction": self.messages[
                "direction_incoming" if call.incoming else "direction_outgoing"
            ],
            "state": self.messages[f"state_{state.name.lower() if state else 'unknown'}"],
            "time": self.messages["time_connected"].format(minutes=minutes, seconds=f"{seconds:02}")
            if timed
            else "",
        }

    def _value(self, value: Any, *, aloud: bool) -> str:
        if isinstance(value, _Named):
            return self.say(value.message, value.details)[aloud]
        if isinstance(value, _Listed):
            return value.between.join(self._value(item, aloud=aloud) for item in value.items)
        if isinstance(value, Party) and value.said and value.name and aloud:
            return f"{self._spoken(value.number)}, {self.aloud_name(value.name)}"
        if isinstance(value, LiveCall | Party):
            return self._party(value.name, value.number, aloud=aloud)
        if isinstance(value, Given):
            return self._given(value, aloud=aloud)
        if isinstance(value, tuple):
            if not value:
                return self.messages["calls_none"]  # type: ignore[no-any-return]
            lines = [self.say("call_line", self.facts(call))[aloud] for call in value]
            return ". ".join(lines) + "." if aloud else "\n" + "\n".join(lines) + "\n"
        return self.aloud_name(str(value)) if aloud else str(value)

    def _party(self, name: str | None, number: str, *, aloud: bool) -> str:
        if not number:
            return name or self.messages["number_unknown"]
        if not aloud:
            form: str = self.messages["party_with_number"]
            return form.format(name=name, number=number) if name else number
        if not name:
            return self._spoken(number)
        digits = f", {self._spoken(number)}" if self.full else ""
        return f"{self.aloud_name(name)}{digits}"

    def _given(self, given: Given, *, aloud: bool) -> str:
        pieces = [piece for piece in given.pieces if piece]
        if not pieces:
            return self.messages["entry_empty"]  # type: ignore[no-any-return]
        if given.letters:
            text = "".join(pieces).upper()
            return ", ".join(self._letter(letter) for letter in text) if aloud else text
        return ", ".join(map(self._spoken, pieces)) if aloud else " ".join(pieces)

    def _letter(self, letter: str) -> str:
        names = {" ": "letter_space", "-": "letter_hyphen", "'": "letter_apostrophe"}
        return self.messages[names[letter]] if letter in names else letter

    def _spoken(self, number: str) -> str:
        """Digits one by one, in groups, for a voice."""
        words = {"+": "plus", "*": "star", "#": "hash"}
        groups = [
            " ".join(self.messages[words[char]] if char in words else char for char in group)
            for group in grouped(number)
        ]
        return ", ".join(groups)


@dataclass(frozen=True, slots=True)
class Given:
    """What has been given of a number or a name, piece by piece: told digit by digit or spelled."""

    pieces: tuple[str, ...]
    letters: bool = False


@dataclass(frozen=True, slots=True)
class _Named:
    """A message inside a message."""

    message: str
    details: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Listed:
    """Several values, and what stands between them."""

    items: tuple[Any, ...]
    between: str


def _fill(form: str, values: Mapping[str, str]) -> str:
    """Fill a form, then tidy what multi-line values leave behind."""
    lines = [line.strip() for line in form.format_map(values).split("\n")]
    return "\n".join(line for line in lines if line)
