"""What the surface shows is what the snapshots say, and Slack would take it."""

from __future__ import annotations

from tests.adapters.slack.snapshots import FOLDER, problems, shown, snapshots


def test_the_snapshots_are_true() -> None:
    """If this is what you meant: `python -m tests.adapters.slack.snapshots`."""
    there = {path.stem: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.json")}
    assert there == {name: shown(made) for name, made in snapshots().items()}


def test_slack_would_take_them() -> None:
    assert {name: problems(made) for name, made in snapshots().items() if problems(made)} == {}
