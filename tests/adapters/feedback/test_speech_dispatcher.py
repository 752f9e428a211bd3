"""speech-dispatcher, a real one: heard at a sound card of air, silent at once, found again."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from adapters.feedback import screen_reader, speech_dispatcher
from adapters.feedback.mixer import RATE
from adapters.feedback.queue import Dumb, Queue
from adapters.feedback.session import open_voice
from adapters.feedback.speech_dispatcher import Manner, SpeechDispatcher
from adapters.feedback.voice import VoiceError
from assistant.settings import SoundSection
from tests.adapters.feedback.card import Card, Ears, plugged_in
from tests.adapters.feedback.dispatcher import Dispatcher, running
from tests.desk import eventually

pytestmark = pytest.mark.alone
LONG = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"


@pytest.fixture
def card(monkeypatch: pytest.MonkeyPatch) -> Iterator[Card]:
    with plugged_in(monkeypatch) as made:
        yield made


@pytest.fixture
def server(tmp_path: Path, card: Card, monkeypatch: pytest.MonkeyPatch) -> Iterator[Dispatcher]:
    with running(tmp_path / "server", card, monkeypatch) as made:
        yield made


@pytest.fixture
def ears(card: Card) -> Iterator[Ears]:
    made = Ears(card)
    yield made
    made.close()


def seconds_of_sound(ears: Ears, since: int) -> float:
    return float((np.abs(ears.heard(since)).max(axis=1) > 0.003).sum()) / RATE


def test_it_is_heard_to_its_end(server: Dispatcher, ears: Ears) -> None:
    voice = SpeechDispatcher(Manner())
    since = len(ears)
    said = voice.begin("1 2 4, 9 8 3.\n. a line that begins with a dot\n.")
    assert list(said.blocks()) == []
    assert seconds_of_sound(ears, since) > 1.5
    voice.close()


def test_it_is_silent_at_once_and_speaks_again(server: Dispatcher, ears: Ears) -> None:
    queue = Queue(Dumb(), SpeechDispatcher(Manner()))
    queue.say(LONG)
    since = len(ears)
    eventually(lambda: seconds_of_sound(ears, since) > 0.5)
    queue.hush()
    eventually(lambda: ears.is_silent(0.5, since))
    assert seconds_of_sound(ears, since) < 2
    since = len(ears)
    queue.say("again")
    queue.close(finish=True)
    assert seconds_of_sound(ears, since) > 0.2


def test_an_answer_takes_the_place_of_news(server: Dispatcher, ears: Ears) -> None:
    queue = Queue(Dumb(), SpeechDispatcher(Manner(language="it", rate=300)))
    since = len(ears)
    queue.say(LONG)
    eventually(lambda: seconds_of_sound(ears, since) > 0.3)
    queue.say("sì", urgent=True)
    queue.close(finish=True)
    assert seconds_of_sound(ears, since) < 3


def test_a_server_that_was_started_again_is_found_again(server: Dispatcher, ears: Ears) -> None:
    voice = SpeechDispatcher(Manner())
    said = voice.begin(LONG)
    server.stop()
    with pytest.raises(VoiceError, match="lost"):
        list(said.blocks())
    server.start()
    since = len(ears)
    assert list(voice.begin("back again").blocks()) == []
    assert seconds_of_sound(ears, since) > 0.3
    voice.close()


def test_it_is_taken_beside_a_screen_reader_unless_one_ear_is_wanted(
    server: Dispatcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    sound = SoundSection()

    def engine(sound: SoundSection) -> str | None:
        with contextlib.closing(open_voice(sound, "en", alone=False)) as voice:  # type: ignore[type-var]
            return voice.name if voice is not None else None

    monkeypatch.setattr(screen_reader, "running", lambda: None)
    assert engine(sound) == "espeak-ng"
    assert engine(replace(sound, engine="speech-dispatcher")) == "speech-dispatcher"
    monkeypatch.setattr(screen_reader, "running", lambda: "Orca")
    assert engine(sound) == "speech-dispatcher"
    assert engine(replace(sound, ear="left")) == "espeak-ng"
    assert engine(replace(sound, engine="espeak-ng")) == "espeak-ng"


@pytest.mark.parametrize(
    ("manner", "settings"),
    [
        (Manner(), {"RATE 0", "PITCH 0", "VOLUME 100", "LANGUAGE en"}),
        (Manner(rate=80, pitch=0, volume=0), {"RATE -100", "PITCH -100", "VOLUME -100"}),
        (Manner(rate=450, pitch=100, language="pt"), {"RATE 100", "PITCH 100", "LANGUAGE pt"}),
        (Manner(voice="a\r\nQUIT"), {"SYNTHESIS_VOICE a QUIT"}),
    ],
)
def test_what_it_is_told(manner: Manner, settings: set[str]) -> None:
    told = {line.removeprefix("SET self ") for line in manner.settings()}
    assert settings <= told
    assert "PRIORITY message" in told


def test_nobody_there_is_an_error_and_not_a_wait(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SPEECHD_ADDRESS", f"unix_socket:{tmp_path / 'nobody.sock'}")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert not speech_dispatcher.found()
    with pytest.raises(VoiceError):
        SpeechDispatcher(Manner())


def test_a_server_that_talks_nonsense_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    listening = socket.create_server(("127.0.0.1", 0))

    def answer() -> None:
        with listening, listening.accept()[0] as line:
            line.sendall(b"\xff\xfe nonsense\r\n500 ERR\r\n")

    threading.Thread(target=answer, daemon=True).start()
    port = listening.getsockname()[1]
    monkeypatch.setenv("SPEECHD_ADDRESS", f"inet_socket:127.0.0.1:{port}")
    with pytest.raises(VoiceError):
        SpeechDispatcher(Manner())
