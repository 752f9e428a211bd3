"""`phonebar say`: speaks a line as the assistant would, or plays the earcons."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import Any

import click

from assistant.commands.options import configured, shared
from assistant.settings import EARCONS


@click.command(
    epilog="""\b
Examples:
  phonebar say "Maria Rossi is calling."
  phonebar say "+39 06 5550 1104"
  phonebar say --cue done
  phonebar say --cues"""
)
@click.argument("text", nargs=-1)
@click.option("--cue", type=click.Choice(EARCONS), multiple=True, help="Play an earcon first.")
@click.option("--cues", is_flag=True, help="Play all earcons, naming each.")
@shared
def command(text: tuple[str, ...], cue: tuple[Any, ...], cues: bool, **options: Any) -> None:
    """Speak TEXT, numbers digit by digit; exit status 1 when it cannot be heard."""
    from adapters.feedback.session import CUES, open_feedback, to_standard_error
    from assistant.commands.words import wording

    config = configured(options)
    # Whoever asks for it wants to hear it, whatever is turned off otherwise.
    config = replace(config, sound=replace(config.sound, speech="on", earcons=EARCONS))
    words = wording(config)
    if not (text or cue or cues):
        raise click.UsageError(words.say("cli_say_nothing")[0])
    trouble: list[str] = []

    def tell(line: str) -> None:
        trouble.append(line)
        to_standard_error(line)

    feedback = open_feedback(config, words, tell=tell)
    try:
        for name in CUES if cues else cue:
            meaning = words.say(f"cli_cue_{name}")[0]
            click.echo(words.say("cli_say_cue", {"name": name, "meaning": meaning})[0])
            if cues:
                feedback.say(meaning)
                feedback.wait()
            feedback.cue(name)
            feedback.wait()
        if text:
            click.echo(" ".join(text))
            feedback.say(words.aloud(" ".join(text)))
        feedback.close(finish=True)
    except KeyboardInterrupt:
        feedback.close()
    sys.exit(1 if trouble else 0)
