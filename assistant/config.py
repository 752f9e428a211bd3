"""The configuration: one TOML file, the environment over it, errors that say how to mend them.

Each section is a frozen dataclass; a field's default is the product's default, and its metadata
say what else is allowed. `config/assistant.toml` documents every key, and a test holds the two
together.

    ConfigError(Exception)   names the file, the key, what was found and what is allowed
"""

from __future__ import annotations

import dataclasses
import os
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

APP = "phonebar-assistant"
CONFIRMABLE = (
    "call",
    "call_number",
    "hangup",
    "hangup_all",
    "transfer",
    "attended_transfer",
    "conference",
)
LOCAL_SURFACES = frozenset({"cli", "headless", "keyboard", "switch", "voice", "web"})
"""Surfaces whose user sits at this PC; any other is remote, and may not dial emergency numbers."""


class ConfigError(Exception):
    """A configuration that cannot be used; the message names file, key and what is allowed."""


def _bad_url(value: str) -> str | None:
    parts = urlsplit(value)
    try:
        port_ok = parts.port is None or parts.port > 0
    except ValueError:
        port_ok = False
    good = parts.scheme in {"http", "https"} and parts.hostname and port_ok and not parts.query
    return None if good else "a URL such as http://127.0.0.1:9888"


def _bad_hours(value: str) -> str | None:
    found = re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d", value)
    return None if not value or found else 'hours such as "22:00-07:00", or "" for none'


def _bad_prefixes(values: tuple[str, ...]) -> str | None:
    good = all(re.fullmatch(r"\+?[0-9*#]+", value, re.ASCII) for value in values)
    return None if good else 'numbers or prefixes in digits, such as ["+39", "0039", "2"]'


def _bad_prefix(value: str) -> str | None:
    good = not value or re.fullmatch(r"[0-9*#]{1,8}", value, re.ASCII)
    return None if good else 'digits such as "0" or "9", or "" for none'


def _bad_country(value: str) -> str | None:
    good = not value or re.fullmatch(r"\+[1-9][0-9]{0,3}", value, re.ASCII)
    return None if good else 'a country such as "+39", or "" for none'


def _bad_languages(values: tuple[str, ...]) -> str | None:
    from assistant.language import languages

    allowed = languages()
    return None if values and set(values) <= set(allowed) else f"any of {', '.join(allowed)}"


def _one_of(*allowed: str) -> Callable[[tuple[str, ...]], str | None]:
    def bad(values: tuple[str, ...]) -> str | None:
        return None if set(values) <= set(allowed) else "any of: " + ", ".join(allowed)

    return bad


def _key(default: Any, **limits: Any) -> Any:
    return field(default=default, metadata=limits)


@dataclass(frozen=True, slots=True)
class PhonebarSection:
    """Where the phonebar is, and how long to wait for it."""

    url: str = _key("http://127.0.0.1:9888", bad=_bad_url)
    connect_timeout: float = _key(1.0, low=0.05, high=60)
    read_timeout: float = _key(3.0, low=0.05, high=60)
    verify_seconds: float = _key(5.0, low=0.1, high=120)
    poll_fast: float = _key(0.1, low=0.02, high=10)
    poll_slow: float = _key(1.0, low=0.05, high=60)
    events: bool = True


@dataclass(frozen=True, slots=True)
class AssistantSection:
    """Whom it understands."""

    languages: tuple[str, ...] = _key(("en",), bad=_bad_languages)
    contacts: tuple[str, ...] = ("contacts.csv",)
    command_life: float = _key(10.0, low=0.5, high=300)
    question_life: float = _key(60.0, low=5, high=3600)


@dataclass(frozen=True, slots=True)
class PolicySection:
    """What may be dialled, how often, when, and what needs a yes."""

    allow: tuple[str, ...] = _key((), bad=_bad_prefixes)
    forbid: tuple[str, ...] = _key((), bad=_bad_prefixes)
    max_calls_per_minute: int = _key(10, low=1, high=1000)
    confirm: tuple[str, ...] = _key(("hangup_all",), bad=_one_of(*CONFIRMABLE))
    confirm_spoken: tuple[str, ...] = _key(
        ("hangup_all", "transfer", "conference", "call_number"), bad=_one_of(*CONFIRMABLE)
    )
    quiet_hours: str = _key("", bad=_bad_hours)
    emergency: tuple[str, ...] = _key((), bad=_bad_prefixes)


