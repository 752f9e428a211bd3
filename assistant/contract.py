"""The values that cross the assistant's borders: an Utterance in, a Reply or a CallEvent out.

    surface -> Utterance -> Assistant -> Reply     -> surface
    phonebar -> Watcher  -> Assistant -> CallEvent -> surface

A slot's value is plain JSON, so that the parser's output, the journal and the control socket
speak one format:

    target   {"number": "200"} | {"contact": "John Smith"} | {"ambiguous": [names]}
             | {"unknown": "text"} | {"recent": "incoming" | "outgoing" | "any"}
    which    1, 2, ... | -1 (the last) | "other" | "held" | "ringing" | "all" | a target
    call     {"target": target}
    hangup, hold, resume, answer            {} | {"which": which}
    transfer, attended_transfer             {"to": target, "which"?: which}
    attended_transfer of two live calls     {"a": which, "b": which}; completing one: {}
    conference                              {} | {"parties": [target or which, ...]}
    hangup, transfer of a button            also {"while": "incoming"}: only if it still rings
    choose                                  {"index": n} | {"text": "carter"}
    enter_number                            {"for"?: "call" | "transfer", "which"?: which}
    spell_name                              the same, and "letters"?: "smith"
    edit                                    {"edits": [[edit, text], ...]}, see `entry`
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from phonebar.protocol import DIALLING, ENDED, CallState

Slots = Mapping[str, Any]

ACTS = frozenset(
    {
        "call",
        "answer",
        "hangup",
        "hold",
        "resume",
        "transfer",
        "attended_transfer",
        "conference",
    }
)
"""Intents that change something at the phonebar."""

QUERIES = frozenset({"list_calls", "help", "who", "repeat"})
DIALOGUE = frozenset({"yes", "no", "choose", "cancel"})
ENTRIES = frozenset({"enter_number", "spell_name"})
"""Intents that begin a number, or a name, that is given piece by piece."""
INTENTS = ACTS | QUERIES | DIALOGUE | ENTRIES | {"none"}


@dataclass(frozen=True, slots=True)
class Command:
    """What is to be done, free of how it was said."""

    intent: str
    slots: Slots = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """As `phonebar parse` prints it."""
        return {"intent": self.intent, "slots": dict(self.slots)}


@dataclass(frozen=True, slots=True)
class Utterance:
    """What one user said on one surface."""

    text: str
    user: str = "local"
    surface: str = "cli"
    language: str | None = None
    """Only this language is tried, when given."""
    alternatives: tuple[str, ...] = ()
    """Further readings of the same speech, best first."""
    command: Command | None = None
    """A ready command (a button, a key): `text` is then only its wording."""
    id: str | None = None
    """Unique for each thing asked; a second utterance with it gets the first one's reply."""
    deadline: float | None = None
    """Unix time in seconds after which nothing may be sent; None means the configured life."""
    answering: str | None = None
    """The id of the Reply whose question this answers; once that question is over, it does nothing.
    None answers whatever question is open."""
    confirm: tuple[str, ...] = ()
    """What this user wants asked back besides what the configuration demands, from
    `config.CONFIRMABLE`."""
    sure: bool = True
    """Whether this is certainly what was said; speech that was not heard well is asked about before
    anything is done, and answers no question with a yes."""
    begun: float | None = None
    """Unix time in seconds when its user began to say it: a question that was asked later is not
    answered by it, except with a no. None: whatever is open was heard before."""
    known: frozenset[str] | None = None
    """The keys of the calls that there were then: what would be done to another one is asked about
    first. None: whatever there is, is meant."""
    since: float = 0.0
    """Unix time in seconds; calls that began before are not this user's, and "call back" does not
    reach them."""


class Status(StrEnum):
    """What became of a command."""

    DONE = "done"
    """Seen in `/api/calls`."""
    ASKED = "asked"
    """A question is pending."""
    REFUSED = "refused"
    """By policy, or because there is no such call."""
    FAILED = "failed"
    """The phonebar said no, or was not reached: nothing was done."""
    UNKNOWN = "unknown"
    """It may have happened; it is never repeated by itself."""


class EventKind(StrEnum):
    """What happened to a call, or to the phonebar itself."""

    INCOMING = "incoming"
    DIALING = "dialing"
    RINGING = "ringing"
    CONNECTED = "connected"
    HELD = "held"
    RESUMED = "resumed"
    RELEASED = "released"
    ENDED = "ended"
    MISSED = "missed"
    PHONEBAR_LOST = "phonebar_lost"
    PHONEBAR_BACK = "phonebar_back"


