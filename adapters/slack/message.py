"""A message as Slack takes it: blocks for the eye, and a text that says the whole of it.

The text is what a notification and a screen reader say, so it never leans on the blocks.

Source: Slack's Block Kit reference; the limits are the published ones.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from adapters.slack.markup import escaped, shortened

Block = dict[str, Any]

TEXT, SECTION, BUTTON, OPTION, CONFIRM = 3900, 2900, 75, 75, 300
"""The longest of each, in characters."""
BUTTONS = 25
UNDER = 380
"""Characters under a line that stands out: escaping may make five of each, and 3000 are allowed."""


@dataclass(frozen=True, slots=True)
class Message:
    """What is posted."""

    text: str
    """Not escaped yet."""
    blocks: tuple[Block, ...] = ()

    def body(self) -> dict[str, Any]:
        """As arguments of `chat.postMessage` and its kin."""
        text = escaped(shortened(self.text, TEXT))
        return {"text": text, "blocks": list(self.blocks), "unfurl_links": False}


def plain_text(text: str, longest: int) -> Block:
    """A text object that Slack shows as it is."""
    return {"type": "plain_text", "text": shortened(text, longest) or " ", "emoji": False}


def section(text: str, bold: str = "") -> Block:
    """A paragraph; with `bold` a first line that stands out."""
    if not bold:
        return {"type": "section", "text": plain_text(text, SECTION)}
    return _marked(f"{_bold(bold)}\n{escaped(shortened(text, UNDER))}".rstrip())


def dated(bold: str, at: float) -> Block:
    """A line that stands out, and under it a time, in the reader's own zone.

    Args:
        bold: the line.
        at: Unix time in seconds.
    """
    when = time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(at))
    return _marked(f"{_bold(bold)}\n<!date^{int(at)}^{{date_short_pretty}} {{time}}|{when}>")


def _bold(text: str) -> str:
    # A star inside would end the bold text.
    return "*" + escaped(shortened(text, 200)).replace("*", "∗") + "*"


def _marked(form: str) -> Block:
    return {"type": "section", "text": {"type": "mrkdwn", "text": form}}


def context(text: str) -> Block:
    """A remark."""
    return {"type": "context", "elements": [plain_text(text, 1900)]}


def header(text: str) -> Block:
    """A title."""
    return {"type": "header", "text": plain_text(text, 150)}


def button(
    action_id: str,
    label: str,
    value: Mapping[str, Any],
    *,
    says: str = "",
    style: str = "",
    confirm: Block | None = None,
) -> Block:
    """Something to press.

    Args:
        action_id: unique within its block.
        label: what is written on it.
        value: what comes back when it is pressed.
        says: what a screen reader says of it, when the label alone is not enough.
        style: `primary` or `danger`, beside the words.
        confirm: what is asked before it counts.
    """
    made: Block = {
        "type": "button",
        "action_id": action_id,
        "text": plain_text(label, BUTTON),
        "value": json.dumps(value, separators=(",", ":")),
    }
    if says:
        made["accessibility_label"] = shortened(says, BUTTON)
    if style:
        made["style"] = style
    if confirm:
        made["confirm"] = confirm
    return made


def confirmation(title: str, text: str, yes: str, no: str, *, danger: bool = True) -> Block:
    """The question that Slack itself asks before a button counts."""
    return {
        "title": plain_text(title, 100),
        "text": plain_text(text, CONFIRM),
        "confirm": plain_text(yes, 30),
        "deny": plain_text(no, 30),
        **({"style": "danger"} if danger else {}),
    }


def buttons(block_id: str, made: Iterable[Block]) -> tuple[Block, ...]:
    """A row of buttons; none without any."""
    elements = list(made)[:BUTTONS]
    if not elements:
        return ()
    return ({"type": "actions", "block_id": block_id, "elements": elements},)


def option(label: str, value: str) -> Block:
    """One thing to choose; `value` has 150 characters at most."""
    return {"text": plain_text(label, OPTION), "value": value}
