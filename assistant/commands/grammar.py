"""`phonebar grammar`: what can be said, as a JSGF grammar for a recogniser."""

from __future__ import annotations

from typing import Any

import click

from assistant.commands.options import configured, shared


@click.command(
    epilog="""\b
Examples:
  phonebar grammar > phonebar.jsgf
  phonebar grammar --now
  phonebar --language it grammar"""
)
@click.option("--now", is_flag=True, help="Only what makes sense with the calls there are now.")
@shared
def command(now: bool, **options: Any) -> None:
    """Print the grammar of the first language."""
    from assistant.build import open_directory
    from assistant.commands.reach import reached
    from assistant.contact import DirectoryError
    from assistant.language import LanguageError, load_language
    from assistant.possible import possible
    from assistant.understanding.jsgf import jsgf

    config = configured(options)
    code = config.assistant.languages[0]
    try:
        intents = tuple(load_language(code).data["intents"])
        if now:
            with reached(config) as phone:
                intents = (*possible(phone.calls()), "yes", "no", "cancel", "choose")
        click.echo(jsgf(code, intents, open_directory(config)), nl=False)
    except (DirectoryError, LanguageError) as error:
        raise click.ClickException(str(error)) from error
