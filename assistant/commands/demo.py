"""`phonebar demo`: a simulated phonebar, a few contacts, and the text console, in one command."""

from __future__ import annotations

import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from assistant.commands.options import configured, shared

if TYPE_CHECKING:
    from assistant.assistant import Assistant
    from phonebar.scenario import Scenario

FIRST_CALLER = "+390655501104"
FIRST_CALL_AT, EVERY, RINGS = 25.0, 90.0, 30.0
"""Seconds."""

SETTLES_WITHIN = 10.0
"""Seconds that a script's next line waits for a call to be answered."""


@click.command(
    epilog="""\b
Examples:
  phonebar demo
  phonebar demo --no-script
  printf 'call 200\\nhold\\nhang up\\n' | phonebar demo"""
)
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="0 takes a free port.")
@click.option("--script/--no-script", default=True, help="Whether calls come in by themselves.")
@click.option("--json", "json_", is_flag=True, help="JSON Lines both ways.")
@click.option("--speak", is_flag=True, help="Say everything aloud too, with earcons.")
@click.option("--plain", is_flag=True, help="No line editing, no cursor movement.")
@shared
def command(port: int, script: bool, json_: bool, speak: bool, plain: bool, **options: Any) -> None:
    """Try it: nobody is really called, nothing of yours is read or kept."""
    from dataclasses import replace

    from adapters.headless.session import converse
    from assistant.commands.reach import building
    from assistant.config import starter
    from phonebar.line import Line
    from phonebar.listening import PortTaken
    from phonebar.server import Server
    from phonebar.simulator import Simulator

    line = Line(Simulator(_scenario(script=script)))
    server = Server(line, port=port)
    try:
        server.start()
    except PortTaken as error:
        line.close()
        raise click.ClickException(str(error)) from error
    try:
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            file = options.get("config") or str(starter("assistant.toml"))
            config = configured({**options, "config": file, "url": server.url})
            journal = replace(config.journal, path=str(Path(folder) / "journal.sqlite3"))
            with building(replace(config, journal=journal)) as assistant:
                assistant.start()
                converse(
                    assistant,
                    plain=plain,
                    json_lines=json_,
                    speak=speak,
                    welcome="welcome_demo",
                    settle=lambda: _settle(assistant),
                )
    finally:
        server.stop()
        line.close()


def _scenario(*, script: bool) -> Scenario:
    from phonebar.scenario import Caller, Scenario

    caller = Caller(at=FIRST_CALL_AT, number=FIRST_CALLER, every=EVERY, gives_up_after=RINGS)
    return Scenario(incoming=(caller,) if script else ())


def _settle(assistant: Assistant) -> None:
    """Let what was dialled be answered, and what happened be told, before a script goes on."""
    moved = threading.Event()
    subscription = assistant.subscribe(lambda _event: moved.set())
    try:
        while any(call.dialling for call in assistant.watcher.calls):
            moved.clear()
            still = any(call.dialling for call in assistant.watcher.calls)
            if still and not moved.wait(SETTLES_WITHIN):
                break
        assistant.watcher.drain(1.0)
    finally:
        subscription.close()
