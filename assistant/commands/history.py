"""`phonebar history`: what was asked, what became of it, and who called."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import click

from assistant.commands.options import as_json, configured, shared


@click.command(
    epilog="""\b
Examples:
  phonebar history
  phonebar history --limit 200 --json
  phonebar history --forget
  phonebar history --forget --number +390655501104"""
)
@click.option("--limit", type=click.IntRange(1, 100_000), default=30, show_default=True)
@click.option("--forget", is_flag=True, help="Remove the entries for good instead.")
@click.option("--number", help="With --forget: only what mentions this number.")
@as_json
@shared
def command(limit: int, forget: bool, number: str | None, json_: bool, **options: Any) -> None:
    """Show the latest commands and calls, newest first."""
    from assistant.commands.reach import reached

    config = configured(options)
    if number and not forget:
        raise click.UsageError("--number goes with --forget.")
    if forget:
        from assistant.journal import Journal

        journal = Journal(config.journal_path, config.journal.retention_days)
        gone = journal.forget(number)
        journal.close()
        click.echo(json.dumps({"forgotten": gone}) if json_ else f"{gone} entries removed.")
        return
    with reached(config) as phone:
        entries = phone.history(limit)
    for entry in entries:
        click.echo(json.dumps(entry, ensure_ascii=False) if json_ else _line(entry))
    if not entries and not json_:
        click.echo("Nothing has been asked and nobody has called yet.")


def _line(entry: dict[str, Any]) -> str:
    # The reader's own wall clock.
    at = datetime.fromtimestamp(entry["at"]).strftime("%Y-%m-%d %H:%M:%S")  # noqa: DTZ006
    if entry["type"] == "command":
        reply = (entry["reply"] or "").replace("\n", " ")
        return f'{at}  {entry["surface"]}: "{entry["text"]}" - {entry["status"]}: {reply}'
    who = f"{entry['name']}, {entry['number']}" if entry["name"] else entry["number"]
    direction = "from" if entry["incoming"] else "to"
    how = entry["how"] or "still up"
    talked = "answered" if entry["answeredAt"] else "not answered"
    return f"{at}  call {direction} {who}: {talked}, {how}"
