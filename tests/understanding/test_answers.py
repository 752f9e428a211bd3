"""Answers to questions."""

from __future__ import annotations

from typing import Any

import pytest

from assistant.config import starter
from assistant.directory import Directory
from assistant.understanding import Understanding

ENGLISH = Understanding(("en",), Directory.load(starter("contacts.csv")))
LABELS = ["John Carter (+12025550102)", "John Smith (+12025550101)"]


@pytest.mark.parametrize(
    ("text", "intent", "slots"),
    [
        ("2", "choose", {"index": 1}),
        ("the second", "choose", {"index": 1}),
        ("number two please", "choose", {"index": 1}),
        ("um the first one", "choose", {"index": 0}),
        ("the last one", "choose", {"index": -1}),
        ("Carter", "choose", {"text": "carter"}),
        ("the one with carter", "choose", {"text": "carter"}),
        ("crater", "choose", {"text": "carter"}),
        ("0101", "choose", {"index": 1}),
        ("the one ending 0102", "choose", {"index": 0}),
        ("yes", "yes", {}),
        ("no thanks", "no", {}),
        ("never mind", "cancel", {}),
        ("no, maria rossi", "correct", {"target": {"contact": "Maria Rossi"}}),
        ("I meant sales", "correct", {"target": {"contact": "Sales"}}),
        ("5550199", "correct", {"target": {"number": "5550199"}}),
        ("hang up", "hangup", {}),
        ("what is the weather like", "none", {}),
        ("", "none", {}),
    ],
)
def test_an_answer(text: str, intent: str, slots: dict[str, Any]) -> None:
    command = ENGLISH.parse_answer(text, LABELS)
    assert (command.intent, dict(command.slots)) == (intent, slots)
