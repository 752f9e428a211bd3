"""Puts an Assistant together from its configuration."""

from __future__ import annotations

import copy
import logging
import os
import re
from typing import TYPE_CHECKING, Any

from assistant.config import Config
from assistant.directory import Directory
from assistant.language import load_language
from assistant.numbers import masked
from assistant.understanding import Understanding
from assistant.wording import Wording

if TYPE_CHECKING:
    from assistant.assistant import Assistant


def build(config: Config) -> Assistant:
    """An Assistant that is ready to `start`.

    Raises:
        DirectoryError: a directory file cannot be used.
        sqlite3.Error, OSError: the journal cannot be opened.
    """
    # Whoever only opens the directory, as `phonebar parse` does, starts in half the time.
    from assistant.assistant import Assistant
    from assistant.journal import Journal

    _set_up_log(config)
    directory = open_directory(config)
    languages = config.assistant.languages
    return Assistant(
        config,
        directory,
        Understanding(languages, directory, config.assistant.spelling),
        Journal(config.journal_path, config.journal.retention_days),
        {code: _wording(code, directory, config.sound.verbosity) for code in languages},
        token=os.environ.get("PHONEBAR_TOKEN"),
    )


def _wording(code: str, directory: Directory, verbosity: str) -> Wording:
    """A language's messages, with as many words for the ear as are wanted."""
    language = load_language(code)
    brief = language.brief if verbosity == "brief" else {}
    return Wording(language.messages, directory.aloud, brief, full=verbosity == "full")


def open_directory(config: Config) -> Directory:
    """The people and numbers of the configuration; the default file may be absent.

    Raises:
        DirectoryError: a file or a server cannot be used.
    """
    default = Config().assistant.contacts
    paths = config.contacts_paths
    if config.assistant.contacts == default:
        paths = tuple(path for path in paths if path.exists())
    servers = []
    if config.contacts_urls:
        from assistant.ldap import LdapSource

        servers = [LdapSource(url) for url in config.contacts_urls]
    return Directory.load(*paths, *servers)


_SECRET = re.compile(
    r"\b(xox[a-z]|xapp|xwfp)-[\w-]+|(hooks\.slack\.com/)[\w/-]+|(\bticket=)[\w-]+", re.ASCII
)
"""What lets whoever reads it act as the user, in the forms that Slack gives it."""


class _Discreet(logging.Formatter):
    """Hides secrets, also those in a traceback; the time and the place stay as they are."""

    def format(self, record: logging.LogRecord) -> str:
        # A traceback that another handler has written before is kept in the record, with all in it.
        record = copy.copy(record)
        record.exc_text = record.exc_text and self.hide(record.exc_text)
        return super().format(record)

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's name
        record.message = self.hide(record.message)
        return super().formatMessage(record)

    def formatException(self, ei: Any) -> str:  # noqa: N802 - logging's name
        return self.hide(super().formatException(ei))

    def hide(self, text: str) -> str:
        """`text` without what nobody may read."""
        return _SECRET.sub(lambda found: f"{found[found.lastindex or 0]}***", text)


class _Masking(_Discreet):
    """Hides all but the end of every number as well."""

    def hide(self, text: str) -> str:
        return masked(super().hide(text))


def _set_up_log(config: Config) -> None:
    """Log as configured: to a file, or to standard error; without full numbers unless asked."""
    root = logging.getLogger()
    for old in [handler for handler in root.handlers if handler.get_name() == "phonebar"]:
        root.removeHandler(old)
    path = config.log.file
    handler: logging.Handler = (
        logging.FileHandler(path, encoding="utf-8") if path else logging.StreamHandler()
    )
    handler.set_name("phonebar")
    form = "%(asctime)s %(levelname)s %(name)s: %(message)s"
    kind = _Discreet if config.log.full_numbers else _Masking
    handler.setFormatter(kind(form))
    root.addHandler(handler)
    logging.getLogger("assistant").setLevel(config.log.level)
    logging.getLogger("adapters").setLevel(config.log.level)
