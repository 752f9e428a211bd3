"""Slack's spelling: read without raising, written without being obeyed."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from adapters.slack.markup import escaped, plain, shortened, undecorated, users_in

TEXTS = st.text() | st.text(alphabet="<>@#!|&;ltgamp UABC*_~`:")


@given(TEXTS)
def test_escaped_text_holds_no_control_sequence(text: str) -> None:
    assert not set("<>") & set(escaped(text))
    assert not re.search(r"&(?!amp;|lt;|gt;)", escaped(text))


@given(TEXTS)
def test_any_text_can_be_read(text: str) -> None:
    plain(text)
    undecorated(text)
    users_in(text)


@given(st.text(), st.integers(1, 50))
def test_a_shortened_text_is_short(text: str, longest: int) -> None:
    assert len(shortened(text, longest)) <= longest


def test_people_links_and_numbers_read_as_they_were_meant() -> None:
    assert plain("call <@U1|x>", {"U1": "John"}) == "call John"
    assert plain("<tel:+4420|0800>") == "+4420"
    assert plain("a &lt; b") == "a < b"
    assert undecorated("*call* _john_") == "call john"
