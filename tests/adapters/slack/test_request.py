"""A request: made from what Slack delivers, kept for another replica, strangers told apart."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.slack.request import Place, Request, of_form, of_message, of_press, of_slash
from assistant.contract import Command

SLASH = {
    "team_id": "T1",
    "user_id": "U1",
    "channel_id": "D1",
    "trigger_id": "1.2",
    "response_url": "https://hooks/1",
    "is_enterprise_install": "false",
}
EVENT = {"user": "U1", "channel": "C1", "ts": "17.5", "team": "T1"}
PRESS = {"team": {"id": "T1"}, "user": {"id": "U1", "team_id": "T1"}, "trigger_id": "1.2"}
ACTION = {"action_ts": "17.5", "text": {"text": "Hang up"}}
HANG_UP = Command("hangup", {"which": {"key": "k"}})
FORM = {**PRESS, "view": {"id": "V1"}}

SCALARS = st.none() | st.booleans() | st.integers() | st.text()


def message(event: dict[str, Any], **more: Any) -> Request:
    body = {"team_id": "T1", "event_id": "E1", "event": {**EVENT, **event}, **more}
    return of_message(body, "call 200", 1.0)


@given(
    st.builds(
        Request,
        id=st.text(),
        keys=st.lists(st.text(), max_size=3).map(tuple),
        place=st.builds(Place),
        received=st.floats(0, 2e9),
        said_at=st.none() | st.floats(0, 2e9),
        intent=st.none() | st.text(min_size=1),
        slots=st.none() | st.dictionaries(st.text(), st.dictionaries(st.text(), SCALARS)),
    )
)
def test_what_one_replica_kept_another_reads_the_same(made: Request) -> None:
    assert Request.load(made.dump()) == made


def test_a_command_survives_being_kept() -> None:
    pressed = of_press(PRESS, ACTION, 1.0, HANG_UP)
    assert Request.load(pressed.dump()).command == HANG_UP
    assert of_press(PRESS, ACTION, 1.0, text="yes").command is None


def test_every_delivery_has_keys_by_which_it_is_known_again() -> None:
    assert of_slash(SLASH, "x", 1.0, None).keys == ("slack:T1:trigger:1.2",)
    assert message({}).keys == ("slack:T1:C1:17.5", "slack:T1:event:E1")
    assert of_press(PRESS, ACTION, 1.0).keys == ("slack:T1:trigger:1.2",)
    assert of_form(FORM, 1.0, HANG_UP, None).keys == ("slack:T1:view:V1",)
    assert message({}).id == message({}).keys[0]


def test_the_same_message_delivered_twice_is_the_same_request() -> None:
    again = message({}, event_id="E2")
    assert again.id == message({}).id
    assert set(again.keys) & set(message({}).keys)


@pytest.mark.parametrize(
    ("event", "stranger"),
    [
        ({}, False),
        ({"user_team": "T1", "source_team": "T1"}, False),
        ({"user_team": "", "source_team": None}, False),
        ({"user_team": "T9"}, True),
        ({"source_team": "E9"}, True),
    ],
)
def test_who_writes_from_another_workspace_is_a_stranger(
    event: dict[str, Any], stranger: bool
) -> None:
    assert message(event).stranger is stranger


def test_who_presses_from_another_workspace_is_a_stranger() -> None:
    other = {"user": {"id": "U1", "team_id": "T9"}}
    assert not of_press(PRESS, ACTION, 1.0).stranger
    assert of_press({**PRESS, **other}, ACTION, 1.0).stranger
    assert not of_form(FORM, 1.0, HANG_UP, None).stranger
    assert of_form({**FORM, **other}, 1.0, HANG_UP, None).stranger


@pytest.mark.parametrize("said", [True, "true"])
def test_everybody_of_an_organisation_wide_installation_is_a_stranger(said: object) -> None:
    grid = {"is_enterprise_install": said}
    assert of_slash({**SLASH, **grid}, "x", 1.0, None).stranger
    assert message({}, authorizations=[grid]).stranger
    assert not message({}, authorizations=[{"is_enterprise_install": False}]).stranger
    assert of_press({**PRESS, **grid}, ACTION, 1.0).stranger
    assert of_form({**FORM, **grid}, 1.0, HANG_UP, None).stranger
    assert not of_slash(SLASH, "x", 1.0, None).stranger


def test_answers_are_private_where_nobody_else_is() -> None:
    assert of_slash(SLASH, "x", 1.0, None).place.private
    assert not of_slash({**SLASH, "channel_id": "C1"}, "x", 1.0, None).place.private
    asked = message({"thread_ts": "16.0"}).place
    assert (asked.private, asked.ephemeral, asked.thread) == (False, True, "16.0")
    told = message({"channel": "D1", "channel_type": "im"}).place
    assert (told.private, told.ephemeral) == (True, False)
    home = of_press(PRESS, ACTION, 1.0).place
    assert (home.channel, home.private) == ("U1", True)
