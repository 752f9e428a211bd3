"""The app's manifest: what Slack takes, for what is enabled, and words where it would not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from adapters.slack.manifest import RESERVED, ManifestError, manifest
from assistant.cli import main
from assistant.directory import Directory
from assistant.language import languages, load_language
from assistant.settings import SlackSection
from assistant.understanding import Understanding
from assistant.wording import Wording
from tests.adapters.slack.manifest import RESERVED as REALLY_RESERVED
from tests.adapters.slack.manifest import problems_of

ROOT = Path(__file__).resolve().parents[3]
WORDS = Wording(load_language("en").messages)
PUBLIC = "https://phone.example.org"
ADDRESS = f"{PUBLIC}/slack/events"


def made(url: str | None = None, **settings: Any) -> dict[str, Any]:
    result = manifest(SlackSection(**settings), WORDS, url)
    assert problems_of(result) == []
    return result


def refused(url: str | None = None, **settings: Any) -> str:
    with pytest.raises(ManifestError) as caught:
        manifest(SlackSection(**settings), WORDS, url)
    return WORDS.say(caught.value.message, caught.value.details)[0]


# What is in it


def test_the_checked_in_one_is_that_of_the_default_settings() -> None:
    text = (ROOT / "config" / "slack-manifest.json").read_text(encoding="utf-8")
    assert text == json.dumps(made(), indent=2, ensure_ascii=False) + "\n"


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("url", [None, PUBLIC])
def test_slack_takes_it_in_every_language(language: str, url: str | None) -> None:
    words = Wording(load_language(language).messages)
    settings = SlackSection(aliases=("/dial", "/park=hold"), status=True)
    assert problems_of(manifest(settings, words, url)) == []


@pytest.mark.parametrize("language", languages())
def test_its_hint_is_understood(language: str) -> None:
    directory = Directory.load(ROOT / "config" / "contacts.csv")
    hint = load_language(language).messages["slack_manifest_hint"]
    understood = Understanding((language,), directory).parse(hint)
    assert (understood.command.intent, understood.confidence) == ("call", 1.0)


def test_it_asks_for_what_is_enabled_and_no_more() -> None:
    lean = made(mentions=False)
    assert lean["oauth_config"]["scopes"] == {
        "bot": ["chat:write", "commands", "im:history", "im:write", "users:read"]
    }
    assert lean["settings"]["event_subscriptions"]["bot_events"] == [
        "app_home_opened",
        "message.im",
    ]
    full = made(status=True)
    assert "app_mentions:read" in full["oauth_config"]["scopes"]["bot"]
    assert full["oauth_config"]["scopes"]["user"] == ["users.profile:read", "users.profile:write"]
    assert "app_mention" in full["settings"]["event_subscriptions"]["bot_events"]


def test_each_alias_says_what_it_stands_for() -> None:
    commands = made(command="/tel", aliases=("/hold", "/park=put it on hold"))
    described = {
        one["command"]: one["description"] for one in commands["features"]["slash_commands"]
    }
    assert list(described) == ["/tel", "/hold", "/park"]
    assert described["/hold"] == 'Short for "/tel hold".'
    assert described["/park"] == 'Short for "/tel put it on hold".'
    assert all(one["should_escape"] for one in commands["features"]["slash_commands"])


@pytest.mark.parametrize(
    ("url", "address"),
    [
        (PUBLIC, ADDRESS),
        (f"{PUBLIC}/", ADDRESS),
        (f"{PUBLIC}:8443", f"{PUBLIC}:8443/slack/events"),
        (f"{PUBLIC}/team/slack", f"{PUBLIC}/team/slack"),
    ],
)
def test_over_http_everything_has_its_address(url: str, address: str) -> None:
    result = made(url, http_port=3000)
    settings = result["settings"]
    assert settings["socket_mode_enabled"] is False
    assert settings["event_subscriptions"]["request_url"] == address
    assert settings["interactivity"] == {
        "is_enabled": True,
        "request_url": address,
        "message_menu_options_url": address,
    }
    assert {one["url"] for one in result["features"]["slash_commands"]} == {address}


def test_over_socket_mode_nothing_has_one() -> None:
    assert made()["settings"]["socket_mode_enabled"] is True
    assert "url" not in json.dumps(made())


# What Slack would refuse


def test_every_name_that_slack_keeps_for_itself_is_known() -> None:
    assert REALLY_RESERVED <= RESERVED


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"command": "/status"}, ("command", "/status", "Slack has a command")),
        ({"aliases": ("/dial", "/who=calls")}, ("aliases", "/who", "Slack has a command")),
        ({"aliases": ("/phonebar=hold",)}, ("aliases", "/phonebar", "twice")),
        ({"aliases": ("/park", "/park=hold")}, ("aliases", "/park", "twice")),
        ({"aliases": tuple(f"/p{n}" for n in range(50))}, ("aliases", "at most 49")),
        ({"aliases": ("/park=" + "very " * 400,)}, ("aliases", "/park", "too long")),
        ({"http_port": 3000}, ("http_port is 3000", "--url")),
        ({"url": "http://phone.example.org"}, ("http://phone.example.org", "https://")),
        ({"url": "https://"}, ("https://phone",)),
        ({"url": f"{PUBLIC}/?team=1"}, ("https://phone",)),
        ({"url": PUBLIC, "http_path": "slack"}, ("http_path is slack", "slash")),
    ],
)
def test_what_slack_would_refuse_is_told(settings: dict[str, Any], words: tuple[str, ...]) -> None:
    told = refused(**settings)
    assert [word for word in words if word not in told] == []


def test_as_many_aliases_as_slack_allows_are_allowed() -> None:
    assert len(made(aliases=tuple(f"/p{n}" for n in range(49)))["features"]["slash_commands"]) == 50


# The command


@pytest.fixture(autouse=True)
def _alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "assistant.toml"
    file.write_text("")
    monkeypatch.setenv("PHONEBAR_CONFIG", str(file))


def phonebar(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, list(arguments))
    return result.exit_code, result.output


def test_it_is_printed_as_json_and_as_yaml() -> None:
    assert json.loads(phonebar("slack", "manifest")[1]) == made()
    assert yaml.safe_load(phonebar("slack", "manifest", "--yaml")[1]) == made()
    assert json.loads(phonebar("slack", "manifest", "--url", PUBLIC)[1]) == made(PUBLIC)


def test_the_settings_may_stand_before_and_after(tmp_path: Path) -> None:
    file = tmp_path / "other.toml"
    file.write_text("[slack]\ncommand = '/tel'\n")
    for arguments in (
        ("--config", str(file), "slack", "manifest"),
        ("slack", "--config", str(file), "manifest"),
        ("slack", "manifest", "--config", str(file)),
    ):
        assert json.loads(phonebar(*arguments)[1]) == made(command="/tel")
    assert "Diese Nummer anrufen" in phonebar("--language", "de,en", "slack", "manifest")[1]


def test_the_phonebars_address_is_not_the_public_one() -> None:
    code, output = phonebar("--url", "http://127.0.0.1:9888", "slack", "manifest")
    assert (code, json.loads(output)) == (0, made())


def test_settings_that_can_make_none_are_a_mistake(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PHONEBAR_SLACK_ALIASES", "/dial,/topic")
    code, output = phonebar("slack", "manifest")
    assert (code, "/topic" in output) == (2, True)
    monkeypatch.setenv("PHONEBAR_ASSISTANT_LANGUAGES", "it")
    assert "Slack ha già un comando /topic suo" in phonebar("slack", "manifest")[1]


def test_what_is_not_installed_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "slack_bolt", None)
    code, output = phonebar("slack")
    assert (code, 'pip install "phonebar-assistant[slack]"' in output) == (1, True)
    assert phonebar("slack", "manifest")[0] == 0
