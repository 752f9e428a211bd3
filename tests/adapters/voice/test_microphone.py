"""What a microphone of air really hears: all of it, after a loss too, at other rates too."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import closing

import numpy as np
import pytest

from adapters.feedback import device
from adapters.feedback.mixer import Sound
from adapters.voice.microphone import CHUNK, Microphone, State
from adapters.voice.recogniser import RATE
from tests.adapters.feedback.card import Card, found, plugged_in
from tests.adapters.voice.speech import needs_espeak, spoken
from tests.desk import eventually

pytestmark = [pytest.mark.alone, needs_espeak]


@pytest.fixture
def card(monkeypatch: pytest.MonkeyPatch) -> Iterator[Card]:
    with plugged_in(monkeypatch, microphone=True) as made:
        yield made


class Heard:
    """What came so far."""

    def __init__(self, microphone: Microphone) -> None:
        self._microphone = microphone
        self.chunks: list[Sound] = []

    def whole(self) -> Sound:
        self.chunks += list(self._microphone.chunks(0.02))
        return np.concatenate([np.zeros(0, np.float32), *self.chunks])

    def hears(self, sound: Sound) -> bool:
        return len(found(sound, self.whole())) > 0


def test_all_that_is_said_is_heard_as_it_was_said(card: Card) -> None:
    said = spoken("call John Smith")
    with closing(Microphone()) as microphone:
        heard = Heard(microphone)
        eventually(lambda: len(heard.whole()) > RATE // 4)
        card.say(said)
        eventually(lambda: heard.hears(said))
        assert {len(chunk) for chunk in heard.chunks} == {CHUNK}
        assert not microphone.silent


def test_nothing_but_zeros_is_noticed(card: Card) -> None:
    with closing(Microphone()) as microphone:
        heard = Heard(microphone)
        eventually(lambda: len(heard.whole()) > RATE // 4)
        assert microphone.silent


OTHER = """
import sounddevice as sd
from adapters.voice import capture
stream = sd.RawInputStream
def only_its_own(**how):
    if how["samplerate"] == 16000 or how["channels"] == 1:
        raise sd.PortAudioError("Invalid sample rate")
    return stream(**how)
sd.RawInputStream = only_its_own
capture.main()
"""


def test_a_device_that_cannot_do_our_rate_is_heard_all_the_same(card: Card) -> None:
    said = spoken("call John Smith")
    with closing(Microphone(command=(sys.executable, "-c", OTHER))) as microphone:
        heard = Heard(microphone)
        eventually(lambda: len(heard.whole()) > RATE // 4)
        card.say(said)
        eventually(lambda: len(found(said, heard.whole(), 0.97)) > 0)


def test_one_that_is_lost_is_told_of_once_and_taken_again(
    card: Card, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.voice.microphone.AGAIN", 0.05)
    states: list[State] = []
    with closing(Microphone(on_state=states.append)) as microphone:
        eventually(lambda: microphone.state == "open")
        card.stop()
        eventually(lambda: microphone.state == "lost")
        card.start()
        eventually(lambda: microphone.state == "open")
        heard, said = Heard(microphone), spoken("hold")
        eventually(lambda: heard.whole().size > 0)
        card.say(said)
        eventually(lambda: heard.hears(said))
    assert states == ["open", "lost", "open"]


def test_one_of_another_name_is_not_taken(card: Card) -> None:
    with closing(Microphone("no such headset")) as microphone:
        eventually(lambda: microphone.state == "lost")
    with closing(Microphone("PULSE")) as microphone:
        eventually(lambda: microphone.state == "open")
        assert microphone.device == "pulse"
    assert "pulse" in device.names("input")


def test_a_process_that_dies_is_begun_again(card: Card, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapters.voice.microphone.AGAIN", 0.05)
    states: list[State] = []
    with closing(Microphone(on_state=states.append)) as microphone:
        eventually(lambda: microphone.state == "open")
        assert microphone._process is not None
        microphone._process.kill()
        eventually(lambda: states == ["open", "lost", "open"])
    assert microphone.state == "closed"


def test_without_any_it_says_why(card: Card) -> None:
    card.stop()
    with closing(Microphone()) as microphone:
        eventually(lambda: microphone.state == "lost")
        assert microphone.why