@dataclass(frozen=True, slots=True)
class DialPlanSection:
    """How a number as people write it becomes the number that is dialled."""

    outside_prefix: str = _key("", bad=_bad_prefix)
    internal_longest: int = _key(0, low=0, high=12)
    country: str = _key("", bad=_bad_country)
    national_prefix: str = _key("", bad=_bad_prefix)
    international_prefix: str = _key("", bad=_bad_prefix)


@dataclass(frozen=True, slots=True)
class JournalSection:
    """The record of commands and calls."""

    path: str = ""
    retention_days: int = _key(90, low=0, high=36500)


@dataclass(frozen=True, slots=True)
class LogSection:
    """What is written for the administrator."""

    level: str = _key("WARNING", choices=("DEBUG", "INFO", "WARNING", "ERROR"))
    file: str = ""
    full_numbers: bool = False


@dataclass(frozen=True, slots=True)
class HeadlessSection:
    """The text surface."""

    speak: bool = False
    voice: str = ""
    rate: int = _key(175, low=80, high=450)
    plain: bool = False


def _bad_commands(values: tuple[str, ...]) -> str | None:
    good = all(re.fullmatch(r"/[a-z0-9_-]{1,31}(=\S[^=]*)?", value) for value in values)
    return None if good else 'commands such as ["/call", "/park=hold"]'


def _bad_command(value: str) -> str | None:
    return None if re.fullmatch(r"/[a-z0-9_-]{1,31}", value) else 'a command such as "/phonebar"'


def _bad_ids(values: tuple[str, ...]) -> str | None:
    good = all(re.fullmatch(r"[A-Z][A-Z0-9]{1,20}", value) for value in values)
    return None if good else 'ids as Slack shows them, such as ["T0123ABCD"]'


@dataclass(frozen=True, slots=True)
class SlackSection:
    """The Slack app."""

    command: str = _key("/phonebar", bad=_bad_command)
    aliases: tuple[str, ...] = _key((), bad=_bad_commands)
    mentions: bool = True
    teams: tuple[str, ...] = _key((), bad=_bad_ids)
    channels: tuple[str, ...] = _key((), bad=_bad_ids)
    full_numbers_in_channels: bool = False
    status: bool = False
    status_emoji: str = ":telephone_receiver:"
    workstation: str = ""
    http_host: str = "127.0.0.1"
    http_port: int = _key(0, low=0, high=65535)
    http_path: str = "/slack/events"
    ping_interval: float = _key(5.0, low=0.2, high=30)
    api_url: str = _key("https://slack.com/api/", bad=_bad_url)


@dataclass(frozen=True, slots=True)
class RunSection:
    """The service."""

    surfaces: tuple[str, ...] = _key((), bad=_one_of("headless", "slack"))


@dataclass(frozen=True, slots=True)
class Config:
    """Everything that can be set."""

    phonebar: PhonebarSection = PhonebarSection()
    assistant: AssistantSection = AssistantSection()
    policy: PolicySection = PolicySection()
    dial_plan: DialPlanSection = DialPlanSection()
    journal: JournalSection = JournalSection()
    log: LogSection = LogSection()
    headless: HeadlessSection = HeadlessSection()
    slack: SlackSection = SlackSection()
    run: RunSection = RunSection()
    source: Path | None = None
    """The file that was read, if any."""

    @property
    def contacts_paths(self) -> tuple[Path, ...]:
        """The directory's files; relative ones lie beside the configuration file."""
        base = self.source.parent if self.source else config_dir()
        names = [name for name in self.assistant.contacts if not is_ldap(name)]
        return tuple(base / Path(name).expanduser() for name in names)

    @property
    def contacts_urls(self) -> tuple[str, ...]:
        """The LDAP servers among the directory's sources."""
        return tuple(filter(is_ldap, self.assistant.contacts))

    @property
    def journal_path(self) -> Path:
        """The journal's database."""
        name = self.journal.path
        return Path(name).expanduser() if name else state_dir() / "journal.sqlite3"


def is_ldap(name: str) -> bool:
    """Whether a source of contacts is an LDAP server."""
    return name.lower().startswith(("ldap://", "ldaps://"))


def config_dir() -> Path:
    """The platform's folder for this user's configuration."""
    import platformdirs

    return platformdirs.user_config_path(APP, appauthor=False)


def state_dir() -> Path:
    """The platform's folder for what this user's assistant remembers; PHONEBAR_STATE over it."""
    import platformdirs

    override = os.environ.get("PHONEBAR_STATE")
    return Path(override) if override else platformdirs.user_state_path(APP, appauthor=False)


