"""How the telephone's processes end: when their standard input does, and by nothing else.

Ctrl+C in a terminal, and a service manager that stops a whole group of processes, signal these too.
They would be gone before the calls are hung up, and the far ends would not be told.
"""

from __future__ import annotations

import signal
from collections.abc import Mapping

SIGNALS = ("SIGINT", "SIGTERM", "SIGBREAK")
"""The last is Windows' Ctrl+Break."""


def left_to_the_server() -> None:
    """Ignore what asks this process to end: the server, who was asked too, sees to it."""
    for name in SIGNALS:
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)


def without_secrets(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment for such a process: the password comes by its standard input."""
    return {name: value for name, value in environ.items() if not name.endswith("SIP_PASSWORD")}
