"""The tracker: identity across session ids that are used again, and what is announced."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from assistant.contract import EventKind
from assistant.tracker import Tracker
from phonebar.protocol import Call, CallState

S = CallState
K = EventKind


def call(
    state: CallState | int,
    number: str = "200",
    *,
    session: str = "1",
    incoming: bool = False,
    duration: int = 0,
    **extra: Any,
) -> Call:
    return Call(session, number, int(state), incoming, duration, extra)


def story(tracker: Tracker, *looks: list[Call], start: float = 1000.0) -> list[EventKind]:
    """The kinds of events from successive looks, a second apart, after a first empty one."""
    tracker.feed([], start)
    kinds = []
    for number, look in enumerate(looks, 1):
        kinds += [event.kind for event in tracker.feed(look, start + number)]
    return kinds


def test_an_outgoing_call_is_told_from_dialling_to_its_end() -> None:
    looks = [
        [call(S.IDLE)],
        [call(S.CONNECTING)],
        [call(S.ALERTING)],
        [call(S.ACTIVE)],
        [call(S.HOLDING, duration=1)],
        [call(S.ACTIVE, duration=2)],
        [call(S.RELEASED, duration=3)],
        [],
    ]
    assert story(Tracker(), *looks) == [
        K.DIALING, K.RINGING, K.CONNECTED, K.HELD, K.RESUMED, K.RELEASED, K.ENDED,
    ]  # fmt: skip


def test_states_between_two_looks_do_not_leave_a_gap() -> None:
    assert story(Tracker(), [call(S.ACTIVE)]) == [K.DIALING, K.CONNECTED]
    assert story(Tracker(), [call(S.HOLDING)]) == [K.DIALING, K.CONNECTED, K.HELD]


def test_an_unanswered_incoming_call_is_missed_once() -> None:
    ringing = call(S.INCOMING, incoming=True)
    released = call(S.RELEASED, incoming=True)
    assert story(Tracker(), [ringing], [released], [released], []) == [K.INCOMING, K.MISSED]
    assert story(Tracker(), [ringing], []) == [K.INCOMING, K.MISSED]


def test_a_call_that_was_declined_here_is_not_missed() -> None:
    tracker = Tracker()
    tracker.feed([], 1)
    (event,) = tracker.feed([call(S.INCOMING, incoming=True)], 2)
    assert event.call is not None
    tracker.ended_here(event.call.key)
    assert [event.kind for event in tracker.feed([], 3)] == [K.ENDED]


def test_the_end_after_a_release_is_marked_as_nothing_new() -> None:
    tracker = Tracker()
    story(tracker, [call(S.ACTIVE)], [call(S.RELEASED)])
    (event,) = tracker.feed([], 1010)
    assert (event.kind, event.quiet) == (K.ENDED, True)


def test_the_first_look_announces_only_what_rings() -> None:
    look = [call(S.ACTIVE), call(S.INCOMING, "201", session="2", incoming=True)]
    assert [event.kind for event in Tracker().feed(look, 1)] == [K.INCOMING]


def keys_of(*looks: tuple[float, Call]) -> int:
    """How many different calls the tracker saw."""
    tracker, keys = Tracker(), set()
    tracker.feed([], 0)
    for at, seen in looks:
        tracker.feed([seen], at)
        keys |= {live.key for live in tracker.calls}
    return len(keys)


def test_a_session_id_with_another_number_or_direction_is_another_call() -> None:
    assert keys_of((1, call(S.ACTIVE)), (2, call(S.ACTIVE, "201"))) == 2
    assert keys_of((1, call(S.ACTIVE)), (2, call(S.ACTIVE, incoming=True))) == 2


def test_a_call_does_not_go_back_in_its_life() -> None:
    assert keys_of((1, call(S.ACTIVE)), (2, call(S.CONNECTING))) == 2
    assert keys_of((1, call(S.RELEASED)), (2, call(S.ACTIVE))) == 2
    assert keys_of((1, call(S.ALERTING)), (2, call(S.CONNECTING))) == 2


def test_a_duration_that_fell_or_lags_behind_the_clock_is_another_call() -> None:
    assert keys_of((1, call(S.ACTIVE, duration=30)), (2, call(S.ACTIVE, duration=3))) == 2
    assert keys_of((1, call(S.ACTIVE, duration=2)), (61, call(S.ACTIVE, duration=5))) == 2
    assert keys_of((1, call(S.ACTIVE, duration=2)), (61, call(S.ACTIVE, duration=62))) == 1


def test_a_phonebar_that_never_counts_keeps_its_calls() -> None:
    assert keys_of((1, call(S.ACTIVE)), (61, call(S.ACTIVE)), (121, call(S.HOLDING))) == 1


def test_a_lasting_identity_decides_where_there_is_one() -> None:
    one, two = call(S.ACTIVE, callId="a"), call(S.ACTIVE, callId="b")
    moved = call(S.ACTIVE, "999000", callId="a")
    assert keys_of((1, one), (2, two)) == 2
    assert keys_of((1, one), (2, moved)) == 1


def test_a_line_stays_with_its_call_and_is_used_again_after_it() -> None:
    tracker = Tracker()
    one, two = call(S.HOLDING), call(S.ACTIVE, "201", session="2")
    story(tracker, [one, two], [two])
    assert [live.line for live in tracker.calls] == [2]
    tracker.feed([two, call(S.INCOMING, "202", session="3", incoming=True)], 1010)
    assert [(live.line, live.number) for live in tracker.calls] == [(1, "202"), (2, "201")]


def test_another_process_goes_on_with_the_same_identities_and_lines() -> None:
    first = Tracker()
    story(first, [call(S.HOLDING), call(S.ACTIVE, "201", session="2")], [])
    story(first, [call(S.HOLDING), call(S.ACTIVE, "201", session="2")])
    second = Tracker()
    second.load(first.dump())
    second.feed([call(S.ACTIVE, "201", session="2", duration=4)], 1006)
    assert [(c.key, c.line) for c in second.calls] == [
        (c.key, c.line) for c in first.calls if c.number == "201"
    ]


def test_an_unknown_state_is_listed_and_announces_nothing() -> None:
    tracker = Tracker()
    assert story(tracker, [call(S.ACTIVE)], [call(77)]) == [K.DIALING, K.CONNECTED]
    assert [live.state for live in tracker.calls] == [None]


LOOK = st.lists(
    st.builds(
        call,
        st.sampled_from([*S, 77]),
        st.sampled_from(["200", "201"]),
        session=st.sampled_from(["1", "2", "3"]),
        incoming=st.booleans(),
        duration=st.integers(0, 20),
    ),
    unique_by=lambda item: item.session_id,
    max_size=3,
)


@given(st.lists(LOOK, max_size=15))
def test_whatever_a_phonebar_shows_each_call_ends_once_and_lines_are_unique(
    looks: list[list[Call]],
) -> None:
    tracker = Tracker()
    told: dict[str, list[EventKind]] = {}
    for number, look in enumerate([[], *looks, []]):
        for event in tracker.feed(look, 1000.0 + number):
            assert event.call is not None
            told.setdefault(event.call.key, []).append(event.kind)
        assert {live.session_id for live in tracker.calls} == {item.session_id for item in look}
        lines = [live.line for live in tracker.calls]
        assert len(set(lines)) == len(lines)
    for kinds in told.values():
        ends = [kind for kind in kinds if kind in {K.RELEASED, K.MISSED, K.ENDED}]
        assert ends in ([K.ENDED], [K.MISSED], [K.RELEASED], [K.RELEASED, K.ENDED])
        assert kinds[-1] in ends
