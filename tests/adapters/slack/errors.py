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


class TooOften(ApiError):
    """HTTP 429."""

    def __init__(self, wait: int) -> None:
        super().__init__("ratelimited")
        self.wait = wait


class Injected(ApiError):
    """A refusal that a test ordered: not the app's fault."""


def invalid(error: str, problems: list[str]) -> ApiError:
    """Blocks or a view that Slack would not take, with its reasons."""
    return ApiError(error, response_metadata={"messages": problems}, errors=problems)


def in_words(error: ApiError) -> str:
    """The name, and Slack's reasons if it has any."""
    why = error.more.get("response_metadata", {}).get("messages") or error.more.get("hint")
    return f"{error.error}: {why}" if why else error.error
