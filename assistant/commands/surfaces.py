"""The surfaces that `phonebar run` keeps up beside each other, by their names in `[run] surfaces`.

The console is not among them: it has the terminal, and the service ends with it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from assistant.commands import keys, slack, switch, web
from assistant.commands.words import Say, speaking

if TYPE_CHECKING:
    from assistant.assistant import Assistant
    from assistant.config import Config


class Session(Protocol):
    """One sitting of a surface."""

    @property
    def error(self) -> Exception | None:
        """What ended it before its time; None while it is up."""


@dataclass(frozen=True, slots=True)
class Surface:
    """A surface that is up."""

    session: Session
    why: Callable[[], str]
    """In words, why it ended and what to do; only after `session.error` is set."""


Opening = Callable[["Config", "Assistant"], AbstractContextManager[Session]]
Explaining = Callable[[Exception, Say], str]

_SURFACES: dict[str, tuple[Opening, Explaining]] = {
    "keyboard": (keys.keyboard_session, keys.why_it_ended),
    "slack": (slack.slack_session, slack.why_it_ended),
    "switch": (switch.service_session, switch.why_it_ended),
    "web": (web.web_session, web.why_it_ended),
}


def sessions(config: Config, assistant: Assistant, stack: contextlib.ExitStack) -> list[Surface]:
    """Bring up every surface that is configured; `stack` ends them.

    Raises:
        click.ClickException: one cannot be started; says how to mend it.
    """
    say = speaking(config)
    up = []
    for name in config.run.surfaces:
        if name not in _SURFACES:
            continue
        opening, explaining = _SURFACES[name]
        session = stack.enter_context(opening(config, assistant))
        up.append(Surface(session, _explained(session, explaining, say)))
    return up


def _explained(session: Session, explaining: Explaining, say: Say) -> Callable[[], str]:
    return lambda: explaining(session.error or RuntimeError(), say)
