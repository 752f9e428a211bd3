"""`phonebar web`: the page, in front of whatever phonebar is configured."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from assistant.commands.options import configured, shared

if TYPE_CHECKING:
    from adapters.voice.session import Session as VoiceSession
    from assistant.assistant import Assistant
    from assistant.commands.words import Say
    from assistant.config import Config


@click.command(
    epilog="\b\nExamples:\n  phonebar web\n  phonebar web --url http://127.0.0.1:9888 --port 9900"
)
@click.option("--port", type=click.IntRange(0, 65535), help="Where the page is; 0: a free port.")
@shared
def command(port: int | None, **options: Any) -> None:
    """Serve the page that runs the phone from a browser on this PC, until Ctrl+C."""
    from dataclasses import replace

    from assistant.commands.ending import until_told
    from assistant.commands.reach import building

    config = configured(options)
    if port is not None:
        config = replace(config, web=replace(config.web, port=port))
    with until_told() as ending, building(config) as assistant:
        assistant.start()
        with web_session(config, assistant):
            for text, _ in assistant.notices():
                click.echo(text)
            # On Windows a wait without an end would not notice Ctrl+C.
            while not ending.wait(0.5):
                pass


class _Session:
    """The page, up; what listens for it runs until it is closed."""

    error: Exception | None = None


@contextlib.contextmanager
def web_session(
    config: Config, assistant: Assistant, voice: VoiceSession | None = None
) -> Iterator[_Session]:
    """The page, up while the context lasts; says where it is.

    Args:
        config: says where.
        assistant: started already.
        voice: whom the page's button has listen; None when nobody does.

    Raises:
        click.ClickException: its port cannot be used; says how to mend it.
    """
    import secrets

    from starlette.middleware import Middleware

    from adapters.web.app import Web
    from assistant.commands.words import speaking
    from assistant.desk import LocalDesk
    from phonebar import pages
    from phonebar.listening import Listening, PortTaken
    from phonebar.origin import Gate

    say = speaking(config)
    try:
        listening = Listening(config.web.port)
    except PortTaken as error:
        raise click.ClickException(say("cli_web_port", port=config.web.port)) from error
    token = secrets.token_urlsafe(24)
    web = Web(
        LocalDesk(assistant),
        config,
        assistant.wording,
        pages=pages.routes("assistant"),
        gate=Middleware(Gate, port=listening.port, token=token, strict=False),
        token=token,
        voice=voice,
    )
    with listening:
        listening.serve(web.app)
        click.echo(say("cli_web_up", url=listening.url))
        if voice is not None:
            voice.on_mode = lambda: listening.call_soon(web.feed.look_now)
        try:
            yield _Session()
        finally:
            if voice is not None:
                voice.on_mode = lambda: None
            listening.call_soon(web.feed.close)


def why_it_ended(error: Exception, _say: Say) -> str:
    """In words, with what to do."""
    return f"{type(error).__name__}: {error}"
