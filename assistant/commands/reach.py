"""The phone as one-shot commands reach it: through this user's service, else directly."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Protocol

import click

from assistant.commands.options import EXIT
from assistant.commands.words import speaking
from assistant.config import Config, state_dir
from assistant.contract import CallEvent, LiveCall, Reply, Utterance

if TYPE_CHECKING:
    from assistant.assistant import Assistant
    from assistant.journal import Journal


class Phone(Protocol):
    """What a one-shot command needs."""

    def handle(self, utterance: Utterance) -> Reply:
        """Do what was said."""

    def calls(self) -> tuple[LiveCall, ...]:
        """The live calls; raises click.ClickException when they cannot be had."""

    def history(self, limit: int) -> list[dict[str, Any]]:
        """The journal's latest entries."""

    def events(self) -> Iterator[CallEvent]:
        """Every event from now on."""

    def notices(self) -> tuple[str, ...]:
        """What is to be told although nobody asked."""


@contextlib.contextmanager
def reached(config: Config) -> Iterator[Phone]:
    """The phone of this configuration.

    Raises:
        click.ClickException: the parts that are needed cannot be had; says how to mend it.
    """
    service = _service(config)
    if service is not None:
        with contextlib.closing(service):
            yield service
        return
    with building(config) as assistant:
        yield _Alone(assistant)


@contextlib.contextmanager
def building(config: Config) -> Iterator[Assistant]:
    """An Assistant of this process's own, closed at the end.

    Raises:
        click.ClickException: a language, the directory or the journal cannot be used; says how to
            mend it.
    """
    import sqlite3

    from assistant.build import build
    from assistant.contact import DirectoryError
    from assistant.language import LanguageError

    try:
        assistant = build(config)
    except (DirectoryError, LanguageError) as error:
        raise click.ClickException(str(error)) from error
    except (OSError, sqlite3.Error) as error:
        raise _journal_unusable(config, error) from error
    try:
        yield assistant
    finally:
        assistant.close()


@contextlib.contextmanager
def journal_of(config: Config) -> Iterator[Journal]:
    """The journal alone, closed at the end.

    Raises:
        click.ClickException: it cannot be used; says how to mend it.
    """
    import sqlite3

    from assistant.journal import Journal

    try:
        journal = Journal(config.journal_path, config.journal.retention_days)
    except (OSError, sqlite3.Error) as error:
        raise _journal_unusable(config, error) from error
    with contextlib.closing(journal):
        yield journal


def _journal_unusable(config: Config, error: Exception) -> click.ClickException:
    say = speaking(config)
    return click.ClickException(
        say("cli_journal_unusable", path=config.journal_path, why=str(error))
    )


class _Service:
    """Through the control socket."""

    def __init__(self, client: Any, config: Config) -> None:
        self._client, self._config = client, config

    def handle(self, utterance: Utterance) -> Reply:
        from assistant.control import ControlError

        try:
            reply: Reply = self._client.handle(utterance)
        except ControlError as error:
            raise _Uncertain(speaking(self._config)("cli_service_gone")) from error
        return reply

    def calls(self) -> tuple[LiveCall, ...]:
        from assistant.control import ControlError

        try:
            found: tuple[LiveCall, ...] = self._client.calls()
        except ControlError as error:
            raise self._failed(error) from error
        return found

    def history(self, limit: int) -> list[dict[str, Any]]:
        from assistant.control import ControlError

        try:
            found: list[dict[str, Any]] = self._client.history(limit)
        except ControlError as error:
            raise self._failed(error) from error
        return found

    def events(self) -> Iterator[CallEvent]:
        from assistant.control import ControlError

        try:
            yield from self._client.events()
        except ControlError as error:
            raise _Failed(speaking(self._config)("cli_watch_over")) from error

    def notices(self) -> tuple[str, ...]:
        return ()

    def close(self) -> None:
        self._client.close()

    def _failed(self, error: Exception) -> _Failed:
        say = speaking(self._config)
        return _Failed(say("cli_cannot_ask_service", why=str(error)))


class _Alone:
    """With an Assistant of its own, which sees the calls only while it runs."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant

    def handle(self, utterance: Utterance) -> Reply:
        return self._assistant.handle(utterance)

    def calls(self) -> tuple[LiveCall, ...]:
        from assistant.phonebar import PhonebarError, Refused

        try:
            return self._assistant.calls()
        except PhonebarError as error:
            config = self._assistant.config
            say = speaking(config)
            message = "cli_cannot_ask_refused" if isinstance(error, Refused) else "cli_cannot_ask"
            why = str(error).rstrip(".")
            raise _Failed(say(message, url=config.phonebar.url, why=why)) from error

    def history(self, limit: int) -> list[dict[str, Any]]:
        return self._assistant.journal.history(limit)

    def events(self) -> Iterator[CallEvent]:
        import queue

        happened: queue.SimpleQueue[CallEvent] = queue.SimpleQueue()
        self._assistant.subscribe(happened.put)
        self._assistant.start()
        while True:
            with contextlib.suppress(queue.Empty):
                # Bounded, so that Ctrl+C is heard on Windows too.
                yield happened.get(timeout=0.5)

    def notices(self) -> tuple[str, ...]:
        return tuple(text for text, _ in self._assistant.notices())


class _Failed(click.ClickException):
    """Ends the command with the exit status of a failed one."""

    exit_code = EXIT["failed"]


class _Uncertain(click.ClickException):
    """Ends the command with the exit status of an unknown outcome."""

    exit_code = EXIT["unknown"]


def _service(config: Config) -> _Service | None:
    """The running service, if it is for the same phonebar."""
    state = state_dir()
    if not (state / "control.key").exists():
        return None
    from assistant.control import ControlClient

    client = ControlClient.connect(state)
    if client is None:
        return None
    if client.url != config.phonebar.url:
        client.close()
        return None
    return _Service(client, config)
