"""The scan: what traces.json says, and what no stream of presses may ever do."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.switch.pace import Method, Pace
from adapters.switch.scanner import Scanner, Sign
from tests.adapters.switch.traces import run, traces

METHODS: tuple[Method, ...] = ("automatic", "step", "two", "inverse")


@pytest.mark.parametrize("trace", traces(), ids=lambda trace: trace["name"])
def test_it_shows_what_the_trace_says(trace: dict[str, Any]) -> None:
    seen = run(trace["settings"], trace["steps"], trace["until"])
    assert [sign[1:] for sign in seen] == [sign[1:] for sign in trace["signs"]]
    assert [sign[0] for sign in seen] == pytest.approx([sign[0] for sign in trace["signs"]])


seconds = st.integers(0, 40).map(lambda tenths: tenths / 10)
paces = st.builds(
    Pace,
    method=st.sampled_from(METHODS),
    step=st.sampled_from([0.3, 0.5, 1.0, 2.0]),
    loops=st.integers(1, 4),
    acceptance=st.sampled_from([0.0, 0.1, 0.5]),
    release=st.sampled_from([0.0, 0.3, 1.0]),
    grace=st.sampled_from([0.0, 0.8]),
)
happenings = st.lists(
    st.tuples(
        seconds,
        st.one_of(
            st.tuples(st.sampled_from(["down", "up"]), st.booleans()),
            st.tuples(st.just("show"), st.integers(1, 6)),
            st.tuples(st.just("change"), st.integers(1, 6)),
            st.tuples(st.just("wait"), st.just(0)),
        ),
    ),
    max_size=40,
)


class Watched:
    """A scanner, and everything that went in and came out, in order."""

    def __init__(self, pace: Pace, *, repeats: bool = False) -> None:
        self.scanner, self.now, self._repeats = Scanner(pace), 0.0, repeats
        self.story: list[tuple[str, Any, float]] = []
        self._down = {False: False, True: False}
        self._take(self.scanner.show(3, 0.0))

    def pass_time(self, until: float) -> None:
        while (due := self.scanner.due()) is not None and due <= until:
            self._take(self.scanner.tick(due))
        self.now = until

    def do(self, what: str, more: Any) -> None:
        pace, t = self.scanner.pace, self.now
        if what in {"down", "up"}:
            down, moves = what == "down", bool(more) and pace.method == "two"
            if down and not self._down[moves]:
                self.story.append(("press", moves, t))
            self._down[moves] = down
            for _ in range(3 if self._repeats else 1):
                self._take(self.scanner.press(down, t, moves=bool(more)))
        elif what == "wait":
            self.story.append(("wait", 0, t))
            self.scanner.wait(t)
        else:
            grace = pace.grace if what == "change" else 0.0
            self.story.append(("show", more, t + grace))
            self._take(self.scanner.show(more, t, grace=grace))

    def _take(self, signs: tuple[Sign, ...]) -> None:
        self.story += [(sign.kind, sign.item, sign.at) for sign in signs]


def watched(pace: Pace, stream: list[tuple[float, tuple[str, Any]]], **more: Any) -> Watched:
    made = Watched(pace, **more)
    for after, (what, detail) in stream:
        made.pass_time(made.now + after)
        made.do(what, detail)
    made.pass_time(made.now + 100.0)
    return made


@given(paces, happenings)
def test_each_selection_has_a_press_of_its_own_that_began_while_the_item_was_lit(
    pace: Pace, stream: list[tuple[float, tuple[str, Any]]]
) -> None:
    lit, opens, press = None, 0.0, None
    for what, detail, at in watched(pace, stream).story:
        if what == "lit":
            lit = detail
        elif what == "show":
            opens, press = at, None
        elif what == "press" and not detail:
            press = (at, lit) if at >= opens else None
        elif what in {"wait", "paused", "woken"}:
            lit = press = None
        elif what == "selected":
            assert press is not None
            began, then = press
            if pace.method == "inverse":
                assert detail == lit
            else:
                assert detail == then
                assert at >= began + pace.acceptance - 1e-9
            lit = press = None


@given(paces, happenings)
def test_without_a_press_nothing_is_selected_and_the_scan_comes_to_rest(
    pace: Pace, stream: list[tuple[float, tuple[str, Any]]]
) -> None:
    quiet = [(after, step) for after, step in stream if step[0] not in {"down", "wait"}]
    made = watched(pace, quiet)
    assert {what for what, *_ in made.story} <= {"lit", "paused", "show"}
    assert made.scanner.due() is None
    assert made.scanner.paused == (pace.method == "automatic")


@given(paces, st.integers(1, 6))
def test_it_pauses_after_as_many_loops_as_it_is_told(pace: Pace, count: int) -> None:
    made = Watched(replace(pace, method="automatic"))
    made.do("show", count)
    made.pass_time(1000.0)
    after = made.story[[what for what, *_ in made.story].index("show") :]
    assert [what for what, *_ in after].count("lit") == count * pace.loops
    assert after[-1][0] == "paused"


@given(paces, happenings)
def test_a_keys_repeats_change_nothing(
    pace: Pace, stream: list[tuple[float, tuple[str, Any]]]
) -> None:
    assert watched(pace, stream, repeats=True).story == watched(pace, stream).story


@given(paces, happenings)
def test_a_press_that_wakes_does_nothing_else(
    pace: Pace, stream: list[tuple[float, tuple[str, Any]]]
) -> None:
    story = watched(pace, stream).story
    for place, (what, *_) in enumerate(story):
        if what == "woken":
            rest = [one for one, detail, _ in story[place + 1 :] if one != "press" or not detail]
            until = next((n for n, one in enumerate(rest) if one in {"press", "show"}), len(rest))
            assert "selected" not in rest[:until]


@given(paces, st.lists(st.tuples(seconds, seconds, st.booleans()), max_size=30))
def test_after_a_stall_a_press_counts_for_what_was_shown(
    pace: Pace, stream: list[tuple[float, float, bool]]
) -> None:
    scanner = Scanner(replace(pace, method="automatic", acceptance=0.0))
    now, shown = 0.0, 0
    scanner.show(4, now)
    for wait, stall, tick in stream:
        now += wait + stall
        if tick:
            for sign in scanner.tick(now):
                shown = sign.item
        else:
            for sign in scanner.press(True, now):
                assert sign.kind in {"woken", "lit"} or sign.item == shown
                shown = sign.item
            scanner.press(False, now)
            if scanner.lit is None and not scanner.paused:
                scanner.show(4, now)
                shown = 0


def test_a_press_that_had_to_wait_counts_for_what_was_lit_when_it_began() -> None:
    scanner = Scanner(Pace())
    scanner.show(3, 0.0)
    scanner.tick(1.5)
    assert scanner.press(True, 1.4) == (Sign("selected", 0, 1.4),)


def test_the_light_stands_still_while_a_press_waits_however_late_time_comes() -> None:
    scanner = Scanner(Pace(acceptance=2.0))
    scanner.show(3, 0.0)
    scanner.press(True, 1.0)
    assert scanner.tick(2.9) == ()
    assert scanner.tick(3.1) == (Sign("selected", 0, 3.1),)


def test_an_empty_list_cannot_be_scanned() -> None:
    with pytest.raises(ValueError, match="nothing to scan"):
        Scanner(Pace()).show(0, 0.0)


def test_a_paused_scan_waits_for_nothing() -> None:
    scanner = Scanner(Pace(loops=1))
    scanner.show(1, 0.0)
    assert [sign.kind for sign in scanner.tick(math.inf)] == ["paused"]
    assert scanner.due() is None


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("after", [0.0, 0.3])
def test_a_press_whose_release_is_lost_chooses_nothing(method: Method, after: float) -> None:
    scanner = Scanner(Pace(method=method, step=1.0, acceptance=0.5, loops=1))
    scanner.show(3, 0.0)
    scanner.press(True, 0.1)
    signs = list(scanner.tick(0.1 + after))
    scanner.lose(0.2 + after, moves=False)
    assert not scanner.held(moves=False)
    while (due := scanner.due()) is not None:
        signs += scanner.tick(due)
    assert "selected" not in {sign.kind for sign in signs}


def test_after_a_lost_release_the_next_press_counts() -> None:
    scanner = Scanner(Pace(method="step", long=1.0))
    scanner.show(3, 0.0)
    scanner.press(True, 0.1)
    scanner.lose(0.5, moves=False)
    scanner.press(True, 2.0)
    assert scanner.press(False, 2.1) == (Sign("lit", 1, 2.1),)
