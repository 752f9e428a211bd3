"""What was taught is heard, alone and in chains; what was not is refused."""

from __future__ import annotations

import functools
from pathlib import Path

import numpy as np
import pytest

from adapters.voice.enrolment import items
from adapters.voice.enrolment.beside import Beside, fused
from adapters.voice.enrolment.features import cepstra
from adapters.voice.enrolment.taught import Damaged, Sample, Taught, save
from adapters.voice.enrolment.templates import Templates
from adapters.voice.recogniser import RATE, Expected, Heard, Hearing, Name
from assistant.contact import Contact, Number
from assistant.directory import Directory
from assistant.language import languages
from assistant.understanding import ACT, Understanding
from tests.adapters.voice.enrolment.speaker import needs_espeak, said

DIGITS = "zero one two three four five six seven eight nine".split()
UNUSUAL = {
    "answer": "[['A:sV]]",
    "hang up": "[['EIgVp]]",
    "hold": "[['oU]]",
    "resume": "[[I'u:m]]",
    "cancel": "[['ansVl]]",
    "call": "[['O:]]",
    "john smith": "[[d'O:n m'I]]",
    "maria rossi": "[[mV'i:V w'OTi]]",
    "double": "[[d'VbV]]",
}
"""Commands as somebody says them who cannot speak all consonants."""
ROLES = {"call": "before:call", "john smith": "name", "maria rossi": "name", "double": "repeat"}
INTENTS = {"answer": "answer", "hang up": "hangup", "hold": "hold", "resume": "resume"}
ALL = ("answer", "hangup", "hold", "resume", "cancel", "call")
NAMES = (Name("John Smith"), Name("Maria Rossi"))


