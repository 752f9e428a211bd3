"""`phonebar slack`: the Slack app, and what must be set up for it."""

from __future__ import annotations

from typing import Any

import click

from assistant.commands.options import configured, shared


@click.group(
    "slack",
    invoke_without_command=True,
    epilog="\b\nExamples:\n  phonebar slack\n  phonebar slack --http 3000\n"
    "  phonebar slack manifest > slack-manifest.json",
)
@click.option(
    "--http",
    "http_port",
    type=click.IntRange(1, 65535),
    metavar="PORT",
    help="Listen on this port, behind your own HTTPS proxy; without it, Socket Mode.",
)
@shared
@click.pass_context
def command(context: click.Context, /, http_port: int | None, **options: Any) -> None:
    """Run the Slack app until Ctrl+C; docs/slack.md says how to set it up."""
    given = {name: value for name, value in options.items() if value}
    if context.invoked_subcommand is None:
        _run(http_port, given)
    else:  # an option may stand before the subcommand or after it
        context.default_map = {context.invoked_subcommand: given}


def _run(http_port: int | None, options: dict[str, Any]) -> None:
    from importlib.util import find_spec

    from assistant.commands.reach import building
    from assistant.commands.words import speaking

    config = configured(options)
    if find_spec("slack_bolt") is None or find_spec("aiohttp") is None:
        raise click.ClickException(speaking(config)("cli_slack_not_installed"))
    from adapters.slack.service import serve

    with building(config) as assistant:
        serve(config, assistant, http_port=http_port)


@command.command(
    epilog="\b\nExamples:\n  phonebar slack manifest\n"
    "  phonebar slack manifest --yaml --url https://phone.example.org"
)
@click.option("--yaml", "as_yaml", is_flag=True, help="YAML instead of JSON.")
@click.option(
    "--url",
    "public_url",
    metavar="URL",
    help="Where Slack reaches this PC in HTTP mode, https://…; without it, Socket Mode.",
)
@click.option("--language", metavar="LIST", help="What people read in Slack: the first of these.")
@click.option("--config", metavar="FILE", help="The configuration file.")
def manifest(as_yaml: bool, public_url: str | None, **options: Any) -> None:
    """Print the app's manifest for these settings, to be pasted into Slack."""
    import json

    from adapters.slack.manifest import ManifestError
    from adapters.slack.manifest import manifest as made_from
    from assistant.commands.words import speaking, wording

    config = configured(options)
    try:
        made = made_from(config.slack, wording(config), public_url)
    except ManifestError as error:
        raise click.UsageError(speaking(config)(error.message, **error.details)) from error
    if as_yaml:
        import yaml

        shown = yaml.safe_dump(made, sort_keys=False, allow_unicode=True)
    else:
        shown = json.dumps(made, indent=2, ensure_ascii=False)
    click.echo(shown.rstrip())
