"""What the commands themselves say: the language files' messages whose names begin with `cli_`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assistant.config import Config
    from assistant.wording import Wording

Say = Callable[..., str]
"""Takes a message's name and, as keywords, what fills it."""


def wording(config: Config | None) -> Wording:
    """The messages of the first configured language.

    Args:
        config: None when it cannot be read; then, as for a language without a file, English.
    """
    from assistant.language import LanguageError, load_language
    from assistant.wording import Wording

    try:
        language = load_language(config.assistant.languages[0] if config else "en")
    except LanguageError:
        language = load_language("en")
    return Wording(language.messages)


def speaking(config: Config | None) -> Say:
    """A way to say things in the first configured language, see `wording`."""
    words = wording(config)

    def say(message: str, **details: object) -> str:
        return words.say(message, details)[0]

    return say
