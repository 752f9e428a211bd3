"""The queue: an answer before news, one thing after the other, and nothing after a hush."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.feedback.feedback import Cue, Feedback
from adapters.feedback.mixer import Sound
from adapters.feedback.queue import Dumb, Queue
from adapters.feedback.voice import Spoken, VoiceError
from tests.desk import eventually


class Utterance:
    """Goes on until it is finished or stopped, making a block whenever it is told to."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._next = threading.Semaphore(0)
        self._over = False
        self.stopped = False
        self.made = 0
        """Blocks."""
        self.deaf = False
        """It has not heard yet that it is to stop, as a process may not."""

    def blocks(self) -> Iterator[Sound]:
        while True:
            self._next.acquire()
            if self._over or (self.stopped and not self.deaf):
                return
            self.made += 1
            yield np.full(1, hash(self.text) % 1000, np.float32)

    def stop(self) -> None:
        self.stopped = True
        self._next.release()

    def go_on(self) -> None:
        self._next.release()

    def finish(self) -> None:
        self._over = True
        self._next.release()


class Voice:
    """Does what the test says."""

    name = "voice"
    by_itself = False

    def __init__(self) -> None:
        self.begun: list[Utterance] = []
        self.broken = False
        self.closed = False
        self.beginning = threading.Event()
        self.may_begin = threading.Event()
        self.may_begin.set()

    def begin(self, text: str) -> Spoken:
        if self.broken:
            raise VoiceError("no such voice")
        self.beginning.set()
        self.may_begin.wait(10)
        made = Utterance(text)
        self.begun.append(made)
        return made

    def close(self) -> None:
        self.closed = True

    def said(self) -> list[str]:
        return [one.text for one in self.begun]


class Loudspeaker:
    """Notes what it is given."""

    def __init__(self) -> None:
        self.log: list[str] = []
        self.closed = False

    def cue(self, cue: Cue) -> None:
        self.log.append(cue)

    def speak(self, sound: Sound) -> None:
        self.log.append(f"speech {int(sound[0])}")

    def ring(self, every: float) -> None:
        self.log.append(f"ring {every:g}")

    def give_way(self, on: bool) -> None:
        self.log.append(f"give way {on}")

    def hush(self, *, cues: bool = True) -> None:
        self.log.append("hush" if cues else "hush speech")

    def wait(self, seconds: float) -> bool:
        return True

    def close(self, *, finish: bool = False) -> None:
        self.closed = True


class Room:
    """A queue, and how far it has come."""

    def __init__(self, **more: object) -> None:
        self.voice, self.output = Voice(), Loudspeaker()
        self.trouble: list[str] = []
        more = {"earcons": ("done", "ringing"), **more}
        self.queue = Queue(self.output, self.voice, on_trouble=self.trouble.append, **more)  # type: ignore[arg-type]

    def now(self) -> Utterance | None:
        """What is being spoken, as soon as the queue has come to rest."""
        queue = self.queue

        def at_rest() -> bool:
            with queue._changed:
                now = queue._now
                if now is None:
                    return not (queue._urgent or queue._waiting)
                return now.spoken is not None and not now.stopped

        eventually(at_rest)
        found = queue._now.spoken if queue._now else None
        assert found is None or isinstance(found, Utterance)
        return found

    def finish(self) -> str | None:
        """Let what is being spoken come to its end."""
        now = self.now()
        if now is None:
            return None
        now.finish()
        eventually(lambda: self.queue._now is None or self.queue._now.spoken is not now)
        return now.text


@pytest.fixture
def room() -> Iterator[Room]:
    made = Room()
    yield made
    for one in made.voice.begun:
        one.finish()
    made.queue.close()


def test_it_is_what_the_surfaces_know(room: Room) -> None:
    feedback: Feedback = room.queue
    assert feedback


