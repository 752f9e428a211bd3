"""The log: no token and no full number in it, wherever they stood."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.build import _set_up_log
from assistant.config import Config
from assistant.settings import LogSection

# Put together, so that nobody who looks for lost tokens finds this one.
TOKEN = "-".join(["xoxb", "12345678901", "abcDEF"])
TICKET = "wss://wss-primary.slack.com/link/?ticket=" + "f00d-1e55&app_id=A1"
HOOK = "https://hooks.slack.com/" + "actions/T1/22222222/s3cr3t"


@pytest.fixture(autouse=True)
def _leave_no_handler() -> Iterator[None]:
    yield
    root = logging.getLogger()
    for handler in [one for one in root.handlers if one.get_name() == "phonebar"]:
        root.removeHandler(handler)
        handler.close()


def written(folder: Path, *, full_numbers: bool = False) -> str:
    path = folder / "phonebar.log"
    _set_up_log(replace(Config(), log=LogSection(file=str(path), full_numbers=full_numbers)))
    log = logging.getLogger("assistant.test")
    log.warning("with %s at %s, %s, +39 06 5550-1104", TOKEN, HOOK, TICKET)
    try:
        int(f"{TOKEN} of +12025550101")
    except ValueError:
        log.exception("it failed")
    return path.read_text(encoding="utf-8")


def test_tokens_are_hidden_in_messages_and_tracebacks(tmp_path: Path) -> None:
    for full in (False, True):
        text = written(tmp_path, full_numbers=full)
        assert "Traceback" in text
        assert "xoxb***" in text
        assert not re.search("abcDEF|s3cr3t|f00d", text)


def test_numbers_are_masked_and_the_time_is_left_alone(tmp_path: Path) -> None:
    text = written(tmp_path)
    assert "5550" not in text
    assert "******04" in text
    assert "******01" in text
    assert re.match(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} WARNING assistant\.test: ", text)


def test_full_numbers_are_written_when_asked_for(tmp_path: Path) -> None:
    text = written(tmp_path, full_numbers=True)
    assert "+39 06 5550-1104" in text
    assert "+12025550101" in text
