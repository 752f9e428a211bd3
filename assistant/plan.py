"""Plans: which requests carry out a command; or why there is no plan.

UnresolvedError(Exception)
├── Refusal    nothing will be done, and why
├── Already    nothing needs to be done: it is so
└── Asking     the user must say which, or say yes
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from assistant.contact import Number
from assistant.contract import Command, LiveCall
from assistant.conversation import Consultation
from assistant.directory import Directory
from assistant.policy import Policy
from phonebar.protocol import CallState

ACTIVE, HOLDING, INCOMING = CallState.ACTIVE, CallState.HOLDING, CallState.INCOMING


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody who can be called: a number and, if the directory has one, a name."""

    number: str
    name: str | None = None
    said: bool = False
    """The number itself was said: it is read back, whoever has it."""

    def to_slot(self) -> dict[str, Any]:
        """As a target that needs no further look-up."""
        named = self.name and not self.said
        return {"number": self.number, **({"name": self.name} if named else {})}


@dataclass(frozen=True, slots=True)
class Step:
    """One request, and what it is about."""

    action: str
    """`originate answer hangup hold resume transfer attended_transfer conference`."""
    call: LiveCall | None = None
    partner: LiveCall | None = None
    party: Party | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What will be done, in order; each step is seen to have worked before the next."""

    steps: tuple[Step, ...]
    message: str
    """Names the message for success."""
    consultation: Consultation | None = None
    """What is then under way."""


class UnresolvedError(Exception):
    """The command leads to no plan; `message` names what to tell, `details` fill it."""

    def __init__(self, message: str, **details: Any) -> None:
        super().__init__(message)
        self.message = message
        self.details = details


class Refusal(UnresolvedError):
    """It cannot or may not be done."""


class Already(UnresolvedError):
    """What was asked for is the case already."""


@dataclass(frozen=True, slots=True)
class Alternative:
    """One answer to a question: what it is about, and the command it stands for."""

    subject: LiveCall | Party | Number | str
    """A call, a party, one of somebody's numbers, or the name of a message."""
    command: Command
    sure: bool = False
    """Choosing it is as good as a yes."""


class Asking(UnresolvedError):
    """The user must choose between `alternatives`, or say yes to the only one."""

    def __init__(
        self, message: str, alternatives: Sequence[Alternative], *, kind: str, **details: Any
    ) -> None:
        super().__init__(message, **details)
        self.alternatives = tuple(alternatives)
        self.kind = kind


@dataclass(frozen=True, slots=True)
class Situation:
    """Everything a decision depends on, besides the command."""

    calls: tuple[LiveCall, ...]
    """Live ones only, by line."""
    directory: Directory
    policy: Policy
    surface: str
    now: float
    """Unix time in seconds."""
    confirmed: bool
    """The user said yes to exactly this command."""
    consultation: Consultation | None
    dial: Callable[[str], str]
    """The dial plan: a number as it is written to the number that is dialled."""
    recent: Callable[[str], Party | None]
    """Whom we last spoke with: `incoming`, `outgoing` or `any`."""
    wants_asked: tuple[str, ...] = ()
    """What the user wants asked back, besides what the policy demands."""

    def needs_yes(self, action: str) -> bool:
        """Whether `action` (one of `config.CONFIRMABLE`) is asked back first."""
        return action in self.wants_asked or self.policy.needs_yes(action, self.surface)

    def reads_back(self, party: Party) -> bool:
        """Whether a number is asked back whatever the rules say, for it may be misheard."""
        return party.said and not self.confirmed and self.policy.mishears(self.surface)

    def having(self, *states: CallState) -> tuple[LiveCall, ...]:
        """The calls in one of these states."""
        return tuple(call for call in self.calls if call.state in states)

    @property
    def dialling(self) -> tuple[LiveCall, ...]:
        """Calls placed from here that have not been answered."""
        return tuple(call for call in self.calls if call.dialling)

    def dialled(self, party: Party) -> Party:
        """The party at the number that is dialled to reach it."""
        return Party(self.dial(party.number), party.name)

    def keyed(self, key: str) -> LiveCall | None:
        """The call with this identity, while it lives."""
        return next((call for call in self.calls if call.key == key), None)
