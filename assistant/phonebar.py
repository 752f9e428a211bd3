"""The client: every endpoint of the phonebar's API, typed, tolerant of answers, strict on retries.

A request is sent at most once. What can go wrong is told apart by one question: may the phonebar
have acted?

    PhonebarError
    ├── Unreachable        no connection, so nothing was sent and nothing was done
    ├── Refused            an HTTP 4xx: the phonebar says that it did nothing
    └── Uncertain          the request was sent; whether it acted, only /api/calls can show
        ├── TimedOut       no answer in time
        ├── Broken         the connection broke, or an HTTP 5xx
        └── NotAPhonebar   an answer that no phonebar gives

Source: the vendor's Phonebar API page.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from phonebar.protocol import Call, ProtocolError, calls_from_json, session_from_answer

STATUSES = ("ready", "pause")

MAX_BODY = 1_000_000
"""Bytes; a phonebar's longest answer is a few kilobytes."""

_OK, _REDIRECT, _CLIENT_ERROR, _SERVER_ERROR = 200, 300, 400, 500


class PhonebarError(Exception):
    """Anything that kept the phonebar from answering as asked."""


class Unreachable(PhonebarError):
    """No connection could be made; nothing was sent."""


class Refused(PhonebarError):
    """The phonebar answered with an HTTP 4xx; it did nothing."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


class Uncertain(PhonebarError):
    """The request was sent, and may have been acted upon."""


class TimedOut(Uncertain):
    """Sent, but not answered in time."""


class Broken(Uncertain):
    """Sent, but the connection broke or the phonebar failed inside."""


class NotAPhonebar(Uncertain):
    """Sent, and answered by something that does not speak the phonebar's language."""


@dataclass(frozen=True, slots=True)
class Guard:
    """What must still hold for a command to be right; our own server checks it, others ignore it.

    The vendor's API has no conditional requests: against it, a look at `/api/calls` just before is
    all there is. Source: RFC 9110 section 13.1.1 (If-Match); the other names are our server's.
    """

    call_ids: tuple[str, ...] = ()
    """The lasting identities of the sessions in the URL, in that order."""
    states: tuple[int, ...] = ()
    """The state ids in which the session must be."""
    key: str = ""
    """Names this request: the same one is carried out once."""
    deadline: float | None = None
    """Unix time in seconds after which it must not be carried out."""

    def headers(self) -> dict[str, str]:
        """The guard as HTTP headers."""
        found = {
            "If-Match": ", ".join(f'"{call_id}"' for call_id in self.call_ids),
            "X-Expected-State": ",".join(map(str, self.states)),
            "Idempotency-Key": _header_key(self.key),
            "X-Request-Deadline": "" if self.deadline is None else f"{self.deadline:.3f}",
        }
        return {name: value for name, value in found.items() if value}


NO_GUARD = Guard()

_KEY = re.compile(r"[!-~]{0,200}")


def _header_key(key: str) -> str:
    """The key as a header may carry it; whoever names a command may use any characters."""
    return key if _KEY.fullmatch(key) else hashlib.sha256(key.encode()).hexdigest()


