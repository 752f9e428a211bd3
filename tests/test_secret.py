"""Secrets: the environment first, then the keyring, which may be absent or out of order."""

from __future__ import annotations

import sys

import keyring
import pytest
from keyring.errors import KeyringError

from assistant.config import APP
from assistant.secret import secret


def test_the_environment_comes_first_and_our_own_name_before_the_common_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(keyring, "get_password", lambda app, name: "kept")
    both = {"PHONEBAR_TOKEN_X": " ours\n", "TOKEN_X": "theirs"}
    assert secret("TOKEN_X", both) == "ours"
    assert secret("TOKEN_X", {**both, "PHONEBAR_TOKEN_X": ""}) == "theirs"
    assert secret("TOKEN_X", {}) == "kept"


def test_the_keyring_is_asked_under_the_apps_name(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, str]] = []
    monkeypatch.setattr(keyring, "get_password", lambda *names: asked.append(names))
    assert secret("TOKEN_X", {}) is None
    assert asked == [(APP, "TOKEN_X")]


def test_without_the_keyring_package_there_is_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    assert secret("TOKEN_X", {}) is None
    assert secret("TOKEN_X", {"TOKEN_X": "set"}) == "set"


def test_a_keyring_that_fails_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    def locked(app: str, name: str) -> str:
        raise KeyringError("locked")

    monkeypatch.setattr(keyring, "get_password", locked)
    assert secret("TOKEN_X", {}) is None
