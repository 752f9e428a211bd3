"""All languages at once: what one language says is no command in another by accident."""

from __future__ import annotations

import pytest

from assistant.config import starter
from assistant.contract import ACTS
from assistant.directory import Directory
from assistant.language import languages
from assistant.understanding import Understanding
from tests.understanding.test_languages import rows

EVERYTHING = Understanding(languages(), Directory.load(starter("contacts.csv")))


@pytest.mark.parametrize("code", languages())
def test_what_is_no_command_is_none_in_any_language(code: str) -> None:
    chatter = [text for where, text, intent, _ in rows() if where == code and intent == "none"]
    acted = [text for text in chatter if EVERYTHING.parse(text).command.intent in ACTS]
    assert len(acted) <= len(chatter) * 0.005, acted


@pytest.mark.parametrize("code", languages())
def test_most_sentences_mean_the_same_with_all_languages_enabled(code: str) -> None:
    said = [(text, intent) for where, text, intent, _ in rows() if where == code][::3]
    other = [text for text, intent in said if intent in ACTS and differs(text, intent)]
    assert len(other) <= len(said) * 0.02, other


def differs(text: str, intent: str) -> bool:
    return EVERYTHING.parse(text).command.intent != intent
