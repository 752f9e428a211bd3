"""The assistant's page in a real browser, in front of a phonebar as silent as the vendor's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
import pytest

from adapters.voice.session import Session
from assistant.commands.web import web_session
from assistant.settings import WebSection
from tests.browser import Window, chromium
from tests.desk import Desk, desk


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as found:
        yield found


@contextmanager
def page_of(phone: Desk, voice: Session | None = None) -> Iterator[str]:
    """The page of a desk's assistant; gives its address."""
    said: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(click, "echo", lambda text, **_: said.append(str(text)))
        config = replace(phone.assistant.config, web=WebSection(port=0))
        with web_session(config, phone.assistant, voice):
            yield next(word for word in said[0].split() if word.startswith("http://"))


@pytest.fixture
def vendors(tmp_path: Path) -> Iterator[Desk]:
    """A desk whose phonebar has nothing but what the vendor documents."""
    with desk(tmp_path, quirks=True) as made:
        yield made


@pytest.fixture
def window(browser: Any, vendors: Desk) -> Iterator[Window]:
    with page_of(vendors) as url:
        found = Window(browser, url)
        yield found
        found.close()
    assert found.complaints == []


Opening = Callable[..., Window]