def trimmed(sound: np.ndarray) -> np.ndarray:
    return sound[RATE // 4 : -RATE // 4]


def taught(label: str, role: str, spoken: str) -> list[Sample]:
    return [Sample(label, role, cepstra(trimmed(said(spoken, time)))) for time in range(3)]


@functools.cache
def lessons() -> Taught:
    found: list[Sample] = []
    for digit in DIGITS:
        found += taught(digit, items.DIGIT, digit)
    for label, spoken in UNUSUAL.items():
        role = ROLES.get(label, f"alone:{INTENTS.get(label, label)}")
        found += taught(label, role, spoken)
    return Taught("en", tuple(found))


@pytest.fixture
def engine(tmp_path: Path) -> Templates:
    save(tmp_path / "en.npz", lessons())
    return Templates(lambda language: tmp_path / f"{language}.npz")


def heard(engine: Templates, sound: np.ndarray, expected: Expected) -> Hearing:
    listener = engine.listen(expected)
    for at in range(0, len(sound), 512):
        listener.feed(sound[at : at + 512])
    return listener.finish()


@needs_espeak
@pytest.mark.parametrize("label", sorted(INTENTS))
def test_an_unusual_command_is_heard(engine: Templates, label: str) -> None:
    hearing = heard(engine, said(UNUSUAL[label], 4), Expected(intents=ALL))
    assert hearing.engine == "templates"
    assert hearing.candidates[0].text == label
    assert hearing.candidates[0].score > 0.5
    assert hearing.none < 0.5


@needs_espeak
def test_digits_are_heard_together_and_in_figures(engine: Templates) -> None:
    sound = said("[[s'Ev@n f'aIv w'Vn z'i@roU n'aIn]]", 3)
    assert heard(engine, sound, Expected(digits=True)).candidates[0].text == "75109"


@needs_espeak
def test_digits_may_have_pauses_between_them(engine: Templates) -> None:
    sound = np.concatenate([said(word, 4) for word in ("three", "nine", "eight", "one")])
    assert heard(engine, sound, Expected(digits=True)).candidates[0].text == "3981"


@needs_espeak
def test_a_digit_said_to_be_double_comes_twice(engine: Templates) -> None:
    sound = np.concatenate([said(UNUSUAL["double"], 4), said("four", 3), said("two", 4)])
    assert heard(engine, sound, Expected(digits=True)).candidates[0].text == "442"


@needs_espeak
def test_a_name_is_heard_after_call(engine: Templates) -> None:
    sound = np.concatenate([said(UNUSUAL["call"], 4), said(UNUSUAL["maria rossi"], 4)])
    hearing = heard(engine, sound, Expected(intents=ALL, names=NAMES))
    assert hearing.candidates[0].text == "call maria rossi"


@needs_espeak
def test_a_name_that_is_not_in_the_directory_now_is_not_heard(engine: Templates) -> None:
    sound = np.concatenate([said(UNUSUAL["call"], 4), said(UNUSUAL["maria rossi"], 4)])
    hearing = heard(engine, sound, Expected(intents=ALL, names=NAMES[:1]))
    assert all("maria" not in candidate.text for candidate in hearing.candidates)


@needs_espeak
def test_what_makes_no_sense_now_is_not_heard(engine: Templates) -> None:
    hearing = heard(engine, said(UNUSUAL["hold"], 4), Expected(intents=("answer", "resume")))
    assert all(candidate.text != "hold" for candidate in hearing.candidates)


@needs_espeak
@pytest.mark.parametrize(
    "other", ["the weather in scotland", "put the kettle on please", "where did she buy that"]
)
def test_other_speech_is_none_of_it(engine: Templates, other: str) -> None:
    hearing = heard(engine, said(other), Expected(intents=ALL, names=NAMES))
    assert not hearing.candidates or hearing.candidates[0].score < 0.5


@pytest.mark.parametrize("sound", [np.zeros(0), np.zeros(100), np.zeros(RATE)])
def test_silence_is_none_of_it(tmp_path: Path, sound: np.ndarray) -> None:
    rows = np.random.default_rng(1).normal(0, 5, (30, 13)).astype(np.float32)
    save(tmp_path / "en.npz", Taught("en", (Sample("one", "digit", rows),)))
    engine = Templates(lambda language: tmp_path / f"{language}.npz")
    hearing = heard(engine, sound.astype(np.float32), Expected(digits=True))
    assert not hearing.candidates or hearing.candidates[0].score < 0.5


@needs_espeak
def test_the_only_word_that_was_taught_is_asked_about_never_acted_on(tmp_path: Path) -> None:
    save(tmp_path / "en.npz", Taught("en", tuple(taught("hold", "alone:hold", "[['oU]]"))))
    engine = Templates(lambda language: tmp_path / f"{language}.npz")
    hearing = heard(engine, said("[['oU]]", 4), Expected(intents=("hold",)))
    assert 0.5 < hearing.candidates[0].score < 0.8


@needs_espeak
def test_a_word_that_makes_no_sense_now_is_not_taken_for_one_that_does(engine: Templates) -> None:
    for other in ("resume", "hang up"):
        hearing = heard(engine, said(UNUSUAL[other], 4), Expected(intents=("hold", "cancel")))
        assert not hearing.candidates or hearing.candidates[0].score < 0.5


@needs_espeak
def test_two_words_that_sound_alike_are_doubted(tmp_path: Path) -> None:
    both = [*taught("hold", "alone:hold", "[['oU]]"), *taught("no", "alone:no", "[['oU]]")]
    save(tmp_path / "en.npz", Taught("en", tuple(both)))
    engine = Templates(lambda language: tmp_path / f"{language}.npz")
    hearing = heard(engine, said("[['oU]]", 4), Expected(intents=("hold", "no")))
    assert {candidate.text for candidate in hearing.candidates[:2]} == {"hold", "no"}
    assert hearing.candidates[0].score < 0.8


def test_with_nothing_taught_nothing_is_heard(tmp_path: Path) -> None:
    engine = Templates(lambda language: tmp_path / f"{language}.npz")
    assert not engine.supports("en")
    assert heard(engine, np.zeros(RATE, np.float32), Expected()).candidates == ()


@needs_espeak
def test_what_is_taught_meanwhile_counts_from_the_next_time_on(
    engine: Templates, tmp_path: Path
) -> None:
    sound = said(UNUSUAL["hold"], 4)
    assert heard(engine, sound, Expected(intents=ALL)).candidates[0].text == "hold"
    save(tmp_path / "en.npz", lessons().without("hold"))
    hearing = heard(engine, sound, Expected(intents=ALL))
    assert all(candidate.text != "hold" for candidate in hearing.candidates)


def test_a_damaged_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "en.npz").write_bytes(b"no archive")
    engine = Templates(lambda language: tmp_path / f"{language}.npz")
    with pytest.raises(Damaged):
        engine.prepare(Expected())