class Phonebar:
    """One phonebar, reached over HTTP. Safe to use from several threads.

    Args:
        url: where it listens, e.g. `http://127.0.0.1:9888`.
        connect_timeout: seconds for the connection.
        read_timeout: seconds for the answer.
        token: sent as a bearer token, for our own server's strict mode.
    """

    def __init__(
        self,
        url: str,
        *,
        connect_timeout: float = 1.0,
        read_timeout: float = 3.0,
        token: str | None = None,
    ) -> None:
        self.url = url.rstrip("/")
        self.read_timeout = read_timeout
        self._timeouts = (connect_timeout, read_timeout)
        self._token = token
        self._local = threading.local()

    def calls(self) -> tuple[Call, ...]:
        """The calls that the phonebar shows now (`/api/calls`). No side effect.

        Raises:
            PhonebarError: they could not be had.
        """
        body = self._get("/api/calls")
        try:
            return calls_from_json(body)
        except ProtocolError as error:
            raise NotAPhonebar(str(error)) from error

    def originate(self, number: str, guard: Guard = NO_GUARD) -> str | None:
        """Dial `number`; returns the session id if the phonebar names one. Never idempotent.

        Raises:
            PhonebarError: see the tree; after `Uncertain` look at `calls`, do not call again.
        """
        return session_from_answer(self._get(f"/api/originate/{quote(number, safe='')}", guard))

    def answer(self, session: str | None = None, guard: Guard = NO_GUARD) -> None:
        """Answer an incoming call, or that one."""
        self._get(_path("/api/answer", session), guard)

    def hangup(self, session: str | None = None, guard: Guard = NO_GUARD) -> None:
        """Hang up that call; with no session **all** of them."""
        self._get(_path("/api/hangup", session), guard)

    def hold(self, session: str | None = None, guard: Guard = NO_GUARD) -> None:
        """Toggle: an active call is put on hold, a held one is retrieved."""
        self._get(_path("/api/hold", session), guard)

    def transfer(self, number: str, session: str | None = None, guard: Guard = NO_GUARD) -> None:
        """Blind transfer to `number`; deflects a call that is still ringing here."""
        self._get(_path("/api/transfer", session) + f"?number={quote(number, safe='')}", guard)

    def attended_transfer(self, session: str, partner: str, guard: Guard = NO_GUARD) -> None:
        """Connect the active `session` with the held `partner`, and leave them to each other."""
        self._get(_path("/api/transfer/attendant", session, partner), guard)

    def conference(self, guard: Guard = NO_GUARD) -> None:
        """Join the active call and the held one."""
        self._get("/api/conference", guard)

    def features(self) -> frozenset[str]:
        """What our own server offers beyond the vendor's API; empty for any other phonebar.

        Raises:
            Unreachable, TimedOut, Broken: it cannot be told now.
        """
        found = self.health().get("features")
        return frozenset(map(str, found)) if isinstance(found, list) else frozenset()

    def health(self) -> Mapping[str, Any]:
        """What our own server tells of itself; nothing for any other phonebar.

        Raises:
            Unreachable, TimedOut, Broken: it cannot be told now.
        """
        try:
            body = self._get("/ext/v1/health")
        except (Refused, NotAPhonebar):
            return {}
        return body if isinstance(body, Mapping) else {}

    def status(self) -> str | None:
        """Whether the agent takes calls, `ready` or `pause`; None where the phonebar has no such.

        The vendor's API documents none; ours has it under `/ext/v1`.

        Raises:
            Unreachable, TimedOut, Broken: it cannot be told now.
        """
        try:
            body = self._get("/ext/v1/status")
        except (Refused, NotAPhonebar):
            return None
        found = body.get("status") if isinstance(body, Mapping) else None
        return found if found in STATUSES else None

    def set_status(self, status: str) -> None:
        """Take calls (`ready`) or not (`pause`).

        Raises:
            Refused: the phonebar has no such, or does not let us.
            PhonebarError: see the tree; saying it twice does no harm.
        """
        self._post("status", {"status": status})

    def hush(self, seconds: float) -> None:
        """Keep the agent's microphone from every caller, while a command is spoken.

        It ends by itself, so that a crash leaves nobody mute; a call's own mute stays as it is.

        Args:
            seconds: from now, 30 at most; 0 lets the callers hear the agent again.

        Raises:
            Refused: the phonebar has no such, or does not let us.
            PhonebarError: see the tree; saying it twice does no harm.
        """
        self._post("hush", {"seconds": seconds})

    def events(self, heartbeat: float = 40.0) -> EventStream:
        """Open our own server's event stream.

        Args:
            heartbeat: seconds of silence after which the stream counts as dead.

        Raises:
            PhonebarError: it could not be opened.
        """
        headers = self._headers({"Accept": "text/event-stream"})
        timeouts = (self._timeouts[0], heartbeat)
        with _translated():
            answer = _send(_adapter(), self.url + "/ext/v1/events", headers, timeouts)
        if answer.status_code != _OK:
            answer.close()
            raise Refused(answer.status_code, "no event stream")
        return EventStream(answer)

    def close(self) -> None:
        """Close this thread's connection."""
        adapter: HTTPAdapter | None = getattr(self._local, "adapter", None)
        if adapter is not None:
            adapter.close()
            del self._local.adapter

    def _headers(self, more: Mapping[str, str]) -> dict[str, str]:
        return {**more, **({"Authorization": f"Bearer {self._token}"} if self._token else {})}

    def _get(self, path: str, guard: Guard = NO_GUARD) -> Any:
        return self._ask(path, guard.headers())

    def _post(self, name: str, body: Mapping[str, object]) -> None:
        session = self._get("/ext/v1/session")
        if not isinstance(session, Mapping) or not isinstance(session.get("token"), str):
            raise Refused(404, f"this phonebar has no {name} to set")
        self._ask(f"/ext/v1/{name}", {"X-Phonebar-Token": session["token"]}, body)

    def _ask(self, path: str, more: Mapping[str, str], body: object = None) -> Any:
        """Send one request, a POST where there is a body, and read its answer."""
        adapter: HTTPAdapter | None = getattr(self._local, "adapter", None)
        if adapter is None:
            adapter = self._local.adapter = _adapter()
        with (
            _translated(),
            _send(adapter, self.url + path, self._headers(more), self._timeouts, body) as answer,
        ):
            content = _content(answer, self.read_timeout)
        return _body(answer.status_code, content)


