"""Keys on Wayland, through the desktop's portal for global shortcuts.

Wayland lets no program hear the keyboard. The desktop shows the user what we should like to hear,
the user says which keys it shall be, and the desktop tells of those alone, and keeps them from the
focused program. So there are single keys and chords here, and no sequences after a leader.

Source: XDG Desktop Portal, `org.freedesktop.portal.GlobalShortcuts` version 1, and the
"Shortcuts" specification for how a key is spelt.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import threading
from collections.abc import Callable, Collection, Coroutine, Mapping
from concurrent.futures import Future
from typing import Any, TypeVar

from dbus_fast import BusType, DBusError, Message, MessageType, Variant
from dbus_fast.aio import MessageBus

from adapters.input.claims import Claim
from adapters.input.press import OnPress
from adapters.input.relay import Relay
from adapters.input.trouble import InputTrouble, Lost, NoPortal, PortalRefused

_log = logging.getLogger(__name__)

Result = TypeVar("Result")

BUS_NAME = "org.freedesktop.portal.Desktop"
PATH = "/org/freedesktop/portal/desktop"
SHORTCUTS = "org.freedesktop.portal.GlobalShortcuts"
REQUEST = "org.freedesktop.portal.Request"
SESSION = "org.freedesktop.portal.Session"

CALL_SECONDS = 5.0
"""How long the bus may take to answer a call."""
DIALOG_SECONDS = 120.0
"""How long the user may think about the desktop's question."""

_KEYSYMS: Mapping[str, str] = {
    "enter": "Return",
    "escape": "Escape",
    "backspace": "BackSpace",
    "page_up": "Page_Up",
    "page_down": "Page_Down",
    "print_screen": "Print",
    "caps_lock": "Caps_Lock",
    "num_lock": "Num_Lock",
    "scroll_lock": "Scroll_Lock",
    "kp_add": "KP_Add",
    "kp_subtract": "KP_Subtract",
    "kp_multiply": "KP_Multiply",
    "kp_divide": "KP_Divide",
    "kp_decimal": "KP_Decimal",
    "kp_enter": "KP_Enter",
    **{f"kp_{n}": f"KP_{n}" for n in range(10)},
    "quote": "apostrophe",
    "bracket_left": "bracketleft",
    "bracket_right": "bracketright",
    **{name: name for name in ("space", "minus", "equal", "comma", "period", "slash")},
    **{name: name for name in ("semicolon", "backslash", "grave")},
    "media_play_pause": "XF86AudioPlay",
    "media_next": "XF86AudioNext",
    "media_previous": "XF86AudioPrev",
    "media_stop": "XF86AudioStop",
    "volume_up": "XF86AudioRaiseVolume",
    "volume_down": "XF86AudioLowerVolume",
    "volume_mute": "XF86AudioMute",
    "headset_hook": "XF86AudioMedia",
    **{
        f"{name}_{side}": f"{name.title()}_{side.upper()}"
        for name in ("shift", "alt", "super")
        for side in "lr"
    },
    "ctrl_l": "Control_L",
    "ctrl_r": "Control_R",
}
_MODIFIERS = {"ctrl": "CTRL", "alt": "ALT", "shift": "SHIFT", "super": "LOGO"}


def trigger(text: str) -> str | None:
    """How the portal spells a key: `CTRL+ALT+h`; None for what is no key of a keyboard."""
    claim = Claim.read(text)
    key = claim.key
    if key.startswith(("mouse_", "joy_")):
        return None
    keysym = _KEYSYMS.get(key, key.upper() if key[1:].isdigit() else key)
    keysym = keysym if len(keysym) == 1 or key in _KEYSYMS or key[1:].isdigit() else key.title()
    return "+".join([*(_MODIFIERS[name] for name in sorted(claim.modifiers)), keysym])


def check() -> None:
    """See whether there is a portal with global shortcuts; the user is asked nothing.

    Raises:
        NoPortal: there is not.
    """

    async def ask() -> None:
        conversation = _Conversation(await _connect(), lambda _key, _down: None, lambda: None)
        try:
            await conversation.version()
        finally:
            await conversation.end()

    asyncio.run(ask())


async def _connect() -> MessageBus:
    try:
        return await MessageBus(bus_type=BusType.SESSION).connect()
    except Exception as error:  # no address, no socket, no permission: each in its own way
        raise NoPortal(why=str(error)) from error


