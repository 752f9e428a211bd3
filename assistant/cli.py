"""The `phonebar` command: a list of subcommands, each imported only when it runs.

This module and `assistant/commands` are where the parts are put together, so they alone may import
from every room of the house.
"""

from __future__ import annotations

import importlib
import sys
from typing import Any

import click

COMMANDS = {
    "demo": "Try it now: a simulated phonebar, a few contacts, and a line to type on.",
    "do": 'One command: phonebar do "call 200".',
    "calls": "The live calls.",
    "watch": "Follow the calls, a line for each thing that happens.",
    "history": "What was asked and what became of it; --forget removes it.",
    "headless": "The text surface: a line in, lines out.",
    "keys": "The phone by hotkeys; `keys --check` shows them.",
    "run": "The service: one assistant for every surface of this user.",
    "switch": "Choose with a single switch what is offered item by item.",
    "slack": "The Slack app; `slack manifest` prints what Slack must know of it.",
    "voice": "The phone by speaking; `voice train` teaches it how you speak.",
    "web": "The page that runs the phone from a browser on this PC.",
    "serve": "A phonebar that speaks the vendor's API.",
    "simulate": "Drive the simulated far ends: incoming, answer, hangup, ...",
    "parse": "How a sentence is understood; needs no phonebar.",
    "hear": "What recordings of speech are understood as; needs no phonebar.",
    "models": "The models of the engine whisper; `models fetch` gets one.",
    "grammar": "What can be said, as a JSGF grammar for a recogniser.",
    "say": "Speak a line, or play the earcons, to hear and learn them.",
    "doctor": "Check everything, and say how to mend what is wrong.",
    "init": "Write a configuration to start from.",
}

EPILOG = """\b
Examples:
  phonebar demo
  phonebar do "call 12498398500"
  phonebar do hold
  phonebar watch --json"""


class _Lazy(click.Group):
    """Knows its commands' names; imports one only to run it or to show its own help."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"assistant.commands.{cmd_name}")
        command: click.Command = module.command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            import difflib

            near = difflib.get_close_matches(args[0], COMMANDS, n=1)
            if near:
                hint = f"{error.message} Did you mean `phonebar {near[0]}`?"
                raise click.UsageError(hint, ctx) from error
            raise

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=_Lazy, epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--config", metavar="FILE", help="The configuration file.")
@click.option("--url", metavar="URL", help="Where the phonebar listens.")
@click.option("--language", metavar="LIST", help="Languages understood, e.g. en,it.")
@click.option("--contacts", metavar="FILE", multiple=True, help="A directory: CSV or vCard.")
@click.version_option(package_name="phonebar-assistant", prog_name="phonebar")
@click.pass_context
def main(ctx: click.Context, /, **shared: Any) -> None:
    """Run the phone by typing, speaking, a key or a single switch."""
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:  # Windows' consoles and pipes are not UTF-8 by themselves
            reconfigure(encoding="utf-8", errors="replace")
    given = {name: value for name, value in shared.items() if value}
    ctx.default_map = dict.fromkeys(COMMANDS, given)


if __name__ == "__main__":
    main()
