"""What is opened for whom, and what `phonebar doctor` says of it."""

from __future__ import annotations

import builtins
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from adapters.feedback import (
    device,
    doctor,
    espeak,
    piper,
    screen_reader,
    speech_dispatcher,
)
from adapters.feedback.announcer import Announcer, cue_of
from adapters.feedback.feedback import Cue, Quiet
from adapters.feedback.queue import Dumb
from adapters.feedback.session import open_feedback, voice_recipe
from assistant.config import Config
from assistant.contract import CallEvent, Reply, Status
from assistant.finding import Finding
from assistant.language import languages, load_language
from assistant.settings import HeadlessSection, SoundSection
from assistant.wording import Wording
from tests.adapters.feedback.card import Card, plugged_in

WORDS = Wording(load_language("en").messages)


def configured(**sound: Any) -> Config:
    return Config(sound=SoundSection(**sound))


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """The extra `sound` is not installed."""
    real = builtins.__import__

    def without(name: str, *more: Any) -> Any:
        if name.split(".", maxsplit=1)[0] in {"sounddevice", "numpy"}:
            raise ImportError(name)
        return real(name, *more)

    for name in ("mixer", "player", "earcons", "resample"):
        monkeypatch.delitem(sys.modules, f"adapters.feedback.{name}", raising=False)
    monkeypatch.setattr(builtins, "__import__", without)


@pytest.fixture
def card(monkeypatch: pytest.MonkeyPatch) -> Iterator[Card]:
    with plugged_in(monkeypatch) as made:
        yield made


# What is opened


@pytest.mark.usefixtures("bare")
def test_without_the_extra_espeak_speaks_by_itself_and_that_is_told() -> None:
    told: list[str] = []
    queue = open_feedback(configured(), WORDS, tell=told.append)
    assert isinstance(queue._output, Dumb)
    if espeak.found():
        assert told == [WORDS.say("no_player")[0]]
        assert "--stdout" not in queue._voice._recipe.command  # type: ignore[union-attr]
    queue.cue("done")
    queue.hush()
    queue.close()


@pytest.mark.usefixtures("bare")
def test_whoever_wants_no_earcons_and_both_ears_misses_nothing_without_the_extra() -> None:
    told: list[str] = []
    open_feedback(configured(earcons=()), WORDS, tell=told.append).close()
    assert WORDS.say("no_player")[0] not in told


def test_with_neither_speech_nor_earcons_no_device_is_opened() -> None:
    told: list[str] = []
    queue = open_feedback(configured(speech="off", earcons=()), WORDS, tell=told.append)
    assert isinstance(queue._output, Dumb)
    queue.say("one", urgent=True)
    queue.close(finish=True)
    assert told == []


