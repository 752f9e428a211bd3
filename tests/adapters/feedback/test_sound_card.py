"""What is really heard at a sound card of air: earcons, speech, silence, one ear, a lost device."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self, get_args

import numpy as np
import pytest

from adapters.feedback import device, earcons, espeak
from adapters.feedback.feedback import Cue
from adapters.feedback.mixer import RATE, Mixer, Sound
from adapters.feedback.player import Player
from adapters.feedback.queue import Queue
from adapters.feedback.session import open_feedback
from adapters.feedback.voice import Program
from assistant.config import Config
from assistant.language import load_language
from assistant.settings import SoundSection
from assistant.wording import Wording
from tests.adapters.feedback.card import Card, Ears, found, plugged_in
from tests.desk import eventually

ROOT = Path(__file__).resolve().parents[3]
CUES: tuple[Cue, ...] = get_args(Cue)
LONG = "This is a long story that nobody wants to hear to its end, " * 5
CALM = 0.5
"""Seconds of sound held ready: the tests are of what is heard, on a machine that may be busy."""
WORDS = Wording(load_language("en").messages)

pytestmark = [
    pytest.mark.alone,
    pytest.mark.skipif(
        espeak.found() is None, reason="needs espeak-ng (Debian: apt install espeak-ng)"
    ),
]


@pytest.fixture
def card(monkeypatch: pytest.MonkeyPatch) -> Iterator[Card]:
    monkeypatch.setenv("PHONEBAR_SOUND_LATENCY", f"{CALM}")
    monkeypatch.setenv("PHONEBAR_SOUND_EARCON_VOLUME", "100")
    with plugged_in(monkeypatch) as made:
        yield made


@pytest.fixture
def ears(card: Card) -> Iterator[Ears]:
    made = Ears(card)
    yield made
    made.close()


class Opened:
    """What is heard, as the configuration has it, and what was told about it."""

    def __init__(self, **sound: Any) -> None:
        self.told: list[str] = []
        config = Config(sound=SoundSection(**{"earcon_volume": 100, "latency": CALM, **sound}))
        self.queue: Queue = open_feedback(config, WORDS, tell=self.told.append)

    @property
    def player(self) -> Player:
        assert isinstance(self.queue._output, Player)
        return self.queue._output

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.queue.close()


def spoken(text: str, language: str = "en") -> Sound:
    """What espeak-ng makes of a text, without the silence at its ends."""
    program = espeak.found()
    assert program is not None
    voice = Program(espeak.recipe(program, voice=language))
    whole = np.concatenate(list(voice.begin(text).blocks()))
    loud = np.flatnonzero(np.abs(whole) > 0.01)
    return whole[loud[0] : loud[-1]]


def played(cue: Cue, heard: Opened, ears: Ears) -> int:
    """Have a cue heard whole, and give from where; a busy machine may tear it now and then."""
    for last in (False, False, True):
        since = len(ears)
        heard.queue.cue(cue)
        try:
            eventually(lambda since=since: ears.hears(earcons.sound(cue), since=since), 4.0)
        except AssertionError:
            if last:
                raise
        else:
            break
    return since


def test_each_earcon_is_heard_as_it_was_made(ears: Ears) -> None:
    with Opened() as heard:
        for cue in CUES:
            since = played(cue, heard, ears)
            assert [
                other
                for other in CUES
                if found(earcons.sound(other), ears.heard(since)[:, 0], 0.97)
            ] == [cue]
    assert heard.told == []


def test_speech_is_heard_as_the_voice_made_it_after_its_earcon(ears: Ears) -> None:
    said = spoken("Maria Rossi is calling.")
    with Opened() as heard:
        heard.queue.cue("ringing")
        heard.queue.say("Maria Rossi is calling.")
        eventually(lambda: ears.hears(said))
    both = ears.heard()[:, 0]
    (cue,), (speech,) = found(earcons.sound("ringing"), both), found(said, both)
    assert cue + len(earcons.sound("ringing")) <= speech + RATE // 100


def test_who_is_calling_is_said_over_the_ring_which_is_softer_meanwhile(ears: Ears) -> None:
    ring = earcons.sound("ringing")
    with Opened(ring_every=0.5) as heard:
        heard.queue.ring(True)
        eventually(lambda: ears.hears(ring, times=2))
        since = len(ears)
        heard.player.speak(np.full(3 * RATE, 1e-6, np.float32))  # nothing that would hide the ring
        eventually(lambda: not heard.player.wait(0))
        eventually(lambda: heard.player.wait(0))
        heard.queue.ring(False)
    softer = ears.heard(since)[:, 0]
    places = found(ring, softer)
    levels = [float(np.abs(softer[at : at + len(ring)]).max()) / float(ring.max()) for at in places]
    assert len(levels) >= 4
    assert min(levels) == pytest.approx(0.25, abs=0.02)
    assert sorted(levels)[: len(levels) - 3] == pytest.approx([0.25] * (len(levels) - 3), abs=0.02)


@pytest.mark.parametrize(("ear", "deaf"), [("left", 1), ("right", 0)])
def test_one_ear_hears_all_of_it_and_the_other_nothing(ears: Ears, ear: str, deaf: int) -> None:
    with Opened(ear=ear) as heard:
        heard.queue.cue("done")
        heard.queue.say("one")
        eventually(lambda: ears.hears(spoken("one")))
    assert not ears.heard()[:, deaf].any()
    assert found(earcons.sound("done"), ears.heard()[:, 1 - deaf])


def test_a_hush_ends_what_is_being_said(ears: Ears) -> None:
    with Opened() as heard:
        heard.queue.say(LONG)
        heard.queue.say("something later")
        eventually(lambda: np.abs(ears.heard()).max() > 0.1)
        heard.queue.hush()
        eventually(lambda: ears.is_silent(0.5))
        assert np.count_nonzero(ears.heard().any(axis=1)) < 3 * RATE, "it is 20 seconds long"
        heard.queue.say("at last")
        eventually(lambda: ears.hears(spoken("at last")))
    assert not ears.hears(spoken("something later"))


def test_an_answer_takes_the_place_of_what_is_said_and_news_follows(ears: Ears) -> None:
    with Opened() as heard:
        heard.queue.say(LONG)
        eventually(lambda: np.abs(ears.heard()).max() > 0.1)
        heard.queue.say("some news")
        heard.queue.say("the answer", urgent=True)
        eventually(lambda: ears.hears(spoken("some news")))
    both = ears.heard()[:, 0]
    (answer,), (news,) = found(spoken("the answer"), both), found(spoken("some news"), both)
    assert answer < news


def test_an_earcon_over_speech_makes_it_softer(ears: Ears) -> None:
    with Opened(earcon_volume=0) as heard:
        heard.queue.say(LONG)
        eventually(lambda: np.abs(ears.heard()).max() > 0.2)
        whole = spoken(LONG)
        heard.queue.cue("paused")
        eventually(lambda: len(ears.heard()) > 0 and not heard.player._mixer._cues)
        since = len(ears)
        eventually(lambda: len(ears) > since + RATE // 2)
    both = ears.heard()[:, 0]
    start = found(whole[: RATE // 4], both)[0]
    n = min(len(both) - start, len(whole))
    heard_, made = both[start : start + n], whole[:n]
    windows = [slice(at, at + 960) for at in range(0, n - 960, 960)]
    ratio = [
        float(np.abs(heard_[part]).mean() / np.abs(made[part]).mean())
        for part in windows
        if np.abs(made[part]).mean() > 0.02
    ]
    assert min(ratio) == pytest.approx(0.25, abs=0.05)
    assert np.median(ratio) == pytest.approx(1, abs=0.05)


def test_volume_is_the_users(ears: Ears) -> None:
    with Opened(volume=50, earcon_volume=20) as heard:
        heard.queue.cue("done")
        eventually(lambda: ears.hears(earcons.sound("done")))
        assert np.abs(ears.heard()).max() == pytest.approx(0.2 * earcons.PEAK, abs=0.01)
        since = len(ears)
        heard.queue.say("one")
        eventually(lambda: ears.hears(spoken("one"), since=since))
    loudest = np.abs(spoken("one")).max()
    assert np.abs(ears.heard(since)).max() == pytest.approx(0.5 * loudest, abs=0.02)


def test_a_device_that_is_pulled_out_is_told_of_once_and_taken_again(
    card: Card, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.feedback.player.AGAIN", 0.05)
    with Opened() as heard:
        first = Ears(card)
        heard.queue.cue("done")
        eventually(lambda: first.hears(earcons.sound("done")))
        heard.queue.say(LONG)
        first.close()
        card.stop()
        eventually(lambda: heard.player.state == "lost")
        heard.queue.say("nobody hears this")
        heard.queue.cue("failed")
        eventually(lambda: heard.queue._now is None)
        card.start()
        eventually(lambda: heard.player.state == "open")
        again = Ears(card)
        heard.queue.cue("done")
        heard.queue.say("back again")
        eventually(lambda: again.hears(spoken("back again")))
        assert again.hears(earcons.sound("done"))
        assert not again.hears(earcons.sound("failed"))
        again.close()
    assert heard.told == [WORDS.say("sound_lost")[0]]


def test_a_device_that_another_replaces_goes_on_there(card: Card, ears: Ears) -> None:
    with Opened() as heard:
        heard.queue.cue("done")
        eventually(lambda: ears.hears(earcons.sound("done")))
        card.pull_out()
        card.plug_in()
        again = Ears(card)
        eventually(lambda: heard.player.state == "open")

        def is_heard() -> bool:
            heard.queue.cue("failed")
            return again.hears(earcons.sound("failed"))

        eventually(is_heard)
        again.close()


def test_a_device_that_is_let_go_in_silence_is_taken_again_when_needed(ears: Ears) -> None:
    with Opened(release_after=0.1) as heard:
        eventually(lambda: heard.player.state == "resting")
        heard.queue.cue("done")
        eventually(lambda: ears.hears(earcons.sound("done")))
        eventually(lambda: heard.player.state == "resting")
        heard.queue.say("one")
        eventually(lambda: ears.hears(spoken("one")))


def test_without_a_sound_system_it_is_told_once_and_nobody_waits(
    card: Card, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.feedback.player.AGAIN", 0.05)
    card.stop()
    with Opened() as heard:
        eventually(lambda: heard.player.state == "lost")
        heard.queue.say(LONG)
        heard.queue.cue("done")
        heard.queue.wait()
        card.start()
        eventually(lambda: heard.player.state == "open")
        card.stop()
        eventually(lambda: heard.player.state == "lost")
    assert heard.told == [WORDS.say("mute_voice")[0], WORDS.say("sound_lost")[0]]


def test_a_device_of_another_name_is_not_taken(card: Card) -> None:
    with Opened(device="no such headset") as heard:
        eventually(lambda: heard.told)
    assert heard.told == [WORDS.say("mute_voice")[0]]
    with Opened(device="PULSE") as heard:
        eventually(lambda: heard.player.state == "open")
    assert "pulse" in device.names()


def test_the_device_list_is_not_made_anew_while_a_microphone_is_open(card: Card) -> None:
    with device.holding():
        assert not device.look_again()
    assert device.look_again()


# The command


def say(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "assistant.cli", "say", *arguments],
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=60,
        check=False,
    )


def test_the_command_speaks_a_number_digit_by_digit(ears: Ears) -> None:
    done = say("Call +39 06 5550 1104 now")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "Call +39 06 5550 1104 now\n"
    assert ears.hears(spoken(WORDS.aloud("Call +39 06 5550 1104 now")))


def test_the_command_plays_an_earcon_whole_and_says_what_it_means(ears: Ears) -> None:
    done = say("--cue", "failed")
    assert (done.returncode, done.stdout) == (0, "failed: not done; the words say why\n")
    assert ears.hears(earcons.sound("failed"))


def test_the_command_says_when_it_cannot_be_heard(card: Card) -> None:
    card.stop()
    done = say("--cue", "done")
    assert done.returncode == 1
    assert done.stderr == WORDS.say("mute_voice")[0] + "\n"
    assert done.stdout == "done: done\n"


def test_a_device_that_asks_for_nothing_is_taken_for_lost(
    card: Card, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As some systems do on standby: the stream says it is active, and asks for nothing."""
    monkeypatch.setattr("adapters.feedback.player.STUCK", 0.0)
    mixer = Mixer()
    player = Player(mixer)
    mixer.speak(np.ones(RATE * 1000, np.float32))
    assert mixer.wait(10), "what was said meanwhile is dropped"
    player.close()
