"""What the assistant answered, as a message; its questions with a button for each answer."""

from __future__ import annotations

from adapters.slack.message import Message, button, buttons, section
from assistant.contract import Reply
from assistant.numbers import masked

CHOOSE = "choose"
"""What begins the `action_id` of a button that answers a question."""


def answer(reply: Reply, *, hide_numbers: bool) -> Message:
    """A reply in words.

    Args:
        reply: what the assistant said.
        hide_numbers: others may see it, so numbers are not shown in full.
    """
    text = masked(reply.text) if hide_numbers else reply.text
    if not reply.choices:
        return Message(text)
    row = [
        button(
            f"{CHOOSE}:{number}",
            masked(choice.label) if hide_numbers else choice.label,
            {"say": choice.say, "reply": reply.id},
        )
        for number, choice in enumerate(reply.choices)
    ]
    return Message(text, (section(text), *buttons("choices", row)))
