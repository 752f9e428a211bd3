"""The policy: prefixes, limits, quiet hours, and emergency numbers above them all."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.policy import Policy, Verdict
from assistant.settings import LOCAL_SURFACES, PolicySection

NOON = datetime(2026, 6, 1, 12, 0).astimezone().timestamp()
NIGHT = datetime(2026, 6, 1, 23, 30).astimezone().timestamp()


def ruling(rules: PolicySection, number: str, *, dialled: int = 0, **circumstances: object) -> str:
    return verdict(rules, number, dialled=dialled, **circumstances).ruling


def verdict(
    rules: PolicySection,
    number: str,
    *,
    dialled: int = 0,
    surface: str = "cli",
    now: float = NOON,
    confirmed: bool = False,
    transfer: bool = False,
) -> Verdict:
    policy = Policy(rules, lambda _since: dialled)
    return policy.dial(number, surface, now=now, confirmed=confirmed, transfer=transfer)


def test_a_forbidden_prefix_is_refused_however_it_is_written() -> None:
    rules = PolicySection(forbid=("+1900", "0088"))
    assert [ruling(rules, n) for n in ("+19005551", "0019005551", "+885", "12345")] == [
        "refuse", "refuse", "refuse", "allow",
    ]  # fmt: skip


def test_with_allowed_prefixes_all_others_are_refused() -> None:
    rules = PolicySection(allow=("+39", "2"))
    assert [ruling(rules, n) for n in ("+3906", "003906", "200", "12345")] == [
        "allow", "allow", "allow", "refuse",
    ]  # fmt: skip


def test_quiet_hours_span_midnight_and_stop_new_calls_only() -> None:
    rules = PolicySection(quiet_hours="22:00-07:00")
    assert ruling(rules, "200", now=NIGHT) == "refuse"
    assert ruling(rules, "200", now=NIGHT, transfer=True) == "allow"
    assert ruling(rules, "200", now=NOON) == "allow"


def test_the_limit_of_calls_a_minute() -> None:
    rules = PolicySection(max_calls_per_minute=3)
    assert [ruling(rules, "200", dialled=n) for n in (2, 3)] == ["allow", "refuse"]


@pytest.mark.parametrize("number", ["112", "911", "999", "+112", "113"])
def test_an_emergency_number_is_asked_once_and_blocked_by_nothing(number: str) -> None:
    rules = PolicySection(
        allow=("2",), forbid=("9", "1"), quiet_hours="00:00-23:59", emergency=("113",)
    )
    circumstances = {"dialled": 10_000, "now": NOON}
    assert ruling(rules, number, **circumstances) == "ask"
    assert ruling(rules, number, confirmed=True, **circumstances) == "allow"


def test_a_remote_chat_may_not_dial_an_emergency_number_even_with_a_yes() -> None:
    for confirmed in (False, True):
        found = verdict(PolicySection(), "112", surface="slack", confirmed=confirmed)
        assert (found.ruling, found.message) == ("refuse", "emergency_remote")


def test_spoken_surfaces_ask_more_than_typed_ones() -> None:
    policy = Policy(PolicySection(), lambda _since: 0)
    assert [policy.needs_yes("transfer", s) for s in ("cli", "voice", "switch")] == [
        False, True, True,
    ]  # fmt: skip


@given(st.text(max_size=40), st.sampled_from(sorted(LOCAL_SURFACES)))
def test_only_numbers_are_ever_allowed(text: str, surface: str) -> None:
    if ruling(PolicySection(), text, surface=surface, confirmed=True) == "allow":
        assert set(text) <= set("0123456789*#+")
        assert 1 <= len(text) <= 32
