"""The options that commands share, and the configuration that they come to."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import click

from assistant.config import Config, ConfigError, is_ldap, load

F = TypeVar("F", bound=Callable[..., Any])

EXIT = {"done": 0, "asked": 3, "refused": 4, "failed": 5, "unknown": 6}
"""A command's exit status by its outcome."""


def shared(function: F) -> F:
    """Add `--config`, `--url`, `--language` and `--contacts`; pass them to `configured`."""
    for option in (
        click.option(
            "--contacts", metavar="FILE", multiple=True, help="A directory: CSV or vCard."
        ),
        click.option("--language", metavar="LIST", help="Languages understood, e.g. en,it."),
        click.option("--url", metavar="URL", help="Where the phonebar listens."),
        click.option("--config", metavar="FILE", help="The configuration file."),
    ):
        function = option(function)
    return function


as_json = click.option("--json", "json_", is_flag=True, help="Data instead of text.")


def configured(options: dict[str, Any]) -> Config:
    """The configuration, with the command line's options over it.

    Raises:
        click.UsageError: it cannot be used; says which file, which key and what is allowed.
    """
    path = options.get("config")
    over = {
        "PHONEBAR_URL": options.get("url"),
        "PHONEBAR_ASSISTANT_LANGUAGES": options.get("language"),
    }
    given = {name: value for name, value in over.items() if value}
    try:
        config = load(Path(path) if path else None, {**os.environ, **given})
    except ConfigError as error:
        said = str(error)
        if options.get("language"):
            said = said.replace("PHONEBAR_ASSISTANT_LANGUAGES is", "--language is")
        raise click.UsageError(said) from error
    contacts = options.get("contacts")
    if contacts:
        names = (contacts,) if isinstance(contacts, str) else tuple(contacts)
        absolute = tuple(name if is_ldap(name) else str(Path(name).resolve()) for name in names)
        config = replace(config, assistant=replace(config.assistant, contacts=absolute))
    return config