class EventStream:
    """Our own server's announcements, as a doorbell: each says only that something changed.

    What changed is read from `/api/calls`, so that there is one truth and one order.
    """

    def __init__(self, answer: requests.Response) -> None:
        self._answer = answer
        self._closed = False

    def __iter__(self) -> Iterator[None]:
        """Yield once for each announcement, until the stream ends or is closed.

        Raises:
            PhonebarError: the stream broke or fell silent.
        """
        with _translated():
            try:
                for line in self._answer.iter_lines(chunk_size=1):
                    if line.startswith(b"data:"):
                        yield None
            except AttributeError:
                # Closed by another thread in mid-read, http.client finds its file gone.
                if not self._closed:
                    raise

    def close(self) -> None:
        """End the stream, also from another thread while one reads it."""
        self._closed = True
        with contextlib.suppress(OSError, ValueError, RuntimeError):
            self._answer.raw.shutdown()
        self._answer.close()


class _translated:  # noqa: N801 - reads as a statement where it is used
    """Turns the exceptions of requests and urllib3 into ours, by whether anything was sent."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        from urllib3.exceptions import HTTPError, ReadTimeoutError

        if error is None or isinstance(error, PhonebarError):
            return
        if isinstance(error, requests.exceptions.ConnectTimeout) or _never_connected(error):
            raise Unreachable("no phonebar answers there") from error
        if isinstance(error, requests.exceptions.InvalidURL | requests.exceptions.InvalidSchema):
            raise Unreachable(str(error)) from error
        if isinstance(error, requests.exceptions.Timeout | ReadTimeoutError | TimeoutError):
            raise TimedOut("the phonebar did not answer in time") from error
        if isinstance(error, requests.exceptions.RequestException | HTTPError | OSError):
            timed_out = isinstance(getattr(error, "args", (None,))[:1][0], ReadTimeoutError)
            if timed_out:
                raise TimedOut("the phonebar did not answer in time") from error
            raise Broken("the connection to the phonebar broke") from error


def _never_connected(error: BaseException) -> bool:
    """Whether urllib3 failed before a connection existed, seen in the exception that it wrapped."""
    if not isinstance(error, requests.exceptions.ConnectionError) or not error.args:
        return False
    inner = getattr(error.args[0], "reason", error.args[0])
    return isinstance(inner, NewConnectionError | ConnectTimeoutError)


def _adapter() -> HTTPAdapter:
    """Sends each request at most once.

    urllib3 checks a kept-alive connection before it is used, and with no retries it never sends a
    request again after a failure.
    """
    return HTTPAdapter(max_retries=0)


def _send(
    adapter: HTTPAdapter,
    url: str,
    headers: Mapping[str, str],
    timeouts: tuple[float, float],
    body: object = None,
) -> requests.Response:
    """Send one GET, or one POST of a JSON body, and return before the answer's body is read.

    Without a `Session`: its cookies, redirects, proxies and .netrc are not for local calls, and
    all that takes longer than the request itself.
    """
    plain = {
        "Accept": "application/json",
        "Accept-Encoding": "identity",
        "Connection": "keep-alive",
    }
    method = "GET" if body is None else "POST"
    request = requests.Request(method, url, headers={**plain, **headers}, json=body).prepare()
    return adapter.send(request, stream=True, timeout=timeouts)


def _content(answer: requests.Response, seconds: float) -> bytes:
    """The body, within `seconds` in all however slowly it trickles, and never without end."""
    until = time.monotonic() + seconds
    content = b""
    while len(content) <= MAX_BODY:
        chunk = answer.raw.read1(65536, decode_content=True)
        if not chunk:
            break
        content += chunk
        if time.monotonic() > until:
            raise TimedOut("the phonebar did not finish its answer in time")
    return content


def _path(base: str, *sessions: str | None) -> str:
    return "/".join([base, *(quote(session, safe="") for session in sessions if session)])


def _body(status: int, content: bytes) -> Any:
    if _CLIENT_ERROR <= status < _SERVER_ERROR:
        raise Refused(status, _reason(content) or f"HTTP {status}")
    if status >= _SERVER_ERROR:
        raise Broken(f"the phonebar failed inside (HTTP {status})")
    if status >= _REDIRECT or len(content) > MAX_BODY:
        raise NotAPhonebar(f"an answer that no phonebar gives (HTTP {status})")
    if not content.strip():
        return None
    try:
        return json.loads(content)
    except (ValueError, RecursionError) as error:
        raise NotAPhonebar("an answer that is not JSON") from error


def _reason(content: bytes) -> str:
    """The reason in a problem+json body (RFC 9457), else nothing."""
    try:
        body = json.loads(content[:MAX_BODY])
    except (ValueError, RecursionError):
        return ""
    if not isinstance(body, Mapping):
        return ""
    reason = body.get("detail") or body.get("title") or ""
    return str(reason)[:300] if isinstance(reason, str) else ""
