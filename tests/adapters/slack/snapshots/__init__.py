"""Everything that the Slack surface shows, as the JSON that Slack is sent.

`python -m tests.adapters.slack.snapshots` writes the files beside this one anew; a test keeps them
true.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from adapters.slack.cards import live_card, over_card
from adapters.slack.forms import dial_form, offered, transfer_form
from adapters.slack.home import Scene, unlinked_view, view
from adapters.slack.message import Message
from adapters.slack.replies import answer
from adapters.slack.store import Link
from adapters.slack.words import words_in
from assistant.contract import CallEvent, EventKind, LiveCall, Reply
from assistant.desk import Habits
from assistant.numbers import found_in
from phonebar.protocol import CallState
from tests.adapters.slack.blocks import check_message, check_options, check_view
from tests.desk import Desk, desk

Json = dict[str, Any]

FOLDER = Path(__file__).parent
WORDS = words_in("en")
AT = 1_790_000_000.0
"""Unix time in seconds, of everything that has a time."""
WRITTEN = "Please ring the shop, +44 20 7946 0112, or Kate on +44 20 7946 0113."

MARIA = LiveCall(
    key="k1",
    line=1,
    session_id="1",
    number="+390655501104",
    state_id=CallState.INCOMING,
    incoming=True,
    duration=0,
    answered=False,
    name="Maria Rossi",
)
JOHN = replace(MARIA, key="k2", line=2, session_id="2", number="+12025550101", name="John Smith")
UNKNOWN = replace(MARIA, number="+48225550199", name=None)


def snapshots() -> dict[str, Json]:
    """By the names of their files."""
    found = {name: message.body() for name, message in (*cards(), *notices())}
    with tempfile.TemporaryDirectory() as folder, desk(Path(folder)) as phone:
        found |= {name: message.body() for name, message in answers(phone)}
        people = phone.assistant.directory.starting("an", 5)
    found["options_people"] = {"options": offered(people, "an", WORDS)}
    return found | dict(forms()) | dict(homes())


def write() -> list[Path]:
    """Write the files anew; which ones there are now."""
    for old in FOLDER.glob("*.json"):
        old.unlink()
    for name, made in snapshots().items():
        (FOLDER / f"{name}.json").write_text(shown(made), encoding="utf-8")
    return sorted(FOLDER.glob("*.json"))


def shown(made: Json) -> str:
    """As a file."""
    return json.dumps(made, indent=2, ensure_ascii=False) + "\n"


def problems(made: Json) -> list[str]:
    """What Slack would not take."""
    if "options" in made:
        return check_options(made)
    return check_view(made) if "type" in made else check_message(made["blocks"])


def cards() -> Iterator[tuple[str, Message]]:
    """Of one call and of two, from the first ring to the end."""

    def in_state(call: LiveCall, state: CallState, **more: Any) -> LiveCall:
        answered = state in {CallState.ACTIVE, CallState.HOLDING}
        return replace(call, state_id=int(state), **{"answered": answered, **more})

    def live(call: LiveCall, *others: LiveCall) -> Message:
        return live_card(call, (call, *others), WORDS)

    def over(call: LiveCall, kind: EventKind, lasted: float | None = None) -> Message:
        return over_card(CallEvent(kind, replace(call, state_id=16), AT), WORDS, lasted)

    talking = in_state(MARIA, CallState.ACTIVE)
    waiting = in_state(JOHN, CallState.HOLDING)
    yield "card_incoming", live(MARIA)
    yield "card_incoming_unknown", live(UNKNOWN)
    yield "card_dialling", live(in_state(MARIA, CallState.ALERTING, incoming=False))
    yield "card_connected", live(talking)
    yield "card_connected_with_another_on_hold", live(talking, waiting)
    yield "card_on_hold", live(waiting)
    yield (
        "card_transfer_failed",
        live(replace(talking, transfer_error="The transfer failed: busy.")),
    )
    yield "card_ended", over(talking, EventKind.ENDED, 201.0)
    yield "card_not_answered", over(replace(MARIA, incoming=False), EventKind.ENDED)
    yield "card_missed", over(MARIA, EventKind.MISSED)
    yield "card_missed_unknown", over(UNKNOWN, EventKind.MISSED)


def answers(phone: Desk) -> Iterator[tuple[str, Message]]:
    """What a real Assistant says."""

    def said(text: str) -> Reply:
        return phone.say(text, id=text.replace(" ", "-"))

    which = said("call john")
    yield "question_which_john", answer(which, WORDS, hide_numbers=False)
    yield "question_in_a_channel", answer(which, WORDS, hide_numbers=True)
    yield "answer_cancelled", answer(said("cancel"), WORDS, hide_numbers=False)
    yield "answer_nothing_to_hold", answer(said("hold"), WORDS, hide_numbers=False)
    phone.ring(MARIA.number)
    phone.ring(JOHN.number)
    yield "question_hang_up_all", answer(said("hang up everything"), WORDS, hide_numbers=False)


def notices() -> Iterator[tuple[str, Message]]:
    """What one is told although one did not ask, or before one has a workstation."""
    for kind in (EventKind.PHONEBAR_LOST, EventKind.PHONEBAR_BACK):
        yield f"notice_{kind}", Message(WORDS.event(CallEvent(kind, None, AT))[0])
    details = {"command": "/phonebar", "agent": "pc-of-ann"}
    names = ("not_linked", "linked", "replaced", "stranger", "desk_away", "form_late")
    for name in names:
        yield f"notice_{name}", Message(WORDS.say(f"slack_{name}", details)[0])


def forms() -> Iterator[tuple[str, Json]]:
    """Whom to call, and whom to transfer to."""
    yield "form_dial", dial_form(WORDS)
    yield "form_dial_from_a_message", dial_form(WORDS, found_in(WRITTEN))
    yield "form_transfer", transfer_form(MARIA, WORDS, ringing=False)
    yield "form_transfer_while_it_rings", transfer_form(MARIA, WORDS, ringing=True)


def homes() -> Iterator[tuple[str, Json]]:
    """The App Home."""
    link = Link("T1", "U1", "pc-of-ann", confirm=("transfer",), home=True)
    habits = Habits(("en", "de"), ("hangup_all",))
    talking = replace(MARIA, state_id=int(CallState.ACTIVE), answered=True)
    past = [
        {"key": "p1", "at": AT, "number": JOHN.number, "name": JOHN.name, "incoming": False,
         "answeredAt": AT + 9, "endedAt": AT + 90, "how": "ended"},
        {"key": "p2", "at": AT - 600, "number": UNKNOWN.number, "name": None, "incoming": True,
         "answeredAt": None, "endedAt": AT - 580, "how": "missed"},
    ]  # fmt: skip
    yield "home", view(Scene(link, habits, (talking,), "ready", past), WORDS)
    yield "home_phonebar_away", view(Scene(link, habits, None, None, ()), WORDS)
    yield (
        "home_not_linked",
        unlinked_view(WORDS.say("slack_not_linked", {"command": "/phonebar"})[0]),
    )
