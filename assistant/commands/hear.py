"""`phonebar hear`: what recordings of speech are understood as; needs no phonebar."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from assistant.commands.options import as_json, configured, shared
from assistant.commands.words import speaking


@click.command(
    epilog="""\b
Examples:
  phonebar hear command.wav
  phonebar hear --json *.wav
  phonebar hear --digits number.wav
  phonebar hear --engine whisper --contacts people.csv command.flac"""
)
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--digits", is_flag=True, help="Nothing but digits is spoken.")
@click.option("--engine", metavar="NAME", help="What makes words of speech, e.g. ctc, whisper.")
@as_json
@shared
def command(
    files: tuple[str, ...], digits: bool, engine: str | None, json_: bool, **options: Any
) -> None:
    """Print a line for each FILE: what was said, and what it is understood as."""
    config = configured(options)
    say = speaking(config)
    try:
        from adapters.voice.engines import open_recogniser
        from adapters.voice.meaning import expected, meanings, meant
        from adapters.voice.recogniser import RecogniserError
        from adapters.voice.recording import RecordingError, read_recording
    except ImportError as error:
        raise click.ClickException(say("voice_not_installed", library=error.name)) from error
    from assistant.build import open_directory
    from assistant.contact import DirectoryError
    from assistant.language import LanguageError
    from assistant.understanding import Understanding

    language = config.assistant.languages[0]
    section = replace(
        config.voice, engine=engine or config.voice.engine, lexicon=str(config.lexicon_path)
    )
    try:
        directory = open_directory(config)
        understanding = Understanding(config.assistant.languages, directory)
        recogniser = open_recogniser(section, language)
    except (DirectoryError, LanguageError) as error:
        raise click.ClickException(str(error)) from error
    except RecogniserError as error:
        raise click.ClickException(say(error.message, **error.details)) from error
    listening_for = expected(directory, language, digits=digits)
    for file in files:
        try:
            samples = read_recording(Path(file))
        except RecordingError as error:
            said = say("voice_unreadable", file=file, why=str(error))
            raise click.ClickException(said) from error
        listener = recogniser.listen(listening_for)
        listener.feed(samples)
        hearing = listener.finish()
        found = meanings(hearing, understanding, language)
        best = meant(found)
        if json_:
            others = [item for item in found if item is not best]
            shown = {
                "file": file,
                "text": best.text,
                **best.command.to_json(),
                "confidence": round(best.confidence, 2),
                "alternatives": [
                    {
                        "text": item.text,
                        **item.command.to_json(),
                        "confidence": round(item.confidence, 2),
                    }
                    for item in others
                ],
                "none": round(hearing.none, 2),
                "engine": hearing.engine,
            }
            click.echo(json.dumps(shown, ensure_ascii=False))
        else:
            click.echo(f"{file}: {best.text or '-'} ({best.command.intent})")
