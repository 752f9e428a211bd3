"""The Web API: who may call which method how often, and what was called."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.adapters.slack import chat, lookups, modals
from tests.adapters.slack.errors import ApiError, Injected, TooOften, in_words
from tests.adapters.slack.limits import Limits
from tests.adapters.slack.tokens import NEEDS, Token
from tests.adapters.slack.world import World

Json = dict[str, Any]
Method = Callable[[World, Token, Json], Json]

METHODS: dict[str, Method] = {
    "api.test": lookups.api_test,
    "apps.manifest.validate": lookups.manifest_validate,
    "auth.test": lookups.auth_test,
    "chat.delete": chat.delete,
    "chat.getPermalink": chat.permalink,
    "chat.postEphemeral": chat.post_ephemeral,
    "chat.postMessage": chat.post_message,
    "chat.update": chat.update,
    "conversations.info": lookups.conversations_info,
    "conversations.members": lookups.conversations_members,
    "conversations.open": lookups.conversations_open,
    "team.info": lookups.team_info,
    "users.getPresence": lookups.presence,
    "users.info": lookups.users_info,
    "users.profile.get": lookups.profile_get,
    "users.profile.set": lookups.profile_set,
    "views.open": modals.open_view,
    "views.publish": modals.publish,
    "views.push": modals.push,
    "views.update": modals.update,
}


@dataclass(frozen=True)
class Call:
    """One call of a method, and what came of it."""

    at: float
    method: str
    given: Json
    answer: Json
    token: str

    @property
    def ok(self) -> bool:
        """Whether Slack did it."""
        return bool(self.answer["ok"])

    @property
    def error(self) -> str:
        """Slack's name for why not."""
        return str(self.answer.get("error", ""))


class WebApi:
    """Answers methods, and remembers each call."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.limits = Limits(world.clock)
        self.calls: list[Call] = []
        self.methods = dict(METHODS)
        self.failing: dict[str, list[str]] = {}
        """Errors that the next calls of a method get, whatever they are; not the app's fault."""

    def call(self, method: str, text: str, given: Json) -> tuple[Json, int]:
        """The answer, and how many seconds to wait if it is "too often" (else 0)."""
        token = self._world.tokens.get(text)
        wait = 0
        try:
            answer = {"ok": True, **self._answer(method, text, token, given)}
        except TooOften as error:
            answer, wait = error.as_json(), error.wait
        except Injected as error:
            answer = error.as_json()
        except ApiError as error:
            answer = error.as_json()
            self._world.problem(f"{method}: {in_words(error)}")
        self.calls.append(Call(self._world.clock.now(), method, given, answer, text))
        self._world.changes.made()
        return answer, wait

    def scopes(self, text: str) -> str:
        """What is told in `x-oauth-scopes`."""
        token = self._world.tokens.get(text)
        return ",".join(sorted(token.scopes)) if token else ""

    def _answer(self, method: str, text: str, token: Token | None, given: Json) -> Json:
        known = self.methods.get(method)
        if known is None:
            raise ApiError("unknown_method", req_method=method)
        if not text:
            raise ApiError("not_authed")
        if token is None:
            raise ApiError("token_revoked" if text in self._world.revoked else "invalid_auth")
        needs = NEEDS[method]
        if token.kind not in needs.kinds:
            raise ApiError("not_allowed_token_type")
        if needs.scopes and not token.scopes & set(needs.scopes):
            provided = ",".join(sorted(token.scopes))
            raise ApiError("missing_scope", needed=needs.scopes[0], provided=provided)
        wait = self.limits.take(method, token.team, self._channel(given))
        if wait:
            raise TooOften(wait)
        if self.failing.get(method):
            raise Injected(self.failing[method].pop(0))
        return known(self._world, token, given)

    def _channel(self, given: Json) -> str | None:
        """Where a message goes: to write to a person is to write to their conversation."""
        user = self._world.users.get(given.get("channel") or "")
        dm = self._world.dm(user) if user else None
        return dm.id if dm else given.get("channel")
