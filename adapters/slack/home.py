"""The App Home: the calls that are up, the latest ones, ready or pause, the user's settings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from adapters.slack.cards import call_back, live_card
from adapters.slack.message import (
    Block,
    button,
    buttons,
    confirmation,
    context,
    dated,
    header,
    option,
    plain_text,
    section,
)
from adapters.slack.store import Link
from assistant.contract import LiveCall
from assistant.desk import Habits
from assistant.language import load_language
from assistant.plan import Party
from assistant.settings import CONFIRMABLE
from assistant.wording import Wording

DIAL, STATUS, UNLINK = "home:dial", "home:status", "home:unlink"
LANGUAGE, CONFIRM = "home:language", "home:confirm"
"""The `action_id` of each thing in the App Home."""
ANY = "any"
RECENT = 10


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything that the App Home shows."""

    link: Link
    habits: Habits
    calls: tuple[LiveCall, ...] | None
    """None when the phonebar cannot be asked."""
    status: str | None
    past: Sequence[Mapping[str, Any]]


def view(scene: Scene, words: Wording) -> Block:
    """The App Home of a user who has a workstation."""
    blocks = [
        header(words.say("slack_home_title", {"agent": scene.link.agent})[0]),
        *_status(scene, words),
        header(words.say("slack_home_calls")[0]),
        *_calls(scene, words),
        header(words.say("slack_home_recent")[0]),
        *_recent(scene, words),
        header(words.say("slack_home_settings")[0]),
        *_settings(scene, words),
    ]
    return {"type": "home", "blocks": blocks}


def unlinked_view(text: str) -> Block:
    """The App Home of somebody who has none yet: how to get one."""
    return {"type": "home", "blocks": [section(text)]}


def _status(scene: Scene, words: Wording) -> list[Block]:
    dial = button(DIAL, words.say("slack_form_dial")[0], {}, style="primary")
    if scene.calls is None:
        said, _ = words.say("slack_home_offline")
        return [section(said), *buttons("status", [dial])]
    if scene.status is None:
        said, _ = words.say("slack_home_no_status")
        return [section(said), *buttons("status", [dial])]
    other = "pause" if scene.status == "ready" else "ready"
    said, _ = words.say(f"slack_home_{scene.status}")
    change = button(STATUS, words.say(f"slack_set_{other}")[0], {"status": other})
    return [section(said), *buttons("status", [dial, change])]


def _calls(scene: Scene, words: Wording) -> list[Block]:
    if not scene.calls:
        return [section(words.say("calls_none")[0])]
    return [block for call in scene.calls for block in live_card(call, scene.calls, words).blocks]


def _recent(scene: Scene, words: Wording) -> list[Block]:
    found: list[Block] = []
    live = {call.key for call in scene.calls or ()}
    past = [call for call in scene.past if call["key"] not in live and call["number"]]
    for number, call in enumerate(past[:RECENT]):
        who = Party(str(call["number"]), call["name"])
        kind = "incoming" if call["incoming"] else "outgoing"
        answered = "answered" if call["answeredAt"] else "not_answered"
        how, _ = words.say(f"cli_{answered}")
        said, _ = words.say(f"slack_past_{kind}", {"who": who, "how": how})
        back = call_back(who.number, who.name, words, str(number))
        found.append({**dated(said, float(call["at"])), "accessory": back})
    return found or [section(words.say("slack_home_no_calls_yet")[0])]


def _settings(scene: Scene, words: Wording) -> list[Block]:
    return [
        *_languages(scene, words),
        *_confirmations(scene, words),
        *buttons("link", [_unlink(scene, words)]),
    ]


def _languages(scene: Scene, words: Wording) -> list[Block]:
    anything = option(words.say("slack_home_any_language")[0], ANY)
    options = [anything, *(option(_name(code), code) for code in scene.habits.languages)]
    chosen = next((one for one in options if one["value"] == scene.link.language), anything)
    label, _ = words.say("slack_home_language")
    field = {
        "type": "static_select",
        "action_id": LANGUAGE,
        "placeholder": plain_text(label, 150),
        "options": options,
        "initial_option": chosen,
    }
    return [{**section(label), "block_id": "language", "accessory": field}]


def _confirmations(scene: Scene, words: Wording) -> list[Block]:
    always = scene.habits.confirm
    options = [
        option(words.say(f"confirmable_{name}")[0], name)
        for name in CONFIRMABLE
        if name not in always
    ]
    chosen = [one for one in options if one["value"] in scene.link.confirm]
    label, _ = words.say("slack_home_confirm")
    found: list[Block] = []
    if options:
        field: Block = {"type": "checkboxes", "action_id": CONFIRM, "options": options}
        if chosen:
            field["initial_options"] = chosen
        found.append({**section(label), "block_id": "confirm", "accessory": field})
    if always:
        named = ", ".join(words.say(f"confirmable_{name}")[0] for name in always)
        found.append(context(words.say("slack_home_always", {"what": named})[0]))
    return found


def _unlink(scene: Scene, words: Wording) -> Block:
    label, _ = words.say("slack_unlink")
    asked, _ = words.say("slack_sure_unlink", {"agent": scene.link.agent})
    no, _ = words.say("slack_no")
    sure = confirmation(label, asked, label, no)
    return button(UNLINK, label, {}, style="danger", confirm=sure)


def _name(code: str) -> str:
    return str(load_language(code).data["name"])
