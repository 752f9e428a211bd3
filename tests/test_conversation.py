"""Conversations: kept word for word, each its owner's, and dropped when they cannot be read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.conversation import (
    CHOOSE,
    Consultation,
    Conversation,
    Conversations,
    Option,
    Question,
)
from assistant.entry import Entry
from assistant.journal import Journal

NOW = 1_800_000_000.0
QUESTION = Question(
    CHOOSE,
    "Whom do you mean?",
    "Whom do you mean?",
    (
        Option("John Smith (200)", "call", {"target": {"number": "200", "name": "John Smith"}}),
        Option("Both", "hangup", {"which": {"keys": ["a", "b"]}}, sure=True),
    ),
    NOW + 60,
    again=True,
)
ENTRY = Entry("number", "transfer", 2, ("202", "555"), NOW + 90, "id")
TALK = Conversation(
    QUESTION, Consultation("key", "+12025550144"), "Called.", "Called, plus 1.", ENTRY
)


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    made = Journal(tmp_path / "journal.sqlite3")
    yield made
    made.close()


def test_a_conversation_is_kept_as_it_was(journal: Journal) -> None:
    Conversations(journal).save("anna", "cli", TALK)
    other = Journal(journal.path)
    assert Conversations(other).load("anna", "cli", NOW) == TALK
    other.close()


def test_every_user_and_surface_has_its_own(journal: Journal) -> None:
    talks = Conversations(journal)
    talks.save("anna", "cli", TALK)
    for user, surface in (("anna", "headless"), ("bert", "cli"), ("", "anna:cli")):
        assert talks.load(user, surface, NOW) == Conversation()


def test_the_question_and_the_entry_expire_and_the_entry_is_missed(journal: Journal) -> None:
    talks = Conversations(journal)
    talks.save("anna", "cli", TALK)
    assert talks.load("anna", "cli", NOW + 59.9).question == QUESTION
    assert talks.load("anna", "cli", NOW + 60) == replace(TALK, question=None)
    over = replace(TALK, question=None, entry=None, lapsed="number")
    assert talks.load("anna", "cli", NOW + 90) == over


def test_an_options_command_is_the_one_that_was_asked_about() -> None:
    command = QUESTION.options[0].command
    assert (command.intent, command.slots) == ("call", QUESTION.options[0].slots)


@pytest.mark.parametrize(
    "kept",
    [
        {"question": {"kind": "choose"}},
        {"question": {**TALK.to_json()["question"], "mood": "good"}},
        {"question": {**TALK.to_json()["question"], "options": [{"label": "x"}]}},
        {"question": {**TALK.to_json()["question"], "options": None}},
        {"question": {**TALK.to_json()["question"], "expires": "soon"}},
        {"question": "what?"},
        {"consultation": {"held": 1}},
        {"consultation": [1]},
        {"entry": {"kind": "number"}},
        {"entry": {**TALK.to_json()["entry"], "pieces": ["2x"]}},
        ["a list"],
        "text",
        7,
    ],
)
def test_what_another_version_wrote_is_dropped(journal: Journal, kept: Any) -> None:
    journal.note("conversation:anna:cli", kept)
    found = Conversations(journal).load("anna", "cli", NOW)
    assert (found.question, found.consultation, found.entry) == (None, None, None)


SLOTS = st.dictionaries(
    st.sampled_from(["target", "to", "which"]),
    st.one_of(st.text(max_size=8), st.integers(-1, 9), st.dictionaries(st.text(), st.text())),
    max_size=2,
)
OPTIONS = st.builds(
    Option, st.text(max_size=9), st.sampled_from(["call", "hold"]), SLOTS, st.booleans()
)
QUESTIONS = st.builds(
    Question,
    st.sampled_from(["confirm", "choose"]),
    st.text(max_size=9),
    st.text(max_size=9),
    st.lists(OPTIONS, max_size=3).map(tuple),
    st.just(NOW + 1),
    st.booleans(),
)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    talk=st.builds(
        Conversation,
        st.none() | QUESTIONS,
        st.none() | st.builds(Consultation, st.text(max_size=5), st.text(max_size=5)),
        st.text(max_size=9),
        st.text(max_size=9),
    )
)
def test_any_conversation_survives_the_journal(journal: Journal, talk: Conversation) -> None:
    Conversations(journal).save("anna", "cli", talk)
    assert Conversations(journal).load("anna", "cli", NOW) == talk
