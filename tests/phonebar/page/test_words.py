"""The page's words: six languages, one set of messages, none missing, none left over."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

import phonebar
from tests.browser import Window
from tests.phonebar.page.conftest import Phone

PAGE = Path(phonebar.__file__).parent / "page"
LANGUAGES = ("en", "it", "es", "fr", "de", "pt")
WORDS = {
    code: json.loads((PAGE / "words" / f"{code}.json").read_text(encoding="utf-8"))
    for code in LANGUAGES
}
SOURCES = "\n".join(
    path.read_text(encoding="utf-8")
    for path in sorted(PAGE.rglob("*"))
    if path.suffix in {".js", ".html"}
)
SHELVES = (
    "action_",
    "away_",
    "done_",
    "foreign_",
    "help_",
    "key_",
    "label_",
    "lacks_",
    "mic_",
    "locked_",
    "phonebar_lost_",
    "refused_",
    "set_",
    "state_",
    "sure_",
    "switch_",
    "tell_",
    "theme_",
    "why_",
)
"""Beginnings of names that are put together in code."""


def test_the_files_are_those_of_the_six_languages() -> None:
    assert {path.stem for path in (PAGE / "words").iterdir()} == set(LANGUAGES)


@pytest.mark.parametrize("code", LANGUAGES)
def test_all_have_the_same_messages_with_the_same_details(code: str) -> None:
    assert WORDS[code].keys() == WORDS["en"].keys()
    for name, message in WORDS[code].items():
        assert message == message.rstrip()
        assert set(re.findall(r"\{\w+\}", message)) == set(
            re.findall(r"\{\w+\}", WORDS["en"][name])
        )


@pytest.mark.parametrize("code", [code for code in LANGUAGES if code != "en"])
def test_none_is_left_in_english(code: str) -> None:
    """But for words that are the same in both, which are few and short."""
    same = [name for name, message in WORDS[code].items() if message == WORDS["en"][name]]
    assert [name for name in same if len(WORDS["en"][name]) > 12] == []
    assert len(same) < 12


def test_every_message_that_is_said_is_there_and_every_one_there_is_said() -> None:
    said = set(re.findall(r'say\("(\w+)"', SOURCES)) | set(
        re.findall(r'data-(?:word|label)="(\w+)"', SOURCES)
    )
    assert said - WORDS["en"].keys() == set()
    quoted = set(re.findall(r'"(\w+)"', SOURCES))
    unsaid = [name for name in WORDS["en"] if name not in quoted and not name.startswith(SHELVES)]
    assert unsaid == []


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_page_speaks_it_everywhere(window: Window, phone: Phone, code: str) -> None:
    phone.connected("201", "200")
    window.open(language=code)
    page = window.page
    assert page.locator("html").get_attribute("lang") == code
    shown = []
    for view in ("phone", "history", "settings", "help"):
        page.locator(f"nav a[href='#{view}']").click()
        shown.append(page.locator("body").inner_text())
    names = sorted(WORDS["en"], key=len, reverse=True)
    raw = [name for name in names if "_" in name and name in "\n".join(shown)]
    assert raw == []
    assert "{" not in "".join(shown)
    assert WORDS[code]["action_hold"] in shown[0]


def test_the_browsers_own_language_is_taken_unless_another_is_set(
    window: Window, phone: Phone
) -> None:
    window.page.add_init_script(
        "Object.defineProperty(navigator, 'languages', {value: ['xx', 'de-AT', 'fr']})"
    )
    window.open(language="")
    assert window.page.locator("h2#calls-title").text_content() == "Anrufe"
    window.page.locator("nav a[href='#settings']").click()
    window.page.get_by_label("Sprache", exact=True).select_option("it")
    window.page.get_by_role("heading", name="Chiamate", exact=True).wait_for()
    assert window.page.locator("html").get_attribute("lang") == "it"
    window.page.reload()
    window.page.get_by_role("heading", name="Chiamate", exact=True).wait_for()
