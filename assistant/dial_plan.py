"""The dial plan: how a number as people write it becomes the number that the phonebar dials.

Without any setting nothing is rewritten. Emergency numbers, codes with `*` or `#`, and internal
numbers never are.
"""

from __future__ import annotations

from collections.abc import Callable

from assistant.settings import DialPlanSection


class DialPlan:
    """The rules of one configuration.

    Args:
        rules: the configuration's section.
        is_emergency: whether a number reaches the emergency services.
    """

    def __init__(self, rules: DialPlanSection, is_emergency: Callable[[str], bool]) -> None:
        self._rules, self._is_emergency = rules, is_emergency

    def dial(self, number: str) -> str:
        """What to dial to reach `number` (digits, `*`, `#`, at most one leading `+`)."""
        rules = self._rules
        internal = number.isdigit() and len(number) <= rules.internal_longest
        if internal or self._is_emergency(number) or not number.removeprefix("+").isdigit():
            return number
        if not number.startswith("+"):
            return rules.outside_prefix + number
        if rules.country and number.startswith(rules.country):
            national = rules.national_prefix + number.removeprefix(rules.country)
            return rules.outside_prefix + national
        if rules.international_prefix:
            return rules.outside_prefix + rules.international_prefix + number[1:]
        # A plus stands only at the start, so no prefix can come before it.
        return number
