"""`phonebar parse`: how a sentence is understood; needs no phonebar."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from typing import Any

import click

from assistant.commands.options import configured, shared


@click.command(
    epilog="""\b
Examples:
  phonebar parse call maria rossi
  phonebar parse - < sentences.txt
  phonebar parse --explain "hodl"
  phonebar parse --contacts people.csv --language en call maria"""
)
@click.argument("text", nargs=-1, required=True)
@click.option("--explain", is_flag=True, help="Also say why it is understood so.")
@shared
def command(text: tuple[str, ...], explain: bool, **options: Any) -> None:
    """Print a JSON line for TEXT, or with - for each line of standard input."""
    from assistant.build import open_directory
    from assistant.contact import DirectoryError
    from assistant.language import LanguageError
    from assistant.understanding import Understanding

    config = configured(options)
    try:
        understanding = Understanding(config.assistant.languages, open_directory(config))
    except (DirectoryError, LanguageError) as error:
        raise click.ClickException(str(error)) from error
    for line in sys.stdin if text == ("-",) else _alone(text):
        understood = understanding.parse(line.strip())
        shown = understood.explained() if explain else understood.to_json()
        sys.stdout.write(json.dumps(shown, ensure_ascii=False) + "\n")
        sys.stdout.flush()


def _alone(text: tuple[str, ...]) -> Iterable[str]:
    return (" ".join(text),)