def test_one_thing_is_said_after_the_other(room: Room) -> None:
    for text in ("one", "two", "three"):
        room.queue.say(text)
    assert [room.finish() for _ in range(4)] == ["one", "two", "three", None]


def test_an_urgent_text_takes_the_place_of_what_is_spoken_and_news_waits(room: Room) -> None:
    room.queue.say("news")
    news = room.now()
    room.queue.say("more news")
    room.queue.say("answer", urgent=True)
    assert news is not None
    assert news.stopped
    assert [room.finish() for _ in range(3)] == ["answer", "more news", None]
    assert room.output.log == ["hush speech"]


def test_news_never_interrupts_an_answer(room: Room) -> None:
    room.queue.say("answer", urgent=True)
    answer = room.now()
    room.queue.say("news")
    assert room.now() is answer
    assert answer is not None
    assert not answer.stopped
    assert [room.finish() for _ in range(3)] == ["answer", "news", None]


def test_the_latest_answer_is_the_one_that_is_heard(room: Room) -> None:
    for text in ("first", "second", "third"):
        room.queue.say(text, urgent=True)
    eventually(lambda: room.voice.said()[-1:] == ["third"])
    assert room.finish() == "third"
    assert room.now() is None


def test_news_that_repeats_itself_is_said_once_and_what_comes_back_again_is_said(
    room: Room,
) -> None:
    for text in ("ringing", "ringing", "lost", "lost", "back", "lost"):
        room.queue.say(text)
    assert [room.finish() for _ in range(5)] == ["ringing", "lost", "back", "lost", None]


def test_a_hush_stops_what_is_spoken_and_drops_the_rest(room: Room) -> None:
    room.queue.say("one")
    one = room.now()
    assert one is not None
    room.queue.say("two")
    room.queue.say("three", urgent=True)
    room.queue.hush()
    assert room.now() is None
    assert room.output.log[-1] == "hush"
    room.queue.say("one")
    assert room.finish() == "one"
    assert "two" not in room.voice.said()


def test_no_sound_of_a_stopped_utterance_is_played(room: Room) -> None:
    room.queue.say("one")
    one = room.now()
    assert one is not None
    one.go_on()
    eventually(lambda: len(room.output.log) == 1)
    one.deaf = True
    room.queue.hush()
    one.go_on()
    eventually(lambda: one.made == 3)  # one before, one by the stop that it did not heed
    one.finish()
    assert room.now() is None
    assert [entry for entry in room.output.log if entry.startswith("speech")] == room.output.log[:1]


def test_a_hush_also_stops_what_is_only_just_beginning(room: Room) -> None:
    room.voice.may_begin.clear()
    room.queue.say("one")
    assert room.voice.beginning.wait(10)
    room.queue.hush()
    room.voice.may_begin.set()
    assert room.now() is None
    (one,) = room.voice.begun
    assert one.stopped


def test_nobody_waits_for_a_sound(room: Room) -> None:
    """Nothing here lets the voice go on, and yet all of it returns."""
    for n in range(100):
        room.queue.say(f"{n}", urgent=n % 3 == 0)
        room.queue.cue("done")
        if n % 7 == 0:
            room.queue.hush()


def test_earcons_that_are_turned_off_are_not_played(room: Room) -> None:
    for cue in ("done", "step", "ringing"):
        room.queue.cue(cue)  # type: ignore[arg-type]
    assert room.output.log == ["done", "ringing"]


@pytest.mark.parametrize("text", ["", "  \n"])
def test_nothing_to_say_is_not_said(room: Room, text: str) -> None:
    room.queue.say("news")
    room.queue.say(text, urgent=True)
    assert room.finish() == "news"
    assert room.now() is None


def test_what_may_not_be_spoken_is_not_and_earcons_still_sound() -> None:
    allowed = threading.Event()
    room = Room(may_speak=allowed.is_set)
    room.queue.say("one")
    room.queue.cue("done")
    assert room.now() is None
    allowed.set()
    room.queue.say("two")
    assert room.finish() == "two"
    assert room.voice.said() == ["two"]
    assert room.output.log == ["done"]
    room.queue.close()