class PortalListening:
    """Listens to what the user allowed in the desktop's dialogue."""

    def __init__(
        self,
        on_press: OnPress,
        wanted: Mapping[str, str],
        *,
        dialog_seconds: float = DIALOG_SECONDS,
    ) -> None:
        """Ask the desktop, and with it the user; begin to listen.

        Args:
            on_press: is told of each press; of a chord as if its keys were pressed one by one.
            wanted: each key with what it does, in words that the desktop shows.
            dialog_seconds: how long the user may think.

        Raises:
            NoPortal: there is no session bus, no portal, or one without global shortcuts.
            PortalRefused: the user or the desktop refused, or did not answer.
        """
        self._relay = Relay(on_press)
        self._closed = False
        self._error: InputTrouble | None = None
        self._conversation: _Conversation | None = None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(
            target=self._loop.run_forever, name="shortcuts-portal", daemon=True
        )
        self._thread.start()
        try:
            self.bound = self._wait(self._begin(wanted, dialog_seconds))
            """What the desktop bound, each with the key in the desktop's words."""
        except BaseException:
            self.close()
            raise
        self._unheard = frozenset(wanted) - frozenset(self.bound)

    async def _begin(self, wanted: Mapping[str, str], dialog_seconds: float) -> dict[str, str]:
        self._conversation = _Conversation(await _connect(), self._told, self._ended)
        return await self._conversation.begin(wanted, dialog_seconds)

    @property
    def error(self) -> InputTrouble | None:
        """Why nothing is heard any more."""
        return None if self._closed else self._error

    @property
    def everything(self) -> bool:
        """Nothing but what the desktop bound is heard."""
        return False

    @property
    def unheard(self) -> frozenset[str]:
        """What the desktop did not bind."""
        return self._unheard

    @property
    def taken(self) -> frozenset[str]:
        """Nothing: the desktop gives a key to one program."""
        return frozenset()

    def claim(self, keys: Collection[str]) -> None:
        """Do nothing: what the desktop bound, no other program gets."""

    def let_go(self, key: str) -> bool:  # noqa: ARG002 - a program on Wayland may not ask
        """Nothing is known besides what was told."""
        return False

    def close(self) -> None:
        """Listen no more, and let the desktop forget the session."""
        if self._closed:
            return
        self._closed = True
        try:
            if self._conversation is not None:
                self._wait(self._conversation.end())
        except (DBusError, OSError, EOFError, TimeoutError):
            _log.debug("the portal does not say goodbye", exc_info=True)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=2)
        if not self._thread.is_alive():
            self._loop.close()
        self._relay.close()

    def _wait(self, work: Coroutine[Any, Any, Result]) -> Result:
        answer: Future[Result] = asyncio.run_coroutine_threadsafe(work, self._loop)
        return answer.result()

    def _told(self, shortcut: str, down: bool) -> None:
        claim = Claim.read(shortcut)
        keys = [*(f"{name}_l" for name in sorted(claim.modifiers)), claim.key]
        for key in keys if down else reversed(keys):
            self._relay.put(key, down)

    def _ended(self) -> None:
        self._error = Lost()


