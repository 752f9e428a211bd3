"""What a Refer-To comes to: a number that is dialled, or nothing."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from phonebar.protocol import is_number
from phonebar.sip.referring import sent_on_to

HOMES = ("pbx.example.org", "192.0.2.1:5080")
ALLOWED = ("2??", "+39*")


@pytest.mark.parametrize(
    ("address", "number"),
    [
        ("<sip:202@pbx.example.org>", "202"),
        ("sip:202@PBX.example.org:5060", "202"),
        ("<sip:202@192.0.2.1:5080;transport=tcp>", "202"),
        ("<sip:+390655501104@pbx.example.org;user=phone>", "+390655501104"),
        ("<sips:%32%30%32@pbx.example.org>", "202"),
    ],
)
def test_a_number_of_the_list_at_our_own_server_is_dialled(address: str, number: str) -> None:
    assert sent_on_to(address, HOMES, ALLOWED) == number


@pytest.mark.parametrize(
    "address",
    [
        "<sip:302@pbx.example.org>",
        "<sip:2022@pbx.example.org>",
        "<sip:202@evil.example.net>",
        "<sip:202@192.0.2.1>",
        "<sip:202@pbx.example.org:5080>",
        "<sip:202@pbx.example.org;maddr=evil.example.net>",
        "<sip:202@pbx.example.org;method=MESSAGE>",
        "<sip:202@pbx.example.org?Replaces=a%3Bto-tag%3Db%3Bfrom-tag%3Dc>",
        "<sip:202@pbx.example.org?Route=%3Csip:evil.example.net%3E>",
        "<sip:202@pbx.example.org>, <sip:900@evil.example.net>",
        "<sip:20a@pbx.example.org>",
        "<tel:202>",
        "<sip:pbx.example.org>",
        "<sip:+39%0d%0aRoute:x@pbx.example.org>",
        "",
    ],
)
def test_nothing_else_is(address: str) -> None:
    assert sent_on_to(address, HOMES, ALLOWED) is None


def test_without_a_list_nothing_is() -> None:
    assert sent_on_to("<sip:202@pbx.example.org>", HOMES, ()) is None


@given(user=st.text(max_size=20), host=st.text(max_size=20), rest=st.text(max_size=20))
@example(user="202", host="pbx.example.org", rest="")
@example(user="2٢2", host="pbx.example.org", rest="")
def test_whatever_is_asked_only_a_number_of_the_list_comes_out(
    user: str, host: str, rest: str
) -> None:
    for address in (f"<sip:{user}@{host}{rest}>", f"sip:{quote(user)}@pbx.example.org{rest}"):
        found = sent_on_to(address, HOMES, ALLOWED)
        if found is not None:
            assert is_number(found)
            assert found.startswith("+39") or (len(found) == 3 and found[0] == "2")
