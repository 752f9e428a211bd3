"""The reference page of commands."""

from __future__ import annotations

from pathlib import Path

from assistant.understanding.reference import reference

PAGE = Path(__file__).resolve().parents[2] / "docs" / "commands.md"


def test_the_page_is_what_the_language_files_say() -> None:
    """Otherwise: python -m assistant.understanding.reference > docs/commands.md."""
    assert PAGE.read_text(encoding="utf-8") == reference()
