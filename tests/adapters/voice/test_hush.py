"""The callers do not hear what is said to the assistant."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from adapters.voice import hush
from adapters.voice.hush import LEASE, Hush
from assistant.phonebar import PhonebarError, Refused, Unreachable
from tests.adapters.voice.person import speaking
from tests.desk import Desk, eventually


class Keeper:
    """A phonebar that keeps the microphone from the callers, or fails to."""

    def __init__(self) -> None:
        self.asked: list[float] = []
        self.trouble: PhonebarError | None = None

    def hush(self, seconds: float) -> None:
        self.asked.append(seconds)
        if self.trouble is not None:
            raise self.trouble


@contextmanager
def keeping(keeper: Keeper, told: Callable[[], None] = lambda: None) -> Iterator[Hush]:
    made = Hush(keeper, told)
    try:
        yield made
    finally:
        made.close()


def test_in_a_call_the_caller_is_kept_from_hearing_the_command(phone: Desk) -> None:
    phone.call("200")
    with speaking(phone) as person:
        eventually(lambda: person.session._modes.in_call)
        person.session.press()
        eventually(lambda: phone.line.hush.on)
        person.says("hold")
        person.reads("Sales (200) is on hold.")
        eventually(lambda: not phone.line.hush.on)


def test_a_key_that_comes_up_without_a_word_lets_the_caller_hear_again(phone: Desk) -> None:
    phone.call("200")
    with speaking(phone) as person:
        eventually(lambda: person.session._modes.in_call)
        person.session.talk(True, True)
        eventually(lambda: phone.line.hush.on)
        person.session.talk(False, False)
        eventually(lambda: not phone.line.hush.on)


def test_a_call_that_is_answered_while_the_key_is_down_hears_nothing_either(phone: Desk) -> None:
    with speaking(phone) as person:
        person.session.talk(True, True)
        person.is_("listening")
        assert not phone.line.hush.on
        phone.call("200")
        eventually(lambda: phone.line.hush.on)


def test_without_a_call_nothing_is_asked(phone: Desk) -> None:
    with speaking(phone) as person:
        person.session.press()
        person.says("call Sales")
        person.reads("Calling Sales (200).")
    assert not [entry for entry in phone.line.log.entries() if "hushed" in entry.what]


def test_a_sitting_that_ends_lets_the_caller_hear_again(phone: Desk) -> None:
    phone.call("200")
    with speaking(phone) as person:
        eventually(lambda: person.session._modes.in_call)
        person.session.talk(True, True)
        eventually(lambda: phone.line.hush.on)
    assert not phone.line.hush.on


def test_it_is_asked_for_again_as_long_as_the_key_is_down(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hush, "RENEWED", 0.01)
    keeper = Keeper()
    with keeping(keeper) as made:
        made.begin()
        eventually(lambda: keeper.asked[:3] == [LEASE] * 3)
        made.end()
        eventually(lambda: keeper.asked[-1] == 0)
        count = len(keeper.asked)
    assert len(keeper.asked) == count, "nothing is left to end"


def test_a_phonebar_that_cannot_is_asked_once_and_that_is_told_after_the_command() -> None:
    keeper, told = Keeper(), []
    keeper.trouble = Refused(404, "there is no such page")
    with keeping(keeper, lambda: told.append(len(keeper.asked))) as made:
        made.begin()
        eventually(lambda: keeper.asked == [LEASE])
        assert not told
        made.end()
        eventually(lambda: told == [1])
        made.begin()
        made.end()
    assert keeper.asked == [LEASE]
    assert told == [1]


def test_a_phonebar_that_is_away_is_asked_again_the_next_time() -> None:
    keeper, told = Keeper(), []
    keeper.trouble = Unreachable("nobody answers")
    with keeping(keeper, lambda: told.append(True)) as made:
        made.begin()
        eventually(lambda: keeper.asked == [LEASE])
        keeper.trouble = None
        made.end()
        eventually(lambda: told == [True])
        made.begin()
        eventually(lambda: keeper.asked[-1] == LEASE)
        assert len(keeper.asked) > 1
