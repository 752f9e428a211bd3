"""What the server and its telephone process say to each other: lines that keep a secret."""

from __future__ import annotations

from dataclasses import asdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phonebar.sip.account import Account
from phonebar.sip.messages import Happened, MessageError, Place, Start, from_line, to_line

SECRET = "Ooh-secret-9"  # noqa: S105


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_a_line_that_is_no_message_is_refused_in_one_way(line: bytes) -> None:
    with pytest.raises(MessageError):
        from_line(line)


@given(st.text(max_size=20), st.text(max_size=20))
def test_what_is_said_is_what_is_heard(call_id: str, other: str) -> None:
    for message in (Place(call_id, other), Happened("ended", call_id, 486, other)):
        assert from_line(to_line(message)) == message


def test_nothing_that_a_log_may_show_has_the_password() -> None:
    account = Account("a", "100", password=SECRET)
    start = Start(asdict(account), {})
    assert SECRET not in f"{account} {account!r} {start}"
    with pytest.raises(MessageError) as refused:
        from_line(to_line(start)[:-3])
    assert SECRET not in str(refused.value)
    assert refused.value.__cause__ is None
