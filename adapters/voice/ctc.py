"""The engine `ctc`: searches for nothing but what can be said now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.voice.recogniser import Missing

if TYPE_CHECKING:
    from adapters.voice.recogniser import Recogniser
    from assistant.settings import VoiceSection


def open_ctc(section: VoiceSection) -> Recogniser:
    """The engine.

    Raises:
        Missing: hama cannot be used here.
    """
    raise Missing("voice_no_hama", why=section.engine)
