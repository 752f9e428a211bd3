"""Why keys and buttons cannot be heard.

```text
InputTrouble
├── NotInstalled     the extra `keyboard` is missing
├── NoDisplay        there is no graphical session to hear keys in
├── NoRecord         the X server lets nobody listen
├── NotPermitted     macOS has not been told to let this program listen
├── NotReady         the system did not begin in time
├── PortalTrouble    what the desktop's portal says on Wayland
│   ├── NoPortal         there is none, or it has no global shortcuts
│   └── PortalRefused    the user or the desktop said no, or nothing
├── NoJoysticks      the joystick library cannot be loaded
└── Lost             it listened, and was cut off
```
"""

from __future__ import annotations

from typing import ClassVar


class InputTrouble(Exception):
    """Keys and buttons cannot be heard; `message` says in words why, and what can be done.

    Attributes:
        message: the name of the message in the language files.
        details: what fills it.
    """

    message: ClassVar[str]

    def __init__(self, **details: object) -> None:
        super().__init__(self.message, details)
        self.details = details

    def __str__(self) -> str:
        told = ", ".join(f"{name}: {value}" for name, value in self.details.items())
        return f"{type(self).__name__}({told})"


class NotInstalled(InputTrouble):
    """A library of the extra `keyboard` is missing."""

    message = "input_not_installed"


class NoDisplay(InputTrouble):
    """There is no graphical session, or it does not let us in."""

    message = "input_no_display"


class NoRecord(InputTrouble):
    """The X server has no RECORD extension."""

    message = "input_no_record"


class NotPermitted(InputTrouble):
    """macOS does not let this program hear keys."""

    message = "input_not_permitted"


class NotReady(InputTrouble):
    """The system did not begin to tell of keys in time."""

    message = "input_not_ready"


class PortalTrouble(InputTrouble):
    """Wayland: the desktop's portal for global shortcuts does not serve."""


class NoPortal(PortalTrouble):
    """There is no portal, or none that knows global shortcuts."""

    message = "input_no_portal"


class PortalRefused(PortalTrouble):
    """The user or the desktop refused, or did not answer."""

    message = "input_portal_refused"


class NoJoysticks(InputTrouble):
    """The joystick library cannot be loaded."""

    message = "input_no_joysticks"


class Lost(InputTrouble):
    """What told of keys has ended: a session that was closed, a server that stopped."""

    message = "input_lost"
