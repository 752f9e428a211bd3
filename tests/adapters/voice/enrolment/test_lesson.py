"""The lesson with somebody who does as they are told, or otherwise; time is what they say."""

from __future__ import annotations

import queue
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from adapters.feedback.feedback import Cue
from adapters.voice.enrolment import lesson as lessons
from adapters.voice.enrolment.items import Item
from adapters.voice.enrolment.lesson import End, Lesson, Order
from adapters.voice.enrolment.taught import Taught
from adapters.voice.enrolment.telling import KEYS, order_of
from adapters.voice.recogniser import RATE
from assistant.language import load_language
from tests.adapters.voice.enrolment.speaker import needs_espeak, said

WORDS = (Item("seven", "digit"), Item("hold", "alone:hold"), Item("transfer to", "before:transfer"))
SILENCE = ""


class Pupil:
    """Hears what is told, and does what comes next in a script each time the sound is heard.

    A text is said; an empty one is silence; `Order`s in `<...>` are given instead.
    """

    def __init__(self, script: Sequence[Any]) -> None:
        self.script = list(script)
        self.orders: queue.SimpleQueue[Order] = queue.SimpleQueue()
        self.told: list[tuple[str, dict[str, object]]] = []
        self.cues: list[Cue] = []
        self.played: list[np.ndarray] = []
        self.kept: list[Taught] = []
        self._times: dict[str, int] = {}
        self._coming: list[np.ndarray] = []

    # What the lesson sees as a teller

    def tell(self, message: str, **details: object) -> None:
        assert message in load_language("en").messages
        self.told.append((message, details))
        if message in {"train_say", "train_once_more"}:
            self._prepare()

    def cue(self, cue: Cue) -> None:
        self.cues.append(cue)

    def play(self, sound: np.ndarray) -> None:
        self.played.append(sound)

    def settle(self) -> None:
        pass

    # And as a microphone

    def chunks(self, seconds: float) -> Iterator[np.ndarray]:
        if seconds == 0:
            yield np.full(512, 0.5, np.float32)  # what the loudspeaker said
            return
        while self._coming:
            sound = self._coming.pop(0)
            for at in range(0, len(sound), 512):
                yield sound[at : at + 512]

    def _prepare(self) -> None:
        quiet = np.random.default_rng(9).normal(0, 0.0005, RATE).astype(np.float32)
        self._coming = [quiet, quiet]  # the first shows that the microphone is open
        if not self.script:
            self.orders.put("stop")
            return
        does = self.script.pop(0)
        while isinstance(does, str) and does.startswith("<"):
            self.orders.put(does.strip("<>"))  # type: ignore[arg-type]
            if does != "<play>":
                return
            does = self.script.pop(0)
        if isinstance(does, np.ndarray):
            self._coming.append(does)
        elif does:
            time = self._times.get(does, 0)
            self._times[does] = time + 1
            self._coming.append(said(does, time % 5))
        self._coming.append(np.random.default_rng(8).normal(0, 0.0005, 9 * RATE).astype(np.float32))

    @property
    def messages(self) -> list[str]:
        return [message for message, _ in self.told]


def taught_by(
    pupil: Pupil, items: Sequence[Item] = WORDS, before: Taught | None = None, samples: int = 3
) -> tuple[End, Taught]:
    lesson = Lesson(
        before or Taught("en"), pupil.kept.append, pupil, pupil, pupil.orders, samples=samples
    )
    return lesson.run(items), lesson.taught


@needs_espeak
def test_who_speaks_as_told_needs_to_do_nothing_else() -> None:
    pupil = Pupil([word for word in ("seven", "hold", "transfer to") for _ in range(3)])
    end, taught = taught_by(pupil)
    assert end == "done"
    assert taught.labels() == {"seven": 3, "hold": 3, "transfer to": 3}
    assert {sample.role for sample in taught.samples} == {item.role for item in WORDS}
    assert pupil.cues == ["listening", "done"] * 9
    assert pupil.messages[:4] == [
        "train_say",
        "train_once_more",
        "train_once_more",
        "train_progress",
    ]
    assert [kept.labels() for kept in pupil.kept][-1] == taught.labels()
    assert len(pupil.kept) == 9  # each sample is safe at once


@needs_espeak
def test_it_goes_on_where_it_was_left() -> None:
    end, taught = taught_by(Pupil(["seven"] * 3 + ["hold", "<stop>"]))
    assert end == "stopped"
    assert taught.labels() == {"seven": 3, "hold": 1}
    pupil = Pupil(["hold", "hold", "transfer to", "transfer to", "transfer to"])
    end, taught = taught_by(pupil, before=taught)
    assert end == "done"
    assert taught.labels() == {"seven": 3, "hold": 3, "transfer to": 3}
    assert pupil.told[0] == ("train_once_more", {"word": "hold", "n": 2, "of": 3})


