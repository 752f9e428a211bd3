"""What may be wrong with the voice: the microphone, what tells speech from silence, the engine."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing

from adapters.feedback import device
from adapters.voice.activity import Silero
from adapters.voice.engines import open_recogniser
from adapters.voice.microphone import Microphone
from adapters.voice.recogniser import RecogniserError
from assistant.config import Config
from assistant.finding import Finding
from assistant.wording import Wording

WAIT, HEARD = 6.0, 10
"""Seconds that a microphone may take to be opened; how many chunks are listened to then."""


def findings(config: Config, wording: Wording) -> Iterator[Finding]:
    """Everything about the voice; what is used by nothing is a note, not a problem."""
    bad = "problem" if "voice" in config.run.surfaces else "note"
    yield _microphone(config, wording, bad)
    try:
        Silero()
        engine = open_recogniser(config.voice, config.assistant.languages[0])
    except RecogniserError as error:
        yield Finding("voice", bad, wording.say(error.message, error.details)[0])
    else:
        yield Finding("voice", "ok", wording.say("cli_doctor_engine", {"engine": engine.name})[0])


def _microphone(config: Config, wording: Wording, bad: str) -> Finding:
    try:
        device.library()
    except device.NoLibrary as error:
        found = wording.say("voice_not_installed", {"library": error})[0]
        return Finding("microphone", bad, found)
    heard, until = 0, time.monotonic() + WAIT
    with closing(Microphone(config.voice.microphone)) as microphone:
        while heard < HEARD and microphone.state != "lost" and time.monotonic() < until:
            heard += sum(1 for _ in microphone.chunks(0.2))
        name, silent = microphone.device, microphone.silent
    if not heard:
        names = ", ".join(device.names("input")) or "-"
        mend = wording.say("cli_doctor_microphones", {"names": names})[0]
        return Finding("microphone", bad, wording.say("voice_no_microphone")[0], mend)
    if silent:
        return Finding("microphone", "note", wording.say("voice_silent")[0])
    return Finding("microphone", "ok", wording.say("cli_doctor_microphone", {"device": name})[0])
