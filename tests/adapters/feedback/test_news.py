"""An event is told once, by whichever surface is first."""

from __future__ import annotations

from dataclasses import replace

from adapters.feedback.announcer import Announcer
from adapters.feedback.feedback import Cue
from adapters.feedback.news import News
from assistant.contract import CallEvent, EventKind
from assistant.language import load_language
from assistant.wording import Wording

WORDS = Wording(load_language("en").messages)
LOST = CallEvent(EventKind.PHONEBAR_LOST, None, at=1.0)


class Ears:
    """Take in every sound."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    def cue(self, cue: Cue) -> None:
        self.heard.append(cue)

    def say(self, text: str, *, urgent: bool = False) -> None:
        self.heard.append(text)

    def hush(self) -> None:
        """Nothing is under way."""

    def close(self, *, finish: bool = False) -> None:
        """Nothing is open."""


def test_two_surfaces_of_one_person_write_and_say_an_event_once() -> None:
    lines: list[str] = []
    ears, news = Ears(), News(["keyboard", "switch"])
    surfaces = [Announcer(lines.append, ears, WORDS, news) for _ in range(2)]
    for surface in surfaces:
        surface.event(LOST)
    assert (len(lines), len(ears.heard)) == (1, 1)
    for surface in surfaces:
        surface.event(replace(LOST, at=2.0))
    assert (len(lines), len(ears.heard)) == (2, 2), "the same again later is news"


def test_who_only_writes_leaves_it_to_others_to_be_heard() -> None:
    news = News(["headless", "keyboard"])
    assert news.first(LOST, "written")
    assert news.first(LOST, "heard")
    assert not news.first(LOST, "written")


def test_an_event_is_the_same_whether_or_not_it_is_quiet_for_somebody() -> None:
    news = News(["keyboard", "switch"])
    assert news.first(LOST, "written")
    assert not news.first(replace(LOST, quiet=True), "written")