def test_a_voice_that_fails_is_told_of_once_and_the_next_text_is_tried(room: Room) -> None:
    room.voice.broken = True
    for text in ("one", "two"):
        room.queue.say(text)
    eventually(lambda: room.now() is None)
    room.voice.broken = False
    room.queue.say("three")
    assert room.finish() == "three"
    assert room.trouble == ["no such voice"]


def test_the_end_waits_for_what_is_still_to_be_said_only_if_asked(room: Room) -> None:
    room.queue.say("one")
    room.queue.say("two")
    ended = threading.Thread(target=room.queue.close, kwargs={"finish": True})
    ended.start()
    assert [room.finish(), room.finish()] == ["one", "two"]
    ended.join(5)
    assert not ended.is_alive()
    assert room.output.closed
    assert room.voice.closed
    room.queue.say("too late", urgent=True)
    assert room.voice.said() == ["one", "two"]


def test_an_end_at_once_stops_what_is_spoken() -> None:
    room = Room()
    room.queue.say("one")
    one = room.now()
    room.queue.say("two")
    room.queue.close()
    assert one is not None
    assert one.stopped
    assert room.voice.said() == ["one"]


def test_without_a_voice_and_a_loudspeaker_nothing_happens() -> None:
    queue = Queue(Dumb(), earcons=("done",))
    queue.say("one", urgent=True)
    queue.cue("done")
    queue.hush()
    queue.wait()
    queue.close(finish=True)


STEPS = st.lists(st.sampled_from(["say", "same", "urgent", "hush", "cue", "finish"]), max_size=20)


@settings(deadline=None, max_examples=60)
@given(steps=STEPS)
def test_in_any_order_of_events(steps: list[str]) -> None:
    """Compared with a queue that is so simple that it must be right.

    What is said is what is expected, in that order; what was said before a hush is never begun
    after it; each earcon is played.
    """
    room = Room()
    speaking: str | None = None
    urgent: str | None = None
    waiting: list[str] = []
    expected: list[str] = []
    for n, step in enumerate(steps):
        text = "same" if step == "same" else f"{n}"
        if step == "finish":
            assert room.finish() == speaking
            speaking = None
        elif step == "cue":
            room.queue.cue("done")
        elif step == "hush":
            room.queue.hush()
            speaking, urgent, waiting = None, None, []
        elif step == "urgent":
            room.queue.say(text, urgent=True)
            speaking, urgent = None, text
        else:
            room.queue.say(text)
            last = waiting[-1] if waiting else urgent or speaking
            waiting += [text] if text != last else []
        room.now()
        if speaking is None and (urgent or waiting):
            speaking, urgent = urgent or waiting.pop(0), None
            expected.append(speaking)
    room.queue.close()
    assert room.voice.said() == expected
    assert room.output.log.count("done") == steps.count("cue")


@settings(deadline=None, max_examples=30)
@given(steps=STEPS)
def test_without_waiting_nothing_from_before_a_hush_comes_after_it(steps: list[str]) -> None:
    """As fast as they come, so that the voice is caught at every stage of its work."""
    room = Room()
    hushed_at = 0
    for n, step in enumerate(steps):
        if step == "hush":
            room.queue.hush()
            hushed_at, begun = n, len(room.voice.begun)
            assert all(one.stopped for one in room.voice.begun[: begun - 1])
        elif step == "cue":
            room.queue.cue("done")
        elif step != "finish":
            room.queue.say(f"{n}", urgent=step == "urgent")
    room.now()
    alive = [one for one in room.voice.begun if not one.stopped]
    assert len(alive) <= 1
    assert all(int(one.text) >= hushed_at for one in alive)
    order = [int(one.text) for one in room.voice.begun if steps[int(one.text)] != "urgent"]
    room.queue.close()
    assert order == sorted(order)
