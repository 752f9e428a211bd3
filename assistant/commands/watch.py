"""`phonebar watch`: what happens to the calls, a line each, until Ctrl+C."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import click

from assistant.commands.options import as_json, configured, shared


@click.command(epilog="\b\nExamples:\n  phonebar watch\n  phonebar watch --json")
@as_json
@shared
def command(json_: bool, **options: Any) -> None:
    """Follow the calls, a line for each thing that happens."""
    from assistant.commands.reach import reached
    from assistant.commands.words import wording

    config = configured(options)
    words = wording(config)
    with contextlib.suppress(KeyboardInterrupt, BrokenPipeError), reached(config) as phone:
        for event in phone.events():
            if json_:
                click.echo(json.dumps(event.to_json(), ensure_ascii=False))
            elif not event.quiet:
                click.echo(words.event(event)[0])
