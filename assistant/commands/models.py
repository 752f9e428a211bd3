"""`phonebar models`: the models with which the engine whisper hears, and how to get them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from assistant.commands.options import configured, shared
from assistant.commands.words import Say, speaking

if TYPE_CHECKING:
    from adapters.voice.models import Model

MEGABYTE = 1_000_000


@click.group(
    invoke_without_command=True,
    epilog="""\b
Examples:
  phonebar models
  phonebar models fetch tiny.en
  phonebar models fetch base""",
)
@shared
@click.pass_context
def command(context: click.Context, /, **options: Any) -> None:
    """Print which models there are, and whether they are on this PC."""
    if context.invoked_subcommand:
        return
    from adapters.voice.models import MODELS, find_model
    from adapters.voice.recogniser import Missing

    say = speaking(configured(options))
    for model in MODELS.values():
        try:
            place = find_model(model.name)
        except Missing:
            get = f"phonebar models fetch {model.name}"
            size = round(model.size / MEGABYTE)
            click.echo(say("voice_model_absent", model=model.name, size=size, command=get))
        else:
            click.echo(say("voice_model_here", model=model.name, place=place))


@command.command()
@click.argument("name")
@click.option("--host", metavar="URL", help="A mirror of Hugging Face, instead of it.")
@shared
def fetch(name: str, host: str | None, **options: Any) -> None:
    """Fetch the model NAME: tiny.en for English, base for the other languages."""
    from adapters.voice.models import HOST, MODELS, fetch_model
    from adapters.voice.recogniser import RecogniserError

    say = speaking(configured(options))
    if name not in MODELS:
        raise click.UsageError(say("voice_no_such_model", model=name, known=", ".join(MODELS)))
    model = MODELS[name]
    try:
        place = fetch_model(model, _Progress(model, say), host or HOST)
    except RecogniserError as error:
        raise click.ClickException(say(error.message, **error.details)) from error
    click.echo(say("voice_model_here", model=name, place=place))


class _Progress:
    """A line for each tenth, which a screen reader can follow."""

    def __init__(self, model: Model, say: Say) -> None:
        self._model, self._say, self._told = model, say, 0

    def __call__(self, there: int, size: int) -> None:
        tenth = 10 * there // size
        if tenth > self._told and tenth < 10:
            self._told = tenth
            whole = round(size / MEGABYTE)
            said = self._say(
                "voice_fetching", model=self._model.name, percent=10 * tenth, size=whole
            )
            click.echo(said)
