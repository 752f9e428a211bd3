"""`phonebar run`: the service.

One Assistant for every surface that the configuration enables, and the control socket through which
this user's other commands reach it.
"""

from __future__ import annotations

import contextlib
import signal
import threading
from typing import Any

import click

from assistant.commands.options import configured, shared


@click.command(epilog="\b\nExamples:\n  phonebar run\n  phonebar --config work.toml run")
@shared
def command(**options: Any) -> None:
    """Run the service until Ctrl+C; `do`, `calls`, `watch` and `history` then go through it."""
    from assistant.commands.reach import building
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
    ending = threading.Event()

    def end(*_: object) -> None:
        ending.set()
        if typing:
            raise KeyboardInterrupt  # else the console would go on waiting for a line

    for name in ("SIGINT", "SIGTERM", "SIGBREAK"):  # the last is Windows' Ctrl+Break
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), end)
    with building(config) as assistant:
        assistant.start()
        server = ControlServer(assistant, state)
        with contextlib.closing(server):
            for text, _ in assistant.notices():
                click.echo(text)
            click.echo(say("cli_service_up", url=config.phonebar.url))
            if typing:
                from adapters.headless.session import converse

                with contextlib.suppress(KeyboardInterrupt):
                    converse(assistant, plain=config.headless.plain, speak=config.headless.speak)
            else:
                # On Windows a wait without an end would not notice Ctrl+C.
                while not ending.wait(0.5):
                    pass
