"""Far ends behave as scripted, and as they are told."""

from __future__ import annotations

from pathlib import Path

import pytest

from phonebar.clock import ManualClock
from phonebar.errors import BadNumber, NoSuchCall, WrongState
from phonebar.line import Line
from phonebar.protocol import CallState
from phonebar.scenario import FarEnd, Outcome, Scenario, ScenarioError, from_table, load
from phonebar.simulator import Simulator

EXAMPLE = Path(__file__).parents[2] / "config" / "scenario.toml"


def reason(line: Line) -> object:
    return line.calls()[0].extra["reason"]


def state(line: Line) -> CallState | None:
    return line.calls()[0].state


@pytest.mark.parametrize(
    ("number", "seconds", "then"),
    [
        ("5550100", 0.0, CallState.ACTIVE),
        ("5550102", 59.0, CallState.ALERTING),
        ("5550106", 4.9, CallState.ACTIVE),
        ("5550106", 5.0, CallState.RELEASED),
        ("5550200", 0.0, CallState.ACTIVE),
        ("5550230", 29.9, CallState.ALERTING),
        ("5550230", 30.0, CallState.ACTIVE),
        ("12498398500", 0.3, CallState.ALERTING),
        ("12498398500", 2.0, CallState.ACTIVE),
        ("2025550101", 2.0, CallState.ACTIVE),
    ],
)
def test_documented_numbers_do_as_documented(
    line: Line, clock: ManualClock, number: str, seconds: float, then: CallState
) -> None:
    line.originate(number)
    clock.advance(seconds)
    assert state(line) is then


@pytest.mark.parametrize("number", ["112", "911", "999"])
def test_emergency_numbers_say_that_they_reach_nobody(
    line: Line, clock: ManualClock, number: str
) -> None:
    assert "reaches nobody" in line.originate(number).extra["note"]
    clock.advance(2)
    assert state(line) is CallState.ACTIVE


def test_a_scenario_decides_before_the_documented_numbers(clock: ManualClock) -> None:
    table = {"number": [{"match": "55501XX", "outcome": "unreachable", "after": 3}]}
    line = Line(Simulator(from_table(table)), clock=clock)
    line.originate("5550100")
    clock.advance(2.9)
    assert state(line) is CallState.CONNECTING
    clock.advance(0.1)
    assert reason(line) == "unreachable"


@pytest.mark.parametrize(
    ("pattern", "number", "matches"),
    [
        ("200", "200", True),
        ("200", "2001", False),
        ("2XX", "299", True),
        ("2XX", "2*9", False),
        ("0039.", "00396", True),
        ("0039.", "0039", True),
        ("+39.", "+391", True),
        ("*1", "*1", True),
    ],
)
def test_patterns(pattern: str, number: str, matches: bool) -> None:
    scenario = Scenario(numbers=((pattern, FarEnd(Outcome.BUSY)),))
    assert (scenario.far_end(number).outcome is Outcome.BUSY) is matches


def test_scripted_callers_call_again_give_up_and_stay_away_on_pause(clock: ManualClock) -> None:
    caller = {"number": "201", "at": 10, "every": 100, "gives_up_after": 20}
    line = Line(Simulator(from_table({"incoming": [caller]})), clock=clock)
    clock.advance(10)
    assert state(line) is CallState.INCOMING
    clock.advance(20)
    assert reason(line) == "missed"
    clock.advance(80)
    assert state(line) is CallState.INCOMING
    line.hangup(1)
    line.set_status("pause")
    clock.advance(100)
    assert not line.calls()
    line.set_status("ready")
    clock.advance(100)
    assert state(line) is CallState.INCOMING


