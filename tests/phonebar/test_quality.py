"""How a call sounds, and what people would say of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phonebar.line import Line
from phonebar.quality import BASIC, Quality, opinion
from phonebar.simulator import Simulator

loss = st.floats(0, 100)
delay = st.floats(0, 5000)


@given(loss, delay, delay)
def test_the_opinion_is_within_its_scale(lost: float, buffer: float, trip: float) -> None:
    assert 1.0 <= Quality(lost=lost, buffer=buffer, round_trip=trip).mos <= 4.5


@given(loss, loss, delay)
def test_more_loss_is_never_liked_better(one: float, two: float, buffer: float) -> None:
    less, more = sorted((one, two))
    assert Quality(lost=more, buffer=buffer).mos <= Quality(lost=less, buffer=buffer).mos


@pytest.mark.parametrize(("r", "mos"), [(BASIC, 4.41), (80, 4.02), (60, 3.1), (50, 2.58), (0, 1.0)])
def test_ratings_are_those_of_the_recommendation(r: float, mos: float) -> None:
    """Table B.1 of ITU-T G.107, and its R of a call without disturbance."""
    assert opinion(r) == pytest.approx(mos, abs=0.01)


def test_what_was_measured_is_shown_without_being_news_and_stays_in_the_history() -> None:
    line = Line(Simulator())
    try:
        call_id = line.incoming("200")
        assert call_id is not None
        version = line.version
        line.measured(call_id, Quality(codec="PCMA/8000", lost=1.5))
        assert line.version == version
        assert line.calls()[0].extra["quality"]["lost"] == 1.5
        line.hangup_all()
        assert line.history()[0].to_json()["quality"]["codec"] == "PCMA/8000"
        line.measured(call_id, Quality())
        line.measured("another", Quality())
    finally:
        line.close()
