"""What the line asks of far ends: a simulator, or a real telephone stack.

The line asks by `callId`, which is never used again, so that a late answer cannot touch a newer
call. Asking promises nothing: the backend tells what really happened through the line's reports
(`connecting`, `ringing`, `answered`, `held`, `retrieved`, `joined`, `transferred`, `failed`,
`ended`, `incoming`, ...), at once or later, from any thread. It reports; the line decides.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from phonebar.reports import Reports


class Backend(Protocol):
    """Far ends. The line's lock is held during each request: be quick, and never raise."""

    name: str
    """As `/ext/v1/health` shows it."""

    def health(self) -> dict[str, Any]:
        """How it stands, for `/ext/v1/health`; empty when there is nothing to tell."""

    def attach(self, line: Reports) -> None:
        """Report to `line` from now on."""

    def place(self, call_id: str, number: str) -> None:
        """Dial. Then `connecting`, `ringing`, `answered`; or `ended` with the reason."""

    def answer(self, call_id: str) -> None:
        """Pick up an incoming call. Then `answered` or `failed`."""

    def end(self, call_id: str) -> None:
        """Hang up, cancel or decline, whichever fits. Then `ended`."""

    def hold(self, call_id: str) -> None:
        """Put on hold. Then `held` or `failed`."""

    def retrieve(self, call_id: str) -> None:
        """Take off hold. Then `retrieved` or `failed`."""

    def transfer(self, call_id: str, number: str) -> None:
        """Blind transfer of a connected call. Then `transferred` or `failed`."""

    def deflect(self, call_id: str, number: str) -> None:
        """Send a ringing incoming call elsewhere. Then `transferred` or `failed`."""

    def attended(self, call_id: str, partner_id: str) -> None:
        """Connect two far ends with each other. Then `transferred` or `failed`, for both."""

    def conference(self, call_id: str, partner_id: str) -> None:
        """Mix two calls. Then `joined`, or `failed` for both."""

    def mute(self, call_id: str, muted: bool) -> None:
        """Stop sending, or send again, what the microphone hears."""

    def hush(self, on: bool) -> None:
        """Keep the microphone from every call there is and comes, or let it be heard again."""

    def dtmf(self, call_id: str, digits: str) -> None:
        """Send tones."""

    def close(self) -> None:
        """Give up everything; report nothing any more."""
