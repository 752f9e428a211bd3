"""Whether Slack would take these blocks: lengths, counts, required fields, what may go where.

The numbers are those of Slack's published Block Kit reference. `check_message`, `check_view` and
`check_options` return what is wrong in Slack's own words; nothing wrong is an empty list.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from tests.adapters.slack.schema import (
    Check,
    Problems,
    also,
    anything,
    array,
    boolean,
    by_type,
    fields,
    integer,
    one_of,
    string,
    wrong,
)

Json = dict[str, Any]

MESSAGE_BLOCKS = 50
VIEW_BLOCKS = 100


def plain(longest: int) -> Check:
    """A text without formatting."""
    texts = {
        "plain_text": fields({"type": anything, "text": string(longest)}, {"emoji": boolean}),
    }
    return by_type(texts)


def text(longest: int) -> Check:
    """A text with formatting or without."""
    texts = {
        "plain_text": fields({"type": anything, "text": string(longest)}, {"emoji": boolean}),
        "mrkdwn": fields({"type": anything, "text": string(longest)}, {"verbatim": boolean}),
    }
    return by_type(texts)


ID = string(255)
CONFIRM = fields(
    {"title": plain(100), "text": plain(300), "confirm": plain(30), "deny": plain(30)},
    {"style": one_of("primary", "danger")},
)


def option(said: Check, url: bool = False) -> Check:
    """One thing to choose."""
    more = {"url": string(3000)} if url else {}
    return fields({"text": said, "value": string(150)}, {"description": said, **more})


PLAIN_OPTION = option(plain(75))
TEXT_OPTION = option(text(75))
GROUP = fields({"label": plain(75), "options": array(PLAIN_OPTION, 100)}, {})


def chosen_exists(value: Any, at: str, problems: Problems) -> None:
    """What is chosen to begin with must be one of the options, word for word."""
    groups = value.get("option_groups") or []
    known = [*(value.get("options") or []), *(one for g in groups for one in g["options"])]
    first = value.get("initial_option")
    for one in [*([first] if first else []), *(value.get("initial_options") or [])]:
        if known and one not in known:
            wrong(problems, at, "initial option was not found in the options")


def options_or_groups(value: Any, at: str, problems: Problems) -> None:
    """A menu has options or groups of them, never both."""
    if (value.get("options") is None) == (value.get("option_groups") is None):
        wrong(problems, at, "must define either options or option_groups")


def element(
    required: dict[str, Check] | None = None,
    optional: dict[str, Check] | None = None,
    *rules: Check,
) -> Check:
    """Something to press, choose or fill in."""
    shape = fields(
        {"type": anything, **(required or {})},
        {"action_id": ID, **(optional or {})},
    )
    return also(shape, *rules)


ASKS: dict[str, Check] = {"confirm": CONFIRM, "focus_on_load": boolean}
HINTED: dict[str, Check] = {**ASKS, "placeholder": plain(150)}
TYPED: dict[str, Check] = {
    "placeholder": plain(150),
    "focus_on_load": boolean,
    "dispatch_action_config": anything,
}
MANY: dict[str, Check] = {**HINTED, "max_selected_items": integer}
ONE_URL: dict[str, Check] = {"response_url_enabled": boolean}
MENU: dict[str, Check] = {
    "options": array(PLAIN_OPTION, 100),
    "option_groups": array(GROUP, 100),
}

ELEMENTS: dict[str, Check] = {
    "button": element(
        {"text": plain(75)},
        {
            "value": string(2000),
            "url": string(3000),
            "style": one_of("primary", "danger"),
            "accessibility_label": string(75),
            "confirm": CONFIRM,
        },
    ),
    "checkboxes": element(
        {"options": array(TEXT_OPTION, 10)},
        {**ASKS, "initial_options": array(TEXT_OPTION, 10)},
        chosen_exists,
    ),
    "radio_buttons": element(
        {"options": array(TEXT_OPTION, 10)}, {**ASKS, "initial_option": TEXT_OPTION}, chosen_exists
    ),
    "overflow": element({"options": array(option(plain(75), url=True), 5)}, {"confirm": CONFIRM}),
    "static_select": element(
        {}, {**MENU, **HINTED, "initial_option": PLAIN_OPTION}, options_or_groups, chosen_exists
    ),
    "multi_static_select": element(
        {},
        {**MENU, **MANY, "initial_options": array(PLAIN_OPTION, 100)},
        options_or_groups,
        chosen_exists,
    ),
    "external_select": element(
        {}, {**HINTED, "min_query_length": integer, "initial_option": PLAIN_OPTION}
    ),
    "multi_external_select": element(
        {},
        {**MANY, "min_query_length": integer, "initial_options": array(PLAIN_OPTION, 100)},
    ),
    "users_select": element({}, {**HINTED, "initial_user": string(255)}),
    "multi_users_select": element({}, {**MANY, "initial_users": array(string(255), 100)}),
    "conversations_select": element(
        {},
        {
            **HINTED,
            **ONE_URL,
            "initial_conversation": string(255),
            "default_to_current_conversation": boolean,
            "filter": anything,
        },
    ),
    "multi_conversations_select": element(
        {},
        {
            **MANY,
            "initial_conversations": array(string(255), 100),
            "default_to_current_conversation": boolean,
            "filter": anything,
        },
    ),
    "channels_select": element({}, {**HINTED, **ONE_URL, "initial_channel": string(255)}),
    "multi_channels_select": element({}, {**MANY, "initial_channels": array(string(255), 100)}),
    "datepicker": element({}, {**HINTED, "initial_date": string(10, 10)}),
    "timepicker": element({}, {**HINTED, "initial_time": string(5, 5), "timezone": string(255)}),
    "datetimepicker": element({}, {**ASKS, "initial_date_time": integer}),
    "plain_text_input": element(
        {},
        {
            **TYPED,
            "initial_value": string(3000, 0),
            "multiline": boolean,
            "min_length": integer,
            "max_length": integer,
        },
    ),
    "email_text_input": element({}, {**TYPED, "initial_value": string(3000, 0)}),
    "url_text_input": element({}, {**TYPED, "initial_value": string(3000, 0)}),
    "number_input": element(
        {"is_decimal_allowed": boolean},
        {**TYPED, "initial_value": string(255), "min_value": string(64), "max_value": string(64)},
    ),
    "rich_text_input": element({}, {**TYPED, "initial_value": anything}),
    "file_input": element({}, {"filetypes": anything, "max_files": integer}),
    "workflow_button": element(
        {"text": plain(75), "workflow": anything},
        {"style": one_of("primary", "danger"), "accessibility_label": string(75)},
    ),
    "image": fields(
        {"type": anything, "alt_text": string(2000)},
        {"image_url": string(3000), "slack_file": anything},
    ),
    "plain_text": text(3000),
    "mrkdwn": text(3000),
    "feedback_buttons": element({"positive_button": anything, "negative_button": anything}),
    "icon_button": element({"icon": anything, "text": plain(75)}, {"value": string(2000)}),
}

SELECTS = (
    "static_select",
    "external_select",
    "users_select",
    "conversations_select",
    "channels_select",
)
MULTI_SELECTS = tuple(f"multi_{kind}" for kind in SELECTS)
PICKERS = ("checkboxes", "radio_buttons", "datepicker", "timepicker")
IN_ACTIONS = (*SELECTS, *PICKERS, "datetimepicker", "button", "overflow", "workflow_button")
IN_SECTION = (*SELECTS, *MULTI_SELECTS, *PICKERS, "button", "overflow", "image", "workflow_button")
IN_INPUT = (
    *SELECTS,
    *MULTI_SELECTS,
    *PICKERS,
    "datetimepicker",
    "plain_text_input",
    "email_text_input",
    "url_text_input",
    "number_input",
    "rich_text_input",
    "file_input",
)


def says_something(value: Any, at: str, problems: Problems) -> None:
    """A section has a text or fields."""
    if value.get("text") is None and not value.get("fields"):
        wrong(problems, at, "missing required field: text or fields")


def actions_differ(value: Any, at: str, problems: Problems) -> None:
    """No two elements of one block share an action_id."""
    ids = [one.get("action_id") for one in value["elements"]]
    for name, count in Counter(ids).items():
        if name is not None and count > 1:
            wrong(problems, f"{at}/elements", f"action_id '{name}' already exists")


def block(
    required: dict[str, Check] | None = None,
    optional: dict[str, Check] | None = None,
    *rules: Check,
) -> Check:
    """One block: its fields, and an id."""
    return also(
        fields({"type": anything, **(required or {})}, {"block_id": ID, **(optional or {})}), *rules
    )


BLOCKS: dict[str, Check] = {
    "section": block(
        {},
        {
            "text": text(3000),
            "fields": array(text(2000), 10),
            "accessory": by_type(ELEMENTS, *IN_SECTION),
            "expand": boolean,
        },
        says_something,
    ),
    "actions": block({"elements": array(by_type(ELEMENTS, *IN_ACTIONS), 25)}, {}, actions_differ),
    "context": block({"elements": array(by_type(ELEMENTS, "plain_text", "mrkdwn", "image"), 10)}),
    "context_actions": block(
        {"elements": array(by_type(ELEMENTS, "feedback_buttons", "icon_button"), 5)}
    ),
    "divider": block(),
    "header": block({"text": plain(150)}),
    "image": block(
        {"alt_text": string(2000)},
        {"image_url": string(3000), "slack_file": anything, "title": plain(2000)},
    ),
    "input": block(
        {"label": plain(2000), "element": by_type(ELEMENTS, *IN_INPUT)},
        {"hint": plain(2000), "optional": boolean, "dispatch_action": boolean},
    ),
    "markdown": block({"text": string(12000)}),
    "rich_text": block({"elements": array(anything, 1000)}),
    "table": block({"rows": array(anything, 100)}, {"column_settings": anything}),
    "video": block(
        {
            "alt_text": string(2000),
            "title": plain(200),
            "thumbnail_url": string(3000),
            "video_url": string(3000),
        },
        {
            "author_name": string(50),
            "description": plain(200),
            "provider_icon_url": string(3000),
            "provider_name": string(50),
            "title_url": string(3000),
        },
    ),
}
IN_VIEW = tuple(kind for kind in BLOCKS if kind not in {"markdown", "table", "context_actions"})
MODAL = fields(
    {"type": anything, "title": plain(24), "blocks": anything},
    {
        "submit": plain(24),
        "close": plain(24),
        "private_metadata": string(3000, 0),
        "callback_id": string(255, 0),
        "external_id": string(255, 0),
        "clear_on_close": boolean,
        "notify_on_close": boolean,
        "submit_disabled": boolean,
    },
)
HOME = fields(
    {"type": anything, "blocks": anything},
    {
        "private_metadata": string(3000, 0),
        "callback_id": string(255, 0),
        "external_id": string(255, 0),
    },
)


def _repeated_block_ids(blocks: Any) -> Iterator[str]:
    ids = [one.get("block_id") for one in blocks if isinstance(one, dict)]
    yield from (name for name, count in Counter(ids).items() if name and count > 1)


def _check_blocks(blocks: Any, at: str, most: int, kinds: tuple[str, ...]) -> Problems:
    problems: Problems = []
    array(by_type(BLOCKS, *kinds), most, 0)(blocks, at, problems)
    if isinstance(blocks, list):
        for name in _repeated_block_ids(blocks):
            wrong(problems, at, f"block_id '{name}' already exists")
    return problems


def check_message(blocks: Any) -> Problems:
    """What is wrong with a message's blocks."""
    return _check_blocks(blocks, "/blocks", MESSAGE_BLOCKS, tuple(BLOCKS))


def check_view(view: Any) -> Problems:
    """What is wrong with a modal or with an App Home."""
    problems: Problems = []
    by_type({"modal": MODAL, "home": HOME})(view, "/view", problems)
    if isinstance(view, dict) and view.get("blocks") is not None:
        blocks = view["blocks"]
        problems += _check_blocks(blocks, "/view/blocks", VIEW_BLOCKS, IN_VIEW)
        asks = any(isinstance(one, dict) and one.get("type") == "input" for one in blocks)
        if asks and view.get("type") == "modal" and not view.get("submit"):
            wrong(problems, "/view", "missing required field: submit")
    return problems


def check_options(answer: Any) -> Problems:
    """What is wrong with the answer to somebody who types in an `external_select`."""
    problems: Problems = []
    shape = fields(
        {}, {"options": array(PLAIN_OPTION, 100, 0), "option_groups": array(GROUP, 100, 0)}
    )
    also(shape, options_or_groups)(answer, "", problems)
    return problems
