"""Slack's own spelling of text: read what people write, write what Slack shows.

Source: Slack's "Formatting text for app surfaces": `<@U…>`, `<#C…|name>`, `<url|label>`, and the
three escaped characters.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping

_LINK = re.compile(r"<([^<>|]*)(?:\|([^<>]*))?>")
_USER = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^<>]*)?>")
_MARKED = re.compile(r"(?<![\w*#])([*_~`])(?=\S)([^*_~`\n]+?)(?<=\S)\1(?![\w*#])")
_CODE = re.compile(r"[0-9#+]{1,6}", re.ASCII)
"""Short enough to be a service code, of which the stars may be part: `*72*`."""


def users_in(text: str) -> tuple[str, ...]:
    """The ids of the people who are mentioned, in order."""
    return tuple(_USER.findall(text))


def plain(text: str, names: Mapping[str, str] | None = None) -> str:
    """What a person meant by `text`, as they would have typed it elsewhere.

    Args:
        text: as Slack delivers it.
        names: what the mentioned people are called, by id; who is missing is left out.
    """
    known = names or {}

    def said(found: re.Match[str]) -> str:
        target, label = found[1], found[2]
        if target.startswith("@"):
            return known.get(target[1:], "")
        if target.startswith("tel:"):
            return target.removeprefix("tel:")  # the label may say another number than is dialled
        if target.startswith(("#", "!")):
            return label or target
        return label or target

    return html.unescape(_LINK.sub(said, text)).strip()


def undecorated(text: str) -> str:
    """`text` without the marks of bold, italic, struck and code around words.

    A star that is dialled (`*72`) stays: only a pair of marks around something is one.
    """

    def bare(found: re.Match[str]) -> str:
        return found[0] if found[1] == "*" and _CODE.fullmatch(found[2]) else found[2]

    return _MARKED.sub(bare, text)


def escaped(text: str) -> str:
    """`text` so that Slack shows it and does not obey it (a caller may be named `<!channel>`)."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def shortened(text: str, longest: int) -> str:
    """`text` within so many characters, with an ellipsis where it was cut."""
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"
