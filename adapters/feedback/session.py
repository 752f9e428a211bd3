"""Opens what is heard, as the configuration has it; what cannot be heard is told once, in words."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast, get_args

from adapters.feedback import espeak, piper, screen_reader, speech_dispatcher, system_voice
from adapters.feedback.device import NoLibrary
from adapters.feedback.feedback import Cue
from adapters.feedback.queue import Dumb, Output, Queue
from adapters.feedback.voice import Program, Recipe, Voice, VoiceError
from assistant.config import Config
from assistant.settings import SoundSection
from assistant.wording import Wording

if TYPE_CHECKING:
    from adapters.feedback.mixer import Ear

CUES: tuple[Cue, ...] = get_args(Cue)


def to_standard_error(text: str) -> None:
    """Write a line for whoever started the program."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def open_feedback(
    config: Config,
    wording: Wording,
    language: str | None = None,
    *,
    tell: Callable[[str], None] = to_standard_error,
) -> Queue:
    """What is heard at this PC; close it at the end.

    Args:
        config: its section `sound` counts.
        wording: tells what is wrong.
        language: of the voice, a two-letter code; None for the first configured one.
        tell: takes a line about what cannot be heard; from any thread.
    """
    sound = config.sound
    opening = _Opening(sound, language or config.assistant.languages[0], wording, tell)
    output = opening.output()
    return Queue(
        output,
        opening.voice(alone=isinstance(output, Dumb)),
        earcons=cast("Collection[Cue]", sound.earcons),
        ring_every=sound.ring_every,
        may_speak=opening.may_speak(),
        on_trouble=lambda why: opening.say("voice_failed", why=why),
    )


def open_voice(sound: SoundSection, language: str, *, alone: bool) -> Voice | None:
    """The voice that is meant, or None when it is not installed.

    Without a choice of the user's, beside a screen reader of Linux it is speech-dispatcher's, as
    the screen reader's own is, so that the two take turns. Only a voice that we play ourselves can
    be in one ear.

    Args:
        sound: how it is to sound.
        language: a two-letter code.
        alone: there is no player, so it must play by itself.

    Raises:
        VoiceError: it is there, but cannot be used.
    """
    if sound.engine == "piper" or (sound.engine == "auto" and piper.is_voice(sound.voice)):
        if alone or not piper.installed():
            return None
        return Program(piper.recipe(sound.voice, sound.rate))
    beside = sound.engine == "auto" and sound.ear == "both" and sys.platform == "linux"
    if sound.engine == "speech-dispatcher" or (beside and screen_reader.running() is not None):
        if speech_dispatcher.found():
            return speech_dispatcher.SpeechDispatcher(
                speech_dispatcher.Manner(
                    sound.voice, language, sound.rate, sound.pitch, sound.volume
                )
            )
        if sound.engine != "auto":
            return None
    recipe = voice_recipe(sound, language, alone=alone)
    return Program(recipe) if recipe is not None else None


def voices_here() -> tuple[str, ...]:
    """The engines that could be set, because what they need is installed."""
    own = system_voice.recipe() is not None
    there = {
        "espeak-ng": espeak.found() is not None,
        "speech-dispatcher": speech_dispatcher.found(),
        "piper": piper.installed(),
        "system": own,
    }
    return tuple(name for name, is_there in there.items() if is_there)


def voice_recipe(sound: SoundSection, language: str, *, alone: bool) -> Recipe | None:
    """The voice that is meant, or None when it is not installed.

    Args:
        sound: how it is to sound.
        language: a two-letter code.
        alone: there is no player, so it must play by itself.
    """
    if sound.engine != "espeak-ng" and not alone:
        found = system_voice.recipe(
            voice=sound.voice, language=language, rate=sound.rate, pitch=sound.pitch
        )
        if found is not None or sound.engine == "system":
            return found
    program = espeak.found()
    if program is None:
        return None
    return espeak.recipe(
        program,
        voice=sound.voice or language,
        rate=sound.rate,
        pitch=sound.pitch,
        alone=alone,
    )


@dataclass(frozen=True, slots=True)
class _Opening:
    sound: SoundSection
    language: str
    wording: Wording
    tell: Callable[[str], None]

    def say(self, message: str, **details: object) -> None:
        self.tell(self.wording.say(message, details)[0])

    def output(self) -> Output:
        sound = self.sound
        if sound.speech == "off" and not sound.earcons:
            return Dumb()
        try:
            from adapters.feedback.mixer import Mixer
            from adapters.feedback.player import Player

            mixer = Mixer(cast("Ear", sound.ear), sound.volume / 100, sound.earcon_volume / 100)
            return Player(mixer, sound.device, sound.release_after, sound.latency, self._lost)
        except (ImportError, NoLibrary):
            if sound.earcons or sound.ear != "both":
                self.say("no_player")
            return Dumb()

    def voice(self, *, alone: bool) -> Voice | None:
        if self.sound.speech == "off":
            return None
        try:
            voice = open_voice(self.sound, self.language, alone=alone)
        except VoiceError as error:
            self.say("voice_failed", why=error)
            return None
        if voice is None:
            self.say("no_voice")
        return voice

    def may_speak(self) -> Callable[[], bool]:
        if self.sound.speech != "unless_screen_reader":
            return lambda: True
        watch = screen_reader.Watch()
        return lambda: watch() is None

    def _lost(self, never: bool) -> None:
        self.say("mute_voice" if never else "sound_lost")
