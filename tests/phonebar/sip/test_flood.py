"""How many calls come in and go out: never more than the stack has sockets for."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from phonebar.sip.flood import BURST, OUT_BURST, OUT_RATE, RATE, Flood, Pace

HALF_A_SECOND = 0.5
"""For so long PJSIP keeps sockets that are closed."""
gaps = st.lists(st.floats(0, 0.3), min_size=1, max_size=200)


@given(gaps, st.lists(st.integers(0, 30), min_size=1, max_size=50))
def test_in_half_a_second_no_more_come_in_and_go_out_than_there_are_sockets_for(
    gaps: list[float], sources: list[int]
) -> None:
    flood, pace = Flood(), Pace()
    now, passed = 0.0, []
    for place, gap in enumerate(gaps):
        now += gap
        if flood.lets_in(f"192.0.2.{sources[place % len(sources)]}:5060", now):
            passed.append(now)
        if pace.goes(now):
            passed.append(now)
    for begin in passed:
        together = [at for at in passed if begin <= at <= begin + HALF_A_SECOND]
        assert 2 * len(together) <= 50


@given(gaps)
def test_one_source_gets_its_burst_and_then_its_rate(gaps: list[float]) -> None:
    flood, now, let_in = Flood(), 0.0, 0
    for gap in gaps:
        now += gap
        let_in += flood.lets_in("192.0.2.1:5060", now)
    assert let_in <= BURST + RATE * now + 1


@given(gaps)
def test_calls_of_ours_wait_and_then_go(gaps: list[float]) -> None:
    pace, now, gone = Pace(), 0.0, 0
    for gap in gaps:
        now += gap
        gone += pace.goes(now)
    assert gone <= OUT_BURST + OUT_RATE * now + 1
    assert pace.goes(now + 1 / OUT_RATE + 0.001)