def test_without_a_voice_it_is_told_once_and_earcons_are_still_heard(
    card: Card, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    told: list[str] = []
    queue = open_feedback(configured(), WORDS, tell=told.append)
    assert queue._voice is None
    assert not isinstance(queue._output, Dumb)
    queue.close()
    assert told == [WORDS.say("no_voice")[0]]


def test_a_voice_that_is_not_there_is_told_of_with_its_reason(card: Card) -> None:
    if espeak.found() is None:
        pytest.skip("needs espeak-ng (Debian: apt install espeak-ng)")
    told: list[str] = []
    queue = open_feedback(configured(voice="nobody"), WORDS, tell=told.append)
    for text in ("one", "two"):
        queue.say(text)
    queue.close(finish=True)
    (line,) = told
    assert line.startswith("The voice says nothing (")


@pytest.mark.parametrize("seen", ["NVDA", None])
@pytest.mark.parametrize("speech", ["on", "unless_screen_reader"])
def test_speech_leaves_a_screen_reader_the_word_if_it_is_told_to(
    seen: str | None, speech: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(screen_reader.Watch.__init__, "__defaults__", (lambda: seen, lambda: 0.0))
    queue = open_feedback(configured(speech=speech, earcons=()), WORDS, tell=lambda _: None)
    assert queue._may_speak() is (speech == "on" or seen is None)
    queue.close()


@pytest.mark.parametrize("code", languages())
def test_the_voice_speaks_the_first_language_unless_it_is_named(code: str) -> None:
    if espeak.found() is None:
        pytest.skip("needs espeak-ng (Debian: apt install espeak-ng)")
    sound = SoundSection(engine="espeak-ng")
    by_language = voice_recipe(sound, code, alone=False)
    named = voice_recipe(replace(sound, voice="en-gb"), code, alone=False)
    assert by_language is not None
    assert named is not None
    assert by_language.command[by_language.command.index("-v") + 1] == code
    assert named.command[named.command.index("-v") + 1] == "en-gb"


# What is told, and how


class Heard(Quiet):
    def __init__(self) -> None:
        self.log: list[tuple[str, bool] | Cue] = []

    def cue(self, cue: Cue) -> None:
        self.log.append(cue)

    def say(self, text: str, *, urgent: bool = False) -> None:
        self.log.append((text, urgent))


def reply(status: Status) -> Reply:
    return Reply(status, "Read.", "Heard.")


@pytest.mark.parametrize("status", Status)
def test_every_answer_is_written_sounded_and_spoken_at_once(status: Status) -> None:
    lines: list[str] = []
    heard = Heard()
    Announcer(lines.append, heard, WORDS).reply(reply(status))
    cue = cue_of(reply(status))
    assert lines == ["Read."]
    assert heard.log == [cue, ("Heard.", True)]
    assert (cue == "failed") is (status in {Status.REFUSED, Status.FAILED, Status.UNKNOWN})


def test_what_the_user_has_just_done_is_not_told_again_and_news_waits_its_turn() -> None:
    lines: list[str] = []
    heard = Heard()
    announcer = Announcer(lines.append, heard, WORDS)
    back = CallEvent("phonebar_back", None, 0.0)
    announcer.event(replace(back, quiet=True))
    assert (lines, heard.log) == ([], [])
    announcer.event(back)
    text, speech = WORDS.event(back)
    assert lines == [text]
    assert heard.log == [(speech, False)]


# The doctor


def found(config: Config) -> dict[str, Finding]:
    return {item.check: item for item in doctor.findings(config, WORDS)}


@pytest.mark.skipif(
    espeak.found() is None, reason="needs espeak-ng (Debian: apt install espeak-ng)"
)
class TestDoctor:
    def test_all_is_well(self, card: Card) -> None:
        said = found(configured())
        assert {name: item.verdict for name, item in said.items()} == {
            "sound": "ok",
            "speech": "ok",
            "screen_reader": "ok",
        }
        assert said["speech"].found.startswith("espeak-ng speaks; installed are: espeak-ng")

    @pytest.mark.parametrize(
        ("engine", "what"), [("piper", "piper-tts"), ("speech-dispatcher", "apt install")]
    )
    def test_a_voice_that_is_set_and_not_installed_says_how_to_install_it(
        self, card: Card, monkeypatch: pytest.MonkeyPatch, engine: str, what: str
    ) -> None:
        monkeypatch.setattr(piper, "installed", lambda: False)
        monkeypatch.setattr(speech_dispatcher, "found", lambda: False)
        said = found(configured(engine=engine))["speech"]
        assert said.verdict == "note"
        assert engine in said.found
        assert what in said.mend

    @pytest.mark.parametrize(("speak", "verdict"), [(True, "problem"), (False, "note")])
    def test_no_device_is_a_problem_for_whoever_wants_to_hear(
        self, card: Card, speak: bool, verdict: str
    ) -> None:
        card.stop()
        device.look_again()
        said = found(replace(configured(), headless=HeadlessSection(speak=speak)))["sound"]
        assert said.verdict == verdict
        assert said.mend == WORDS.say("cli_doctor_no_sound_mend")[0]

    def test_a_device_that_is_named_wrongly_has_the_right_names_beside_it(self, card: Card) -> None:
        said = found(configured(device="headset"))["sound"]
        assert '"headset"' in said.found
        assert "pulse" in said.mend

    def test_a_voice_that_is_named_wrongly(self, card: Card) -> None:
        said = found(configured(voice="nobody"))["speech"]
        assert said.found.startswith("espeak-ng says nothing: ")
        assert "[sound]" in said.mend

    @pytest.mark.usefixtures("bare")
    def test_the_extra_is_missing(self) -> None:
        said = found(configured())["sound"]
        assert "sound" in said.mend
        assert said.verdict == "note"

    @pytest.mark.parametrize(
        ("speech", "mend"),
        [
            ("on", "cli_doctor_screen_reader_two"),
            ("unless_screen_reader", "cli_doctor_screen_reader_silent"),
            ("off", None),
        ],
    )
    def test_a_screen_reader_beside_our_voice(
        self, speech: str, mend: str | None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(screen_reader, "running", lambda: "Orca")
        said = found(configured(speech=speech))["screen_reader"]
        assert "Orca" in said.found
        assert said.mend == (WORDS.say(mend)[0] if mend else "")
