"""`phonebar headless`: the text surface on standard input and output."""

from __future__ import annotations

from typing import Any

import click

from assistant.commands.options import configured, shared


@click.command(
    epilog="""\b
Examples:
  phonebar headless
  phonebar headless --speak
  echo '{"text": "call 200"}' | phonebar headless --json"""
)
@click.option("--json", "json_", is_flag=True, help="JSON Lines both ways.")
@click.option("--speak", is_flag=True, help="Say everything aloud too, with earcons.")
@click.option("--plain", is_flag=True, help="No line editing, no cursor movement.")
@shared
def command(json_: bool, speak: bool, plain: bool, **options: Any) -> None:
    """Run the phone from a line of text; answers and events come as lines."""
    from adapters.headless.session import converse
    from assistant.commands.reach import building

    config = configured(options)
    with building(config) as assistant:
        assistant.start()
        converse(
            assistant,
            plain=plain or config.headless.plain,
            json_lines=json_,
            speak=speak or config.headless.speak,
        )
