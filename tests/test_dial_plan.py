"""The dial plan: numbers as they are written, and as they are dialled."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.dial_plan import DialPlan
from assistant.settings import DialPlanSection
from phonebar.protocol import is_number

ITALIAN_PBX = DialPlanSection(
    outside_prefix="0", internal_longest=4, country="+39", international_prefix="00"
)
GERMAN_PBX = DialPlanSection(
    outside_prefix="9", internal_longest=3, country="+49", national_prefix="0",
    international_prefix="00",
)  # fmt: skip


def dial(rules: DialPlanSection, number: str) -> str:
    return DialPlan(rules, lambda item: item == "112").dial(number)


@pytest.mark.parametrize(
    ("rules", "number", "dialled"),
    [
        (ITALIAN_PBX, "+390655501104", "00655501104"),
        (ITALIAN_PBX, "+12025550101", "00012025550101"),
        (ITALIAN_PBX, "0655501104", "00655501104"),
        (ITALIAN_PBX, "2004", "2004"),
        (ITALIAN_PBX, "*97", "*97"),
        (ITALIAN_PBX, "112", "112"),
        (GERMAN_PBX, "+49305550107", "90305550107"),
        (GERMAN_PBX, "112", "112"),
        (DialPlanSection(outside_prefix="9"), "+12025550101", "+12025550101"),
    ],
)
def test_a_number_by_its_plan(rules: DialPlanSection, number: str, dialled: str) -> None:
    assert dial(rules, number) == dialled


@given(st.from_regex(r"\+?[0-9*#]{1,20}", fullmatch=True))
def test_without_a_plan_nothing_is_rewritten(number: str) -> None:
    assert dial(DialPlanSection(), number) == number


@given(st.from_regex(r"\+?[0-9*#]{1,20}", fullmatch=True))
def test_what_is_dialled_is_a_number(number: str) -> None:
    assert is_number(dial(GERMAN_PBX, number))
