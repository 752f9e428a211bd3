"""What Slack does with what an app says when it acknowledges."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.adapters.slack import modals
from tests.adapters.slack.blocks import check_options
from tests.adapters.slack.elements import options_of
from tests.adapters.slack.errors import ApiError, in_words
from tests.adapters.slack.response_urls import ResponseUrls
from tests.adapters.slack.suggestions import Suggestions
from tests.adapters.slack.surface import Surface, View
from tests.adapters.slack.world import User, World

Json = dict[str, Any]
Effect = Callable[[Json], None]


class Answers:
    """Makes, for what somebody does, what the answer to it will do."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.urls = ResponseUrls(world)

    def to_slash(self, url: str) -> Effect:
        """To a slash command: a message, for the one who typed it unless it says otherwise."""

        def show(answer: Json) -> None:
            if not answer:
                return
            try:
                self.urls.show(self.urls.known[url.rsplit("/", 1)[-1]], answer)
            except ApiError as error:
                self._world.problem(f"answer to a slash command: {in_words(error)}")

        return show

    def to_suggestion(self, where: Surface, action_id: str, found: Suggestions) -> Effect:
        """To typing in an `external_select`: options."""

        def offer(answer: Json) -> None:
            for problem in check_options(answer):
                self._world.problem(f"options for {action_id}: {problem}")
                return
            found.options = options_of(answer)
            where.offered[action_id] = found.options

        return offer

    def to_submission(self, view: View, user: User) -> Effect:
        """To a modal: nothing closes it; or errors, or another modal."""

        def follow(answer: Json) -> None:
            try:
                self._follow(view, user, answer)
            except ApiError as error:
                self._world.problem(f"answer to {view.title!r}: {in_words(error)}")
            self._world.changes.made()

        return follow

    def _follow(self, view: View, user: User, answer: Json) -> None:
        action = answer.get("response_action")
        if action is None:
            modals.close(self._world, view)
        elif action == "clear":
            modals.close_all(self._world, user.id)
        elif action == "errors":
            self._complain(view, answer.get("errors") or {})
        elif action == "update":
            modals.draw(self._world, view, modals.checked(answer.get("view"), "modal"))
        elif action == "push":
            pushed = modals.checked(answer.get("view"), "modal")
            modals.put_on_top(self._world, user, view.team, pushed)
        else:
            raise ApiError("unknown response_action")

    def _complain(self, view: View, errors: dict[str, str]) -> None:
        inputs = {one["block_id"] for one in view.blocks if one["type"] == "input"}
        if not errors or not set(errors) <= inputs:
            raise ApiError(f"errors for {sorted(errors)}, but the inputs are {sorted(inputs)}")
        view.errors = errors