# Beside a general engine


def hearing(*candidates: tuple[str, float], none: float = 0.1) -> Hearing:
    return Hearing(tuple(Heard(*one) for one in candidates), none, "x")


def test_two_that_agree_are_surer_than_either() -> None:
    both = fused(hearing(("hold", 0.6)), hearing(("Hold", 0.7)), "both")
    assert both.candidates[0].text == "hold"
    assert both.candidates[0].score == pytest.approx(0.88)
    assert both.engine == "both"


def test_two_sure_ones_that_differ_are_never_acted_on() -> None:
    both = fused(hearing(("hang up", 0.99)), hearing(("hold", 0.99)), "both")
    assert both.candidates[0].score < 0.8
    assert [candidate.text for candidate in both.candidates] == ["hold", "hang up"]


def test_a_sure_one_leads_one_that_is_not() -> None:
    assert fused(hearing(("help", 0.1)), hearing(("hold", 0.98)), "").candidates[0].score > 0.8
    assert fused(hearing(("help", 0.95)), hearing(("hold", 0.1)), "").candidates[0].text == "help"


def test_one_that_heard_nothing_leaves_it_to_the_other() -> None:
    nothing = Hearing((), 1.0, "x")
    assert fused(nothing, hearing(("hold", 0.9)), "").candidates == (Heard("hold", 0.9),)
    assert fused(hearing(("hold", 0.9)), nothing, "").candidates == (Heard("hold", 0.9),)
    assert fused(nothing, nothing, "").none == 1.0


@needs_espeak
def test_two_engines_hear_side_by_side(engine: Templates) -> None:
    beside = Beside(engine, engine)
    assert beside.name == "templates+templates"
    beside.prepare(Expected(intents=ALL))
    listener = beside.listen(Expected(intents=ALL))
    listener.feed(said(UNUSUAL["hold"], 4))
    assert listener.finish().candidates[0].text == "hold"


# What can be taught


@pytest.mark.parametrize("code", languages())
def test_each_language_has_ten_digits_and_its_commands(code: str) -> None:
    figures = [items.as_typed([(item.label, item.role)], code) for item in items.digits(code)[:10]]
    assert figures == list("0123456789")
    assert {item.role for item in items.commands(code)} >= {
        "alone:answer",
        "alone:hangup",
        "alone:hold",
        "alone:resume",
        "alone:yes",
        "alone:no",
        "alone:cancel",
        "before:call",
        "before:transfer",
    }
    labels = [item.label for item in (*items.digits(code), *items.commands(code))]
    assert len(labels) == len(set(labels))


def test_a_digit_may_be_named_by_its_figure() -> None:
    assert items.known("7", "en") == items.Item("seven", items.DIGIT)
    assert items.known("Sì", "it") == items.Item("sì", "alone:yes")
    assert items.known("17", "en") is None
    assert items.known("", "en") is None


@pytest.mark.parametrize("code", languages())
def test_each_command_means_what_it_is_taught_for(code: str) -> None:
    person = Contact("Maria Rossi", (Number("+390655501104"),))
    understanding = Understanding((code,), Directory([person]))
    for item in items.commands(code):
        kind, _, intent = item.role.partition(":")
        said = item.label if kind == "alone" else f"{item.label} Maria Rossi"
        understood = understanding.parse(said, language=code)
        assert (said, understood.command.intent) == (said, intent)
        assert understood.confidence >= ACT


def test_digits_are_typed_together() -> None:
    spoken = [("call", "before:call"), ("double", "repeat"), ("four", "digit"), ("oh", "digit")]
    assert items.as_typed(spoken, "en") == "call 440"
