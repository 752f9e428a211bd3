"""Fixtures for all tests: a desk, and a state folder of its own for each."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.desk import Desk, desk


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep every test away from the user's own state and configuration."""
    folder = tmp_path / "state"
    folder.mkdir()
    for name in ("PHONEBAR_URL", "PHONEBAR_CONFIG", "PHONEBAR_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PHONEBAR_STATE", str(folder))
    return folder


@pytest.fixture
def phone(tmp_path: Path) -> Iterator[Desk]:
    """A desk whose far ends answer at once."""
    with desk(tmp_path) as made:
        yield made
