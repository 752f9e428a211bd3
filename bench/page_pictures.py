"""Makes the pictures of the page in `docs/`: `python -m bench.page_pictures`.

Needs what the page's tests need: `pip install -e ".[test]"` and Chromium.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from assistant.commands.serve import names_of
from assistant.config import starter
from assistant.directory import Directory
from phonebar.line import Line
from phonebar.scenario import FarEnd, Scenario
from phonebar.server import Server
from phonebar.simulator import Simulator
from tests.browser import Window, chromium
from tests.desk import eventually

DOCS = Path(__file__).resolve().parent.parent / "docs"
QUICK = Scenario(default=FarEnd(after=0.0, rings_after=0.0), ends_after=0.0)


def main() -> None:
    """Have some calls, and take the pictures."""
    with chromium() as browser:
        picture(browser, "page-calls.png", (1120, 760), held_and_active, {})
        switch = {"switchMode": "step", "theme": "dark"}
        picture(browser, "page-switch.png", (600, 560), ringing, switch)


def held_and_active(line: Line) -> None:
    """One call waits, one is up."""
    for number in ("+390655501104", "200"):
        session = line.originate(number).session_id
        eventually(partial(answered, line, session))


def answered(line: Line, session: str) -> bool:
    """Whether that call is up."""
    return any(call.session_id == session and call.state_id == 8 for call in line.calls())


def ringing(line: Line) -> None:
    """Somebody calls."""
    line.backend.incoming("+390655501104")  # type: ignore[attr-defined]


def picture(browser: Any, name: str, size: tuple[int, int], calls: Any, settings: Any) -> None:
    """Take one picture of a phonebar with these calls."""
    line = Line(Simulator(QUICK))
    phonebook = names_of(Directory.load(starter("contacts.csv")))
    with Server(line, phonebook=phonebook) as server:
        window = Window(browser, server.url, width=size[0], height=size[1]).open(**settings)
        calls(line)
        window.page.locator(".call").last.wait_for()
        window.page.locator("footer p:not(:empty)").first.wait_for()
        window.calm()
        window.page.wait_for_timeout(1200)
        window.page.screenshot(path=DOCS / name)
        window.close()
    line.close()


if __name__ == "__main__":
    main()
