"""`phonebar init`: a configuration to start from."""

from __future__ import annotations

import shutil
from pathlib import Path

import click


@click.command(epilog="\b\nExamples:\n  phonebar init\n  phonebar init --folder ~/phone")
@click.option("--folder", type=click.Path(file_okay=False, path_type=Path), help="Where to.")
@click.option("--force", is_flag=True, help="Replace what is there.")
def command(folder: Path | None, force: bool) -> None:
    """Write assistant.toml and contacts.csv, and say where they are."""
    from assistant.config import config_dir, starter

    target = (folder or config_dir()).expanduser()
    try:
        target.mkdir(parents=True, exist_ok=True)
        for name in ("assistant.toml", "contacts.csv"):
            path = target / name
            if path.exists() and not force:
                click.echo(f"Kept {path}; --force replaces it.")
                continue
            shutil.copyfile(starter(name), path)
            click.echo(f"Wrote {path}.")
    except OSError as error:
        raise click.ClickException(
            f"{target} cannot be written ({error.strerror}). Choose another place with --folder."
        ) from error
    click.echo("Edit them in any text editor; `phonebar doctor` checks the result.")
