"""What the assistant answered, as a message; its questions with a button for each answer."""

from __future__ import annotations

from adapters.slack.message import BUTTONS, Message, button, buttons, section
from assistant.contract import Choice, Reply
from assistant.numbers import masked
from assistant.wording import Wording

CHOOSE = "choose"
"""What begins the `action_id` of a button that answers a question."""


def answer(reply: Reply, words: Wording, *, hide_numbers: bool) -> Message:
    """A reply in words.

    Args:
        reply: what the assistant said.
        words: the user's language.
        hide_numbers: others may see it, so numbers are not shown in full.
    """
    text = masked(reply.text) if hide_numbers else reply.text
    if not reply.choices:
        return Message(text)
    cancel = Choice(words.say("choice_cancel")[0], words.say("say_cancel")[0])
    without = all(choice.say != cancel.say for choice in reply.choices)
    choices = (*reply.choices[: BUTTONS - 1], cancel) if without else reply.choices
    row = [
        button(
            f"{CHOOSE}:{number}",
            masked(choice.label) if hide_numbers else choice.label,
            {"say": choice.say, "reply": reply.id},
        )
        for number, choice in enumerate(choices)
    ]
    return Message(text, (section(text), *buttons("choices", row)))
