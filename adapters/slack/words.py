"""The messages in each user's language."""

from __future__ import annotations

from functools import cache

from adapters.slack.store import Link
from assistant.language import load_language
from assistant.wording import Wording


@cache
def words_in(language: str) -> Wording:
    """The messages of a language, by its code."""
    return Wording(load_language(language).messages)


def words_of(link: Link | None, default: str) -> Wording:
    """The messages for a user; in the default language until they chose another."""
    return words_in(link.language if link and link.language else default)
