"""The Web API's `views.*` methods, and what else opens, changes and closes views."""

from __future__ import annotations

import json
from typing import Any

from tests.adapters.slack.blocks import check_view
from tests.adapters.slack.errors import ApiError, invalid
from tests.adapters.slack.surface import View
from tests.adapters.slack.tokens import Token
from tests.adapters.slack.world import User, World

Json = dict[str, Any]

DEEPEST = 3
"""So many modals may lie on each other."""
LARGEST = 250_000
"""Bytes of a view's JSON."""


def checked(given: Any, kind: str) -> Json:
    """A view as the app sent it, if Slack would take it."""
    if isinstance(given, str):
        try:
            given = json.loads(given)
        except ValueError:
            raise ApiError("invalid_arguments") from None
    problems = check_view(given)
    if not problems and given["type"] != kind:
        problems = [f"[ERROR] unsupported type: {given['type']} [json-pointer:/view/type]"]
    if problems:
        raise invalid("invalid_arguments", problems)
    if len(json.dumps(given)) > LARGEST:
        raise ApiError("view_too_large")
    return dict(given)


def draw(world: World, view: View, given: Json) -> View:
    """Show this in the view from now on."""
    external = given.get("external_id")
    if external and any(
        one.given.get("external_id") == external and one.team == view.team and one is not view
        for one in world.views.values()
    ):
        raise ApiError("duplicate_external_id")
    view.given = given
    view.hash = f"{world.stamps.ts()}.hash"
    view.errors = {}
    view.show(given["blocks"], world.clock.now())
    world.views[view.id] = view
    world.changes.made()
    return view


def new(world: World, user: User, bot_team: str, given: Json) -> View:
    """A view that nobody sees yet."""
    return View(
        id=world.stamps.id("V"),
        kind=given["type"],
        user=user.id,
        team=bot_team,
        bot_id=world.teams[bot_team].bot_id,
        blocks=[],
    )


def put_on_top(world: World, user: User, bot_team: str, given: Json) -> View:
    """Lay a modal on those that are open."""
    stack = world.stacks.setdefault(user.id, [])
    if len(stack) >= DEEPEST:
        raise ApiError("push_limit_reached")
    view = new(world, user, bot_team, given)
    if stack:
        view.root, view.previous = stack[0].id, stack[-1].id
    stack.append(view)
    try:
        return draw(world, view, given)
    except ApiError:
        stack.remove(view)
        raise


def close(world: World, view: View) -> None:
    """Take a modal away."""
    world.stacks.get(view.user, []).remove(view)
    world.views.pop(view.id, None)
    world.changes.made()


def close_all(world: World, user: str) -> None:
    """Take all of somebody's modals away."""
    for view in list(world.stacks.get(user, [])):
        close(world, view)


def open_view(world: World, token: Token, given: Json) -> Json:
    """`views.open`."""
    view = checked(given.get("view"), "modal")
    trigger = world.triggers.take(given.get("trigger_id"))
    # Whatever was open before is gone: `views.open` begins a new stack.
    close_all(world, trigger.user)
    shown = put_on_top(world, world.users[trigger.user], token.team, view)
    return {"view": shown.as_json()}


def push(world: World, token: Token, given: Json) -> Json:
    """`views.push`."""
    view = checked(given.get("view"), "modal")
    trigger = world.triggers.take(given.get("trigger_id"))
    if not world.stacks.get(trigger.user):
        raise ApiError("not_found")
    return {"view": put_on_top(world, world.users[trigger.user], token.team, view).as_json()}


def _same_hash(view: View, given: Json) -> None:
    if given.get("hash") and given["hash"] != view.hash:
        raise ApiError("hash_conflict", view=view.as_json())


def update(world: World, token: Token, given: Json) -> Json:
    """`views.update`."""
    name, external = given.get("view_id"), given.get("external_id")
    found = [
        one
        for one in world.views.values()
        if one.kind == "modal" and (name == one.id or external == one.given.get("external_id", 0))
    ]
    view = checked(given.get("view"), "modal")
    if not found:
        raise ApiError("not_found")
    _same_hash(found[0], given)
    return {"view": draw(world, found[0], view).as_json()}


def publish(world: World, token: Token, given: Json) -> Json:
    """`views.publish`."""
    user = world.users.get(given.get("user_id") or "")
    if user is None:
        raise ApiError("user_not_found")
    view = checked(given.get("view"), "home")
    home = world.homes.get(user.id)
    if home is None:
        home = new(world, user, token.team, view)
    else:
        _same_hash(home, given)
    world.homes[user.id] = home
    return {"view": draw(world, home, view).as_json()}
