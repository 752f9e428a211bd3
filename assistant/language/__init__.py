"""The languages: for each one file with its phrases, number words and messages, as data.

A language file is YAML; `docs/languages.md` describes its parts and how to add a language.

    LanguageError(Exception)   a file that cannot be used; names the file and the part
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent

PARTS = (
    "name",
    "elisions",
    "owner_endings",
    "hesitations",
    "before",
    "after",
    "corrections",
    "rules",
    "intents",
    "references",
    "articles",
    "party_tails",
    "party_forms",
    "between_parties",
    "pointing",
    "numbers",
    "spelling",
    "known_words",
    "not_a_party",
    "taught",
    "brief",
    "messages",
)
"""What every language file has."""


class LanguageError(Exception):
    """A language file that cannot be used; the message names the file and the part."""


@dataclass(frozen=True, slots=True)
class Language:
    """One language's data, as its file has it."""

    code: str
    data: Mapping[str, Any]

    @property
    def messages(self) -> Mapping[str, Any]:
        """What the assistant says."""
        found: Mapping[str, Any] = self.data["messages"]
        return found

    @property
    def brief(self) -> Mapping[str, str]:
        """What is spoken instead of some messages to whoever wants few words."""
        found: Mapping[str, str] = self.data["brief"]
        return found


@cache
def load_language(code: str) -> Language:
    """Read a language.

    Args:
        code: two letters, e.g. `en`.

    Raises:
        LanguageError: there is no such language, or a part of it is missing.
    """
    import yaml

    path = HERE / f"{code}.yaml"
    # The base loader takes everything as text: "yes" and "no" are words here, not truth values.
    # The one written in C is ten times faster, where it was built.
    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    try:
        data = yaml.load(path.read_text(encoding="utf-8"), Loader=loader)  # noqa: S506 - see above
    except FileNotFoundError:
        available = ", ".join(languages())
        raise LanguageError(f"There is no language {code!r}; there are: {available}.") from None
    missing = [part for part in PARTS if part not in data]
    if missing:
        raise LanguageError(f"{path.name} lacks: {', '.join(missing)}.")
    return Language(code, data)


def languages() -> tuple[str, ...]:
    """The codes of all languages there are."""
    return tuple(sorted(path.stem for path in HERE.glob("*.yaml")))
