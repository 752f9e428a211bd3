"""The files of the MotionBar page, as whoever serves it answers them.

They are what lies in `phonebar/page/`, read once: no path of a request ever reaches the disk. The
page speaks to whoever served it through one module, `/back.js`, of which there are two.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

Back = Literal["phonebar", "assistant"]
"""Who serves the page: the phonebar itself, or an assistant in front of any phonebar."""

_FOLDER = Path(__file__).resolve().parent / "page"
_KINDS = {
    ".css": "text/css",
    ".html": "text/html",
    ".js": "text/javascript",
    ".json": "application/json",
    ".svg": "image/svg+xml",
}
_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "connect-src 'self'",
        "img-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    )
)
"""What the page may do: its own files, its own server, no script but those, no HTML from text."""


def routes(back: Back) -> list[Route]:
    """A route for each file of the page, and `/`.

    Args:
        back: who will answer what the page asks.
    """
    table = {f"/{name}": name for name in _files()}
    table |= {"/": "index.html", "/back.js": f"back/{back}.js"}
    return [_route(path, name) for path, name in table.items()]


def _route(path: str, name: str) -> Route:
    body = _files()[name]
    kind = _KINDS[Path(name).suffix]

    async def answer(_request: Request) -> Response:
        return Response(body, media_type=kind, headers={"Content-Security-Policy": _POLICY})

    return Route(path, answer, methods=["GET"], name=f"page {path}")


@cache
def _files() -> dict[str, bytes]:
    return {
        path.relative_to(_FOLDER).as_posix(): path.read_bytes()
        for path in sorted(_FOLDER.rglob("*"))
        if path.suffix in _KINDS
    }
