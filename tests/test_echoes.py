"""Echoes: what somebody has just done is no news to them, and is news to everybody else."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from assistant.contract import CallEvent, EventKind, LiveCall
from assistant.echoes import Echoes
from assistant.plan import Party, Plan, Step

ME, OTHER = ("local", "cli"), ("local", "headless")


def call(key: str = "a", number: str = "200") -> LiveCall:
    return LiveCall(key, 1, "1", number, 8, False, 0, answered=True)


def quiet(echoes: Echoes, origin: tuple[str, str], kind: EventKind, about: LiveCall | None) -> bool:
    """Whether a subscriber of that origin hears the event as an echo."""
    heard: list[CallEvent] = []
    tell: Callable[[CallEvent], None] = echoes.marking(heard.append, {origin})
    tell(CallEvent(kind, about, 0.0))
    return heard[0].quiet


@pytest.mark.parametrize(
    ("action", "kind"),
    [
        ("answer", EventKind.CONNECTED),
        ("hangup", EventKind.ENDED),
        ("hold", EventKind.HELD),
        ("resume", EventKind.RESUMED),
        ("transfer", EventKind.RELEASED),
        ("attended_transfer", EventKind.RELEASED),
        ("conference", EventKind.RESUMED),
    ],
)
def test_ones_own_doing_is_quiet_where_it_was_asked_and_only_there(
    action: str, kind: EventKind
) -> None:
    echoes = Echoes()
    echoes.expect(Plan((Step(action, call()),), "done"), ME)
    assert quiet(echoes, ME, kind, call())
    assert not quiet(echoes, OTHER, kind, call())
    assert not quiet(echoes, ME, kind, call("b"))
    assert not quiet(echoes, ME, EventKind.INCOMING, call())


def test_a_dial_is_known_by_its_number_until_its_call_is_there() -> None:
    echoes = Echoes()
    echoes.expect(Plan((Step("originate", party=Party("+390655501104")),), "calling"), ME)
    assert quiet(echoes, ME, EventKind.DIALING, call("new", "00390655501104"))
    assert not quiet(echoes, ME, EventKind.DIALING, call("new", "200"))
    assert not quiet(echoes, ME, EventKind.CONNECTED, call("new", "00390655501104"))


def test_both_calls_of_a_plan_are_meant() -> None:
    echoes = Echoes()
    echoes.expect(Plan((Step("attended_transfer", call(), call("b")),), "connected_them"), ME)
    assert quiet(echoes, ME, EventKind.RELEASED, call("b"))


def test_what_comes_of_a_plan_that_failed_is_news() -> None:
    echoes = Echoes()
    plan = Plan((Step("hold", call()),), "held")
    echoes.expect(plan, ME)
    echoes.forget(plan)
    assert not quiet(echoes, ME, EventKind.HELD, call())


def test_an_event_of_the_phonebar_itself_is_always_news() -> None:
    echoes = Echoes()
    echoes.expect(Plan((Step("hold", call()),), "held"), ME)
    assert not quiet(echoes, ME, EventKind.PHONEBAR_LOST, None)
