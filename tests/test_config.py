"""The configuration: what is documented is what is read, and errors say how to mend them."""

from __future__ import annotations

import dataclasses
import tomllib
from pathlib import Path

import pytest

from assistant.config import Config, ConfigError, load, starter


def written(folder: Path, text: str) -> Path:
    path = folder / "assistant.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_starter_file_documents_every_key_with_its_default() -> None:
    table = tomllib.loads(starter("assistant.toml").read_text(encoding="utf-8"))
    for section in dataclasses.fields(Config):
        if section.name == "source":
            continue
        assert table.pop(section.name) == {
            item.name: list(item.default) if isinstance(item.default, tuple) else item.default
            for item in dataclasses.fields(section.default)
        }
    assert table == {}


def test_a_file_overrides_the_defaults_and_the_environment_overrides_the_file(
    tmp_path: Path,
) -> None:
    path = written(tmp_path, '[phonebar]\nurl = "http://127.0.0.1:1"\nread_timeout = 2\n')
    environ = {"PHONEBAR_URL": "http://127.0.0.1:2", "PHONEBAR_POLICY_FORBID": "+1900, 0900"}
    config = load(path, environ)
    assert (config.phonebar.url, config.phonebar.read_timeout) == ("http://127.0.0.1:2", 2.0)
    assert config.policy.forbid == ("+1900", "0900")
    assert config.contacts_paths == (tmp_path / "contacts.csv",)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("[phonbar]\n", ["[phonbar]", "phonebar"]),
        ("[policy]\nforbidden = []\n", ["policy.forbidden", "forbid"]),
        ('[phonebar]\nread_timeout = "3"\n', ["phonebar.read_timeout", "'3'", "0.05 to 60"]),
        ("[phonebar]\nread_timeout = 0\n", ["phonebar.read_timeout", "0.05 to 60"]),
        ('[phonebar]\nurl = "127.0.0.1"\n', ["phonebar.url", "http://127.0.0.1:9888"]),
        ('[policy]\nquiet_hours = "22-7"\n', ["policy.quiet_hours", "22:00-07:00"]),
        ('[policy]\nallow = "+39"\n', ["policy.allow", "list"]),
        ('[policy]\nconfirm = ["dance"]\n', ["policy.confirm", "hangup_all"]),
        ('[assistant]\nlanguages = ["xx"]\n', ["assistant.languages", "any of"]),
        ("[policy]\nmax_calls_per_minute = true\n", ["max_calls_per_minute", "whole number"]),
        ("phonebar = 3\n", ["[phonebar]", "section"]),
        ("this is no toml", ["not valid TOML"]),
    ],
)
def test_an_error_names_the_file_the_key_and_what_is_allowed(
    tmp_path: Path, text: str, parts: list[str]
) -> None:
    path = written(tmp_path, text)
    with pytest.raises(ConfigError) as error:
        load(path, {})
    assert all(part in str(error.value) for part in [str(path), *parts])


def test_a_bad_variable_is_named() -> None:
    with pytest.raises(ConfigError, match="PHONEBAR_JOURNAL_RETENTION_DAYS is 'soon'"):
        load(None, {"PHONEBAR_JOURNAL_RETENTION_DAYS": "soon"})


def test_a_file_that_was_named_must_exist(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="phonebar init"):
        load(tmp_path / "absent.toml", {})
