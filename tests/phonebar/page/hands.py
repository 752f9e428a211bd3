"""Three ways to use the page: a mouse, the keyboard alone, one switch alone."""

from __future__ import annotations

from typing import Any, Protocol

from tests.browser import Window


class Hand(Protocol):
    """Somebody at the page. A path leads through groups; only a switch needs more than its end."""

    settings: dict[str, Any]

    def begin(self, window: Window) -> None:
        """Sit down before the page is opened."""

    def press(self, window: Window, *path: str) -> None:
        """Press what is called so."""

    def number(self, window: Window, digits: str) -> None:
        """Put a number in the field of the form that is at hand."""


class Mouse:
    """Aims and clicks."""

    settings: dict[str, Any] = {}  # noqa: RUF012 - never changed

    def begin(self, window: Window) -> None:
        """Nothing to prepare."""

    def press(self, window: Window, *path: str) -> None:
        """Click it, not in haste."""
        found = self._root(window).get_by_role("button", name=path[-1], exact=True).first
        found.wait_for()
        window.calmly(found.click)

    def number(self, window: Window, digits: str) -> None:
        """Click it on the keypad."""
        self._root(window).locator("details.pad:not([open]) summary").first.click()
        for digit in digits:
            self.press(window, digit)

    def _root(self, window: Window) -> Any:
        dialog = window.page.locator("dialog[open]")
        return dialog if dialog.count() else window.page.locator("body")


class Keyboard:
    """Tab, arrows, Enter; never the mouse."""

    settings: dict[str, Any] = {}  # noqa: RUF012 - never changed

    def begin(self, window: Window) -> None:
        """Nothing to prepare."""

    def press(self, window: Window, *path: str) -> None:
        """Go there, and press Enter."""
        window.page.get_by_role("button", name=path[-1], exact=True).first.wait_for()
        window.calm()

        def enter() -> None:
            self._reach(window, path[-1], "")
            window.calm()  # the calls may have changed on the way
            window.page.keyboard.press("Enter")

        window.calmly(enter)

    def number(self, window: Window, digits: str) -> None:
        """Type it."""
        self._reach(window, "", "combobox")
        window.page.keyboard.type(digits)

    def _reach(self, window: Window, name: str, role: str) -> None:
        """Go there by Tab; within a toolbar by the arrows."""
        page = window.page
        for _ in range(80):
            here = page.evaluate(
                """([name, role]) => {
                  const node = document.activeElement;
                  const called = (one) => one.ariaLabel ??
                    one.textContent.replace(/\\s+/g, ' ').trim();
                  if (role ? node.role === role : called(node) === name) return 'here';
                  const bar = node.closest('[role=toolbar]');
                  const near = bar && [...bar.children].some((one) => called(one) === name);
                  return near ? 'near' : '';
                }""",
                [name, role],
            )
            if here == "here":
                return
            page.keyboard.press("ArrowRight" if here else "Tab")
        raise AssertionError(f"{name or role} cannot be reached by keyboard")


class Switch:
    """One key, pressed while what is wanted is lit: the page's time stands still meanwhile."""

    settings: dict[str, Any] = {  # noqa: RUF012 - never changed
        "switchMode": "automatic",
        "switchKey": "F9",
        "step": 0.5,
        "loops": 20,
        "acceptance": 0,
        "release": 0,
    }

    def begin(self, window: Window) -> None:
        """Have the page's time in one's own hand."""
        window.page.clock.install()

    def press(self, window: Window, *path: str) -> None:
        """Choose each group, then what is in it."""
        for place, label in enumerate(path, 1):
            self._choose(window, label if place == len(path) else f"{label} …")

    def number(self, window: Window, digits: str) -> None:
        """Choose each digit's row, then the digit."""
        rows = {digit: " ".join(row) for row in ("123", "456", "789", "*0#") for digit in row}
        dialog = window.page.locator("dialog[open]").count()
        form = "Transfer to: number or name" if dialog else "Number or name"
        self._choose(window, f"{form} …")
        for digit in digits:
            self.press(window, rows[digit], digit)

    def _choose(self, window: Window, label: str) -> None:
        window.freeze()
        try:
            self._take(window, label)
        finally:
            window.page.clock.resume()

    def _take(self, window: Window, label: str) -> None:
        page, seen = window.page, set()
        for _ in range(150):
            lit = self._lit(page)
            seen.add(lit)
            page.clock.run_for(100)
            if lit == label and lit == self._lit(page):
                before = page.evaluate("window.acted")
                page.keyboard.press("F9")
                page.clock.run_for(20)
                # What is chosen may be done by now, and lit again as the first of its list.
                if page.evaluate("window.acted") > before or self._lit(page) != label:
                    return  # else the list had just changed, and no press counts yet
        raise AssertionError(f"{label!r} was never taken, but {sorted(filter(None, seen))}")

    def _lit(self, page: Any) -> str | None:
        found: str | None = page.evaluate(
            """() => document.querySelector('.scan-lit, .scan-back')
              && document.getElementById('scanbar').textContent"""
        )
        return found
