"""What is in blocks: finding an element, giving it its ids, reading aloud what is shown."""

from __future__ import annotations

import copy
import itertools
from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]

CHOSEN = {
    "static_select": "selected_option",
    "external_select": "selected_option",
    "radio_buttons": "selected_option",
    "overflow": "selected_option",
    "checkboxes": "selected_options",
    "multi_static_select": "selected_options",
    "multi_external_select": "selected_options",
    "users_select": "selected_user",
    "multi_users_select": "selected_users",
    "conversations_select": "selected_conversation",
    "multi_conversations_select": "selected_conversations",
    "channels_select": "selected_channel",
    "multi_channels_select": "selected_channels",
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "datetimepicker": "selected_date_time",
    "plain_text_input": "value",
    "email_text_input": "value",
    "url_text_input": "value",
    "number_input": "value",
    "rich_text_input": "rich_text_value",
}
"""Under which name each kind of element tells what was chosen or typed."""

_ids = itertools.count(1)


class NotPossible(AssertionError):
    """No person could do that: it is not on their screen, or Slack's program does not let them."""


def interactive(block: Json) -> list[Json]:
    """The elements of one block that can be pressed, chosen or filled in."""
    found = [
        *block.get("elements", []),
        *([block["accessory"]] if block.get("accessory") else []),
        *([block["element"]] if block.get("element") else []),
    ]
    return [one for one in found if one.get("type") in CHOSEN or one.get("type") == "button"]


def with_ids(blocks: list[Json]) -> list[Json]:
    """The blocks with an id for each block and element that was given none, as Slack does."""
    blocks = copy.deepcopy(blocks)
    for block in blocks:
        block.setdefault("block_id", f"b{next(_ids)}")
        for one in interactive(block):
            one.setdefault("action_id", f"a{next(_ids)}")
    return blocks


def label(element: Json) -> str:
    """What is written on a button."""
    return str((element.get("text") or {}).get("text", ""))


def find(blocks: list[Json], wanted: str, block_id: str | None = None) -> tuple[Json, Json]:
    """The one block and element with this action_id, or with this on the button."""
    everything = [
        (block, one)
        for block in blocks
        if block_id in {None, block.get("block_id")}
        for one in interactive(block)
    ]
    by_id = [pair for pair in everything if pair[1].get("action_id") == wanted]
    found = by_id or [pair for pair in everything if label(pair[1]) == wanted]
    if len(found) != 1:
        there = [label(one) or one.get("action_id") for _, one in everything]
        raise NotPossible(f"{len(found)} elements are {wanted!r}; there are {there}")
    return found[0]


def buttons(blocks: list[Json]) -> list[str]:
    """What is written on the buttons, in order."""
    return [label(one) for b in blocks for one in interactive(b) if one["type"] == "button"]


def start_state(blocks: list[Json]) -> dict[str, dict[str, Json]]:
    """`state.values` before anybody has touched anything."""
    values: dict[str, dict[str, Json]] = {}
    for block in blocks:
        for one in interactive(block):
            key = CHOSEN.get(one["type"])
            if key is None or one["type"] == "overflow":
                continue
            begin = "initial_value" if key in {"value", "rich_text_value"} else None
            begin = begin or key.replace("selected_", "initial_")
            empty: Any = [] if key.endswith("s") else None
            entry = {"type": one["type"], key: one.get(begin, empty)}
            values.setdefault(block["block_id"], {})[one["action_id"]] = entry
    return values


def options_of(element: Json) -> list[Json]:
    """Everything that a menu offers by itself."""
    groups = element.get("option_groups") or []
    return [*(element.get("options") or []), *(one for g in groups for one in g["options"])]


def pick(offered: list[Json], wanted: str) -> Json:
    """The option with this text or value."""
    by_text = [one for one in offered if one["text"]["text"] == wanted]
    found = by_text or [one for one in offered if one["value"] == wanted]
    if len(found) != 1:
        there = [one["text"]["text"] for one in offered]
        raise NotPossible(f"{len(found)} options are {wanted!r}; there are {there}")
    return found[0]


def value_of(element: Json, given: Any, offered: list[Json]) -> Any:
    """What the element's state becomes when somebody chooses or types this."""
    key = CHOSEN[element["type"]]
    if key == "selected_option":
        return pick(offered, given)
    if key == "selected_options":
        return [pick(offered, one) for one in given]
    return given


def shown(blocks: list[Json]) -> list[str]:
    """What a person reads, a line for each text; buttons in brackets."""
    return [line for block in blocks for line in _lines(block)]


def _lines(block: Json) -> Iterator[str]:
    if block["type"] == "divider":
        yield "---"
    for name in ("text", "title", "label"):
        said = block.get(name)
        if said:
            yield said["text"] if isinstance(said, dict) else said
    yield from (one["text"] for one in block.get("fields") or [])
    if block["type"] == "context":
        yield " ".join(one.get("text") or one.get("alt_text", "") for one in block["elements"])
        return
    on_it = [f"[{_words(one)}]" for one in interactive(block)]
    if on_it:
        yield " ".join(on_it)


def _words(element: Json) -> str:
    hint = (element.get("placeholder") or {}).get("text", "")
    return label(element) or hint or str(element.get("action_id"))
