"""Presses handed on."""

from __future__ import annotations

import threading

from adapters.input.press import Press
from adapters.input.relay import Relay


def test_presses_come_in_their_order_on_another_thread_whatever_becomes_of_one() -> None:
    told: list[tuple[str, bool]] = []
    threads: set[int] = set()

    def on_press(press: Press) -> None:
        threads.add(threading.get_ident())
        told.append((press.key, press.down))
        if len(told) == 2:
            raise RuntimeError

    relay = Relay(on_press)
    presses = [(f"f{n}", down) for n in range(1, 25) for down in (True, False)]
    for key, down in presses:
        relay.put(key, down)
    relay.close()
    assert told == presses
    assert threading.get_ident() not in threads
    assert len(threads) == 1


def test_one_who_is_told_may_close() -> None:
    closed = threading.Event()

    def on_press(_press: Press) -> None:
        relay.close()
        closed.set()

    relay = Relay(on_press)
    relay.put("f8", True)
    assert closed.wait(5)
