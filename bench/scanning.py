"""What one switch costs: seconds and wrong choices of a simulated user, in simulated time.

    python -m bench.scanning --rounds 40

A round is what an agent does with two callers: answer, hold, transfer to a favourite; answer, hang
up. The user sees an item, and presses after a reaction time (normal: 0.4 s, deviation 0.1 s; never
under 0.15 s), whatever is lit by then: so some presses come too late and choose the next item. The
user notices, and goes back or cancels. Scanner, chooser, menu, assistant and simulated phonebar are
the real ones; only the clock is moved by hand, so that what the PC needs, some milliseconds a
command, is not in the figures.

A choice is wrong when it is not the one that was aimed at. An act is wrong when the phonebar was
told to do something other than what the round asks for. Orders compared: by likelihood, as the
product has it, and fixed, the order in which the vendor documents its actions.
"""

from __future__ import annotations

import argparse
import random
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import mean

from adapters.switch.menu import Order, likely
from adapters.switch.pace import Pace
from assistant.contract import LiveCall
from assistant.settings import SwitchSection
from tests.adapters.switch.sitting import Sitting
from tests.desk import Desk, desk

LEAST = 0.15
"""Seconds: nobody reacts faster."""

FIRST, SECOND = "+12025550144", "+390655501135"
FAVOURITES = ("Technical Support", "Billing", "Escalations")
AIM = "Billing"

VENDOR = ("answer", "hangup", "decline", "transfer", "connect", "hold", "resume", "conference")
"""The order in which the vendor's API lists its actions."""

LIMIT = 300.0
"""Seconds after which a goal counts as not reached."""


def fixed(_call: LiveCall) -> tuple[str, ...]:
    """The same order in every state."""
    return VENDOR


@dataclass(frozen=True, slots=True)
class Goal:
    """Something that the user wants done."""

    name: str
    items: tuple[str, ...]
    """What to choose in the first list, then in the ones that open."""
    done: Callable[[dict[str, str]], bool]
    """Whether the calls show it."""
    deeds: tuple[str, ...]
    """What the phonebar is asked for on the way."""


GOALS = (
    Goal("answer", ("Answer",), lambda calls: calls.get(FIRST) == "active", ("answer",)),
    Goal("hold", ("Hold",), lambda calls: calls.get(FIRST) == "holding", ("hold",)),
    Goal(
        "transfer to a favourite",
        ("Transfer", AIM),
        lambda calls: FIRST not in calls,
        ("resume", "transfer"),
    ),
    Goal("answer", ("Answer",), lambda calls: calls.get(SECOND) == "active", ("answer",)),
    Goal("hang up", ("Hang up",), lambda calls: SECOND not in calls, ("hangup",)),
)


@dataclass(slots=True)
class Figures:
    """What the rounds came to."""

    seconds: dict[str, list[float]] = field(default_factory=dict)
    choices: int = 0
    wrong: int = 0
    """Choices of another item than the one aimed at."""
    wrong_acts: int = 0
    """Commands of the phonebar that the goal does not need: a held call taken back, say."""
    wrong_calls: int = 0
    """Those of them that ended a call, transferred it or placed one."""
    vain: int = 0
    """Presses that did nothing."""
    failed: int = 0


