"""`phonebar init`: a configuration to start from."""

from __future__ import annotations

import shutil
from pathlib import Path

import click


@click.command(epilog="\b\nExamples:\n  phonebar init\n  phonebar init --folder ~/phone")
@click.option("--folder", type=click.Path(file_okay=False, path_type=Path), help="Where to.")
@click.option("--force", is_flag=True, help="Replace what is there.")
def command(folder: Path | None, force: bool) -> None:
    """Write assistant.toml, contacts.csv and keys.toml, and say where they are."""
    from assistant.commands.words import speaking
    from assistant.config import ConfigError, config_dir, load, starter

    try:
        say = speaking(load())
    except ConfigError:  # `--force` replaces it
        say = speaking(None)
    target = (folder or config_dir()).expanduser()
    try:
        target.mkdir(parents=True, exist_ok=True)
        for name in ("assistant.toml", "contacts.csv", "keys.toml"):
            path = target / name
            if path.exists() and not force:
                click.echo(say("cli_init_kept", path=path))
                continue
            shutil.copyfile(starter(name), path)
            click.echo(say("cli_init_wrote", path=path))
    except OSError as error:
        raise click.ClickException(
            say("cli_init_failed", path=target, why=error.strerror)
        ) from error
    click.echo(say("cli_init_done"))
