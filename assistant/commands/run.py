"""`phonebar run`: the service.

One Assistant for every surface that the configuration enables, and the control socket through which
this user's other commands reach it.
"""

from __future__ import annotations

import contextlib
from typing import Any

import click

from assistant.commands.options import configured, shared


@click.command(epilog="\b\nExamples:\n  phonebar run\n  phonebar --config work.toml run")
@shared
def command(**options: Any) -> None:
    """Run the service until Ctrl+C; `do`, `calls`, `watch` and `history` then go through it."""
    from assistant.commands.ending import until_told
    from assistant.commands.reach import building
    from assistant.commands.surfaces import sessions
    from assistant.commands.words import speaking
    from assistant.config import state_dir
    from assistant.control import ControlClient, ControlServer

    config = configured(options)
    say = speaking(config)
    state = state_dir()
    running = ControlClient.connect(state)
    if running is not None:
        running.close()
        raise click.ClickException(say("cli_service_running", url=running.url))
    typing = "headless" in config.run.surfaces
    with until_told(interrupt=typing) as ending, building(config) as assistant:
        assistant.start()
        with contextlib.ExitStack() as stack:
            stack.enter_context(contextlib.closing(ControlServer(assistant, state)))
            up = sessions(config, assistant, stack)
            for text, _ in assistant.notices():
                click.echo(text)
            click.echo(say("cli_service_up", url=config.phonebar.url))
            if typing:
                from adapters.headless.session import converse

                with contextlib.suppress(KeyboardInterrupt):
                    speak = config.headless.speak
                    converse(
                        assistant,
                        plain=config.headless.plain,
                        speak=speak,
                        feedback=up.person.feedback if up.person and speak else None,
                        news=up.person.news if up.person else None,
                    )
                return
            # On Windows a wait without an end would not notice Ctrl+C.
            while not ending.wait(0.5):
                # The other surfaces go on when one is lost; that it is lost is told.
                for surface in [lost for lost in up.surfaces if lost.session.error is not None]:
                    click.echo(surface.why(), err=True)
                    up.surfaces.remove(surface)
