"""`phonebar doctor`: checks everything, and says how to mend what is wrong."""

from __future__ import annotations

import json
import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import click

from assistant.commands.options import as_json, configured, shared
from assistant.config import Config, state_dir


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found."""

    check: str
    verdict: str
    """`ok`, `note` (nothing is wrong) or `problem`."""
    found: str
    mend: str = ""


@click.command(epilog="\b\nExamples:\n  phonebar doctor\n  phonebar doctor --json")
@as_json
@shared
def command(json_: bool, **options: Any) -> None:
    """Check everything; exit status 1 when something needs mending."""
    findings = []
    try:
        config = configured(options)
    except click.UsageError as error:
        found = Finding("configuration", "problem", error.message, "Correct that line.")
        findings.append(found)
    else:
        findings += [item for check in CHECKS for item in check(config)]
    for item in findings:
        if json_:
            shown = {"check": item.check, "verdict": item.verdict, "found": item.found}
            click.echo(json.dumps({**shown, "mend": item.mend}, ensure_ascii=False))
        else:
            mend = f" {item.mend}" if item.mend else ""
            click.echo(f"{item.verdict}: {item.check}: {item.found}{mend}")
    sys.exit(any(item.verdict == "problem" for item in findings))


def _configuration(config: Config) -> Iterator[Finding]:
    if config.source is None:
        yield Finding(
            "configuration", "note", "no file; the defaults apply.", "`phonebar init` writes one."
        )
    else:
        yield Finding("configuration", "ok", f"{config.source}")


def _contacts(config: Config) -> Iterator[Finding]:
    from assistant.build import open_directory
    from assistant.directory import DirectoryError

    try:
        directory = open_directory(config)
    except DirectoryError as error:
        yield Finding("contacts", "problem", str(error), "Correct the file, or name another one.")
        return
    if len(directory) == 0:
        yield Finding(
            "contacts",
            "note",
            "the directory is empty, so only numbers can be called.",
            "Name a CSV or vCard file under [assistant] contacts.",
        )
    else:
        yield Finding("contacts", "ok", f"{len(directory)} people.")


def _journal(config: Config) -> Iterator[Finding]:
    from assistant.journal import Journal

    try:
        Journal(config.journal_path, config.journal.retention_days).close()
    except (OSError, sqlite3.Error) as error:
        yield Finding(
            "journal",
            "problem",
            f"{config.journal_path} cannot be opened: {error}.",
            "Mend or move that file, or name another one under [journal] path.",
        )
    else:
        yield Finding("journal", "ok", f"{config.journal_path}")


def _phonebar(config: Config) -> Iterator[Finding]:
    from assistant.phonebar import Phonebar, PhonebarError, Refused, Unreachable

    where = config.phonebar
    client = Phonebar(
        where.url, connect_timeout=where.connect_timeout, read_timeout=where.read_timeout
    )
    try:
        calls = client.calls()
    except Unreachable:
        yield Finding(
            "phonebar",
            "problem",
            f"nothing answers at {where.url}.",
            "Start the phonebar and switch on Remote Control in its agent settings (advanced);"
            " compare the port; or start ours with `phonebar serve`.",
        )
        return
    except Refused as error:
        yield Finding(
            "phonebar", "problem", f"{where.url} refuses: {error}.", "Compare token and address."
        )
        return
    except PhonebarError as error:
        yield Finding(
            "phonebar",
            "problem",
            f"what answers at {where.url} is no phonebar: {error}.",
            "Another program may have taken that port; compare [phonebar] url.",
        )
        return
    unknown = [call for call in calls if call.state is None]
    yield Finding("phonebar", "ok", f"{where.url} answers; {len(calls)} calls.")
    if unknown:
        yield Finding(
            "phonebar",
            "note",
            f"{len(unknown)} calls are in states that this program does not know.",
        )
    features = client.features()
    kind = "our own" if features else "the vendor's (or one like it); it has no event stream"
    yield Finding("phonebar", "note", f"it is {kind}.")


def _service(_config: Config) -> Iterator[Finding]:
    from assistant.control import ControlClient

    client = ControlClient.connect(state_dir())
    if client is None:
        yield Finding("service", "note", "not running; commands work alone.", "`phonebar run`.")
    else:
        yield Finding("service", "ok", f"running, for {client.url}.")
        client.close()


def _speech(config: Config) -> Iterator[Finding]:
    program = shutil.which("espeak-ng") or shutil.which("espeak")
    if program:
        yield Finding("speech", "ok", program)
    else:
        verdict = "problem" if config.headless.speak else "note"
        yield Finding(
            "speech",
            verdict,
            "espeak-ng is not installed, so nothing can be spoken.",
            "Install it (Debian: apt install espeak-ng; Windows and macOS: see its releases page).",
        )


CHECKS: tuple[Callable[[Config], Iterator[Finding]], ...] = (
    _configuration,
    _contacts,
    _journal,
    _phonebar,
    _service,
    _speech,
)
