"""Both clocks run what falls due, in order, and can be moved on."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from phonebar.clock import Clock, ManualClock, RealClock


@pytest.fixture(params=[ManualClock, RealClock])
def clock(request: pytest.FixtureRequest) -> Iterator[Clock]:
    made: Clock = request.param()
    yield made
    made.close()


def test_what_falls_due_runs_in_order_before_advance_returns(clock: Clock) -> None:
    ran: list[str] = []
    clock.later(120, lambda: ran.append("second"))
    clock.later(60, lambda: ran.append("first"))
    clock.later(600, lambda: ran.append("never"))
    clock.advance(121)
    assert ran == ["first", "second"]


def test_an_action_may_set_another_that_falls_due_in_the_same_move(clock: Clock) -> None:
    ran: list[str] = []

    def outer() -> None:
        clock.later(60, lambda: ran.append("inner"))

    clock.later(60, outer)
    clock.advance(121)
    assert ran == ["inner"]


def test_a_cancelled_action_does_not_run(clock: Clock) -> None:
    ran: list[str] = []
    clock.later(60, lambda: ran.append("x")).cancel()
    clock.advance(61)
    assert ran == []


def test_the_date_and_the_ticks_move_on_together(clock: Clock) -> None:
    date, ticks = clock.now(), clock.ticks()
    clock.advance(3600)
    assert clock.now() - date == pytest.approx(3600, abs=5)
    assert clock.ticks() - ticks == pytest.approx(3600, abs=5)


def test_nothing_runs_after_close(clock: Clock) -> None:
    ran: list[str] = []
    clock.later(60, lambda: ran.append("x"))
    clock.close()
    clock.advance(61)
    assert ran == []


def test_the_real_clock_runs_by_itself_and_survives_a_failing_action() -> None:
    clock = RealClock()
    done = threading.Event()

    def fail() -> None:
        raise ValueError("as a test wants it")

    clock.later(0.0, fail)
    clock.later(0.01, done.set)
    assert done.wait(5)
    clock.close()
