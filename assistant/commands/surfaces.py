"""The surfaces that `phonebar run` keeps up beside each other, by their names in `[run] surfaces`.

The console is not among them: it has the terminal, and the service ends with it. Those that one
person at this PC reads and hears share one queue of what is heard, and tell an event once.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from assistant.commands import keys, slack, switch, voice, web
from assistant.commands.words import Say, speaking

if TYPE_CHECKING:
    from adapters.feedback.feedback import Feedback
    from adapters.feedback.news import News
    from adapters.voice.session import Session as VoiceSession
    from assistant.assistant import Assistant
    from assistant.config import Config


class Session(Protocol):
    """One sitting of a surface."""

    @property
    def error(self) -> Exception | None:
        """What ended it before its time; None while it is up."""


@dataclass(frozen=True, slots=True)
class Surface:
    """A surface that is up."""

    session: Session
    why: Callable[[], str]
    """In words, why it ended and what to do; only after `session.error` is set."""


@dataclass(frozen=True, slots=True)
class Person:
    """Who is at this PC: what they hear, and what they were told."""

    feedback: Feedback
    news: News
    voice: VoiceSession | None = None
    """Who listens to them."""


@dataclass(frozen=True, slots=True)
class Up:
    """What has been brought up."""

    surfaces: list[Surface]
    person: Person | None
    """None when nothing is heard at this PC."""


Opening = Callable[["Config", "Assistant"], AbstractContextManager[Session]]
Beside = Callable[["Config", "Assistant", "Person"], AbstractContextManager[Session]]
Explaining = Callable[[Exception, Say], str]


def _keyboard(
    config: Config, assistant: Assistant, person: Person
) -> AbstractContextManager[Session]:
    voice = person.voice
    return keys.keyboard_session(config, assistant, person.feedback, person.news, voice)


def _switch(
    config: Config, assistant: Assistant, person: Person
) -> AbstractContextManager[Session]:
    talk = person.voice.press if person.voice else None
    return switch.service_session(config, assistant, person.feedback, person.news, talk)


_HEARD: dict[str, tuple[Beside, Explaining]] = {
    "keyboard": (_keyboard, keys.why_it_ended),
    "switch": (_switch, switch.why_it_ended),
}
_SILENT: dict[str, tuple[Opening, Explaining]] = {
    "slack": (slack.slack_session, slack.why_it_ended),
}


def sessions(config: Config, assistant: Assistant, stack: contextlib.ExitStack) -> Up:
    """Bring up every surface that is configured; `stack` ends them.

    Raises:
        click.ClickException: one cannot be started; says how to mend it.
    """
    say = speaking(config)
    person = _person(config, assistant, stack)
    up = []
    if person is not None and person.voice is not None:
        up.append(Surface(person.voice, _explained(person.voice, voice.why_it_ended, say)))
    for name in config.run.surfaces:
        if person is not None and name in _HEARD:
            beside, explaining = _HEARD[name]
            opened = beside(config, assistant, person)
        elif name == "web":
            explaining = web.why_it_ended
            opened = web.web_session(config, assistant, person.voice if person else None)
        elif name in _SILENT:
            opening, explaining = _SILENT[name]
            opened = opening(config, assistant)
        else:
            continue
        session = stack.enter_context(opened)
        up.append(Surface(session, _explained(session, explaining, say)))
    return Up(up, person)


def _person(config: Config, assistant: Assistant, stack: contextlib.ExitStack) -> Person | None:
    """Who hears and is heard at this PC; the voice comes first, for the others begin it."""
    if not {*_HEARD, "voice"} & set(config.run.surfaces):
        return None
    from adapters.feedback.news import News
    from adapters.feedback.ringing import ringing
    from adapters.feedback.session import open_feedback

    feedback = stack.enter_context(closing(open_feedback(config, assistant.wording())))
    stack.enter_context(ringing(assistant, feedback))
    news = News([name for name in config.run.surfaces if name not in {*_SILENT, "web"}])
    if "voice" not in config.run.surfaces:
        return Person(feedback, news)
    opened = voice.voice_session(config, assistant, feedback, news)
    return Person(feedback, news, stack.enter_context(opened))


def _explained(session: Session, explaining: Explaining, say: Say) -> Callable[[], str]:
    return lambda: explaining(session.error or RuntimeError(), say)
