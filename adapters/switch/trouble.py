"""Why the switch cannot be used as it is configured.

```text
InputTrouble
└── SwitchTrouble
    ├── KeyUnknown    there is no key of that name
    ├── SameKey       both switches would be one
    ├── NoTerminal    the terminal is to be the switch, and there is none
    └── NeedsRelease  the method needs to know when the switch is let go
```
"""

from __future__ import annotations

from adapters.input.trouble import InputTrouble


class SwitchTrouble(InputTrouble):
    """The switch cannot be used as it is configured; `message` says in words what to change."""


class KeyUnknown(SwitchTrouble):
    """There is no key or button of that name."""

    message = "switch_key_unknown"


class SameKey(SwitchTrouble):
    """Two switches need two keys."""

    message = "switch_same_key"


class NoTerminal(SwitchTrouble):
    """Standard input is no terminal."""

    message = "switch_no_terminal"


class NeedsRelease(SwitchTrouble):
    """A terminal does not tell when a key is let go."""

    message = "switch_needs_release"
