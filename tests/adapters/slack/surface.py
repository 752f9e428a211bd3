"""What people look at: messages, modals and App Homes, with what was chosen in them so far."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.adapters.slack import elements

Json = dict[str, Any]


@dataclass(frozen=True)
class Version:
    """What a surface showed from some time on."""

    at: float
    text: str
    lines: tuple[str, ...]


@dataclass(eq=False, kw_only=True)
class Surface:
    """Blocks on somebody's screen."""

    blocks: list[Json]
    state: dict[str, dict[str, Json]] = field(default_factory=dict)
    """`state.values`: what has been chosen or typed."""
    offered: dict[str, list[Json]] = field(default_factory=dict)
    """For each `external_select` by its action_id, what the app offered when somebody typed."""
    versions: list[Version] = field(default_factory=list)

    @property
    def lines(self) -> list[str]:
        """What a person reads, a line for each text; buttons in brackets."""
        return elements.shown(self.blocks)

    @property
    def buttons(self) -> list[str]:
        """What is written on the buttons."""
        return elements.buttons(self.blocks)

    @property
    def said(self) -> str:
        """Everything on it, as one text to look into."""
        return "\n".join(self.lines)

    def show(self, blocks: list[Json], at: float, text: str = "") -> None:
        """Show this from now on. What was chosen in elements that are still there stays."""
        self.blocks = elements.with_ids(blocks)
        fresh = elements.start_state(self.blocks)
        for block_id, one in fresh.items():
            for action_id, entry in one.items():
                kept = self.state.get(block_id, {}).get(action_id)
                if kept is not None and kept["type"] == entry["type"]:
                    one[action_id] = kept
        self.state = fresh
        self.versions.append(Version(at, text, tuple(self.lines)))


@dataclass(eq=False, kw_only=True)
class Message(Surface):
    """A message in a channel, or one that only one person sees."""

    channel: str
    ts: str
    team: str
    user: str
    """Who wrote it; the app's bot user if the app did."""
    text: str = ""
    bot_id: str | None = None
    only_for: str | None = None
    """The one person who sees it, if it is ephemeral."""
    thread_ts: str | None = None
    deleted: bool = False
    edited: bool = False

    @property
    def lines(self) -> list[str]:
        """What a person reads: the blocks, or the text if there are none."""
        return super().lines if self.blocks else self.text.splitlines()

    @property
    def said(self) -> str:
        """The blocks, and the text that notifications and screen readers have instead."""
        return "\n".join([self.text, *super().lines])

    def write(self, text: str, blocks: list[Json], at: float) -> None:
        """Say this from now on."""
        self.text = text
        self.show(blocks, at, text)

    def as_json(self) -> Json:
        """As it stands in events and in the payloads of those who press its buttons."""
        more: Json = {"blocks": self.blocks} if self.blocks else {}
        if self.bot_id:
            more |= {"bot_id": self.bot_id, "app_id": "A1"}
        if self.thread_ts:
            more["thread_ts"] = self.thread_ts
        if self.edited:
            more["edited"] = {"user": self.user, "ts": self.ts}
        base = {"type": "message", "user": self.user, "ts": self.ts, "text": self.text}
        return {**base, "team": self.team, **more}


@dataclass(eq=False, kw_only=True)
class View(Surface):
    """A modal that is open, or an App Home."""

    id: str
    kind: str
    """`modal` or `home`."""
    user: str
    team: str
    bot_id: str
    hash: str = ""
    given: Json = field(default_factory=dict)
    """The view as the app sent it."""
    root: str = ""
    previous: str | None = None
    errors: dict[str, str] = field(default_factory=dict)
    """What the app said is wrong with the last submission, for each block_id."""

    @property
    def title(self) -> str:
        """What stands above a modal."""
        return str((self.given.get("title") or {}).get("text", ""))

    @property
    def said(self) -> str:
        """Title, blocks and complaints."""
        return "\n".join([self.title, *self.lines, *self.errors.values()])

    def as_json(self) -> Json:
        """As it stands in payloads."""
        kept = ("private_metadata", "callback_id", "external_id")
        shape: Json = {
            "id": self.id,
            "team_id": self.team,
            "type": self.kind,
            "blocks": self.blocks,
            **{name: self.given.get(name) or "" for name in kept},
            "state": {"values": self.state},
            "hash": self.hash,
            "title": self.given.get("title"),
            "clear_on_close": self.given.get("clear_on_close", False),
            "notify_on_close": self.given.get("notify_on_close", False),
            "close": self.given.get("close"),
            "submit": self.given.get("submit"),
            "previous_view_id": self.previous,
            "root_view_id": self.root or self.id,
            "app_id": "A1",
            "app_installed_team_id": self.team,
            "bot_id": self.bot_id,
        }
        if self.kind == "home":
            for name in ("title", "close", "submit"):
                del shape[name]
        return shape
