"""What overtakes what: a call ends, a question comes, an engine breaks while somebody speaks."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from adapters.feedback.mixer import Sound
from adapters.voice.recogniser import Expected, Hearing
from tests.adapters.voice.person import Person, _Listener, speaking
from tests.desk import Desk, eventually


class Slow(_Listener):
    """An engine that takes its time."""

    busy: threading.Event
    done: threading.Event

    def finish(self) -> Hearing:
        self.busy.set()
        assert self.done.wait(10)
        return super().finish()


@contextmanager
def slowly(person: Person) -> Iterator[Slow]:
    """The engine is busy with what is said in here until it is left."""
    Slow.busy, Slow.done = threading.Event(), threading.Event()
    quick = person.script.listen
    person.script.listen = lambda expected: Slow(person.script)  # type: ignore[method-assign]
    try:
        yield Slow(person.script)
    finally:
        Slow.done.set()
        person.script.listen = quick  # type: ignore[method-assign]


def test_a_call_that_came_meanwhile_is_not_hung_up_unasked(phone: Desk) -> None:
    phone.call("200")
    with speaking(phone) as person:
        with slowly(person) as engine:
            person.session.press()
            person.is_("listening")
            person.says("hang up")
            assert engine.busy.wait(5)
            phone.do("hangup")
            phone.call("202")
            before = phone.deeds()
        person.reads("Did you mean: hang up call")
        assert phone.deeds() == before
        person.is_("waiting")
        person.session.press()
        person.says("yes")
        person.reads("Hung up")


def test_a_yes_from_before_the_question_is_no_answer_to_it(phone: Desk) -> None:
    phone.call("200")
    before = phone.deeds()
    with speaking(phone) as person:
        with slowly(person) as engine:
            person.session.press()
            person.is_("listening")
            person.says("transfer to support")
            assert engine.busy.wait(5)
            person.session.press()
            person.is_("listening")
            person.says("yes")
            person.is_("thinking")
        person.reads("Transfer Sales (200)", 2)
        person.is_("waiting")
        assert phone.deeds() == before
        person.session.press()
        person.says("yes")
        person.reads("Transferred Sales (200)")


def test_a_no_from_before_the_question_is_one(phone: Desk) -> None:
    phone.call("200")
    before = phone.deeds()
    with speaking(phone) as person:
        with slowly(person) as engine:
            person.session.press()
            person.is_("listening")
            person.says("transfer to support")
            assert engine.busy.wait(5)
            person.session.press()
            person.is_("listening")
            person.says("no")
            person.is_("thinking")
        person.reads("Cancelled")
    assert phone.deeds() == before


def test_an_engine_that_breaks_is_told_and_the_next_command_is_heard(phone: Desk) -> None:
    with speaking(phone) as person:
        quick = person.script.listen

        class Broken(_Listener):
            def finish(self) -> Hearing:
                raise RuntimeError("out of order")

        person.script.listen = lambda expected: Broken(person.script)  # type: ignore[method-assign]
        person.session.press()
        person.is_("listening")
        person.says("call Sales")
        person.reads("went wrong")
        person.is_("waiting")
        person.script.next.clear()
        person.script.listen = quick  # type: ignore[method-assign]
        person.session.press()
        person.says("call 5550199")
        person.reads("Call 5550199")
        person.is_("listening")


def test_an_engine_that_cannot_begin_or_listen_is_told_once_the_speech_ends(phone: Desk) -> None:
    with speaking(phone) as person:
        quick = person.script.listen

        def cannot(expected: Expected) -> _Listener:
            raise RuntimeError("out of order")

        person.script.listen = cannot  # type: ignore[method-assign]
        person.session.press()
        person.reads("went wrong")
        person.says("call Sales")
        person.is_("waiting")

        class Deaf(_Listener):
            def feed(self, samples: Sound) -> None:
                raise RuntimeError("out of order")

        person.script.listen = lambda expected: Deaf(person.script)  # type: ignore[method-assign]
        person.session.press()
        person.says("call Sales")
        person.reads("went wrong", 2)
        person.is_("waiting")
        person.script.next.clear()
        person.script.listen = quick  # type: ignore[method-assign]
        person.session.press()
        person.says("call Sales")
        person.reads("Calling Sales")


def test_lines_that_cannot_be_written_do_not_end_the_hearing(phone: Desk) -> None:
    with speaking(phone) as person:
        lines = person.session._telling._out

        def broken(line: str) -> None:
            raise BrokenPipeError

        person.session._telling._out = broken
        person.session.say("help")
        eventually(person.session._hearing._jobs.empty)
        person.session._telling._out = lines
        person.session.say("call Sales")
        person.reads("Calling Sales")


def test_the_press_that_ends_the_listening_begins_none_if_it_has_just_ended(phone: Desk) -> None:
    with speaking(phone) as person:
        person.session.press()
        person.is_("listening")
        person.speaks(10)
        person.is_("hearing")
        hold = threading.Event()
        person.session._ear.post(lambda modes, t: (hold.wait(5), modes.speech("ended", t))[1])
        person.session.talk(False, False)
        hold.set()
        person.is_("waiting")
        begun = person.ears.cues.count("listening")
        person.quiet(30)
        person.all_heard()
        assert person.session.mode == "waiting"
        assert person.ears.cues.count("listening") == begun