class User:
    """Presses the switch as somebody with one reaction time would."""

    def __init__(
        self,
        sitting: Sitting,
        rng: random.Random,
        figures: Figures,
        reaction: tuple[float, float],
    ) -> None:
        self._me, self._random, self._figures = sitting, rng, figures
        self._reaction = reaction

    def reach(self, goal: Goal, phone: Desk) -> bool:
        """Go on until the goal is reached, correcting what went wrong; whether it was."""
        me, began, before = self._me, self._me.now, len(phone.deeds())
        while not goal.done(phone.states()) and me.now - began < LIMIT:
            if self._sees_it(goal):
                self._press()
            else:
                due = me.chooser.due()
                me.pass_time(0.1 if due is None else max(due - me.now, 0.0))
        self._figures.seconds.setdefault(goal.name, []).append(me.now - began)
        for entry in phone.deeds()[before:]:
            if entry.what not in goal.deeds:
                self._figures.wrong_acts += 1
                self._figures.wrong_calls += entry.what not in {"hold", "resume"}
        reached = goal.done(phone.states())
        self._figures.failed += not reached
        return reached

    def _sees_it(self, goal: Goal) -> bool:
        """Whether what is lit is to be chosen; a pause, and a call about to be placed, as well."""
        me = self._me
        if me.lit is None:
            return me.lines[-1].endswith(("Press the switch to go on.", "to cancel."))
        return me.lit.startswith(self._aim(goal))

    def _aim(self, goal: Goal) -> str:
        """The item that leads on from the list that is open."""
        labels = self._me.labels
        if "Yes" in labels:
            asked = next(line for line in reversed(self._me.lines) if "?" in line)
            meant = asked.startswith(goal.items[0]) and (len(goal.items) == 1 or AIM in asked)
            return "Yes" if meant else "Cancel"
        if goal.items[-1] in labels:
            return goal.items[-1]
        first = goal.items[0]
        if any(label.startswith(first) for label in labels) and "Back" not in labels:
            return first
        if goal.name == "hold" and "Resume" in labels:
            return "Resume"
        return "Back" if "Back" in labels else first

    def _press(self) -> None:
        me = self._me
        aimed, before = me.lit, len(me.chooser.chosen)
        me.pass_time(max(LEAST, self._random.gauss(*self._reaction)))
        me.tap()
        me.events()
        chosen = me.chooser.chosen[before:]
        self._figures.vain += aimed is not None and not chosen
        self._figures.choices += len(chosen)
        self._figures.wrong += bool(chosen) and aimed is not None and chosen[0] != aimed


def rounds(
    pace: Pace,
    order: Order,
    count: int,
    *,
    confirm: bool,
    seed: int,
    reaction: tuple[float, float],
) -> Figures:
    """The figures of so many rounds; a round ends at a goal that is not reached."""
    section = SwitchSection()
    figures, rng = Figures(), random.Random(seed)
    for _ in range(count):
        with tempfile.TemporaryDirectory() as folder, desk(Path(folder)) as phone:
            me = Sitting(
                phone,
                pace,
                FAVOURITES,
                order,
                rest=pace.release,
                dial_delay=section.dial_delay,
                confirm=section.confirm if confirm else (),
            )
            user = User(me, rng, figures, reaction)
            for goal in GOALS:
                if goal.name == "answer":
                    phone.ring(FIRST if goal is GOALS[0] else SECOND)
                    me.events()
                if not user.reach(goal, phone):
                    break
                me.events()
            me.close()
    return figures


def show(title: str, figures: Figures, count: int) -> None:
    """A row."""
    each = {name: mean(values) for name, values in figures.seconds.items()}
    total = sum(sum(values) for values in figures.seconds.values()) / count
    share = 100 * figures.wrong / max(1, figures.choices)
    print(
        f"| {title} | "
        + " | ".join(
            f"{each[goal]:.1f}" if goal in each else "-"
            for goal in dict.fromkeys(goal.name for goal in GOALS)
        )
        + f" | {total:.1f} | {figures.choices / count:.1f} | {share:.1f} % | {figures.vain}"
        + f" | {figures.wrong_acts} | {figures.wrong_calls} | {figures.failed} |"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--reaction", type=float, default=0.4, help="seconds, mean")
    parser.add_argument("--jitter", type=float, default=0.1, help="seconds, standard deviation")
    given = parser.parse_args()
    names = dict.fromkeys(goal.name for goal in GOALS)
    print(
        "| | "
        + " | ".join(names)
        + " | a round | choices | wrong | in vain | wrong acts | of these on calls | not reached |"
    )
    print("| --- |" + " --- |" * (len(names) + 7))
    section = SwitchSection()
    base = Pace(release=section.release, grace=section.grace)
    for step in (0.5, 1.0, 2.0):
        pace = replace(base, step=step)
        for title, late, order, confirm in (
            ("by likelihood", 0.0, likely, True),
            ("fixed order", 0.0, fixed, True),
            ("by likelihood, `late = 0.2`", 0.2, likely, True),
            ("by likelihood, nothing asked back", 0.0, likely, False),
        ):
            figures = rounds(
                replace(pace, late=late),
                order,
                given.rounds,
                confirm=confirm,
                seed=given.seed,
                reaction=(given.reaction, given.jitter),
            )
            show(f"{step:g} s, {title}", figures, given.rounds)


if __name__ == "__main__":
    main()
