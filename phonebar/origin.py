"""Who may talk to the server: programs on this computer, and pages that it served itself.

The vendor's API acts on plain GET, so any web page could try `<img src="http://127.0.0.1:9888/
api/originate/...">`, a navigation, or DNS rebinding. This stands in front of everything and lets
`curl` pass, but no browser that shows somebody else's page. Source: the API page, "Security of
such an API"; Fetch Metadata (W3C) for `Sec-Fetch-Site`; RFC 6454 for `Origin`.
"""

from __future__ import annotations

import hmac
import re

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from phonebar.problems import Problem

_HEADERS: tuple[tuple[bytes, bytes], ...] = (
    (b"cache-control", b"no-store"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
)
"""On every answer that does not say otherwise itself."""

_HIDDEN = re.compile(rb"%(?:2f|5c|7f|[01][0-9a-f])")
"""In a path: a slash, a backslash or a control character, percent-encoded."""

_OWN_SITES = frozenset({b"none", b"same-origin"})
"""Typed by the person, or asked by a page that we served."""


class Gate:
    """ASGI middleware that refuses foreign pages and, where one is needed, a missing token.

    Args:
        app: what is behind it.
        port: the port that the server listens on: part of the names it may be called by.
        token: the secret that POST under `/ext/` needs.
        strict: the secret is needed for all of `/api` and `/ext`.
    """

    def __init__(self, app: ASGIApp, *, port: int, token: str, strict: bool) -> None:
        self._app = app
        hosts = [f"{name}:{port}" for name in ("127.0.0.1", "localhost", "[::1]")]
        if port == 80:
            hosts += ["127.0.0.1", "localhost", "[::1]"]
        self._hosts = frozenset(host.encode("ascii") for host in hosts)
        self._token = token.encode("utf-8")
        self._strict = strict

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer 400, 401 or 403."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = list(message.get("headers", ()))
                present = {name for name, _ in headers}
                headers += [pair for pair in _HEADERS if pair[0] not in present]
                message = {**message, "headers": headers}
            await send(message)

        try:
            self._check(scope)
        except Problem as problem:
            await problem.response()(scope, receive, send_with_headers)
            return
        await self._app(scope, receive, send_with_headers)

    def _check(self, scope: Scope) -> None:
        hosts: list[bytes] = []
        origins: list[bytes] = []
        sites: list[bytes] = []
        tokens: list[bytes] = []
        for name, value in scope["headers"]:
            if name == b"host":
                hosts.append(value.lower())
            elif name == b"origin":
                origins.append(value)
            elif name == b"sec-fetch-site":
                sites.append(value)
            elif name == b"x-phonebar-token":
                tokens.append(value)
            elif name == b"authorization" and value[:7].lower() == b"bearer ":
                tokens.append(value[7:].strip())
        if len(hosts) != 1 or hosts[0] not in self._hosts:
            raise _foreign("This server answers only to 127.0.0.1 and localhost with its own port.")
        if origins and origins != [b"http://" + hosts[0]]:
            raise _foreign("The request comes from a page that this server did not serve.")
        if any(site not in _OWN_SITES for site in sites):
            raise _foreign("The request was caused by a page that this server did not serve.")
        raw = scope.get("raw_path", b"").lower()
        if _HIDDEN.search(raw):
            # Decoded once, it would be another path than the one that was written.
            raise Problem(
                400, "bad-path", "Bad path", "A path may hide no slash or control character."
            )
        self._check_token(scope, tokens)

    def _check_token(self, scope: Scope, tokens: list[bytes]) -> None:
        path: str = scope["path"]
        ext = path.startswith("/ext/")
        if not ((self._strict and (ext or path.startswith("/api/"))) or scope["method"] == "POST"):
            return
        if tokens and all(hmac.compare_digest(token, self._token) for token in tokens):
            return
        if self._strict:
            raise Problem(
                401,
                "token-needed",
                "Token needed",
                "This phonebar was started with a token; send it as Authorization: Bearer.",
                {"WWW-Authenticate": "Bearer"},
            )
        if ext:
            raise Problem(
                403,
                "token-needed",
                "Token needed",
                "Send the X-Phonebar-Token that GET /ext/v1/session tells.",
            )


def _foreign(detail: str) -> Problem:
    return Problem(403, "foreign", "Not from here", detail)
