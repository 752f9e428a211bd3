"""`phonebar calls`: the live calls."""

from __future__ import annotations

import json
from typing import Any

import click

from assistant.commands.options import as_json, configured, shared


@click.command(epilog="\b\nExamples:\n  phonebar calls\n  phonebar calls --json")
@as_json
@shared
def command(json_: bool, **options: Any) -> None:
    """Show the live calls, a line each."""
    from assistant.commands.reach import reached
    from assistant.commands.words import wording

    config = configured(options)
    with reached(config) as phone:
        calls = phone.calls()
    if json_:
        click.echo(json.dumps([call.to_json() for call in calls], ensure_ascii=False))
        return
    click.echo(wording(config).say("calls_some" if calls else "calls_none", {"calls": calls})[0])
