"""Telephone numbers as people and phonebars write them: compared, masked, spoken."""

from __future__ import annotations

import re

ENOUGH = 7
"""Digits from which on the end of a number is taken for the whole of it."""


def bare(number: str) -> str:
    """The digits that identify a number: no separators, no `+` or `00` in front."""
    digits = re.sub(r"[^0-9*#]", "", number)
    return digits.removeprefix("00") if len(digits) > ENOUGH else digits


def same_number(one: str, other: str) -> bool:
    """Whether two spellings reach the same party: `+39 06 5550110` and `0039065550110`, say.

    A number may have gained or lost a prefix on its way; with seven digits in common at the end it
    is still the same. Short ones (extensions) must be equal.
    """
    a, b = sorted((bare(one), bare(other)), key=len)
    return bool(a) and (a == b or (len(a) >= ENOUGH and b.endswith(a)))


def masked(text: str) -> str:
    """`text` with all but the last two digits of each longer number hidden; none spans lines."""
    return re.sub(
        r"\+?\d(?:[\d().-]|[^\S\n]){2,}\d",
        lambda found: "*" * 6 + re.sub(r"\D", "", found.group())[-2:],
        text,
    )


def grouped(number: str) -> list[str]:
    """The characters of a number in groups of three or four, for reading aloud.

    `12498398500` gives `124 983 985 00`; a rest of one joins the group before it.
    """
    plus = ["+"] if number.startswith("+") else []
    rest = number.removeprefix("+")
    groups = [rest[i : i + 3] for i in range(0, len(rest), 3)]
    if len(groups) > 1 and len(groups[-1]) == 1:
        groups[-2:] = [groups[-2] + groups[-1]]
    return plus + groups


def written(text: str) -> str | None:
    """The number that `text` is, without its separators; None when it is no number."""
    found = re.sub(r"[\s().\-/]", "", text)
    return found if re.fullmatch(r"\+?[0-9*#]{1,32}", found, re.ASCII) else None


def found_in(text: str) -> tuple[str, ...]:
    """The telephone numbers in a text, without separators, each once.

    Dates, prices and IP addresses are none.
    """
    found = re.findall(
        r"(?<![\w.,:])\+?\(?\d(?:[\s().\-/]{0,2}\d){4,17}(?![\w]|[.,:]\d)", text, re.ASCII
    )
    numbers = [written(item) for item in found if not _OTHER.fullmatch(item.strip())]
    return tuple(dict.fromkeys(number for number in numbers if number))


_DATE = r"\d{1,4}([-./])\d{1,2}\1\d{1,4}"
_PRICE = r"\d+\.\d{1,2}"
_IP = r"(?!\d\d(?:\.\d\d){3}$)\d{1,3}(?:\.\d{1,3}){3}"
"""Not four pairs: some write telephone numbers so."""
_OTHER = re.compile(f"{_DATE}|{_PRICE}|{_IP}", re.ASCII)
