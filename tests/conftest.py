"""Fixtures for all tests: a desk, and a state folder of its own for each."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, settings

from tests.alone import room
from tests.desk import Desk, desk

Report = TypeVar("Report", pytest.TestReport, pytest.CollectReport)

# How long an example takes says how busy the machine is.
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")

ROOT = Path(__file__).parent
LONGEST = (
    "understanding/test_languages.py",
    "understanding/test_all_languages.py",
    "adapters/slack/test_faults.py",
    "test_faults.py",
    "adapters/feedback/test_sound_card.py",
    "adapters/web/test_page.py",
    "adapters/switch/test_terminal.py",
    "phonebar/page/test_accessible.py",
    "phonebar/page/test_safe.py",
    "phonebar/page/test_features.py",
    "adapters/keyboard/test_under_x.py",
)
"""What takes longest begins first, so that no process is left to work alone at the end."""


def pytest_xdist_auto_num_workers() -> int:
    """Of `-n auto`: most tests wait most of the time."""
    return 2 * (os.cpu_count() or 1)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    places = {ROOT / name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.path, len(places)))


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, bool | None, bool | None]:
    """Before the time of a test begins to count."""
    with room(item.get_closest_marker("alone") is not None):
        return (yield)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    return _nothing_skipped((yield))


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    return _nothing_skipped((yield))


def _nothing_skipped(report: Report) -> Report:
    """With NO_SKIPS=1 in the environment a skipped test has failed."""
    if os.environ.get("NO_SKIPS") == "1" and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome, report.longrepr = "failed", f"NO_SKIPS=1, but it was skipped: {reason}"
    return report


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