@needs_espeak
def test_again_forgets_the_last_sample_of_the_word() -> None:
    end, taught = taught_by(Pupil(["hold", "<again>", "hold", "hold"]), WORDS[1:2], samples=2)
    assert end == "done"
    assert taught.labels() == {"hold": 2}


@needs_espeak
def test_again_at_a_new_word_goes_back_to_the_one_before() -> None:
    pupil = Pupil(["seven", "<again>", "seven", "hold"])
    end, taught = taught_by(pupil, WORDS[:2], samples=1)
    assert end == "done"
    assert [(message, told["word"]) for message, told in pupil.told if "word" in told] == [
        ("train_say", "seven"),
        ("train_say", "hold"),
        ("train_forgotten", "seven"),
        ("train_say", "seven"),
        ("train_say", "hold"),
    ]
    assert len(taught.samples) == 2


@needs_espeak
def test_skip_leaves_a_word_out() -> None:
    end, taught = taught_by(Pupil(["<skip>", "hold", "<skip>"]), samples=1)
    assert end == "done"
    assert taught.labels() == {"hold": 1}


@needs_espeak
def test_play_plays_the_last_sample_and_nothing_else_does() -> None:
    pupil = Pupil(["<play>", "seven", "<play>", "hold"])
    taught_by(pupil, WORDS[:2], samples=1)
    assert "train_nothing_to_play" in pupil.messages
    assert len(pupil.played) == 1
    assert len(pupil.played[0]) < len(said("seven"))


def test_silence_is_asked_about_once_and_then_ends_the_lesson() -> None:
    pupil = Pupil([SILENCE] * 6)
    end, taught = taught_by(pupil)
    assert end == "deserted"
    assert taught.samples == ()
    assert pupil.messages.count("train_silent") == 6
    assert pupil.messages.count("train_skipped") == 3
    assert pupil.kept == []


def test_a_microphone_that_gives_nothing_ends_the_lesson() -> None:
    class Deaf(Pupil):
        def chunks(self, seconds: float) -> Iterator[np.ndarray]:
            yield from ()

    assert taught_by(Deaf([SILENCE]))[0] == "deaf"


@needs_espeak
def test_a_sample_of_no_use_is_asked_for_again_with_the_reason() -> None:
    loud = np.clip(said("hold") * 30, -1, 1)
    faint = said("hold") * 0.02
    pupil = Pupil([loud, faint, "hold"])
    end, taught = taught_by(pupil, WORDS[1:2], samples=1)
    assert (end, taught.labels()) == ("done", {"hold": 1})
    assert pupil.messages == ["train_say", "train_clipped", "train_say", "train_quiet", "train_say"]
    assert pupil.cues.count("failed") == 2


@needs_espeak
def test_who_cannot_be_heard_well_is_not_held_up_for_ever() -> None:
    faint = said("hold") * 0.02
    pupil = Pupil([faint] * 3)
    end, taught = taught_by(pupil, WORDS[1:2])
    assert (end, taught.samples) == ("done", ())
    assert pupil.messages[-1] == "train_skipped"


@needs_espeak
def test_another_word_is_noticed_and_asked_for_again_but_only_once() -> None:
    pupil = Pupil(["hold", "transfer to", "hold", "hold"])
    assert taught_by(pupil, WORDS[1:2])[1].labels() == {"hold": 3}
    assert pupil.messages.count("train_unlike") == 1
    stubborn = Pupil(["hold", "transfer to", "transfer to", "hold"])
    assert taught_by(stubborn, WORDS[1:2])[1].labels() == {"hold": 3}
    assert stubborn.messages.count("train_unlike") == 1


@needs_espeak
def test_two_words_that_sound_alike_are_named() -> None:
    items = (Item("hold", "alone:hold"), Item("no", "alone:no"))
    pupil = Pupil(["[[oU]]"] * 6)
    assert taught_by(pupil, items)[0] == "done"
    assert pupil.told[-1] == ("train_alike", {"word": "no", "other": "hold"})


@needs_espeak
def test_go_ends_the_listening_at_once() -> None:
    class Hasty(Pupil):
        def chunks(self, seconds: float) -> Iterator[np.ndarray]:
            if seconds and self._coming:
                yield from [self._coming.pop(0)]
                if len(self._coming) == 1:
                    self._coming.clear()
                    self.orders.put("go")

    end, taught = taught_by(Hasty(["hold"]), WORDS[1:2], samples=1)
    assert (end, taught.labels()) == ("done", {"hold": 1})


def test_every_order_has_a_key_and_a_word() -> None:
    assert set(KEYS.values()) == set(lessons.ORDERS)
    for order in lessons.ORDERS:
        assert order_of(order) == order
    assert order_of("\n") == "go"
    assert order_of(" Stop ") == "stop"
    assert order_of("hello") is None
