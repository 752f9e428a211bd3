"""The configuration: one TOML file, the environment over it, errors that say how to mend them.

`assistant/settings.py` has the sections.

    ConfigError(Exception)   names the file, the key, what was found and what is allowed
"""

from __future__ import annotations

import dataclasses
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.settings import (
    AssistantSection,
    DialPlanSection,
    HeadlessSection,
    JournalSection,
    KeyboardSection,
    LogSection,
    PhonebarSection,
    PolicySection,
    RunSection,
    SipSection,
    SlackSection,
    SoundSection,
    SwitchSection,
    VoiceSection,
    WebSection,
)

APP = "phonebar-assistant"


class ConfigError(Exception):
    """A configuration that cannot be used; the message names file, key and what is allowed."""


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
    sound: SoundSection = SoundSection()
    keyboard: KeyboardSection = KeyboardSection()
    slack: SlackSection = SlackSection()
    sip: SipSection = SipSection()
    switch: SwitchSection = SwitchSection()
    voice: VoiceSection = VoiceSection()
    web: WebSection = WebSection()
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
    def lexicon_path(self) -> Path:
        """How names are spoken; a relative one lies beside the configuration file."""
        base = self.source.parent if self.source else config_dir()
        return base / Path(self.voice.lexicon).expanduser()

    @property
    def keys_path(self) -> Path:
        """The file of key bindings; the default one may be absent, then the starter's count."""
        base = self.source.parent if self.source else config_dir()
        path = base / Path(self.keyboard.bindings).expanduser()
        if self.keyboard.bindings == KeyboardSection().bindings and not path.exists():
            return starter("keys.toml")
        return path

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
