"""A real Chromium for tests, and a window in it that notices what the page complains of."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
STANDARD = {"language": "en", "sound": False}
"""What a page is set to unless a test says otherwise."""
COUNT_PRESSES = """async () => {
  const { Acts } = await import('/acts.js');
  const { ignored, run } = Acts.prototype;
  window.ignored = window.acted = 0;
  Acts.prototype.ignored = function (button) {
    window.ignored += 1;
    ignored.call(this, button);
  };
  Acts.prototype.run = function (button, deed) {
    window.acted += 1;
    return run.call(this, button, deed);
  };
}"""
"""Has the page count the presses that it takes, and those too soon after a change."""


def needed() -> None:
    """Skip where there is no browser to test with."""
    if find_spec("playwright") is None or find_spec("axe_playwright_python") is None:
        pytest.skip('playwright and axe are missing: pip install -e ".[test]"')
    if CHROMIUM is None:
        pytest.skip("chromium is missing: apt-get install chromium, or install Chrome")


@contextmanager
def chromium(*arguments: str) -> Iterator[Any]:
    """A browser; closed before anybody else needs this thread's event loop."""
    needed()
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        found = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", *arguments]
        )
        yield found
        found.close()


class Window:
    """A window that shows one page."""

    def __init__(self, browser: Any, url: str, *, width: int = 1280, height: int = 800) -> None:
        self.url = url
        self.context = browser.new_context(viewport={"width": width, "height": height})
        self.page = self.context.new_page()
        self.page.set_default_timeout(20000)
        self.complaints: list[str] = []
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _console(self, message: Any) -> None:
        if message.type == "error":
            self.complaints.append(message.text)

    def open(self, link: str = "up", **settings: Any) -> Window:
        """Open the page, set as `settings` say, and wait until it is in touch."""
        kept = json.dumps({**STANDARD, **settings})
        self.page.add_init_script(
            f"localStorage.getItem('phonebar-settings') || "
            f"localStorage.setItem('phonebar-settings', {json.dumps(kept)})"
        )
        self.page.goto(self.url + "/")
        self.page.wait_for_selector(f"body[data-link={link}]")
        self.page.evaluate(COUNT_PRESSES)
        return self

    def calm(self) -> None:
        """Wait until a press counts again."""
        self.page.wait_for_selector("body:not([data-calm=no])")

    def calmly(self, press: Callable[[], None]) -> None:
        """Press something, not in haste; again if the page says that it had just changed."""
        for _ in range(10):
            self.calm()
            before = self.page.evaluate("window.ignored")
            press()
            if self.page.evaluate("window.ignored") == before:
                return
        raise AssertionError("the page never stopped changing")

    def freeze(self) -> None:
        """Have time pass in the page only by `clock.run_for`; its clock was installed before."""
        now = self.page.evaluate("Date.now()")
        self.page.clock.pause_at((now + 1000) / 1000)

    def click(self, name: str, *, role: str = "button", exact: bool = False) -> None:
        """Press something with the mouse, not in haste."""
        found = self.page.get_by_role(role, name=name, exact=exact).first
        found.wait_for()
        self.calmly(found.click)

    def told(self, text: str) -> None:
        """Wait until the status says something."""
        self.page.locator("footer [role=status]", has_text=text).wait_for()

    def asked(self, title: str) -> Any:
        """Wait for a question, and give its dialog."""
        found = self.page.get_by_role("dialog", name=title)
        found.wait_for()
        return found

    def call(self, name: str, state: str) -> Any:
        """Wait until somebody's call is in a state, and give its card."""
        found = self.page.locator(f".call[data-state={state}]", has=self._heading(name))
        found.wait_for()
        return found

    def gone(self, name: str) -> None:
        """Wait until there is no live call with somebody."""
        alive = self.page.locator(".call:not([data-state=ended])", has=self._heading(name))
        alive.wait_for(state="detached")

    def _heading(self, name: str) -> Any:
        return self.page.locator("h3", has_text=name)

    def until(self, condition: Callable[[], Any]) -> Any:
        """Wait for something outside the page."""
        for _ in range(400):
            if found := condition():
                return found
            self.page.wait_for_timeout(20)
        raise AssertionError("it never came true")

    def close(self) -> None:
        """Close it; a page that complained has failed."""
        self.context.close()


def violations(page: Any) -> list[str]:
    """What axe objects to in the page as it is now."""
    import axe_playwright_python

    if not page.evaluate("typeof axe === 'object'"):
        source = Path(axe_playwright_python.__file__).with_name("axe.min.js")
        page.evaluate(source.read_text(encoding="utf-8"))
    found = page.evaluate(
        "tags => axe.run(document, {runOnly: tags, resultTypes: ['violations']})", TAGS
    )
    return [
        f"{one['id']}: {node['html'][:120]} {node.get('failureSummary', '')[:200]}"
        for one in found["violations"]
        for node in one["nodes"]
    ]


def too_wide(page: Any) -> int:
    """By how many pixels the page is wider than its window."""
    return page.evaluate(
        "document.scrollingElement.scrollWidth - document.documentElement.clientWidth"
    )