@dataclass(frozen=True, slots=True)
class LiveCall:
    """A call followed through its life: the phonebar's session plus an identity of our own."""

    key: str
    """Never used again, unlike the session id."""
    line: int
    """The number a person calls it by ("call 2"); it stays while the call lives."""
    session_id: str
    number: str
    state_id: int
    incoming: bool
    duration: int
    """Seconds, as the phonebar last showed it."""
    answered: bool
    """It was connected at some time."""
    name: str | None = None
    """The directory's name for the number."""
    call_id: str | None = None
    """The phonebar's own lasting identity, if it has one."""
    reason: str | None = None
    """Why it ended, if the phonebar says."""
    note: str | None = None
    """What else the phonebar says of it in words."""
    transfer_error: str | None = None
    """Why its transfer failed and it came back, if the phonebar says."""
    referred: bool = False
    """Dialled because the far end of another call sent us on, if the phonebar says."""

    @property
    def state(self) -> CallState | None:
        """The state, or None for an id that is not in the vendor's table."""
        try:
            return CallState(self.state_id)
        except ValueError:
            return None

    @property
    def ended(self) -> bool:
        """It is over, though the phonebar may still list it."""
        return self.state in ENDED

    @property
    def dialling(self) -> bool:
        """It was placed from here and has not been answered."""
        return self.state in DIALLING

    def to_json(self) -> dict[str, Any]:
        """As `phonebar calls --json` prints it."""
        state = self.state
        return {
            "line": self.line,
            "sessionId": self.session_id,
            "number": self.number,
            "name": self.name,
            "state": state.name.lower() if state is not None else "unknown",
            "stateId": self.state_id,
            "incoming": self.incoming,
            "duration": self.duration,
            "reason": self.reason,
            "note": self.note,
            "key": self.key,
            "answered": self.answered,
        }

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> LiveCall:
        """The reverse of `to_json`, for what came through the journal or the control socket."""
        return cls(
            key=found["key"],
            line=found["line"],
            session_id=found["sessionId"],
            number=found["number"],
            state_id=found["stateId"],
            incoming=found["incoming"],
            duration=found["duration"],
            answered=found["answered"],
            name=found["name"],
            reason=found["reason"],
            note=found["note"],
        )


@dataclass(frozen=True, slots=True)
class CallEvent:
    """Something that happened, told to every subscriber once."""

    kind: EventKind
    call: LiveCall | None
    """None for events of the phonebar itself."""
    at: float
    """Unix time in seconds."""
    quiet: bool = False
    """It says nothing new to this subscriber: a reply or an earlier event has told it."""

    def to_json(self) -> dict[str, Any]:
        """As `phonebar watch --json` prints it."""
        return {
            "event": str(self.kind),
            "call": self.call.to_json() if self.call else None,
            "at": round(self.at, 3),
            "quiet": self.quiet,
        }

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> CallEvent:
        """The reverse of `to_json`."""
        call = LiveCall.from_json(found["call"]) if found["call"] else None
        return cls(EventKind(found["event"]), call, found["at"], found["quiet"])


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer to a question."""

    label: str
    """What to show: "John Carter, +1 202 555 0102"."""
    say: str
    """What to type, say or send to choose it."""

    def to_json(self) -> dict[str, Any]:
        """As part of a Reply."""
        return {"label": self.label, "say": self.say}


@dataclass(frozen=True, slots=True)
class Reply:
    """The assistant's answer: words for people, the same as data for programs."""

    status: Status
    text: str
    speech: str
    """The same for the ear: numbers digit by digit, no punctuation that is read out."""
    choices: tuple[Choice, ...] = ()
    calls: tuple[LiveCall, ...] = ()
    command: Command | None = None
    id: str | None = None
    expects: str = ""
    """`number` or `name` while one is being given piece by piece, so that digits or letters come
    next; else empty."""

    def to_json(self) -> dict[str, Any]:
        """As `phonebar do --json` prints it."""
        return {
            "status": str(self.status),
            "text": self.text,
            "speech": self.speech,
            "choices": [choice.to_json() for choice in self.choices],
            "calls": [call.to_json() for call in self.calls],
            "command": self.command.to_json() if self.command else None,
            "id": self.id,
            "expects": self.expects,
        }

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> Reply:
        """The reverse of `to_json`."""
        command = found["command"]
        return cls(
            status=Status(found["status"]),
            text=found["text"],
            speech=found["speech"],
            choices=tuple(Choice(item["label"], item["say"]) for item in found["choices"]),
            calls=tuple(map(LiveCall.from_json, found["calls"])),
            command=Command(command["intent"], command["slots"]) if command else None,
            id=found["id"],
            expects=found.get("expects", ""),
        )
