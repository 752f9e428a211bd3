"""What is offered for each call."""

from __future__ import annotations

from assistant.actions import actions
from assistant.contract import LiveCall
from phonebar.protocol import CallState


def call(key: str, state: CallState) -> LiveCall:
    return LiveCall(key, 1, "1", "200", int(state), incoming=False, duration=0, answered=True)


def test_what_is_offered_fits_the_state() -> None:
    held, active = call("a", CallState.HOLDING), call("b", CallState.ACTIVE)
    ringing = call("c", CallState.INCOMING)
    names = [one.name for one in actions(held, (held, active))]
    assert names == ["resume", "conference", "connect", "transfer", "hangup"]
    assert [one.name for one in actions(active, (active,))] == ["hold", "transfer", "hangup"]
    offered = actions(ringing, (ringing,))
    assert [one.name for one in offered] == ["answer", "transfer", "decline"]
    assert [one.needs_party for one in offered] == [False, True, False]
