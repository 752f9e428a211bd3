"""`phonebar voice`: the phone by speaking."""

from __future__ import annotations

import click

from assistant.commands.train import train


@click.group("voice", epilog="\b\nExamples:\n  phonebar voice train\n  phonebar voice train --list")
def command() -> None:
    """The phone by speaking; docs/voice.md has the rest."""


command.add_command(train)
