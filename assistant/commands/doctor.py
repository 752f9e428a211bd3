"""`phonebar doctor`: checks everything, and says how to mend what is wrong."""

from __future__ import annotations

import json
import os
import sqlite3
import sys
from collections.abc import Callable, Iterator
from typing import Any

import click

from assistant.commands.options import as_json, configured, shared
from assistant.commands.words import Say, speaking
from assistant.config import Config, state_dir
from assistant.finding import Finding


@click.command(epilog="\b\nExamples:\n  phonebar doctor\n  phonebar doctor --json")
@as_json
@shared
def command(json_: bool, **options: Any) -> None:
    """Check everything; exit status 1 when something needs mending."""
    findings = []
    try:
        config = configured(options)
    except click.UsageError as error:
        say = speaking(None)
        mend = say("cli_doctor_configuration_mend")
        findings.append(Finding("configuration", "problem", error.message, mend))
    else:
        say = speaking(config)
        findings += [item for check in CHECKS for item in check(config, say)]
    for item in findings:
        if json_:
            shown = {"check": item.check, "verdict": item.verdict, "found": item.found}
            click.echo(json.dumps({**shown, "mend": item.mend}, ensure_ascii=False))
        else:
            verdict, check = say(f"cli_verdict_{item.verdict}"), say(f"cli_check_{item.check}")
            told = say("cli_doctor_line", verdict=verdict, check=check, found=item.found)
            click.echo(f"{told} {item.mend}".rstrip())
    sys.exit(any(item.verdict == "problem" for item in findings))


def _configuration(config: Config, say: Say) -> Iterator[Finding]:
    if config.source is None:
        found, mend = say("cli_doctor_no_configuration"), say("cli_doctor_no_configuration_mend")
        yield Finding("configuration", "note", found, mend)
    else:
        yield Finding("configuration", "ok", f"{config.source}")


def _contacts(config: Config, say: Say) -> Iterator[Finding]:
    from assistant.build import open_directory
    from assistant.contact import DirectoryError

    try:
        directory = open_directory(config)
    except DirectoryError as error:
        yield Finding("contacts", "problem", str(error), say("cli_doctor_contacts_mend"))
        return
    if len(directory) == 0:
        found, mend = say("cli_doctor_no_contacts"), say("cli_doctor_no_contacts_mend")
        yield Finding("contacts", "note", found, mend)
    else:
        yield Finding("contacts", "ok", say("cli_doctor_contacts", n=len(directory)))


def _journal(config: Config, say: Say) -> Iterator[Finding]:
    from assistant.journal import Journal

    path = config.journal_path
    try:
        Journal(path, config.journal.retention_days).close()
    except (OSError, sqlite3.Error) as error:
        found = say("cli_doctor_journal_unusable", path=path, why=str(error))
        yield Finding("journal", "problem", found, say("cli_doctor_journal_mend"))
    else:
        yield Finding("journal", "ok", f"{path}")


def _phonebar(config: Config, say: Say) -> Iterator[Finding]:
    from assistant.phonebar import Phonebar, PhonebarError, Refused, Unreachable

    where = config.phonebar
    client = Phonebar(
        where.url,
        connect_timeout=where.connect_timeout,
        read_timeout=where.read_timeout,
        token=os.environ.get("PHONEBAR_TOKEN"),
    )
    try:
        calls = client.calls()
    except Unreachable:
        found, mend = say("cli_doctor_nothing_there", url=where.url), say("cli_doctor_start_it")
        yield Finding("phonebar", "problem", found, mend)
        return
    except Refused as error:
        found = say("cli_doctor_refuses", url=where.url, why=str(error).rstrip("."))
        yield Finding("phonebar", "problem", found, say("cli_doctor_refuses_mend"))
        return
    except PhonebarError as error:
        found = say("cli_doctor_no_phonebar", url=where.url, why=str(error))
        yield Finding("phonebar", "problem", found, say("cli_doctor_no_phonebar_mend"))
        return
    found = say("cli_doctor_phonebar", url=where.url, n=len(calls))
    yield Finding("phonebar", "ok", found)
    unknown = [call for call in calls if call.state is None]
    if unknown:
        found = say("cli_doctor_unknown_states", n=len(unknown))
        yield Finding("phonebar", "note", found)
    try:
        ours = bool(client.features())
    except PhonebarError:  # others may answer an address that they do not know with anything
        ours = False
    yield Finding("phonebar", "note", say("cli_doctor_ours" if ours else "cli_doctor_vendors"))


def _service(_config: Config, say: Say) -> Iterator[Finding]:
    from assistant.control import ControlClient

    client = ControlClient.connect(state_dir())
    if client is None:
        found, mend = say("cli_doctor_no_service"), say("cli_doctor_no_service_mend")
        yield Finding("service", "note", found, mend)
    else:
        yield Finding("service", "ok", say("cli_doctor_service", url=client.url))
        client.close()


def _sound(config: Config, _say: Say) -> Iterator[Finding]:
    from adapters.feedback.doctor import findings
    from assistant.commands.words import wording

    yield from findings(config, wording(config))


def _sip(config: Config, say: Say) -> Iterator[Finding]:
    from assistant.commands.telephone_doctor import findings

    yield from findings(config, say)


def _voice(config: Config, _say: Say) -> Iterator[Finding]:
    from adapters.feedback.device import NoLibrary, library
    from assistant.commands.words import wording

    words = wording(config)
    try:
        library()
        from adapters.voice.doctor import findings
    except (ImportError, NoLibrary) as error:
        verdict = "problem" if "voice" in config.run.surfaces else "note"
        yield Finding("voice", verdict, words.say("voice_not_installed", {"library": error})[0])
        return
    yield from findings(config, words)


def _slack(config: Config, _say: Say) -> Iterator[Finding]:
    from adapters.slack.doctor import Doctor
    from assistant.commands.words import wording

    yield from Doctor(config, wording(config)).findings()


def _switch(config: Config, _say: Say) -> Iterator[Finding]:
    from adapters.switch.doctor import findings
    from assistant.build import open_directory
    from assistant.commands.words import wording
    from assistant.contact import DirectoryError

    try:
        directory = open_directory(config)
    except DirectoryError:  # told with the contacts
        directory = None
    yield from findings(config, wording(config), directory)


def _keys(config: Config, _say: Say) -> Iterator[Finding]:
    from adapters.input.doctor import findings
    from assistant.commands.words import wording

    needed = not {"keyboard", "switch"}.isdisjoint(config.run.surfaces)
    yield from findings(wording(config), needed=needed)


def _bindings(config: Config, say: Say) -> Iterator[Finding]:
    from adapters.keyboard.problem import BindingsError
    from assistant.commands.keys import bindings_of
    from assistant.commands.words import wording
    from assistant.contact import DirectoryError
    from assistant.language import LanguageError

    try:
        bindings, _ = bindings_of(config)
    except BindingsError as error:
        mend = say("cli_doctor_bindings_mend")
        yield Finding("bindings", "problem", error.told(wording(config)), mend)
        return
    except (DirectoryError, LanguageError):
        return  # told already
    path, layer = bindings.path, config.keyboard.layer
    yield Finding("bindings", "ok", say("cli_keys_good", path=path, layer=layer))
    for note in bindings.notes:
        yield Finding("bindings", "note", note.told(path, wording(config)))


CHECKS: tuple[Callable[[Config, Say], Iterator[Finding]], ...] = (
    _configuration,
    _contacts,
    _journal,
    _phonebar,
    _service,
    _sound,
    _voice,
    _keys,
    _bindings,
    _switch,
    _sip,
    _slack,
)
