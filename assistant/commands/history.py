"""`phonebar history`: what was asked, what became of it, and who called."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from assistant.commands.options import as_json, configured, shared

if TYPE_CHECKING:
    from assistant.commands.words import Say


@click.command(
    epilog="""\b
Examples:
  phonebar history
  phonebar history --limit 200 --json
  phonebar history --forget
  phonebar history --forget --number +390655501104"""
)
@click.option(
    "--limit",
    type=click.IntRange(1, 100_000),
    default=30,
    show_default=True,
    help="How many entries to show.",
)
@click.option("--forget", is_flag=True, help="Remove the entries for good instead.")
@click.option("--number", help="With --forget: only what mentions this number.")
@as_json
@shared
def command(limit: int, forget: bool, number: str | None, json_: bool, **options: Any) -> None:
    """Show the latest commands and calls, newest first."""
    from assistant.commands.reach import journal_of, reached
    from assistant.commands.words import speaking

    config = configured(options)
    say = speaking(config)
    if number and not forget:
        raise click.UsageError(say("cli_number_needs_forget"))
    if forget:
        with journal_of(config) as journal:
            gone = journal.forget(number)
        click.echo(json.dumps({"forgotten": gone}) if json_ else say("cli_forgotten", n=gone))
        return
    with reached(config) as phone:
        entries = phone.history(limit)
    for entry in entries:
        click.echo(json.dumps(entry, ensure_ascii=False) if json_ else _line(entry, say))
    if not entries and not json_:
        click.echo(say("cli_history_empty"))


def _line(entry: dict[str, Any], say: Say) -> str:
    # The reader's own wall clock.
    at = datetime.fromtimestamp(entry["at"]).strftime("%Y-%m-%d %H:%M:%S")  # noqa: DTZ006
    if entry["type"] == "command":
        return say(
            "cli_history_command",
            at=at,
            surface=entry["surface"],
            text=entry["text"],
            status=say(f"cli_status_{entry['status']}"),
            reply=(entry["reply"] or "").replace("\n", " "),
        )
    number = entry["number"] or say("number_unknown")
    return say(
        "cli_history_incoming" if entry["incoming"] else "cli_history_outgoing",
        at=at,
        who=f"{entry['name']}, {number}" if entry["name"] else number,
        talked=say("cli_answered" if entry["answeredAt"] else "cli_not_answered"),
        how=say(f"cli_how_{entry['how'] or 'up'}"),
    )