def test_scripted_callers_stay_when_answered_and_hang_up_later(clock: ManualClock) -> None:
    caller = {"number": "201", "at": 0, "gives_up_after": 20, "hangs_up_after": 45}
    line = Line(Simulator(from_table({"incoming": [caller]})), clock=clock)
    clock.advance(0)
    line.answer()
    clock.advance(44)
    assert state(line) is CallState.ACTIVE
    clock.advance(1)
    assert reason(line) == "remote_hangup"


def test_a_closed_simulator_calls_nobody(clock: ManualClock) -> None:
    far = Simulator(from_table({"incoming": [{"number": "201", "at": 1, "every": 1}]}))
    line = Line(far, clock=clock)
    far.close()
    clock.advance(10)
    assert not line.calls()


def test_far_ends_played_by_hand(line: Line, far: Simulator) -> None:
    line.originate("5550102")
    assert far.ring_far(1).state is CallState.ALERTING
    assert far.answer_far(1).state is CallState.ACTIVE
    assert far.transfer_far(1, "300").number == "300"
    assert far.hangup_far(1).state is CallState.RELEASED
    line.originate("200")
    assert far.busy_far(2).extra["reason"] == "busy"


def test_playing_by_hand_ends_the_script_for_the_ringing(
    line: Line, far: Simulator, clock: ManualClock
) -> None:
    line.originate("5550103")
    far.answer_far(1)
    clock.advance(30)
    assert state(line) is CallState.ACTIVE


def test_a_vanished_call_frees_its_session_at_once(line: Line, far: Simulator) -> None:
    far.incoming("200")
    far.vanish(1)
    assert not line.calls()
    assert far.incoming("201").session_id == "1"
    assert line.history()[0].reason == "vanished"


def test_far_ends_refuse_what_makes_no_sense(line: Line, far: Simulator) -> None:
    with pytest.raises(NoSuchCall):
        far.answer_far(1)
    with pytest.raises(BadNumber):
        far.incoming("nobody")
    far.incoming("200")
    with pytest.raises(WrongState):
        far.answer_far(1)
    with pytest.raises(BadNumber):
        far.transfer_far(1, "sip:x@y")


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ({"defualt": {}}, "'defualt' is not known; allowed are default"),
        ({"default": {"outcome": "answer"}}, "must be one of answers, busy"),
        ({"default": {"after": -1}}, "number of seconds from 0 to 86400"),
        ({"default": {"rings_after": True}}, "number of seconds"),
        ({"default": 3}, r"write \[default\]"),
        ({"default": {"match": "1"}}, r"\[default\]: key 'match' is not known"),
        ({"number": {}}, r"write \[\[number\]\] above each"),
        ({"number": [{"match": "200"}, {"match": "x"}]}, r"\[\[number\]\] number 2: key 'match'"),
        ({"number": [{}]}, "key 'match' must be a number in quotes"),
        ({"incoming": [{"number": "200"}]}, "'at' is missing"),
        ({"incoming": [{"number": 200, "at": 1}]}, "in quotes"),
        ({"incoming": [{"number": "200", "at": 1, "every": 0}]}, "from 1 to 86400"),
        ({"latency": float("nan")}, "number of seconds"),
    ],
)
def test_a_bad_scenario_is_refused_with_the_key_and_what_is_allowed(
    table: dict[str, object], says: str
) -> None:
    with pytest.raises(ScenarioError, match=says):
        from_table(table)


def test_a_scenario_file_that_is_no_toml_names_itself(tmp_path: Path) -> None:
    path = tmp_path / "s.toml"
    with pytest.raises(ScenarioError, match=r"s\.toml: cannot be read"):
        load(path)
    path.write_text("latency = ")
    with pytest.raises(ScenarioError, match=r"s\.toml: is not TOML"):
        load(path)


def test_the_example_scenario_plays(clock: ManualClock) -> None:
    line = Line(Simulator(load(EXAMPLE)), clock=clock)
    line.originate("345")
    clock.advance(1)
    assert reason(line) == "busy"
    clock.advance(9)
    assert [call.number for call in line.calls()] == ["2025550101"]
