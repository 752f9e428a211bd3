"""`phonebar voice`: the phone by speaking."""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import click

from assistant.commands.options import as_json, configured, shared
from assistant.commands.train import train
from assistant.commands.trial import trial
from assistant.commands.words import Say, speaking

if TYPE_CHECKING:
    from adapters.feedback.feedback import Feedback
    from adapters.feedback.news import News
    from adapters.voice.session import Session
    from assistant.assistant import Assistant
    from assistant.config import Config


@click.group(
    "voice",
    invoke_without_command=True,
    epilog="""\b
Examples:
  phonebar voice
  phonebar voice --json
  phonebar voice test
  phonebar voice train""",
)
@click.option("--plain", is_flag=True, help="A line for each thing, and no window title.")
@as_json
@shared
@click.pass_context
def command(context: click.Context, /, plain: bool, json_: bool, **options: Any) -> None:
    """Run the phone by speaking, until Ctrl+C; docs/voice.md has the rest.

    Enter begins to listen, and ends it; a line that is typed counts as if it were spoken.
    """
    if context.invoked_subcommand is not None:
        return
    from adapters.feedback.ringing import ringing
    from adapters.feedback.session import open_feedback
    from assistant.commands.ending import until_told
    from assistant.commands.reach import building

    config = configured(options)
    with until_told() as ending, building(config) as assistant:
        assistant.start()
        with (
            contextlib.closing(open_feedback(config, assistant.wording())) as feedback,
            ringing(assistant, feedback),
            voice_session(config, assistant, feedback, plain=plain, data=json_) as session,
        ):
            threading.Thread(target=_typed, args=(session,), daemon=True).start()
            # On Windows a wait without an end would not notice Ctrl+C.
            while not ending.wait(0.5) and session.error is None:
                pass
            if session.error is not None:
                raise click.ClickException(why_it_ended(session.error, speaking(config)))


command.add_command(train)
command.add_command(trial)


@contextlib.contextmanager
def voice_session(
    config: Config,
    assistant: Assistant,
    feedback: Feedback,
    news: News | None = None,
    *,
    plain: bool = True,
    data: bool = False,
) -> Iterator[Session]:
    """The voice surface, up while the context lasts; says so once it is.

    Args:
        config: says which microphone and which engine.
        assistant: started already.
        feedback: sounds and speaks.
        news: what other surfaces of the same person tell; None when there are none.
        plain: each state of the microphone is a line, and no window's title is changed.
        data: a JSON object for each event.

    Raises:
        click.ClickException: something that is needed is not installed; says what.
    """
    from adapters.feedback.device import NoLibrary, library
    from adapters.voice.activity import Silero
    from adapters.voice.engines import open_recogniser
    from adapters.voice.microphone import Microphone
    from adapters.voice.recogniser import Missing, RecogniserError
    from adapters.voice.session import Session
    from adapters.voice.telling import Telling

    say, language = speaking(config), config.assistant.languages[0]
    try:
        library()
        detector, recogniser = Silero(), open_recogniser(config.voice, language)
    except NoLibrary as error:
        raise click.ClickException(say("voice_not_installed", library=error)) from error
    except (Missing, RecogniserError) as error:
        raise click.ClickException(why_it_ended(error, say)) from error
    telling = Telling(
        click.echo, feedback, assistant.wording(), news, data=data, title=_title(plain or data)
    )
    session = Session(
        assistant,
        lambda on_state: Microphone(config.voice.microphone, on_state),
        detector,
        recogniser,
        telling=telling,
        feedback=feedback,
    )
    with contextlib.closing(session):
        telling.say("voice_up", engine=recogniser.name)
        if config.voice.wake:
            telling.say("voice_up_wake", wake=config.voice.wake)
        yield session


def why_it_ended(error: Exception, say: Say) -> str:
    """In words, with what to do."""
    from adapters.voice.recogniser import RecogniserError

    if isinstance(error, RecogniserError):
        return say(error.message, **error.details)
    return say("voice_ended", why=f"{type(error).__name__}: {error}")


def _title(plain: bool) -> Callable[[str], None] | None:
    """Sets the window's title, where there is a terminal."""
    if plain or not sys.stdout.isatty():
        return None

    def show(text: str) -> None:
        sys.stdout.write(f"\x1b]2;{text}\x07")
        sys.stdout.flush()

    return show


def _typed(session: Session) -> None:
    """Enter is the key for talking, and what is typed is said."""
    for line in sys.stdin:
        if line.strip():
            session.say(line.strip())
        else:
            session.press()
