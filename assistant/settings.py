"""The sections of the configuration, a frozen dataclass each.

A field's default is the product's default; its metadata say what else is allowed: `low` and `high`,
`choices`, or `bad`, which says what would be right. `config/assistant.toml` documents every key,
and a test holds the two together.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

CONFIRMABLE = (
    "call",
    "call_number",
    "hangup",
    "hangup_all",
    "transfer",
    "attended_transfer",
    "conference",
)
ENGINES = ("auto", "espeak-ng", "speech-dispatcher", "piper", "system")
"""Voices, by what speaks."""
EARCONS = (
    "listening",
    "done",
    "asked",
    "failed",
    "ringing",
    "step",
    "select",
    "back",
    "paused",
    "stopped",
)
LOCAL_SURFACES = frozenset({"cli", "headless", "keyboard", "switch", "voice", "web"})
"""Surfaces whose user sits at this PC; any other is remote, and may not dial emergency numbers."""


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


def _bad_words(values: tuple[str, ...]) -> str | None:
    good = all(value.replace("-", "").isalpha() for value in values)
    return None if good else 'words that each begin with their letter, such as ["adam", "baker"]'


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
    spelling: tuple[str, ...] = _key((), bad=_bad_words)
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
    plain: bool = False


@dataclass(frozen=True, slots=True)
class SoundSection:
    """What is heard at this PC, whichever surface asks for it."""

    speech: str = _key("on", choices=("on", "off", "unless_screen_reader"))
    engine: str = _key("auto", choices=ENGINES)
    voice: str = ""
    verbosity: str = _key("normal", choices=("brief", "normal", "full"))
    rate: int = _key(175, low=80, high=450)
    pitch: int = _key(50, low=0, high=100)
    volume: int = _key(100, low=0, high=100)
    ear: str = _key("both", choices=("both", "left", "right"))
    device: str = ""
    earcons: tuple[str, ...] = _key(EARCONS, bad=_one_of(*EARCONS))
    earcon_volume: int = _key(70, low=0, high=100)
    ring_every: float = _key(0.0, low=0, high=60)
    latency: float = _key(0.02, low=0.01, high=0.5)
    release_after: float = _key(0.0, low=0, high=86400)


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
    ping_interval: float = _key(4.0, low=0.2, high=4)
    api_url: str = _key("https://slack.com/api/", bad=_bad_url)


def _bad_host(value: str) -> str | None:
    good = not value or re.fullmatch(r"[A-Za-z0-9._:\[\]-]{1,255}", value, re.ASCII)
    return None if good else 'a host such as "pbx.example.org" or "192.0.2.1:5080"'


def _bad_codecs(values: tuple[str, ...]) -> str | None:
    good = values and all(re.fullmatch(r"[A-Za-z0-9-]+(/[0-9]+)?", value) for value in values)
    return None if good else 'codecs such as ["G722/16000", "PCMA/8000"]'


def _bad_sources(values: tuple[str, ...]) -> str | None:
    try:
        for value in values:
            if value != "any":
                ipaddress.ip_network(value, strict=False)
    except ValueError:
        return 'addresses and networks such as ["192.0.2.7", "192.0.2.0/24"], or ["any"]'
    return None


def _bad_numbers(values: tuple[str, ...]) -> str | None:
    good = all(re.fullmatch(r"\+?[0-9*#?\[\]!-]{1,64}", value, re.ASCII) for value in values)
    return None if good else 'numbers, with ? for a digit and * for any, such as ["2??", "+39*"]'


@dataclass(frozen=True, slots=True)
class SipSection:
    """The account of `phonebar serve --backend sip`."""

    domain: str = _key("", bad=_bad_host)
    user: str = ""
    auth_user: str = ""
    realm: str = ""
    display: str = ""
    transport: str = _key("udp", choices=("udp", "tcp", "tls"))
    srtp: str = _key("off", choices=("off", "optional", "mandatory"))
    proxy: str = _key("", bad=_bad_host)
    register: bool = True
    bind: str = _key("", bad=_bad_host)
    port: int = _key(0, low=0, high=65535)
    ca_file: str = ""
    verify: bool = True
    sound: bool = True
    microphone: str = ""
    speaker: str = ""
    ringer: str = ""
    record: str = ""
    record_beep: float = _key(15.0, low=0, high=30)
    codecs: tuple[str, ...] = _key(("G722/16000", "PCMA/8000", "PCMU/8000"), bad=_bad_codecs)
    sources: tuple[str, ...] = _key((), bad=_bad_sources)
    refer_to: tuple[str, ...] = _key((), bad=_bad_numbers)
    register_seconds: int = _key(300, low=30, high=86400)
    silence: float = _key(15.0, low=0, high=3600)
    gate: bool = True


def _bad_name(value: str) -> str | None:
    return None if re.fullmatch(r"[\w-]{1,32}", value) else 'the name of a layer, such as "both"'


@dataclass(frozen=True, slots=True)
class KeyboardSection:
    """The hotkeys; what each does is in a file of its own."""

    bindings: str = "keys.toml"
    layer: str = _key("both", bad=_bad_name)
    grab: bool = True
    hold: float = _key(0.8, low=0.1, high=10)
    timeout: float = _key(0.0, low=0, high=3600)
    debounce: float = _key(0.5, low=0, high=5)
    digits_debounce: float = _key(0.0, low=0, high=5)
    acceptance: float = _key(0.0, low=0, high=5)
    talk_longest: float = _key(60.0, low=1, high=600)
    hush: str = _key("bound", choices=("bound", "any"))


@dataclass(frozen=True, slots=True)
class SwitchSection:
    """One switch, or two, through which everything is chosen from a list that is scanned."""

    method: str = _key("automatic", choices=("automatic", "step", "two", "inverse"))
    listen: str = _key("terminal", choices=("terminal", "everywhere"))
    key: str = "space"
    step_key: str = "enter"
    step: float = _key(1.0, low=0.3, high=10)
    first: float = _key(1.5, low=1, high=5)
    loops: int = _key(3, low=1, high=100)
    acceptance: float = _key(0.0, low=0, high=5)
    release: float = _key(0.3, low=0, high=5)
    long: float = _key(0.8, low=0.3, high=10)
    grace: float = _key(0.8, low=0.3, high=10)
    late: float = _key(0.0, low=0, high=2)
    repeat: float = _key(0.7, low=0.05, high=3)
    cue: str = _key("earcon", choices=("speech", "earcon", "both", "none"))
    favourites: tuple[str, ...] = ()
    dial_delay: float = _key(3.0, low=0, high=30)
    confirm: tuple[str, ...] = _key(
        ("hangup", "hangup_all", "transfer", "attended_transfer", "conference"),
        bad=_one_of(*CONFIRMABLE),
    )


def _bad_engine(value: str) -> str | None:
    good = re.fullmatch(r"[a-z][a-z0-9_-]{0,31}", value)
    return None if good else '"auto" or the name of an engine, such as "ctc" or "whisper"'


def _bad_wake(value: str) -> str | None:
    good = not value or re.fullmatch(r"\w+(?: \w+){0,3}", value)
    return None if good else 'a word or two, such as "phonebar", or "" for none'


@dataclass(frozen=True, slots=True)
class VoiceSection:
    """The phone run by speaking."""

    engine: str = _key("auto", bad=_bad_engine)
    lexicon: str = "pronunciations.txt"
    model: str = ""
    templates: str = _key("beside", choices=("beside", "instead", "off"))
    microphone: str = ""
    silence: float = _key(0.6, low=0.2, high=5)
    silence_digits: float = _key(1.5, low=0.2, high=10)
    longest: float = _key(15.0, low=2, high=120)
    patience: float = _key(8.0, low=2, high=120)
    pre_roll: float = _key(0.5, low=0, high=2)
    wake: str = _key("", bad=_bad_wake)
    answers: bool = True
    sleep_after: float = _key(0.0, low=0, high=86400)


@dataclass(frozen=True, slots=True)
class WebSection:
    """The page."""

    port: int = _key(9880, low=0, high=65535)


@dataclass(frozen=True, slots=True)
class RunSection:
    """The service."""

    surfaces: tuple[str, ...] = _key(
        (), bad=_one_of("headless", "keyboard", "slack", "switch", "voice", "web")
    )
