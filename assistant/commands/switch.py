"""`phonebar switch`: one switch, or two, and a list that is scanned."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from assistant.commands.options import configured, shared

if TYPE_CHECKING:
    from adapters.feedback.feedback import Feedback
    from adapters.feedback.news import News
    from adapters.switch.session import Session
    from assistant.assistant import Assistant
    from assistant.commands.words import Say
    from assistant.config import Config


@click.command(
    epilog="\b\nExamples:\n  phonebar switch\n  phonebar switch --step 2 --method two\n"
    "  phonebar switch --listen everywhere --key joy_1"
)
@click.option(
    "--method",
    type=click.Choice(["automatic", "step", "two", "inverse"]),
    help="How items are lit and chosen.",
)
@click.option("--step", type=click.FloatRange(0.3, 10), metavar="SECONDS", help="Per item.")
@click.option("--key", metavar="KEY", help="The switch, e.g. space, f12, mouse_middle, joy_1.")
@click.option(
    "--listen", type=click.Choice(["terminal", "everywhere"]), help="Where the switch is heard."
)
@click.option(
    "--cue", type=click.Choice(["speech", "earcon", "both", "none"]), help="What tells each item."
)
@click.option("--plain", is_flag=True, help="Accepted for the sake of habit: it is always plain.")
@shared
def command(plain: bool, **options: Any) -> None:  # noqa: ARG001 - there is nothing to switch off
    """Choose what can be done now with one switch, until Ctrl+C; docs/switch.md has the rest."""
    from adapters.feedback.ringing import ringing
    from adapters.feedback.session import open_feedback
    from assistant.commands.ending import until_told
    from assistant.commands.reach import building
    from assistant.commands.words import speaking

    given = {
        name: value
        for name in ("method", "step", "key", "listen", "cue")
        if (value := options.pop(name)) is not None
    }
    config = configured(options)
    config = replace(config, switch=replace(config.switch, **given))
    with until_told() as ending, building(config) as assistant:
        assistant.start()
        with (
            contextlib.closing(open_feedback(config, assistant.wording())) as feedback,
            ringing(assistant, feedback),
            switch_session(config, assistant, feedback) as session,
        ):
            # On Windows a wait without an end would not notice Ctrl+C.
            while not ending.wait(0.2) and not session.wait(0):
                pass
            if session.error is not None:
                raise click.ClickException(why_it_ended(session.error, speaking(config)))


@contextlib.contextmanager
def service_session(
    config: Config,
    assistant: Assistant,
    feedback: Feedback,
    news: News,
    talk: Callable[[], None] | None = None,
) -> Iterator[Session]:
    """The switch beside other surfaces; the console and it cannot share the terminal.

    Raises:
        click.ClickException: it cannot be used; says how to mend it.
    """
    from assistant.commands.words import speaking

    if config.switch.listen == "terminal" and "headless" in config.run.surfaces:
        raise click.ClickException(speaking(config)("switch_terminal_taken"))
    with switch_session(config, assistant, feedback, news, talk) as session:
        yield session


@contextlib.contextmanager
def switch_session(
    config: Config,
    assistant: Assistant,
    feedback: Feedback,
    news: News | None = None,
    talk: Callable[[], None] | None = None,
) -> Iterator[Session]:
    """The switch surface, up while the context lasts.

    Raises:
        click.ClickException: it cannot be used; says how to mend it.
    """
    from adapters.input.trouble import InputTrouble
    from adapters.switch.session import Session
    from assistant.commands.words import speaking

    try:
        session = Session(config, assistant, feedback, click.echo, news=news, talk=talk)
    except InputTrouble as error:
        raise click.ClickException(why_it_ended(error, speaking(config))) from error
    with contextlib.closing(session):
        yield session


def why_it_ended(error: Exception, say: Say) -> str:
    """In words, with what to do."""
    from adapters.input.trouble import InputTrouble

    if isinstance(error, InputTrouble):
        return say(error.message, **error.details)
    return say("switch_ended", why=f"{type(error).__name__}: {error}")