class _Conversation:
    """What is said to the portal, on the loop's thread."""

    def __init__(
        self, bus: MessageBus, told: Callable[[str, bool], None], ended: Callable[[], None]
    ) -> None:
        self._bus, self._told, self._ended = bus, told, ended
        self._session = ""
        self._down: set[str] = set()
        self._requests: dict[str, asyncio.Future[tuple[int, dict[str, Any]]]] = {}
        self._strays: dict[str, tuple[int, dict[str, Any]]] = {}
        self._watching = asyncio.create_task(self._watch())
        bus.add_message_handler(self._heard)

    async def begin(self, wanted: Mapping[str, str], seconds: float) -> dict[str, str]:
        for interface in (SHORTCUTS, REQUEST, SESSION):
            rule = f"type='signal',interface='{interface}'"
            bus = "org.freedesktop.DBus"
            where = {"destination": bus, "path": "/org/freedesktop/DBus", "interface": bus}
            await self._call("AddMatch", "s", [rule], **where)
        options = {"session_handle_token": Variant("s", _token())}
        result = await self._request("CreateSession", "a{sv}", [], options, CALL_SECONDS)
        self._session = str(result["session_handle"].value)
        shortcuts = [
            [text, {"description": Variant("s", does), "preferred_trigger": Variant("s", spelt)}]
            for text, does in wanted.items()
            if (spelt := trigger(text)) is not None
        ]
        result = await self._request(
            "BindShortcuts", "oa(sa{sv})sa{sv}", [self._session, shortcuts, ""], {}, seconds
        )
        bound = result["shortcuts"].value if "shortcuts" in result else []
        if not bound:
            raise PortalRefused(why="0")
        return {
            text: str(told["trigger_description"].value) if "trigger_description" in told else ""
            for text, told in bound
        }

    async def version(self) -> int:
        get = "org.freedesktop.DBus.Properties"
        (version,) = await self._call("Get", "ss", [SHORTCUTS, "version"], interface=get)
        return int(version.value)

    async def end(self) -> None:
        self._watching.cancel()
        if self._session and self._bus.connected:
            message = Message(
                destination=BUS_NAME, path=self._session, interface=SESSION, member="Close"
            )
            await asyncio.wait_for(self._bus.call(message), CALL_SECONDS)
        self._bus.disconnect()

    async def _watch(self) -> None:
        try:
            await self._bus.wait_for_disconnect()  # type: ignore[no-untyped-call]
        except Exception:  # noqa: BLE001 - however it ended, it ended
            _log.debug("the bus is gone", exc_info=True)
        self._ended()

    async def _call(
        self,
        member: str,
        signature: str,
        body: list[Any],
        *,
        destination: str = BUS_NAME,
        path: str = PATH,
        interface: str = SHORTCUTS,
    ) -> list[Any]:
        message = Message(
            destination=destination,
            path=path,
            interface=interface,
            member=member,
            signature=signature,
            body=body,
        )
        try:
            reply = await asyncio.wait_for(self._bus.call(message), CALL_SECONDS)
        except TimeoutError as error:
            raise NoPortal(why=f"{member}: {CALL_SECONDS} s") from error
        if reply.message_type == MessageType.ERROR:
            raise NoPortal(why=f"{reply.error_name}: {' '.join(map(str, reply.body))}")
        return list(reply.body)

    async def _request(
        self,
        member: str,
        signature: str,
        body: list[Any],
        options: dict[str, Variant],
        seconds: float,
    ) -> dict[str, Any]:
        """Ask for something whose answer comes by a signal."""
        token = _token()
        sender = str(self._bus.unique_name).removeprefix(":").replace(".", "_")
        path = f"{PATH}/request/{sender}/{token}"
        answer: asyncio.Future[tuple[int, dict[str, Any]]] = (
            asyncio.get_running_loop().create_future()
        )
        # Before the call: the answer may be there before the call returns.
        self._requests[path] = answer
        self._strays.clear()
        try:
            options = {**options, "handle_token": Variant("s", token)}
            (handle,) = await self._call(member, signature, [*body, options])
            self._requests[handle] = answer  # older portals choose the path themselves
            if handle in self._strays and not answer.done():
                answer.set_result(self._strays[handle])
            code, result = await asyncio.wait_for(answer, seconds)
        except TimeoutError as error:
            raise PortalRefused(why=f"{member}: {seconds:.0f} s") from error
        finally:
            self._requests = {at: one for at, one in self._requests.items() if one is not answer}
        if code != 0:
            raise PortalRefused(why=str(code))
        return result

    def _heard(self, message: Message) -> None:
        if message.message_type != MessageType.SIGNAL:
            return
        kind = (message.interface, message.member)
        if kind == (REQUEST, "Response"):
            path, told = message.path or "", (message.body[0], message.body[1])
            answer = self._requests.get(path)
            if answer is not None and not answer.done():
                answer.set_result(told)
            elif answer is None and self._requests:
                self._strays[path] = told  # perhaps of a request that has not got its path yet
        elif kind == (SESSION, "Closed") and message.path == self._session:
            self._ended()
        elif message.interface == SHORTCUTS and message.body and message.body[0] == self._session:
            self._shortcut(str(message.member), message.body)

    def _shortcut(self, member: str, body: list[Any]) -> None:
        shortcut = str(body[1])
        if member == "Activated" and shortcut not in self._down:
            self._down.add(shortcut)
            self._told(shortcut, True)
        elif member == "Deactivated" and shortcut in self._down:
            self._down.discard(shortcut)
            self._told(shortcut, False)


def _token() -> str:
    return "assistant_" + secrets.token_hex(8)
