"""The engine that the configuration chooses, found by its entry point."""

from __future__ import annotations

import logging
from collections.abc import Callable
from importlib.metadata import EntryPoint, entry_points
from typing import TYPE_CHECKING

from adapters.voice.enrolment.beside import Beside
from adapters.voice.enrolment.templates import NAME as TEMPLATES
from adapters.voice.enrolment.templates import Templates, open_templates
from adapters.voice.recogniser import GROUP, Missing, Recogniser

if TYPE_CHECKING:
    from assistant.settings import VoiceSection

log = logging.getLogger(__name__)

AUTO = "auto"
ORDER = ("both", "ctc", "whisper", "pocketsphinx")
"""What `auto` tries, the best first; for a language the first that hears it."""

Opening = Callable[["VoiceSection"], Recogniser]


def open_recogniser(section: VoiceSection, language: str = "en") -> Recogniser:
    """The engine of the configuration, with what the user has taught beside it.

    Args:
        section: `[voice]`, whose `engine` names it; `auto` takes the first that can be used.
        language: what will be spoken.

    Raises:
        Missing: it, or what it needs, is not there; says what to install.
    """
    if section.templates == "off" or section.engine == TEMPLATES:
        return _general(section, language)
    if section.templates == "instead":
        return open_templates(section)
    return Beside(_general(section, language), Templates())


def _general(section: VoiceSection, language: str) -> Recogniser:
    found = {entry.name: entry for entry in entry_points(group=GROUP)}
    if section.engine != AUTO:
        if section.engine not in found:
            known = ", ".join(sorted({AUTO, *found}))
            raise Missing("voice_no_such_engine", engine=section.engine, known=known)
        return _opened(found[section.engine], section, language)
    first: Missing | None = None
    for name in ORDER:
        try:
            if name in found:
                return _opened(found[name], section, language)
        except Missing as error:
            log.info("the engine %s cannot be used: %s", name, error)
            first = first or error
    raise first or Missing("voice_no_engine")


def _opened(entry: EntryPoint, section: VoiceSection, language: str) -> Recogniser:
    """Open an engine; one that cannot hear the language is as good as none."""
    opening: Opening = entry.load()
    engine = opening(section)
    hears = getattr(engine, "supports", None)
    if hears is not None and not hears(language):
        raise Missing("voice_not_this_language", engine=entry.name, language=language)
    return engine
