"""A sitting: which keys are switches, what does not go together, and that nothing deafens it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from adapters.input.press import Listening, OnPress, Press
from adapters.switch.doctor import findings
from adapters.switch.session import Session, pace, switches
from adapters.switch.trouble import KeyUnknown, NoTerminal, SameKey
from assistant.directory import Directory
from assistant.settings import SwitchSection
from tests.adapters.switch.sitting import Heard
from tests.desk import Desk, eventually


class Hand:
    """A switch that a test presses, in real time."""

    error: Exception | None = None
    unheard: frozenset[str] = frozenset()
    taken: frozenset[str] = frozenset()

    def __init__(self) -> None:
        self.leave: Callable[[], None] = lambda: None
        self._on_press: OnPress = lambda _press: None

    def __call__(self, on_press: OnPress, leave: Callable[[], None]) -> Listening:
        self._on_press, self.leave = on_press, leave
        return self

    def tap(self) -> None:
        now = time.monotonic()
        self._on_press(Press("space", True, now))
        self._on_press(Press("space", False, now + 0.01))

    def claim(self, keys: Any) -> None:
        pass

    def let_go(self, key: str) -> bool:
        return False

    def close(self) -> None:
        pass


def latest(lines: list[str]) -> str:
    return lines[-1] if lines else ""


@contextmanager
def sitting(phone: Desk, **section: Any) -> Iterator[tuple[Session, Hand, list[str]]]:
    hand, lines = Hand(), list[str]()
    given = SwitchSection(**{"release": 0.0, "grace": 0.3, "listen": "everywhere", **section})
    config = replace(phone.config, switch=given)
    session = Session(config, phone.assistant, Heard(), lines.append, opener=hand)
    try:
        yield session, hand, lines
    finally:
        session.close()


def test_a_call_is_answered_in_real_time(phone: Desk) -> None:
    with sitting(phone) as (session, hand, lines):
        phone.ring("200")
        eventually(lambda: latest(lines).startswith("1 of 5: Answer"))
        hand.tap()
        eventually(lambda: phone.states() == {"200": "active"})
        eventually(lambda: "Answered Sales (200)." in lines)
        assert not session.wait(0)


def test_a_call_is_placed_when_its_delay_is_over(phone: Desk) -> None:
    with sitting(phone, favourites=("Sales",), dial_delay=0.5, step=3) as (_, hand, lines):
        eventually(lambda: latest(lines).startswith("1 of 2: Call"))
        hand.tap()
        eventually(lambda: latest(lines).endswith(": Sales"))
        hand.tap()
        eventually(lambda: phone.states() == {"200": "active"})


def test_a_failing_action_deafens_nobody(phone: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    phone.ring("200")
    broken = [True]
    handle = phone.assistant.handle

    def break_once(utterance: Any) -> Any:
        if broken:
            broken.clear()
            raise RuntimeError("broken on purpose")
        return handle(utterance)

    monkeypatch.setattr(phone.assistant, "handle", break_once)
    with sitting(phone, step=3) as (session, hand, lines):
        eventually(lambda: latest(lines).startswith("1 of 5: Answer"))
        hand.tap()
        eventually(lambda: any(line.startswith("Something went wrong inside") for line in lines))
        eventually(lambda: latest(lines).startswith("1 of 5: Answer"))
        hand.tap()
        eventually(lambda: phone.states() == {"200": "active"})
        assert session.error is None


def test_a_press_that_was_let_go_too_soon_is_none_even_if_it_had_to_wait(phone: Desk) -> None:
    phone.ring("200")
    hand, lines, goes_on = Hand(), list[str](), threading.Event()
    goes_on.set()

    def out(text: str) -> None:
        lines.append(text)
        goes_on.wait()

    section = SwitchSection(listen="everywhere", release=0.0, acceptance=0.2, step=0.5, loops=100)
    config = replace(phone.config, switch=section)
    session = Session(config, phone.assistant, Heard(), out, opener=hand)
    eventually(lambda: any(line.startswith("1 of 5: Answer") for line in lines))
    goes_on.clear()
    seen = len(lines)
    eventually(lambda: len(lines) > seen)
    hand.tap()
    late = time.monotonic() + 0.5
    eventually(lambda: time.monotonic() > late)
    goes_on.set()
    eventually(lambda: len(lines) > seen + 3)
    session.close()
    assert all(line[0].isdigit() for line in lines[seen:]), lines
    assert phone.deeds() == []


def test_the_user_can_leave(phone: Desk) -> None:
    with sitting(phone) as (session, hand, _):
        assert not session.wait(0)
        hand.leave()
        assert session.wait(1)
        assert session.error is None


def test_while_the_phonebar_is_gone_nothing_is_offered_with_its_calls(phone: Desk) -> None:
    phone.call("200")
    phone.server.stop()
    with sitting(phone) as (_, _, lines):
        eventually(lambda: any(line.startswith("1 of 2: Call somebody…") for line in lines))
        lost = [n for n, line in enumerate(lines) if line.startswith("The phonebar cannot be")]
        assert lost
        assert lost[0] < lines.index("1 of 2: Call somebody…")


def test_keys_that_are_taken_or_unheard_are_told(phone: Desk) -> None:
    hand, lines = Hand(), list[str]()
    hand.taken, hand.unheard = frozenset({"f12"}), frozenset({"f13"})
    config = replace(phone.config, switch=SwitchSection(listen="everywhere"))
    session = Session(config, phone.assistant, Heard(), lines.append, opener=hand)
    eventually(lambda: any(line.startswith("1 of") for line in lines))
    session.close()
    words = phone.assistant.wording()
    assert [line for line in lines if "f12" in line or "f13" in line] == [
        words.say("input_taken", {"keys": "f12"})[0],
        words.say("input_unheard", {"keys": "f13"})[0],
    ]


def test_keys_are_named_as_people_name_them() -> None:
    assert switches(SwitchSection(key="Return")) == {"enter": False}
    assert switches(SwitchSection(key="shift")) == {"shift_l": False, "shift_r": False}
    two = SwitchSection(method="two", key="joy_1", step_key="mouse_middle")
    assert switches(two) == {"joy_1": False, "mouse_middle": True}


def test_what_does_not_go_together_is_told(phone: Desk) -> None:
    with pytest.raises(KeyUnknown) as unknown:
        switches(SwitchSection(key="spcae"))
    assert unknown.value.details == {"key": "spcae", "nearest": "space"}
    with pytest.raises(SameKey):
        switches(SwitchSection(method="two", key="enter", step_key="return"))
    with pytest.raises(NoTerminal):  # pytest's standard input is none
        Session(phone.config, phone.assistant, Heard(), print)


def test_a_terminal_has_no_acceptance_and_no_release_time() -> None:
    section = SwitchSection(acceptance=0.5, release=0.4)
    assert (pace(section).acceptance, pace(section).release) == (0.0, 0.0)
    everywhere = replace(section, listen="everywhere")
    assert (pace(everywhere).acceptance, pace(everywhere).release) == (0.5, 0.4)


@pytest.mark.parametrize(
    ("section", "found"),
    [
        (SwitchSection(), "the switch is set up, with 0 favourites."),
        (SwitchSection(favourites=("Sales", "200")), "the switch is set up, with 2 favourites."),
        (SwitchSection(favourites=("Nobody",)), '"Nobody" among [switch] favourites is not'),
        (SwitchSection(key="nothing at all"), 'There is no key or button "nothing at all".'),
        (SwitchSection(method="step"), 'The method "step" must know when'),
    ],
)
def test_the_doctor_tells_what_is_wrong(phone: Desk, section: SwitchSection, found: str) -> None:
    config = replace(phone.config, switch=section)
    directory: Directory = phone.assistant.directory
    told = [item.found for item in findings(config, phone.assistant.wording(), directory)]
    assert len(told) == 1
    assert told[0].startswith(found)