def starter(name: str) -> Path:
    """A file to start from: packaged in a wheel, in `config/` of a checkout."""
    here = Path(__file__).resolve().parent
    packaged = here / "starter" / name
    return packaged if packaged.exists() else here.parent / "config" / name


def load(path: Path | None = None, environ: Mapping[str, str] = os.environ) -> Config:
    """Read the configuration.

    Args:
        path: the file; None means PHONEBAR_CONFIG or the platform's place, where it may be absent.
        environ: variables `PHONEBAR_SECTION_KEY` override the file (`PHONEBAR_KEY` for [phonebar]).

    Raises:
        ConfigError: the file is absent though named, is no TOML, or has a key or value not allowed.
    """
    named = path or (Path(environ["PHONEBAR_CONFIG"]) if environ.get("PHONEBAR_CONFIG") else None)
    source = named or config_dir() / "assistant.toml"
    table: dict[str, Any] = {}
    if named is not None or source.exists():
        table = _parse(source)
    sections = {f.name: f for f in dataclasses.fields(Config) if f.name != "source"}
    for name in table:
        if name not in sections:
            raise ConfigError(f"{source}: unknown section [{name}]; {_nearest(name, sections)}")
    values: dict[str, Any] = {}
    for name, section in sections.items():
        kind = type(section.default)
        found = table.get(name, {})
        if not isinstance(found, dict):
            raise ConfigError(f"{source}: [{name}] must be a section, not a value")
        values[name] = _section(kind, name, found, source, environ)
    return Config(**values, source=source if table else None)


def _parse(source: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(source.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise ConfigError(
            f"{source}: there is no such file. `phonebar init` writes one to start from."
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{source}: cannot be read ({error}).") from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{source}: is not valid TOML: {error}.") from error


def _section(
    kind: type, name: str, table: dict[str, Any], source: Path, environ: Mapping[str, str]
) -> Any:
    fields = {f.name: f for f in dataclasses.fields(kind)}
    for key in table:
        if key not in fields:
            raise ConfigError(f"{source}: unknown key {name}.{key}; {_nearest(key, fields)}")
    values: dict[str, Any] = {}
    for key, spec in fields.items():
        variable = "_".join(
            ["PHONEBAR", *([] if name == "phonebar" else [name.upper()]), key.upper()]
        )
        if variable in environ:
            values[key] = _from_text(environ[variable], spec, variable)
        elif key in table:
            values[key] = _checked(table[key], spec, f"{source}: {name}.{key}")
    return kind(**values)


def _from_text(text: str, spec: dataclasses.Field[Any], where: str) -> Any:
    default = spec.default
    value: Any = text
    if isinstance(default, bool):
        words = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
        value = words.get(text.strip().lower(), text)
    elif isinstance(default, int | float):
        try:
            value = type(default)(text)
        except ValueError:
            value = text
    elif isinstance(default, tuple):
        value = [part.strip() for part in text.split(",") if part.strip()]
    return _checked(value, spec, where)


def _checked(value: Any, spec: dataclasses.Field[Any], where: str) -> Any:
    default, limits = spec.default, spec.metadata
    if isinstance(default, tuple):
        good = isinstance(value, list) and all(isinstance(item, str) for item in value)
        allowed, value = 'a list of strings, such as ["a", "b"]', tuple(value) if good else value
    elif isinstance(default, bool):
        good, allowed = isinstance(value, bool), "true or false"
    elif isinstance(default, int | float):
        number = isinstance(value, int | float) and not isinstance(value, bool)
        whole = isinstance(default, int)
        good = number and limits["low"] <= value <= limits["high"]
        good = good and not (whole and not isinstance(value, int))
        kind = "a whole number" if whole else "a number"
        allowed = f"{kind} from {limits['low']} to {limits['high']}"
        value = type(default)(value) if good else value
    else:
        good, allowed = isinstance(value, str), "a string"
        if "choices" in limits:
            good, allowed = value in limits["choices"], "one of: " + ", ".join(limits["choices"])
    if good and "bad" in limits:
        complaint = limits["bad"](value)
        good, allowed = complaint is None, complaint or ""
    if not good:
        raise ConfigError(f"{where} is {value!r}, but must be {allowed}.")
    return value


def _nearest(name: str, allowed: Mapping[str, Any]) -> str:
    import difflib

    near = difflib.get_close_matches(name, allowed, n=1)
    return f"did you mean {near[0]}?" if near else "allowed: " + ", ".join(allowed) + "."
