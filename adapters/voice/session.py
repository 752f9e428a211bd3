"""A sitting at the microphone: what is said becomes what is done, and what happens is told."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from adapters.feedback.feedback import Feedback
from adapters.voice.activity import Detector
from adapters.voice.ear import Ear, Opening
from adapters.voice.hearing import SURFACE, USER, Over, Work, is_one_of, phrases, talking
from adapters.voice.hush import Hush
from adapters.voice.modes import PRESSED, Begin, Drop, Effect, Finish, Modes, Rules, Show, Tell
from adapters.voice.recogniser import Recogniser
from adapters.voice.telling import Telling
from assistant.asides import AsideReply
from assistant.assistant import Assistant
from assistant.contract import CallEvent, Status
from assistant.phonebar import PhonebarError
from assistant.settings import VoiceSection
from assistant.wording import Wording, Words

REPLY_FIRST = 0.5
"""Seconds that an event waits for the reply that is being made: mostly it follows from it."""


class Session:
    """Runs until it is closed.

    Args:
        assistant: who does it; started already.
        opening: opens the microphone.
        detector: tells speech from silence.
        recogniser: makes words of speech.
        telling: writes and sounds.
        feedback: what this PC sounds and speaks by itself.
        on_over: told when listening has ended by itself, for whoever counts presses.
    """

    def __init__(
        self,
        assistant: Assistant,
        opening: Opening,
        detector: Detector,
        recogniser: Recogniser,
        *,
        telling: Telling,
        feedback: Feedback,
        on_over: Callable[[], None] = lambda: None,
    ) -> None:
        section = assistant.config.voice
        self._assistant, self._telling, self.on_over = assistant, telling, on_over
        self.on_mode: Callable[[], None] = lambda: None
        """Told when the microphone does something else; on a thread of ours."""
        self.error: Exception | None = None
        """What ended it before its time; None while it is up."""
        self._modes = Modes(rules(section))
        self._hush = Hush(assistant.client, lambda: telling.say("voice_not_hushed"))
        self._hearing = Work(
            assistant,
            recogniser,
            telling,
            self._over,
            wake=section.wake,
            asleep=lambda: self._modes.asleep,
        )
        self._ear = Ear(
            opening,
            detector,
            self._modes,
            self._hearing,
            self._happened,
            sounding=feedback.sounding,
            silence=lambda: section.silence_digits if self._hearing.digits else section.silence,
            longest=section.longest,
            pre_roll=section.pre_roll,
        )
        with suppress(PhonebarError):  # its loss is an event
            assistant.calls()
        self._subscription = assistant.subscribe(
            self._event, USER, *(telling.news.surfaces if telling.news else (SURFACE,))
        )
        self._forget_aside = assistant.asides.add(self._aside)
        self._look()
        for notice in assistant.notices():
            telling.remark(notice)

    @property
    def mode(self) -> str:
        """What the microphone is doing."""
        return self._modes.mode

    def talk(self, on: bool, held: bool) -> None:
        """A key for talking went down or came up, or was pressed to begin or to end."""
        if on:
            self.press(held=held)
            return

        def ended(modes: Modes, t: float) -> tuple[Effect, ...]:
            if modes.way == "held":
                return modes.release(t)
            # By now it may have ended by itself: then this press begins nothing anew.
            return modes.press(t, held=False) if modes.way is not None else ()

        self._ear.post(ended)

    def press(self, *, held: bool = False) -> None:
        """Listen to what is said next; pressed again, it is over. Silences this PC at once."""
        self._telling.hush()
        self._ear.post(lambda modes, t: modes.press(t, held=held))

    def say(self, text: str) -> None:
        """Take a text as if it had been spoken, and heard well."""
        self._telling.hush()
        self._hearing.say(text)

    def sleep(self) -> None:
        """Understand nothing but "wake up"."""
        self._ear.post(lambda modes, t: modes.sleep(t))

    def wake(self) -> None:
        """Understand everything again."""
        self._ear.post(lambda modes, t: modes.wake(t))

    def caught_up(self, seconds: float) -> bool:
        """Wait until all that was heard so far has become what it becomes.

        Args:
            seconds: how long at most.

        Returns:
            False when it was not so by then.
        """
        return self._hearing.caught_up(seconds)

    def close(self) -> None:
        """Listen no more; what is under way is finished and told."""
        self._forget_aside()
        self._ear.close()
        self._hearing.close()
        self._hush.close()
        self._subscription.close()

    def _aside(self, text: str, language: str) -> AsideReply | None:
        """What is said to the microphone on another surface, in any of the user's languages."""
        languages = dict.fromkeys((language, *self._assistant.config.assistant.languages))
        answers = (self._told(text, self._assistant.wording(each)) for each in languages)
        return next((answer for answer in answers if answer is not None), None)

    def _told(self, text: str, wording: Wording) -> AsideReply | None:
        def says(message: str) -> bool:
            return is_one_of(text, phrases(wording, message))

        asleep = self._modes.asleep
        if says("voice_say_sleep"):
            self.sleep()
            return _done(wording.say("voice_asleep_already" if asleep else "voice_asleep"))
        if says("voice_say_wake"):
            self.wake()
            return _done(wording.say("voice_awake" if asleep else "voice_awake_already"))
        if not says("voice_say_listen"):
            return None
        if asleep or self.mode == "deaf":
            why = "voice_asleep_still" if asleep else "voice_no_microphone"
            return AsideReply(Status.REFUSED, wording.say(why))
        if self.mode == "waiting":
            self.press()
        return _done(wording.say("voice_listens"))

    def _happened(self, effect: Effect) -> None:
        if effect == Tell("voice_heard_nothing") and self._ear.silent:
            effect = Tell("voice_silent")
        self._telling.effect(effect)
        if isinstance(effect, Show):
            self.on_mode()
        if isinstance(effect, Begin) and effect.way in PRESSED and self._modes.in_call:
            self._hush.begin()
        if isinstance(effect, Finish | Drop):
            self._hush.end()
            self.on_over()

    def _over(self, over: Over) -> None:
        def happened(modes: Modes, t: float) -> tuple[Effect, ...]:
            effects: tuple[Effect, ...] = ()
            if over.way is not None:
                effects = modes.done(t, over.way, asked=over.asked)
            if over.kind == "sleep":
                effects += modes.sleep(t)
            elif over.kind == "wake":
                effects += modes.wake(t)
            elif over.kind == "woken":
                effects += modes.woken(t)
            return effects

        self._ear.post(happened)

    def _event(self, event: CallEvent) -> None:
        self._look()
        self._hearing.prepare()
        self._hearing.settled(REPLY_FIRST)
        self._telling.event(event)

    def _look(self) -> None:
        in_call = talking(self._assistant.watcher.calls)

        def happened(modes: Modes, _t: float) -> tuple[Effect, ...]:
            if in_call and modes.way in PRESSED:
                self._hush.begin()
            return modes.calls(in_call)

        self._ear.post(happened)


def _done(words: Words) -> AsideReply:
    return AsideReply(Status.DONE, words)


def rules(section: VoiceSection) -> Rules:
    """The rules of a configuration."""
    return Rules(
        patience=section.patience,
        longest=max(section.longest, 60.0),
        sleep_after=section.sleep_after,
        wake=bool(section.wake),
        answers=section.answers,
    )
