"""A press on the page becomes exactly one command, or is refused."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.web.deeds import BadDeedError, command_of
from assistant.contact import Contact, Number
from assistant.contract import ACTS, Command

JOHN = Contact("John Smith", (Number("200"),))
MARIA = Contact("Maria Rossi", (Number("201"), Number("202", "mobile")))
ONE, TWO = {"key": "a"}, {"key": "b"}


@pytest.mark.parametrize(
    ("deed", "command"),
    [
        ({"name": "answer", "call": "a"}, Command("answer", {"which": ONE})),
        ({"name": "hold", "call": "a"}, Command("hold", {"which": ONE})),
        ({"name": "resume", "call": "a"}, Command("resume", {"which": ONE})),
        ({"name": "hangup", "call": "a"}, Command("hangup", {"which": ONE})),
        (
            {"name": "decline", "call": "a"},
            Command("hangup", {"which": ONE, "while": "incoming"}),
        ),
        ({"name": "hangup_all"}, Command("hangup", {"which": "all"})),
        (
            {"name": "connect", "call": "a", "other": "b"},
            Command("attended_transfer", {"a": ONE, "b": TWO}),
        ),
        (
            {"name": "conference", "call": "a", "other": "b"},
            Command("conference", {"parties": [ONE, TWO]}),
        ),
        (
            {"name": "transfer", "call": "a", "number": "7", "ringing": True},
            Command("transfer", {"which": ONE, "while": "incoming", "to": {"number": "7"}}),
        ),
        ({"name": "call", "number": "7"}, Command("call", {"target": {"number": "7"}})),
        (
            {"name": "call", "number": "200", "who": "John Smith"},
            Command("call", {"target": {"contact": "John Smith"}}),
        ),
        (
            {"name": "call", "number": "202", "who": "Maria Rossi"},
            Command("call", {"target": {"number": "202"}}),
        ),
        (
            {"name": "call", "number": "999", "who": "John Smith"},
            Command("call", {"target": {"number": "999"}}),
        ),
    ],
)
def test_each_press_is_its_command(deed: dict[str, Any], command: Command) -> None:
    assert command_of(deed, (JOHN, MARIA)) == command


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner, max_size=2)
    ),
    max_leaves=4,
)
names = st.sampled_from(["name", "call", "other", "number", "who", "ringing"])


@given(
    st.dictionaries(names, json_values | st.sampled_from(["call", "hold", "transfer", "connect"]))
)
def test_whatever_is_sent_is_a_command_that_acts_or_is_refused(deed: dict[str, Any]) -> None:
    try:
        command = command_of(deed, (JOHN, MARIA))
    except BadDeedError:
        return
    assert command.intent in ACTS
