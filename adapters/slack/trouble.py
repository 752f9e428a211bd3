"""Why Slack cannot be reached, or refuses: one message for each thing to be done about it."""

from __future__ import annotations

import os
import re
import socket
import ssl
from collections.abc import Iterator

PROXIES = ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy")
"""The variables in the order in which Slack's SDK asks them."""

REFUSALS = {
    "invalid_auth": "invalid",
    "not_authed": "invalid",
    "account_inactive": "inactive",
    "user_removed_from_team": "inactive",
    "team_access_not_granted": "inactive",
    "token_revoked": "revoked",
    "app_not_installed": "revoked",
    "token_expired": "expired",
    "missing_scope": "scope",
    "no_permission": "scope",
    "not_allowed_token_type": "scope",
    "ratelimited": "often",
    "rate_limited": "often",
    "fatal_error": "down",
    "internal_error": "down",
    "request_timeout": "down",
    "service_unavailable": "down",
}
"""Slack's errors, and which of our messages tells them."""

KINDS = (
    (socket.gaierror, "dns"),
    (ssl.SSLCertVerificationError, "certificate"),
    (ssl.SSLError, "tls"),
    (TimeoutError, "timeout"),
    (ConnectionRefusedError, "closed"),
)
"""What goes wrong on the way, and which of our messages tells it."""


def refusal(error: str) -> str:
    """Which message tells an error of Slack's; `not_slack` for an answer that is none of Slack's.

    Args:
        error: Slack's own name for it, such as `invalid_auth`.
    """
    if not re.fullmatch(r"[a-z_]+", error):
        return "not_slack"
    return REFUSALS.get(error, "refuses")


def obstacle(error: BaseException) -> str:
    """Which message tells an exception on the way to Slack."""
    for inner in _within(error):
        for kind, message in KINDS:
            if isinstance(inner, kind):
                return message
    return "lost"


def proxy() -> tuple[str, str] | None:
    """The variable that names a proxy, and its host, without the account that may stand there."""
    for variable in PROXIES:
        address = os.environ.get(variable, "").strip()
        if address:
            return variable, address.rpartition("://")[2].rpartition("@")[2].partition("/")[0]
    return None


def _within(error: BaseException) -> Iterator[BaseException]:
    """The error and what it wraps: libraries hide the cause in one place or another."""
    seen: list[BaseException] = []
    waiting = [error]
    while waiting:
        inner = waiting.pop(0)
        if inner in seen:
            continue
        seen.append(inner)
        yield inner
        wrapped = [getattr(inner, name, None) for name in ("reason", "os_error", "__cause__")]
        waiting += [one for one in wrapped if isinstance(one, BaseException)]
