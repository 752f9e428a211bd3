"""Telephone numbers as the page writes them."""

from __future__ import annotations

from assistant import numbers
from tests.browser import Window

GROUP = (
    "async (all) => { const { grouped } = await import('/numbers.js'); return all.map(grouped); }"
)


def test_they_are_grouped_as_the_assistant_groups_them(window: Window) -> None:
    window.open()
    digits = "39065550110412345678"
    found = [plus + digits[:length] for length in range(7, 16) for plus in ("", "+")]
    read = [numbers.grouped(one) for one in found]
    wanted = [
        "".join(groups[: groups[0] == "+"]) + "\u00a0".join(groups[groups[0] == "+" :])
        for groups in read
    ]
    assert window.page.evaluate(GROUP, found) == wanted


def test_what_is_short_or_no_number_stays_as_it_is(window: Window) -> None:
    window.open()
    assert window.page.evaluate(GROUP, ["201", "*21#", "sip:ann"]) == ["201", "*21#", "sip:ann"]
