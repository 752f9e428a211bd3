"""`phonebar slack`: the Slack app, and what must be set up for it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from assistant.commands.options import configured, shared

if TYPE_CHECKING:
    from adapters.slack.session import Session
    from adapters.slack.store import Store
    from assistant.assistant import Assistant
    from assistant.commands.words import Say
    from assistant.config import Config


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
    from assistant.commands.ending import until_told
    from assistant.commands.reach import building
    from assistant.commands.words import speaking

    config = configured(options)
    say = speaking(config)
    with until_told() as ending, building(config) as assistant:
        assistant.start()
        with slack_session(config, assistant, http_port) as session:
            # On Windows a wait without an end would not notice Ctrl+C.
            while not ending.wait(0.5) and not session.wait(0):
                pass
            if session.error is not None:
                raise click.ClickException(why_it_ended(session.error, say))


@contextlib.contextmanager
def slack_session(
    config: Config, assistant: Assistant, http_port: int | None = None
) -> Iterator[Session]:
    """The Slack surface, up while the context lasts; says so once it is connected.

    Raises:
        click.ClickException: it is not installed, or a secret is missing; says how to mend it.
    """
    from assistant.commands.words import speaking

    say = speaking(config)
    _need_slack(say)
    from adapters.slack.secrets import SlackSetupError
    from adapters.slack.session import Session, workstation

    agent, settings = workstation(config.slack), config.slack
    port = http_port or settings.http_port
    up = say("cli_slack_up", agent=agent)
    if port:
        address = f"http://{settings.http_host}:{port}{settings.http_path}"
        up = say("cli_slack_listening", address=address, agent=agent)
    try:
        session = Session(config, assistant, http_port, lambda: click.echo(up))
    except SlackSetupError as error:
        raise click.ClickException(say(error.message, **error.details)) from error
    with contextlib.closing(session):
        yield session


def why_it_ended(error: Exception, say: Say) -> str:
    """In words, with what to do."""
    from adapters.slack.secrets import SlackSetupError

    if isinstance(error, SlackSetupError):
        return say(error.message, **error.details)
    return say("cli_slack_ended", why=f"{type(error).__name__}: {error}")


def _need_slack(say: Say) -> None:
    from importlib.util import find_spec

    if find_spec("slack_bolt") is None or find_spec("aiohttp") is None:
        raise click.ClickException(say("cli_slack_not_installed"))


@command.command(epilog="\b\nExample:\n  phonebar slack link")
@click.option("--config", metavar="FILE", help="The configuration file.")
def link(**options: Any) -> None:
    """Show a code that links whoever tells it to the Slack app with the phone of this PC."""
    from adapters.slack.session import workstation
    from assistant.commands.words import speaking

    config = configured(options)
    say = speaking(config)
    with _store_of(config) as store:
        agent = workstation(config.slack)
        if store.linked_to(agent) is not None:
            click.echo(say("cli_slack_linked_now"))
        code = store.new_code(agent)
        click.echo(say("cli_slack_link_code", command=config.slack.command, code=code))


@command.command(epilog="\b\nExample:\n  phonebar slack unlink")
@click.option("--config", metavar="FILE", help="The configuration file.")
def unlink(**options: Any) -> None:
    """Undo the link: the calls of this PC no longer appear in Slack, and nobody there has them."""
    from adapters.slack.session import workstation
    from assistant.commands.words import speaking

    config = configured(options)
    say = speaking(config)
    with _store_of(config) as store:
        found = store.linked_to(workstation(config.slack))
        if found is None:
            click.echo(say("cli_slack_no_link"))
            return
        store.unlink(found.team, found.user)
        click.echo(say("cli_slack_unlinked"))


@contextlib.contextmanager
def _store_of(config: Config) -> Iterator[Store]:
    from assistant.commands.reach import journal_of
    from assistant.commands.words import speaking

    _need_slack(speaking(config))
    from adapters.slack.store import Store

    with journal_of(config) as journal, contextlib.closing(Store(journal.path)) as store:
        yield store


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
