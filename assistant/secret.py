"""Secrets: from the environment, else from the system's keyring; never from a file of ours.

`phonebar` entries of the keyring are made with the keyring package's own command, for example
`keyring set phonebar-assistant SLACK_BOT_TOKEN`.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping

from assistant.config import APP


def secret(name: str, environ: Mapping[str, str] = os.environ) -> str | None:
    """The secret of that name, or None.

    Args:
        name: e.g. `SLACK_BOT_TOKEN`; `PHONEBAR_SLACK_BOT_TOKEN` in the environment comes first.
        environ: the environment.
    """
    for variable in (f"PHONEBAR_{name}", name):
        if environ.get(variable):
            return environ[variable].strip()
    with contextlib.suppress(ImportError):
        import keyring
        from keyring.errors import KeyringError

        with contextlib.suppress(KeyringError):
            return keyring.get_password(APP, name) or None
    return None
