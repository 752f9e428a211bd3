"""What may be wrong with what is heard: the device, the voice, a second voice beside ours."""

from __future__ import annotations

import threading
from collections.abc import Iterator

from adapters.feedback import device, screen_reader
from adapters.feedback.session import open_voice, voices_here
from adapters.feedback.voice import Voice, VoiceError
from assistant.config import Config
from assistant.finding import Finding
from assistant.wording import Wording

VOICE_WAIT = 15.0
"""Seconds that a voice may take for a word."""

MUTE = {
    "": ("cli_doctor_mute", "cli_doctor_mute_mend"),
    "speech-dispatcher": ("cli_doctor_no_dispatcher", "cli_doctor_no_dispatcher_mend"),
    "piper": ("cli_doctor_no_piper", "cli_doctor_no_piper_mend"),
}
"""What is said when the engine that is set is not installed, and what helps."""


def findings(config: Config, wording: Wording) -> Iterator[Finding]:
    """Everything about sound and speech; what is used by nothing is a note, not a problem."""
    yield from _Doctor(config, wording).findings()


class _Doctor:
    def __init__(self, config: Config, wording: Wording) -> None:
        self._config, self._wording = config, wording
        self._bad = "problem" if config.headless.speak else "note"
        self._alone = False

    def findings(self) -> Iterator[Finding]:
        yield self._sound()
        yield self._speech()
        yield self._screen_reader()

    def _say(self, message: str, **details: object) -> str:
        return self._wording.say(message, details)[0]

    def _sound(self) -> Finding:
        name = self._config.sound.device
        try:
            sd = device.library()
        except device.NoLibrary:
            self._alone = True
            found, mend = self._say("cli_doctor_no_player"), self._say("cli_doctor_no_player_mend")
            return Finding("sound", "note", found, mend)
        try:
            number, known = device.output(name)
        except device.NoDevice:
            return self._no_device(name)
        from adapters.feedback.mixer import RATE

        try:
            sd.check_output_settings(
                number,
                channels=min(2, known["max_output_channels"]),
                dtype="int16",
                extra_settings=device.settings(known),
                samplerate=RATE,
            )
        except sd.PortAudioError as error:
            found = self._say("cli_doctor_sound_fails", device=known["name"], why=error)
            return Finding("sound", self._bad, found, self._say("cli_doctor_no_sound_mend"))
        return Finding("sound", "ok", self._say("cli_doctor_sound", device=known["name"]))

    def _no_device(self, name: str) -> Finding:
        names = device.names() if name else []
        if not names:
            found, mend = self._say("cli_doctor_no_sound"), self._say("cli_doctor_no_sound_mend")
            return Finding("sound", self._bad, found, mend)
        found = self._say("cli_doctor_no_such_device", name=name)
        mend = self._say("cli_doctor_no_such_device_mend", names=", ".join(names))
        return Finding("sound", self._bad, found, mend)

    def _speech(self) -> Finding:
        language = self._config.assistant.languages[0]
        engine = self._config.sound.engine
        name = engine
        try:
            voice = open_voice(self._config.sound, language, alone=self._alone)
            if voice is None:
                found, mend = map(self._say, MUTE.get(engine, MUTE[""]))
                return Finding("speech", self._bad, found, mend)
            name = voice.name
            _try(voice)
        except VoiceError as error:
            found = self._say("cli_doctor_voice_fails", voice=name, why=error)
            mend = self._say("cli_doctor_voice_fails_mend")
            return Finding("speech", self._bad, found, mend)
        here = ", ".join(voices_here())
        return Finding("speech", "ok", self._say("cli_doctor_voice", voice=name, here=here))

    def _screen_reader(self) -> Finding:
        name = screen_reader.running()
        if name is None:
            return Finding("screen_reader", "ok", self._say("cli_doctor_no_screen_reader"))
        found = self._say("cli_doctor_screen_reader", name=name)
        mend = {
            "on": self._say("cli_doctor_screen_reader_two"),
            "unless_screen_reader": self._say("cli_doctor_screen_reader_silent"),
        }.get(self._config.sound.speech, "")
        return Finding("screen_reader", "ok", found, mend)


def _try(voice: Voice) -> None:
    """Let it speak a silence, or a word that nobody hears."""
    try:
        spoken = voice.begin(" " if voice.by_itself else "a")
        watch = threading.Timer(VOICE_WAIT, spoken.stop)
        watch.start()
        try:
            heard = sum(len(sound) for sound in spoken.blocks())
        finally:
            watch.cancel()
        if not voice.by_itself and not heard:
            raise VoiceError("-")
    finally:
        voice.close()
