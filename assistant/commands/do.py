"""`phonebar do`: one command, through the service when it is up, alone when it is not."""

from __future__ import annotations

import json
import sys
from typing import Any

import click

from assistant.commands.options import EXIT, as_json, configured, shared


@click.command(
    epilog="""\b
Exit status: 0 done, 3 asked, 4 refused, 5 failed, 6 unknown, 2 wrong usage.
Examples:
  phonebar do call 12498398500
  phonebar do "transfer to john"
  phonebar do "the second"
  phonebar do --json hang up"""
)
@click.argument("text", nargs=-1, required=True)
@click.option("--id", "id_", metavar="ID", help="The same id again gets the first one's reply.")
@click.option("--within", type=click.FloatRange(0), metavar="SECONDS", help="Not sent later.")
@as_json
@shared
def command(
    text: tuple[str, ...], id_: str | None, within: float | None, json_: bool, **options: Any
) -> None:
    """Do one thing: phonebar do "call 200"."""
    import time
    import uuid

    from assistant.commands.reach import reached
    from assistant.contract import Utterance

    deadline = None if within is None else time.time() + within
    utterance = Utterance(
        " ".join(text), surface="cli", id=id_ or uuid.uuid4().hex, deadline=deadline
    )
    with reached(configured(options)) as phone:
        reply = phone.handle(utterance)
        for notice in phone.notices():
            click.echo(notice, err=True)
    click.echo(json.dumps(reply.to_json(), ensure_ascii=False) if json_ else reply.text)
    sys.exit(EXIT[reply.status])
