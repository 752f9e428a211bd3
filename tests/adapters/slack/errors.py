"""How Slack refuses."""

from __future__ import annotations

from typing import Any


class ApiError(Exception):
    """A method's `{"ok": false}`, by Slack's name for it."""

    def __init__(self, error: str, **more: Any) -> None:
        super().__init__(error)
        self.error = error
        self.more = more

    def as_json(self) -> dict[str, Any]:
        """The answer's body."""
        return {"ok": False, "error": self.error, **self.more}


def invalid(error: str, problems: list[str]) -> ApiError:
    """Blocks or a view that Slack would not take, with its reasons."""
    return ApiError(error, response_metadata={"messages": problems}, errors=problems)
